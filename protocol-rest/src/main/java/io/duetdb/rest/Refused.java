package io.duetdb.rest;

import io.duetdb.engine.api.Argv;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Commands that are not offered over HTTP and that the engine cannot refuse by its flag NO_REST: those it does not
 * declare, which would be unknown instead of unavailable; HTTP's own words, for which it ends a connection; and XREAD,
 * which is refused only when it would wait. A command leaves this table when its declaration carries the flag.
 */
final class Refused {
    private static final String[] BLOCKING = {
        "BLPOP", "BRPOP", "BRPOPLPUSH", "BLMOVE", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP"
    };
    private static final String[] NODES = {"ASKING", "CLUSTER", "PSYNC", "SYNC", "REPLCONF", "READONLY", "READWRITE"};
    private static final String[] VERBS = {"POST", "HOST:"};
    private static final String[][] ALL = {BLOCKING, NODES, VERBS};
    private static final int SHORTEST = 4;
    private static final int LONGEST = 10;

    /** The names by their first letter: most commands meet none or two. */
    private static final String[][] BY_LETTER = byLetter();

    private Refused() {}

    private static String[][] byLetter() {
        List<List<String>> lists = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            lists.add(new ArrayList<>());
        }
        for (String[] names : ALL) {
            for (String name : names) {
                lists.get(name.charAt(0) & 31).add(name);
            }
        }
        String[][] table = new String[32][];
        for (int i = 0; i < 32; i++) {
            table[i] = lists.get(i).toArray(new String[0]);
        }
        return table;
    }

    /** The error line for a command that is not offered, or null. */
    static byte @Nullable [] error(Argv argv) {
        int length = argv.length(0);
        if (length < SHORTEST || length > LONGEST) {
            return null;
        }
        return listed(argv) ? notAvailable(argv.text(0).toUpperCase(Locale.ROOT)) : null;
    }

    /** The error line of a command that is not offered. */
    private static byte[] notAvailable(String name) {
        return ("ERR Command is not available: '" + name + "'").getBytes(StandardCharsets.UTF_8);
    }

    private static boolean listed(Argv argv) {
        int letter = argv.byteAt(0, 0) & 31;
        for (String name : BY_LETTER[letter]) {
            if (argv.is(0, name)) {
                return true;
            }
        }
        return letter == ('X' & 31) && (argv.is(0, "XREAD") || argv.is(0, "XREADGROUP")) && blocks(argv);
    }

    /** Whether BLOCK stands before STREAMS. */
    private static boolean blocks(Argv argv) {
        for (int i = 1; i < argv.count() && !argv.is(i, "STREAMS"); i++) {
            if (argv.is(i, "BLOCK")) {
                return true;
            }
        }
        return false;
    }
}
