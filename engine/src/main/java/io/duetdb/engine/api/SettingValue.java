package io.duetdb.engine.api;

import java.util.List;
import java.util.Locale;

/** The values of settings as Redis reads them, with its words for those it does not understand. */
final class SettingValue {
    private static final int OCTAL = 8;
    private static final int PERCENT_MAX = 100;

    private SettingValue() {}

    /** One value in the form in which it is kept. @throws IllegalArgumentException with Redis' words */
    static String normalise(Setting setting, String value) {
        return switch (setting.kind()) {
            case TEXT, WORDS -> value;
            case YES_NO -> {
                if (value.equalsIgnoreCase("yes") || value.equalsIgnoreCase("no")) {
                    yield value.toLowerCase(Locale.ROOT);
                }
                throw new IllegalArgumentException("argument must be 'yes' or 'no'");
            }
            case CHOICE, FLAGS -> choice(setting.choices(), value);
            case INTEGER -> Long.toString(inRange(setting, integer(value)));
            case OCTAL -> octal(setting, value);
            case MEMORY -> Long.toUnsignedString(inRange(setting, memory(value, "argument must be a memory value")));
            case MEMORY_OR_PERCENT -> memoryOrPercent(value);
        };
    }

    private static String choice(List<String> choices, String value) {
        for (String word : choices) {
            if (word.equalsIgnoreCase(value)) {
                return word;
            }
        }
        throw new IllegalArgumentException("argument(s) must be one of the following: " + String.join(", ", choices));
    }

    /** Several words of a list, in the list's order; its first word means none of the others. */
    static String flags(List<String> choices, List<String> words) {
        boolean[] given = new boolean[choices.size()];
        for (String word : words.isEmpty() ? List.of("") : words) {
            given[choices.indexOf(choice(choices, word))] = true;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < given.length; i++) {
            if (given[i]) {
                text.append(text.length() == 0 ? "" : " ").append(choices.get(i));
            }
        }
        return text.length() == 0 ? choices.get(0) : text.toString();
    }

    private static long inRange(Setting setting, long number) {
        boolean below = setting.kind() == Setting.Kind.MEMORY
                ? Long.compareUnsigned(number, setting.min()) < 0
                : number < setting.min();
        boolean above = setting.kind() == Setting.Kind.MEMORY
                ? Long.compareUnsigned(number, setting.max()) > 0
                : number > setting.max();
        if (below || above) {
            throw new IllegalArgumentException(
                    "argument must be between " + setting.min() + " and " + setting.max() + " inclusive");
        }
        return number;
    }

    /** Redis takes numbers in their shortest form only: no plus, no leading zeros. */
    private static long integer(String value) {
        try {
            long number = Long.parseLong(value);
            if (Long.toString(number).equals(value)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("argument couldn't be parsed into an integer");
    }

    private static String octal(Setting setting, String value) {
        long number;
        try {
            number = Long.parseLong(value, OCTAL);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("argument couldn't be parsed as an octal number", e);
        }
        if (number < setting.min() || number > setting.max()) {
            throw new IllegalArgumentException("argument must be between " + Long.toOctalString(setting.min()) + " and "
                    + Long.toOctalString(setting.max()) + " inclusive");
        }
        return Long.toOctalString(number);
    }

    private static String memoryOrPercent(String value) {
        String refusal = "argument must be a memory or percent value";
        if (!value.endsWith("%")) {
            return Long.toUnsignedString(memory(value, refusal));
        }
        long percent;
        try {
            percent = integer(value.substring(0, value.length() - 1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(refusal, e);
        }
        if (percent < 0) {
            throw new IllegalArgumentException(refusal);
        }
        if (percent > PERCENT_MAX) {
            throw new IllegalArgumentException("percentage argument must be less or equal to " + PERCENT_MAX);
        }
        return percent == 0 ? "0" : percent + "%";
    }

    /**
     * Bytes, unsigned, from a size such as {@code 100mb}; the suffixes without b are powers of 1000, as in redis.conf.
     * Nothing before the suffix counts as 0, as in Redis; what is too much counts as the most there is.
     */
    static long memory(String value, String refusal) {
        int end = 0;
        while (end < value.length() && value.charAt(end) >= '0' && value.charAt(end) <= '9') {
            end++;
        }
        long factor = switch (value.substring(end).toLowerCase(Locale.ROOT)) {
            case "", "b" -> 1L;
            case "k" -> 1000L;
            case "kb" -> 1L << 10;
            case "m" -> 1000_000L;
            case "mb" -> 1L << 20;
            case "g" -> 1000_000_000L;
            case "gb" -> 1L << 30;
            default -> throw new IllegalArgumentException(refusal);
        };
        if (end == 0) {
            return 0;
        }
        try {
            long number = Long.parseUnsignedLong(value.substring(0, end));
            boolean fits = factor == 1 || number >= 0 && Math.multiplyHigh(number, factor) == 0;
            return fits ? number * factor : Setting.UNSIGNED_MAX;
        } catch (NumberFormatException e) {
            return Setting.UNSIGNED_MAX;
        }
    }
}
