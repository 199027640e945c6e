package io.duetdb.survival;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * S12: a heap that is too small. The process ends instead of going on by halves, and has all that it acknowledged under
 * {@code always} when it is started again.
 */
@Timeout(120)
final class OutOfMemoryTest {
    /** What the launcher passes, so that no thread's death leaves a server that only seems to work. */
    private static final String EXIT = "-XX:+ExitOnOutOfMemoryError";

    private static final int CLIENTS_MAX = 200;

    @TempDir
    Path folder;

    @TempDir
    Path logs;

    @Test
    void itEndsWhenTheHeapIsFullAndLosesNothing() throws Exception {
        assertThat(Files.readString(Path.of("bin/duet"))).contains(EXIT);
        try (Child child = new Child(
                        folder, logs, "--appendonly", "yes", "--appendfsync", "always", "--maxmemory", "4mb")
                .java("-Xmx32m", EXIT)) {
            Load load = new Load(child, 8, 12);
            child.start();
            load.begin();
            load.await(500);
            List<Socket> greedy = new ArrayList<>();
            try {
                byte[] half = ("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3000000\r\n" + "x".repeat(2_900_000))
                        .getBytes(StandardCharsets.ISO_8859_1);
                while (child.alive() && greedy.size() < CLIENTS_MAX) {
                    Socket socket = new Socket(InetAddress.getLoopbackAddress(), child.port);
                    greedy.add(socket);
                    socket.getOutputStream().write(half);
                }
            } catch (IOException e) {
                // it ends while we write
            } finally {
                for (Socket socket : greedy) {
                    socket.close();
                }
            }
            assertThat(child.awaitEnd()).as(child.said()).isNotZero();
            load.end();
            child.start();
            load.verify("out of memory");
        }
    }
}
