package io.duetdb.rdb;

import io.duetdb.bytes.Crc64;
import io.duetdb.engine.api.Snapshot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes an RDB file around the values: head, facts, databases, keys, checksum. What it makes of the same is the same,
 * and comes to the output in blocks. Not for two threads at once.
 */
public final class RdbFileWriter {
    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BLOCK = 128 * 1024;

    private final RdbOutput out;
    private final RdbWriter writer;
    private final boolean checksum;
    private final int version;
    private final byte[] block = new byte[BLOCK];
    private int length;
    private long before;
    private long crc;

    /**
     * A writer to {@code out}, which begins with the file's head; with {@code checksum} the file ends with one, else with
     * zeros, as Redis' does.
     *
     * @param version of the format; below {@link RdbTypes#VERSION_MAX} no field may have a time to live
     */
    public RdbFileWriter(RdbOutput out, boolean compress, boolean checksum, int version) {
        this.out = out;
        this.checksum = checksum;
        this.version = version;
        this.writer = new RdbWriter(this::append, compress);
        byte[] head = new byte[RdbTypes.HEAD];
        System.arraycopy(RdbTypes.MAGIC, 0, head, 0, RdbTypes.MAGIC.length);
        int digits = version;
        for (int i = RdbTypes.HEAD - 1; i >= RdbTypes.MAGIC.length; i--) {
            head[i] = (byte) ('0' + digits % 10);
            digits /= 10;
        }
        append(head, 0, head.length);
    }

    /** The plainest version that holds a view: what Redis 7.0 reads, unless fields have times to live. */
    public static int version(Snapshot view) {
        return view.hasFieldDeadlines() ? RdbTypes.VERSION_MAX : RdbTypes.VERSION_FILE;
    }

    /** A fact about the file. Before the first database. */
    public void aux(String name, String value) {
        put(RdbTypes.AUX);
        string(name);
        string(value);
    }

    /** A fact that is a number. */
    public void aux(String name, long value) {
        aux(name, Long.toString(value));
    }

    private void string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        writer.string(bytes, 0, bytes.length);
    }

    /** The keys from here on belong to a database. */
    public void database(int db, long keys, long expires) {
        put(RdbTypes.DATABASE);
        writer.length(db);
        put(RdbTypes.SIZES);
        writer.length(keys);
        writer.length(expires);
    }

    /** One key. */
    public void entry(byte[] key, int offset, int keyLength, long expireAtMs, Snapshot.ValueReader value) {
        if (expireAtMs >= 0) {
            room(1 + Long.BYTES);
            block[length] = (byte) RdbTypes.EXPIRE_MS;
            LONG_LE.set(block, length + 1, expireAtMs);
            length += 1 + Long.BYTES;
        }
        int type = writer.type(value);
        if (type == RdbTypes.HASH_FIELD_TTL && version < RdbTypes.VERSION_MAX) {
            throw new IllegalStateException("fields have times to live, which version " + version + " can't hold");
        }
        put(type);
        writer.string(key, offset, keyLength);
        writer.value(type, value);
    }

    /** The end: the checksum, and all bytes have come to the output. */
    public void end() {
        put(RdbTypes.END);
        flush();
        room(Long.BYTES);
        LONG_LE.set(block, 0, checksum ? crc : 0L);
        length = Long.BYTES;
        flush();
    }

    /** Bytes written so far, whether they have come to the output or not. */
    public long position() {
        return before + length;
    }

    // ---- blocks

    private void put(int one) {
        room(1);
        block[length++] = (byte) one;
    }

    private void room(int n) {
        if (BLOCK - length < n) {
            flush();
        }
    }

    private void append(byte[] bytes, int offset, int n) {
        if (BLOCK - length < n) {
            flush();
            if (n >= BLOCK) {
                hand(bytes, offset, n);
                return;
            }
        }
        System.arraycopy(bytes, offset, block, length, n);
        length += n;
    }

    private void flush() {
        hand(block, 0, length);
        length = 0;
    }

    private void hand(byte[] bytes, int offset, int n) {
        if (n > 0) {
            if (checksum) {
                crc = Crc64.update(crc, bytes, offset, n);
            }
            out.write(bytes, offset, n);
            before += n;
        }
    }
}
