package io.duetdb.bench.compare;

import io.duetdb.bench.compare.Row.Workload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Subscribers that never read are cut off at the limit of their class, others come in their place: what a client that
 * asks for other things notices, beside the same messages to a subscriber that reads.
 */
final class SlowSubscriberWorkload {
    private static final String CHANNEL = "news";
    private static final String SUBSCRIBED = "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n";
    private static final int MESSAGE_BYTES = 16 << 10;
    private static final long PAUSE_NS = 1_000_000;
    private static final int SLOW = 4;
    private static final int WARM_UP_SLOW = 20;
    private static final int WARM_UP_ROUNDS = 30;
    private static final int RECEIVE_BYTES = 16 << 10;
    private static final long MEASURED_MS = 5000;
    private static final long LOOK_MS = 5;
    private static final double PERCENTILE = 99;

    private SlowSubscriberWorkload() {}

    private record Seen(double quietUs, double slowUs, int cut) {
        double ratio() {
            return slowUs / quietUs;
        }

        String words() {
            return String.format(
                    Locale.ROOT, "p99 of pings %.0f us, without %.0f; %d subscribers cut off", slowUs, quietUs, cut);
        }
    }

    /** The value is Duet's p99 of pings by that without slow subscribers. */
    static Workload p99() {
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            Seen[] ours = new Seen[rounds];
            Seen[] theirs = new Seen[rounds];
            try (ServerProcess duet = session.startDuet();
                    ServerProcess peer = session.startPeer()) {
                StallWorkloads.warmUp(duet.port());
                warmUp(duet);
                warmUp(peer);
                measure(duet);
                for (int i = 0; i < rounds; i++) {
                    ours[i] = measure(duet);
                    theirs[i] = measure(peer);
                }
            }
            Series value = Series.of(rounds, i -> ours[i].ratio());
            Series floor = Series.of(rounds, i -> theirs[i].ratio());
            return new Result(row.name(), row.goal(), value)
                    .columns(String.format("x%.2f", value.median()), String.format("x%.2f", floor.median()))
                    .counts("p99")
                    .figure("peer", floor)
                    .detail("Duet: %s", ours[0].words())
                    .detail("peer: %s", theirs[0].words());
        };
    }

    /** Has hundreds of clients come and be cut off: a server that did nothing of the sort yet compiles the way of it. */
    private static void warmUp(ServerProcess server) throws IOException, InterruptedException {
        try (RespClient client = new RespClient(server.port())) {
            client.run("CONFIG", "SET", "client-output-buffer-limit", "pubsub 64kb 0 0");
            Messages messages = new Messages(server.port());
            messages.start();
            for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                cutOff(server, client, WARM_UP_SLOW, 0);
            }
            messages.finish();
        }
    }

    private static Seen measure(ServerProcess server) throws IOException, InterruptedException {
        try (RespClient client = new RespClient(server.port());
                Crowd reader = new Crowd(server, 1, "SUBSCRIBE " + CHANNEL, 1)) {
            client.run("CONFIG", "SET", "client-output-buffer-limit", "pubsub 4mb 0 0");
            Messages messages = new Messages(server.port());
            messages.start();
            double quietUs = Probe.idle(server.port(), MEASURED_MS).getValueAtPercentile(PERCENTILE);
            Probe probe = Probe.start(server.port());
            long until = System.nanoTime() + MEASURED_MS * 1_000_000;
            int cut = 0;
            while (System.nanoTime() < until) {
                cut += cutOff(server, client, SLOW, 1);
            }
            Histogram beside = probe.finish();
            messages.finish();
            if (reader.heard() < messages.sent() * MESSAGE_BYTES) {
                reader.await(messages.sent() * MESSAGE_BYTES);
            }
            return new Seen(quietUs, beside.getValueAtPercentile(PERCENTILE), cut);
        }
    }

    /** Has {@code count} subscribers that never read, until only {@code others} are there. Returns the count. */
    private static int cutOff(ServerProcess server, RespClient client, int count, int others)
            throws IOException, InterruptedException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                Socket socket = new Socket();
                slow.add(socket);
                socket.setReceiveBufferSize(RECEIVE_BYTES);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
                socket.getOutputStream().write(("SUBSCRIBE " + CHANNEL + "\r\n").getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().readNBytes(SUBSCRIBED.length());
            }
            while (subscribers(client) > others) {
                Thread.sleep(LOOK_MS);
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        return count;
    }

    private static long subscribers(RespClient client) throws IOException {
        return Long.parseLong(client.run("PUBSUB", "NUMSUB", CHANNEL).split("\n")[1]);
    }

    /** Publishes a message each millisecond. */
    private static final class Messages extends Thread {
        private final int port;
        private volatile boolean stopped;
        private volatile long sent;
        private volatile String failure = "";

        Messages(int port) {
            super("messages");
            this.port = port;
            setDaemon(true);
        }

        /** Messages that all subscribers were sent. */
        long sent() {
            return sent;
        }

        void finish() throws InterruptedException {
            stopped = true;
            join();
            if (!failure.isEmpty()) {
                throw new IllegalStateException("publishing failed: " + failure);
            }
        }

        @Override
        public void run() {
            String message = "m".repeat(MESSAGE_BYTES);
            try (RespClient client = new RespClient(port)) {
                while (!stopped) {
                    client.run("PUBLISH", CHANNEL, message);
                    sent++;
                    LockSupport.parkNanos(PAUSE_NS);
                }
            } catch (IOException e) {
                failure = e.toString();
            }
        }
    }
}
