package io.duetdb.persistence.aof;

import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Outside;

/** Names of the files that belong to the append-only file, by Redis' rules. */
public final class AofNames {
    private final Outside outside;

    public AofNames(Outside outside) {
        this.outside = outside;
    }

    /** The first part of all names. */
    public String stem() {
        return outside.settings().text(PersistenceSettings.APPENDFILENAME);
    }

    /** Path of the folder. */
    public String folder() {
        return outside.path(outside.settings().text(PersistenceSettings.APPENDDIRNAME));
    }

    /** Path of a file in the folder. */
    public String path(String name) {
        return folder() + "/" + name;
    }

    /** Name of the manifest. */
    public String manifest() {
        return stem() + ".manifest";
    }

    /** Name under which a new manifest is written before it takes the place of the old one. */
    public String temporaryManifest() {
        return "temp-" + manifest();
    }

    /** Name of a base that is a snapshot. */
    public String base(long sequence) {
        return stem() + "." + sequence + ".base.rdb";
    }

    /** Name of an increment. */
    public String increment(long sequence) {
        return stem() + "." + sequence + ".incr.aof";
    }

    /** Path of the single file that Redis before 7.0 wrote. */
    public String single() {
        return outside.path(stem());
    }
}
