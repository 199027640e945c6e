package io.duetdb.persistence.load;

import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.disk.Outside;
import java.io.IOException;

/** Cuts a file where its good part ends, and keeps the rest under another name. */
final class Aside {
    private static final int PIECE = 1 << 20;

    private Aside() {}

    /**
     * Cuts what stands behind {@code length}, after it was copied to {@code <file>.torn-<seconds since the epoch>}.
     * Both last through a power cut when this returns.
     *
     * @return path of the copy
     */
    static String cut(Outside outside, String path, long length) throws IOException {
        Disk disk = outside.disk();
        String folder = path.substring(0, path.lastIndexOf('/'));
        String copy = free(outside, path);
        copy(disk, path, length, copy);
        disk.force(folder);
        try (DiskFile file = disk.append(path)) {
            file.truncate(length);
            file.force();
        }
        disk.force(folder);
        return copy;
    }

    /** Gives a file another name, as a part that is not loaded any more. Returns it. */
    static String away(Outside outside, String path) throws IOException {
        String name = free(outside, path);
        outside.disk().rename(path, name);
        return name;
    }

    private static String free(Outside outside, String path) {
        String name = path + ".torn-" + outside.clock().wallUs() / 1_000_000;
        String free = name;
        for (int i = 2; outside.disk().exists(free); i++) {
            free = name + "-" + i;
        }
        return free;
    }

    private static void copy(Disk disk, String from, long offset, String to) throws IOException {
        byte[] buffer = new byte[PIECE];
        try (DiskFile in = disk.read(from);
                DiskFile out = disk.create(to)) {
            in.seek(offset);
            for (int n = in.read(buffer, 0, PIECE); n >= 0; n = in.read(buffer, 0, PIECE)) {
                int done = 0;
                while (done < n) {
                    done += out.write(buffer, done, n - done);
                }
            }
            out.force();
        } catch (IOException e) {
            disk.delete(to);
            throw e;
        }
    }
}
