package io.duetdb.persistence.disk;

import java.io.Closeable;
import java.io.IOException;

/** One open file. One thread reads or writes it at a time; {@link #force} may be called from another meanwhile. */
public interface DiskFile extends Closeable {
    /**
     * Writes at the end of the file, one call of the system. Returns how many bytes were taken: fewer than given where
     * the disk is full; then the next call says why.
     */
    int write(byte[] bytes, int offset, int length) throws IOException;

    /** Reads on from where the last read ended. Returns how many bytes came, at least one; -1 at the end. */
    int read(byte[] to, int offset, int length) throws IOException;

    /** The next read begins here. */
    void seek(long position) throws IOException;

    /** Makes all bytes written so far last through a power cut. After a failure the file can't be relied on any more. */
    void force() throws IOException;

    /** Cuts what stands behind {@code size}; the next write comes there. */
    void truncate(long size) throws IOException;

    /** Length in bytes. */
    long size() throws IOException;

    @Override
    void close() throws IOException;
}
