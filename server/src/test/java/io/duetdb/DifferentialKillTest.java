package io.duetdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.RedisServer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom CLIENT KILL and CLIENT LIST mean among clients of several kinds, as a real redis-server does. */
@Timeout(120)
final class DifferentialKillTest {
    private static final String[] LINES = {
        "CLIENT KILL {a}",
        "CLIENT KILL {admin}",
        "CLIENT KILL ADDR {a}",
        "CLIENT KILL ADDR {admin}",
        "CLIENT KILL ADDR {admin} SKIPME no",
        "CLIENT KILL ID <a>",
        "CLIENT KILL ID <m>",
        "CLIENT KILL ID <admin>",
        "CLIENT KILL ID <admin> SKIPME no",
        "CLIENT KILL ID <a> ID <b>",
        "CLIENT KILL ADDR {a} ID <b>",
        "CLIENT KILL ADDR {a} ID <a>",
        "CLIENT KILL TYPE normal",
        "CLIENT KILL TYPE NORMAL SKIPME no",
        "CLIENT KILL TYPE pubsub",
        "CLIENT KILL TYPE pubsub SKIPME yes",
        "CLIENT KILL TYPE replica",
        "CLIENT KILL LADDR {l}",
        "CLIENT KILL LADDR {l} SKIPME no",
        "CLIENT KILL LADDR {a}",
        "CLIENT KILL LADDR {l} TYPE pubsub",
        "CLIENT KILL USER default",
        "CLIENT KILL USER default TYPE normal SKIPME yes",
        "CLIENT KILL SKIPME no",
        "CLIENT KILL SKIPME yes",
        "CLIENT KILL SKIPME no SKIPME yes",
    };
    private static final String[] LISTS = {
        "CLIENT LIST TYPE normal",
        "CLIENT LIST TYPE pubsub",
        "CLIENT LIST TYPE replica",
        "CLIENT LIST ID <b> <a> <p>",
        "CLIENT LIST ID <m> 0 <m>",
        "CLIENT LIST"
    };

    /** Two ordinary clients, one in MONITOR, a subscriber, and one who asks. */
    private static final class Party implements AutoCloseable {
        final int port;
        final Map<String, RawSocket> sockets = new LinkedHashMap<>();
        final Map<String, String> ids = new LinkedHashMap<>();

        Party(int port) throws IOException {
            this.port = port;
            for (String name : new String[] {"admin", "a", "b", "m", "p"}) {
                RawSocket socket = new RawSocket(port);
                sockets.put(name, socket);
                socket.ask("CLIENT SETNAME " + name);
                ids.put(name, socket.ask("CLIENT ID").substring(1));
            }
            sockets.get("admin").ask("CLIENT KILL ID 1"); // the caller inside the JVM, which redis-server has not
            sockets.get("m").ask("MONITOR");
            sockets.get("p").send("SUBSCRIBE ch\r\n");
            for (int i = 0; i < 4; i++) {
                sockets.get("p").reply();
            }
        }

        String run(String line) throws IOException {
            String filled = line.replace("{l}", "127.0.0.1:" + port);
            for (String name : sockets.keySet()) {
                filled = filled.replace("{" + name + "}", sockets.get(name).address())
                        .replace("<" + name + ">", ids.get(name));
            }
            return sockets.get("admin").ask(filled);
        }

        /** Who is there after all that was closed is gone. */
        TreeSet<String> survivors() throws IOException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            try (RawSocket observer = new RawSocket(port)) {
                while (true) {
                    String list = observer.ask("CLIENT LIST");
                    if (!list.contains(" flags=c") && !list.contains(" flags=Pc")) {
                        return names(list);
                    }
                    assertThat(System.nanoTime()).as(list).isLessThan(deadline);
                }
            }
        }

        @Override
        public void close() throws IOException {
            for (RawSocket socket : sockets.values()) {
                socket.close();
            }
        }
    }

    private static TreeSet<String> names(String list) {
        TreeSet<String> names = new TreeSet<>();
        for (String line : list.split("\n")) {
            String name = line.replaceFirst(".* name=(\\S*) .*", "$1");
            if (line.contains(" name=") && !name.isEmpty()) {
                names.add(name);
            }
        }
        return names;
    }

    @Test
    void theSameClientsAreMeant() throws IOException {
        assumeTrue(RedisServer.installed(), "redis-server is not installed");
        for (String line : LINES) {
            try (RedisServer redis = RedisServer.start();
                    Duet duet = Duet.builder().respPort(0).start();
                    Party theirs = new Party(redis.port());
                    Party ours = new Party(duet.respPort())) {
                assertThat(ours.run(line)).as(line).isEqualTo(theirs.run(line));
                assertThat(ours.survivors()).as(line).isEqualTo(theirs.survivors());
            }
        }
    }

    @Test
    void theSameClientsAreListed() throws IOException {
        assumeTrue(RedisServer.installed(), "redis-server is not installed");
        try (RedisServer redis = RedisServer.start();
                Duet duet = Duet.builder().respPort(0).start();
                Party theirs = new Party(redis.port());
                Party ours = new Party(duet.respPort())) {
            for (String line : LISTS) {
                String ourList = ours.run(line);
                assertThat(names(ourList)).as(line).isEqualTo(names(theirs.run(line)));
                assertThat(ourList.contains("name=b") && ourList.indexOf("name=b") < ourList.indexOf("name=a"))
                        .as("the order of ids: " + line)
                        .isEqualTo(line.contains("<b> <a>"));
            }
        }
    }
}
