package io.duetdb.rdb;

import io.duetdb.bytes.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads values of the RDB format, versions 1 to {@link RdbTypes#VERSION_MAX}. Nothing that the data says about itself is
 * believed: room is made as bytes arrive and not as they are announced, packed collections are walked with every length
 * checked, compressed strings must come out as long as they say.
 *
 * <p>Streams and modules are refused by name.
 */
public final class RdbReader {
    /** The longest string, as proto-max-bulk-len has it at most. */
    private static final long STRING_MAX = 512L << 20;

    private static final int PIECE = 1 << 20;

    /** What is packed can be some 264 times as long when unpacked, from three bytes. */
    private static final long RATIO_MAX = 132;

    private static final int NAN = 253;
    private static final int INFINITY = 254;
    private static final int NEGATIVE_INFINITY = 255;
    private static final int PLAIN = 1;

    /** A string that was read: the first {@code length} bytes. */
    private static final class Text {
        byte[] bytes = new byte[256];
        int length;

        void room(int n) {
            if (bytes.length < n) {
                bytes = Arrays.copyOf(bytes, Math.max(n, (int) Math.min(STRING_MAX, 2L * bytes.length)));
            }
        }
    }

    private final RdbInput in;
    private final Text first = new Text();
    private final Text second = new Text();
    private final Text packed = new Text();
    private final byte[] eight = new byte[8];

    /** A reader of an input that stands at a value or a part of one. */
    public RdbReader(RdbInput in) {
        this.in = in;
    }

    /**
     * Reads the value of a type and hands it to {@code to}. A collection may turn out to be empty: Redis refuses those.
     *
     * @throws RdbFormatException when it is damaged, or of a type that cannot be kept here
     */
    public void value(int type, RdbSink to) {
        switch (type) {
            case RdbTypes.STRING -> {
                read(first);
                to.string(first.bytes, 0, first.length);
            }
            case RdbTypes.LIST -> elements("list", to);
            case RdbTypes.SET -> elements("set", to);
            case RdbTypes.HASH -> fields(to);
            case RdbTypes.ZSET -> members(to, false);
            case RdbTypes.ZSET_2 -> members(to, true);
            case RdbTypes.LIST_ZIPLIST -> elements("list", ziplist(), to);
            case RdbTypes.LIST_QUICKLIST -> nodes(to, false);
            case RdbTypes.LIST_QUICKLIST_2 -> nodes(to, true);
            case RdbTypes.SET_INTSET -> elements("set", intset(), to);
            case RdbTypes.SET_LISTPACK -> elements("set", listpack(), to);
            case RdbTypes.HASH_ZIPMAP -> {
                read(first);
                fields(new Zipmap(first.bytes, first.length), to);
            }
            case RdbTypes.HASH_ZIPLIST -> fields(ziplist(), to);
            case RdbTypes.HASH_LISTPACK -> fields(listpack(), to);
            case RdbTypes.ZSET_ZIPLIST -> members(ziplist(), to);
            case RdbTypes.ZSET_LISTPACK -> members(listpack(), to);
            case RdbTypes.HASH_FIELD_TTL -> mortalFields(to);
            case RdbTypes.HASH_LISTPACK_FIELD_TTL -> mortalListpack(to);
            case RdbTypes.STREAM, RdbTypes.STREAM_2, RdbTypes.STREAM_3 ->
                throw new RdbFormatException("streams are not supported");
            case RdbTypes.MODULE, RdbTypes.MODULE_PRE_GA ->
                throw new RdbFormatException("values of modules are not supported");
            default -> throw new RdbFormatException("there is no type " + type);
        }
    }

    // ---- collections, element by element

    private void elements(String type, RdbSink to) {
        long n = length();
        to.begin(type);
        for (long i = 0; i < n; i++) {
            read(first);
            to.element(first.bytes, 0, first.length);
        }
    }

    private void fields(RdbSink to) {
        long n = length();
        to.begin("hash");
        for (long i = 0; i < n; i++) {
            read(first);
            read(second);
            to.field(first.bytes, 0, first.length, second.bytes, 0, second.length, -1);
        }
    }

    private void mortalFields(RdbSink to) {
        in.read(eight, 0, 8);
        long earliest = little();
        long n = length();
        to.begin("hash");
        for (long i = 0; i < n; i++) {
            long ttl = length();
            read(first);
            read(second);
            long expireAt = ttl == 0 ? -1 : earliest + ttl - 1;
            if (ttl != 0 && expireAt < 0) {
                throw new RdbFormatException("a field's time to live is out of range");
            }
            to.field(first.bytes, 0, first.length, second.bytes, 0, second.length, expireAt);
        }
    }

    private void members(RdbSink to, boolean binary) {
        long n = length();
        to.begin("zset");
        for (long i = 0; i < n; i++) {
            read(first);
            double score;
            if (binary) {
                in.read(eight, 0, 8);
                score = Double.longBitsToDouble(little());
            } else {
                score = textScore();
            }
            member(to, first.bytes, 0, first.length, score);
        }
    }

    private double textScore() {
        int n = in.readByte();
        if (n == INFINITY) {
            return Double.POSITIVE_INFINITY;
        }
        if (n == NEGATIVE_INFINITY) {
            return Double.NEGATIVE_INFINITY;
        }
        if (n == NAN) {
            return Double.NaN;
        }
        second.room(n);
        in.read(second.bytes, 0, n);
        return score(second.bytes, 0, n);
    }

    private static double score(byte[] b, int offset, int length) {
        String text = new String(b, offset, length, StandardCharsets.ISO_8859_1).trim();
        try {
            return switch (text) {
                case "inf", "+inf" -> Double.POSITIVE_INFINITY;
                case "-inf" -> Double.NEGATIVE_INFINITY;
                default -> Double.parseDouble(text);
            };
        } catch (NumberFormatException e) {
            throw new RdbFormatException("a score is no number");
        }
    }

    private static void member(RdbSink to, byte[] b, int offset, int length, double score) {
        if (Double.isNaN(score)) {
            throw new RdbFormatException("a score is no number");
        }
        to.member(b, offset, length, score);
    }

    // ---- packed collections

    private Blob ziplist() {
        read(first);
        return new Ziplist(first.bytes, first.length);
    }

    private Blob listpack() {
        read(first);
        return new Listpack(first.bytes, first.length);
    }

    private Blob intset() {
        read(first);
        return new IntsetBlob(first.bytes, first.length);
    }

    private static void elements(String type, Blob blob, RdbSink to) {
        to.begin(type);
        append(blob, to);
    }

    private static void append(Blob blob, RdbSink to) {
        while (blob.next()) {
            to.element(blob.bytes(), blob.offset(), blob.length());
        }
    }

    /** A quicklist: ziplists, or listpacks and single elements, one after the other. */
    private void nodes(RdbSink to, boolean second) {
        long n = length();
        to.begin("list");
        for (long i = 0; i < n; i++) {
            long container = second ? length() : 0;
            if (container == PLAIN) {
                read(first);
                to.element(first.bytes, 0, first.length);
            } else if (container > 2) {
                throw new RdbFormatException("a list's node is of no known kind");
            } else {
                append(second ? listpack() : ziplist(), to);
            }
        }
    }

    private static void fields(Blob blob, RdbSink to) {
        to.begin("hash");
        while (blob.next()) {
            byte[] field = blob.bytes();
            int offset = blob.offset();
            int length = blob.length();
            half(blob);
            to.field(field, offset, length, blob.bytes(), blob.offset(), blob.length(), -1);
        }
    }

    private static void members(Blob blob, RdbSink to) {
        to.begin("zset");
        while (blob.next()) {
            byte[] member = blob.bytes();
            int offset = blob.offset();
            int length = blob.length();
            half(blob);
            member(to, member, offset, length, score(blob.bytes(), blob.offset(), blob.length()));
        }
    }

    /** A listpack of field, value, deadline (0 = none), whose earliest deadline stands in front once more. */
    private void mortalListpack(RdbSink to) {
        in.read(eight, 0, 8);
        Blob blob = listpack();
        to.begin("hash");
        while (blob.next()) {
            byte[] field = Arrays.copyOfRange(blob.bytes(), blob.offset(), blob.offset() + blob.length());
            half(blob);
            byte[] value = Arrays.copyOfRange(blob.bytes(), blob.offset(), blob.offset() + blob.length());
            half(blob);
            long expireAt = Numbers.parse(blob.bytes(), blob.offset(), blob.length());
            if (expireAt < 0) {
                throw new RdbFormatException("a field's time to live is out of range");
            }
            to.field(field, 0, field.length, value, 0, value.length, expireAt == 0 ? -1 : expireAt);
        }
    }

    private static void half(Blob blob) {
        if (!blob.next()) {
            throw new RdbFormatException("a pair has only one half");
        }
    }

    // ---- the format's parts

    private long little() {
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = value << 8 | eight[i] & 0xFF;
        }
        return value;
    }

    private long big(int bytes) {
        in.read(eight, 0, bytes);
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | eight[i] & 0xFF;
        }
        return value;
    }

    /** Reads a length. @throws RdbFormatException when there is none, or one of 2^63 or more */
    public long length() {
        int b = in.readByte();
        if (b >>> 6 == RdbTypes.LENGTH_SPECIAL) {
            throw new RdbFormatException("a length is none");
        }
        return length(b);
    }

    private long length(int b) {
        long value = switch (b >>> 6) {
            case 0 -> b & 0x3F;
            case RdbTypes.LENGTH_14 -> (b & 0x3FL) << 8 | in.readByte();
            default -> b == RdbTypes.LENGTH_32 ? big(4) : b == RdbTypes.LENGTH_64 ? big(8) : -1;
        };
        if (value < 0) {
            throw new RdbFormatException("a length is out of range");
        }
        return value;
    }

    /** Reads a string. Returns a copy. */
    public byte[] string() {
        read(first);
        return Arrays.copyOf(first.bytes, first.length);
    }

    private void read(Text to) {
        int b = in.readByte();
        if (b >>> 6 != RdbTypes.LENGTH_SPECIAL) {
            bytes(to, length(b));
            return;
        }
        switch (b & 0x3F) {
            case RdbTypes.INT_8 -> integer(to, (byte) in.readByte());
            case RdbTypes.INT_16 -> integer(to, (short) (in.readByte() | in.readByte() << 8));
            case RdbTypes.INT_32 -> {
                in.read(eight, 0, 4);
                Arrays.fill(eight, 4, 8, (byte) 0);
                integer(to, (int) little());
            }
            case RdbTypes.LZF -> compressed(to);
            default -> throw new RdbFormatException("a string of no known kind");
        }
    }

    private static void integer(Text to, int value) {
        to.length = Numbers.write(value, to.bytes, 0);
    }

    /** Makes room as the bytes come. */
    private void bytes(Text to, long length) {
        if (length > STRING_MAX) {
            throw new RdbFormatException("a string is longer than 512 MB");
        }
        to.length = 0;
        while (to.length < length) {
            int n = (int) Math.min(PIECE, length - to.length);
            to.room(to.length + n);
            in.read(to.bytes, to.length, n);
            to.length += n;
        }
    }

    private void compressed(Text to) {
        long packedLength = length();
        long length = length();
        if (length > STRING_MAX || length > packedLength * RATIO_MAX) {
            throw new RdbFormatException("a compressed string says that it is longer than it can be");
        }
        bytes(packed, packedLength);
        to.room((int) length);
        Lzf.decompress(packed.bytes, 0, packed.length, to.bytes, (int) length);
        to.length = (int) length;
    }
}
