package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.PageMemory.LONG;

/**
 * What is looked for in a {@link Skiplist}: a line between two entries. It stands at a score and, among the entries of
 * that score, at a member; without a score only members are compared, without a member all entries of the score are on
 * one side.
 */
final class SkiplistAim {
    private static final byte[] NONE = {};
    private static final int NO_MEMBER = -1;

    private final PageMemory memory;
    private double score; // NaN: any
    private byte[] bytes = NONE;
    private int from;
    private int length = NO_MEMBER;
    private boolean behind; // whether an entry that equals the aim is before the line
    private long element;

    SkiplistAim(PageMemory memory) {
        this.memory = memory;
    }

    /** The line before all entries of a score, or behind them. */
    void atScore(double aimed, boolean behindEquals) {
        score = aimed;
        length = NO_MEMBER;
        behind = behindEquals;
    }

    /** The line before an entry, there or not, or behind it. With NaN for the score, members alone decide. */
    void atMember(double aimed, byte[] b, int offset, int bytesLength, boolean behindEqual) {
        score = aimed;
        bytes = b;
        from = offset;
        length = bytesLength;
        behind = behindEqual;
        element = 0;
    }

    /** The line behind the entry of an element. */
    void behind(double aimed, long aimedElement, byte[] b, int offset, int bytesLength) {
        atMember(aimed, b, offset, bytesLength, true);
        element = aimedElement;
    }

    /** Lets the caller's bytes go. */
    void forget() {
        bytes = NONE;
    }

    /** Whether the entry at {@code at} is before the line. Scores compare as numbers, so -0 equals 0. */
    boolean isBefore(byte[] array, int at) {
        double s = Double.longBitsToDouble((long) LONG.get(array, at));
        if (s < score) {
            return true;
        }
        if (s > score) {
            return false;
        }
        return length == NO_MEMBER ? behind : memberIsBefore((long) LONG.get(array, at + 8));
    }

    private boolean memberIsBefore(long other) {
        if (other == element) {
            return behind;
        }
        int c = SizedString.compare(memory, other + Skiplist.MEMBER, bytes, from, length);
        return c < 0 || c == 0 && behind;
    }
}
