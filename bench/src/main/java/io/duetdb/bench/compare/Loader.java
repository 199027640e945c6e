package io.duetdb.bench.compare;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Fills a server through one raw connection as fast as it takes them: SET of keys in redis-benchmark's form
 * ({@code key:%012d}, 16 bytes). Every command's bytes have one length, so only the digits are rewritten.
 */
final class Loader {
    private static final int BATCH_BYTES = 64 << 10;
    private static final int GENTLE_BYTES = 8 << 10;

    private final int port;
    private final String prefix;
    private final byte[] value;
    private String expiry = "";
    private boolean spreadExpiry;
    private int batchBytes = BATCH_BYTES;

    private Loader(int port, String prefix, byte[] value) {
        this.port = port;
        this.prefix = prefix;
        this.value = value;
    }

    /** A loader of values of {@code valueBytes} letters. */
    static Loader of(int port, int valueBytes) {
        byte[] value = new byte[valueBytes];
        Arrays.fill(value, (byte) 'x');
        return new Loader(port, "key:", value);
    }

    /** A loader of keys {@code prefix%012d} with a value of its own. */
    static Loader of(int port, String prefix, String value) {
        return new Loader(port, prefix, value.getBytes(StandardCharsets.US_ASCII));
    }

    /** Gives every key a TTL of ten hours and up to 27 more, different for each. */
    Loader withTtl() {
        expiry = "EX";
        spreadExpiry = true;
        return this;
    }

    /** Writes in small pieces, so that a server's turns are short for what they bring in. */
    Loader gently() {
        batchBytes = GENTLE_BYTES;
        return this;
    }

    /** Lets every key expire at the same instant, in milliseconds since the epoch. */
    Loader expiringAt(long atMs) {
        expiry = "PXAT";
        at = atMs;
        return this;
    }

    private long at;

    /** Sets keys {@code from} (inclusive) to {@code to} (exclusive) and waits until all are acknowledged. */
    void load(long from, long to) throws IOException {
        byte[] template = template();
        int perBatch = Math.max(1, batchBytes / template.length);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            byte[] batch = new byte[perBatch * template.length];
            for (int i = 0; i < perBatch; i++) {
                System.arraycopy(template, 0, batch, i * template.length, template.length);
            }
            byte[] replies = new byte[1 << 16];
            long unread = 0;
            for (long id = from; id < to; ) {
                int n = (int) Math.min(perBatch, to - id);
                for (int i = 0; i < n; i++) {
                    fill(batch, i * template.length, template.length, id + i);
                }
                out.write(batch, 0, n * template.length);
                id += n;
                // One batch is always under way while the one before is answered.
                unread = drain(in, replies, unread);
                unread += n * 5L;
            }
            drain(in, replies, unread);
        }
    }

    private byte[] template() {
        String key = prefix + "000000000000";
        boolean expires = !expiry.isEmpty();
        String head = (expires ? "*5" : "*3") + "\r\n$3\r\nSET\r\n$" + key.length() + "\r\n" + key + "\r\n$"
                + value.length + "\r\n";
        String number = spreadExpiry ? "036000" : Long.toString(at);
        String tail = expires
                ? "\r\n$" + expiry.length() + "\r\n" + expiry + "\r\n$" + number.length() + "\r\n" + number + "\r\n"
                : "\r\n";
        byte[] h = head.getBytes(StandardCharsets.US_ASCII);
        byte[] t = tail.getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(h, h.length + value.length + t.length);
        System.arraycopy(value, 0, all, h.length, value.length);
        System.arraycopy(t, 0, all, h.length + value.length, t.length);
        keyEnd = head.indexOf(key) + key.length();
        return all;
    }

    private int keyEnd;

    private void fill(byte[] batch, int offset, int templateLength, long id) {
        digits(batch, offset + keyEnd, 12, id);
        if (spreadExpiry) {
            digits(batch, offset + templateLength - 2, 6, 100_000 + id * 7919 % 100_000);
        }
    }

    private static void digits(byte[] to, int end, int count, long value) {
        long left = value;
        for (int i = 1; i <= count; i++) {
            to[end - i] = (byte) ('0' + left % 10);
            left /= 10;
        }
    }

    /** Reads the rest of {@code +OK} replies. */
    private static long drain(InputStream in, byte[] to, long bytes) throws IOException {
        long left = bytes;
        while (left > 0) {
            int n = in.read(to, 0, (int) Math.min(to.length, left));
            if (n < 0) {
                throw new EOFException("the server closed the connection while it was filled");
            }
            for (int i = 0; i < n; i++) {
                if (to[i] == '-') {
                    throw new IOException("the server refused: "
                            + new String(to, i, Math.min(n - i, 200), StandardCharsets.US_ASCII).split("\r")[0]);
                }
            }
            left -= n;
        }
        return 0;
    }
}
