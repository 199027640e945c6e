package io.duetdb.persistence.aof;

import io.duetdb.bytes.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The line of a checksum in an append-only file: {@code #DC1:<offset>:<crc>:<effects>} and CRLF. Redis from 7.0 on skips
 * lines that begin with {@code #}. It vouches for all bytes of the file before it.
 *
 * @param offset where its {@code #} stands in the file
 * @param crc CRC-32C of all bytes before {@code offset}
 * @param effects logical offset of the effects that stand before it
 */
public record Annotation(long offset, int crc, long effects) {
    /** Longest line, CRLF included. */
    public static final int BYTES_MAX = 5 + 20 + 1 + 8 + 1 + 20 + 2;

    private static final byte[] HEAD = "#DC1:".getBytes(StandardCharsets.US_ASCII);
    private static final int CRC_DIGITS = 8;

    /** Writes the line to {@code to}. Returns the position behind it. */
    public static int write(long offset, int crc, long effects, byte[] to, int at) {
        System.arraycopy(HEAD, 0, to, at, HEAD.length);
        int end = Numbers.write(offset, to, at + HEAD.length);
        to[end++] = ':';
        for (int i = CRC_DIGITS - 1; i >= 0; i--) {
            to[end++] = (byte) Character.forDigit(crc >>> 4 * i & 0xF, 16);
        }
        to[end++] = ':';
        end = Numbers.write(effects, to, end);
        to[end++] = '\r';
        to[end++] = '\n';
        return end;
    }

    /** Whether a line that begins with {@code #} claims to be one. */
    public static boolean claims(byte[] line, int at, int length) {
        return length >= HEAD.length && Arrays.equals(line, at, at + HEAD.length, HEAD, 0, HEAD.length);
    }

    /** Reads a line without its CRLF, strictly: anything that {@link #write} would not have written is null. */
    public static @Nullable Annotation parse(byte[] line, int at, int length) {
        String[] parts = new String(line, at, length, StandardCharsets.ISO_8859_1).split(":", -1);
        if (parts.length != 4 || !parts[0].equals("#DC1") || parts[2].length() != CRC_DIGITS) {
            return null;
        }
        try {
            Annotation read = new Annotation(
                    Long.parseLong(parts[1]), Integer.parseUnsignedInt(parts[2], 16), Long.parseLong(parts[3]));
            byte[] again = new byte[BYTES_MAX];
            int end = write(read.offset, read.crc, read.effects, again, 0) - 2;
            return Arrays.equals(line, at, at + length, again, 0, end) ? read : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
