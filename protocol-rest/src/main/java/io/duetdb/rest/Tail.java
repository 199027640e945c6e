package io.duetdb.rest;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The bytes of a connection that have come and cannot be processed yet: the beginning of a head, requests behind one
 * that runs. The tails of all connections together may hold a share of the heap; a connection that wants more than what
 * is left has to end.
 */
final class Tail {
    private static final byte[] EMPTY = new byte[0];
    private static final int KEPT = 4096;
    private static final int DOUBLED_TO = 64 * 1024;

    private final RestServer server;
    private byte[] bytes = EMPTY;
    private int size;

    Tail(RestServer server) {
        this.server = server;
    }

    /** The array the bytes stand in, from 0 to {@link #size}. */
    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    /** Appends the next {@code n} bytes of {@code from}. False when there is no room for them. */
    boolean append(ByteBuf from, int n) {
        if (bytes.length < size + n) {
            int length = Math.max(size + n, Math.min(bytes.length * 2, DOUBLED_TO));
            if (!server.unfinished(length - bytes.length)) {
                return false;
            }
            bytes = Arrays.copyOf(bytes, length);
        }
        from.readBytes(bytes, size, n);
        size += n;
        return true;
    }

    /**
     * Keeps the bytes of {@code b}, which may be this tail's, from {@code used} to {@code end} and nothing else. False
     * when there is no room for them.
     */
    boolean keep(byte[] b, int used, int end) {
        int rest = end - used;
        if (rest > bytes.length) {
            if (!server.unfinished(rest - bytes.length)) {
                return false;
            }
            bytes = new byte[rest];
        }
        System.arraycopy(b, used, bytes, 0, rest);
        size = rest;
        if (rest == 0 && bytes.length > KEPT) {
            clear();
        }
        return true;
    }

    /** Forgets everything. */
    void clear() {
        server.unfinished(-bytes.length);
        bytes = EMPTY;
        size = 0;
    }
}
