package io.duetdb.engine.api;

import io.duetdb.bytes.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A request's arguments, the command's name at 0: a flyweight of offsets and lengths over one buffer, filled by a
 * front-end and reused for the next request. An argument is "(argv, index)"; whoever keeps one copies it.
 *
 * <p>A big argument may have arrived in pieces; then it does not stand in the buffer, and {@link #copy} reads it piece
 * by piece. {@link #array} and {@link #offset} always work: they join the pieces when somebody insists on one array.
 */
public final class Argv {
    private byte[] buffer = new byte[0];
    private int count;
    private int[] offsets = new int[16];
    private int[] lengths = new int[16];
    private long[] hashes = new long[16];
    private long bytes;
    private byte @Nullable [] @Nullable [][] pieces;

    /** Starts a new request over {@code buffer}, dropping the one before. */
    public Argv wrap(byte[] buffer) {
        this.buffer = buffer;
        count = 0;
        bytes = 0;
        if (pieces != null) {
            pieces = null;
        }
        return this;
    }

    /** The same arguments, whose bytes now stand in {@code buffer}: a copy, longer, of the old one. */
    public void moveTo(byte[] buffer) {
        this.buffer = buffer;
    }

    /** Adds the argument that stands at {@code offset} in the buffer. */
    public void add(int offset, int length) {
        if (count == offsets.length) {
            grow();
        }
        offsets[count] = offset;
        lengths[count] = length;
        hashes[count] = 0;
        bytes += length;
        count++;
    }

    /** Adds an argument that arrived in pieces, together {@code length} bytes. Takes ownership of the arrays. */
    public void addPieces(byte[][] parts, int length) {
        add(0, length);
        byte[][][] all = pieces;
        if (all == null || all.length < count) {
            all = all == null ? new byte[offsets.length][][] : Arrays.copyOf(all, offsets.length);
            pieces = all;
        }
        all[count - 1] = parts;
    }

    /** The arguments' bytes were moved: they stand in {@code buffer} now, each {@code shift} bytes further on. */
    public void rebase(byte[] buffer, int shift) {
        this.buffer = buffer;
        if (shift != 0) {
            for (int i = 0; i < count; i++) {
                if (pieces == null || i >= pieces.length || pieces[i] == null) {
                    offsets[i] += shift;
                }
            }
        }
    }

    private void grow() {
        int size = count * 2;
        offsets = Arrays.copyOf(offsets, size);
        lengths = Arrays.copyOf(lengths, size);
        hashes = Arrays.copyOf(hashes, size);
    }

    /** Number of arguments, the command's name included. */
    public int count() {
        return count;
    }

    /** Length of all arguments together in bytes. */
    public long bytes() {
        return bytes;
    }

    /** Length of an argument in bytes. */
    public int length(int index) {
        return lengths[index];
    }

    /** The array an argument stands in, at {@link #offset}. Not to be modified, not to be kept. */
    public byte[] array(int index) {
        return pieces == null ? buffer : joined(index);
    }

    /** Where in {@link #array} an argument begins. */
    public int offset(int index) {
        return offsets[index];
    }

    /** The byte at {@code position} of an argument. */
    public byte byteAt(int index, int position) {
        return array(index)[offsets[index] + position];
    }

    private byte[] joined(int index) {
        byte[][][] all = pieces;
        byte[][] parts = all == null || index >= all.length ? null : all[index];
        if (all == null || parts == null) {
            return buffer;
        }
        if (parts.length > 1) {
            byte[] whole = new byte[lengths[index]];
            copy(index, 0, whole, 0, whole.length);
            parts = new byte[][] {whole};
            all[index] = parts;
        }
        return parts[0];
    }

    /** Copies {@code length} bytes of an argument from position {@code from} on, without joining pieces. */
    public void copy(int index, int from, byte[] to, int toOffset, int length) {
        byte[][][] all = pieces;
        byte[][] parts = all == null || index >= all.length ? null : all[index];
        if (parts == null) {
            System.arraycopy(buffer, offsets[index] + from, to, toOffset, length);
            return;
        }
        int skip = from;
        int at = toOffset;
        int left = length;
        for (int i = 0; left > 0; i++) {
            byte[] part = parts[i];
            if (skip >= part.length) {
                skip -= part.length;
                continue;
            }
            int n = Math.min(left, part.length - skip);
            System.arraycopy(part, skip, to, at, n);
            at += n;
            left -= n;
            skip = 0;
        }
    }

    /** The keyed hash of an argument that {@link #rememberHash} stored, or 0. */
    public long hash(int index) {
        return hashes[index];
    }

    /** Stores an argument's keyed hash, so that it is computed once per request. */
    public void rememberHash(int index, long hash) {
        hashes[index] = hash;
    }

    /** Whether an argument equals {@code word}, which must be in upper case, without regard to ASCII case. */
    public boolean is(int index, byte[] word) {
        int n = lengths[index];
        if (n != word.length) {
            return false;
        }
        byte[] b = array(index);
        int at = offsets[index];
        for (int i = 0; i < n; i++) {
            int c = b[at + i];
            if (c >= 'a' && c <= 'z') {
                c -= 'a' - 'A';
            }
            if (c != word[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether an argument equals {@code word} (upper case ASCII) without regard to case. For cold paths. */
    public boolean is(int index, String word) {
        if (lengths[index] != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            int c = byteAt(index, i);
            if (c >= 'a' && c <= 'z') {
                c -= 'a' - 'A';
            }
            if (c != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether two arguments hold the same bytes. */
    public boolean same(int index, int other) {
        return lengths[index] == lengths[other]
                && Arrays.equals(
                        array(index),
                        offsets[index],
                        offsets[index] + lengths[index],
                        array(other),
                        offsets[other],
                        offsets[other] + lengths[other]);
    }

    /** Whether an argument holds the same bytes as one of another request. */
    public boolean same(int index, Argv other, int otherIndex) {
        int from = offsets[index];
        int otherFrom = other.offsets[otherIndex];
        return lengths[index] == other.lengths[otherIndex]
                && Arrays.equals(
                        array(index),
                        from,
                        from + lengths[index],
                        other.array(otherIndex),
                        otherFrom,
                        otherFrom + lengths[index]);
    }

    /**
     * An argument as a 64-bit integer in Redis' strict form (string2ll: no spaces, no plus, no leading zeros).
     *
     * @throws CommandError {@link Errors#NOT_AN_INTEGER}
     */
    public long integer(int index) {
        byte[] b = array(index);
        long value = Numbers.parse(b, offsets[index], lengths[index]);
        if (value == Numbers.NOT_A_LONG && !Numbers.isLong(b, offsets[index], lengths[index])) {
            throw Errors.NOT_AN_INTEGER;
        }
        return value;
    }

    /** A copy of an argument's bytes. */
    public byte[] bytes(int index) {
        byte[] copy = new byte[lengths[index]];
        copy(index, 0, copy, 0, copy.length);
        return copy;
    }

    /** An argument as UTF-8 text. For cold paths. */
    public String text(int index) {
        return new String(array(index), offsets[index], lengths[index], StandardCharsets.UTF_8);
    }

    /** A copy with a buffer of its own: for what outlives the request (MULTI, blocked clients). */
    public Argv copy() {
        int total = 0;
        for (int i = 0; i < count; i++) {
            total = Math.addExact(total, lengths[i]);
        }
        byte[] all = new byte[total];
        Argv copy = new Argv().wrap(all);
        int at = 0;
        for (int i = 0; i < count; i++) {
            copy(i, 0, all, at, lengths[i]);
            copy.add(at, lengths[i]);
            at += lengths[i];
        }
        return copy;
    }

    /** A request of its own from texts (UTF-8). For tests, effects and cold paths. */
    public static Argv of(String... arguments) {
        byte[][] parts = new byte[arguments.length][];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = arguments[i].getBytes(StandardCharsets.UTF_8);
        }
        return of(parts);
    }

    /** A request of its own from byte arrays, which are copied. */
    public static Argv of(byte[]... arguments) {
        int total = 0;
        for (byte[] argument : arguments) {
            total = Math.addExact(total, argument.length);
        }
        byte[] all = new byte[total];
        Argv argv = new Argv().wrap(all);
        int at = 0;
        for (byte[] argument : arguments) {
            System.arraycopy(argument, 0, all, at, argument.length);
            argv.add(at, argument.length);
            at += argument.length;
        }
        return argv;
    }

    @Override
    public String toString() {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < count; i++) {
            s.append(i == 0 ? "" : " ").append(lengths[i] > 128 ? "(" + lengths[i] + " bytes)" : text(i));
        }
        return s.toString();
    }
}
