package io.duetdb.persistence.load;

import io.duetdb.persistence.config.PersistenceSettings;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The words in which loading refuses: file, place, cause, and what can be done. */
final class Refusals {
    private Refusals() {}

    /** The disk fails. */
    static LoadException unreadable(String path, IOException cause) {
        return new LoadException("Can't read " + path + ": " + cause.getMessage()
                + ". Nothing was changed. Check the file's rights and the disk, and start again.");
    }

    /** The disk failed while something read on. */
    static LoadException unreadable(String path, UncheckedIOException failure) {
        IOException cause = failure.getCause();
        return unreadable(path, cause == null ? new IOException(failure.getMessage()) : cause);
    }

    /** A snapshot that is damaged, or can't be kept here. */
    static LoadException snapshot(String path, boolean base, long offset, long bytes, String cause) {
        return new LoadException("Can't load the snapshot " + path + " at offset " + offset + " of " + bytes
                + " bytes: " + cause + ". Nothing was changed. 'duet check " + path
                + "' says what of it is whole; restore "
                + (base
                        ? "the folder from a backup, or move it away to start without what it holds."
                        : "the file from a backup, or move it away to start without it."));
    }

    /** A database that does not exist here. */
    static LoadException databases(String path, long offset, String which, long databases) {
        return databasesOf(path, offset, "database " + which, databases);
    }

    /** The same of what is not a number. */
    static LoadException databasesOf(String path, long offset, String which, long databases) {
        return new LoadException("Can't load " + path + " at offset " + offset + ": it holds data of " + which
                + ", and there are " + databases
                + ". Nothing was changed. Raise the setting databases and start again.");
    }

    /** No room. */
    static LoadException memory(String path, long offset, long bytes) {
        return new LoadException("Can't load " + path + ": memory is full at offset " + offset + " of " + bytes
                + " bytes. Nothing was changed. Start with a larger heap (-Xmx), of which the data may take"
                + " four fifths.");
    }

    /** A command that can't be run. */
    static LoadException command(String path, long offset, String name, String cause) {
        return new LoadException("Can't load " + path + ": the command '" + name + "' at offset " + offset
                + " can't be run: " + cause + ". Nothing was changed. If the file is from another server, load it there"
                + " and bring its data over with 'duet import', or start with --" + PersistenceSettings.LOAD_DAMAGED
                + " all to leave such commands out.");
    }

    /** A file that ends in the middle of a command, where that is not to be mended. */
    static LoadException torn(String path, long offset, long bytes, boolean last) {
        String remedy = last
                ? "Set " + PersistenceSettings.LOAD_TRUNCATED
                        + " to yes to start with the whole commands before it; the rest is kept aside."
                : "It is not the last part of the append-only file, so what follows it can't be trusted."
                        + choices(path, offset);
        return new LoadException("Unexpected end of file reading the append only file " + path + ": at offset " + offset
                + " of " + bytes + " bytes a command begins that has no end. Nothing was changed. " + remedy);
    }

    /** Damage in the middle. */
    static LoadException damaged(String path, long offset, long bytes, String cause, long verified) {
        return new LoadException("The append only file " + path + " is damaged at offset " + offset + " of " + bytes
                + " bytes: " + cause + ". Nothing was changed." + choices(path, verified));
    }

    private static String choices(String path, long verified) {
        String setting = PersistenceSettings.LOAD_DAMAGED;
        return " You can: 1) leave it so, restore the file from a backup, or see with 'duet check " + path
                + "' what is whole. 2) Start with --" + setting + " prefix, which loads what stands before offset "
                + verified + " and keeps the rest aside as " + path + ".torn-<time>. 3) Start with --" + setting
                + " all, which loads whatever can be read, at the risk of wrong data.";
    }
}
