package io.duetdb.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads settings from a file of redis.conf's grammar: a name and its values per line, {@code #} begins a comment line,
 * values may be quoted ({@code "..."} with escapes, {@code '...'} without), {@code include} reads another file in place.
 */
final class ConfigFile {
    private static final int INCLUDE_DEPTH_MAX = 16;

    private ConfigFile() {}

    /** Gives every setting of a file to {@code line}, in order. Names the file and the line of what is wrong. */
    static void read(String path, CommandLine line) throws StartupException {
        read(Path.of(path), line, 0);
    }

    private static void read(Path path, CommandLine line, int depth) throws StartupException {
        if (depth > INCLUDE_DEPTH_MAX) {
            throw new StartupException("config file " + path + ": includes are nested too deeply");
        }
        List<String> lines;
        try {
            lines = Files.readAllLines(path, StandardCharsets.UTF_8);
        } catch (IOException | SecurityException e) {
            throw new StartupException("can't read the config file " + path);
        }
        for (int i = 0; i < lines.size(); i++) {
            String text = lines.get(i).trim();
            if (text.isEmpty() || text.charAt(0) == '#') {
                continue;
            }
            String where = path + ":" + (i + 1) + ": ";
            List<String> words = split(text);
            if (words.isEmpty()) {
                throw new StartupException(where + "unbalanced quotes");
            }
            String name = words.get(0);
            List<String> values = words.subList(1, words.size());
            if (name.equalsIgnoreCase("include") && values.size() == 1) {
                read(path.resolveSibling(values.get(0)), line, depth + 1);
            } else {
                line.apply(where, name, values);
            }
        }
    }

    /** The words of a line; empty when a quote is left open or a closing one is followed by more than a blank. */
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            if (Character.isWhitespace(text.charAt(at))) {
                at++;
                continue;
            }
            StringBuilder word = new StringBuilder();
            at = word(text, at, word);
            if (at < 0) {
                return List.of();
            }
            words.add(word.toString());
        }
        return words;
    }

    private static int word(String text, int from, StringBuilder word) {
        char quote = text.charAt(from);
        if (quote != '"' && quote != '\'') {
            int at = from;
            while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
                word.append(text.charAt(at++));
            }
            return at;
        }
        int at = from + 1;
        while (at < text.length() && text.charAt(at) != quote) {
            if (text.charAt(at) != '\\' || at + 1 == text.length()) {
                word.append(text.charAt(at++));
            } else if (quote == '"') {
                at = escape(text, at + 1, word);
            } else {
                boolean escapedQuote = text.charAt(at + 1) == '\'';
                word.append(escapedQuote ? '\'' : '\\');
                at += escapedQuote ? 2 : 1;
            }
        }
        boolean closed = at < text.length() && (at + 1 == text.length() || Character.isWhitespace(text.charAt(at + 1)));
        return closed ? at + 1 : -1;
    }

    private static int escape(String text, int at, StringBuilder word) {
        char c = text.charAt(at);
        if (c == 'x' && at + 2 < text.length()) {
            int high = Character.digit(text.charAt(at + 1), 16);
            int low = Character.digit(text.charAt(at + 2), 16);
            if (high >= 0 && low >= 0) {
                word.append((char) (high * 16 + low));
                return at + 3;
            }
        }
        word.append(
                switch (c) {
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case 't' -> '\t';
                    case 'b' -> '\b';
                    case 'a' -> '\u0007';
                    default -> c;
                });
        return at + 1;
    }
}
