package io.duetdb.rdb;

import io.duetdb.bytes.Crc64;
import io.duetdb.engine.api.Snapshot;
import java.util.Arrays;

/** What DUMP hands out and RESTORE takes: type, value, the format's version in two bytes, CRC-64 in eight. */
public final class DumpPayload {
    private static final int FOOTER = 10;

    private byte[] buffer = new byte[256];
    private int length;
    private final RdbWriter writer = new RdbWriter(this::append, true);

    /** A payload to be made. */
    public DumpPayload() {}

    private void append(byte[] bytes, int offset, int n) {
        if (buffer.length - length < n) {
            buffer = Arrays.copyOf(buffer, Math.max(Math.addExact(length, n), (int) Math.min(1 << 30, 2L * length)));
        }
        System.arraycopy(bytes, offset, buffer, length, n);
        length += n;
    }

    /** The payload of a value. */
    public byte[] of(Snapshot.ValueReader value) {
        length = 0;
        int type = writer.type(value);
        append(new byte[] {(byte) type}, 0, 1);
        writer.value(type, value);
        int version = RdbWriter.version(type);
        append(new byte[] {(byte) version, (byte) (version >>> 8)}, 0, 2);
        long crc = Crc64.update(0, buffer, 0, length);
        byte[] sum = new byte[8];
        for (int i = 0; i < 8; i++) {
            sum[i] = (byte) (crc >>> 8 * i);
        }
        append(sum, 0, 8);
        byte[] payload = Arrays.copyOf(buffer, length);
        buffer = new byte[256];
        return payload;
    }

    /** Whether a payload is of a version that can be read, and its checksum right. */
    public static boolean isWhole(byte[] b, int offset, int length) {
        if (length < FOOTER) {
            return false;
        }
        int footer = offset + length - FOOTER;
        int version = b[footer] & 0xFF | (b[footer + 1] & 0xFF) << 8;
        long sum = 0;
        for (int i = 7; i >= 0; i--) {
            sum = sum << 8 | b[footer + 2 + i] & 0xFF;
        }
        return version <= RdbTypes.VERSION_MAX && sum == Crc64.update(0, b, offset, length - Long.BYTES);
    }

    /**
     * Reads the value of a whole payload.
     *
     * @throws RdbFormatException when it is damaged all the same, or bytes are left over
     */
    public static void read(byte[] b, int offset, int length, RdbSink to) {
        RdbBytes in = new RdbBytes(b, offset, length - FOOTER);
        int type = in.readByte();
        new RdbReader(in).value(type, to);
        if (in.left() > 0) {
            throw new RdbFormatException("bytes follow the value");
        }
    }
}
