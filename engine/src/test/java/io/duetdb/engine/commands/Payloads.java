package io.duetdb.engine.commands;

import io.duetdb.bytes.Crc64;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Payloads for RESTORE in the encodings of old versions, which nobody writes any more; written for tests only. */
public final class Payloads {
    private Payloads() {}

    /** A payload of a type and body, with version and checksum. */
    public static byte[] payload(int type, byte[] body, int version) {
        ByteBuffer b = ByteBuffer.allocate(body.length + 11).order(ByteOrder.LITTLE_ENDIAN);
        b.put((byte) type).put(body).putShort((short) version);
        b.putLong(Crc64.update(0, b.array(), 0, b.position()));
        return b.array();
    }

    /** The same payload with the checksum that its bytes have now. */
    public static byte[] sealed(byte[] payload) {
        byte[] copy = payload.clone();
        ByteBuffer.wrap(copy)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(copy.length - 8, Crc64.update(0, copy, 0, copy.length - 8));
        return copy;
    }

    /** A length and a string. */
    public static byte[] string(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        length(out, bytes.length);
        out.writeBytes(bytes);
        return out.toByteArray();
    }

    public static void length(ByteArrayOutputStream out, int n) {
        if (n < 64) {
            out.write(n);
        } else if (n < 16384) {
            out.write(0x40 | n >>> 8);
            out.write(n);
        } else {
            out.write(0x80);
            out.writeBytes(ByteBuffer.allocate(4).putInt(n).array());
        }
    }

    /** A ziplist; what is an integer is kept as one of a chosen width. */
    public static byte[] ziplist(List<String> elements) {
        ByteArrayOutputStream entries = new ByteArrayOutputStream();
        int previous = 0;
        int last = 10;
        for (String element : elements) {
            last = 10 + entries.size();
            int start = entries.size();
            if (previous < 254) {
                entries.write(previous);
            } else {
                entries.write(254);
                entries.writeBytes(little(previous, 4));
            }
            entry(entries, element);
            previous = entries.size() - start;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(little(entries.size() + 11, 4));
        out.writeBytes(little(last, 4));
        out.writeBytes(little(elements.size(), 2));
        out.writeBytes(entries.toByteArray());
        out.write(0xFF);
        return out.toByteArray();
    }

    private static void entry(ByteArrayOutputStream out, String element) {
        byte[] bytes = element.getBytes(StandardCharsets.ISO_8859_1);
        if (element.matches("-?[1-9][0-9]{0,17}|0")) {
            long v = Long.parseLong(element);
            if (v >= 0 && v <= 12) {
                out.write(0xF1 + (int) v);
            } else if (v == (byte) v) {
                out.write(0xFE);
                out.writeBytes(little(v, 1));
            } else if (v == (short) v) {
                out.write(0xC0);
                out.writeBytes(little(v, 2));
            } else if (v == v << 40 >> 40) {
                out.write(0xF0);
                out.writeBytes(little(v, 3));
            } else if (v == (int) v) {
                out.write(0xD0);
                out.writeBytes(little(v, 4));
            } else {
                out.write(0xE0);
                out.writeBytes(little(v, 8));
            }
            return;
        }
        if (bytes.length < 64) {
            out.write(bytes.length);
        } else if (bytes.length < 16384) {
            out.write(0x40 | bytes.length >>> 8);
            out.write(bytes.length);
        } else {
            out.write(0x80);
            out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
        }
        out.writeBytes(bytes);
    }

    /** A listpack; what is an integer is kept as one, in the narrowest width. */
    static byte[] listpack(List<String> elements) {
        ByteArrayOutputStream entries = new ByteArrayOutputStream();
        for (String element : elements) {
            int start = entries.size();
            packed(entries, element);
            int n = entries.size() - start;
            int groups = n < 128 ? 1 : n < 16_384 ? 2 : n < 2_097_152 ? 3 : 4;
            for (int i = groups - 1; i >= 0; i--) { // read backwards: the last byte holds the lowest bits
                entries.write(n >>> 7 * i & 127 | (i < groups - 1 ? 128 : 0));
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(little(entries.size() + 7, 4));
        out.writeBytes(little(elements.size(), 2));
        out.writeBytes(entries.toByteArray());
        out.write(0xFF);
        return out.toByteArray();
    }

    private static void packed(ByteArrayOutputStream out, String element) {
        byte[] bytes = element.getBytes(StandardCharsets.ISO_8859_1);
        if (element.matches("-?[1-9][0-9]{0,17}|0")) {
            long v = Long.parseLong(element);
            if (v >= 0 && v <= 127) {
                out.write((int) v);
            } else if (v >= -4096 && v <= 4095) {
                out.write(0xC0 | (int) (v >> 8) & 0x1F);
                out.write((int) v);
            } else {
                int width = v == (short) v ? 2 : v == v << 40 >> 40 ? 3 : v == (int) v ? 4 : 8;
                out.write(width == 8 ? 0xF4 : 0xEF + width);
                out.writeBytes(little(v, width));
            }
            return;
        }
        if (bytes.length < 64) {
            out.write(0x80 | bytes.length);
        } else if (bytes.length < 4096) {
            out.write(0xE0 | bytes.length >>> 8);
            out.write(bytes.length);
        } else {
            out.write(0xF0);
            out.writeBytes(little(bytes.length, 4));
        }
        out.writeBytes(bytes);
    }

    /** A zipmap of fields and values in turn. */
    public static byte[] zipmap(List<String> elements) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(elements.size() / 2);
        for (int i = 0; i < elements.size(); i++) {
            byte[] bytes = elements.get(i).getBytes(StandardCharsets.ISO_8859_1);
            if (bytes.length < 254) {
                out.write(bytes.length);
            } else {
                out.write(254);
                out.writeBytes(little(bytes.length, 4));
            }
            if (i % 2 == 1) {
                out.write(2); // spare bytes
            }
            out.writeBytes(bytes);
            if (i % 2 == 1) {
                out.write('?');
                out.write('?');
            }
        }
        out.write(0xFF);
        return out.toByteArray();
    }

    /** An intset of numbers that ascend. */
    public static byte[] intset(int width, long... numbers) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(little(width, 4));
        out.writeBytes(little(numbers.length, 4));
        for (long number : numbers) {
            out.writeBytes(little(number, width));
        }
        return out.toByteArray();
    }

    static byte[] little(long value, int bytes) {
        byte[] out = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            out[i] = (byte) (value >>> 8 * i);
        }
        return out;
    }
}
