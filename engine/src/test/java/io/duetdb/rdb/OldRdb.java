package io.duetdb.rdb;

import io.duetdb.bytes.Crc64;
import io.duetdb.engine.commands.Payloads;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes RDB files of old versions, and what nobody should write, byte by byte; for tests. */
final class OldRdb {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final int version;

    OldRdb(int version) {
        this.version = version;
        out.writeBytes(String.format("REDIS%04d", version).getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] bytes(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A length and a string. */
    static byte[] string(String latin) {
        return Payloads.string(bytes(latin));
    }

    static byte[] length(long n) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (n >= 1L << 31) {
            out.write(0x81);
            out.writeBytes(ByteBuffer.allocate(8).putLong(n).array());
        } else {
            Payloads.length(out, (int) n);
        }
        return out.toByteArray();
    }

    /** All parts, one behind the other. */
    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] little(long value, int bytes) {
        byte[] b = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
        return java.util.Arrays.copyOf(b, bytes);
    }

    static byte[] real(double value) {
        return little(Double.doubleToRawLongBits(value), 8);
    }

    /** A string as LZF packs it. */
    static byte[] packed(String latin) {
        byte[] plain = bytes(latin);
        Lzf lzf = new Lzf();
        int n = lzf.compress(plain, 0, plain.length);
        return join(
                new byte[] {(byte) 0xC3}, length(n), length(plain.length), java.util.Arrays.copyOf(lzf.packed(), n));
    }

    /** A listpack as a string; elements that are small numbers are kept as such. */
    static byte[] listpack(String... elements) {
        ByteArrayOutputStream entries = new ByteArrayOutputStream();
        for (String element : elements) {
            byte[] entry = entry(element);
            entries.writeBytes(entry);
            int n = entry.length;
            if (n < 128) {
                entries.write(n);
            } else {
                entries.write(n >>> 7);
                entries.write(n & 0x7F | 0x80);
            }
        }
        byte[] body = entries.toByteArray();
        byte[] all = join(little(body.length + 7, 4), little(elements.length, 2), body, new byte[] {(byte) 0xFF});
        return Payloads.string(all);
    }

    private static byte[] entry(String element) {
        if (element.matches("[1-9][0-9]?|0|1[01][0-9]|12[0-7]")) {
            return little(Integer.parseInt(element), 1);
        }
        if (element.matches("-?[1-9][0-9]{2,8}")) {
            return join(new byte[] {(byte) 0xF3}, little(Integer.parseInt(element), 4));
        }
        byte[] text = bytes(element);
        return text.length < 64
                ? join(new byte[] {(byte) (0x80 | text.length)}, text)
                : join(new byte[] {(byte) (0xE0 | text.length >>> 8), (byte) text.length}, text);
    }

    OldRdb raw(byte[]... parts) {
        out.writeBytes(join(parts));
        return this;
    }

    OldRdb code(int code, byte[]... parts) {
        out.write(code);
        return raw(parts);
    }

    OldRdb aux(String name, String value) {
        return code(0xFA, string(name), string(value));
    }

    OldRdb db(int number) {
        return code(0xFE, length(number));
    }

    OldRdb key(int type, String key, byte[]... body) {
        out.write(type);
        out.writeBytes(string(key));
        return raw(body);
    }

    /** The file with its end and, where the version has one, its checksum. */
    byte[] end() {
        out.write(0xFF);
        if (version >= 5) {
            byte[] all = out.toByteArray();
            out.writeBytes(little(Crc64.update(0, all, 0, all.length), 8));
        }
        return out.toByteArray();
    }

    /** The file with its end and a checksum of zeros, which says that there is none. */
    byte[] endUnchecked() {
        out.write(0xFF);
        out.writeBytes(new byte[8]);
        return out.toByteArray();
    }
}
