package io.duetdb.truth;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The accepted differences, from {@code differences.txt}: lines {@code command | kind of reply | reason}. The command
 * may be {@code *}, {@code *|help} or {@code cluster|*}; the kind is that of redis-server's reply ({@code any}, {@code error}, {@code bulk}
 * ...), after which a text in quotes says how that reply must begin.
 */
final class Differences {
    /** The most lines there may be. */
    static final int MAX = 30;

    /** One accepted difference. */
    record Line(String command, String kind, String begins, String reason) {
        boolean accepts(String name, Frame theirs) {
            boolean named = command.equals("*")
                    || command.equals(name)
                    || command.endsWith("|*") && name.startsWith(command.substring(0, command.length() - 1))
                    || command.startsWith("*|") && name.endsWith(command.substring(1));
            return named
                    && (kind.equals("any") || kind.equals(theirs.kindName()))
                    && (begins.isEmpty()
                            || theirs.text() != null && theirs.text().startsWith(begins));
        }
    }

    private final List<Line> lines = new ArrayList<>();
    private final long[] used;

    /** Reads the file. */
    Differences() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Differences.class.getResourceAsStream("differences.txt"), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    lines.add(parse(line));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        used = new long[lines.size()];
    }

    private static Line parse(String line) {
        String[] parts = line.split(" \\| ", 3);
        if (parts.length != 3 || parts[2].isBlank()) {
            throw new IllegalArgumentException("not command | kind | reason: " + line);
        }
        String kind = parts[1].trim();
        int quote = kind.indexOf('"');
        String begins = quote < 0 ? "" : kind.substring(quote + 1, kind.length() - 1);
        return new Line(
                parts[0].trim(), quote < 0 ? kind : kind.substring(0, quote).trim(), begins, parts[2].trim());
    }

    /** All lines. */
    List<Line> lines() {
        return lines;
    }

    /** Whether a difference in the reply to a command is accepted; counts it. */
    boolean accept(String command, Frame theirs) {
        for (int i = 0; i < used.length; i++) {
            if (lines.get(i).accepts(command, theirs)) {
                used[i]++;
                return true;
            }
        }
        return false;
    }

    /** How often each line was needed, as text. */
    String report() {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < used.length; i++) {
            s.append(String.format("%8d  %s%n", used[i], lines.get(i)));
        }
        return s.toString();
    }
}
