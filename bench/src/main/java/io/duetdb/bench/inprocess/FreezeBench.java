package io.duetdb.bench.inprocess;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Snapshot;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * Freezes a keyspace of millions of keys and goes on writing while a second thread walks the view: what the freeze
 * costs, what a SET costs meanwhile against a quiet minute just before, and whether the view keeps its digest.
 *
 * <p>Options: {@code --keys 5000000 --rounds 5} (latency of same-size SETs), {@code --digests 100 --digest-keys 500000}
 * (rounds of mixed writes whose only purpose is the digest).
 */
public final class FreezeBench {
    private static final int VALUE_BYTES = 32;
    private static final int TURN = 16;
    private static final int QUIET_SETS = 1_000_000;
    private static final double P999_ABOVE_US = 10;
    private static final double TURN_MAX_MS = 2;
    private static final double FREEZE_MAX_MS = 1;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Rig rig;
    private final long keys;
    private final SplittableRandom random = new SplittableRandom(7);
    private final Requests set = Requests.set(VALUE_BYTES);
    private final Requests longer = Requests.set(VALUE_BYTES * 3);
    private final Requests del = Requests.del();
    private long version;

    private FreezeBench(long keys) {
        this.keys = keys;
        rig = new Rig(Math.max(1L << 30, keys * 400));
        rig.refuseErrors();
        for (long id = 0; id < keys; id++) {
            rig.execute(set.with(id, id));
            if (id % TURN == 0) {
                rig.endTurn();
            }
        }
        rig.endTurn();
    }

    /** Runs both parts. Exit status 1 when a bound of the goals is missed. */
    public static void main(String[] words) throws InterruptedException {
        Arguments arguments = new Arguments(words);
        boolean good = true;
        int rounds = (int) arguments.number("rounds", 5);
        if (rounds > 0) {
            FreezeBench bench = new FreezeBench(arguments.number("keys", 5_000_000));
            good = bench.latency(rounds);
        }
        int digests = (int) arguments.number("digests", 100);
        if (digests > 0) {
            good &= new FreezeBench(arguments.number("digest-keys", 500_000)).digests(digests);
        }
        System.exit(good ? 0 : 1);
    }

    /** Times of single SETs and of whole turns, in nanoseconds. */
    private static final class Times {
        private final Histogram sets = new Histogram(60_000_000_000L, 3);
        private final Histogram turns = new Histogram(60_000_000_000L, 3);
        private final Histogram turnsOnCpu = new Histogram(60_000_000_000L, 3);

        private double us(double percentile) {
            return sets.getValueAtPercentile(percentile) / 1000.0;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "mean %.2f us, p50 %.2f, p99 %.2f, p99.9 %.2f, p99.99 %.2f, longest %.0f us; longest turn %.2f ms, on the CPU %.2f ms",
                    sets.getMean() / 1000,
                    us(50),
                    us(99),
                    us(99.9),
                    us(99.99),
                    sets.getMaxValue() / 1000.0,
                    turns.getMaxValue() / 1e6,
                    turnsOnCpu.getMaxValue() / 1e6);
        }
    }

    private void turnOfSets(Times times) {
        long cpu = THREADS.getCurrentThreadCpuTime();
        long begun = System.nanoTime();
        long before = begun;
        for (int i = 0; i < TURN; i++) {
            Argv argv = set.with(random.nextLong(keys), version++);
            rig.execute(argv);
            long now = System.nanoTime();
            times.sets.recordValue(now - before);
            before = now;
        }
        rig.endTurn();
        times.turns.recordValue(System.nanoTime() - begun);
        times.turnsOnCpu.recordValue(THREADS.getCurrentThreadCpuTime() - cpu);
    }

    private boolean latency(int rounds) throws InterruptedException {
        System.out.printf(Locale.ROOT, "%d keys, same-size SETs at random, turns of %d%n", keys, TURN);
        Times warm = new Times();
        for (int i = 0; i < QUIET_SETS / TURN; i++) {
            turnOfSets(warm);
        }
        System.out.println("warm-up: " + warm);
        walkedRound("warm-up", new double[3]);
        double[] freezes = new double[rounds];
        double[] above = new double[rounds];
        double[] longest = new double[rounds];
        for (int r = 0; r < rounds; r++) {
            double[] figures = new double[3];
            walkedRound("round " + (r + 1), figures);
            freezes[r] = figures[0];
            above[r] = figures[1];
            longest[r] = figures[2];
        }
        Arrays.sort(freezes);
        Arrays.sort(above);
        Arrays.sort(longest);
        int m = rounds / 2;
        boolean good = freezes[m] < FREEZE_MAX_MS && above[m] <= P999_ABOVE_US && longest[m] <= TURN_MAX_MS;
        System.out.printf(
                Locale.ROOT,
                "freeze %.3f ms (%.3f..%.3f), p99.9 above quiet %.2f us (%.2f..%.2f), longest turn on CPU %.2f ms"
                        + " (%.2f..%.2f): %s%n",
                freezes[m],
                freezes[0],
                freezes[rounds - 1],
                above[m],
                above[0],
                above[rounds - 1],
                longest[m],
                longest[0],
                longest[rounds - 1],
                good ? "held" : "MISS");
        return good;
    }

    private void walkedRound(String name, double[] figures) throws InterruptedException {
        Times quiet = new Times();
        for (int i = 0; i < QUIET_SETS / TURN; i++) {
            turnOfSets(quiet);
        }
        long collected = collections();
        long cpu = THREADS.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        Snapshot view = rig.engine().freeze();
        double freezeMs = (System.nanoTime() - start) / 1e6;
        double freezeCpuMs = (THREADS.getCurrentThreadCpuTime() - cpu) / 1e6;
        Walker walker = new Walker(view, false);
        walker.start();
        Times walked = new Times();
        while (walker.isAlive()) {
            turnOfSets(walked);
        }
        walker.join();
        start = System.nanoTime();
        view.close();
        double closeMs = (System.nanoTime() - start) / 1e6;
        Times after = new Times();
        for (int i = 0; i < QUIET_SETS / TURN / 4; i++) {
            turnOfSets(after);
        }
        figures[0] = freezeMs;
        figures[1] = walked.us(99.9) - quiet.us(99.9);
        // What other processes took of the core is not the engine's: on a busy machine only this figure means anything.
        figures[2] = Math.max(walked.turnsOnCpu.getMaxValue(), after.turnsOnCpu.getMaxValue()) / 1e6;
        System.out.printf(
                Locale.ROOT,
                "%s: freeze %.3f ms (%.3f on the CPU), release %.3f ms, %d collections%n  quiet  %s%n  walked %s (%d sets, walk %.1f s)%n"
                        + "  after  %s%n",
                name,
                freezeMs,
                freezeCpuMs,
                closeMs,
                collections() - collected,
                quiet,
                walked,
                walked.sets.getTotalCount(),
                walker.seconds,
                after);
        walker.check(keys);
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    /** Rounds of SETs of two sizes, new keys and deletions under a walked view. */
    private boolean digests(int rounds) throws InterruptedException {
        long writes = 0;
        for (int r = 0; r < rounds; r++) {
            // Every tenth round asks the engine itself for the digest; the others sum up the view before any write.
            boolean full = r % 10 == 0;
            String digest = full ? rig.ask("DEBUG", "DIGEST").replace("+", "") : "";
            Snapshot view = rig.engine().freeze();
            long size = view.size(0);
            long sum = full ? 0 : Walker.sum(view);
            Walker walker = new Walker(view, full);
            walker.start();
            while (walker.isAlive()) {
                for (int i = 0; i < TURN; i++) {
                    rig.execute(mixed());
                    writes++;
                }
                rig.endTurn();
            }
            walker.join();
            walker.check(size);
            boolean same = full ? digest.equals(walker.digest) : sum == walker.sum;
            view.close();
            if (!same) {
                System.out.printf(
                        Locale.ROOT, "round %d: the view's digest changed: %s, %s%n", r, digest, walker.digest);
                return false;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%d rounds, %d mixed writes beside the walks: every view kept its digest%n",
                rounds,
                writes);
        return true;
    }

    private Argv mixed() {
        int kind = random.nextInt(10);
        long id = random.nextLong(keys + keys / 10);
        return kind == 0 ? del.with(id, 0) : (kind < 4 ? longer : set).with(id, version++);
    }

    /** Walks a view on a thread of its own. */
    private static final class Walker extends Thread {
        private final Snapshot view;
        private final boolean digests;
        private double seconds;
        private long sum;
        private long entries;
        private String digest = "";

        Walker(Snapshot view, boolean digests) {
            super("walker");
            this.view = view;
            this.digests = digests;
        }

        @Override
        public void run() {
            long start = System.nanoTime();
            if (digests) {
                StringBuilder hex = new StringBuilder();
                for (byte b : view.digest()) {
                    hex.append(String.format(Locale.ROOT, "%02x", b & 0xff));
                }
                digest = hex.toString();
                entries = view.size(0);
            } else {
                sum = sum(view);
                long[] count = new long[1];
                view.forEach(0, (key, offset, length, expireAtMs, value) -> count[0]++);
                entries = count[0];
            }
            seconds = (System.nanoTime() - start) / 1e9;
        }

        void check(long expected) {
            if (entries != expected) {
                throw new IllegalStateException("the walk saw " + entries + " of " + expected + " entries");
            }
        }

        /** An order-free sum over keys and values. */
        static long sum(Snapshot view) {
            long[] total = new long[1];
            byte[] copy = new byte[VALUE_BYTES * 3];
            view.forEach(0, (key, offset, length, expireAtMs, value) -> {
                long hash = 17;
                for (int i = 0; i < length; i++) {
                    hash = hash * 31 + key[offset + i];
                }
                int n = (int) value.length();
                value.copy(0, copy, 0, n);
                for (int i = 0; i < n; i++) {
                    hash = hash * 31 + copy[i];
                }
                total[0] += hash * 0x9E3779B97F4A7C15L ^ hash >>> 29;
            });
            return total[0];
        }
    }
}
