package io.duetdb.rest;

/**
 * Finds the bytes of a request's body, by length or in chunks, in whatever pieces they arrive. As strict as
 * {@link HttpHead}: sizes are hexadecimal digits and nothing else, every line ends in CR LF.
 */
final class HttpBody {
    private static final int DATA = 0;
    private static final int SIZE = 1;
    private static final int EXTENSION = 2;
    private static final int SIZE_LF = 3;
    private static final int DATA_CR = 4;
    private static final int DATA_LF = 5;
    private static final int TRAILER = 6;
    private static final int END = 7;
    private static final int FAULT = 8;

    private boolean chunked;
    private int state;
    private long left;
    private int digits;
    private int line;
    private byte[] trailer = new byte[0];
    private int trailerSize;
    private int trailerTotal;
    private int trailerFields;

    private int dataStart;
    private int dataEnd;

    /** Expects a body of {@code length} bytes. */
    void beginLength(long length) {
        chunked = false;
        left = length;
        state = length == 0 ? END : DATA;
    }

    /** Expects a body in chunks. */
    void beginChunked() {
        chunked = true;
        beginSize();
        trailerSize = 0;
        trailerTotal = 0;
        trailerFields = 0;
    }

    private void beginSize() {
        state = SIZE;
        left = 0;
        digits = 0;
        line = 0;
    }

    /** Whether the body has ended. */
    boolean ended() {
        return state == END;
    }

    /** Whether the body's framing must be refused. */
    boolean faulty() {
        return state == FAULT;
    }

    /** Bytes still to come, as far as known: 0 in a chunked body's gaps. */
    long left() {
        return left;
    }

    /** Start of the data that {@link #next} found. */
    int dataStart() {
        return dataStart;
    }

    /** End of the data that {@link #next} found; may equal the start. */
    int dataEnd() {
        return dataEnd;
    }

    /** Goes on to the next stretch of data and returns the position behind what it used up. */
    int next(byte[] b, int from, int end) {
        int i = from;
        dataStart = from;
        dataEnd = from;
        while (i < end && state != END && state != FAULT) {
            if (state == DATA) {
                int n = (int) Math.min(left, end - i);
                dataStart = i;
                dataEnd = i + n;
                left -= n;
                if (left == 0) {
                    state = chunked ? DATA_CR : END;
                }
                return dataEnd;
            }
            step(b[i++]);
        }
        return i;
    }

    private void step(byte c) {
        switch (state) {
            case SIZE -> size(c);
            case EXTENSION -> extension(c);
            case SIZE_LF -> {
                if (c != '\n') {
                    state = FAULT;
                } else {
                    state = left > 0 ? DATA : TRAILER;
                }
            }
            case DATA_CR -> state = c == '\r' ? DATA_LF : FAULT;
            case DATA_LF -> {
                if (c == '\n') {
                    beginSize();
                } else {
                    state = FAULT;
                }
            }
            case TRAILER -> trailer(c);
            default -> state = FAULT;
        }
    }

    private void size(byte c) {
        int digit =
                c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
        if (digit >= 0 && digits < 15) {
            left = left << 4 | digit;
            digits++;
        } else if (digits > 0 && c == ';') {
            state = EXTENSION;
        } else {
            state = digits > 0 && c == '\r' ? SIZE_LF : FAULT;
        }
    }

    private void extension(byte c) {
        if (c == '\r') {
            state = SIZE_LF;
        } else if (++line > Limits.CHUNK_LINE || (c >= 0 && c < 0x20 && c != '\t') || c == 0x7F) {
            state = FAULT;
        }
    }

    /** Collects trailer lines: they are checked and forgotten. */
    private void trailer(byte c) {
        if (trailerSize > 0 && trailer[trailerSize - 1] == '\r') {
            if (c != '\n') {
                state = FAULT;
            } else if (trailerSize == 1) {
                state = END;
            } else if (++trailerFields > Limits.FIELDS || !HttpHead.trailer(trailer, 0, trailerSize - 1)) {
                state = FAULT;
            }
            trailerSize = 0;
            return;
        }
        boolean fine = c == '\r' || c == '\t' || c < 0 || (c >= 0x20 && c != 0x7F);
        if (!fine || ++trailerTotal > Limits.TRAILER) {
            state = FAULT;
            return;
        }
        if (trailer.length == 0) {
            trailer = new byte[Limits.TRAILER];
        }
        trailer[trailerSize++] = c;
    }
}
