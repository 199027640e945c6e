package io.duetdb.engine.value;

import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.memory.Reclaimer;
import io.duetdb.engine.memory.SizedString;

/**
 * What a table's slot refers to: a block of kind {@code ELEMENT} that holds a member, or a field and its value, one
 * {@link SizedString} after the other. A field that has, or lately had, a time to live has its deadline in front.
 *
 * <pre>
 *                                                     member               of a set
 *                                                     field | value        of a hash
 *   255 | deadline, twisted (8) | filed (8)         | field | value        of a hash, with a deadline
 * </pre>
 *
 * The twist sets the bit that makes the 32 bits behind the 255 negative, which the length of a string never is: so a
 * deadline is told from a field in chunks. {@code filed} is the deadline of the timing wheel's record for this field,
 * 0 = none.
 *
 * <p>All functions are static and take the memory, a view's too, and the block's address.
 */
final class Element {
    /** Bytes in front of a field with a deadline. */
    static final int AREA = 17;

    private static final int MARK = 255;
    private static final int DEADLINE = 1;
    private static final int FILED = 9;
    private static final long LOW_BITS = 0x7FFF_FFFFL;
    private static final long TWIST = 0x8000_0000L;

    private Element() {}

    /** Whether there is room for a deadline. */
    static boolean hasArea(PageMemory m, long block) {
        return m.getByte(block) == MARK && m.getInt(block + DEADLINE) < 0;
    }

    /** Where the first string begins. */
    static long field(PageMemory m, long block) {
        return hasArea(m, block) ? block + AREA : block;
    }

    /** Where the string behind another begins. */
    static long behind(PageMemory m, long string) {
        return string + SizedString.space(m, string);
    }

    /** Bytes of a block with a field and a value. */
    static int size(PageMemory m, long block) {
        long value = behind(m, field(m, block));
        return (int) (behind(m, value) - block);
    }

    /** The deadline of a field in ms, 0 = none. */
    static long deadline(PageMemory m, long block) {
        if (!hasArea(m, block)) {
            return 0;
        }
        long twisted = m.getLong(block + DEADLINE);
        return twisted & LOW_BITS | twisted >>> 32 << 31;
    }

    /** Sets the deadline of a field that has room for one; below 2^48, 0 = none. */
    static void deadline(PageMemory m, long block, long deadline) {
        m.putByte(block, MARK);
        m.putLong(block + DEADLINE, deadline >>> 31 << 32 | TWIST | deadline & LOW_BITS);
    }

    /** The deadline of the wheel's record, 0 = none. Only where there is room for a deadline. */
    static long filed(PageMemory m, long block) {
        return m.getLong(block + FILED);
    }

    /** Notes the deadline of the wheel's record, 0 = none. Only where there is room for a deadline. */
    static void filed(PageMemory m, long block, long deadline) {
        m.putLong(block + FILED, deadline);
    }

    /** Frees a block of one or two strings with all that stands outside. */
    static void free(PageMemory m, long block, int strings, Reclaimer big) {
        long string = field(m, block);
        SizedString.free(m, string, big);
        if (strings == 2) {
            SizedString.free(m, behind(m, string), big);
        }
        m.free(block);
    }
}
