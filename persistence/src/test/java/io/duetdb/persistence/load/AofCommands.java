package io.duetdb.persistence.load;

import java.util.Random;

/** Random commands that change data of all types: few keys, bytes of every kind, deadlines far ahead. */
final class AofCommands {
    private final Random random;

    AofCommands(Random random) {
        this.random = random;
    }

    /** The next command. */
    String next() {
        String k = Integer.toString(random.nextInt(4));
        String v = random.nextInt(3) == 0
                ? Integer.toString(random.nextInt(1000))
                : "\"v" + random.nextInt(50) + "\\r\\n\\x00\\xff*3\"";
        return switch (random.nextInt(16)) {
            case 0 -> "SET s" + k + " " + v;
            case 1 -> "SET s" + k + " " + v + " EX " + (1000 + random.nextInt(1000));
            case 2 -> "APPEND s" + k + " " + v;
            case 3 -> "INCR n" + k;
            case 4 -> "RPUSH l" + k + " " + v + " b";
            case 5 -> "LPOP l" + k;
            case 6 -> "HSET h" + k + " f" + random.nextInt(9) + " " + v;
            case 7 -> "HDEL h" + k + " f" + random.nextInt(9);
            case 8 -> "SADD t" + k + " " + random.nextInt(20) + " " + v;
            case 9 -> "SPOP t" + k;
            case 10 -> "ZADD z" + k + " " + random.nextInt(9) + ".5 " + v;
            case 11 -> "ZINCRBY z" + k + " 2 m";
            case 12 -> "DEL s" + k;
            case 13 -> "EXPIRE h" + k + " " + (500 + random.nextInt(1000));
            case 14 -> "SETRANGE b" + k + " " + random.nextInt(50) + " " + v;
            default -> "LPUSH l" + k + " " + v;
        };
    }
}
