package io.duetdb.engine.config;

import io.duetdb.engine.api.Setting;
import java.util.List;

/**
 * The form of {@code notify-keyspace-events}: letters for classes of events, shown in Redis' order; beside A also n,
 * which Redis obeys there but doesn't show, so that its CONFIG REWRITE loses it.
 */
public final class EventClasses implements Setting.Form {
    public static final int KEYSPACE = 1;
    public static final int KEYEVENT = 1 << 1;
    public static final int GENERIC = 1 << 2;
    public static final int STRING = 1 << 3;
    public static final int LIST = 1 << 4;
    public static final int SET = 1 << 5;
    public static final int HASH = 1 << 6;
    public static final int ZSET = 1 << 7;
    public static final int EXPIRED = 1 << 8;
    public static final int EVICTED = 1 << 9;
    public static final int STREAM = 1 << 10;
    public static final int KEY_MISS = 1 << 11;
    public static final int MODULE = 1 << 12;
    public static final int NEW = 1 << 13;

    /** What the letter A stands for: all classes but misses and new keys. */
    public static final int ALL = GENERIC | STRING | LIST | SET | HASH | ZSET | EXPIRED | EVICTED | STREAM | MODULE;

    private static final String LETTERS = "KEg$lshzxetmdn";
    private static final String SHOWN = "g$lshzxetdn";

    /** The classes as bits. @throws IllegalArgumentException in Redis' words for a letter that is none */
    public static int bits(String letters) {
        int bits = 0;
        for (int i = 0; i < letters.length(); i++) {
            char letter = letters.charAt(i);
            int bit = LETTERS.indexOf(letter);
            if (letter == 'A') {
                bits |= ALL;
            } else if (bit >= 0) {
                bits |= 1 << bit;
            } else {
                throw new IllegalArgumentException("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
            }
        }
        return bits;
    }

    @Override
    public String normalise(List<String> words, String present) {
        int bits = bits(String.join(" ", words));
        StringBuilder text = new StringBuilder();
        if ((bits & ALL) == ALL) {
            text.append('A');
            letters(text, "n", bits);
        } else {
            letters(text, SHOWN, bits);
        }
        letters(text, "KEm", bits);
        return text.toString();
    }

    private static void letters(StringBuilder text, String letters, int bits) {
        for (int i = 0; i < letters.length(); i++) {
            if ((bits & 1 << LETTERS.indexOf(letters.charAt(i))) != 0) {
                text.append(letters.charAt(i));
            }
        }
    }
}
