package io.duetdb.survival;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The start with something to load, and with something that can't be. */
@Timeout(120)
final class StartTest {
    private static final int KEYS = 400_000;

    /** So many that a signal comes before they are loaded, also on a busy machine. */
    private static final int MANY_KEYS = 1_500_000;

    private static final String LOADING = "Failure[line=LOADING Redis is loading the dataset in memory]";

    @TempDir
    Path folder;

    @TempDir
    Path logs;

    @Test
    void whileItLoadsItAnswersThatItDoes() throws Exception {
        keys(folder.resolve("appendonly.aof"), KEYS);
        try (Child child = new Child(folder, logs, "--appendonly", "yes").java("-Xmx256m")) {
            child.launch();
            try (RespClient client = firstConnection(child)) {
                assertThat(client.run("PING")).as(child.said()).hasToString(LOADING);
                assertThat(client.run("GET k1")).hasToString(LOADING);
                assertThat(client.run("SET k1 v")).hasToString(LOADING);
                assertThat(client.run("CONFIG GET appendonly")).hasToString("[appendonly, yes]");
                String info = (String) client.run("INFO persistence");
                assertThat(info)
                        .contains("loading:1\r\n", "loading_start_time:", "loading_total_bytes:")
                        .contains("loading_loaded_bytes:", "loading_loaded_perc:", "loading_eta_seconds:");
                assertThat(child.said()).doesNotContain("is ready");
                while (!"PONG".equals(client.run("PING"))) {
                    TimeUnit.MILLISECONDS.sleep(5);
                }
                assertThat(client.run("DBSIZE")).isEqualTo((long) KEYS);
                assertThat((String) client.run("INFO persistence")).contains("loading:0\r\n");
            }
            while (!child.said().contains("Memory for data: ")) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            assertThat(child.said()).contains("is ready after");
        }
    }

    @Test
    void aSignalEndsALoadAndChangesNothing() throws Exception {
        Path file = folder.resolve("appendonly.aof");
        keys(file, MANY_KEYS);
        try (Child child = new Child(folder, logs, "--appendonly", "yes", "--save", "3600 1").java("-Xmx512m")) {
            child.launch();
            try (RespClient client = firstConnection(child)) {
                assertThat(client.run("PING")).as(child.said()).hasToString(LOADING);
                child.signal("TERM");
                assertThat(child.awaitEnd()).isZero();
            }
            assertThat(Files.exists(folder.resolve("dump.rdb"))).isFalse();
            assertThat(child.said()).doesNotContain("is ready");
            child.start();
            try (RespClient client = child.connect()) {
                while (!(client.run("DBSIZE") instanceof Long)) {
                    TimeUnit.MILLISECONDS.sleep(5);
                }
                assertThat(client.run("DBSIZE")).isEqualTo((long) MANY_KEYS);
                client.send(
                        "SHUTDOWN".getBytes(StandardCharsets.US_ASCII), "NOSAVE".getBytes(StandardCharsets.US_ASCII));
                client.flush();
                assertThat(child.awaitEnd()).isZero();
            }
            assertThat(Files.exists(folder.resolve("dump.rdb"))).isFalse();
        }
    }

    @Test
    void whatCannotBeLoadedEndsTheStartWithItsMessageAlone() throws Exception {
        Path aof = Files.createDirectory(folder.resolve("appendonlydir"));
        Files.writeString(aof.resolve("appendonly.aof.manifest"), "file appendonly.aof.1.incr.aof seq 1 type i\n");
        try (Child child = new Child(folder, logs, "--appendonly", "yes", "--save", "3600 1").java("-Xmx64m")) {
            child.launch();
            assertThat(child.awaitEnd()).isEqualTo(1);
            assertThat(child.said())
                    .startsWith("duet: ")
                    .contains("appendonly.aof.1.incr.aof")
                    .doesNotContain("\tat ");
            assertThat(Files.exists(folder.resolve("dump.rdb"))).isFalse();
        }
    }

    @Test
    void whatCannotBeLoadedToItsEndEndsTheProcess() throws Exception {
        Path file = folder.resolve("appendonly.aof");
        keys(file, KEYS);
        Files.writeString(file, "*1\r\n$8\r\nNONSENSE\r\n*1\r\n$8\r\nNONSENSE\r\n", StandardOpenOption.APPEND);
        try (Child child = new Child(folder, logs, "--appendonly", "yes", "--save", "3600 1").java("-Xmx256m")) {
            child.launch();
            assertThat(child.awaitEnd()).isEqualTo(1);
            assertThat(child.said())
                    .contains("duet: ")
                    .containsIgnoringCase("nonsense")
                    .doesNotContain("\tat ");
            assertThat(child.said()).doesNotContain("is ready");
            assertThat(Files.exists(folder.resolve("dump.rdb"))).isFalse();
        }
    }

    @Test
    void aServerThatCannotHaveItsPortLeavesTheFilesAlone() throws Exception {
        try (Child child = new Child(folder, logs, "--save", "3600 1").java("-Xmx64m")) {
            child.start();
            try (RespClient client = child.connect()) {
                client.run("SET k v");
                client.send("SHUTDOWN".getBytes(StandardCharsets.US_ASCII));
                client.flush();
                assertThat(child.awaitEnd()).isZero();
            }
            byte[] kept = Files.readAllBytes(folder.resolve("dump.rdb"));
            try (ServerSocket taken = new ServerSocket(child.port, 1, InetAddress.getLoopbackAddress())) {
                assertThat(taken.isBound()).isTrue();
                child.launch();
                assertThat(child.awaitEnd()).isEqualTo(1);
            }
            assertThat(Files.readAllBytes(folder.resolve("dump.rdb"))).isEqualTo(kept);
            child.start();
            try (RespClient client = child.connect()) {
                assertThat(client.run("GET k")).isEqualTo("v");
            }
        }
    }

    /** As soon as anybody takes connections. */
    private static RespClient firstConnection(Child child) throws InterruptedException {
        while (true) {
            try {
                return child.connect();
            } catch (IOException e) {
                assertThat(child.alive()).as(child.said()).isTrue();
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
    }

    /** An append-only file as old versions of Redis wrote it. */
    private static void keys(Path file, int count) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < count; i++) {
                String key = "k" + i;
                text.append("*3\r\n$3\r\nSET\r\n$")
                        .append(key.length())
                        .append("\r\n")
                        .append(key)
                        .append("\r\n$1\r\nv\r\n");
                if (text.length() > 1 << 16) {
                    out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
                    text.setLength(0);
                }
            }
            out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
        }
    }
}
