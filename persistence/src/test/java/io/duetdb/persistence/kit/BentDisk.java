package io.duetdb.persistence.kit;

import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import java.io.IOException;
import java.util.List;

/** A disk that does what another does, but for what a subclass does wrong. */
public class BentDisk implements Disk {
    protected final Disk disk;

    public BentDisk(Disk disk) {
        this.disk = disk;
    }

    /** The file that is used instead of one that was opened. */
    protected DiskFile bend(DiskFile file, String path) {
        return file;
    }

    @Override
    public boolean exists(String path) {
        return disk.exists(path);
    }

    @Override
    public long size(String path) throws IOException {
        return disk.size(path);
    }

    @Override
    public List<String> list(String folder) throws IOException {
        return disk.list(folder);
    }

    @Override
    public void makeFolder(String path) throws IOException {
        disk.makeFolder(path);
    }

    @Override
    public DiskFile create(String path) throws IOException {
        return bend(disk.create(path), path);
    }

    @Override
    public DiskFile append(String path) throws IOException {
        return bend(disk.append(path), path);
    }

    @Override
    public DiskFile read(String path) throws IOException {
        return bend(disk.read(path), path);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(String path) throws IOException {
        disk.delete(path);
    }

    @Override
    public void force(String folder) throws IOException {
        disk.force(folder);
    }

    @Override
    public long freeBytes(String folder) throws IOException {
        return disk.freeBytes(folder);
    }

    /** A file that does what another does, but for what a subclass does wrong. */
    public static class BentFile implements DiskFile {
        protected final DiskFile file;

        public BentFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public int write(byte[] bytes, int offset, int length) throws IOException {
            return file.write(bytes, offset, length);
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            return file.read(to, offset, length);
        }

        @Override
        public void seek(long position) throws IOException {
            file.seek(position);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
