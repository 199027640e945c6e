package io.duetdb.truth.talk;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Arguments by the name that a template gives them: few keys, channels and clients, so that they meet. No time that
 * counts from now is short but in a lapse.
 */
final class TalkWords {
    private static final String[] STRINGS = {"a", "b", "n"};
    private static final String[] LISTS = {"l1", "l2", "l3"};
    private static final String[] ZSETS = {"z1", "z2"};
    private static final String[] OTHERS = {"h", "s", "nokey", ""};
    private static final String[] CHANNELS = {"news.1", "news.2", "weather", ""};
    private static final String[] EVENT_CHANNELS = {
        "__keyspace@0__:l1",
        "__keyspace@0__:a",
        "__keyevent@0__:del",
        "__keyevent@0__:expired",
        "__keyevent@0__:lpush",
        "__keyspace@1__:b",
        "__keyevent@0__:set",
        "__redis__:invalidate",
        "__redis__:invalidate"
    };
    private static final String[] PATTERNS = {
        "news.*", "*", "w?ather", "[nw]*", "news.[12]", "__key*__:*", "__keyevent@*__:*", "__keyspace@0__:l*"
    };
    private static final String[] TIMEOUTS = {"0", "0", "0", "0", "0", "0", "0", "1000", "1000.5", "0.0", "00"};

    /** None beyond 64 bits of ms: 7.0.15 takes those for negative, 7.2 says that they are out of range. */
    private static final String[] BAD_TIMEOUTS = {"-1", "abc", "", "nan", "-0.1", " 1", "-1e18", "0x", "1,5"};

    private static final String[] NUMBERS = {"1", "2", "3", "10", "-1", "0"};
    private static final String[] BAD = {"abc", "", "-1", "9223372036854775808", "1.5"};

    /** Without A and n together: 7.0.15 forgets n beside A when it says or restores what is set. */
    private static final String[] FLAGS = {
        "KEA", "KEA", "AKE", "K$lg", "Elz", "KEx", "EKg", "", "KA", "EA", "KEAm", "KEgn$l", "Khs", "Ezte", "Q", "KEgxe$"
    };

    private final Random random;

    TalkWords(Random random) {
        this.random = random;
    }

    String any(String... words) {
        return words[random.nextInt(words.length)];
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** Words of a template: {@code {name}} is replaced, {@code {name}*} by one to three. */
    List<String> of(String template) {
        List<String> words = new ArrayList<>();
        for (String word : template.split(" ")) {
            if (word.endsWith("}*")) {
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    words.add(argument(word.substring(1, word.length() - 2)));
                }
            } else if (word.startsWith("{")) {
                words.add(argument(word.substring(1, word.length() - 1)));
            } else {
                words.add(word);
            }
        }
        return words;
    }

    private String argument(String name) {
        return switch (name) {
            case "str" -> mostly(STRINGS);
            case "list" -> mostly(LISTS);
            case "zset" -> mostly(ZSETS);
            case "key" -> key();
            case "hash" -> chance(92) ? "h" : key();
            case "set" -> chance(92) ? "s" : key();
            case "value" -> any("v", "1", "2", "10", "", "x".repeat(30));
            case "field" -> any("f1", "f2", "f3");
            case "member" -> any("m1", "m2", "m3", "m4");
            case "score" -> any("1", "2", "3", "-5", "10");
            case "channel" -> chance(60) ? any(CHANNELS) : any(EVENT_CHANNELS);
            case "plain" -> chance(95) ? any(CHANNELS) : any(EVENT_CHANNELS);
            case "pattern" -> any(PATTERNS);
            case "shard" -> any("sh1", "sh2", "news.1");
            case "message" -> any("hello", "", "1", "two words", "x".repeat(40));
            case "client" ->
                chance(94) ? "@id" + random.nextInt(Conversation.CLIENTS) : any("999999", "0", "-1", "abc");
            case "timeout" -> chance(93) ? any(TIMEOUTS) : any(BAD_TIMEOUTS);
            case "soon" -> any("0.001", "0.002", "0.004", "0.0005");
            case "ms" -> any("1", "2", "4");
            case "count" -> chance(85) ? any("1", "2", "3") : any(NUMBERS);
            case "int" -> chance(90) ? any(NUMBERS) : any(BAD);
            case "side" -> chance(96) ? any("LEFT", "RIGHT", "left") : any("MIDDLE", "");
            case "end" -> chance(96) ? any("MIN", "MAX", "min") : any("MID", "");
            case "db" -> chance(94) ? any("0", "1") : any("99", "abc", "-1");
            case "past" -> any("1", "1000", "1600000000");
            case "far" -> any("4000000000", "5000000000");
            case "flags" -> any(FLAGS);
            case "prefix" -> any("l", "z", "a", "l1", "", "n", "news");
            case "name" -> any("joe", "", "two words", "x");
            default -> throw new IllegalArgumentException(name);
        };
    }

    private String mostly(String[] own) {
        return chance(92) ? any(own) : key();
    }

    private String key() {
        return switch (random.nextInt(4)) {
            case 0 -> any(STRINGS);
            case 1 -> any(LISTS);
            case 2 -> any(ZSETS);
            default -> any(OTHERS);
        };
    }
}
