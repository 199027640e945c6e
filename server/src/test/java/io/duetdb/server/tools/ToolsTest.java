package io.duetdb.server.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.persistence.tool.Meter;
import io.duetdb.persistence.tool.ToolException;
import io.duetdb.server.InstanceOptions;
import io.duetdb.server.StartupException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The tools as the command line runs them, on real files and with a real redis-server. */
@Timeout(120)
final class ToolsTest {
    @TempDir
    Path dir;

    private String out = "";
    private String err = "";

    private int run(Object... words) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        String[] args = Arrays.stream(words).map(String::valueOf).toArray(String[]::new);
        int code = new Tools(
                        new PrintStream(outBytes, true, StandardCharsets.UTF_8),
                        new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                        Meter.NONE)
                .run(args);
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return code;
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectory(dir.resolve(name));
    }

    private static Settings settings(Path folder) {
        Settings settings = InstanceOptions.settings();
        settings.set("dir", folder.toString());
        return settings;
    }

    // ---- Redis' side

    private static void fill(RespClient redis) throws IOException {
        for (String line : new String[] {
            "SET int 12345",
            "SET text \"a\\x00\\xff\\r\\n\"",
            "SET soon 1 PX 100000000",
            "RPUSH list a b c 1 2 3",
            "SADD ints 1 2 3 70000 -5",
            "SADD words a b c",
            "ZADD small 1 a 2.5 b inf c -inf d",
            "HSET hash f v g w",
            "PEXPIREAT hash 4102444800000",
            "SELECT 3",
            "SET \"k\\x00 \\n\" v"
        }) {
            assertThat(redis.run(line)).as(line).isNotNull();
        }
        for (int i = 0; i < 1500; i++) {
            redis.run("SET key:" + i + " x" + "x".repeat(i % 100));
            redis.run("RPUSH long element:" + i);
            redis.run("SADD many member:" + i);
            redis.run("ZADD ranks " + i + ".25 member:" + i);
            redis.run("HSET fields field:" + i + " " + i);
        }
    }

    private static String digest(RedisServer redis) throws IOException {
        try (RespClient client = redis.connect()) {
            return String.valueOf(client.run("DEBUG DIGEST"));
        }
    }

    /** The digest of what a redis-server makes of a dump.rdb. */
    private static String digest(Path folder) throws Exception {
        try (RedisServer redis = RedisServer.start("--dir", folder.toString())) {
            String digest = digest(redis);
            while (digest.contains("LOADING")) {
                digest = digest(redis);
            }
            return digest;
        }
    }

    private static int redisCheck(String tool, Path file) throws Exception {
        Process process = new ProcessBuilder(tool, file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void aRunningRedisServerIsImportedWithAllTypesAndTimes() throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed");
        Path data = folder("data");
        Path back = folder("back");
        try (RedisServer redis = RedisServer.start();
                RespClient client = redis.connect()) {
            fill(client);
            String digest = digest(redis);
            assertThat(run("import", "--from", "redis://127.0.0.1:" + redis.port(), "--dir", data))
                    .as(err)
                    .isZero();
            assertThat(out)
                    .startsWith("Imported 1,513 keys from 127.0.0.1:" + redis.port() + " to " + data + "/dump.rdb (");
            assertThat(digest(data)).isEqualTo(digest);
            assertThat(redisCheck("redis-check-rdb", data.resolve("dump.rdb"))).isZero();
            assertThat(run("export", "--dir", data, "--to", back.resolve("dump.rdb")))
                    .as(err)
                    .isZero();
            assertThat(digest(back)).isEqualTo(digest);
            try (RedisServer again = RedisServer.start("--dir", back.toString());
                    RespClient other = again.connect()) {
                assertThat(other.run("PEXPIRETIME hash")).isEqualTo(4102444800000L);
            }
            assertThat(run("import", "--from", "redis://127.0.0.1:" + redis.port() + "/3", "--dir", folder("three")))
                    .isZero();
            assertThat(out).startsWith("Imported 1,505 keys");
        }
    }

    @Test
    void filesOfARedisServerAreCheckedAndImported() throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed");
        Path theirs = folder("theirs");
        String digest;
        try (RedisServer redis = RedisServer.start("--dir", theirs.toString(), "--appendonly", "yes");
                RespClient client = redis.connect()) {
            fill(client);
            client.run("SAVE");
            digest = digest(redis);
        }
        assertThat(run("check", theirs)).as(out + err).isZero();
        assertThat(out).contains("dump.rdb: snapshot, ").contains("increment 1, commands, ");
        for (String from : new String[] {"dump.rdb", "appendonlydir", ""}) {
            Path data = folder("data-" + from);
            assertThat(run("import", "--from", theirs + "/" + from, "--dir", data))
                    .as(err)
                    .isZero();
            assertThat(digest(data)).as(from).isEqualTo(digest);
        }
        Path append = folder("append");
        assertThat(run("import", "--from", theirs, "--dir", append, "--as", "aof"))
                .as(err)
                .isZero();
        try (RedisServer redis = RedisServer.start("--dir", append.toString(), "--appendonly", "yes")) {
            assertThat(digest(redis)).isEqualTo(digest);
        }
        assertThat(redisCheck("redis-check-aof", append.resolve("appendonlydir/appendonly.aof.manifest")))
                .isZero();
    }

    @Test
    void aPasswordIsSaidInTheAddress() throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed");
        try (RedisServer redis = RedisServer.start("--requirepass", "p@ss:w%rd")) {
            String at = "127.0.0.1:" + redis.port();
            Path data = folder("data");
            assertThat(run("import", "--from", "redis://" + at, "--dir", data)).isEqualTo(1);
            assertThat(err).contains("NOAUTH").contains("give the password: redis://:password@" + at);
            assertThat(run("import", "--from", "redis://:wrong@" + at, "--dir", data))
                    .isEqualTo(1);
            assertThat(err).contains("refuses the password: WRONGPASS").doesNotContain("wrong@");
            assertThat(run("import", "--from", "redis://:p%40ss:w%25rd@" + at, "--dir", data))
                    .as(err)
                    .isZero();
            assertThat(out).startsWith("Imported 0 keys");
        }
    }

    @Test
    void aStreamIsNamedUntilItIsToBeLeftOut() throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed");
        try (RedisServer redis = RedisServer.start();
                RespClient client = redis.connect()) {
            client.run("XADD events * a 1");
            client.run("SET k v");
            String from = "redis://127.0.0.1:" + redis.port();
            Path data = folder("data");
            assertThat(run("import", "--from", from, "--dir", data)).isEqualTo(1);
            assertThat(err).contains("key \"events\" of database 0 is a stream");
            assertThat(run("import", "--from", from, "--dir", data, "--skip-unsupported"))
                    .as(err)
                    .isZero();
            assertThat(out).startsWith("Imported 1 key ").contains("note: 1 key was left out");
        }
    }

    @Test
    void aFolderThatAServerIsAppendingToIsLeftAlone() throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed");
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "this system does not tell which files are open");
        Path theirs = folder("theirs");
        Path file = dir.resolve("appendonly.aof");
        Files.writeString(file, "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n");
        try (RedisServer redis = RedisServer.start("--dir", theirs.toString(), "--appendonly", "yes");
                RespClient client = redis.connect()) {
            assertThat(client.run("SET k v")).isEqualTo("OK");
            assertThat(run("import", "--from", file, "--dir", theirs, "--replace"))
                    .isEqualTo(2);
            assertThat(err).contains("/appendonlydir is in use by process ").contains("stop it first");
            Settings settings = settings(theirs);
            Assertions.assertThatThrownBy(() -> Restoring.run(settings, null, "1", Meter.NONE))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("is in use by process ");
        }
        assertThat(run("import", "--from", file, "--dir", theirs, "--replace"))
                .as(err)
                .isZero();
    }

    // ---- exit codes and texts

    @Test
    void checkEndsWithZeroOneOrTwo() throws Exception {
        Path data = folder("data");
        Path file = data.resolve("appendonly.aof");
        Files.writeString(file, "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n");
        assertThat(run("check", file)).isZero();
        assertThat(out).contains("2 commands").endsWith("It is whole.\n");
        Files.writeString(file, Files.readString(file) + "*3\r\n$3\r\nSE");
        assertThat(run("check", file)).isEqualTo(1);
        assertThat(out).contains("TORN").contains("there stands \"*3\\r\\n$3\\r\\nSE\"");
        assertThat(run("check", data)).isEqualTo(1);
        assertThat(run("check", data.resolve("nothing"))).isEqualTo(2);
        assertThat(err).endsWith("nothing: there is no such file or folder\n");
        assertThat(out).isEmpty();
    }

    @Test
    void wrongArgumentsNameTheNearestRightOne() throws Exception {
        assertRefused("check needs a file or folder", "check");
        assertRefused("check: unknown option --laod; did you mean --load?", "check", "--laod", "x");
        assertRefused("import needs --from a file, a folder, or redis://host:port", "import");
        assertRefused("import: unknown option --form; did you mean --from?", "import", "--form", "x");
        assertRefused("import: --from needs a value", "import", "--from");
        assertRefused("import: --replace takes no value", "import", "--replace=yes");
        assertRefused("import: --as can't be 'json'; allowed: rdb", "import", "--from", "x", "--as", "json");
        assertRefused("import: --db can't be 'x'; it is a number", "import", "--from", "x", "--db", "x");
        assertRefused("import: --databases can't be '0'; allowed: ", "import", "--from", "x", "--databases", "0");
        assertRefused("import: unexpected argument 'dump.rdb'", "import", "dump.rdb");
        assertRefused("export needs --to file.rdb", "export");
        assertRefused("backup needs a word: list or create", "backup");
        assertRefused("backup knows no 'crate': did you mean create?", "backup", "crate");
        assertRefused("backup restore: a backup is restored by the start of a server", "backup", "restore");
    }

    private void assertRefused(String start, Object... words) {
        assertThat(run(words)).isEqualTo(2);
        assertThat(err).startsWith("duet " + start);
        assertThat(err.lines()).hasSize(1);
        assertThat(out).isEmpty();
    }

    @Test
    void everyToolHasHelp() {
        for (String tool : Tools.NAMES) {
            assertThat(run(tool, "--help")).isZero();
            assertThat(out).startsWith("Usage: duet " + tool);
            assertThat(err).isEmpty();
        }
    }

    @Test
    void whatCannotBeReachedIsSaid() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertThat(run("import", "--from", "redis://127.0.0.1:" + port, "--dir", dir))
                .isEqualTo(1);
        assertThat(err)
                .contains("127.0.0.1:" + port + " can't be reached: ")
                .contains("is redis-server running there?");
        assertThat(run("import", "--from", "rediss://x", "--dir", dir)).isEqualTo(1);
        assertThat(err).contains("no TLS here");
        assertThat(run("import", "--from", dir.resolve("none"), "--dir", dir)).isEqualTo(2);
        assertThat(run("import", "--from", dir, "--dir", dir.resolve("none"))).isEqualTo(1);
        assertThat(err).contains("there is no such folder; make it first");
    }

    @Test
    void addressesAreReadInAllTheirForms() throws Exception {
        assertThat(RedisSocket.address("redis://h")).isEqualTo(new RedisSocket.Address("h", 6379, "", "", -1));
        assertThat(RedisSocket.address("redis://h:1/2")).isEqualTo(new RedisSocket.Address("h", 1, "", "", 2));
        assertThat(RedisSocket.address("redis://:p%40s+s@[::1]:1"))
                .isEqualTo(new RedisSocket.Address("::1", 1, "", "p@s+s", -1));
        assertThat(RedisSocket.address("redis://u:p@h/")).isEqualTo(new RedisSocket.Address("h", 6379, "u", "p", -1));
        for (String wrong : new String[] {"redis://", "redis://h:x", "redis://h:0", "redis://p@h", "redis://h:99999"}) {
            Assertions.assertThatThrownBy(() -> RedisSocket.address(wrong))
                    .isInstanceOf(ToolException.class)
                    .hasMessageContaining("write redis://[[user]:password@]host[:port][/database]");
        }
    }

    @Test
    void backupsAreMadeListedAndRestoredAtTheStart() throws Exception {
        Path data = folder("data");
        Files.writeString(
                data.resolve("appendonly.aof"), "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n", StandardCharsets.UTF_8);
        assertThat(run("backup", "list", "--dir", data)).isZero();
        assertThat(out).isEqualTo("There are no backups in " + data + "/backups.\n");
        assertThat(run("backup", "create", "--dir", data, "--name", "first"))
                .as(err)
                .isZero();
        assertThat(out).startsWith("Backed up 1 key from ").contains("/backups/first.rdb");
        assertThat(run("backup", "create", "--dir", data, "--name", "first")).isEqualTo(1);
        assertThat(run("backup", "list", "--dir", data)).isZero();
        assertThat(out).startsWith("first  20").endsWith("1 backup in " + data + "/backups\n");
        Restoring.run(settings(data), "first", null, Meter.NONE);
        assertThat(data.resolve("dump.rdb")).exists();
        assertThat(data.resolve("appendonly.aof")).doesNotExist();
        assertThat(run("check", data.resolve("dump.rdb"))).isZero();
        assertThat(out).contains("1 key in 1 database");
        assertThat(run("backup", "list", "--dir", data)).isZero();
        assertThat(out).contains("replaced-20").contains("/  data that was put aside");
    }

    @Test
    void aRestoreThatCannotBeDoneKeepsTheServerFromStarting() throws Exception {
        Settings settings = settings(folder("data"));
        Assertions.assertThatThrownBy(() -> Restoring.run(settings, "none", null, Meter.NONE))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("there is no backup 'none' in ");
    }
}
