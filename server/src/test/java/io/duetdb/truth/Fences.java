package io.duetdb.truth;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What no command may do, however it was spoilt: end a key's time while the series runs, change settings that cut
 * connections, ask for a billion elements, or store what has no order.
 */
final class Fences {
    /** Settings that CONFIG SET may change: none that cuts connections, memory or chance. */
    static final List<String> SAFE_SETTINGS = List.of(
            "lazyfree-lazy-eviction",
            "lazyfree-lazy-expire",
            "lazyfree-lazy-server-del",
            "lazyfree-lazy-user-del",
            "lazyfree-lazy-user-flush",
            "slowlog-log-slower-than",
            "slowlog-max-len",
            "hash-max-listpack-entries",
            "hash-max-listpack-value",
            "list-max-listpack-size",
            "list-compress-depth",
            "set-max-intset-entries",
            "zset-max-listpack-entries",
            "zset-max-listpack-value",
            "stream-node-max-entries",
            "maxmemory-samples",
            "lfu-log-factor",
            "lfu-decay-time",
            "latency-monitor-threshold",
            "databases",
            "tracking-table-max-keys",
            "acllog-max-len",
            "hll-sparse-max-bytes");

    /** Commands whose second argument counts from now. */
    private static final Set<String> RELATIVE = Set.of("EXPIRE", "PEXPIRE", "SETEX", "PSETEX");

    /** Commands whose negative count says how much they reply. */
    private static final Set<String> ANY_NUMBER = Set.of("SRANDMEMBER", "HRANDFIELD", "ZRANDMEMBER");

    private static final int MANY = 100;

    private final Values values;
    private final Predicate<String> isCommand;

    Fences(Values values, Predicate<String> isCommand) {
        this.values = values;
        this.isCommand = isCommand;
    }

    /** Changes a command's words where it has to be. */
    void keep(String command, List<String> words) {
        keepTimesLong(words);
        keepCountsSmall(words);
        keepOrderKnown(words);
        keepRanksSane(words);
        keepZeroPlain(words);
        if (command.startsWith("command|getkeys")) {
            keepNumbersStrict(words);
            keepNameKnown(words);
        }
        if (command.equals("hello")) {
            keepNameAlone(words);
        }
        if (command.equals("config|set")) {
            keepSettingsSafe(words);
        }
    }

    /** Whatever was spoilt, no key's time ends while the series runs. */
    private void keepTimesLong(List<String> words) {
        for (int i = 0; i + 1 < words.size(); i++) {
            String word = words.get(i).toUpperCase(Locale.ROOT);
            boolean option = word.equals("EX") || word.equals("PX");
            boolean command = i == 0 && RELATIVE.contains(word) && words.size() > 2;
            int at = option ? i + 1 : 2;
            if ((option || command) && words.get(at).matches("[1-9][0-9]{0,17}")) {
                long time = Long.parseLong(words.get(at));
                words.set(at, Long.toString(values.longTime(time, word.startsWith("P"))));
            }
        }
    }

    /** HELLO of 7.0 obeys an option before it has read what follows, HELLO of 7.2 at its end: one option at most. */
    private static void keepNameAlone(List<String> words) {
        for (int i = 2; i < words.size(); i++) {
            int option =
                    words.get(i).equalsIgnoreCase("SETNAME") ? 2 : words.get(i).equalsIgnoreCase("AUTH") ? 3 : 0;
            if (option > 0 && (i != 2 || words.size() != i + option)) {
                words.subList(i, words.size()).clear();
            }
        }
    }

    /** Nobody asks for a billion elements. */
    private static void keepCountsSmall(List<String> words) {
        if (ANY_NUMBER.contains(words.get(0).toUpperCase(Locale.ROOT))) {
            words.replaceAll(word -> word.matches("-[1-9][0-9]{3,17}|-[1-8][0-9]{18}|-9[01][0-9]{17}")
                            || word.equals("-9223372036854775807")
                    ? "-9"
                    : word);
        }
    }

    /** 7.0.15 negates the lowest number, and finds what happens to be there; 7.2 refuses it. */
    private static void keepRanksSane(List<String> words) {
        if (words.get(0).equalsIgnoreCase("LPOS")) {
            words.replaceAll(word -> word.equals("-9223372036854775808") ? "-9223372036854775807" : word);
        }
    }

    /** A listpack forgets the sign of -0, but from 7.2 on none is begun for many members. */
    private static void keepZeroPlain(List<String> words) {
        if (words.size() > 2 * MANY && words.get(0).equalsIgnoreCase("ZADD")) {
            words.replaceAll(word -> word.startsWith("-0") ? "0" : word);
        }
    }

    /**
     * Where the number of keys is none to Redis but is one to C, 7.0.15 finds the keys by another way, in another order
     * and with 32 bits.
     */
    private static void keepNumbersStrict(List<String> words) {
        words.replaceAll(
                word -> word.matches("(?s)\\s*[+-]?[0-9].*") && !word.matches("0|-?[1-9][0-9]{0,8}") ? "3" : word);
    }

    /** Of commands that Duet lacks redis-server knows keys and counts: a name that is none here is to be none there. */
    private void keepNameKnown(List<String> words) {
        if (words.size() > 2 && !isCommand.test(words.get(2))) {
            words.set(2, "nosuch");
        }
    }

    /** What is stored has an order of its own: weights that may be equal would leave it to each side's sort. */
    private static void keepOrderKnown(List<String> words) {
        if (words.get(0).equalsIgnoreCase("SORT")
                && words.stream().anyMatch(word -> word.equalsIgnoreCase("STORE"))
                && words.stream().anyMatch(word -> word.equalsIgnoreCase("BY"))) {
            words.removeIf(word -> word.equalsIgnoreCase("ALPHA"));
        }
    }

    /** Whatever was spoilt, only safe settings are set. */
    private void keepSettingsSafe(List<String> words) {
        for (int i = 2; i < words.size(); i += 2) {
            if (!SAFE_SETTINGS.contains(words.get(i).toLowerCase(Locale.ROOT))) {
                words.set(i, values.any("nosuch", "", "slowlog-max-len"));
            }
        }
    }
}
