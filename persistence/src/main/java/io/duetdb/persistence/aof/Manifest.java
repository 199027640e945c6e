package io.duetdb.persistence.aof;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The list of files that make up the append-only file, as Redis 7 writes and reads it: a base, increments in order, and
 * superseded files that are only listed to be deleted. Immutable.
 *
 * @param base the whole data set, or null
 * @param history superseded files, newest first
 * @param increments commands since the base, oldest first
 */
public record Manifest(@Nullable Entry base, List<Entry> history, List<Entry> increments) {
    /** No files. */
    public static final Manifest EMPTY = new Manifest(null, List.of(), List.of());

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

    /**
     * Reads a manifest.
     *
     * @throws IllegalArgumentException naming the line and what is wrong with it
     */
    public static Manifest parse(byte[] text) {
        throw new UnsupportedOperationException();
    }

    /** The text of the file, base first, then history, then increments. */
    public byte[] text() {
        throw new UnsupportedOperationException();
    }
}
