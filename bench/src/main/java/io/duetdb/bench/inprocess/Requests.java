package io.duetdb.bench.inprocess;

import io.duetdb.engine.api.Argv;
import java.nio.charset.StandardCharsets;

/** A request whose key's digits and value can be rewritten in place: making one allocates nothing. */
final class Requests {
    private static final int DIGITS = 12;

    private final byte[] bytes;
    private final Argv argv;
    private final int keyEnd;
    private final int valueFrom;
    private final int valueLength;

    private Requests(byte[] bytes, Argv argv, int keyEnd, int valueFrom, int valueLength) {
        this.bytes = bytes;
        this.argv = argv;
        this.keyEnd = keyEnd;
        this.valueFrom = valueFrom;
        this.valueLength = valueLength;
    }

    /** SET of a 16-byte key to a value of {@code valueLength} bytes. */
    static Requests set(int valueLength) {
        String text = "SETkey:" + "0".repeat(DIGITS) + "v".repeat(valueLength);
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return new Requests(bytes, new Argv(), 7 + DIGITS, 7 + DIGITS, valueLength);
    }

    /** DEL of a 16-byte key. */
    static Requests del() {
        byte[] bytes = ("DELkey:" + "0".repeat(DIGITS)).getBytes(StandardCharsets.US_ASCII);
        return new Requests(bytes, new Argv(), 7 + DIGITS, bytes.length, 0);
    }

    /** The request for key number {@code id}; {@code version} goes into the value. Valid until the next call. */
    Argv with(long id, long version) {
        digits(bytes, keyEnd, DIGITS, id);
        argv.wrap(bytes);
        argv.add(0, 3);
        argv.add(3, keyEnd - 3);
        if (valueLength > 0) {
            digits(bytes, valueFrom + valueLength, Math.min(valueLength, DIGITS), version);
            argv.add(valueFrom, valueLength);
        }
        return argv;
    }

    /** Writes the last {@code count} decimal digits of a number so that they end before {@code end}. */
    static void digits(byte[] to, int end, int count, long value) {
        long left = value;
        for (int i = 1; i <= count; i++) {
            to[end - i] = (byte) ('0' + left % 10);
            left /= 10;
        }
    }
}
