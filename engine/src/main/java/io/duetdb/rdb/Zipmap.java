package io.duetdb.rdb;

/** A zipmap, small hashes before Redis 2.6: count, then length, field, length, free, value, free bytes; 0xFF. */
final class Zipmap extends Blob {
    private static final int END = 0xFF;
    private static final int LONG_LENGTH = 0xFE;
    private static final int COUNT_UNKNOWN = 254;

    private final int expected;
    private boolean value;

    Zipmap(byte[] blob, int length) {
        super("a zipmap", blob, length);
        if (length < 2 || u8(length - 1) != END) {
            throw damaged("it has no end");
        }
        expected = u8(0) >= COUNT_UNKNOWN ? UNKNOWN : 2 * u8(0);
        at = 1;
    }

    @Override
    boolean next() {
        need(1);
        if (!value && u8(at) == END) {
            at++;
            return finish(expected);
        }
        long n = u8(at++);
        if (n == LONG_LENGTH) {
            need(4);
            n = u32(at);
            at += 4;
        } else if (n == END) {
            throw damaged("a field has no value");
        }
        int free = 0;
        if (value) {
            need(1);
            free = u8(at++);
        }
        string(n);
        need(free);
        at += free;
        value = !value;
        return true;
    }
}
