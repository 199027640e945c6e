package io.duetdb.rdb;

/** A ziplist, the listpack's forerunner: bytes (32), offset of the last entry (32), count (16), entries, 0xFF. */
final class Ziplist extends Blob {
    private static final int HEAD = 10;
    private static final int END = 0xFF;
    private static final int LONG_PREVIOUS = 0xFE;

    private final int expected;
    private int last;
    private int previousSize;

    Ziplist(byte[] blob, int length) {
        super("a ziplist", blob, length);
        if (length < HEAD + 1 || u32(0) != length || u8(length - 1) != END) {
            throw damaged("its length is not the one it says");
        }
        expected = i16(8) & 0xFFFF;
        at = HEAD;
        last = HEAD;
    }

    @Override
    boolean next() {
        need(1);
        if (u8(at) == END) {
            if (u32(4) != last) {
                throw damaged("its last entry is not where it says");
            }
            at++;
            return finish(expected);
        }
        int start = at;
        last = start;
        long previous = u8(at++);
        if (previous == LONG_PREVIOUS) {
            need(4);
            previous = u32(at);
            at += 4;
        }
        if (previous != previousSize) {
            throw damaged("the length in front of an entry is wrong");
        }
        need(1);
        entry(u8(at++));
        previousSize = at - start;
        return true;
    }

    private void entry(int c) {
        if (c < 0x40) {
            string(c);
        } else if (c < 0x80) {
            need(1);
            int low = u8(at++);
            string((c & 0x3F) << 8 | low);
        } else if (c == 0x80) {
            need(4);
            int big = Integer.reverseBytes(i32(at));
            at += 4;
            string(big & 0xFFFF_FFFFL);
        } else if (c >= 0xF1 && c <= 0xFD) {
            integer((c & 0x0F) - 1);
        } else {
            number(c);
        }
    }

    private void number(int c) {
        int start = at;
        int bytes = switch (c) {
            case 0xC0 -> 2;
            case 0xD0 -> 4;
            case 0xE0 -> 8;
            case 0xF0 -> 3;
            case 0xFE -> 1;
            default -> throw damaged("an entry of no known kind");
        };
        need(bytes);
        at += bytes;
        switch (bytes) {
            case 1 -> integer(blob[start]);
            case 2 -> integer(i16(start));
            case 3 -> integer(i24(start));
            case 4 -> integer(i32(start));
            default -> integer(i64(start));
        }
    }
}
