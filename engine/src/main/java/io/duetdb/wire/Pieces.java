package io.duetdb.wire;

import java.util.Arrays;

/** The arrays of one big request: the bulk that is arriving, and those that its Argv refers to already. */
final class Pieces {
    private static final int FIRST_BYTES = 16 * 1024;

    private byte[][] all = new byte[4][];
    private int count;
    private int first;
    private int fill;
    private int size;
    private long missing;
    private boolean open;

    boolean open() {
        return open;
    }

    boolean complete() {
        return missing == 0;
    }

    long held() {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += i < count - 1 ? all[i].length : fill;
        }
        return sum;
    }

    void begin(int length) {
        first = count;
        fill = 0;
        size = length;
        missing = length + 2L;
        open = true;
    }

    /** Takes what it can use of {@code [from, to)}, the line's end behind the bulk included. */
    int take(byte[] b, int from, int to, WireBuffers buffers) {
        int p = from;
        while (p < to && missing > 2) {
            if (count == first || fill == all[count - 1].length) {
                addPiece(buffers);
            }
            byte[] piece = all[count - 1];
            int n = (int) Math.min(Math.min(to - p, piece.length - fill), missing - 2);
            System.arraycopy(b, p, piece, fill, n);
            fill += n;
            missing -= n;
            p += n;
        }
        if (missing <= 2) {
            int n = (int) Math.min(to - p, missing);
            missing -= n;
            p += n;
        }
        return p - from;
    }

    private void addPiece(WireBuffers buffers) {
        if (count == all.length) {
            all = Arrays.copyOf(all, count * 2);
        }
        // The first one is small: whoever announces much and sends a byte does not get much.
        all[count] = count == first ? new byte[FIRST_BYTES] : buffers.takePiece();
        count++;
        fill = 0;
    }

    byte[][] finish() {
        assert size >= 0 && missing == 0;
        open = false;
        return Arrays.copyOfRange(all, first, count);
    }

    void recycle(WireBuffers buffers) {
        for (int i = 0; i < count; i++) {
            buffers.givePiece(all[i]);
        }
        count = 0;
    }
}
