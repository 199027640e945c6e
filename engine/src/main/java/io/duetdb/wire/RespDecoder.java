package io.duetdb.wire;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes requests of the bytes of one connection: RESP arrays of bulk strings and inline commands, limits and error texts
 * as redis-server ({@code networking.c}). One per connection; it owns arrays only while a request is unfinished.
 *
 * <p>A session per read, all on the loop's thread:
 *
 * <pre>
 *   decoder.input(query, 0, n);
 *   while ((count = decoder.decode(max, authenticated)) &gt; 0) {
 *       done = engine.execute(client, buffers.batch(), count);     // fewer when the client was blocked meanwhile
 *       decoder.executed(done);
 *       if (done &lt; count) break;
 *   }
 *   decoder.keep();                                      // what is left outlives the query buffer
 * </pre>
 */
public final class RespDecoder {
    // Where the bytes are. What was kept comes before what the session brought:
    //
    //   own    [ ownFrom .. at .. ownEnd )   a request that is not finished, or requests that could not be executed yet
    //   input  [ from .. at .. to )          the loop's query buffer
    //   pieces                               the bulk that is arriving, when it is a big one
    // A request is parsed where it stands. An unfinished one moves to `own` together with the state of the parser
    // (`partial`, `left`, `bulk`, `at`), and is finished there by appending no more of the input than it needs; what
    // was
    // appended too much is given back. So no byte is parsed twice, however small the pieces in which it arrives.
    //
    // Invariant: a batch is taken from `own` or from the input, never from both, and bytes are appended to `own` only
    // while the batch is empty: what a batch refers to stays in its place until the next call of decode or keep.

    /** A longer line without an end is an error ({@code PROTO_INLINE_MAX_SIZE}). */
    static final int LINE_MAX = 64 * 1024;

    /** Bulks over this size that have not arrived whole go into pieces. */
    static final int PIECES_FROM = 32 * 1024;

    static final int UNAUTHENTICATED_ARGUMENTS = 10;
    static final int UNAUTHENTICATED_BULK = 16384;
    private static final int APPEND_STEP = 256;
    private static final int LARGE_ARGV = 4096;

    /** Where a longer line was searched in vain is remembered; no line this long is parsed by the fast path. */
    private static final int SHORT_LINE = 64;

    private static final int COMPLETE = 0;
    private static final int SKIPPED = 1;
    private static final int INCOMPLETE = 2;
    private static final int FAILED = 3;
    private static final byte[] NOTHING = new byte[0];
    private final WireBuffers buffers;
    private final DecoderLimits limits;
    private byte[] input = NOTHING;
    private int from;
    private int to;
    private byte @Nullable [] own;
    private int ownFrom;
    private int ownEnd;
    private @Nullable Argv partial;
    private int at;
    private int left;
    private int bulk = -1;
    private int scanned;
    private int appended;
    private @Nullable Pieces pieces;
    private boolean lent;
    private boolean ready;
    private final int[] ends = new int[WireBuffers.BATCH_MAX];
    private int batchCount;
    private boolean batchFromOwn;
    private int batchStart;
    private int largeAt = -1;
    private boolean authenticated;
    private byte @Nullable [] error;
    private boolean overLimit;

    /** A decoder at the start of a connection. */
    public RespDecoder(WireBuffers buffers, DecoderLimits limits) {
        this.buffers = buffers;
        this.limits = limits;
    }

    /** Offers bytes that just arrived; they are used in place until {@link #keep}. */
    public void input(byte[] bytes, int offset, int length) {
        assert from == to : "keep was not called";
        input = bytes;
        from = offset;
        to = offset + length;
        appended = 0;
    }

    /**
     * Fills the shared batch with the next complete requests, at most {@code max}, and returns their number; 0 when none
     * is complete or the protocol was violated ({@link #error}). They are valid until the next call of this method or of
     * {@link #keep}. While a client is not authenticated it gets one at a time, since the next one's limits depend on
     * whether this one is AUTH.
     */
    public int decode(int max, boolean clientAuthenticated) {
        settle();
        Argv[] batch = buffers.batch();
        authenticated = clientAuthenticated;
        int wanted = clientAuthenticated ? Math.min(max, ends.length) : 1;
        if (error != null || overLimit) {
            batchCount = 0;
        } else if (own != null) {
            batchCount = decodeOwn(batch, wanted);
        } else {
            batchCount = decodeInput(batch, wanted);
        }
        return batchCount;
    }

    /** Says how many requests of the batch were executed; the others will come again. */
    public void executed(int done) {
        if (done >= batchCount) {
            return;
        }
        error = null; // what stands behind the first unexecuted request is parsed again
        int position = done == 0 ? batchStart : ends[done - 1];
        batchCount = done;
        if (lent) { // a request with pieces stands alone in its batch
            takePartial(buffers.batch());
            largeAt = -1;
            ready = true;
            ownFrom = position;
            at = ends[0];
        } else if (batchFromOwn) {
            ownFrom = position;
            restart(position);
        } else {
            from = position;
        }
    }

    /** Ends the session: what was not executed is copied, the input is let go. */
    public void keep() {
        settle();
        if (from < to && error == null && !overLimit) {
            append(to - from);
        }
        letGo();
    }

    private void letGo() {
        from = 0;
        to = 0;
        input = NOTHING;
    }

    /** The error line to answer before the connection is closed, or null. Requests before it were handed out. */
    public byte @Nullable [] error() {
        return batchCount == 0 ? error : null;
    }

    /** Whether the connection keeps more unfinished bytes than allowed: it is to be closed without an answer. */
    public boolean overLimit() {
        return overLimit;
    }

    /** Number of bytes that arrived and were not executed yet. */
    public long pending() {
        return (own == null ? 0L : ownEnd - ownFrom) + (pieces == null ? 0 : pieces.held()) + (to - from);
    }

    /** Gives all arrays back: the connection is gone. */
    public void close() {
        if (own != null) {
            buffers.giveTail(own);
            own = null;
        }
        if (pieces != null) {
            pieces.recycle(buffers);
            pieces = null;
        }
        partial = null;
        letGo();
    }

    // ---- batches

    private void settle() { // the batch before was executed: what it lent is free again
        if (pieces != null && lent && !ready) {
            lent = false;
            pieces.recycle(buffers);
            pieces = null;
            buffers.batch()[0].wrap(NOTHING);
        }
        if (largeAt >= 0) {
            buffers.batch()[largeAt] = new Argv(); // a request of many arguments leaves large tables behind
            largeAt = -1;
        }
        if (own != null) {
            releaseOwnIfEmpty();
        }
    }

    private void releaseOwnIfEmpty() {
        byte[] tail = own;
        if (tail != null && ownFrom == ownEnd && partial == null) {
            buffers.giveTail(tail);
            own = null;
            ownFrom = 0;
            ownEnd = 0;
        }
    }

    private int decodeInput(Argv[] batch, int max) {
        batchFromOwn = false;
        batchStart = from;
        restart(from);
        int count = 0;
        while (count < max) {
            int result = parse(input, to, batch[count]);
            if (result == COMPLETE) {
                noteLarge(batch[count], count);
                ends[count++] = at;
                from = at;
            } else if (result == SKIPPED) {
                from = at;
            } else {
                if (result == INCOMPLETE && count == 0 && from < to) {
                    stash(batch);
                } else {
                    restart(from); // parsed again when the requests before it were executed
                }
                break;
            }
        }
        return count;
    }

    private int decodeOwn(Argv[] batch, int max) {
        batchFromOwn = true;
        batchStart = ownFrom;
        if (ready && partial != null) {
            ready = false;
            return handOutPartial(batch, partial);
        }
        int count = 0;
        if (partial == null) {
            at = ownFrom;
        }
        while (count < max) {
            byte[] bytes = own;
            if (bytes == null) {
                return count == 0 ? decodeInput(batch, max) : count;
            }
            int result = parse(bytes, ownEnd, partial == null ? batch[count] : partial);
            if (result == COMPLETE) {
                if (partial != null) {
                    return handOutPartial(batch, partial);
                }
                noteLarge(batch[count], count);
                ends[count++] = at;
                ownFrom = at;
                if (at == ownEnd) {
                    break;
                }
            } else if (result == SKIPPED) {
                giveBackSurplus();
                ownFrom = at;
                if (count > 0 && at == ownEnd) {
                    break;
                }
                releaseOwnIfEmpty();
            } else if (result == FAILED) {
                break;
            } else if (count > 0) {
                restart(ownFrom);
                break;
            } else if (!extend(batch)) {
                return 0;
            } else if (left == 0 && partial != null) { // its last argument came in pieces
                return handOutPartial(batch, partial);
            }
        }
        return count;
    }

    /** The request that was finished in `own` is the batch. */
    private int handOutPartial(Argv[] batch, Argv argv) {
        giveBackSurplus();
        lent = pieces != null;
        buffers.give(batch[0]);
        batch[0] = argv;
        partial = null;
        noteLarge(argv, 0);
        ends[0] = at;
        ownFrom = at;
        return 1;
    }

    private void noteLarge(Argv argv, int index) {
        if (argv.count() > LARGE_ARGV) {
            largeAt = index;
        }
    }

    private void restart(int position) {
        at = position;
        left = 0;
        bulk = -1;
        scanned = 0;
        appended = 0;
    }

    // ---- unfinished requests

    /** Bytes appended last that turned out not to belong to the request return to the input. */
    private void giveBackSurplus() {
        if (appended > 0 && ownEnd > at) {
            from -= ownEnd - at;
            ownEnd = at;
        }
        appended = 0;
    }

    /** Moves the unfinished request at the start of the input, and the parser's state, to `own`. */
    private void stash(Argv[] batch) {
        boolean big = bulk > PIECES_FROM;
        int start = from;
        int length = (big ? at : to) - start;
        int room = big || bulk < 0 ? length + 64 : Math.max(length, at - start + bulk + 2);
        byte[] tail = buffers.takeTail(room);
        System.arraycopy(input, start, tail, 0, length);
        own = tail;
        ownFrom = 0;
        ownEnd = length;
        from = start + length;
        at -= start;
        if (left > 0) {
            takePartial(batch);
            if (partial != null) {
                partial.rebase(tail, -start);
            }
        }
        if (big) {
            fillPieces();
        }
    }

    private void takePartial(Argv[] batch) {
        if (partial == null) {
            partial = batch[0];
            batch[0] = buffers.takeArgv();
        }
    }

    /** Brings more of the input to the unfinished request in `own`. False when the input is used up. */
    private boolean extend(Argv[] batch) {
        if (left > 0) {
            takePartial(batch);
        }
        if (bulk > PIECES_FROM) {
            return fillPieces();
        }
        if (from == to) {
            return false;
        }
        int missing = bulk < 0 ? 0 : at + bulk + 2 - ownEnd;
        int step = Math.min(to - from, Math.max(Math.max(missing, APPEND_STEP), Math.min(ownEnd - ownFrom, LINE_MAX)));
        append(step);
        appended = step;
        return !overLimit;
    }

    /** Appends the next {@code length} bytes of the input to `own`, which grows or moves to the front of its array. */
    private void append(int length) {
        byte[] tail = own;
        int held = tail == null ? 0 : ownEnd - ownFrom;
        Argv argv = partial;
        if ((long) held + length + 16L * (argv == null ? 0 : argv.count()) > limits.queryBytesMax()) {
            overLimit = true;
            return;
        }
        if (tail == null || tail.length - ownEnd < length) {
            int missing = bulk < 0 || bulk > PIECES_FROM ? 0 : bulk + 2;
            boolean fits = tail != null && held + length + missing <= tail.length && held <= tail.length >> 1;
            byte[] moved = tail != null && fits
                    ? tail
                    : buffers.takeTail(Math.max(held + length + missing, held + (held >> 1)));
            if (tail != null) {
                System.arraycopy(tail, ownFrom, moved, 0, held);
                if (moved != tail) {
                    buffers.giveTail(tail);
                }
            }
            if (argv != null) {
                argv.rebase(moved, -ownFrom);
            }
            at -= ownFrom;
            batchStart = 0;
            ownFrom = 0;
            ownEnd = held;
            own = moved;
            tail = moved;
        }
        System.arraycopy(input, from, tail, ownEnd, length);
        ownEnd += length;
        from += length;
    }

    /** Moves what arrived of the big bulk into pieces. True when it is complete and added to the request. */
    private boolean fillPieces() {
        Pieces arriving = pieces;
        if (arriving == null) {
            arriving = new Pieces();
            pieces = arriving;
        }
        if (!arriving.open()) {
            arriving.begin(bulk);
        }
        byte[] tail = own;
        if (tail != null && at < ownEnd) {
            int taken = arriving.take(tail, at, ownEnd, buffers); // all of it: the bulk was incomplete
            assert at + taken == ownEnd;
            ownEnd = at;
        }
        from += arriving.take(input, from, to, buffers);
        if (!arriving.complete()) {
            return false;
        }
        Argv argv = Objects.requireNonNull(partial);
        argv.addPieces(arriving.finish(), bulk);
        bulk = -1;
        left--;
        return true;
    }

    // ---- the parser

    /**
     * Goes on with the request at {@code at} in {@code b}, whose bytes end at {@code end}. COMPLETE: {@code argv} holds
     * it and {@code at} is behind it. SKIPPED: it was empty. INCOMPLETE: {@code left}, {@code bulk} and {@code at} say
     * how far it came. FAILED: {@code error} is set.
     */
    private int parse(byte[] b, int end, Argv argv) {
        int p = at;
        int remaining = left;
        if (remaining == 0) {
            if (p >= end) {
                return INCOMPLETE;
            }
            if (b[p] != '*') {
                return parseInline(b, end, argv);
            }
            long header = LengthLine.parse(b, p + 1, end);
            if (header < 0) {
                return parseCountSlowly(b, end, argv);
            }
            remaining = (int) (header >>> 32);
            p = (int) header;
            if (remaining == 0) {
                at = p;
                return SKIPPED;
            }
            if (remaining > UNAUTHENTICATED_ARGUMENTS && !authenticated) {
                return fail(ProtocolErrors.UNAUTHENTICATED_MULTIBULK);
            }
            argv.wrap(b);
        }
        return parseBulks(b, p, end, argv, remaining);
    }

    private int parseBulks(byte[] b, int start, int end, Argv argv, int count) {
        int p = start;
        int remaining = count;
        int length = bulk;
        int most = authenticated ? limits.bulkBytesMax() : Math.min(UNAUTHENTICATED_BULK, limits.bulkBytesMax());
        while (true) {
            if (length < 0) {
                long header = p < end && b[p] == '$' ? LengthLine.parse(b, p + 1, end) : -1;
                if (header < 0 || (int) (header >>> 32) > most) {
                    at = p;
                    left = remaining;
                    bulk = -1;
                    int result = parseLengthSlowly(b, end);
                    if (result != COMPLETE) {
                        return result;
                    }
                    length = bulk;
                    p = at;
                } else {
                    length = (int) (header >>> 32);
                    p = (int) header;
                }
            }
            if (end - p - 2 < length) {
                at = p;
                left = remaining;
                bulk = length;
                return INCOMPLETE;
            }
            argv.add(p, length);
            p += length + 2; // as redis: that these two are CR and LF is not checked
            length = -1;
            if (--remaining == 0) {
                at = p;
                left = 0;
                bulk = -1;
                return COMPLETE;
            }
        }
    }

    /** Where the line at {@code at} has its first {@code wanted} or zero byte, else {@code end}. */
    private int search(byte[] b, int end, int wanted) {
        int i = at + scanned;
        while (i < end && b[i] != wanted && b[i] != 0) {
            i++;
        }
        scanned = i - at > SHORT_LINE ? i - at : 0;
        return i;
    }

    /**
     * The position of the CR that ends the line at {@code at}, with a byte behind it; -1 when it has not arrived; -2 when
     * the line is too long. As in redis a zero byte hides what stands behind it.
     */
    private int lineEnd(byte[] b, int end) {
        int i = search(b, end, '\r');
        if (i < end && b[i] == '\r') {
            return i + 1 < end ? i : -1;
        }
        return end - at > LINE_MAX ? -2 : -1;
    }

    private int parseCountSlowly(byte[] b, int end, Argv argv) {
        int cr = lineEnd(b, end);
        if (cr < 0) {
            return cr == -1 ? INCOMPLETE : fail(ProtocolErrors.MULTIBULK_LINE);
        }
        int p = at + 1;
        if (!Numbers.isLong(b, p, cr - p)) {
            return fail(ProtocolErrors.MULTIBULK_LENGTH);
        }
        long value = Numbers.parseLong(b, p, cr - p);
        if (value > Integer.MAX_VALUE) {
            return fail(ProtocolErrors.MULTIBULK_LENGTH);
        }
        if (value > UNAUTHENTICATED_ARGUMENTS && !authenticated) {
            return fail(ProtocolErrors.UNAUTHENTICATED_MULTIBULK);
        }
        at = cr + 2;
        scanned = 0;
        if (value <= 0) {
            return SKIPPED;
        }
        left = (int) value;
        argv.wrap(b);
        return parseBulks(b, at, end, argv, left);
    }

    private int parseLengthSlowly(byte[] b, int end) {
        int cr = lineEnd(b, end);
        if (cr < 0) {
            return cr == -1 ? INCOMPLETE : fail(ProtocolErrors.BULK_LINE);
        }
        int p = at;
        if (b[p] != '$') {
            return fail(ProtocolErrors.expectedDollar(b[p]));
        }
        long value = Numbers.isLong(b, p + 1, cr - p - 1) ? Numbers.parseLong(b, p + 1, cr - p - 1) : -1;
        if (value < 0 || value > limits.bulkBytesMax()) {
            return fail(ProtocolErrors.BULK_LENGTH);
        }
        if (value > UNAUTHENTICATED_BULK && !authenticated) {
            return fail(ProtocolErrors.UNAUTHENTICATED_BULK);
        }
        at = cr + 2;
        scanned = 0;
        bulk = (int) value;
        return COMPLETE;
    }

    private int parseInline(byte[] b, int end, Argv argv) {
        int i = search(b, end, '\n');
        if (i == end || b[i] != '\n') {
            return end - at > LINE_MAX ? fail(ProtocolErrors.INLINE) : INCOMPLETE;
        }
        scanned = 0;
        int stop = i > at && b[i - 1] == '\r' ? i - 1 : i;
        if (!InlineCommand.split(b, at, stop, argv)) {
            return fail(ProtocolErrors.QUOTES);
        }
        at = i + 1;
        return argv.count() == 0 ? SKIPPED : COMPLETE;
    }

    private int fail(byte[] line) {
        error = line;
        return FAILED;
    }
}
