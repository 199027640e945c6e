package io.duetdb.persistence.disk;

import java.io.IOException;
import java.util.List;

/**
 * The file system as persistence uses it, one method for each step that can fail or be lost by a crash. Paths are those
 * of the host, relative ones from the process's folder. A name that was made, changed or removed lasts through a power
 * cut only when its folder was forced afterwards; bytes only when their file was.
 *
 * <p>May be called from any thread. Every failure is an {@link IOException} whose message a user can read.
 */
public interface Disk {
    /** Whether there is a file or folder of this name. */
    boolean exists(String path);

    /** Length of a file in bytes. */
    long size(String path) throws IOException;

    /** Names (not paths) of a folder's files and folders, sorted. */
    List<String> list(String folder) throws IOException;

    /** Makes a folder; nothing when there is one. */
    void makeFolder(String path) throws IOException;

    /** Makes a file that was not there before, to be written. */
    DiskFile create(String path) throws IOException;

    /** Opens a file to be written on at its end. */
    DiskFile append(String path) throws IOException;

    /** Opens a file to be read from its beginning. */
    DiskFile read(String path) throws IOException;

    /** Gives a file another name in one step; a file that had it is replaced. */
    void rename(String from, String to) throws IOException;

    /** Removes a file; nothing when there is none. */
    void delete(String path) throws IOException;

    /** Makes what was made, renamed and removed in a folder last through a power cut. */
    void force(String folder) throws IOException;

    /** Bytes that can still be written in a folder. */
    long freeBytes(String folder) throws IOException;
}
