package io.duetdb.bench.inprocess;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Snapshot;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Freezes a keyspace of all types and goes on writing to all of them while a second thread digests the view: it must be
 * the digest that the engine gave at the freeze.
 *
 * <p>Options: {@code --rounds 100 --keys 2000 --seed 5}.
 */
public final class FreezeTypesBench {
    private static final int TURN = 16;

    private final Rig rig = new Rig(2L << 30);
    private final SplittableRandom random;
    private final int keys;
    private long writes;

    private FreezeTypesBench(int keys, long seed) {
        this.keys = keys;
        this.random = new SplittableRandom(seed);
    }

    /** Runs all rounds. Exit status 1 when a view changes. */
    public static void main(String[] words) throws InterruptedException {
        Arguments arguments = new Arguments(words);
        int keys = (int) arguments.number("keys", 2000);
        FreezeTypesBench bench = new FreezeTypesBench(keys, arguments.number("seed", 5));
        System.exit(bench.run((int) arguments.number("rounds", 100)) ? 0 : 1);
    }

    private boolean run(int rounds) throws InterruptedException {
        for (int i = 0; i < keys * 50; i++) {
            write();
        }
        for (int r = 0; r < rounds; r++) {
            String digest = rig.askInTurn("DEBUG", "DIGEST").replace("+", "");
            Snapshot view = rig.engine().freeze();
            String[] seen = new String[1];
            Thread walker = new Thread(() -> seen[0] = hex(view.digest()), "walker");
            long before = writes;
            walker.start();
            do {
                for (int i = 0; i < TURN; i++) {
                    write();
                }
                rig.endTurn();
            } while (walker.isAlive());
            walker.join();
            view.close();
            if (!digest.equals(seen[0])) {
                System.out.printf(Locale.ROOT, "round %d: the view's digest changed: %s, %s%n", r, digest, seen[0]);
                return false;
            }
            if (r % 20 == 0) {
                System.out.printf(
                        Locale.ROOT,
                        "round %d: %d writes beside the walk, %s keys%n",
                        r,
                        writes - before,
                        rig.ask("DBSIZE"));
            }
        }
        System.out.printf(
                Locale.ROOT, "%d rounds, %d writes of all types: every view kept its digest%n", rounds, writes);
        return true;
    }

    private static String hex(byte[] bytes) {
        StringBuilder hex = new StringBuilder();
        for (byte b : bytes) {
            hex.append(String.format(Locale.ROOT, "%02x", b & 0xff));
        }
        return hex.toString();
    }

    private String element() {
        int n = random.nextInt(random.nextInt(20) == 0 ? 100_000 : 300);
        return random.nextInt(50) == 0 ? "long".repeat(20 + n % 700) : random.nextBoolean() ? "m" + n : "" + n;
    }

    /** One write to a key whose number says its type; few errors, many conversions. */
    private void write() {
        writes++;
        int number = random.nextInt(keys);
        String key = "k" + number;
        int kind = random.nextInt(100);
        String[] words;
        if (kind == 0) {
            words = new String[] {"DEL", key};
        } else if (kind == 1) {
            words = new String[] {"PEXPIRE", key, "" + random.nextInt(200)};
        } else if (kind == 2) {
            words = new String[] {"RENAME", key, "k" + (number + 5 * random.nextInt(keys / 5)) % keys};
        } else {
            words = typed(number % 5, key, kind);
        }
        rig.execute(Argv.of(words));
    }

    private String[] typed(int type, String key, int kind) {
        String element = element();
        boolean remove = kind > 75;
        return switch (type) {
            case 0 -> remove ? words("APPEND", key, element) : words("SET", key, element);
            case 1 ->
                remove
                        ? words(kind % 2 == 0 ? "LPOP" : "RPOP", key, "3")
                        : words(kind % 2 == 0 ? "LPUSH" : "RPUSH", key, element, element(), element());
            case 2 ->
                remove
                        ? words("HDEL", key, element)
                        : kind == 74
                                ? words("HPEXPIRE", key, "100", "FIELDS", "1", element)
                                : words("HSET", key, element, element());
            case 3 -> remove ? words("SREM", key, element) : words("SADD", key, element, element());
            default ->
                remove ? words("ZREM", key, element) : words("ZADD", key, "" + random.nextInt(1000) / 8.0, element);
        };
    }

    private static String[] words(String... words) {
        return words;
    }
}
