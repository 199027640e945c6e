package io.duetdb.persistence.load;

import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A disk of files in memory that never fails: for tests that load the same file thousands of times. */
final class MemoryDisk implements Disk {
    /** The folder of data. */
    static final String DIR = "/data";

    final Map<String, byte[]> files = new TreeMap<>();

    /** Puts a file there. */
    MemoryDisk put(String path, byte[] bytes) {
        files.put(path, bytes.clone());
        return this;
    }

    /** The bytes of a file. */
    byte[] get(String path) {
        byte[] bytes = files.get(path);
        if (bytes == null) {
            throw new AssertionError("no file " + path + " among " + files.keySet());
        }
        return bytes;
    }

    /** Takes a copy of all files of a real folder, as the folder of data. */
    MemoryDisk copyOf(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(DIR + "/" + folder.relativize(file), Files.readAllBytes(file));
            }
        }
        return this;
    }

    /** Writes all files into a real folder. */
    void writeTo(Path folder) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey().substring(DIR.length() + 1));
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
    }

    @Override
    public boolean exists(String path) {
        return files.containsKey(path) || files.keySet().stream().anyMatch(name -> name.startsWith(path + "/"));
    }

    private byte[] found(String path) throws IOException {
        byte[] bytes = files.get(path);
        if (bytes == null) {
            throw new IOException("No such file or directory");
        }
        return bytes;
    }

    @Override
    public long size(String path) throws IOException {
        return found(path).length;
    }

    @Override
    public List<String> list(String folder) {
        return files.keySet().stream()
                .filter(name -> name.startsWith(folder + "/"))
                .map(name -> name.substring(folder.length() + 1).split("/", -1)[0])
                .distinct()
                .toList();
    }

    @Override
    public void makeFolder(String path) {}

    @Override
    public DiskFile create(String path) throws IOException {
        if (files.containsKey(path)) {
            throw new IOException("File exists");
        }
        files.put(path, new byte[0]);
        return new Open(path);
    }

    @Override
    public DiskFile append(String path) throws IOException {
        found(path);
        return new Open(path);
    }

    @Override
    public DiskFile read(String path) throws IOException {
        found(path);
        return new Open(path);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        files.put(to, found(from));
        files.remove(from);
    }

    @Override
    public void delete(String path) {
        files.remove(path);
    }

    @Override
    public void force(String folder) {}

    @Override
    public long freeBytes(String folder) {
        return Long.MAX_VALUE;
    }

    private final class Open implements DiskFile {
        private final String path;
        private int at;

        Open(String path) {
            this.path = path;
        }

        @Override
        public int write(byte[] bytes, int offset, int length) throws IOException {
            byte[] before = found(path);
            byte[] after = Arrays.copyOf(before, before.length + length);
            System.arraycopy(bytes, offset, after, before.length, length);
            files.put(path, after);
            return length;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            byte[] bytes = found(path);
            if (at >= bytes.length) {
                return -1;
            }
            int n = Math.min(length, bytes.length - at);
            System.arraycopy(bytes, at, to, offset, n);
            at += n;
            return n;
        }

        @Override
        public void seek(long position) {
            at = (int) position;
        }

        @Override
        public void force() {}

        @Override
        public void truncate(long size) throws IOException {
            files.put(path, Arrays.copyOf(found(path), (int) size));
        }

        @Override
        public long size() throws IOException {
            return found(path).length;
        }

        @Override
        public void close() {}
    }
}
