package io.duetdb.bench.compare;

import io.duetdb.bench.compare.CollectionLoader.Shape;
import io.duetdb.bench.compare.Row.Workload;
import java.io.IOException;
import java.util.Locale;

/** Memory: resident growth per key or element, and the idle server. */
final class MemoryWorkloads {
    private static final long MILLION = 1_000_000;
    private static final double MB = 1 << 20;
    private static final long SETTLE_MS = 1500;

    /** Elements of a small collection. */
    private static final int SMALL = 10;

    private MemoryWorkloads() {}

    /** Puts numbered things into a server: those from {@code from} on, before {@code to}. */
    @FunctionalInterface
    interface Growth {
        void grow(ServerProcess server, long from, long to) throws IOException;
    }

    /**
     * The slope of resident size from 1M to 5M keys (2M in the short form) of 16 bytes each, one server after the other:
     * Duet's share of the peer's.
     */
    static Workload perKey(int valueBytes, boolean ttl) {
        return (row, session) -> slope(
                row,
                session,
                (server, from, to) -> {
                    Loader loader = Loader.of(server.port(), valueBytes);
                    if (ttl) {
                        loader.withTtl();
                    }
                    loader.load(from, to);
                },
                MILLION,
                session.sized(5, 2) * MILLION);
    }

    /**
     * The slope of resident size from 200,000 to 1M keys of 16 bytes, each with ten elements; five million of them, as of
     * strings, would need more memory than a small machine has.
     */
    static Workload perCollection(Shape shape) {
        Growth growth =
                (server, from, to) -> CollectionLoader.of(server, shape, "e:").fillEach(from, to, SMALL);
        return (row, session) -> slope(row, session, growth, MILLION / 5, MILLION);
    }

    /** The slope of resident size of one key from 200,000 to 1M members or fields of 16 bytes. */
    static Workload perMember(Shape shape) {
        Growth growth =
                (server, from, to) -> CollectionLoader.of(server, shape, "mem:").fill("one", from, to);
        return (row, session) -> slope(row, session, growth, MILLION / 5, MILLION);
    }

    private static Result slope(Row row, Session session, Growth growth, long low, long top)
            throws IOException, InterruptedException {
        int rounds = session.options().rounds(row.rounds());
        double[][] duet = new double[rounds][];
        double[][] peer = new double[rounds][];
        for (int i = 0; i < rounds; i++) {
            try (ServerProcess server = session.startDuet()) {
                duet[i] = measure(server, growth, low, top);
            }
            try (ServerProcess server = session.startPeer()) {
                peer[i] = measure(server, growth, low, top);
            }
        }
        Series ours = Series.of(rounds, i -> duet[i][3]);
        Series theirs = Series.of(rounds, i -> peer[i][3]);
        return new Result(row.name(), row.goal(), Series.of(rounds, i -> ours.get(i) / theirs.get(i)))
                .columns(bytes(ours), bytes(theirs))
                .figure("bytesPerKeyDuet", ours)
                .figure("bytesPerKeyPeer", theirs)
                .detail("resident at 0, %s, %s: %s; peer %s", count(low), count(top), points(duet[0]), points(peer[0]));
    }

    private static double[] measure(ServerProcess server, Growth growth, long low, long top)
            throws IOException, InterruptedException {
        double empty = resident(server);
        growth.grow(server, 0, low);
        double before = resident(server);
        growth.grow(server, low, top);
        double after = resident(server);
        return new double[] {empty, before, after, (after - before) / (top - low)};
    }

    private static String count(long n) {
        return n < MILLION ? n / 1000 + "k" : n / MILLION + "M";
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
