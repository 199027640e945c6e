package io.duetdb.rest;

import java.nio.charset.StandardCharsets;

/** The named maxima of the HTTP side that are not settings, and the error that says one was passed. */
final class Limits {
    /** Longest request line: the path form carries values in it. */
    static final int REQUEST_LINE = 64 * 1024;
    /** Longest head, request line included. */
    static final int HEAD = 96 * 1024;
    /** Most header fields in a head, or in the trailer of a chunked body. */
    static final int FIELDS = 100;
    /** Longest chunk-size line and longest trailer. */
    static final int CHUNK_LINE = 256;

    static final int TRAILER = 4 * 1024;
    /** How much of a body that was already refused is read, so that the connection can go on. */
    static final int SKIP = 64 * 1024;
    /** A body that brings less than this within the body timeout counts as idle. */
    static final int BODY_PROGRESS = 4 * 1024;
    /** Rows of a pipeline are collected up to this many bytes or rows before they are executed. */
    static final int WINDOW_BYTES = 1 << 20;

    static final int WINDOW_ROWS = 4096;
    /**
     * Rows of a body that is still arriving are collected up to this many bytes while the peer does not take the response:
     * most clients read nothing before they have sent all.
     */
    static final int COLLECTED_BYTES = 64 << 20;
    /** Rows handed to the engine at once. */
    static final int BATCH = 16;
    /** A response that is not complete is kept back up to this many bytes, then sent in chunks. */
    static final int RESPONSE_BYTES = 256 * 1024;
    /**
     * The replies of a transaction together, where the heap is large enough: those that would pass it are refused like a
     * reply that is too large.
     */
    static final int TRANSACTION_BYTES = 256 << 20;
    /** What may wait to be written to a socket before its next request is looked at. */
    static final int OUTGOING_BYTES = 1 << 20;

    /** Replies of all connections that wait for the end of a turn: beyond this they leave as soon as they may. */
    static final int TURN_BYTES = 4 << 20;
    /**
     * What peers may leave with us, all of them together: in their sockets' queues, because they don't read, and in
     * requests without an end. Each is this share of the heap.
     */
    static final int PEERS_SHARE = 8;

    static final long PEERS_BYTES_MIN = 8 << 20;

    /** A stream of events gets a sign of life this often: less than what proxies wait for. */
    static final int BEAT_SECONDS = 15;

    private Limits() {}

    /** The line of the error for a request or reply of {@code actual} bytes. */
    static byte[] exceeded(long limit, long actual) {
        return ("ERR max request size exceeded. Limit: " + limit + ", Actual: " + actual)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
