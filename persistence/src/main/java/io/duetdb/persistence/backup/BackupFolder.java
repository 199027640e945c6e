package io.duetdb.persistence.backup;

import io.duetdb.persistence.disk.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code backups} below the data. A backup is an RDB file with a name. Those that the schedule made are called
 * {@code auto-} and their time, and only they are ever removed by themselves; {@code replaced-} and a time is a folder of
 * data that a restore put aside.
 */
public final class BackupFolder {
    /** Its name below the data. */
    public static final String NAME = "backups";

    private static final String AUTOMATIC = "auto-";
    private static final String REPLACED = "replaced-";
    private static final String TEMPORARY = "temp-";
    private static final String SUFFIX = ".rdb";
    private static final int NAME_LENGTH_MAX = 100;

    private final Disk disk;
    private final String dir;

    /**
     * One backup.
     *
     * @param automatic whether the schedule made it
     * @param madeAtMs when, as its name or the file itself says; -1 when neither does
     */
    public record Backup(String name, boolean automatic, long bytes, long madeAtMs) {}

    /** The folder of backups below a data folder; need not be there yet. */
    public BackupFolder(Disk disk, String dir) {
        this.disk = disk;
        this.dir = dir;
    }

    /** Its path. */
    public String path() {
        return dir + "/" + NAME;
    }

    /** Path of a backup. */
    public String path(String name) {
        return path() + "/" + name + SUFFIX;
    }

    /** Path that a backup has while it is written. */
    public String temporary(String name) {
        return path() + "/" + TEMPORARY + name + SUFFIX;
    }

    /** Path of a folder for data that is put aside. */
    public String replaced(long nowMs) {
        return path() + "/" + REPLACED + Stamps.name(nowMs);
    }

    /** Name of a backup that the schedule makes. */
    public static String automaticName(long nowMs) {
        return AUTOMATIC + Stamps.name(nowMs);
    }

    /** Why a backup can't be called so, or null when it can. */
    public static @Nullable String refusal(String name) {
        if (name.isEmpty() || name.length() > NAME_LENGTH_MAX) {
            return "a name has 1 to " + NAME_LENGTH_MAX + " letters";
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!plain && (i == 0 || "._-".indexOf(c) < 0)) {
                return "a name has letters of a to z, digits, and behind the first also . _ -";
            }
        }
        for (String taken : List.of(AUTOMATIC, REPLACED, TEMPORARY)) {
            if (name.startsWith(taken)) {
                return "names that begin with " + taken + " are given by Duet itself";
            }
        }
        return null;
    }

    /** Makes the folder, so that it lasts. */
    public void make() throws IOException {
        if (!disk.exists(path())) {
            disk.makeFolder(path());
            disk.force(dir);
        }
    }

    /** A backup that was written to its temporary path gets its name, for good. */
    public void keep(String name) throws IOException {
        disk.rename(temporary(name), path(name));
        disk.force(path());
    }

    /** All backups, the oldest first. */
    public List<Backup> list() throws IOException {
        List<Backup> found = new ArrayList<>();
        for (String file : names()) {
            if (file.endsWith(SUFFIX) && !file.startsWith(TEMPORARY)) {
                String name = file.substring(0, file.length() - SUFFIX.length());
                String path = path() + "/" + file;
                long named = automaticTime(name);
                found.add(new Backup(
                        name, named >= 0, disk.size(path), named >= 0 ? named : RdbHead.madeAtMs(disk, path)));
            }
        }
        found.sort(Comparator.comparingLong(Backup::madeAtMs));
        return found;
    }

    /** Names of the folders of data that was put aside. */
    public List<String> replaced() throws IOException {
        List<String> found = new ArrayList<>();
        for (String name : names()) {
            if (name.startsWith(REPLACED)) {
                found.add(name);
            }
        }
        return found;
    }

    /** When the schedule made its latest backup, in ms, or -1 when there is none. Opens no file. */
    public long latestAutomaticMs() throws IOException {
        long latest = -1;
        for (String file : names()) {
            if (file.endsWith(SUFFIX)) {
                latest = Math.max(latest, automaticTime(file.substring(0, file.length() - SUFFIX.length())));
            }
        }
        return latest;
    }

    /** Removes the oldest of the schedule's backups until {@code keep} are left. Returns the names of those removed. */
    public List<String> removeSurplus(long keep) throws IOException {
        List<String> automatic = new ArrayList<>();
        for (String file : names()) { // sorted, and their names sort as their times do
            if (file.endsWith(SUFFIX) && automaticTime(file.substring(0, file.length() - SUFFIX.length())) >= 0) {
                automatic.add(file);
            }
        }
        List<String> removed = new ArrayList<>();
        for (int i = 0; i < automatic.size() - keep; i++) {
            disk.delete(path() + "/" + automatic.get(i));
            removed.add(automatic.get(i));
        }
        if (!removed.isEmpty()) {
            disk.force(path());
        }
        return removed;
    }

    /** Removes what the schedule had begun to write when the process ended. */
    public void removeUnfinished() throws IOException {
        for (String file : names()) {
            if (file.startsWith(TEMPORARY + AUTOMATIC)) {
                disk.delete(path() + "/" + file);
            }
        }
    }

    private List<String> names() throws IOException {
        return disk.exists(path()) ? disk.list(path()) : List.of();
    }

    private static long automaticTime(String name) {
        return name.startsWith(AUTOMATIC) ? Stamps.parse(name.substring(AUTOMATIC.length())) : -1;
    }
}
