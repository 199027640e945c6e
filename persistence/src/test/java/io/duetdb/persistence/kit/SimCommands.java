package io.duetdb.persistence.kit;

import java.util.List;
import java.util.SplittableRandom;

/** Commands by chance: writes of all types on few keys, nearly each of which changes the data. */
final class SimCommands {
    private final SplittableRandom random;
    private long count;

    SimCommands(SplittableRandom random) {
        this.random = random;
    }

    /** One write. */
    String write() {
        int key = random.nextInt(6);
        long n = ++count;
        return switch (random.nextInt(18)) {
            case 0, 1 -> "INCR n" + key;
            case 2 -> "SET s" + key + " " + text(n);
            case 3 -> "APPEND s" + key + " " + n;
            case 4 -> "SETRANGE s" + key + " " + random.nextInt(40) + " " + n;
            case 5 -> "RPUSH l" + key + " " + n + " " + text(n);
            case 6 -> "LPOP l" + key;
            case 7 -> "HSET h" + key + " f" + random.nextInt(5) + " " + text(n) + " n " + n;
            case 8 -> "SADD z" + key + " " + n + " m" + random.nextInt(9);
            case 9 -> "SPOP z" + key + " " + (1 + random.nextInt(2));
            case 10 -> "ZADD o" + key + " " + n + " m" + random.nextInt(7);
            case 11 -> "ZINCRBY o" + key + " 1.5 m" + random.nextInt(7);
            case 12 -> "INCRBYFLOAT x" + key + " 0." + n;
            case 13 -> "PEXPIREAT s" + key + " " + (9_000_000_000_000L + n);
            case 14 -> "DEL s" + key + " n" + key;
            case 15 -> "RENAME n" + key + " n" + random.nextInt(6);
            case 16 -> "LMOVE l" + key + " l" + random.nextInt(6) + " LEFT RIGHT";
            default -> "SET big" + key + " " + "x".repeat(random.nextInt(3000)) + n;
        };
    }

    private String text(long n) {
        return "v" + n + "y".repeat(random.nextInt(10) == 0 ? random.nextInt(900) : random.nextInt(20));
    }

    /** One read. */
    String read() {
        int key = random.nextInt(6);
        return random.nextBoolean() ? "GET n" + key : "LLEN l" + key;
    }

    /** A transaction, from MULTI to EXEC. */
    List<String> transaction() {
        return List.of("MULTI", "INCR t1", write(), write(), "INCR t2", "EXEC");
    }
}
