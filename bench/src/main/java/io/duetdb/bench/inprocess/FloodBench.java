package io.duetdb.bench.inprocess;

import io.duetdb.engine.api.Argv;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Hash flooding: inserts keys that collide under the usual unkeyed hashes, and keys that differ in a few bits only, and
 * compares the time with random keys of the same length. At most 1.3 times as long. The same with the members of a set,
 * the fields of a hash, the members of a sorted set and the names of channels.
 *
 * <p>Options: {@code --bits 20} (2^20 keys; a quarter as many members, an eighth as many channels), {@code --rounds 5}.
 */
public final class FloodBench {
    private static final double RATIO_MAX = 1.3;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final int bits;
    private final int rounds;

    private FloodBench(int bits, int rounds) {
        this.bits = bits;
        this.rounds = rounds;
    }

    /** Runs all attacks. Exit status 1 when one succeeds. */
    public static void main(String[] words) {
        Arguments arguments = new Arguments(words);
        FloodBench bench = new FloodBench((int) arguments.number("bits", 20), (int) arguments.number("rounds", 5));
        System.exit(bench.run() ? 0 : 1);
    }

    private interface Keys {
        void write(long number, byte[] to);
    }

    private boolean run() {
        boolean good = attacks("SET", bits);
        good &= attacks("SADD", bits - 2);
        good &= attacks("HSET", bits - 2);
        good &= attacks("ZADD", bits - 2);
        return good & attacks("SUBSCRIBE", bits - 3);
    }

    private boolean attacks(String command, int ofBits) {
        boolean good = true;
        int blocks = ofBits * 2;
        good &= attack(command, ofBits, "equal String.hashCode (31)", blocks, (n, to) -> pairs(n, to, "Aa", "BB"));
        good &= attack(command, ofBits, "equal Arrays.hashCode (31)", blocks + 8, (n, to) -> pairs(n, to, "C#", "BB"));
        good &= attack(command, ofBits, "equal djb2 (33)", blocks, (n, to) -> pairs(n, to, "Ab", "BA"));
        good &= attack(command, ofBits, "counting, low digits", 16, (n, to) -> Requests.digits(to, to.length, 12, n));
        good &= attack(command, ofBits, "counting, first bytes", 24, FloodBench::firstBytes);
        good &= attack(command, ofBits, "counting, top bits", 8, (n, to) -> little(Long.reverse(n), to));
        good &= attack(command, ofBits, "multiples of 2^20", 8, (n, to) -> little(n << 20, to));
        good &= attack(command, ofBits, "single bits far apart", 64, FloodBench::sparse);
        return good;
    }

    private static void pairs(long number, byte[] to, String zero, String one) {
        Arrays.fill(to, (byte) 'x');
        for (int i = 0; i * 2 + 1 < to.length && i < 63; i++) {
            String block = (number >>> i & 1) == 0 ? zero : one;
            to[i * 2] = (byte) block.charAt(0);
            to[i * 2 + 1] = (byte) block.charAt(1);
        }
    }

    private static void firstBytes(long number, byte[] to) {
        Arrays.fill(to, (byte) 'k');
        for (int i = 0; i < 4; i++) {
            to[i] = (byte) (number >>> (8 * i));
        }
    }

    private static void little(long number, byte[] to) {
        for (int i = 0; i < 8; i++) {
            to[i] = (byte) (number >>> (8 * i));
        }
    }

    private static void sparse(long number, byte[] to) {
        Arrays.fill(to, (byte) 0);
        for (int i = 0; i < to.length; i++) {
            to[i] = (byte) (number >>> i & 1);
        }
    }

    private boolean attack(String command, int ofBits, String name, int keyBytes, Keys keys) {
        double[] ratios = new double[rounds];
        double[] flooded = new double[rounds];
        for (int r = -1; r < rounds; r++) {
            SplittableRandom random = new SplittableRandom(1000 + r);
            double plain = insert(command, ofBits, keyBytes, (n, to) -> random.nextBytes(to), r);
            double attacked = insert(command, ofBits, keyBytes, keys, r);
            if (r >= 0) {
                ratios[r] = attacked / plain;
                flooded[r] = attacked;
            }
        }
        Arrays.sort(ratios);
        Arrays.sort(flooded);
        boolean good = ratios[rounds / 2] <= RATIO_MAX;
        System.out.printf(
                Locale.ROOT,
                "%s %-28s %d of %d bytes: %.0f ns each, x%.2f (%.2f..%.2f) of random keys: %s%n",
                command,
                name,
                1L << ofBits,
                keyBytes,
                flooded[rounds / 2],
                ratios[rounds / 2],
                ratios[0],
                ratios[rounds - 1],
                good ? "held" : "MISS");
        return good;
    }

    /** Inserts keys, members of one key, or channels, into an empty engine. Returns nanoseconds of processor time for each. */
    private double insert(String command, int ofBits, int keyBytes, Keys keys, int round) {
        Rig rig = new Rig(2L << 30, 99 + round);
        rig.refuseErrors();
        boolean whole = command.equals("SET");
        byte[] head = (command + "k1v").getBytes(StandardCharsets.US_ASCII);
        int name = command.length();
        int count = 1 << ofBits;
        byte[] bytes = new byte[head.length + count * keyBytes];
        System.arraycopy(head, 0, bytes, 0, head.length);
        byte[] key = new byte[keyBytes];
        for (int n = 0; n < count; n++) {
            keys.write(n, key);
            System.arraycopy(key, 0, bytes, head.length + n * keyBytes, keyBytes);
        }
        Argv argv = new Argv();
        long start = THREADS.getCurrentThreadCpuTime();
        for (int n = 0; n < count; n++) {
            argv.wrap(bytes);
            argv.add(0, name);
            if (!whole && !command.equals("SUBSCRIBE")) {
                argv.add(name, 1);
            }
            if (command.equals("ZADD")) {
                argv.add(name + 1, 1);
            }
            argv.add(head.length + n * keyBytes, keyBytes);
            if (whole || command.equals("HSET")) {
                argv.add(name + 2, 1);
            }
            rig.execute(argv);
            if (n % 16 == 15) {
                rig.endTurn();
            }
        }
        double ns = (THREADS.getCurrentThreadCpuTime() - start) / (double) count;
        String size = switch (command) {
            case "SET" -> rig.ask("DBSIZE");
            case "SADD" -> rig.ask("SCARD", "k");
            case "HSET" -> rig.ask("HLEN", "k");
            case "ZADD" -> rig.ask("ZCARD", "k");
            default -> rig.ask("UNSUBSCRIBE", ""); // ends nothing, and says how many there are
        };
        if (!size.endsWith(":" + count)) {
            throw new IllegalStateException("inserted " + count + ", but there are " + size);
        }
        return ns;
    }
}
