package io.duetdb.engine.stats;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Requests that took long, the latest first.
 *
 * <p>What a time means: a command that is not of constant time by its declaration is measured by itself, from the
 * reading of the clock before it to the one behind it. Commands of constant time share one reading with their neighbours
 * in a pipeline. When such a group takes as long as the threshold, one entry stands for it: the group's time, and the
 * request of the group that brought most bytes. A client that waits for each reply is a group of one. Where every
 * command counts, at a threshold under {@link #EXACT_US}, each is measured by itself.
 */
public final class Slowlog {
    /** Thresholds below this many µs have every command measured by itself. */
    public static final long EXACT_US = 1000;

    private static final int ARGUMENTS_MAX = 32;
    private static final int BYTES_MAX = 128;

    /**
     * One slow request.
     *
     * @param id unique, ascending from 0
     * @param unixSeconds when it ended
     * @param us how long it took, µs
     * @param arguments what is kept of its arguments
     * @param peer the client's address
     * @param name the client's name
     */
    public record Entry(long id, long unixSeconds, long us, byte[][] arguments, String peer, String name) {}

    /** Gives the arguments of a request one by one, secrets already replaced. */
    public interface Source {
        /** Number of arguments. */
        int count();

        /** Length of an argument. */
        int length(int index);

        /** The first {@code length} bytes of an argument. */
        byte[] head(int index, int length);
    }

    private final Deque<Entry> entries = new ArrayDeque<>();
    private long nextId;
    private long lengthMax = 128;

    /** Limits the number of entries; surplus ones go at once. */
    public void lengthMax(long value) {
        lengthMax = value;
        trim();
    }

    /** Adds an entry. Copies what it keeps: 32 arguments of 128 bytes. */
    public void add(Source request, long unixSeconds, long us, String peer, String name) {
        int count = request.count();
        byte[][] kept = new byte[Math.min(count, ARGUMENTS_MAX)][];
        for (int i = 0; i < kept.length; i++) {
            if (i == ARGUMENTS_MAX - 1 && count > ARGUMENTS_MAX) {
                kept[i] = Words.bytes("... (" + (count - ARGUMENTS_MAX + 1) + " more arguments)");
            } else {
                kept[i] = argument(request, i);
            }
        }
        entries.addFirst(new Entry(nextId++, unixSeconds, us, kept, peer, name));
        trim();
    }

    private static byte[] argument(Source request, int index) {
        int length = request.length(index);
        if (length <= BYTES_MAX) {
            return request.head(index, length);
        }
        byte[] more = Words.bytes("... (" + (length - BYTES_MAX) + " more bytes)");
        byte[] all = java.util.Arrays.copyOf(request.head(index, BYTES_MAX), BYTES_MAX + more.length);
        System.arraycopy(more, 0, all, BYTES_MAX, more.length);
        return all;
    }

    private void trim() {
        while (entries.size() > lengthMax) {
            entries.removeLast();
        }
    }

    /** Number of entries. */
    public int length() {
        return entries.size();
    }

    /** The entries, the latest first. */
    public Iterator<Entry> latestFirst() {
        return entries.iterator();
    }

    /** Forgets all entries; numbers go on. */
    public void reset() {
        entries.clear();
    }
}
