package io.duetdb.bench.compare;

import io.duetdb.bench.compare.Row.Workload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Stalls: the longest loop turn while something big happens, to a server that was warmed up. Duet's own histogram
 * ({@code loop_turn_max_us} of INFO) counts where it has one, the peer is measured by a probe that pings every
 * millisecond; both less the worst that the probe saw on the idle server just before, which is the neighbours' noise.
 * The figures before that stand beside it.
 */
final class StallWorkloads {
    private static final long IDLE_MS = 3000;
    private static final long LEAD_MS = 2000;
    private static final long WARM_UP_NS = 6_000_000_000L;
    private static final double US_PER_MS = 1000;
    private static final int BIG_BYTES = 100_000_000;

    private StallWorkloads() {}

    /** Something big: {@link #prepare} is not measured, {@link #act} is. */
    interface Scene {
        void prepare(ServerProcess server, Session session) throws Exception;

        /** Does it. Returns a few words about what happened, or nothing. */
        String act(ServerProcess server, Session session) throws Exception;
    }

    private record Stall(
            double ownMs, double probeMs, double idleMs, double p999Ms, GcLog.Pauses pauses, String words) {
        /** The stall that counts: the server's own figure if it has one, noise taken off. */
        double ms() {
            return Math.max(0, (ownMs >= 0 ? ownMs : probeMs) - idleMs);
        }
    }

    /** One scene for Duet and one (often the same) for the peer; the peer's figure is the floor. */
    static Workload stall(Scene ours, Scene theirs) {
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            Stall[] duet = new Stall[rounds];
            Stall[] peer = new Stall[rounds];
            for (int i = 0; i < rounds; i++) {
                try (ServerProcess server = session.startDuet(GcLog.OPTION)) {
                    duet[i] = measure(server, ours, session);
                }
                try (ServerProcess server = session.startPeer()) {
                    peer[i] = measure(server, theirs, session);
                }
            }
            Series value = Series.of(rounds, i -> duet[i].ms());
            Series floor = Series.of(rounds, i -> peer[i].ms());
            Row.Goal goal = Double.isNaN(row.goal().floor()) ? row.goal().withFloor(floor.median()) : row.goal();
            Result result = new Result(row.name(), goal, value)
                    .columns(ms(value), ms(floor))
                    .counts(duet[0].ownMs >= 0 ? "loop" : "probe")
                    .figure("peerMs", floor)
                    .figure("probeMs", Series.of(rounds, i -> duet[i].probeMs))
                    .figure("idleMs", Series.of(rounds, i -> duet[i].idleMs));
            describe(result, "Duet", duet[0]);
            describe(result, "peer", peer[0]);
            return result;
        };
    }

    /** Some seconds of the commands that the scenes consist of, on few keys, so that none of it runs for the first time. */
    static void warmUp(int port) throws IOException {
        long end = System.nanoTime() + WARM_UP_NS;
        Loader plain = Loader.of(port, 32).gently();
        Loader timed = Loader.of(port, "warm:", "x".repeat(32)).withTtl();
        try (RespClient client = new RespClient(port)) {
            for (long tick = 0; System.nanoTime() < end; tick++) {
                plain.load(0, 20_000);
                timed.load(0, 20_000);
                for (int i = 0; i < 500; i++) {
                    twenty(client, tick * 500 + i);
                    client.send();
                    client.skip(20);
                }
                client.run("FLUSHALL");
            }
        }
    }

    private static void describe(Result result, String who, Stall stall) {
        result.detail(
                "%s: own %s ms, probe %.2f ms (p99.9 %.2f), idle probe %.2f ms, collector %s%s%s",
                who,
                stall.ownMs < 0 ? "-" : Report.number(stall.ownMs),
                stall.probeMs,
                stall.p999Ms,
                stall.idleMs,
                stall.pauses,
                stall.words.isEmpty() ? "" : "; ",
                stall.words);
    }

    private static String ms(Series series) {
        return String.format(Locale.ROOT, "%.2f ms", series.median());
    }

    private static Stall measure(ServerProcess server, Scene scene, Session session) throws Exception {
        warmUp(server.port());
        scene.prepare(server, session);
        Histogram idle = Probe.idle(server.port(), IDLE_MS);
        try (RespClient client = new RespClient(server.port())) {
            client.run("CONFIG", "RESETSTAT");
        }
        GcLog log = GcLog.of(server);
        Probe probe = Probe.start(server.port());
        String words = scene.act(server, session);
        Histogram seen = probe.finish();
        double own = server.info("loop_turn_max_us");
        return new Stall(
                own < 0 ? -1 : own / US_PER_MS,
                seen.getMaxValue() / US_PER_MS,
                idle.getMaxValue() / US_PER_MS,
                seen.getValueAtPercentile(99.9) / US_PER_MS,
                log.pauses(),
                words);
    }

    /** The keyspace grows from 1,000 to 10M keys. */
    static Scene growth() {
        return new Scene() {
            @Override
            public void prepare(ServerProcess server, Session session) throws IOException {
                Loader.of(server.port(), 32).load(0, 1000);
            }

            @Override
            public String act(ServerProcess server, Session session) throws IOException {
                long top = session.sized(10_000_000, 2_000_000);
                long start = System.nanoTime();
                Loader.of(server.port(), 32).gently().load(1000, top);
                return String.format(
                        Locale.ROOT, "to %d keys at %.0fk/s", top, top / ((System.nanoTime() - start) / 1e6));
            }
        };
    }

    /** A million keys reach their deadline at once while 20,000 commands a second arrive. */
    static Scene expiry() {
        return new Scene() {
            private long at;

            @Override
            public void prepare(ServerProcess server, Session session) throws IOException {
                Loader.of(server.port(), 64).load(0, 100_000);
                at = System.currentTimeMillis() + session.sized(20_000, 10_000);
                Loader.of(server.port(), "gone:", "x".repeat(32))
                        .expiringAt(at)
                        .load(0, session.sized(1_000_000, 300_000));
            }

            @Override
            public String act(ServerProcess server, Session session) throws Exception {
                Histogram latency = new Histogram(3_600_000_000L, 3);
                long gone = -1;
                try (RespClient client = new RespClient(server.port());
                        RespClient watcher = new RespClient(server.port())) {
                    long start = System.nanoTime();
                    long end = at + 15_000;
                    for (long tick = 0; System.currentTimeMillis() < end; tick++) {
                        long due = start + tick * 1_000_000;
                        while (System.nanoTime() < due) {
                            LockSupport.parkNanos(due - System.nanoTime());
                        }
                        twenty(client, tick);
                        client.send();
                        client.skip(20);
                        if (System.currentTimeMillis() >= at - LEAD_MS) { // before that the client itself warms up
                            latency.recordValue((System.nanoTime() - due) / 1000);
                        }
                        if (gone < 0 && tick % 100 == 0 && watcher.run("DBSIZE").equals("100000")) {
                            gone = System.currentTimeMillis() - at;
                            end = Math.min(end, at + gone + 3000);
                        }
                    }
                }
                return String.format(
                        Locale.ROOT,
                        "all gone %s ms after the deadline; twenty commands each ms: p99 %.2f, longest %.2f ms",
                        gone < 0 ? "never within 15000" : Long.toString(gone),
                        latency.getValueAtPercentile(99) / US_PER_MS,
                        latency.getMaxValue() / US_PER_MS);
            }
        };
    }

    private static void twenty(RespClient client, long tick) {
        byte[] value = new byte[64];
        Arrays.fill(value, (byte) 'y');
        for (int i = 0; i < 20; i++) {
            long id = (tick * 20 + i) * 7919 % 100_000;
            byte[] key = ("key:000000" + (100_000 + id)).getBytes(StandardCharsets.US_ASCII);
            key[10] = '0'; // id has five digits at most, the sixth only keeps the length
            client.array(i % 4 == 0 ? 3 : 2);
            client.bulk((i % 4 == 0 ? "SET" : "GET").getBytes(StandardCharsets.US_ASCII));
            client.bulk(key);
            if (i % 4 == 0) {
                client.bulk(value);
            }
        }
    }

    /** Ten million keys and one command that removes them all. */
    static Scene flushAll(String... command) {
        return scene(
                (server, session) -> Loader.of(server.port(), 32).load(0, session.sized(10_000_000, 2_000_000)),
                command);
    }

    /** One string of 100 MB and one command that removes it. */
    static Scene bigString(String command) {
        return scene(
                (server, session) -> {
                    try (RespClient client = new RespClient(server.port())) {
                        byte[] value = new byte[BIG_BYTES];
                        Arrays.fill(value, (byte) 'z');
                        client.array(3);
                        client.bulk("SET".getBytes(StandardCharsets.US_ASCII));
                        client.bulk("big".getBytes(StandardCharsets.US_ASCII));
                        client.bulk(value);
                        client.send();
                        client.skip(1);
                    }
                },
                command,
                "big");
    }

    @FunctionalInterface
    private interface Preparation {
        void run(ServerProcess server, Session session) throws Exception;
    }

    private static Scene scene(Preparation preparation, String... command) {
        return new Scene() {
            @Override
            public void prepare(ServerProcess server, Session session) throws Exception {
                preparation.run(server, session);
            }

            @Override
            public String act(ServerProcess server, Session session) throws Exception {
                Thread.sleep(500);
                long start = System.nanoTime();
                String reply;
                try (RespClient client = new RespClient(server.port())) {
                    start = System.nanoTime();
                    reply = client.run(command);
                }
                double ms = (System.nanoTime() - start) / 1e6;
                Thread.sleep(3000);
                return String.format(Locale.ROOT, "%s replied %s after %.2f ms", command[0], reply, ms);
            }
        };
    }
}
