package io.duetdb.truth;

import io.duetdb.engine.kit.EngineFixture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One command of one client. */
public record Step(int client, byte[][] argv) {

    /** A step from words; characters are bytes. */
    public static Step of(int client, List<String> words) {
        byte[][] argv = new byte[words.size()][];
        for (int i = 0; i < argv.length; i++) {
            argv[i] = words.get(i).getBytes(StandardCharsets.ISO_8859_1);
        }
        return new Step(client, argv);
    }

    /** A step from a line as {@link EngineFixture#words} splits it. */
    public static Step line(int client, String line) {
        return new Step(client, EngineFixture.words(line));
    }

    /** An argument as text, a character per byte. */
    public String word(int index) {
        return new String(argv[index], StandardCharsets.ISO_8859_1);
    }

    /** An argument in upper case, or empty when there is none. */
    public String upper(int index) {
        return index < argv.length ? word(index).toUpperCase(Locale.ROOT) : "";
    }

    /** The arguments as words. */
    public List<String> words() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < argv.length; i++) {
            words.add(word(i));
        }
        return words;
    }

    /** The command as a line that {@link #line} reads. */
    public String text() {
        StringBuilder s = new StringBuilder();
        for (String word : words()) {
            s.append(s.length() == 0 ? "" : " ").append(quoted(word));
        }
        return s.toString();
    }

    private static String quoted(String word) {
        if (!word.isEmpty() && word.chars().allMatch(c -> c > ' ' && c < 127 && c != '"' && c != '\\')) {
            return word;
        }
        return '"' + printable(word) + '"';
    }

    /** Text whose bytes can be seen. */
    public static String printable(String text) {
        StringBuilder s = new StringBuilder();
        for (char c : text.toCharArray()) {
            switch (c) {
                case '\n' -> s.append("\\n");
                case '\r' -> s.append("\\r");
                case '"' -> s.append("\\\"");
                case '\\' -> s.append("\\\\");
                default -> s.append(c >= ' ' && c < 127 ? String.valueOf(c) : String.format("\\x%02x", (int) c));
            }
        }
        return s.toString();
    }

    /** Bytes that can be seen, cut when there are many. */
    public static String printable(byte[] bytes) {
        String text = printable(new String(bytes, StandardCharsets.ISO_8859_1));
        return text.length() <= 1500
                ? text
                : text.substring(0, 1000) + "... (" + bytes.length + " bytes) ..."
                        + text.substring(text.length() - 500);
    }
}
