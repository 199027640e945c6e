package io.duetdb.rdb;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Snapshot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Writes values in the RDB format, each with the plainest type that holds it: every Redis since 4.0 reads them, only
 * fields with times to live need 7.4. Small buffers of its own; not for two threads at once.
 */
public final class RdbWriter implements ElementVisitor {
    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG_BE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT_BE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /** Shorter strings are never compressed: it would not pay, as in Redis. */
    private static final int COMPRESSED_MIN = 21;

    /** Longer strings are not compressed: that would take twice their room in the heap, which nobody has reckoned with. */
    private static final int COMPRESSED_MAX = 16 << 20;

    /** Strings are read in one piece up to this length. */
    private static final int PIECE = 64 * 1024;

    private static final int INTEGER_DIGITS = 11;

    private final RdbOutput out;
    private final boolean compress;
    private final byte[] head = new byte[16];
    private byte[] piece = new byte[1024];
    private long minExpireAt;
    private @Nullable Lzf lzf;

    /** A writer to {@code out}; {@code compress}: longer strings are packed where that makes them smaller. */
    public RdbWriter(RdbOutput out, boolean compress) {
        this.out = out;
        this.compress = compress;
    }

    /** The first byte of a value: its type. */
    public int type(Snapshot.ValueReader value) {
        return switch (value.type()) {
            case "string" -> RdbTypes.STRING;
            case "list" -> RdbTypes.LIST;
            case "set" -> RdbTypes.SET;
            case "zset" -> RdbTypes.ZSET_2;
            case "hash" -> value.hasFieldDeadlines() && earliest(value) >= 0 ? RdbTypes.HASH_FIELD_TTL : RdbTypes.HASH;
            default -> throw new IllegalArgumentException(value.type());
        };
    }

    /** The version of the format that a type needs. */
    public static int version(int type) {
        return type == RdbTypes.HASH_FIELD_TTL ? RdbTypes.VERSION_MAX : RdbTypes.VERSION_PLAIN;
    }

    private static long earliest(Snapshot.ValueReader hash) {
        long[] earliest = {-1};
        hash.forEach(new ElementVisitor() {
            @Override
            public void field(byte[] f, int fOffset, int fLength, byte[] v, int vOffset, int vLength, long expireAtMs) {
                if (expireAtMs >= 0 && (earliest[0] < 0 || expireAtMs < earliest[0])) {
                    earliest[0] = expireAtMs;
                }
            }
        });
        return earliest[0];
    }

    /** Writes a value behind its type, which {@link #type} said. */
    public void value(int type, Snapshot.ValueReader value) {
        if (type == RdbTypes.STRING) {
            string(value);
            return;
        }
        minExpireAt = -1;
        if (type == RdbTypes.HASH_FIELD_TTL) {
            minExpireAt = earliest(value);
            LONG_LE.set(head, 0, minExpireAt);
            out.write(head, 0, Long.BYTES);
        }
        length(value.size());
        value.forEach(this);
    }

    private void string(Snapshot.ValueReader value) {
        long length = value.length();
        if (length <= PIECE) {
            int n = (int) length;
            room(n);
            value.copy(0, piece, 0, n);
            string(piece, 0, n);
            return;
        }
        if (compress && length <= COMPRESSED_MAX) {
            byte[] whole = new byte[(int) length];
            value.copy(0, whole, 0, whole.length);
            string(whole, 0, whole.length);
            return;
        }
        length(length);
        room(PIECE);
        for (long from = 0; from < length; from += PIECE) {
            int n = (int) Math.min(PIECE, length - from);
            value.copy(from, piece, 0, n);
            out.write(piece, 0, n);
        }
    }

    private void room(int n) {
        if (piece.length < n) {
            piece = new byte[Math.max(n, Math.min(PIECE, 2 * piece.length))];
        }
    }

    // ---- elements

    @Override
    public void element(byte[] b, int offset, int length) {
        string(b, offset, length);
    }

    @Override
    public void field(byte[] f, int fOffset, int fLength, byte[] v, int vOffset, int vLength, long expireAtMs) {
        if (minExpireAt >= 0) {
            length(expireAtMs < 0 ? 0 : expireAtMs - minExpireAt + 1);
        }
        string(f, fOffset, fLength);
        string(v, vOffset, vLength);
    }

    @Override
    public void member(byte[] b, int offset, int length, double score) {
        string(b, offset, length);
        LONG_LE.set(head, 0, Double.doubleToRawLongBits(score));
        out.write(head, 0, Long.BYTES);
    }

    // ---- the format's parts

    /** Writes a length, or a number that is none but is spelled as one. */
    public void length(long value) {
        if (value < 1 << 6) {
            head[0] = (byte) value;
            out.write(head, 0, 1);
        } else if (value < 1 << 14) {
            head[0] = (byte) (RdbTypes.LENGTH_14 << 6 | value >>> 8);
            head[1] = (byte) value;
            out.write(head, 0, 2);
        } else if (value <= 0xFFFF_FFFFL) {
            head[0] = (byte) RdbTypes.LENGTH_32;
            INT_BE.set(head, 1, (int) value);
            out.write(head, 0, 1 + Integer.BYTES);
        } else {
            head[0] = (byte) RdbTypes.LENGTH_64;
            LONG_BE.set(head, 1, value);
            out.write(head, 0, 1 + Long.BYTES);
        }
    }

    /** Writes a string: as a number where it is the decimal form of a small one, packed, or as it is. */
    public void string(byte[] b, int offset, int length) {
        if (length <= INTEGER_DIGITS && integer(b, offset, length)) {
            return;
        }
        if (compress && length >= COMPRESSED_MIN && length <= COMPRESSED_MAX) {
            Lzf packer = packer();
            int packed = packer.compress(b, offset, length);
            if (packed > 0) {
                head[0] = (byte) (RdbTypes.LENGTH_SPECIAL << 6 | RdbTypes.LZF);
                out.write(head, 0, 1);
                length(packed);
                length(length);
                out.write(packer.packed(), 0, packed);
                return;
            }
        }
        length(length);
        out.write(b, offset, length);
    }

    private Lzf packer() {
        Lzf present = lzf;
        if (present == null) {
            present = new Lzf();
            lzf = present;
        }
        return present;
    }

    private boolean integer(byte[] b, int offset, int length) {
        long value = Numbers.parse(b, offset, length);
        if (value == Numbers.NOT_A_LONG || value != (int) value) {
            return false;
        }
        int bytes = value == (byte) value ? 1 : value == (short) value ? 2 : 4;
        int kind = bytes == 1 ? RdbTypes.INT_8 : bytes == 2 ? RdbTypes.INT_16 : RdbTypes.INT_32;
        head[0] = (byte) (RdbTypes.LENGTH_SPECIAL << 6 | kind);
        for (int i = 0; i < bytes; i++) {
            head[1 + i] = (byte) (value >>> 8 * i);
        }
        out.write(head, 0, 1 + bytes);
        return true;
    }
}
