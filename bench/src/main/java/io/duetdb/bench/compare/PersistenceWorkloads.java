package io.duetdb.bench.compare;

import io.duetdb.bench.compare.CollectionLoader.Shape;
import io.duetdb.bench.compare.Row.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What it costs to keep data: writes with an append-only file, loading at start, the time of a snapshot. Both servers
 * write to the same disk, each into a directory of its own that is gone afterwards; each loads what it wrote itself.
 */
final class PersistenceWorkloads {
    private static final long STRINGS = 5_000_000;
    private static final long STRINGS_QUICK = 1_000_000;

    /** For so many strings there is a hash. */
    private static final int STRINGS_PER_HASH = 50;

    private static final int VALUE_BYTES = 32;
    private static final int FIELDS = 10;
    private static final long POLL_MS = 2;
    private static final long SNAPSHOT_MS_MAX = 300_000;
    private static final double MB = 1 << 20;

    private PersistenceWorkloads() {}

    /** A row of speed whose servers both append each write to a file, forced to disk as {@code fsync} says. */
    static Workload appending(String fsync, Workload workload) {
        Launch launch = Launch.appendOnly(fsync, true);
        return (row, session) -> workload.run(row, session.with(launch)).detail("both with %s", launch.words());
    }

    // ---- loading

    /**
     * Milliseconds from the start of the process until all is loaded, 5M strings of 32 bytes and 100,000 hashes of ten
     * fields, from a snapshot or from an append-only file of commands: the peer's share of Duet's.
     */
    static Workload load(boolean appendOnly) {
        Launch launch = appendOnly ? Launch.appendOnly("everysec", false) : Launch.SNAPSHOTS;
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            double[] ours = new double[rounds];
            double[] theirs = new double[rounds];
            double[] cpuOfOurs = new double[rounds];
            double[] cpuOfTheirs = new double[rounds];
            try (Folder duet = Folder.create();
                    Folder peer = Folder.create()) {
                Session atDuet = session.with(launch.in(duet.path()));
                Session atPeer = session.with(launch.in(peer.path()));
                try (ServerProcess server = atDuet.startDuet()) {
                    write(server, session, !appendOnly);
                }
                try (ServerProcess server = atPeer.startPeer()) {
                    write(server, session, !appendOnly);
                }
                for (int i = 0; i < rounds; i++) {
                    try (ServerProcess server = atDuet.startDuet()) {
                        cpuOfOurs[i] = Proc.cpuMs(server.pid());
                        ours[i] = loaded(server, session);
                    }
                    try (ServerProcess server = atPeer.startPeer()) {
                        cpuOfTheirs[i] = Proc.cpuMs(server.pid());
                        theirs[i] = loaded(server, session);
                    }
                }
                return compared(row, new Series(ours), new Series(theirs))
                        .figure("cpuMsDuet", new Series(cpuOfOurs))
                        .figure("cpuMsPeer", new Series(cpuOfTheirs))
                        .detail(
                                "processor time until then %s, peer's %s; %s; %s",
                                ms(new Series(cpuOfOurs)),
                                ms(new Series(cpuOfTheirs)),
                                keys(session),
                                sizes(duet.path(), peer.path()))
                        .detail("both with %s", launch.words());
            }
        };
    }

    private static long strings(Session session) {
        return session.sized(STRINGS, STRINGS_QUICK);
    }

    private static String keys(Session session) {
        long strings = strings(session);
        return strings + " strings of " + VALUE_BYTES + " bytes, " + strings / STRINGS_PER_HASH + " hashes of " + FIELDS
                + " fields";
    }

    private static void fill(ServerProcess server, Session session) throws IOException {
        long strings = strings(session);
        Loader.of(server.port(), VALUE_BYTES).load(0, strings);
        CollectionLoader.of(server, Shape.HASH, "field:")
                .fillEach(strings, strings + strings / STRINGS_PER_HASH, FIELDS);
    }

    private static void write(ServerProcess server, Session session, boolean save) throws IOException {
        fill(server, session);
        if (save) {
            try (RespClient client = new RespClient(server.port())) {
                client.run("SAVE");
            }
        }
    }

    private static double loaded(ServerProcess server, Session session) throws IOException {
        long strings = strings(session);
        String expected = Long.toString(strings + strings / STRINGS_PER_HASH);
        try (RespClient client = new RespClient(server.port())) {
            String size = client.run("DBSIZE");
            if (!size.equals(expected)) {
                throw new IOException(server.name() + " has " + size + " keys after loading, not " + expected);
            }
        }
        return server.startMs();
    }

    private static String sizes(Path ours, Path theirs) throws IOException {
        return String.format(
                Locale.ROOT, "files %.1f MB, peer's %.1f MB", Folder.bytes(ours) / MB, Folder.bytes(theirs) / MB);
    }

    private static Result compared(Row row, Series ours, Series theirs) {
        return new Result(row.name(), row.goal(), Series.of(ours.size(), i -> theirs.get(i) / ours.get(i)))
                .columns(ms(ours), ms(theirs))
                .counts("time")
                .figure("msDuet", ours)
                .figure("msPeer", theirs);
    }

    private static String ms(Series series) {
        return String.format(Locale.ROOT, "%.0f ms", series.median());
    }

    // ---- saving

    /** Milliseconds of a BGSAVE of the same data, nothing else going on: the peer's share of Duet's. */
    static Workload save() {
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            double[] ours = new double[rounds];
            double[] theirs = new double[rounds];
            Session snapshots = session.with(Launch.SNAPSHOTS);
            try (ServerProcess duet = snapshots.startDuet();
                    ServerProcess peer = snapshots.startPeer()) {
                for (ServerProcess server : List.of(duet, peer)) {
                    fill(server, session);
                    runToEnd(server, "BGSAVE"); // the first one warms up
                }
                for (int i = 0; i < rounds; i++) {
                    ours[i] = runToEnd(duet, "BGSAVE");
                    theirs[i] = runToEnd(peer, "BGSAVE");
                }
                return compared(row, new Series(ours), new Series(theirs))
                        .detail("%s; %s", keys(session), sizes(duet.directory(), peer.directory()))
                        .detail("both with %s", Launch.SNAPSHOTS.words());
            }
        };
    }

    /** Starts a BGSAVE or BGREWRITEAOF and waits until it has succeeded. Returns how many milliseconds that took. */
    static double runToEnd(ServerProcess server, String command) throws IOException, InterruptedException {
        try (RespClient client = new RespClient(server.port())) {
            long start = System.nanoTime();
            client.run(command);
            while (true) {
                String info = client.run("INFO", "persistence");
                double ms = (System.nanoTime() - start) / 1e6;
                if (info.contains("rdb_bgsave_in_progress:0")
                        && info.contains("aof_rewrite_in_progress:0")
                        && info.contains("aof_rewrite_scheduled:0")) {
                    if (!info.contains("rdb_last_bgsave_status:ok") || !info.contains("aof_last_bgrewrite_status:ok")) {
                        throw new IOException(server.name() + ": " + command + " failed:\n" + info);
                    }
                    return ms;
                }
                if (ms > SNAPSHOT_MS_MAX) {
                    throw new IOException(server.name() + ": " + command + " has not ended after " + (long) ms + " ms");
                }
                Thread.sleep(POLL_MS);
            }
        }
    }
}
