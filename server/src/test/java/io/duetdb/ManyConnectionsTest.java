package io.duetdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.util.internal.PlatformDependent;
import java.io.File;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many connections: that do nothing, and that come and go. What they took is given back. {@code -Dduet.long=true} has
 * 10,000 of the one and 200,000 of the other kind.
 */
@Timeout(600)
final class ManyConnectionsTest {
    private static final boolean LONG = Boolean.getBoolean("duet.long");
    private static final int IDLE = LONG ? 10_000 : 500;
    private static final int ROUNDS = LONG ? 200_000 : 2_000;
    private static final int IDLE_BYTES_MAX = 10 * 1024;
    private static final byte[] PING = "PING\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PONG = "+PONG\r\n".getBytes(StandardCharsets.US_ASCII);

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static long connected(Duet duet) {
        String clients = (String) duet.execute("INFO", "clients");
        return Long.parseLong(clients.replaceFirst("(?s).*\nconnected_clients:(\\d+).*", "$1"));
    }

    /** Heap in use after a collection, and memory for sockets. */
    private static long memory() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        long direct = Math.max(0, PlatformDependent.usedDirectMemory()); // Netty's own, which the JVM doesn't see
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            direct += pool.getMemoryUsed();
        }
        return least + direct;
    }

    private static long loopCpuNs() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long ns = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("duet-loop")) {
                ns += Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return ns;
    }

    private static int descriptors() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }

    @Test
    void idleConnectionsCostLittle() throws Exception {
        assumeTrue(installed("redis-benchmark"), "redis-benchmark is not installed");
        try (Duet duet = Duet.builder()
                .respPort(0)
                .setting("maxclients", Integer.toString(IDLE + 100))
                .start()) {
            ping(duet.respPort(), false);
            long base = 1; // the caller inside the JVM
            await(() -> connected(duet) == base);
            long before = memory();
            int descriptorsBefore = descriptors();
            Process idle = new ProcessBuilder("redis-benchmark", "-p", "" + duet.respPort(), "-c", "" + IDLE, "-I")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                await(() -> connected(duet) >= base + IDLE || !idle.isAlive());
                assertThat(connected(duet)).as("redis-benchmark's connections").isGreaterThanOrEqualTo(base + IDLE);
                long each = (memory() - before) / IDLE;
                System.out.println(IDLE + " idle connections: " + each + " bytes each");
                assertThat(each).isLessThan(IDLE_BYTES_MAX);
                if (LONG) {
                    long cpu = loopCpuNs();
                    long start = System.nanoTime();
                    await(() -> System.nanoTime() - start > TimeUnit.SECONDS.toNanos(10));
                    double share = (double) (loopCpuNs() - cpu) / (System.nanoTime() - start);
                    System.out.printf("the loop's share of a processor: %.2f %%%n", 100 * share);
                    assertThat(share).isLessThan(0.02);
                }
            } finally {
                idle.destroyForcibly().waitFor();
            }
            await(() -> connected(duet) == base);
            assertThat(descriptors()).isLessThanOrEqualTo(descriptorsBefore + 5);
            assertThat(memory() - before).isLessThan(Math.max(2 << 20, IDLE * 500L));
        }
    }

    private static boolean installed(String tool) {
        try {
            return new ProcessBuilder(tool, "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void connectionsThatComeAndGoLeaveNothing() throws IOException {
        try (Duet duet = Duet.builder().respPort(0).start()) {
            for (int i = 0; i < 500; i++) {
                ping(duet.respPort(), i % 2 == 0);
            }
            await(() -> connected(duet) == 1);
            long before = memory();
            int descriptorsBefore = descriptors();
            for (int i = 0; i < ROUNDS; i++) {
                ping(duet.respPort(), i % 2 == 0);
            }
            await(() -> connected(duet) == 1);
            assertThat(descriptors()).isLessThanOrEqualTo(descriptorsBefore + 5);
            long more = memory() - before;
            System.out.println(ROUNDS + " connections left " + more + " bytes");
            assertThat(more).isLessThan(2 << 20);
            String stats = (String) duet.execute("INFO", "stats");
            assertThat(stats).contains("rejected_connections:0");
        }
    }

    /** Connects, asks, and closes, in an orderly way or by a reset. */
    private static void ping(int port, boolean reset) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            if (reset) {
                socket.setSoLinger(true, 0);
            }
            socket.getOutputStream().write(PING);
            assertThat(socket.getInputStream().readNBytes(PONG.length)).isEqualTo(PONG);
        }
    }

    @Test
    void whoComesWhenAllPlacesAreTakenIsToldSo() throws IOException {
        try (Duet duet = Duet.builder().respPort(0).setting("maxclients", "2").start();
                RawSocket first = new RawSocket(duet.respPort())) {
            assertThat(first.ask("PING")).isEqualTo("+PONG");
            duet.execute("PING");
            try (RawSocket second = new RawSocket(duet.respPort())) {
                assertThat(second.reply()).isEqualTo("-ERR max number of clients reached");
                assertThat(second.isClosed()).isTrue();
            }
        }
    }
}
