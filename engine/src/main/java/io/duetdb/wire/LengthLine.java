package io.duetdb.wire;

/** The lines that announce counts and lengths, as nearly all of them look. */
final class LengthLine {
    private LengthLine() {}

    /**
     * The number of up to nine digits at {@code p} whose line ends before {@code end} (high half) and the position
     * behind the line (low half), or -1 for everything that needs a closer look.
     */
    static long parse(byte[] b, int p, int end) {
        int last = end - 2; // CR must have one more byte behind it
        if (p >= last) {
            return -1;
        }
        int value = b[p] - '0';
        if (b[p + 1] == '\r') {
            return value >= 0 && value <= 9 ? (long) value << 32 | p + 3 : -1;
        }
        if (value < 1 || value > 9) {
            return -1;
        }
        int stop = Math.min(last, p + 9);
        for (int i = p + 1; i <= stop; i++) {
            int d = b[i] - '0';
            if (d < 0 || d > 9) {
                return b[i] == '\r' ? (long) value << 32 | i + 2 : -1;
            }
            value = value * 10 + d;
        }
        return -1;
    }
}
