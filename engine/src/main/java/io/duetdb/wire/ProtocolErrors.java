package io.duetdb.wire;

import java.nio.charset.StandardCharsets;

/** The error lines that end a connection whose bytes are no RESP, texts as redis-server has them. */
final class ProtocolErrors {
    static final byte[] MULTIBULK_LENGTH = line("invalid multibulk length");
    static final byte[] UNAUTHENTICATED_MULTIBULK = line("unauthenticated multibulk length");
    static final byte[] BULK_LENGTH = line("invalid bulk length");
    static final byte[] UNAUTHENTICATED_BULK = line("unauthenticated bulk length");
    static final byte[] MULTIBULK_LINE = line("too big mbulk count string");
    static final byte[] BULK_LINE = line("too big bulk count string");
    static final byte[] INLINE = line("too big inline request");
    static final byte[] QUOTES = line("unbalanced quotes in request");

    private ProtocolErrors() {}

    /** Something else stands where a bulk's dollar sign should. */
    static byte[] expectedDollar(byte got) {
        byte[] line = line("expected '$', got ' '");
        if (got != '\r' && got != '\n') {
            line[line.length - 2] = got;
        }
        return line;
    }

    private static byte[] line(String what) {
        return ("ERR Protocol error: " + what).getBytes(StandardCharsets.US_ASCII);
    }
}
