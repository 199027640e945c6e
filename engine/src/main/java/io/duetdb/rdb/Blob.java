package io.duetdb.rdb;

import io.duetdb.bytes.Numbers;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Elements that Redis keeps packed in one string, walked from the first to the last. Every length in it is checked before
 * it is believed, and the whole must be exactly as long and have as many elements as it says.
 *
 * <p>The element is {@link #length} bytes of {@link #bytes} from {@link #offset} on. It stays readable until the second
 * move after it, so that a pair can be looked at together.
 */
abstract class Blob {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int DIGITS = 20;

    /** What a 16-bit count says when it does not know. */
    static final int UNKNOWN = 0xFFFF;

    final byte[] blob;
    final int end;
    int at;
    private final String name;
    private byte[] digits = new byte[DIGITS];
    private byte[] otherDigits = new byte[DIGITS];
    private byte[] bytes;
    private int offset;
    private int length;
    private long number;
    private long count;

    Blob(String name, byte[] blob, int length) {
        this.name = name;
        this.blob = blob;
        this.bytes = blob;
        this.end = length;
    }

    /** Goes to the next element; false behind the last one, when the whole has been found in order. */
    abstract boolean next();

    /**
     * Walks to the end and hands all elements over as they stand, if {@code to} takes them. Else the walk begins anew.
     */
    boolean handOver(RdbSink to) {
        return false;
    }

    /** Begins the walk anew. */
    final void rewind(int first) {
        at = first;
        count = 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    /** The element's value, if it is kept as an integer. */
    final long number() {
        return number;
    }

    /** Number of elements so far. */
    long count() {
        return count;
    }

    /** The next {@code n} bytes are the element. */
    final boolean string(long n) {
        need(n);
        bytes = blob;
        offset = at;
        length = (int) n;
        at += length;
        count++;
        return true;
    }

    /** A number is the element. */
    final boolean integer(long value) {
        byte[] own = digits;
        digits = otherDigits;
        otherDigits = own;
        bytes = own;
        number = value;
        offset = 0;
        length = Numbers.write(value, own, 0);
        count++;
        return true;
    }

    /** Checks that {@code n} bytes follow. */
    final void need(long n) {
        if (n < 0 || n > end - at) {
            throw damaged("a length goes beyond its end");
        }
    }

    /** The end: {@code expected} elements were announced, unless that is {@link #UNKNOWN}. Returns false. */
    final boolean finish(long expected) {
        if (at != end) {
            throw damaged("bytes follow its end");
        }
        if (expected != UNKNOWN && expected != count) {
            throw damaged("it announces " + expected + " elements and has " + count);
        }
        return false;
    }

    final RdbFormatException damaged(String how) {
        return new RdbFormatException(name + " is damaged: " + how);
    }

    // ---- little-endian numbers, which are there

    final int u8(int index) {
        return blob[index] & 0xFF;
    }

    final int i16(int index) {
        return (short) SHORT.get(blob, index);
    }

    final int i24(int index) {
        return u8(index) | u8(index + 1) << 8 | blob[index + 2] << 16;
    }

    final int i32(int index) {
        return (int) INT.get(blob, index);
    }

    final long u32(int index) {
        return (int) INT.get(blob, index) & 0xFFFF_FFFFL;
    }

    final long i64(int index) {
        return (long) LONG.get(blob, index);
    }

    @Override
    public String toString() {
        return name + " " + Arrays.toString(Arrays.copyOfRange(bytes, offset, offset + length));
    }
}
