package io.duetdb.engine.blocking;

/**
 * How many names of each look are among some: says of most others at once, without their hash, that they are not among
 * them. A look is made of the length and three bytes; everybody can find names that look alike, which only costs them the
 * hash.
 */
final class KeyLooks {
    private static final int LOOKS = 256;

    private final int[] counts = new int[LOOKS];

    private static int look(byte[] name, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        int first = name[offset];
        int middle = name[offset + (length >>> 1)];
        int last = name[offset + length - 1];
        return length + 7 * first + 31 * middle + 101 * last & LOOKS - 1;
    }

    /** Another name is among them. */
    void add(byte[] name) {
        counts[look(name, 0, name.length)]++;
    }

    /** A name that was added is no longer among them. */
    void remove(byte[] name) {
        counts[look(name, 0, name.length)]--;
    }

    /** Whether this name may be among them; if not, it is not. */
    boolean mayHold(byte[] name, int offset, int length) {
        return counts[look(name, offset, length)] > 0;
    }
}
