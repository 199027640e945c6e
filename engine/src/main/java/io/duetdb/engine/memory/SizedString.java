package io.duetdb.engine.memory;

import io.duetdb.engine.api.Reply;

/**
 * A byte string of any length inside somebody's block, with its length in front: a member, a field, a value. What is
 * short stands in the block itself, what is longer than {@link #INLINE_MAX} in chunks of its own.
 *
 * <pre>
 *   0..253 | bytes                     254 | length (4) | bytes            255 | length (4) | root of chunks (8)
 * </pre>
 *
 * <p>All functions are static and take the address of the first byte. The owner frees what stands outside by
 * {@link #free} before it frees its block, and moves a string by moving {@link #space} bytes.
 */
public final class SizedString {
    /** Above this a string stands in chunks. */
    public static final int INLINE_MAX = 1024;

    /** Up to this length the string is one byte with the length, and its bytes. */
    public static final int SHORT_MAX = 253;

    private static final int LONG = 254;
    private static final int CHUNKED = 255;

    /** Up to this length a string is freed at once. */
    private static final int FREED_AT_ONCE = 64 * 1024;

    private SizedString() {}

    /** Bytes that a string of {@code length} bytes takes in its owner's block. */
    public static int spaceFor(int length) {
        return length < LONG ? 1 + length : length <= INLINE_MAX ? 5 + length : 13;
    }

    /** Bytes that the string at {@code at} takes in its owner's block. */
    public static int space(PageMemory m, long at) {
        int n = m.getByte(at);
        return n < LONG ? 1 + n : n == LONG ? 5 + m.getInt(at + 1) : 13;
    }

    /** Writes a string, copying its bytes. */
    public static void write(PageMemory m, long at, byte[] bytes, int offset, int length) {
        if (length < LONG) {
            m.putByte(at, length);
            if (length > 0) { // behind an empty one the block may end, and another's page begin
                m.copyIn(at + 1, bytes, offset, length);
            }
        } else if (length <= INLINE_MAX) {
            m.putByte(at, LONG);
            m.putInt(at + 1, length);
            m.copyIn(at + 5, bytes, offset, length);
        } else {
            m.putByte(at, CHUNKED);
            m.putInt(at + 1, length);
            m.putLong(at + 5, ChunkedBytes.create(m, bytes, offset, length));
        }
    }

    /** Writes a copy of the string at {@code from}, chunks included, to {@code to}. */
    public static void copy(PageMemory m, long to, long from) {
        m.move(to, from, space(m, from));
        if (m.getByte(from) == CHUNKED) {
            m.putLong(to + 5, ChunkedBytes.copy(m, m.getLong(from + 5), m.getInt(from + 1)));
        }
    }

    /** Length of the string in bytes. */
    public static int length(PageMemory m, long at) {
        int n = m.getByte(at);
        return n < LONG ? n : m.getInt(at + 1);
    }

    /** Whether the bytes stand in the block itself, from {@link #bytesAt} on. */
    public static boolean isInline(PageMemory m, long at) {
        return m.getByte(at) != CHUNKED;
    }

    /** Where the bytes of an inline string begin. */
    public static long bytesAt(PageMemory m, long at) {
        return m.getByte(at) < LONG ? at + 1 : at + 5;
    }

    /** Whether the string equals these bytes. */
    public static boolean equals(PageMemory m, long at, byte[] bytes, int offset, int length) {
        int n = m.getByte(at);
        if (n < LONG) {
            return n == length && (n == 0 || m.equals(at + 1, bytes, offset, length));
        }
        if (m.getInt(at + 1) != length) {
            return false;
        }
        return n == LONG
                ? m.equals(at + 5, bytes, offset, length)
                : ChunkedBytes.equals(m, m.getLong(at + 5), length, bytes, offset);
    }

    /** Compares the string with these bytes as unsigned numbers, a prefix being less. */
    public static int compare(PageMemory m, long at, byte[] bytes, int offset, int length) {
        int n = m.getByte(at);
        if (n == 0) {
            return -length;
        }
        if (n != CHUNKED) {
            return n < LONG
                    ? m.compare(at + 1, n, bytes, offset, length)
                    : m.compare(at + 5, m.getInt(at + 1), bytes, offset, length);
        }
        byte[] own = bytes(m, at);
        return java.util.Arrays.compareUnsigned(own, 0, own.length, bytes, offset, offset + length);
    }

    /** Copies the bytes to {@code to}, which has room for them. Returns their number. */
    public static int copyOut(PageMemory m, long at, byte[] to, int offset) {
        int length = length(m, at);
        if (length == 0) {
            return 0;
        }
        if (isInline(m, at)) {
            m.copyOut(bytesAt(m, at), to, offset, length);
        } else {
            ChunkedBytes.read(m, m.getLong(at + 5), length, 0, to, offset, length);
        }
        return length;
    }

    /** A copy of the bytes. Allocates: for cold paths. */
    public static byte[] bytes(PageMemory m, long at) {
        byte[] copy = new byte[length(m, at)];
        copyOut(m, at, copy, 0);
        return copy;
    }

    /** Replies the string as a bulk string, straight from its page. */
    public static void reply(PageMemory m, long at, Reply reply) {
        int n = m.getByte(at);
        if (n < LONG) {
            reply.bulk(m.array(at), m.index(at) + 1, n);
        } else if (n == LONG) {
            reply.bulk(m.array(at), m.index(at) + 5, m.getInt(at + 1));
        } else {
            int length = m.getInt(at + 1);
            reply.bulkParts(length);
            ChunkedBytes.reply(m, m.getLong(at + 5), length, 0, length, reply);
        }
    }

    /** Bytes that stand outside the owner's block. */
    public static long outsideBytes(PageMemory m, long at) {
        return isInline(m, at) ? 0 : ChunkedBytes.blockBytes(m, m.getLong(at + 5), m.getInt(at + 1));
    }

    /** Frees what stands outside the owner's block: through {@code big} where that would take long. */
    public static void free(PageMemory m, long at, Reclaimer big) {
        if (m.getByte(at) != CHUNKED) {
            return;
        }
        if (m.getInt(at + 1) <= FREED_AT_ONCE) {
            free(m, at);
        } else {
            big.chunks(m.getLong(at + 5), m.getInt(at + 1));
        }
    }

    /** Frees what stands outside the owner's block. O(length / 4096). */
    public static void free(PageMemory m, long at) {
        if (m.getByte(at) == CHUNKED) {
            ChunkedBytes.free(m, m.getLong(at + 5), m.getInt(at + 1));
        }
    }
}
