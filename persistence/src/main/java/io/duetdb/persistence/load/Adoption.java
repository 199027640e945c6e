package io.duetdb.persistence.load;

import io.duetdb.persistence.aof.AofNames;
import io.duetdb.persistence.aof.Manifest;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.disk.Outside;
import java.io.IOException;
import java.util.List;

/** Moves the single append-only file that Redis before 7.0 wrote to where Redis 7 has its files, as Redis 7 does. */
final class Adoption {
    private Adoption() {}

    /**
     * Adopts a single file, if there is one and no other data: the list is written first, then the file gets its new
     * place, so that a crash in between is gone on from here. Returns the list that is valid afterwards.
     */
    static Manifest adopt(Outside outside, AofNames names, Manifest present) throws LoadException {
        Disk disk = outside.disk();
        String single = names.single();
        if (!disk.exists(single) || !isDue(disk, names, present)) {
            return present;
        }
        try {
            disk.makeFolder(names.folder());
            Manifest manifest = present;
            if (present.base() == null) {
                Manifest.Entry base = new Manifest.Entry(names.stem(), 1, Manifest.Kind.BASE);
                manifest = new Manifest(base, List.of(), List.of());
                write(disk, names, manifest);
                disk.force(outside.settings().text("dir"));
            }
            disk.rename(single, names.path(names.stem()));
            disk.force(names.folder());
            disk.force(outside.settings().text("dir"));
            outside.log()
                    .notice("Successfully migrated an old-style AOF file (" + names.stem()
                            + ") into the AOF directory (" + names.folder() + ").");
            return manifest;
        } catch (IOException e) {
            throw new LoadException("Can't move " + single + " into " + names.folder()
                    + ", where append-only files are kept since Redis 7.0: " + e.getMessage()
                    + ". Nothing is lost: make the folder writable, or room on the disk, and start again.");
        }
    }

    private static boolean isDue(Disk disk, AofNames names, Manifest present) {
        Manifest.Entry base = present.base();
        if (!present.increments().isEmpty() || !present.history().isEmpty()) {
            return false;
        }
        return base == null || (base.name().equals(names.stem()) && !disk.exists(names.path(base.name())));
    }

    /** Writes the list anew: whole or not at all, whatever happens. */
    static void write(Disk disk, AofNames names, Manifest manifest) throws IOException {
        String temporary = names.path(names.temporaryManifest());
        disk.delete(temporary);
        byte[] text = manifest.text();
        try (DiskFile file = disk.create(temporary)) {
            int done = 0;
            while (done < text.length) {
                done += file.write(text, done, text.length - done);
            }
            file.force();
        }
        disk.rename(temporary, names.path(names.manifest()));
        disk.force(names.folder());
    }
}
