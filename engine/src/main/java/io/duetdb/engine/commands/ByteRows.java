package io.duetdb.engine.commands;

import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Reply;
import java.util.Arrays;

/**
 * Byte strings in a row, each copied once into shared pieces: what SORT orders, and what it orders by. Lives as long as
 * one call. A row may be absent; its length is -1 then.
 */
final class ByteRows implements ElementVisitor {
    /** Length of a row that has no bytes, not even none. */
    static final int ABSENT = -1;

    private static final byte[] NO_BYTES = new byte[0];
    private static final int FIRST_PIECE_BYTES = 1024;
    private static final int PIECE_BYTES_MAX = 64 * 1024;

    private byte[][] arrays;
    private int[] offsets;
    private int[] lengths;
    private int count;
    private byte[] piece = NO_BYTES;
    private int used;

    /** No rows yet; room for {@code expected} of them. */
    ByteRows(int expected) {
        arrays = new byte[expected][];
        offsets = new int[expected];
        lengths = new int[expected];
    }

    /** Number of rows. */
    int count() {
        return count;
    }

    /** The array in which a row stands, at {@link #offset}. Not to be modified once it is filled. */
    byte[] array(int row) {
        return arrays[row];
    }

    /** Where in {@link #array} a row begins. */
    int offset(int row) {
        return offsets[row];
    }

    /** Length of a row, or {@link #ABSENT}. */
    int length(int row) {
        return lengths[row];
    }

    /** Replies a row, which is not absent, as a bulk string. */
    void reply(int row, Reply reply) {
        reply.bulk(arrays[row], offsets[row], lengths[row]);
    }

    /** Adds a row of {@code length} bytes, still to be filled, or an absent one. Returns its number. */
    int add(int length) {
        if (count == lengths.length) {
            int more = Math.max(16, count * 2);
            arrays = Arrays.copyOf(arrays, more);
            offsets = Arrays.copyOf(offsets, more);
            lengths = Arrays.copyOf(lengths, more);
        }
        lengths[count] = length;
        if (length <= 0) {
            arrays[count] = NO_BYTES;
        } else if (length > PIECE_BYTES_MAX / 4) {
            arrays[count] = new byte[length];
        } else {
            if (length > piece.length - used) {
                piece = new byte
                        [Math.max(length, Math.min(PIECE_BYTES_MAX, Math.max(FIRST_PIECE_BYTES, piece.length * 4)))];
                used = 0;
            }
            arrays[count] = piece;
            offsets[count] = used;
            used += length;
        }
        return count++;
    }

    @Override
    public void element(byte[] b, int offset, int length) {
        int row = add(length);
        System.arraycopy(b, offset, arrays[row], offsets[row], length);
    }

    @Override
    public void member(byte[] b, int offset, int length, double score) {
        element(b, offset, length);
    }
}
