package io.duetdb.persistence.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RdbFiles;
import io.duetdb.engine.kit.ValueReply;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reading a running server, played by an engine here whose answers can be changed. */
final class LiveSourceTest {
    private final ToolKit kit = new ToolKit();
    private final EngineFixture server = new EngineFixture();

    /** Answers as a server does; {@code instead} has other answers for some commands. */
    private final class Played implements RemoteRedis {
        private final Deque<byte[][]> asked = new ArrayDeque<>();
        private final Map<String, Object> instead;
        private int answers = Integer.MAX_VALUE;

        Played(Map<String, Object> instead) {
            this.instead = instead;
        }

        @Override
        public String name() {
            return "there:6379";
        }

        @Override
        public void send(byte[]... request) {
            asked.add(request);
        }

        @Override
        public @Nullable Object receive() throws EOFException {
            if (answers-- == 0) {
                throw new EOFException("closed");
            }
            byte[][] request = asked.remove();
            String command = new String(request[0], StandardCharsets.ISO_8859_1);
            if (instead.containsKey(command)) {
                return instead.get(command);
            }
            boolean status = command.toUpperCase(Locale.ROOT).equals("SELECT");
            return converted(server.run(request).value(), status);
        }

        private @Nullable Object converted(@Nullable Object value, boolean status) {
            if (value instanceof String text) {
                return status ? text : text.getBytes(StandardCharsets.ISO_8859_1);
            }
            if (value instanceof ValueReply.Failure failure) {
                return new RemoteRedis.Failure(failure.line());
            }
            if (value instanceof List<?> list) {
                List<@Nullable Object> all = new ArrayList<>();
                for (Object one : list) {
                    all.add(converted(one, status));
                }
                return all;
            }
            return value;
        }

        @Override
        public void close() {}
    }

    private Loaded read(Played remote, boolean skip) throws Exception {
        return new LiveSource(kit.shop(), remote, -1, skip).read();
    }

    private void fill() {
        for (String command : new String[] {
            "SET a 1",
            "SET t 1 PX 5000",
            "RPUSH l x y",
            "SELECT 5",
            "SADD s 1 2",
            "ZADD z 1 m 2 n",
            "HSET h f v",
            "SELECT 0"
        }) {
            server.run(command);
        }
        for (int i = 0; i < 1000; i++) {
            server.run("SET key:" + i + " " + i);
        }
    }

    @Test
    void allKeysOfAllDatabasesComeWithTheirTimes() throws Exception {
        fill();
        Loaded loaded = read(new Played(Map.of()), false);
        assertThat(RdbFiles.digest(loaded.engine())).isEqualTo(RdbFiles.digest(server.engine()));
    }

    @Test
    void anOlderServerIsAskedForRelativeTimes() throws Exception {
        fill();
        Played old = new Played(Map.of("PEXPIRETIME", new RemoteRedis.Failure("ERR unknown command 'PEXPIRETIME'")));
        Loaded loaded = read(old, false);
        assertThat(RdbFiles.digest(loaded.engine())).isEqualTo(RdbFiles.digest(server.engine()));
    }

    @Test
    void aStreamEndsItUnlessSuchKeysAreToBeLeftOut() throws Exception {
        server.run("SET k v");
        byte[] stream = new byte[40];
        stream[0] = 19;
        assertThatThrownBy(() -> read(new Played(Map.of("DUMP", stream)), false))
                .isInstanceOf(ToolException.class)
                .hasMessage("there:6379: key \"k\" of database 0 is a stream, which Duet does not have;"
                        + " --skip-unsupported leaves such keys out");
        Loaded loaded = read(new Played(Map.of("DUMP", stream)), true);
        assertThat(loaded.remarks())
                .containsExactly("1 key was left out, of types that Duet does not have: key \"k\" of database 0");
    }

    @Test
    void aDumpThatIsDamagedNamesTheKey() {
        server.run("SET k v");
        byte[] damaged = new byte[40];
        damaged[39] = 1;
        assertThatThrownBy(() -> read(new Played(Map.of("DUMP", damaged)), false))
                .isInstanceOf(ToolException.class)
                .hasMessageStartingWith("there:6379, key \"k\" of database 0: ")
                .hasMessageContaining("DUMP payload version or checksum are wrong");
    }

    @Test
    void refusalsNameTheRemedy() {
        server.run("SET k v");
        assertThatThrownBy(() -> read(
                        new Played(Map.of("INFO", new RemoteRedis.Failure("NOAUTH Authentication required."))), false))
                .hasMessage("there:6379 refuses INFO: NOAUTH Authentication required.; give the password:"
                        + " redis://:password@there:6379");
        assertThatThrownBy(
                        () -> read(new Played(Map.of("SCAN", new RemoteRedis.Failure("NOPERM no permissions"))), false))
                .hasMessageContaining("the user needs INFO, SELECT, SCAN, DUMP");
        Played gone = new Played(Map.of());
        gone.answers = 3;
        assertThatThrownBy(() -> read(gone, false)).hasMessage("there:6379 closed the connection after 0 keys");
    }

    @Test
    void aKeyThatIsGoneMeanwhileIsLeftOut() throws Exception {
        server.run("SET k v");
        HashMap<String, Object> instead = new HashMap<>();
        instead.put("DUMP", null);
        Loaded loaded = read(new Played(instead), false);
        assertThat(RdbFiles.digest(loaded.engine())).isEqualTo(kit.digestOf());
    }
}
