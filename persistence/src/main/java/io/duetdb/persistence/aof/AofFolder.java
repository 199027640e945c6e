package io.duetdb.persistence.aof;

import io.duetdb.persistence.aof.Manifest.Entry;
import io.duetdb.persistence.aof.Manifest.Kind;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.disk.Outside;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * The folder of the append-only file: its files are made, listed and removed here, each step forced before the next may
 * rely on it. Numbers of files only rise, and a name that is taken by a file nobody listed is passed over: nothing is
 * ever overwritten. Any thread, one at a time.
 */
final class AofFolder {
    private static final int PIECE = 64 * 1024;

    private final Outside outside;
    private final Disk disk;
    private final AofNames names;
    private long lastBase;
    private long lastIncrement;
    private boolean lasts;

    AofFolder(Outside outside) {
        this.outside = outside;
        this.disk = outside.disk();
        this.names = new AofNames(outside);
    }

    /** Path of the folder. */
    String path() {
        return names.folder();
    }

    /** Path of a file in it. */
    String path(String name) {
        return names.path(name);
    }

    /** Path under which a new base is written, before it has its name. */
    String temporaryBase() {
        return names.path("temp-" + names.stem() + ".base");
    }

    /** Makes the folder, lastingly. One that is there may have been made by a process that came no further. */
    void make() throws IOException {
        String folder = names.folder();
        if (!lasts || !disk.exists(folder)) {
            disk.makeFolder(folder);
            disk.force(outside.settings().text("dir"));
            lasts = true;
        }
    }

    // ---- the manifest

    /**
     * The list as it stands on the disk; empty when there is none.
     *
     * @throws IOException also when it can't be understood
     */
    Manifest read() throws IOException {
        String path = names.path(names.manifest());
        if (!disk.exists(path)) {
            return Manifest.EMPTY;
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (DiskFile file = disk.read(path)) {
            byte[] piece = new byte[PIECE];
            for (int n = file.read(piece, 0, PIECE); n >= 0; n = file.read(piece, 0, PIECE)) {
                text.write(piece, 0, n);
            }
        }
        try {
            return Manifest.parse(text.toByteArray());
        } catch (IllegalArgumentException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    /**
     * Puts a list in the place of the one before, lastingly.
     *
     * @throws NotForcedException when it stands there, but may be gone after a power cut; any other exception means that
     *     the one before is still there
     */
    void store(Manifest manifest) throws IOException {
        String temporary = names.path(names.temporaryManifest());
        disk.delete(temporary);
        try (DiskFile file = disk.create(temporary)) {
            byte[] text = manifest.text();
            int done = 0;
            while (done < text.length) {
                done += file.write(text, done, text.length - done);
            }
            file.force();
        }
        disk.rename(temporary, names.path(names.manifest()));
        try {
            force();
        } catch (IOException e) {
            throw new NotForcedException(e);
        }
    }

    /**
     * Where there is no list, stores one that names nothing: what is found beside it was never finished, and nobody has lost
     * the list of it.
     */
    void announce() throws IOException {
        if (!disk.exists(names.path(names.manifest()))) {
            store(Manifest.EMPTY);
        }
    }

    /** Makes names that were given and removed last. */
    void force() throws IOException {
        disk.force(names.folder());
    }

    // ---- files

    /** Numbers go on behind those of a list. */
    void known(Manifest manifest) {
        Entry base = manifest.base();
        if (base != null) {
            lastBase = Math.max(lastBase, base.sequence());
        }
        for (Entry entry : manifest.increments()) {
            lastIncrement = Math.max(lastIncrement, entry.sequence());
        }
    }

    /** The entry of the next base, for which no file is there yet. */
    Entry nextBase() {
        do {
            lastBase++;
        } while (disk.exists(names.path(names.base(lastBase))));
        return new Entry(names.base(lastBase), lastBase, Kind.BASE);
    }

    /** The entry of the next increment, for which no file is there yet. */
    Entry nextIncrement() {
        do {
            lastIncrement++;
        } while (disk.exists(names.path(names.increment(lastIncrement))));
        return new Entry(names.increment(lastIncrement), lastIncrement, Kind.INCREMENT);
    }

    /**
     * Makes an increment's file, without effects and lasting. What was made of it is removed when this fails.
     *
     * @param offset logical offset of the effects before it
     */
    LogFile create(Entry increment, boolean checksums, long offset) throws IOException {
        String path = names.path(increment.name());
        DiskFile file = disk.create(path);
        LogFile made = new LogFile(file, 0, 0, checksums);
        try {
            made.header(offset);
            made.force();
            force();
        } catch (IOException e) {
            closeQuietly(file);
            deleteQuietly(increment);
            throw e;
        }
        return made;
    }

    /** Opens an increment that was cut to its good length, to be written on. */
    LogFile open(Entry increment, long size, int crc, boolean checksums) throws IOException {
        DiskFile file = disk.append(names.path(increment.name()));
        if (file.size() != size) {
            file.truncate(size);
        }
        return new LogFile(file, size, crc, checksums);
    }

    /** Removes the superseded files of a list. Returns the list without them, which is stored already. */
    Manifest removeHistory(Manifest manifest) throws IOException {
        if (manifest.history().isEmpty()) {
            return manifest;
        }
        for (Entry entry : manifest.history()) {
            disk.delete(names.path(entry.name()));
        }
        Manifest rest = manifest.withoutHistory();
        store(rest);
        return rest;
    }

    /** Removes a file that nothing refers to; that this fails does no harm. */
    void deleteQuietly(Entry entry) {
        deleteQuietly(names.path(entry.name()));
    }

    /** Removes a file that nothing refers to; that this fails does no harm but for the room it takes. */
    void deleteQuietly(String path) {
        try {
            disk.delete(path);
        } catch (IOException e) {
            outside.log().warning("Could not remove " + path + ": " + e.getMessage() + ". It can be removed by hand.");
        }
    }

    private static void closeQuietly(DiskFile file) {
        try {
            file.close();
        } catch (IOException e) {
            assert e.getMessage() != null; // nothing of it is needed any more
        }
    }

    /** Bytes that can still be written. */
    long freeBytes() throws IOException {
        return disk.freeBytes(names.folder());
    }

    /** Bytes of a list's files without the last increment. */
    long bytes(Manifest manifest) {
        long sum = manifest.base() == null ? 0 : size(manifest.base());
        for (int i = 0; i + 1 < manifest.increments().size(); i++) {
            sum += size(manifest.increments().get(i));
        }
        return sum;
    }

    private long size(Entry entry) {
        try {
            return disk.size(names.path(entry.name()));
        } catch (IOException e) {
            return 0; // for figures only
        }
    }
}
