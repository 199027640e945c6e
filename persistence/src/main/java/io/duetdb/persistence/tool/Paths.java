package io.duetdb.persistence.tool;

import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a path names, as its content shows. */
final class Paths {
    static final String MANIFEST_SUFFIX = ".manifest";
    private static final byte[] RDB_HEAD = {'R', 'E', 'D', 'I', 'S'};

    private Paths() {}

    /** What stands at a path. */
    enum Kind {
        /** A snapshot, perhaps with commands behind it. */
        RDB,
        /** Commands. */
        AOF,
        /** The list of an append-only file's parts. */
        MANIFEST,
        /** A folder with a manifest. */
        AOF_FOLDER,
        /** Any other folder. */
        FOLDER
    }

    /** Looks. @throws IOException when there is nothing, or it can't be read */
    static Kind kind(Disk disk, String path) throws IOException {
        if (!disk.exists(path)) {
            throw new IOException(path + ": there is no such file or folder");
        }
        if (isFolder(disk, path)) {
            return manifest(disk, path) == null ? Kind.FOLDER : Kind.AOF_FOLDER;
        }
        byte[] head = head(disk, path, RDB_HEAD.length);
        if (Arrays.equals(head, RDB_HEAD)) {
            return Kind.RDB;
        }
        return path.endsWith(MANIFEST_SUFFIX) ? Kind.MANIFEST : Kind.AOF;
    }

    /** Whether a path names a folder. */
    static boolean isFolder(Disk disk, String path) {
        try {
            disk.list(path);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Name of the manifest in a folder, or null when there is none or more than one. */
    static @Nullable String manifest(Disk disk, String folder) throws IOException {
        String found = null;
        for (String name : disk.list(folder)) {
            if (name.endsWith(MANIFEST_SUFFIX) && !name.startsWith("temp-")) {
                if (found != null) {
                    return null;
                }
                found = name;
            }
        }
        return found;
    }

    /** The first bytes of a file, fewer when it is shorter. */
    static byte[] head(Disk disk, String path, int length) throws IOException {
        return at(disk, path, 0, length);
    }

    /** Bytes of a file from a place on, fewer when it ends before. */
    static byte[] at(Disk disk, String path, long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        int done = 0;
        try (DiskFile file = disk.read(path)) {
            file.seek(offset);
            while (done < length) {
                int n = file.read(bytes, done, length - done);
                if (n < 0) {
                    break;
                }
                done += n;
            }
        }
        return Arrays.copyOf(bytes, done);
    }

    /** A whole small file. */
    static byte[] all(Disk disk, String path, int max) throws IOException {
        long size = disk.size(path);
        if (size > max) {
            throw new IOException(path + " has " + size + " bytes: too many for what it should be");
        }
        return at(disk, path, 0, (int) size);
    }

    /** The last part of a path. */
    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The folder a path lies in. */
    static String folder(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
    }

    /** The path without slashes at its end. */
    static String trimmed(String path) {
        int end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    /** Copies a file to a new one, from a place on, and forces it. */
    static void copy(Disk disk, String from, long offset, String to, Meter meter) throws IOException {
        byte[] buffer = new byte[1 << 18];
        boolean done = false;
        try (DiskFile in = disk.read(from);
                DiskFile out = disk.create(to)) {
            in.seek(offset);
            long copied = 0;
            for (int n = in.read(buffer, 0, buffer.length); n >= 0; n = in.read(buffer, 0, buffer.length)) {
                write(out, buffer, n);
                copied += n;
                meter.at(copied);
            }
            out.force();
            done = true;
        } finally {
            if (!done) {
                disk.delete(to);
            }
        }
    }

    /** Makes a file of these bytes, and forces it. */
    static void create(Disk disk, String path, byte[] bytes) throws IOException {
        try (DiskFile out = disk.create(path)) {
            write(out, bytes, bytes.length);
            out.force();
        }
    }

    private static void write(DiskFile out, byte[] bytes, int length) throws IOException {
        int done = 0;
        while (done < length) {
            done += out.write(bytes, done, length - done);
        }
    }
}
