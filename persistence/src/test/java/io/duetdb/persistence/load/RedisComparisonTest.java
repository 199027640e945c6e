package io.duetdb.persistence.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same files given to redis-server and to Duet: both refuse, or both load the same; if not, it is said why. */
class RedisComparisonTest {
    private static final String REFUSED = "refused";
    private static final String A = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n";
    private static final String B = "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n";

    @TempDir
    Path folder;

    private int cases;

    /** What redis-server makes of a folder: its digest, or that it refused to start. */
    private String redis(MemoryDisk disk) throws IOException {
        Path dir = folder.resolve("case" + cases++);
        Files.createDirectories(dir);
        disk.writeTo(dir);
        try (RedisServer server = RedisServer.start("--dir", dir.toString(), "--appendonly", "yes");
                RespClient client = server.connect()) {
            while (String.valueOf(client.run("INFO persistence")).contains("loading:1")) {
                Thread.onSpinWait();
            }
            return String.valueOf(client.run("DEBUG DIGEST"));
        } catch (IOException gone) {
            return REFUSED;
        }
    }

    private static String duet(MemoryDisk disk) {
        LoadKit t = new LoadKit();
        t.clock.advance(System.currentTimeMillis() - t.clock.nowMs(), TimeUnit.MILLISECONDS);
        disk.files.forEach(t.disk::put);
        @Nullable String why = t.load();
        return why == null ? t.digest() : REFUSED;
    }

    private static MemoryDisk increment(String bytes) {
        MemoryDisk disk = new MemoryDisk();
        disk.put(LoadKit.MANIFEST, "file appendonly.aof.1.incr.aof seq 1 type i\n".getBytes(ISO_8859_1));
        return disk.put(LoadKit.INCREMENT, bytes.getBytes(ISO_8859_1));
    }

    @Test
    void contentsOfAFile() throws IOException {
        assumeTrue(RedisServer.installed());
        Map<String, String> same = new LinkedHashMap<>();
        same.put("nothing", "");
        same.put("torn", A + B.substring(0, 9));
        same.put("torn in a line's end", A + B.substring(0, B.length() - 1));
        same.put("torn in MULTI", A + "*1\r\n$5\r\nMULTI\r\n" + B);
        same.put("whole MULTI", A + "*1\r\n$5\r\nMULTI\r\n" + B + "*1\r\n$4\r\nEXEC\r\n");
        same.put("remarks", "#\r\n" + A + "# text\r\n#TS:5\r\n" + B);
        same.put("torn remark", A + "#TS:5");
        same.put("long remark", "#" + "x".repeat(1020) + "\r\n" + A);
        same.put("overlong remark", "#" + "x".repeat(1100) + "\r\n" + A);
        same.put("other ends of arguments", A.substring(0, A.length() - 2) + "XY" + B);
        same.put("more than digits", "*3abc" + A.substring(2) + B);
        same.put("no command", A + "hello\r\n" + B);
        same.put("no arguments", A + "*0\r\n" + B);
        same.put("unknown command", A + "*1\r\n$3\r\nFOO\r\n" + B);
        same.put("a command that reads", A + "*2\r\n$3\r\nGET\r\n$1\r\na\r\n" + B);
        same.put("a command that fails", A + "*2\r\n$4\r\nLPOP\r\n$1\r\na\r\n" + B);
        for (Map.Entry<String, String> one : same.entrySet()) {
            MemoryDisk disk = increment(one.getValue());
            assertThat(duet(disk)).as(one.getKey()).isEqualTo(redis(disk));
        }
        // Redis refuses zeros, which a power cut may leave; Duet cuts them.
        MemoryDisk zeros = increment(A + B + "\0".repeat(500));
        assertThat(redis(zeros)).isEqualTo(REFUSED);
        assertThat(duet(zeros)).isEqualTo(duet(increment(A + B)));
        // Redis loads commands of a database that there is not into the one before; Duet refuses.
        MemoryDisk database = increment(A + "*2\r\n$6\r\nSELECT\r\n$2\r\n99\r\n" + B);
        assertThat(redis(database)).isEqualTo(redis(increment(A + B)));
        assertThat(duet(database)).isEqualTo(REFUSED);
    }

    @Test
    void listsOfFiles() throws IOException {
        assumeTrue(RedisServer.installed());
        String base = "file base seq 1 type b\n";
        for (String list : new String[] {
            base,
            "FILE base TYPE base SEQ 1\n",
            base + "file one seq 1 type i\nfile two seq 5 type i\n",
            base + "file one seq 2 type i\nfile two seq 1 type i\n",
            base + "file one seq 1 type i other thing\n",
            "# remark\n" + base,
            "file \"b\\x61se\" seq 1 type b\n",
            "file one seq 1 type i\n",
            "file one seq 1 type i\nfile two seq 2 type i\n" + base,
            base + "file one seq 1 type h\n",
            base + "\n",
            base + base,
            "file none seq 1 type b\n",
            "file base seq 0 type b\n",
            "file base seq 1 type x\n",
            "file base seq 1\n",
            "file ../base seq 1 type b\n",
            "file base seq 1 type b",
            ""
        }) {
            MemoryDisk disk = new MemoryDisk();
            disk.put(LoadKit.MANIFEST, list.getBytes(ISO_8859_1));
            disk.put(LoadKit.FOLDER + "base", A.getBytes(ISO_8859_1));
            disk.put(LoadKit.FOLDER + "one", B.getBytes(ISO_8859_1));
            disk.put(LoadKit.FOLDER + "two", "*2\r\n$4\r\nINCR\r\n$1\r\nb\r\n".getBytes(ISO_8859_1));
            assertThat(duet(disk)).as(list).isEqualTo(redis(disk));
        }
    }
}
