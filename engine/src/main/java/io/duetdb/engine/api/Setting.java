package io.duetdb.engine.api;

import java.util.List;

/**
 * The declaration of one setting, by redis.conf's name. The module that owns a setting declares it, one line each; the
 * composition root joins the lists to one {@link Settings} table, from which flags, files and CONFIG are served.
 *
 * @param name as in redis.conf, lower case
 * @param kind what values look like
 * @param initial the default, in the form CONFIG GET shows it
 * @param min smallest number allowed (numbers and memory sizes)
 * @param max largest number allowed
 * @param choices the words allowed (CHOICE), otherwise empty
 * @param live whether CONFIG SET may change it while the server runs
 * @param doc one sentence for help texts and the generated reference
 */
public record Setting(
        String name, Kind kind, String initial, long min, long max, List<String> choices, boolean live, String doc) {

    /** What a setting's value looks like. */
    public enum Kind {
        /** A decimal number. */
        INTEGER,
        /** A number of bytes, with the suffixes k, kb, m, mb, g, gb (1024-based where they end in b, as in redis.conf). */
        MEMORY,
        /** yes or no. */
        YES_NO,
        /** One of a list of words. */
        CHOICE,
        /** Any text. */
        TEXT
    }

    /** A number in [min, max]. */
    public static Setting integer(String name, long initial, long min, long max, String doc) {
        return new Setting(name, Kind.INTEGER, Long.toString(initial), min, max, List.of(), false, doc);
    }

    /** A size in bytes in [min, max]. */
    public static Setting memory(String name, long initial, long min, long max, String doc) {
        return new Setting(name, Kind.MEMORY, Long.toString(initial), min, max, List.of(), false, doc);
    }

    /** A switch. */
    public static Setting yesNo(String name, boolean initial, String doc) {
        return new Setting(name, Kind.YES_NO, initial ? "yes" : "no", 0, 0, List.of(), false, doc);
    }

    /** One of several words, the first of which is the default. */
    public static Setting choice(String name, String doc, String... words) {
        return new Setting(name, Kind.CHOICE, words[0], 0, 0, List.of(words), false, doc);
    }

    /** A setting of Redis' that has one possible value here; {@code why} tells those who want another. */
    public static Setting fixed(String name, String value, String why) {
        return new Setting(name, Kind.CHOICE, value, 0, 0, List.of(value), true, why);
    }

    /** Any text. */
    public static Setting text(String name, String initial, String doc) {
        return new Setting(name, Kind.TEXT, initial, 0, 0, List.of(), false, doc);
    }

    /** The same setting, changeable by CONFIG SET. */
    public Setting changeable() {
        return new Setting(name, kind, initial, min, max, choices, true, doc);
    }

    /**
     * Brings {@code value} into the form in which it is kept, or says why it cannot be.
     *
     * @throws IllegalArgumentException with Redis' words for what is allowed, as after "CONFIG SET failed ... - "
     */
    public String normalise(String value) {
        return switch (kind) {
            case TEXT -> value;
            case YES_NO -> {
                if (value.equalsIgnoreCase("yes") || value.equalsIgnoreCase("no")) {
                    yield value.toLowerCase(java.util.Locale.ROOT);
                }
                throw new IllegalArgumentException("argument must be 'yes' or 'no'");
            }
            case CHOICE -> {
                for (String word : choices) {
                    if (word.equalsIgnoreCase(value)) {
                        yield word;
                    }
                }
                if (choices.size() == 1) {
                    throw new IllegalArgumentException("argument must be '" + choices.get(0) + "': " + doc);
                }
                throw new IllegalArgumentException(
                        "argument(s) must be one of the following: " + String.join(", ", choices));
            }
            case INTEGER -> Long.toString(inRange(parseInteger(value)));
            case MEMORY -> Long.toString(inRange(parseMemory(value)));
        };
    }

    private long inRange(long number) {
        if (number < min || number > max) {
            throw new IllegalArgumentException("argument must be between " + min + " and " + max + " inclusive");
        }
        return number;
    }

    private static long parseInteger(String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("argument couldn't be parsed into an integer", e);
        }
    }

    /** Bytes from a size such as {@code 100mb}; the suffixes without b are powers of 1000, as in redis.conf. */
    private static long parseMemory(String value) {
        String text = value.toLowerCase(java.util.Locale.ROOT);
        int end = 0;
        while (end < text.length() && (Character.isDigit(text.charAt(end)) || (end == 0 && text.charAt(0) == '-'))) {
            end++;
        }
        long factor = switch (text.substring(end)) {
            case "", "b" -> 1L;
            case "k" -> 1000L;
            case "kb" -> 1L << 10;
            case "m" -> 1000_000L;
            case "mb" -> 1L << 20;
            case "g" -> 1000_000_000L;
            case "gb" -> 1L << 30;
            default -> throw new IllegalArgumentException("argument must be a memory value");
        };
        try {
            long bytes = Math.multiplyExact(Long.parseLong(text.substring(0, end)), factor);
            if (bytes < 0) {
                throw new IllegalArgumentException("argument must be a memory value");
            }
            return bytes;
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("argument must be a memory value", e);
        }
    }
}
