package io.duetdb.wire;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;

/** Spells requests as RESP arrays of bulk strings: what clients send and append-only files hold. */
public final class CommandEncoder {
    private CommandEncoder() {}

    /** Number of bytes {@link #write} needs for a request. */
    public static long length(Argv argv) {
        int count = argv.count();
        long sum = 3 + Numbers.length(count);
        for (int i = 0; i < count; i++) {
            int n = argv.length(i);
            sum += 5 + Numbers.length(n) + n;
        }
        return sum;
    }

    /** Writes a request at {@code offset} and returns the position behind it. {@link #length} bytes must be free. */
    public static int write(Argv argv, byte[] to, int offset) {
        int count = argv.count();
        int at = header('*', count, to, offset);
        for (int i = 0; i < count; i++) {
            int n = argv.length(i);
            at = header('$', n, to, at);
            argv.copy(i, 0, to, at, n);
            at = crlf(to, at + n);
        }
        return at;
    }

    /** Writes the line that announces {@code count} arguments, for who writes the arguments one by one. */
    public static int header(char kind, int count, byte[] to, int offset) {
        to[offset] = (byte) kind;
        return crlf(to, Numbers.write(count, to, offset + 1));
    }

    private static int crlf(byte[] to, int at) {
        to[at] = '\r';
        to[at + 1] = '\n';
        return at + 2;
    }
}
