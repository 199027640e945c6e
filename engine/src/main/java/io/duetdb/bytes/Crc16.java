package io.duetdb.bytes;

/** CRC-16/XMODEM (polynomial 0x1021), which maps keys to cluster slots. */
public final class Crc16 {
    /** Number of cluster slots. */
    public static final int SLOTS = 16384;

    private static final char[] TABLE = table();

    private Crc16() {}

    /** The checksum of {@code length} bytes at {@code offset}: 0 to 65535. */
    public static int of(byte[] b, int offset, int length) {
        int crc = 0;
        for (int i = offset, end = offset + length; i < end; i++) {
            crc = crc << 8 & 0xFFFF ^ TABLE[crc >>> 8 ^ b[i] & 0xFF];
        }
        return crc;
    }

    /**
     * The cluster slot of a key: of the bytes between the first <code>{</code> and the next <code>}</code> if there are
     * any, else of the whole key.
     */
    public static int slot(byte[] key, int offset, int length) {
        int end = offset + length;
        int open = indexOf(key, offset, end, '{');
        if (open < end) {
            int close = indexOf(key, open + 1, end, '}');
            if (close < end && close > open + 1) {
                return of(key, open + 1, close - open - 1) & SLOTS - 1;
            }
        }
        return of(key, offset, length) & SLOTS - 1;
    }

    private static int indexOf(byte[] b, int from, int end, int wanted) {
        int i = from;
        while (i < end && b[i] != wanted) {
            i++;
        }
        return i;
    }

    private static char[] table() {
        char[] table = new char[256];
        for (int n = 0; n < 256; n++) {
            int crc = n << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
            }
            table[n] = (char) crc;
        }
        return table;
    }
}
