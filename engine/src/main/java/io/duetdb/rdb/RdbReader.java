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
    private static final int PIECE = 1 << 20;

    /** What is packed can be some 264 times as long when unpacked, from three bytes. */
    private static final long RATIO_MAX = 132;

    private static final int NAN = 253;
    private static final int INFINITY = 254;
    private static final int NEGATIVE_INFINITY = 255;
    private static final int PLAIN = 1;
    private static final int INTEGER_DIGITS = 11;

    private static final int MODULE_SIGNED = 1;
    private static final int MODULE_UNSIGNED = 2;
    private static final int MODULE_FLOAT = 3;
    private static final int MODULE_DOUBLE = 4;
    private static final int MODULE_STRING = 5;
    private static final String MODULE_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private final RdbInput in;
    private final RdbText first = new RdbText();
    private final RdbText second = new RdbText();
    private final RdbText packed = new RdbText();
    private final byte[] eight = new byte[8];

    /** The string that comes next was read already: it is the first text. */
    private boolean held;

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
                if (!held) {
                    view(first);
                }
                held = false;
                to.string(first.bytes, first.offset, first.length);
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
            case RdbTypes.MODULE, RdbTypes.MODULE_PRE_GA -> throw module();
            default -> throw new RdbFormatException("there is no type " + type);
        }
    }

    // ---- collections, element by element

    private void elements(String type, RdbSink to) {
        long n = length();
        to.begin(type);
        for (long i = 0; i < n; i++) {
            view(first);
            to.element(first.bytes, first.offset, first.length);
        }
    }

    private void fields(RdbSink to) {
        long n = length();
        to.begin("hash");
        for (long i = 0; i < n; i++) {
            read(first);
            view(second);
            to.field(first.bytes, 0, first.length, second.bytes, second.offset, second.length, -1);
        }
    }

    private void mortalFields(RdbSink to) {
        long earliest = eightBytes();
        long n = length();
        to.begin("hash");
        for (long i = 0; i < n; i++) {
            long ttl = length();
            read(first);
            view(second);
            long expireAt = ttl == 0 ? -1 : earliest + ttl - 1;
            if (ttl != 0 && expireAt < 0) {
                throw new RdbFormatException("a field's time to live is out of range");
            }
            to.field(first.bytes, 0, first.length, second.bytes, second.offset, second.length, expireAt);
        }
    }

    private void members(RdbSink to, boolean binary) {
        long n = length();
        to.begin("zset");
        for (long i = 0; i < n; i++) {
            read(first);
            double score;
            if (binary) {
                score = Double.longBitsToDouble(eightBytes());
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
        second.begin(n);
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
                view(first);
                to.element(first.bytes, first.offset, first.length);
            } else if (container > 2) {
                throw new RdbFormatException("a list's node is of no known kind");
            } else {
                Blob node = second ? listpack() : ziplist();
                if (n > 1 || !node.handOver(to)) {
                    append(node, to);
                }
            }
        }
    }

    private static void fields(Blob blob, RdbSink to) {
        to.begin("hash");
        if (blob.handOver(to)) {
            return;
        }
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
        if (blob.handOver(to)) {
            return;
        }
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
        eightBytes();
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

    /** The value that is read next is this string, which does not stand in the input any more. */
    void hold(byte[] bytes, int offset, int length) {
        first.slice(bytes, offset, length);
        held = true;
    }

    /** What was held is not wanted any more. */
    void release() {
        held = false;
    }

    // ---- the format's parts

    /** Reads eight bytes, the lowest first. */
    long eightBytes() {
        in.read(eight, 0, 8);
        return little();
    }

    /** Reads four bytes, the lowest first, with their sign. */
    int fourBytes() {
        in.read(eight, 0, 4);
        Arrays.fill(eight, 4, 8, (byte) 0);
        return (int) little();
    }

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
        return length(in.readByte());
    }

    private long length(int b) {
        if (b >>> 6 == RdbTypes.LENGTH_SPECIAL) {
            throw new RdbFormatException("a length is none");
        }
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
        view(first);
        return first.copy();
    }

    /** Reads a string to {@code to}, as bytes of its own. */
    void read(RdbText to) {
        int b = in.readByte();
        if (b >>> 6 != RdbTypes.LENGTH_SPECIAL) {
            bytes(to, length(b));
        } else {
            special(to, b & 0x3F);
        }
    }

    /** As {@link #read}, but of an ordinary string without a copy where it stands in the input's window. */
    void view(RdbText to) {
        int b = in.readByte();
        if (b >>> 6 == RdbTypes.LENGTH_SPECIAL) {
            special(to, b & 0x3F);
            return;
        }
        long length = length(b);
        int from = in.skip(length);
        if (from >= 0) {
            to.slice(in.window(), from, (int) length);
        } else {
            bytes(to, length);
        }
    }

    private void special(RdbText to, int kind) {
        switch (kind) {
            case RdbTypes.INT_8 -> integer(to, (byte) in.readByte());
            case RdbTypes.INT_16 -> integer(to, (short) (in.readByte() | in.readByte() << 8));
            case RdbTypes.INT_32 -> integer(to, fourBytes());
            case RdbTypes.LZF -> compressed(to);
            default -> throw new RdbFormatException("a string of no known kind");
        }
    }

    private static void integer(RdbText to, int value) {
        to.begin(INTEGER_DIGITS);
        to.length = Numbers.write(value, to.bytes, 0);
    }

    /** Makes room as the bytes come. */
    private void bytes(RdbText to, long length) {
        if (length > RdbText.LENGTH_MAX) {
            throw new RdbFormatException("a string is longer than 512 MB");
        }
        to.begin((int) Math.min(PIECE, length));
        while (to.length < length) {
            int n = (int) Math.min(PIECE, length - to.length);
            to.room(to.length + n);
            in.read(to.bytes, to.length, n);
            to.length += n;
        }
    }

    private void compressed(RdbText to) {
        long packedLength = length();
        long length = length();
        if (length > RdbText.LENGTH_MAX || length > packedLength * RATIO_MAX) {
            throw new RdbFormatException("a compressed string says that it is longer than it can be");
        }
        int from = in.skip(packedLength);
        if (from >= 0) {
            packed.slice(in.window(), from, (int) packedLength);
        } else {
            bytes(packed, packedLength);
        }
        to.begin((int) length);
        Lzf.decompress(packed.bytes, packed.offset, packed.length, to.bytes, (int) length);
        to.length = (int) length;
    }

    // ---- what modules keep

    /** Why a module's value can't be read; its name stands in its first bytes. */
    private RdbFormatException module() {
        return new RdbFormatException("values of the module " + moduleName() + " are not supported");
    }

    /** Reads a module's id. Returns its name: nine letters of six bits, above ten bits of a version. */
    private String moduleName() {
        int b = in.readByte();
        long id = b == RdbTypes.LENGTH_64 ? big(8) : length(b);
        StringBuilder name = new StringBuilder();
        for (int shift = 58; shift > 4; shift -= 6) {
            name.append(MODULE_LETTERS.charAt((int) (id >>> shift) & 0x3F));
        }
        return name.toString();
    }

    /** Skips what a module keeps beside the keys. Returns the module's name. */
    String skipModule() {
        String name = moduleName();
        if (length() != MODULE_UNSIGNED) {
            throw new RdbFormatException("what the module " + name + " keeps is damaged");
        }
        length();
        for (long kind = length(); kind != 0; kind = length()) {
            switch ((int) Math.min(kind, 6)) {
                case MODULE_SIGNED, MODULE_UNSIGNED -> number();
                case MODULE_FLOAT -> in.read(eight, 0, 4);
                case MODULE_DOUBLE -> in.read(eight, 0, 8);
                case MODULE_STRING -> view(first);
                default -> throw new RdbFormatException("what the module " + name + " keeps is damaged");
            }
        }
        return name;
    }

    /** Skips a number that is spelled as a length but may be any. */
    private void number() {
        int b = in.readByte();
        if (b == RdbTypes.LENGTH_64) {
            big(8);
        } else {
            length(b);
        }
    }
}
