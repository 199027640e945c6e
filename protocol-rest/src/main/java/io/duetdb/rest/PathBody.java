package io.duetdb.rest;

import io.duetdb.engine.api.Argv;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request whose command stands in the path: one more argument, raw, behind those of the path and before
 * those of the query. A short one stands with them, a long one in pieces, so that it never moves as it grows.
 */
final class PathBody {
    /** Longest body that stands in one piece, and the size of pieces. */
    static final int PIECE_BYTES = 64 * 1024;

    private int at;
    private int size;
    private boolean begun;
    private @Nullable List<byte[]> pieces;
    private int lastPiece;

    /** Starts with an empty body. */
    void reset() {
        at = 0;
        size = 0;
        begun = false;
    }

    /** Its place: the number of arguments before it. */
    void at(int argument) {
        at = argument;
    }

    int size() {
        return size;
    }

    /** Counts bytes that nobody will ask for. */
    void skip(int bytes) {
        size += bytes;
    }

    /** Appends bytes to what has come. The last argument of {@code rows} is its beginning. */
    void append(Rows rows, byte[] b, int from, int to) {
        int n = to - from;
        if (!begun) {
            begun = true;
            rows.beginArgument();
        }
        if (pieces == null && size + n <= PIECE_BYTES) {
            rows.append(b, from, n);
        } else {
            appendPieces(rows, b, from, n);
        }
        size += n;
    }

    private void appendPieces(Rows rows, byte[] b, int from, int n) {
        List<byte[]> parts = pieces;
        if (parts == null) {
            parts = new ArrayList<>();
            pieces = parts;
            byte[] first = rows.takeOpen();
            lastPiece = first.length;
            parts.add(first);
        }
        int i = from;
        int end = from + n;
        while (i < end) {
            byte[] piece = parts.get(parts.size() - 1);
            if (lastPiece == piece.length) {
                piece = new byte[PIECE_BYTES];
                parts.add(piece);
                lastPiece = 0;
            }
            int count = Math.min(end - i, piece.length - lastPiece);
            System.arraycopy(b, i, piece, lastPiece, count);
            lastPiece += count;
            i += count;
        }
    }

    /** Ends the row of {@code rows} and makes {@code argv} of it, the body in its place. */
    void fill(Rows rows, Argv argv) {
        List<byte[]> parts = pieces;
        if (parts == null) {
            if (begun) {
                rows.endArgument();
            }
            rows.endRow();
            rows.fill(0, argv, begun ? at : -1);
        } else {
            int last = parts.size() - 1;
            if (lastPiece < parts.get(last).length) {
                parts.set(last, Arrays.copyOf(parts.get(last), lastPiece));
            }
            rows.endRow();
            rows.fill(0, argv, at, parts.toArray(new byte[0][]), size);
            pieces = null;
        }
    }

    /** Gives back what it holds. */
    void clear() {
        pieces = null;
    }
}
