package io.duetdb.wire;

import io.duetdb.engine.api.Argv;
import org.jspecify.annotations.Nullable;

/**
 * What all decoders of one loop share: the query buffer that sockets are read into, the batch of requests that is
 * executed next, and small stocks of spare arrays, so that a connection owns memory only while a request of its is
 * unfinished. Used by one thread.
 */
public final class WireBuffers {
    /** Size of the query buffer, and so the most that is read from one connection at a time. */
    public static final int QUERY_BYTES = 64 * 1024;

    /** Requests in a batch at most. */
    public static final int BATCH_MAX = 32;

    static final int PIECE_BYTES = 64 * 1024;
    private static final int SPARE_PIECES_MAX = 32;
    private static final int SPARE_ARGVS_MAX = 32;
    private static final int SPARE_TAILS_MAX = 8;
    private static final int TAIL_BITS_MIN = 9;
    private static final int TAIL_BITS_MAX = 17;

    private byte[] query = new byte[0];
    private final Argv[] batch = new Argv[BATCH_MAX];
    private final byte[][] pieces = new byte[SPARE_PIECES_MAX][];
    private int pieceCount;
    private final Argv[] argvs = new Argv[SPARE_ARGVS_MAX];
    private int argvCount;
    private final byte[][][] tails = new byte[TAIL_BITS_MAX + 1][SPARE_TAILS_MAX][];
    private final int[] tailCounts = new int[TAIL_BITS_MAX + 1];

    /** Stocks that are empty but for the query buffer and the batch. */
    public WireBuffers() {
        for (int i = 0; i < BATCH_MAX; i++) {
            batch[i] = new Argv();
        }
    }

    /** The loop's query buffer, {@link #QUERY_BYTES} long; made when it is first asked for. */
    public byte[] query() {
        if (query.length == 0) {
            query = new byte[QUERY_BYTES];
        }
        return query;
    }

    /** The batch that {@link RespDecoder#decode} fills: its entries are exchanged now and then. */
    public Argv[] batch() {
        return batch;
    }

    /** Bytes held in the stocks: bounded, whatever the connections did. */
    public long spareBytes() {
        long sum = (long) pieceCount * PIECE_BYTES;
        for (int bits = TAIL_BITS_MIN; bits <= TAIL_BITS_MAX; bits++) {
            sum += (long) tailCounts[bits] << bits;
        }
        return sum;
    }

    Argv takeArgv() {
        return argvCount == 0 ? new Argv() : argvs[--argvCount];
    }

    void give(Argv argv) {
        if (argvCount < SPARE_ARGVS_MAX) {
            argvs[argvCount++] = argv;
        }
    }

    byte[] takePiece() {
        return pieceCount == 0 ? new byte[PIECE_BYTES] : pieces[--pieceCount];
    }

    void givePiece(byte @Nullable [] piece) {
        if (piece != null && piece.length == PIECE_BYTES && pieceCount < SPARE_PIECES_MAX) {
            pieces[pieceCount++] = piece;
        }
    }

    /** An array of at least {@code length} bytes: a power of two up to {@code 2^17}, beyond that half as much again. */
    byte[] takeTail(int length) {
        int bits = Math.max(TAIL_BITS_MIN, 32 - Integer.numberOfLeadingZeros(length - 1));
        if (bits > TAIL_BITS_MAX) {
            return new byte[(int) Math.min(Integer.MAX_VALUE - 8, length + (long) length / 2)];
        }
        return tailCounts[bits] == 0 ? new byte[1 << bits] : tails[bits][--tailCounts[bits]];
    }

    void giveTail(byte[] tail) {
        int bits = 31 - Integer.numberOfLeadingZeros(tail.length);
        if (bits <= TAIL_BITS_MAX && tail.length == 1 << bits && tailCounts[bits] < SPARE_TAILS_MAX) {
            tails[bits][tailCounts[bits]++] = tail;
        }
    }
}
