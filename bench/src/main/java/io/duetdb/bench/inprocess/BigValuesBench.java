package io.duetdb.bench.inprocess;

import io.duetdb.engine.api.Argv;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;

/**
 * What it costs to be rid of a value of a million members, of each type: DEL, UNLINK, a time to live that is over, RENAME
 * over it. No turn of the loop may take 2 ms, neither the command's own nor those in which the memory comes back.
 *
 * <p>Options: {@code --members 1000000 --rounds 5}.
 */
public final class BigValuesBench {
    private static final double TURN_MAX_MS = 2;
    private static final int PER_COMMAND = 100;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Rig rig = new Rig(2L << 30);
    private final int members;
    private final int rounds;

    private BigValuesBench(int members, int rounds) {
        this.members = members;
        this.rounds = rounds;
        rig.refuseErrors();
    }

    /** Runs all cases. Exit status 1 when a turn is too long. */
    public static void main(String[] words) {
        Arguments arguments = new Arguments(words);
        BigValuesBench bench =
                new BigValuesBench((int) arguments.number("members", 1_000_000), (int) arguments.number("rounds", 5));
        System.exit(bench.run() ? 0 : 1);
    }

    private boolean run() {
        boolean good = true;
        for (String type : new String[] {"list", "hash", "set", "zset"}) {
            good &= measure(type, "DEL", "DEL", "big");
            good &= measure(type, "UNLINK", "UNLINK", "big");
            good &= measure(type, "expiry", "PEXPIRE", "big", "1");
            good &= measure(type, "RENAME over", "RENAME", "small", "big");
        }
        return good;
    }

    private boolean measure(String type, String name, String... command) {
        double[] longest = new double[rounds];
        int turns = 0;
        for (int r = -1; r < rounds; r++) {
            long empty = rig.engine().usedBytes();
            fill(type);
            rig.ask("SET", "small", "v");
            double worst = 0;
            Argv argv = Argv.of(command);
            for (turns = 0; turns == 0 || rig.engine().nextDutyInMs() >= 0; turns++) {
                long cpu = THREADS.getCurrentThreadCpuTime();
                if (turns == 0) {
                    rig.execute(argv);
                }
                rig.endTurn();
                worst = Math.max(worst, (THREADS.getCurrentThreadCpuTime() - cpu) / 1e6);
            }
            rig.ask("DEL", "small", "big");
            long left = rig.engine().usedBytes() - empty;
            if (left > 1 << 20) {
                throw new IllegalStateException(type + ", " + name + ": " + left + " bytes did not come back");
            }
            if (r >= 0) {
                longest[r] = worst;
            }
        }
        Arrays.sort(longest);
        boolean good = longest[rounds / 2] <= TURN_MAX_MS;
        System.out.printf(
                Locale.ROOT,
                "%-5s %-12s longest turn on the CPU %.2f ms (%.2f..%.2f), %d turns: %s%n",
                type,
                name,
                longest[rounds / 2],
                longest[0],
                longest[rounds - 1],
                turns,
                good ? "held" : "MISS");
        return good;
    }

    private void fill(String type) {
        String name = switch (type) {
            case "list" -> "RPUSH";
            case "hash" -> "HSET";
            case "set" -> "SADD";
            default -> "ZADD";
        };
        for (int from = 0; from < members; from += PER_COMMAND) {
            boolean pairs = type.equals("hash") || type.equals("zset");
            String[] words = new String[2 + PER_COMMAND * (pairs ? 2 : 1)];
            words[0] = name;
            words[1] = "big";
            for (int i = 0, at = 2; i < PER_COMMAND; i++) {
                String member = String.format(Locale.ROOT, "member:%09d", from + i);
                if (type.equals("zset")) {
                    words[at++] = Integer.toString((from + i) * 7919 % members);
                }
                words[at++] = member;
                if (type.equals("hash")) {
                    words[at++] = "value";
                }
            }
            rig.execute(Argv.of(words));
            rig.endTurn();
        }
    }
}
