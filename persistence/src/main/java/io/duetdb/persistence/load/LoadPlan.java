package io.duetdb.persistence.load;

import io.duetdb.persistence.aof.Annotation;
import io.duetdb.persistence.aof.AofNames;
import io.duetdb.persistence.aof.Manifest;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.disk.Outside;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which files hold the data, found before anything of it is loaded.
 *
 * @param manifest the append-only file's list; empty when there is none
 * @param parts the files in the order in which they are loaded
 * @param fromSnapshot whether this is a snapshot by itself
 */
record LoadPlan(Manifest manifest, List<Part> parts, boolean fromSnapshot) {
    /** What a file is. */
    enum Role {
        /** A snapshot by itself. */
        DUMP,
        BASE,
        INCREMENT
    }

    /**
     * One file.
     *
     * @param bytes its length
     * @param snapshot whether it begins with an RDB
     */
    record Part(Role role, String name, String path, long bytes, boolean snapshot) {}

    /** An increment that was just made holds no more than its first checksum. */
    private static final long EMPTY_MAX = Annotation.BYTES_MAX;

    private static final byte[] MAGIC = "REDIS".getBytes(StandardCharsets.US_ASCII);

    /** Bytes of all files. */
    long bytes() {
        long bytes = 0;
        for (Part part : parts) {
            bytes += part.bytes();
        }
        return bytes;
    }

    /**
     * Finds what is there. A single append-only file of Redis before 7.0 is moved to where Redis 7 moves it.
     *
     * @throws LoadException when a file is missing, or the list of files is damaged
     */
    static LoadPlan find(Outside outside) throws LoadException {
        if (!outside.settings().yes(PersistenceSettings.APPENDONLY)) {
            return snapshot(outside, false);
        }
        AofNames names = new AofNames(outside);
        Manifest manifest = Adoption.adopt(outside, names, manifest(outside, names));
        if (manifest.base() == null && manifest.increments().isEmpty()) {
            if (!outside.disk().exists(names.path(names.manifest()))) {
                refuseUnlisted(outside, names);
            }
            return snapshot(outside, true);
        }
        return new LoadPlan(manifest, parts(outside.disk(), names, manifest), false);
    }

    /** The append-only file's parts, whether the setting is on or not. */
    static LoadPlan appendOnly(Outside outside) throws LoadException {
        AofNames names = new AofNames(outside);
        Manifest manifest = manifest(outside, names);
        if (manifest.base() == null && manifest.increments().isEmpty()) {
            throw new LoadException("There is no append-only file in " + names.folder()
                    + ": set appendonly to yes first, so that there is one.");
        }
        return new LoadPlan(manifest, parts(outside.disk(), names, manifest), false);
    }

    /** The snapshot; nothing when there is none. */
    static LoadPlan snapshot(Outside outside, boolean begins) throws LoadException {
        String name = outside.settings().text(PersistenceSettings.DBFILENAME);
        String path = outside.path(name);
        AofNames names = new AofNames(outside);
        boolean off = !outside.settings().yes(PersistenceSettings.APPENDONLY);
        if (off && outside.disk().exists(names.path(names.manifest()))) {
            outside.log()
                    .warning("appendonly is no, so the append-only file in " + names.folder()
                            + " is not loaded. Start with appendonly yes to load it.");
        }
        if (!outside.disk().exists(path)) {
            lookInto(outside);
            return new LoadPlan(Manifest.EMPTY, List.of(), false);
        }
        if (begins) {
            outside.log()
                    .warning("There is no append-only file in " + names.folder() + " yet, but a snapshot, " + path
                            + ": it is loaded, and the append-only file begins with it.");
        }
        try {
            Part part = new Part(Role.DUMP, name, path, outside.disk().size(path), true);
            return new LoadPlan(Manifest.EMPTY, List.of(part), true);
        } catch (IOException e) {
            throw Refusals.unreadable(path, e);
        }
    }

    /** A folder that may not be looked into seems empty, too: nobody should be served from that. */
    private static void lookInto(Outside outside) throws LoadException {
        String dir = outside.settings().text("dir");
        try {
            outside.disk().list(dir);
        } catch (IOException e) {
            throw Refusals.unreadable(dir, e);
        }
    }

    private static Manifest manifest(Outside outside, AofNames names) throws LoadException {
        String path = names.path(names.manifest());
        if (!outside.disk().exists(path)) {
            return Manifest.EMPTY;
        }
        try {
            return Manifest.parse(content(outside.disk(), path));
        } catch (IOException e) {
            throw Refusals.unreadable(path, e);
        } catch (IllegalArgumentException e) {
            throw new LoadException("Can't read " + path + ", the list of the append-only file's parts: "
                    + e.getMessage() + ". Nothing was loaded or changed. Put the list right (one line per part, such as"
                    + " 'file " + names.base(1) + " seq 1 type b' for the base and 'file " + names.increment(1)
                    + " seq 1 type i' for an increment), or restore it from a backup.");
        }
    }

    private static byte[] content(Disk disk, String path) throws IOException {
        byte[] bytes = new byte[(int) Math.min(disk.size(path), 64 << 20)];
        int length = 0;
        try (DiskFile file = disk.read(path)) {
            while (length < bytes.length) {
                int n = file.read(bytes, length, bytes.length - length);
                if (n < 0) {
                    break;
                }
                length += n;
            }
        }
        return Arrays.copyOf(bytes, length);
    }

    private static List<Part> parts(Disk disk, AofNames names, Manifest manifest) throws LoadException {
        List<Part> parts = new ArrayList<>();
        Manifest.Entry base = manifest.base();
        if (base != null) {
            parts.add(part(disk, names, base, Role.BASE));
        }
        for (Manifest.Entry increment : manifest.increments()) {
            parts.add(part(disk, names, increment, Role.INCREMENT));
        }
        return parts;
    }

    private static Part part(Disk disk, AofNames names, Manifest.Entry entry, Role role) throws LoadException {
        String path = names.path(entry.name());
        if (!disk.exists(path)) {
            throw new LoadException("The file " + path + " is missing, which is a part of the append-only file by "
                    + names.path(names.manifest()) + ". Nothing was loaded or changed. Put it back from a backup; if it"
                    + " is lost, take its line out of the list to start without what it held.");
        }
        try {
            long bytes = disk.size(path);
            return new Part(role, entry.name(), path, bytes, bytes > 0 && isSnapshot(disk, path));
        } catch (IOException e) {
            throw Refusals.unreadable(path, e);
        }
    }

    /** Whether a file begins as an RDB does. */
    static boolean isSnapshot(Disk disk, String path) throws IOException {
        byte[] head = new byte[MAGIC.length];
        int length = 0;
        try (DiskFile file = disk.read(path)) {
            while (length < head.length) {
                int n = file.read(head, length, head.length - length);
                if (n < 0) {
                    return false;
                }
                length += n;
            }
        }
        return Arrays.equals(head, MAGIC);
    }

    /** Increments that no list names, but which hold commands, are not passed over: somebody lost the list. */
    private static void refuseUnlisted(Outside outside, AofNames names) throws LoadException {
        if (!outside.disk().exists(names.folder())) {
            return;
        }
        try {
            for (String name : outside.disk().list(names.folder())) {
                boolean increment = name.startsWith(names.stem() + ".") && name.endsWith(".incr.aof");
                if (increment && outside.disk().size(names.path(name)) > EMPTY_MAX) {
                    throw new LoadException("The file " + names.path(name) + " holds data, but the list "
                            + names.path(names.manifest()) + " is missing that says what belongs together. Nothing was"
                            + " loaded or changed. Put the list back, or write it: one line per part, the base first,"
                            + " such as 'file " + names.base(1) + " seq 1 type b' and 'file " + names.increment(1)
                            + " seq 1 type i'. To start without this data move the folder away.");
                }
            }
        } catch (IOException e) {
            throw Refusals.unreadable(names.folder(), e);
        }
    }
}
