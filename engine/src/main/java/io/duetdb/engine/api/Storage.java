package io.duetdb.engine.api;

import org.jspecify.annotations.Nullable;

/**
 * What commands ask of persistence: SAVE, BGSAVE, BGREWRITEAOF, LASTSAVE, WAITAOF, DEBUG RELOAD, INFO. All methods are
 * called on the engine's thread. The defaults are those of an instance that has no disk.
 */
public interface Storage {
    /** Keeps nothing. */
    Storage NONE = new Storage() {};

    /** Why commands that write, and PING, are refused now (MISCONF), or null. Asked once per turn. */
    default @Nullable CommandError refusal() {
        return null;
    }

    /** Writes a snapshot and returns when it lasts. */
    default void save() {
        throw Absent.error();
    }

    /**
     * Begins to write a snapshot in the background. Returns the status to reply.
     *
     * @param schedule whether it may wait for the end of a rewrite that is under way, which is an error otherwise
     * @param together whether other commands belong to the one that asks: then it begins behind their end
     */
    default String backgroundSave(boolean schedule, boolean together) {
        throw Absent.error();
    }

    /** All databases were emptied by a command: what is being written of them is of no use any more. */
    default void flushed() {}

    /**
     * Begins to rewrite the append-only file, or notes that this should be done. Returns the status to reply.
     *
     * @param together whether other commands belong to the one that asks: then it begins behind their end
     */
    default String rewrite(boolean together) {
        throw Absent.error();
    }

    /** When the last snapshot was written, or the instance started: seconds since the epoch. */
    default long lastSaveS() {
        return 0;
    }

    /** Whether effects go to an append-only file. */
    default boolean appendOnly() {
        return false;
    }

    /** Effects up to this offset last through a power cut. */
    default long durableOffset() {
        return 0;
    }

    /** Saves if asked, empties the keyspace unless told not to, and loads the snapshot again: DEBUG RELOAD. */
    default void reload(boolean save, boolean flush, boolean merge) {
        throw Absent.error();
    }

    /** Empties the keyspace and loads the append-only file again: DEBUG LOADAOF. */
    default void reloadAof() {
        throw Absent.error();
    }

    /** The fields of INFO's section Persistence, in Redis' order. */
    default void info(Lines out) {}

    /** Takes lines of INFO. */
    interface Lines {
        /** One field. */
        void line(String name, String value);

        /** One field that is a number. */
        default void line(String name, long value) {
            line(name, Long.toString(value));
        }
    }

    /** The answer where there is no disk. */
    final class Absent {
        private Absent() {}

        static CommandError error() {
            return new CommandError("ERR this instance keeps its data in memory only");
        }
    }
}
