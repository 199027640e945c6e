package io.duetdb.persistence.aof;

import io.duetdb.persistence.disk.DiskFile;
import java.io.IOException;

/**
 * An increment that is being written: whole batches or nothing, and a line with the checksum of all before it at the
 * end of a batch, at the latest when 4 KB have passed since the last. One thread at a time; {@link #force}, {@link
 * #size} and {@link #unforced} may be called from others meanwhile.
 */
final class LogFile {
    /** Bytes after which a checksum is due. */
    static final int CHECKSUM_BYTES = 4096;

    /** A batch as long as a sector gets one at once: zeros as long as that, without one, are what a disk never got. */
    private static final int SECTOR_BYTES = 512;

    private final DiskFile file;
    private final RunningCrc crc = new RunningCrc();
    private final boolean checksums;
    private final Batch nothing = new Batch();
    private volatile long size;
    private volatile long forced;
    private long vouchedFor; // -1: for nothing, not even for the file's being ours
    private boolean torn;

    /** A file of {@code size} bytes whose CRC is {@code crc}. Takes ownership of {@code file}. */
    LogFile(DiskFile file, long size, int crc, boolean checksums) {
        this.file = file;
        this.size = size;
        this.forced = size;
        this.crc.startFrom(crc);
        this.checksums = checksums;
    }

    /** Good length in bytes. */
    long size() {
        return size;
    }

    /** Bytes appended since forcing last began. Any thread. */
    long unforced() {
        return size - forced;
    }

    /**
     * Appends a batch, with a checksum if asked for or due. When it fails the file is as before, at the latest when this
     * is called again.
     *
     * @param effects logical offset of the effects up to here
     */
    void append(Batch batch, long effects, boolean checksum) throws IOException {
        mend();
        int mark = crc.mark();
        long markBytes = crc.markBytes();
        int total = batch.length;
        crc.update(batch.bytes, 0, total);
        long end = size + total;
        boolean due = end - vouchedFor >= CHECKSUM_BYTES || total >= SECTOR_BYTES;
        boolean vouches = checksums && (due || checksum && end > vouchedFor);
        if (vouches) {
            batch.reserve(0);
            total = Annotation.write(end, crc.value(), effects, batch.bytes, total);
            crc.update(batch.bytes, batch.length, total - batch.length);
        }
        try {
            write(batch.bytes, total);
        } catch (IOException e) {
            crc.rewind(mark, markBytes);
            torn = true;
            mendQuietly();
            throw e;
        }
        size += total;
        if (vouches) {
            vouchedFor = size;
        }
    }

    /**
     * Begins a new file with the checksum of nothing: it says that the file is ours, so that whatever a power cut may leave
     * behind it is known for what it is.
     */
    void header(long effects) throws IOException {
        vouchedFor = -1;
        vouch(effects);
    }

    /** Writes a checksum if bytes came since the last. */
    void vouch(long effects) throws IOException {
        nothing.clear();
        append(nothing, effects, true);
    }

    /** The same where that is possible: what was appended can last without it, and the next append says what is wrong. */
    void vouchIfRoom(long effects) {
        try {
            vouch(effects);
        } catch (IOException e) {
            assert e.getMessage() != null; // what was written of it is cut off before the next append
        }
    }

    private void write(byte[] bytes, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int taken = file.write(bytes, done, length - done);
            if (taken <= 0) {
                throw new IOException("No space left on device");
            }
            done += taken;
        }
    }

    /** Cuts off what a failed write may have left. */
    void mend() throws IOException {
        if (torn) {
            file.truncate(size);
            torn = false;
        }
    }

    private void mendQuietly() {
        try {
            mend();
        } catch (IOException e) {
            // Tried again before the next write: until then nothing is appended, and its failure is told then.
            assert torn;
        }
    }

    /** Makes what was appended last. Any thread. */
    void force() throws IOException {
        forced = size;
        file.force();
    }

    /** Closes the file. */
    void close() throws IOException {
        file.close();
    }
}
