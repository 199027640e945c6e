package io.duetdb.persistence.aof;

import java.util.zip.CRC32C;

/**
 * CRC-32C of all bytes of a file, kept while it grows. The JDK's class can't begin with a given value, so what stood
 * before is shifted behind the bytes since: appending n bytes to a message multiplies its remainder by x^8n.
 */
final class RunningCrc {
    private static final int POLYNOMIAL = 0x82F63B78; // reflected: the highest bit is x^0
    private static final int X_8 = 1 << 23;

    private final CRC32C since = new CRC32C();
    private long sinceBytes;
    private int before;

    /** Begins behind bytes whose CRC is {@code crc}; 0 for none. */
    void startFrom(int crc) {
        before = crc;
        since.reset();
        sinceBytes = 0;
    }

    /** Takes further bytes in. */
    void update(byte[] bytes, int offset, int length) {
        since.update(bytes, offset, length);
        sinceBytes += length;
    }

    /** CRC of all bytes. */
    int value() {
        return value((int) since.getValue(), sinceBytes);
    }

    private int value(int sinceValue, long bytes) {
        return before == 0 ? sinceValue : shifted(before, bytes) ^ sinceValue;
    }

    /** A mark to return to, with {@link #markBytes}. */
    int mark() {
        return (int) since.getValue();
    }

    /** The other half of a mark. */
    long markBytes() {
        return sinceBytes;
    }

    /** Forgets the bytes that came behind a mark. */
    void rewind(int mark, long markBytes) {
        startFrom(value(mark, markBytes));
    }

    /** The CRC's part in that of a message which is longer by {@code bytes}. */
    static int shifted(int crc, long bytes) {
        int result = crc;
        int power = X_8;
        for (long left = bytes; left > 0; left >>>= 1) {
            if ((left & 1) != 0) {
                result = times(result, power);
            }
            power = times(power, power);
        }
        return result;
    }

    private static int times(int a, int b) {
        int product = 0;
        int shifting = b;
        for (int bit = Integer.SIZE - 1; bit >= 0; bit--) {
            if ((a >>> bit & 1) != 0) {
                product ^= shifting;
            }
            shifting = (shifting & 1) != 0 ? shifting >>> 1 ^ POLYNOMIAL : shifting >>> 1;
        }
        return product;
    }
}
