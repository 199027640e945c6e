package io.duetdb.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads settings from a file of redis.conf's grammar: a name and its values per line, {@code #} begins a comment line,
 * values may be quoted ({@code "..."} with escapes, {@code '...'} without), {@code include} reads other files in place.
 */
final class ConfigFile {
    private static final int INCLUDE_DEPTH_MAX = 16;
    private static final String WILDCARDS = "*?[";

    private ConfigFile() {}

    /** Gives every setting of a file to {@code line}, in order. Names the file and the line of what is wrong. */
    static void read(String path, CommandLine line) throws StartupException {
        read(Path.of(path), line, 0);
    }

    /** Gives every setting that arrives on standard input to {@code line}, in order. */
    static void readStandardInput(CommandLine line) throws StartupException {
        try {
            String text = new String(System.in.readAllBytes(), StandardCharsets.ISO_8859_1);
            lines(text, Path.of(""), "standard input:", line, 0);
        } catch (IOException e) {
            throw new StartupException("can't read settings from standard input: " + e.getMessage());
        }
    }

    /**
     * Reads what an {@code include} names: a file, or all that match a pattern, in the order of their names. A relative
     * path starts from the working directory, as in Redis, or else from the folder of the file that includes.
     */
    static void include(Path from, String what, CommandLine line, int depth) throws StartupException {
        boolean pattern = false;
        for (int i = 0; i < what.length(); i++) {
            pattern |= WILDCARDS.indexOf(what.charAt(i)) >= 0;
        }
        Path beside = from.resolveSibling(what);
        if (!pattern) {
            Path path = Path.of(what);
            read(Files.exists(path) ? path : beside, line, depth);
            return;
        }
        List<Path> found = matching(Path.of(what));
        for (Path path : found.isEmpty() ? matching(beside) : found) {
            read(path, line, depth);
        }
    }

    private static List<Path> matching(Path pattern) {
        List<Path> found = new ArrayList<>();
        found.add(pattern.isAbsolute() ? pattern.getRoot() : Path.of(""));
        for (Path name : pattern) {
            List<Path> next = new ArrayList<>();
            for (Path folder : found) {
                matching(folder, name.toString(), next);
            }
            found = next;
        }
        Collections.sort(found);
        return found;
    }

    private static void matching(Path folder, String name, List<Path> found) {
        Path plain = folder.resolve(name);
        if (Files.exists(plain)) {
            found.add(plain);
            return;
        }
        Path listed = folder.toString().isEmpty() ? Path.of(".") : folder;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(listed, name)) {
            for (Path entry : entries) {
                Path last = entry.getFileName();
                if (last != null && (name.startsWith(".") || !last.toString().startsWith("."))) {
                    found.add(folder.resolve(last));
                }
            }
        } catch (IOException | SecurityException e) {
            // no folder, no files: as nothing matches
        }
    }

    private static void read(Path path, CommandLine line, int depth) throws StartupException {
        if (depth > INCLUDE_DEPTH_MAX) {
            throw new StartupException("config file " + path + ": includes are nested too deeply");
        }
        String text;
        try {
            text = Files.readString(path, StandardCharsets.ISO_8859_1); // bytes as they are: see decoded
        } catch (IOException | SecurityException e) {
            throw new StartupException("can't read the config file " + path);
        }
        lines(text, path, path + ":", line, depth);
    }

    private static void lines(String text, Path path, String source, CommandLine line, int depth)
            throws StartupException {
        int number = 0;
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            number++;
            one(text.substring(from, end).trim(), path, source + number + ": ", line, depth);
            from = end + 1;
        }
    }

    private static void one(String text, Path path, String where, CommandLine line, int depth) throws StartupException {
        if (text.isEmpty() || text.charAt(0) == '#') {
            return;
        }
        List<String> words = split(text);
        if (words.isEmpty()) {
            throw new StartupException(where + "unbalanced quotes");
        }
        String name = words.get(0);
        List<String> values = words.subList(1, words.size());
        if (name.equalsIgnoreCase("include") && values.size() == 1) {
            include(path, values.get(0), line, depth + 1);
        } else {
            line.apply(where, name, values);
        }
    }

    /**
     * The words of a line, whose characters are bytes; empty when a quote is left open or a closing one is followed by
     * more than a blank.
     */
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            if (isBlank(text.charAt(at))) {
                at++;
                continue;
            }
            StringBuilder word = new StringBuilder();
            at = word(text, at, word);
            if (at < 0) {
                return List.of();
            }
            words.add(decoded(word));
        }
        return words;
    }

    /** The bytes of a word are UTF-8, whether they stood in the file or in escapes. */
    private static String decoded(StringBuilder word) {
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) > 0x7f && word.charAt(i) <= 0xff) {
                return new String(word.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            }
        }
        return word.toString();
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    /** Reads a word; a quote in its middle begins a quoted part, which must be its last. */
    private static int word(String text, int from, StringBuilder word) {
        int at = from;
        while (at < text.length() && !isBlank(text.charAt(at))) {
            char c = text.charAt(at++);
            if (c == '"' || c == '\'') {
                return quoted(text, at, c, word);
            }
            word.append(c);
        }
        return at;
    }

    private static int quoted(String text, int from, char quote, StringBuilder word) {
        int at = from;
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
        boolean closed = at < text.length() && (at + 1 == text.length() || isBlank(text.charAt(at + 1)));
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
