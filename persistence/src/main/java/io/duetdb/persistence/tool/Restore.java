package io.duetdb.persistence.tool;

import io.duetdb.persistence.aof.AofNames;
import io.duetdb.persistence.aof.Manifest;
import io.duetdb.persistence.backup.BackupFolder;
import io.duetdb.persistence.backup.RdbHead;
import io.duetdb.persistence.backup.Stamps;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.load.Amounts;
import io.duetdb.persistence.load.AofReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Back to an earlier state, before a server loads its data: to a backup, or to a moment that stands in the append-only
 * file. What is there now is put aside among the backups, nothing is removed.
 *
 * <p>A command line is run again after a crash. So that this doesn't restore again, and lose what came since, the last
 * restore is noted in the folder of backups, and the same one is not done twice.
 */
public final class Restore {
    private static final String NOTE = "last-restore";
    private static final int MS_PER_S = 1000;
    private static final int NOTE_MAX = 4096;

    private final Outside outside;
    private final Disk disk;
    private final Meter meter;
    private final DataFolder data;
    private final long nowMs;

    /** Works in the data folder that the settings name; no server may be using it. */
    public Restore(Outside outside, Meter meter) {
        this.outside = outside;
        this.meter = meter;
        disk = outside.disk();
        data = new DataFolder(outside);
        nowMs = outside.clock().wallUs() / 1000;
    }

    /** Seconds since the epoch of a time as users write it: such a number, or a date and a time, UTC if it names no zone. */
    public static long time(String text) throws ToolException {
        String iso = text.trim().replace(' ', 'T').toUpperCase(Locale.ROOT);
        try {
            if (!iso.isEmpty() && iso.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Long.parseLong(iso);
            }
            if (iso.indexOf('T') < 0) {
                return LocalDate.parse(iso).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
            }
            int time = iso.indexOf('T');
            boolean zone = iso.endsWith("Z") || iso.indexOf('+', time) > 0 || iso.indexOf('-', time) > 0;
            return zone
                    ? OffsetDateTime.parse(iso).toEpochSecond()
                    : LocalDateTime.parse(iso).toEpochSecond(ZoneOffset.UTC);
        } catch (DateTimeException | NumberFormatException e) {
            throw new ToolException("'" + text + "' is no time; write seconds since 1970 such as 1700000000, or"
                    + " 2026-11-21T03:00:00Z");
        }
    }

    // ---- a backup

    /** Makes a backup the data that is loaded next. Returns what was done, for people. */
    public String backup(String name) throws IOException, ToolException {
        String what = "backup " + name;
        String done = done(what);
        if (done != null) {
            return done;
        }
        BackupFolder backups = data.backups();
        String path = backups.path(name);
        if (name.indexOf('/') >= 0 || !disk.exists(path)) {
            throw new ToolException("there is no backup '" + name + "' in " + backups.path() + names(backups));
        }
        RdbScan scan = RdbScan.of(disk, path, meter);
        if (!scan.problem.isEmpty()) {
            throw new ToolException("the backup " + path + " is damaged at byte " + scan.position + ": " + scan.problem
                    + "; nothing was changed. duet check " + path + " says what is whole");
        }
        meter.begin("copying " + path, scan.position, "bytes");
        boolean appendOnly = outside.settings().yes(PersistenceSettings.APPENDONLY);
        Paths.copy(disk, path, 0, data.incoming(appendOnly), meter);
        meter.end();
        String aside = data.install(appendOnly, nowMs);
        note(what);
        return "Restored the backup " + name + ": " + Amounts.count(scan.keys, "key")
                + (aside == null ? "" : "; what was there is in " + aside);
    }

    private static String names(BackupFolder backups) throws IOException {
        List<String> names = new ArrayList<>();
        for (BackupFolder.Backup backup : backups.list()) {
            names.add(backup.name());
        }
        return names.isEmpty() ? ", which holds none" : "; there are: " + String.join(", ", names);
    }

    // ---- a moment

    /** Where the append-only file is to be cut: in front of the first time that is later. */
    private record Cut(Manifest.Entry entry, int index, long offset, long laterTimeS) {}

    /** Cuts the append-only file behind a moment, in seconds since the epoch. Returns what was done, for people. */
    public String toTime(long untilS) throws IOException, ToolException {
        String what = "time " + untilS;
        String done = done(what);
        if (done != null) {
            return done;
        }
        if (!outside.settings().yes(PersistenceSettings.APPENDONLY)) {
            throw new ToolException("--restore-to needs the append-only file: start with --appendonly yes");
        }
        AofNames names = data.names();
        if (!disk.exists(names.path(names.manifest()))) {
            throw new ToolException("--restore-to: there is no append-only file in " + names.folder());
        }
        Manifest manifest = data.manifest();
        checkBase(manifest, untilS);
        Cut cut = find(manifest, untilS);
        if (cut == null) {
            note(what); // what comes from now on is later
            return "Nothing in " + names.folder() + " is later than " + Stamps.text(untilS * MS_PER_S)
                    + ": all of it is loaded";
        }
        String aside = cut(manifest, cut);
        note(what);
        return "Went back to " + Stamps.text(untilS * MS_PER_S) + ": " + cut.entry.name() + " now ends at byte "
                + cut.offset + ", before what was written at " + Stamps.text(cut.laterTimeS * MS_PER_S)
                + "; what was cut off is in " + aside;
    }

    private void checkBase(Manifest manifest, long untilS) throws IOException, ToolException {
        Manifest.Entry base = manifest.base();
        if (base == null) {
            return;
        }
        String path = data.names().path(base.name());
        long madeAtMs = Paths.kind(disk, path) == Paths.Kind.RDB ? RdbHead.madeAtMs(disk, path) : -1;
        if (madeAtMs >= 0 && madeAtMs / MS_PER_S > untilS) {
            throw new ToolException("the append-only file goes back to " + Stamps.text(madeAtMs)
                    + " only, when it was rewritten; for an earlier state see duet backup list --dir " + data.path()
                    + " and --restore-backup");
        }
    }

    private @Nullable Cut find(Manifest manifest, long untilS) throws IOException, ToolException {
        long lastTimeS = -1;
        long effects = 0;
        List<Manifest.Entry> increments = manifest.increments();
        for (int i = 0; i < increments.size(); i++) {
            Manifest.Entry entry = increments.get(i);
            String path = data.names().path(entry.name());
            meter.begin("reading " + path, disk.size(path), "bytes");
            try (AofReader reader = new AofReader(disk.read(path), 0, Long.MAX_VALUE, Integer.MAX_VALUE)) {
                boolean more = true;
                while (more) {
                    AofReader.Found found = reader.next();
                    meter.at(reader.position());
                    if (found == AofReader.Found.TIME && reader.timeS() > untilS) {
                        if (lastTimeS < 0 && effects + reader.effects() > 0) {
                            throw untimed(path, reader, untilS);
                        }
                        long offset = reader.inMulti() ? reader.wholeUpTo() : reader.itemStart();
                        return new Cut(entry, i, offset, reader.timeS());
                    }
                    lastTimeS = found == AofReader.Found.TIME ? reader.timeS() : lastTimeS;
                    more = goesOn(found, reader, path);
                }
                effects += reader.effects();
            } finally {
                meter.end();
            }
        }
        if (lastTimeS < 0 && !cutBefore(manifest)) {
            throw new ToolException(
                    "there are no times in the append-only file: it can't be cut at one. They are written"
                            + " from now on with --" + PersistenceSettings.AOF_TIMESTAMPS + " yes");
        }
        return null;
    }

    private static ToolException untimed(String path, AofReader reader, long untilS) {
        String first = Stamps.text(reader.timeS() * MS_PER_S);
        return new ToolException("the first time in the append-only file is " + first + ", at byte "
                + reader.itemStart()
                + " of " + path + ", and commands stand before it: which of them are later than "
                + Stamps.text(untilS * MS_PER_S) + " can't be said. It can go back to " + first + " at the earliest");
    }

    /** Whether an earlier try had cut the file where it ends, and died before it could note that. */
    private boolean cutBefore(Manifest manifest) throws IOException {
        Manifest.Entry last = manifest.lastIncrement();
        if (last == null) {
            return false;
        }
        String copy = copyName(last, disk.size(data.names().path(last.name())));
        for (String name : data.backups().replaced()) {
            if (disk.exists(data.backups().path() + "/" + name + "/" + copy)) {
                return true;
            }
        }
        return false;
    }

    private static String copyName(Manifest.Entry entry, long offset) {
        return entry.name() + ".from-" + offset;
    }

    private static boolean goesOn(AofReader.Found found, AofReader reader, String path) throws ToolException {
        boolean wrong = found == AofReader.Found.CHECKSUM && !reader.annotationIsRight();
        if (wrong || found == AofReader.Found.MALFORMED) {
            throw new ToolException(path + " is damaged before that time, at byte "
                    + (wrong ? reader.itemStart() : reader.problemAt())
                    + "; nothing was changed. duet check says what is whole");
        }
        return found != AofReader.Found.END && found != AofReader.Found.TORN;
    }

    /** Copies what goes first, then gives up the later files, then cuts: whatever happens in between can be done again. */
    private String cut(Manifest manifest, Cut cut) throws IOException {
        AofNames names = data.names();
        String aside = data.newFolder(nowMs);
        String path = names.path(cut.entry.name());
        Paths.create(disk, aside + "/" + names.manifest(), manifest.text());
        Paths.copy(disk, path, cut.offset, aside + "/" + copyName(cut.entry, cut.offset), Meter.NONE);
        disk.force(aside);
        List<Manifest.Entry> kept = manifest.increments().subList(0, cut.index + 1);
        List<Manifest.Entry> later = manifest.increments()
                .subList(cut.index + 1, manifest.increments().size());
        data.write(new Manifest(manifest.base(), manifest.history(), List.copyOf(kept)));
        for (Manifest.Entry entry : later) {
            disk.rename(names.path(entry.name()), aside + "/" + entry.name());
        }
        disk.force(aside);
        disk.force(names.folder());
        try (DiskFile file = disk.append(path)) {
            file.truncate(cut.offset);
            file.force();
        }
        return aside;
    }

    // ---- once

    private String note() {
        return data.backups().path() + "/" + NOTE;
    }

    /** What to say when this was done by the last start already, or null. */
    private @Nullable String done(String what) throws IOException {
        if (!disk.exists(note())) {
            return null;
        }
        String text = new String(Paths.all(disk, note(), NOTE_MAX), StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        if (end < 0 || !text.substring(0, end).equals(what)) {
            return null;
        }
        return "Not restored again: " + what + " was restored at "
                + text.substring(end + 1).trim() + ", and the data has gone on since; remove " + note()
                + " to do it once more";
    }

    private void note(String what) throws IOException {
        data.backups().make();
        String temporary = note() + ".temp";
        disk.delete(temporary);
        Paths.create(disk, temporary, (what + "\n" + Stamps.text(nowMs) + "\n").getBytes(StandardCharsets.UTF_8));
        disk.rename(temporary, note());
        disk.force(data.backups().path());
    }
}
