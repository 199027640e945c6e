package io.duetdb.rdb;

import io.duetdb.bytes.Numbers;

/** A listpack: total bytes (32 bits), count (16), elements each with its length behind it, 0xFF. */
final class Listpack extends Blob {
    private static final int HEAD = 6;
    private static final int END = 0xFF;
    private static final int LONG_DIGITS = 20;

    private final int expected;

    Listpack(byte[] blob, int length) {
        super("a listpack", blob, length);
        if (length < HEAD + 1 || u32(0) != length || u8(length - 1) != END) {
            throw damaged("its length is not the one it says");
        }
        expected = i16(4) & 0xFFFF;
        at = HEAD;
    }

    @Override
    boolean next() {
        need(1);
        int start = at;
        int c = u8(start);
        if (c == END) {
            at++;
            return finish(expected);
        }
        if (c < 0x80) {
            at += 1;
            integer(c);
        } else if (c < 0xC0) {
            at += 1;
            string(c & 0x3F);
        } else if (c < 0xE0) {
            need(2);
            at += 2;
            integer(((c & 0x1F) << 8 | u8(start + 1)) << 19 >> 19);
        } else if (c < 0xF0) {
            need(2);
            at += 2;
            string((c & 0x0F) << 8 | u8(start + 1));
        } else if (c == 0xF0) {
            need(5);
            at += 5;
            string(u32(start + 1));
        } else {
            number(c, start);
        }
        backLength(at - start);
        return true;
    }

    @Override
    boolean handOver(RdbSink to) {
        boolean shortest = true;
        int longest = 0;
        for (int start = at; next(); start = at) {
            shortest &= isShortest(u8(start));
            longest = Math.max(longest, length());
        }
        boolean taken = shortest && to.packed(blob, HEAD, end - 1 - HEAD, (int) count(), longest);
        if (!taken) {
            rewind(HEAD);
        }
        return taken;
    }

    /** Whether the element, which begins with {@code c}, stands in the form that Redis itself writes it in. */
    private boolean isShortest(int c) {
        long n = number();
        return switch (c >>> 4) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> true;
            case 8, 9, 10, 11 -> length() > LONG_DIGITS || !Numbers.isLong(bytes(), offset(), length());
            case 12, 13 -> n < 0 || n > 127;
            case 14 -> length() >= 64;
            default ->
                switch (c) {
                    case 0xF1 -> n < -4096 || n > 4095;
                    case 0xF2 -> n != (short) n;
                    case 0xF3 -> n < -(1 << 23) || n >= 1 << 23;
                    case 0xF4 -> n != (int) n;
                    default -> false; // a string of 4096 bytes or more: nobody takes it in this form
                };
        };
    }

    private void number(int c, int start) {
        int bytes = switch (c) {
            case 0xF1 -> 2;
            case 0xF2 -> 3;
            case 0xF3 -> 4;
            case 0xF4 -> 8;
            default -> throw damaged("an element of no known kind");
        };
        need(1 + bytes);
        at += 1 + bytes;
        switch (bytes) {
            case 2 -> integer(i16(start + 1));
            case 3 -> integer(i24(start + 1));
            case 4 -> integer(i32(start + 1));
            default -> integer(i64(start + 1));
        }
    }

    /** Checks the length behind an element: groups of 7 bits, the lowest last; all but the first have their top bit set. */
    private void backLength(int size) {
        int bytes = size < 128 ? 1 : size < 16384 ? 2 : size < 2097152 ? 3 : size < 268435456 ? 4 : 5;
        need(bytes);
        long found = 0;
        for (int i = 0; i < bytes; i++) {
            int b = u8(at + i);
            if (i == 0 == ((b & 0x80) != 0)) {
                throw damaged("the length behind an element is wrong");
            }
            found = found << 7 | b & 0x7F;
        }
        if (found != size) {
            throw damaged("the length behind an element is wrong");
        }
        at += bytes;
    }
}
