package io.duetdb.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Subscribers that never read are cut off at their limit; who reads, and who asks for other things, hardly notices. */
@Timeout(120)
final class SlowSubscriberTest {
    private static final int ROUNDS = Boolean.getBoolean("duet.long") ? 100 : 5;
    private static final int SLOW = 4;
    private static final int MESSAGE_BYTES = 16 * 1024;
    private static final long LIMIT_BYTES = 4 << 20;
    private static final int BEHIND_MAX = 64;
    private static final int ASKING = 2;
    private static final int ASKED_IN_QUIET = 4_000;

    /** Beside a factor: what a machine with other work to do may add to any request. */
    private static final long NOISE_NS = 20_000_000;

    private static Duet duet;
    private static ExecutorService threads;

    @BeforeAll
    static void start() {
        duet = Duet.builder()
                .respPort(0)
                .setting("client-output-buffer-limit", "pubsub " + LIMIT_BYTES + " 0 0")
                .start();
        threads = Executors.newCachedThreadPool();
    }

    @AfterAll
    static void end() {
        threads.shutdownNow();
        duet.close();
    }

    @Test
    void oneThatNeverReadsIsCutOffAndTheOthersGoOn() throws Exception {
        duet.execute("SET", "k", "v");
        AtomicBoolean never = new AtomicBoolean();
        long quietNs = p99(asking(never, ASKED_IN_QUIET));
        AtomicBoolean over = new AtomicBoolean();
        List<Future<long[]>> asking = asking(over, Integer.MAX_VALUE);
        int published = 0;
        try (Listener listener = new Listener(duet.respPort())) {
            Future<Integer> heard = threads.submit(listener);
            for (int round = 0; round < ROUNDS; round++) {
                published += floodUntilCut(listener, published);
            }
            duet.execute("PUBLISH", "news", "end");
            assertThat(heard.get()).isEqualTo(published);
        }
        over.set(true);
        long floodedNs = p99(asking);
        assertThat(floodedNs).as("p99 of GET, which was %d ns", quietNs).isLessThan(2 * quietNs + NOISE_NS);
        Waiting.until(
                "the last to be gone", () -> ((String) duet.execute("INFO", "clients")).contains("pubsub_clients:0"));
    }

    /**
     * Has some subscribers that do not read, publishes until they are gone, and returns the number of messages. Who reads
     * is waited for: on a busy machine it would be cut off too.
     */
    private static int floodUntilCut(Listener listener, int before) throws Exception {
        List<Socket> slow = new ArrayList<>();
        int messages = 0;
        try (RespClient publisher = new RespClient(duet.respPort())) {
            for (int i = 0; i < SLOW; i++) {
                Socket socket = new Socket();
                slow.add(socket);
                socket.setReceiveBufferSize(16 * 1024);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), duet.respPort()));
                String request = i % 2 == 0 ? "SUBSCRIBE news\r\n" : "PSUBSCRIBE n*\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            }
            Waiting.until("subscribers", () -> subscribers() == 1 + SLOW);
            byte[] message = new byte[MESSAGE_BYTES];
            Arrays.fill(message, (byte) 'x');
            while (subscribers() > 1) {
                publisher.send("PUBLISH".getBytes(), "news".getBytes(), message);
                publisher.flush();
                assertThat((Long) publisher.read()).isBetween(1L, 1L + SLOW);
                messages++;
                int sent = before + messages;
                Waiting.until("the one that reads", () -> listener.heard() > sent - BEHIND_MAX);
                assertThat(omem()).isLessThanOrEqualTo(LIMIT_BYTES + 4 * MESSAGE_BYTES);
            }
            // All that a kernel keeps for a peer beside our limit is some MiB.
            assertThat((long) messages * MESSAGE_BYTES).isBetween(LIMIT_BYTES, LIMIT_BYTES + (32L << 20));
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        return messages;
    }

    private static long subscribers() {
        return (Long) ((List<?>) duet.execute("PUBSUB", "NUMSUB", "news")).get(1)
                + (Long) duet.execute("PUBSUB", "NUMPAT") * SLOW / 2;
    }

    private static long omem() {
        String list = (String) duet.execute("CLIENT", "LIST", "TYPE", "PUBSUB");
        return list.lines()
                .mapToLong(line -> Long.parseLong(line.replaceFirst(".* omem=(\\d+) .*", "$1")))
                .max()
                .orElse(0);
    }

    /** Some clients that ask GET until it is over, each with what it took in ns. */
    private static List<Future<long[]>> asking(AtomicBoolean over, int times) {
        List<Future<long[]>> all = new ArrayList<>();
        for (int i = 0; i < ASKING; i++) {
            all.add(threads.submit(() -> {
                long[] took = new long[1 << 20];
                int count = 0;
                try (RespClient client = new RespClient(duet.respPort())) {
                    long last = System.nanoTime();
                    while (!over.get() && count < times) {
                        assertThat(client.run("GET k")).isEqualTo("v");
                        long now = System.nanoTime();
                        took[count++ & (took.length - 1)] = now - last;
                        last = now;
                    }
                }
                return Arrays.copyOf(took, Math.min(count, took.length));
            }));
        }
        return all;
    }

    private static long p99(List<Future<long[]>> asking) throws Exception {
        long[] all = new long[0];
        for (Future<long[]> one : asking) {
            long[] more = one.get();
            int begin = all.length;
            all = Arrays.copyOf(all, begin + more.length);
            System.arraycopy(more, 0, all, begin, more.length);
        }
        Arrays.sort(all);
        return all[(int) (all.length * 0.99)];
    }

    /** A subscriber that reads; replies how many messages came before the one that says it is the last. */
    private static final class Listener implements Callable<Integer>, AutoCloseable {
        private final RespClient client;
        private volatile int heard;

        Listener(int port) throws IOException {
            client = new RespClient(port);
            assertThat(client.run("SUBSCRIBE news")).isEqualTo(List.of("subscribe", "news", 1L));
        }

        @Override
        public Integer call() throws IOException {
            while (true) {
                List<?> message = (List<?>) client.read();
                assertThat(message.get(0)).isEqualTo("message");
                if (message.get(2).equals("end")) {
                    return heard;
                }
                heard = heard + 1;
            }
        }

        /** Messages that have come. */
        int heard() {
            return heard;
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }
}
