package io.duetdb.bench.compare;

import io.duetdb.bench.compare.Row.Workload;
import java.io.IOException;
import java.util.Locale;

/** Memory: resident growth per key, and the idle server. */
final class MemoryWorkloads {
    private static final long MILLION = 1_000_000;
    private static final double MB = 1 << 20;
    private static final long SETTLE_MS = 1500;

    private MemoryWorkloads() {}

    /**
     * The slope of resident size from 1M to 5M keys (2M in the short form) of 16 bytes each, one server after the other:
     * Duet's share of the peer's.
     */
    static Workload perKey(int valueBytes, boolean ttl) {
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            long top = session.sized(5, 2);
            double[][] duet = new double[rounds][];
            double[][] peer = new double[rounds][];
            for (int i = 0; i < rounds; i++) {
                try (ServerProcess server = session.startDuet()) {
                    duet[i] = measure(server, valueBytes, ttl, top);
                }
                try (ServerProcess server = session.startPeer()) {
                    peer[i] = measure(server, valueBytes, ttl, top);
                }
            }
            Series ours = Series.of(rounds, i -> duet[i][3]);
            Series theirs = Series.of(rounds, i -> peer[i][3]);
            return new Result(row.name(), row.goal(), Series.of(rounds, i -> ours.get(i) / theirs.get(i)))
                    .columns(bytes(ours), bytes(theirs))
                    .figure("bytesPerKeyDuet", ours)
                    .figure("bytesPerKeyPeer", theirs)
                    .detail("resident at 0, 1M, %dM keys: %s; peer %s", top, points(duet[0]), points(peer[0]));
        };
    }

    private static double[] measure(ServerProcess server, int valueBytes, boolean ttl, long top)
            throws IOException, InterruptedException {
        Loader loader = Loader.of(server.port(), valueBytes);
        if (ttl) {
            loader.withTtl();
        }
        double empty = resident(server);
        loader.load(0, MILLION);
        double low = resident(server);
        loader.load(MILLION, top * MILLION);
        double high = resident(server);
        return new double[] {empty, low, high, (high - low) / ((top - 1) * MILLION)};
    }

    private static double resident(ServerProcess server) throws InterruptedException {
        Thread.sleep(SETTLE_MS);
        return Proc.rssBytes(server.pid());
    }

    private static String bytes(Series series) {
        return String.format(Locale.ROOT, "%.1f B/key", series.median());
    }

    private static String points(double[] measured) {
        return String.format(Locale.ROOT, "%.0f, %.0f, %.0f MB", measured[0] / MB, measured[1] / MB, measured[2] / MB);
    }

    /** Resident megabytes of a server that was started, answered a few pings and rests. */
    static Workload idle() {
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            double[] ours = new double[rounds];
            double[] theirs = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                try (ServerProcess server = session.startDuet()) {
                    Thread.sleep(SETTLE_MS * 2);
                    ours[i] = Proc.rssBytes(server.pid()) / MB;
                }
                try (ServerProcess server = session.startPeer()) {
                    Thread.sleep(SETTLE_MS);
                    theirs[i] = Proc.rssBytes(server.pid()) / MB;
                }
            }
            return new Result(row.name(), row.goal(), new Series(ours))
                    .columns(
                            Report.number(new Series(ours).median()) + " MB",
                            Report.number(new Series(theirs).median()) + " MB");
        };
    }
}
