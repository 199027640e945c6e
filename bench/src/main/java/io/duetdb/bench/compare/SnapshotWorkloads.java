package io.duetdb.bench.compare;

import io.duetdb.bench.compare.Row.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What clients notice while all data is written to disk and 20,000 writes a second arrive: the longest loop turn by the
 * server's own histogram (of the peer, which has none, by a probe that pings each millisecond), the pings' and the
 * writes' p99.9 beside those of the same writes without, and what memory it took. Both less the worst that the probe saw
 * on the idle server just before, which is the neighbours' noise. One server after the other, on both cores.
 */
final class SnapshotWorkloads {
    private static final long IDLE_MS = 3000;
    private static final long BEFORE_MS = 5000;
    private static final double US_PER_MS = 1000;
    private static final double MB = 1 << 20;

    private SnapshotWorkloads() {}

    /** Fills a server. */
    interface Fill {
        /** Returns the number of keys {@code key:%012d} that there are now, and that are going to be written. */
        long fill(ServerProcess server, Session session) throws IOException;
    }

    private record Seen(
            double ownMs,
            double probeMs,
            double idleMs,
            double pingMs,
            double pingBeforeMs,
            double setMs,
            double setBeforeMs,
            double extraMb,
            double seconds,
            double fileMb,
            GcLog.Pauses pauses) {
        /** The stall that counts: the server's own figure if it has one, noise taken off. */
        double ms() {
            return Math.max(0, (ownMs >= 0 ? ownMs : probeMs) - idleMs);
        }

        String words() {
            return String.format(
                    Locale.ROOT,
                    "longest turn %s ms, longest ping %.2f (idle %.2f); p99.9 of pings %.2f ms, without %.2f; of writes"
                            + " %.2f, without %.2f; extra memory %.0f MB; %.1f s; files %.0f MB; collector %s",
                    ownMs < 0 ? "-" : Report.number(ownMs),
                    probeMs,
                    idleMs,
                    pingMs,
                    pingBeforeMs,
                    setMs,
                    setBeforeMs,
                    extraMb,
                    seconds,
                    fileMb,
                    pauses);
        }
    }

    /** Runs {@code commands} (BGSAVE, BGREWRITEAOF) one after the other; the value is Duet's longest stall. */
    static Workload stall(Launch launch, Fill fill, int valueBytes, List<String> commands) {
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            Session launched = session.with(launch);
            Seen[] duet = new Seen[rounds];
            Seen[] peer = new Seen[rounds];
            List<String> first = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                try (ServerProcess server = launched.startDuet(GcLog.OPTION)) {
                    duet[i] = measure(server, session, fill, valueBytes, commands, first);
                }
                try (ServerProcess server = launched.startPeer()) {
                    peer[i] = measure(server, session, fill, valueBytes, commands, first);
                }
            }
            Series value = Series.of(rounds, i -> duet[i].ms());
            Series floor = Series.of(rounds, i -> peer[i].ms());
            Row.Goal goal = Double.isNaN(row.goal().floor()) ? row.goal().withFloor(floor.median()) : row.goal();
            Series pings = Series.of(rounds, i -> duet[i].pingMs / peer[i].pingMs);
            Series against = Series.of(rounds, i -> duet[i].pingMs / duet[i].pingBeforeMs);
            Series extra = Series.of(rounds, i -> duet[i].extraMb);
            return new Result(row.name(), goal, value)
                    .columns(ms(value), ms(floor))
                    .counts(duet[0].ownMs >= 0 ? "loop" : "probe")
                    .figure("peerMs", floor)
                    .figure("pingsOfPeers", pings)
                    .figure("pingsOfWithout", against)
                    .figure("extraMb", extra)
                    .figure("extraMbPeer", Series.of(rounds, i -> peer[i].extraMb))
                    .detail("Duet: %s", duet[0].words())
                    .detail("peer: %s", peer[0].words())
                    .detail("the first time Duet: %s", first.get(0))
                    .detail("the first time peer: %s", first.get(1))
                    .detail(
                            "p99.9 of pings x%.2f the peer's, x%.2f of that without; extra memory x%.2f the peer's",
                            pings.median(), against.median(), extra.median() / Math.max(1, peer[0].extraMb))
                    .detail("both with %s; %s", launch.words(), String.join(", then ", commands));
        };
    }

    private static String ms(Series series) {
        return String.format(Locale.ROOT, "%.2f ms", series.median());
    }

    /** Fills a server and saves twice; adds to {@code first} what was seen of the first time, in words. */
    private static Seen measure(
            ServerProcess server, Session session, Fill fill, int valueBytes, List<String> commands, List<String> first)
            throws IOException, InterruptedException {
        StallWorkloads.warmUp(server.port());
        long keys = fill.fill(server, session);
        long resident = Proc.rssBytes(server.pid());
        first.add(save(server, keys, valueBytes, commands, resident).words());
        return save(server, keys, valueBytes, commands, resident);
    }

    private static Seen save(ServerProcess server, long keys, int valueBytes, List<String> commands, long resident)
            throws IOException, InterruptedException {
        Histogram idle = Probe.idle(server.port(), IDLE_MS);
        Writes before = Writes.start(server.port(), keys, valueBytes);
        Histogram pingsBefore = Probe.idle(server.port(), BEFORE_MS);
        Histogram setsBefore = before.finish();
        server.collect(); // a turn with a collection in it would tell of nothing else
        try (RespClient client = new RespClient(server.port())) {
            client.run("CONFIG", "RESETSTAT");
        }
        GcLog log = GcLog.of(server);
        Writes writes = Writes.start(server.port(), keys, valueBytes);
        Memory memory = Memory.watch(server.pid());
        Probe probe = Probe.start(server.port());
        double ms = 0;
        double copied = 0;
        for (String command : commands) {
            ms += PersistenceWorkloads.runToEnd(server, command);
            copied = Math.max(copied, Math.max(server.info("rdb_last_cow_size"), server.info("aof_last_cow_size")));
        }
        Histogram pings = probe.finish();
        double most = memory.finish();
        Histogram sets = writes.finish();
        double own = server.info("loop_turn_max_us");
        return new Seen(
                own < 0 ? -1 : own / US_PER_MS,
                pings.getMaxValue() / US_PER_MS,
                idle.getMaxValue() / US_PER_MS,
                p999(pings),
                p999(pingsBefore),
                p999(sets),
                p999(setsBefore),
                (server.isDuet() ? most - resident : copied) / MB,
                ms / 1000,
                Folder.bytes(server.directory()) / MB,
                log.pauses());
    }

    private static double p999(Histogram histogram) {
        return histogram.getValueAtPercentile(99.9) / US_PER_MS;
    }

    /** Looks every 20 ms how much memory a process has. */
    private static final class Memory extends Thread {
        private static final long EVERY_MS = 20;

        private final long pid;
        private volatile long most;
        private volatile boolean stopped;

        private Memory(long pid) {
            super("memory");
            this.pid = pid;
            setDaemon(true);
        }

        static Memory watch(long pid) {
            Memory memory = new Memory(pid);
            memory.start();
            return memory;
        }

        /** Stops. Returns the most bytes that were resident. */
        long finish() throws InterruptedException {
            stopped = true;
            join();
            return most;
        }

        @Override
        public void run() {
            try {
                while (!stopped) {
                    most = Math.max(most, Proc.rssBytes(pid));
                    Thread.sleep(EVERY_MS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
