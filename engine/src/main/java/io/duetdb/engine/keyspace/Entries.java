package io.duetdb.engine.keyspace;

import io.duetdb.bytes.Glob;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.memory.ChunkedBytes;
import io.duetdb.engine.memory.Kind;
import io.duetdb.engine.memory.PageMemory;

/**
 * The layout of an entry: key, value, time to live and access clock packed into one block, so that finding a key and
 * reading a short value costs one cache line or two.
 *
 * <pre>
 *  0      1        4       5          7            [19]          key            value
 *  +------+--------+-------+----------+------------+-------------+--------------+
 *  | head | clock  | keyL  | form     | expire area| key         | value        |
 *  +------+--------+-------+----------+------------+-------------+--------------+
 *   head   bits 0-3 type, 4 expire area present, 5 filed (a wheel record holds "filed low"), 6 raw
 *   clock  24 bits: seconds for LRU, or 16 + 8 bits for LFU
 *   keyL   0..253: length of the key; 254: its length stands in 4 bytes before it; 255: length (4) and root (8) of
 *          a chain of chunks stand there instead of the key
 *   form   0..4096 length of the string that follows; INT: 8 bytes; CHUNKED: length (8) and root (8);
 *          REFERENCE: address (8) of a value of another type
 *   expire area  absolute ms (8 bytes, NONE = no time to live) and the low 32 bits of the filed record's deadline (4)
 * </pre>
 *
 * The expire area stays when a time to live is removed while a record is filed: so that setting, persisting and setting
 * again does not file a record each time. Redis needs for the same key and value a dictEntry, an sds, a robj and often
 * a second sds: 24 + 8 + 24 + 16.. bytes and up to four cache misses.
 *
 * <p>All functions are static and take the memory and an entry's address; a view's memory works as well.
 */
final class Entries {
    static final int EXPIRE_AREA = 0x10;
    static final int FILED = 0x20;
    static final int RAW = 0x40;
    static final int TYPE_MASK = 0x0F;

    static final int INT = 0xFFFF;
    static final int CHUNKED = 0xFFFE;
    static final int REFERENCE = 0xFFFD;

    static final long NO_EXPIRE = -1;

    static final int KEY_LENGTH_AT = 4;
    static final int FORM_AT = 5;
    static final int FIXED = 7;
    static final int EXPIRE_BYTES = 12;

    private static final int LONG_KEY = 254;
    private static final int CHUNKED_KEY = 255;

    /** Above this a string stands in chunks: what is left of a block beside the fixed part and an ordinary key. */
    static final int INLINE_KEY_MAX = 1024;

    private Entries() {}

    // ---- reading

    static int head(PageMemory m, long e) {
        return m.getByte(e);
    }

    static ValueType type(PageMemory m, long e) {
        return ValueType.of(m.getByte(e) & TYPE_MASK);
    }

    static int form(PageMemory m, long e) {
        return m.getShort(e + FORM_AT);
    }

    static long expireAt(PageMemory m, long e) {
        return (m.getByte(e) & EXPIRE_AREA) == 0 ? NO_EXPIRE : m.getLong(e + FIXED);
    }

    static int filedLow(PageMemory m, long e) {
        return m.getInt(e + FIXED + 8);
    }

    private static int keyField(int head) {
        return (head & EXPIRE_AREA) == 0 ? FIXED : FIXED + EXPIRE_BYTES;
    }

    static int keyLength(PageMemory m, long e) {
        int n = m.getByte(e + KEY_LENGTH_AT);
        return n < LONG_KEY ? n : m.getInt(e + keyField(m.getByte(e)));
    }

    /** Bytes the key takes in the entry, with what announces it. */
    private static int keySpace(PageMemory m, long e, int head) {
        int n = m.getByte(e + KEY_LENGTH_AT);
        if (n < LONG_KEY) {
            return n;
        }
        return n == CHUNKED_KEY ? 12 : 4 + m.getInt(e + keyField(head));
    }

    /** Where the value (or what stands for it) begins. */
    static long valueAt(PageMemory m, long e) {
        int head = m.getByte(e);
        return e + keyField(head) + keySpace(m, e, head);
    }

    /** Bytes the value takes in the entry. An empty string takes one, so that its address lies within the block. */
    static int formSpace(int form) {
        return switch (form) {
            case 0 -> 1;
            case INT, REFERENCE -> 8;
            case CHUNKED -> 16;
            default -> form;
        };
    }

    /** Bytes of the whole entry. */
    static int size(PageMemory m, long e) {
        int head = m.getByte(e);
        return keyField(head) + keySpace(m, e, head) + formSpace(form(m, e));
    }

    static boolean keyEquals(PageMemory m, long e, byte[] key, int offset, int length) {
        int n = m.getByte(e + KEY_LENGTH_AT);
        if (n < LONG_KEY) {
            return n == length && m.equals(e + keyField(m.getByte(e)), key, offset, length);
        }
        long at = e + keyField(m.getByte(e));
        if (m.getInt(at) != length) {
            return false;
        }
        if (n == LONG_KEY) {
            return m.equals(at + 4, key, offset, length);
        }
        return ChunkedBytes.equals(m, m.getLong(at + 4), length, key, offset);
    }

    /** Whether the key can be read in place. */
    static boolean keyIsInline(PageMemory m, long e) {
        return m.getByte(e + KEY_LENGTH_AT) != CHUNKED_KEY;
    }

    /** Address of an inline key's first byte. */
    static long keyAt(PageMemory m, long e) {
        long at = e + keyField(m.getByte(e));
        return m.getByte(e + KEY_LENGTH_AT) == LONG_KEY ? at + 4 : at;
    }

    /** Root of the chunks of a key that is not inline. */
    static long keyRoot(PageMemory m, long e) {
        return m.getLong(e + keyField(m.getByte(e)) + 4);
    }

    /** Copies the key to {@code to}, which is long enough. */
    static void copyKey(PageMemory m, long e, byte[] to, int offset) {
        int length = keyLength(m, e);
        if (keyIsInline(m, e)) {
            m.copyOut(keyAt(m, e), to, offset, length);
        } else {
            ChunkedBytes.read(m, m.getLong(e + keyField(m.getByte(e)) + 4), length, 0, to, offset, length);
        }
    }

    /** A copy of the key. */
    static byte[] key(PageMemory m, long e) {
        byte[] key = new byte[keyLength(m, e)];
        copyKey(m, e, key, 0);
        return key;
    }

    /** Whether the key matches a glob pattern. */
    static boolean keyMatches(PageMemory m, long e, byte[] glob, int from, int length) {
        if (keyIsInline(m, e)) {
            long at = keyAt(m, e);
            return Glob.matches(glob, from, length, m.array(at), m.index(at), keyLength(m, e), false);
        }
        byte[] key = key(m, e);
        return Glob.matches(glob, from, length, key, 0, key.length, false);
    }

    /** Replies the key as a bulk string. */
    static void replyKey(PageMemory m, long e, Reply reply) {
        if (keyIsInline(m, e)) {
            long at = keyAt(m, e);
            reply.bulk(m.array(at), m.index(at), keyLength(m, e));
        } else {
            reply.bulk(key(m, e));
        }
    }

    static long stringLength(PageMemory m, long e) {
        int form = form(m, e);
        if (form == INT) {
            return io.duetdb.bytes.Numbers.length(m.getLong(valueAt(m, e)));
        }
        return form == CHUNKED ? m.getLong(valueAt(m, e)) : form;
    }

    /** The encoding of a string as OBJECT ENCODING names it. */
    static String encoding(PageMemory m, long e) {
        int form = form(m, e);
        if (form == INT) {
            return "int";
        }
        boolean raw = (head(m, e) & RAW) != 0 || form > 44; // OBJ_ENCODING_EMBSTR_SIZE_LIMIT
        return raw ? "raw" : "embstr";
    }

    // ---- writing

    /** How a key of {@code length} bytes is announced. */
    private static int keyMark(int length) {
        if (length < LONG_KEY) {
            return length;
        }
        return length <= INLINE_KEY_MAX ? LONG_KEY : CHUNKED_KEY;
    }

    private static int keySpaceFor(int length) {
        int mark = keyMark(length);
        return mark < LONG_KEY ? length : mark == LONG_KEY ? 4 + length : 12;
    }

    /** Bytes of an entry with a key of {@code keyLength} bytes, with or without expire area, of a form. */
    static int sizeFor(int keyLength, boolean expireArea, int form) {
        return FIXED + (expireArea ? EXPIRE_BYTES : 0) + keySpaceFor(keyLength) + formSpace(form);
    }

    /** Whether a string of {@code length} bytes stands in the entry itself, beside such a key. */
    static boolean fitsInline(int keyLength, long length) {
        return length <= PageMemory.MAX_BLOCK - FIXED - EXPIRE_BYTES - keySpaceFor(keyLength);
    }

    /** A new entry with this key and no value bytes yet; copies the key. */
    static long create(PageMemory m, Argv argv, int key, int head, int clock, int form) {
        int length = argv.length(key);
        boolean area = (head & EXPIRE_AREA) != 0;
        long e = m.allocate(sizeFor(length, area, form), Kind.ENTRY);
        int mark = keyMark(length);
        m.putInt(e, head | clock << 8);
        m.putByte(e + KEY_LENGTH_AT, mark);
        m.putShort(e + FORM_AT, form);
        long at = e + FIXED;
        if (area) {
            m.putLong(at, NO_EXPIRE);
            m.putInt(at + 8, 0);
            at += EXPIRE_BYTES;
        }
        if (mark == CHUNKED_KEY) {
            m.putInt(at, length);
            m.putLong(at + 4, ChunkedBytes.create(m, argv, key));
        } else if (mark == LONG_KEY) {
            m.putInt(at, length);
            m.copyIn(at + 4, argv.array(key), argv.offset(key), length);
        } else {
            m.copyIn(at, argv.array(key), argv.offset(key), length);
        }
        return e;
    }

    /**
     * A new entry with the key of {@code old}, whose block is freed; what stands for the old value is the caller's.
     * Clock, type and flags are taken over, the expire area too where both have one; value bytes are not copied.
     */
    static long recreate(PageMemory m, long old, boolean expireArea, int form) {
        int head = m.getByte(old);
        boolean hadArea = (head & EXPIRE_AREA) != 0;
        int space = keySpace(m, old, head);
        int newHead = expireArea ? head | EXPIRE_AREA : head & ~(EXPIRE_AREA | FILED);
        long e = m.allocate(FIXED + (expireArea ? EXPIRE_BYTES : 0) + space + formSpace(form), Kind.ENTRY);
        m.putInt(e, (m.getInt(old) & ~0xFF) | newHead);
        m.putByte(e + KEY_LENGTH_AT, m.getByte(old + KEY_LENGTH_AT));
        m.putShort(e + FORM_AT, form);
        if (expireArea) {
            m.putLong(e + FIXED, hadArea ? m.getLong(old + FIXED) : NO_EXPIRE);
            m.putInt(e + FIXED + 8, hadArea ? m.getInt(old + FIXED + 8) : 0);
        }
        m.move(e + keyField(newHead), old + keyField(head), space);
        return e;
    }

    /** Frees an entry's block and a chunked key; the value is the caller's. */
    static void free(PageMemory m, long e) {
        if (!keyIsInline(m, e)) {
            long at = e + keyField(m.getByte(e));
            ChunkedBytes.free(m, m.getLong(at + 4), m.getInt(at));
        }
        m.free(e);
    }
}
