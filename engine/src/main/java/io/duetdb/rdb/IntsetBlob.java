package io.duetdb.rdb;

/** A set of integers: bytes of each (32), count (32), then they, ascending. */
final class IntsetBlob extends Blob {
    private static final int HEAD = 8;

    private final int width;
    private final long expected;
    private long before;

    IntsetBlob(byte[] blob, int length) {
        super("an intset", blob, length);
        if (length < HEAD) {
            throw damaged("it is too short");
        }
        width = i32(0);
        expected = u32(4);
        if ((width != 2 && width != 4 && width != 8) || HEAD + expected * width != length || expected == 0) {
            throw damaged("its length is not the one it says");
        }
        at = HEAD;
    }

    @Override
    boolean next() {
        if (at == end) {
            return false;
        }
        long value = width == 2 ? i16(at) : width == 4 ? i32(at) : i64(at);
        if (count() > 0 && value <= before) {
            throw damaged("its numbers do not ascend");
        }
        before = value;
        at += width;
        return integer(value);
    }
}
