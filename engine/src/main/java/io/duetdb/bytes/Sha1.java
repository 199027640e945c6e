package io.duetdb.bytes;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-1, by which scripts are named. For cold paths: it allocates. */
public final class Sha1 {
    private Sha1() {}

    /** The digest of {@code length} bytes at {@code offset} as 40 lower-case hexadecimal digits. */
    public static byte[] hex(byte[] b, int offset, int length) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
        digest.update(b, offset, length);
        byte[] raw = digest.digest();
        byte[] hex = new byte[2 * raw.length];
        for (int i = 0; i < raw.length; i++) {
            hex[2 * i] = digit(raw[i] >> 4 & 0xF);
            hex[2 * i + 1] = digit(raw[i] & 0xF);
        }
        return hex;
    }

    private static byte digit(int value) {
        return (byte) (value < 10 ? '0' + value : 'a' + value - 10);
    }
}
