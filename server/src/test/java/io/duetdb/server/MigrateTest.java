package io.duetdb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.Duet;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** MIGRATE over real sockets: between Duets, to redis-server with its answers beside, and to servers that misbehave. */
@Timeout(60)
class MigrateTest {
    private static final String NOTHING_CAME = "IOERR error or timeout reading to target instance";

    private Duet here;
    private RespClient client;

    @BeforeEach
    void start() throws IOException {
        here = Duet.builder().respPort(0).start();
        client = new RespClient(here.respPort());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        here.close();
    }

    private static String to(int port, String rest) {
        return "MIGRATE 127.0.0.1 " + port + " " + rest;
    }

    private static Failure failure(String line) {
        return new Failure(line);
    }

    @Test
    void keysGoToAnotherDuet() throws IOException {
        try (Duet there = Duet.builder().respPort(0).start();
                RespClient target = new RespClient(there.respPort())) {
            client.run("MSET a 1 b 2 c 3");
            client.run("RPUSH l x y z");
            client.run("HSET h f v g w");
            client.run("HPEXPIRE h 600000 FIELDS 1 f");
            client.run("SETRANGE big 3000000 end");
            client.run("PEXPIRE l 500000");
            Object big = client.run("DEBUG DIGEST-VALUE big");
            Object hash = client.run("DEBUG DIGEST-VALUE h");
            assertThat(client.run(to(there.respPort(), "\"\" 2 1000 KEYS a none l h big")))
                    .isEqualTo("OK");
            assertThat(sorted(client.run("KEYS *"))).isEqualTo(List.of("b", "c"));
            target.run("SELECT 2");
            assertThat(target.run("GET a")).isEqualTo("1");
            assertThat(target.run("LRANGE l 0 -1")).isEqualTo(List.of("x", "y", "z"));
            assertThat((Long) target.run("PTTL l")).isBetween(400_000L, 500_000L);
            assertThat(target.run("DEBUG DIGEST-VALUE h")).isEqualTo(hash);
            assertThat(target.run("DEBUG DIGEST-VALUE big")).isEqualTo(big);
            assertThat(client.run(to(there.respPort(), "a 0 1000"))).isEqualTo("NOKEY");
            assertThat(client.run(to(there.respPort(), "b 999 1000")))
                    .isEqualTo(failure("ERR Target instance replied with error: ERR DB index is out of range"));
            assertThat(client.run("GET b")).isEqualTo("2");
            target.run("SELECT 0");
            assertThat(target.run("DBSIZE"))
                    .as("not sent to a database that wasn't selected")
                    .isEqualTo(0L);
        }
    }

    private static Object sorted(Object list) {
        return ((List<?>) list).stream().map(String::valueOf).sorted().toList();
    }

    @Test
    void answersAreThoseOfRedisServer() throws IOException {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        try (RedisServer source = RedisServer.start();
                RedisServer open = RedisServer.start();
                RedisServer locked = RedisServer.start("--requirepass", "pw");
                RespClient redis = source.connect();
                RespClient target = open.connect();
                RespClient lockedTarget = locked.connect()) {
            lockedTarget.run("AUTH pw");
            int unused = unusedPort();
            List<String> lines = List.of(
                    to(open.port(), "none 0 1000"),
                    to(open.port(), "k 0 1000"),
                    to(open.port(), "k 0 1000 COPY"),
                    to(open.port(), "taken 0 1000"),
                    to(open.port(), "taken 0 1000 REPLACE"),
                    to(open.port(), "\"\" 0 1000 KEYS k none taken l"),
                    to(open.port(), "\"\" 0 1000 REPLACE KEYS k k"),
                    to(open.port(), "k 99 1000"),
                    to(open.port(), "k 0 1000 AUTH pw"),
                    to(open.port(), "k 0 1000 AUTH2 nobody pw"),
                    to(locked.port(), "k 0 1000"),
                    to(locked.port(), "k 0 1000 AUTH bad"),
                    to(locked.port(), "k 0 1000 AUTH pw"),
                    to(locked.port(), "k 0 1000 AUTH2 default pw"),
                    to(unused, "k 0 1000"),
                    "MIGRATE 127.0.0.1 abc k 0 1000",
                    "MIGRATE no.such.host.invalid 1 k 0 1000");
            for (String line : lines) {
                Object theirs = after(redis, target, lockedTarget, line);
                Object ours = after(client, target, lockedTarget, line);
                assertThat(ours).as(line).isEqualTo(theirs);
            }
        }
    }

    /** The answer to a request, and which keys are where afterwards. */
    private static Object after(RespClient source, RespClient target, RespClient locked, String line)
            throws IOException {
        for (RespClient one : List.of(source, target, locked)) {
            one.run("FLUSHALL");
        }
        source.run("MSET k v taken mine");
        source.run("RPUSH l a b c");
        target.run("SET taken yours");
        return List.of(
                source.run(line),
                sorted(source.run("KEYS *")),
                line.contains(" 99 ") || line.contains(" AUTH") ? "" : sorted(target.run("KEYS *")),
                target.run("GET taken"),
                sorted(locked.run("KEYS *")));
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    @Test
    void othersAreServedWhileAServerIsSilent() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                RespClient other = new RespClient(here.respPort());
                RespClient writer = new RespClient(here.respPort())) {
            client.run("SET k v");
            client.send(words(to(silent.getLocalPort(), "k 0 400")));
            client.flush();
            try (Socket talk = silent.accept()) {
                long from = System.nanoTime();
                writer.send(words("SET k new"));
                writer.flush();
                assertThat(other.run("GET k")).isEqualTo("v");
                assertThat(other.run("SET free v")).isEqualTo("OK");
                assertThat(client.read()).isEqualTo(failure(NOTHING_CAME));
                assertThat(System.nanoTime() - from).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(300));
                assertThat(writer.read()).isEqualTo("OK");
                assertThat(other.run("GET k")).isEqualTo("new");
                assertThat(talk.isConnected()).isTrue();
            }
        }
    }

    @Test
    void aServerThatIsNoRedisGetsNoKey() throws IOException {
        try (ServerSocket web = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            client.run("SET k v");
            client.send(words(to(web.getLocalPort(), "k 0 1000")));
            client.flush();
            try (Socket talk = web.accept()) {
                talk.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(client.read())
                        .isEqualTo(failure("ERR Target instance is no Redis, it replied: HTTP/1.1 400 Bad Request"));
            }
            client.send(words(to(web.getLocalPort(), "k 0 1000")));
            client.flush();
            web.accept().close();
            assertThat(client.read()).isIn(failure(NOTHING_CAME), failure(NOTHING_CAME.replace("reading", "writing")));
            assertThat(client.run("GET k")).isEqualTo("v");
        }
    }

    @Test
    void aClientThatGoesEndsTheTalk() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                RespClient leaver = new RespClient(here.respPort())) {
            client.run("SET k v");
            leaver.send(words(to(silent.getLocalPort(), "k 0 600000")));
            leaver.flush();
            try (Socket talk = silent.accept()) {
                talk.setSoTimeout(20_000);
                leaver.close();
                while (talk.getInputStream().read() >= 0) {
                    continue; // SELECT, then the end
                }
            }
            assertThat(client.run("SET k w")).isEqualTo("OK");
        }
    }

    @Test
    void theEndOfTheInstanceEndsTheTalk() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            client.run("SET k v");
            client.send(words(to(silent.getLocalPort(), "k 0 600000")));
            client.flush();
            try (Socket talk = silent.accept()) {
                talk.setSoTimeout(20_000);
                long from = System.nanoTime();
                here.close();
                assertThat(System.nanoTime() - from).isLessThan(TimeUnit.SECONDS.toNanos(10));
                while (talk.getInputStream().read() >= 0) {
                    continue;
                }
            }
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().equals("duet-errand") && thread.isAlive());
        }
    }

    @Test
    void fromInsideTheProgram() throws IOException {
        String port = String.valueOf(here.respPort());
        try (Duet alone = Duet.builder().start();
                RespClient target = new RespClient(here.respPort())) {
            alone.execute("SET", "k", "v");
            assertThat(alone.execute("MIGRATE", "127.0.0.1", port, "k", "0", "1000"))
                    .isEqualTo("OK");
            assertThat(alone.execute("GET", "k")).isNull();
            assertThat(target.run("GET k")).isEqualTo("v");
            alone.execute("SET", "k", "v");
            alone.execute("MULTI");
            alone.execute("MIGRATE", "127.0.0.1", port, "k", "0", "1000");
            assertThat(String.valueOf(alone.execute("EXEC"))).contains("this instance is embedded");
            assertThat(alone.execute("GET", "k")).isEqualTo("v");
        }
    }

    private static byte[][] words(String line) {
        return EngineFixture.words(line);
    }
}
