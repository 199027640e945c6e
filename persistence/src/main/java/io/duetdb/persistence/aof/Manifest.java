package io.duetdb.persistence.aof;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.wire.InlineCommand;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The list of files that make up the append-only file, as Redis 7 writes and reads it: a base, increments in order, and
 * superseded files that are only listed to be deleted. Immutable.
 *
 * <p>A file a line: {@code file <name> seq <number> type <b|h|i>}; names with spaces or odd bytes are quoted as redis-cli
 * quotes words. Lines that begin with {@code #} say nothing. What was read as 7.0.15 behaves.
 *
 * @param base the whole data set, or null
 * @param history superseded files, newest first
 * @param increments commands since the base, oldest first
 */
public record Manifest(@Nullable Entry base, List<Entry> history, List<Entry> increments) {
    /** No files. */
    public static final Manifest EMPTY = new Manifest(null, List.of(), List.of());

    private static final int LINE_MAX = 1024;
    private static final int WORDS_MIN = 6;

    /** A file of the list: its name without a folder, its number, its kind. */
    public record Entry(String name, long sequence, Kind kind) {}

    /** What a file is, by its letter in the list. */
    public enum Kind {
        BASE('b'),
        HISTORY('h'),
        INCREMENT('i');

        final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    /** Keeps copies of the lists. */
    public Manifest {
        history = List.copyOf(history);
        increments = List.copyOf(increments);
    }

    // ---- reading

    /**
     * Reads a manifest.
     *
     * @throws IllegalArgumentException naming the line and what is wrong with it
     */
    public static Manifest parse(byte[] text) {
        if (text.length == 0) {
            throw new IllegalArgumentException("the manifest is empty");
        }
        Entry base = null;
        List<Entry> history = new ArrayList<>();
        List<Entry> increments = new ArrayList<>();
        int line = 1;
        for (int from = 0, to; from < text.length; from = to + 1, line++) {
            to = endOfLine(text, from);
            if (text[from] == '#') {
                continue;
            }
            Entry entry = entry(text, from, to, line);
            switch (entry.kind) {
                case BASE -> {
                    if (base != null) {
                        throw wrong(line, "a second base; there can be one only");
                    }
                    base = entry;
                }
                case HISTORY -> history.add(entry);
                case INCREMENT -> {
                    if (!increments.isEmpty() && increments.get(increments.size() - 1).sequence >= entry.sequence) {
                        throw wrong(
                                line,
                                "increment " + entry.sequence + " comes behind "
                                        + increments.get(increments.size() - 1).sequence + "; numbers must rise");
                    }
                    increments.add(entry);
                }
            }
        }
        return new Manifest(base, history, increments);
    }

    private static int endOfLine(byte[] text, int from) {
        int to = from;
        while (to < text.length && text[to] != '\n') {
            to++;
        }
        return to;
    }

    private static Entry entry(byte[] text, int from, int to, int line) {
        if (to - from >= LINE_MAX) {
            throw wrong(line, "it is longer than " + LINE_MAX + " bytes");
        }
        if (to == text.length) {
            throw wrong(line, "its end is missing, the manifest was cut off");
        }
        for (int i = from; i < to; i++) {
            if (text[i] == 0) {
                throw wrong(line, "there is a zero byte in it");
            }
        }
        Argv words = new Argv();
        if (!InlineCommand.split(text, from, to, words)) {
            throw wrong(line, "quotes don't match");
        }
        if (words.count() < WORDS_MIN || words.count() % 2 != 0) {
            throw wrong(line, "it must read: file <name> seq <number> type <b, h or i>");
        }
        return entry(words, line);
    }

    private static Entry entry(Argv words, int line) {
        String name = "";
        long sequence = 0;
        Kind kind = null;
        for (int i = 0; i < words.count(); i += 2) {
            if (words.is(i, "FILE")) {
                name = words.text(i + 1);
            } else if (words.is(i, "SEQ")) {
                sequence = sequence(words, i + 1, line);
            } else if (words.is(i, "TYPE")) {
                kind = kind(words, i + 1, line);
            }
        }
        if (name.isEmpty() || sequence == 0 || kind == null) {
            throw wrong(line, "name, number or type is missing");
        }
        if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
            throw wrong(line, "'" + name + "' is a path; only a file's name can stand there");
        }
        return new Entry(name, sequence, kind);
    }

    private static long sequence(Argv words, int index, int line) {
        byte[] b = words.array(index);
        int at = words.offset(index);
        int length = words.length(index);
        long number = Numbers.isLong(b, at, length) ? Numbers.parse(b, at, length) : 0;
        if (number <= 0) {
            throw wrong(line, "'" + words.text(index) + "' is no number of a file; they begin with 1");
        }
        return number;
    }

    private static Kind kind(Argv words, int index, int line) {
        char letter = words.length(index) == 0 ? ' ' : (char) words.byteAt(index, 0);
        for (Kind kind : Kind.values()) {
            if (kind.letter == letter) {
                return kind;
            }
        }
        throw wrong(line, "'" + words.text(index) + "' is no type of file; there are b, h and i");
    }

    private static IllegalArgumentException wrong(int line, String what) {
        return new IllegalArgumentException("line " + line + " of the manifest: " + what);
    }

    // ---- writing

    /** The text of the file, base first, then history, then increments; a remark where there are none, for Redis' sake. */
    public byte[] text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (isEmpty()) {
            out.writeBytes(ascii("# nothing is listed yet\n"));
        }
        if (base != null) {
            write(base, out);
        }
        for (Entry entry : history) {
            write(entry, out);
        }
        for (Entry entry : increments) {
            write(entry, out);
        }
        return out.toByteArray();
    }

    private static void write(Entry entry, ByteArrayOutputStream out) {
        out.writeBytes(ascii("file "));
        byte[] name = entry.name.getBytes(StandardCharsets.UTF_8);
        if (plain(name)) {
            out.writeBytes(name);
        } else {
            quote(name, out);
        }
        out.writeBytes(ascii(" seq " + entry.sequence + " type " + entry.kind.letter + "\n"));
    }

    private static boolean plain(byte[] name) {
        for (byte c : name) {
            if (c <= ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    private static void quote(byte[] name, ByteArrayOutputStream out) {
        out.write('"');
        for (byte c : name) {
            switch (c) {
                case '"', '\\' -> out.writeBytes(new byte[] {'\\', c});
                case '\n' -> out.writeBytes(ascii("\\n"));
                case '\r' -> out.writeBytes(ascii("\\r"));
                case '\t' -> out.writeBytes(ascii("\\t"));
                case '\b' -> out.writeBytes(ascii("\\b"));
                case 7 -> out.writeBytes(ascii("\\a"));
                default -> {
                    if (c >= ' ' && c <= '~') {
                        out.write(c);
                    } else {
                        out.writeBytes(ascii("\\x"));
                        out.write(Character.forDigit(c >>> 4 & 0xF, 16));
                        out.write(Character.forDigit(c & 0xF, 16));
                    }
                }
            }
        }
        out.write('"');
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    // ---- the steps of a rewrite

    /** Whether it lists nothing. */
    public boolean isEmpty() {
        return base == null && history.isEmpty() && increments.isEmpty();
    }

    /** The increment that is appended to, or null. */
    public @Nullable Entry lastIncrement() {
        return increments.isEmpty() ? null : increments.get(increments.size() - 1);
    }

    /** The same with one more increment, whose number is higher than all others. */
    public Manifest with(Entry increment) {
        List<Entry> all = new ArrayList<>(increments);
        all.add(increment);
        return new Manifest(base, history, all);
    }

    /**
     * The list after a rewrite: a new base, the increments from number {@code from} on and, in Redis' order, everything
     * else as history.
     */
    public Manifest rewritten(Entry newBase, long from) {
        List<Entry> old = new ArrayList<>();
        List<Entry> kept = new ArrayList<>();
        for (Entry entry : increments) {
            if (entry.sequence < from) {
                old.add(new Entry(entry.name, entry.sequence, Kind.HISTORY));
            } else {
                kept.add(entry);
            }
        }
        if (base != null) {
            old.add(new Entry(base.name, base.sequence, Kind.HISTORY));
        }
        old.addAll(history);
        return new Manifest(newBase, old, kept);
    }

    /** The same when the superseded files are gone. */
    public Manifest withoutHistory() {
        return new Manifest(base, List.of(), increments);
    }
}
