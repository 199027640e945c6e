package io.duetdb.persistence.tool;

import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Another disk, to be looked at only: whatever is cut, renamed, removed or written here is so for this object alone. Loading
 * cuts torn files and renames what it adopts; a tool that only reads lets it do so without touching anything.
 *
 * <p>New files keep their first {@value #KEPT_MAX} bytes; what else is written to them is counted and dropped.
 */
final class ReadOnlyDisk implements Disk {
    private static final int KEPT_MAX = 1 << 20;

    private final Disk real;

    /** What differs from the real disk: null = there is nothing of this name. */
    private final Map<String, @Nullable Place> places = new TreeMap<>();

    private final Set<String> folders = new HashSet<>();

    /** Where a name's bytes are: a file of the real disk up to a length, or bytes kept here. */
    private static final class Place {
        final @Nullable String path;
        long size;
        byte[] kept = new byte[0];

        Place(@Nullable String path, long size) {
            this.path = path;
            this.size = size;
        }
    }

    ReadOnlyDisk(Disk real) {
        this.real = real;
    }

    private @Nullable Place find(String path) throws IOException {
        if (places.containsKey(path)) {
            return places.get(path);
        }
        return real.exists(path) && !Paths.isFolder(real, path) ? new Place(path, real.size(path)) : null;
    }

    private Place get(String path) throws IOException {
        Place place = find(path);
        if (place == null) {
            throw new IOException(path + ": there is no such file");
        }
        return place;
    }

    @Override
    public boolean exists(String path) {
        return places.containsKey(path) ? places.get(path) != null : folders.contains(path) || real.exists(path);
    }

    @Override
    public long size(String path) throws IOException {
        return get(path).size;
    }

    @Override
    public List<String> list(String folder) throws IOException {
        List<String> names = new ArrayList<>(real.exists(folder) ? real.list(folder) : List.of());
        for (Map.Entry<String, @Nullable Place> place : places.entrySet()) {
            if (Paths.folder(place.getKey()).equals(folder)) {
                names.remove(Paths.name(place.getKey()));
                if (place.getValue() != null) {
                    names.add(Paths.name(place.getKey()));
                }
            }
        }
        names.sort(null);
        return names;
    }

    @Override
    public void makeFolder(String path) {
        folders.add(path);
    }

    @Override
    public DiskFile create(String path) throws IOException {
        if (exists(path)) {
            throw new IOException(path + ": there is such a file");
        }
        Place place = new Place(null, 0);
        places.put(path, place);
        return new Open(place, null);
    }

    @Override
    public DiskFile append(String path) throws IOException {
        Place place = get(path);
        places.put(path, place);
        return new Open(place, null);
    }

    @Override
    public DiskFile read(String path) throws IOException {
        Place place = get(path);
        return new Open(place, place.path == null ? null : real.read(place.path));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Place place = get(from);
        places.put(from, null);
        places.put(to, place);
    }

    @Override
    public void delete(String path) {
        places.put(path, null);
    }

    @Override
    public void force(String folder) {}

    @Override
    public long freeBytes(String folder) throws IOException {
        return real.freeBytes(folder);
    }

    /** An open file of this disk. */
    private static final class Open implements DiskFile {
        private final Place place;
        private final @Nullable DiskFile source;
        private long position;

        Open(Place place, @Nullable DiskFile source) {
            this.place = place;
            this.source = source;
        }

        @Override
        public int write(byte[] bytes, int offset, int length) {
            int room = (int) Math.min(length, KEPT_MAX - place.size);
            if (place.path == null && room > 0) {
                place.kept = Arrays.copyOf(place.kept, (int) place.size + room);
                System.arraycopy(bytes, offset, place.kept, (int) place.size, room);
            }
            place.size += place.path == null ? length : 0; // what is appended to a real file is never read again
            return length;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int n = (int) Math.min(length, place.size - position);
            if (n <= 0) {
                return -1;
            }
            if (source != null) {
                n = source.read(to, offset, n);
            } else {
                n = (int) Math.min(n, place.kept.length - position);
                if (n <= 0) {
                    return -1;
                }
                System.arraycopy(place.kept, (int) position, to, offset, n);
            }
            position += Math.max(n, 0);
            return n;
        }

        @Override
        public void seek(long value) throws IOException {
            position = value;
            if (source != null) {
                source.seek(value);
            }
        }

        @Override
        public void force() {}

        @Override
        public void truncate(long size) {
            place.size = Math.min(place.size, size);
        }

        @Override
        public long size() {
            return place.size;
        }

        @Override
        public void close() throws IOException {
            if (source != null) {
                source.close();
            }
        }
    }
}
