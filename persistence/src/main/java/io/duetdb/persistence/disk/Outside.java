package io.duetdb.persistence.disk;

import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.Settings;

/**
 * All that persistence is given. Nothing of it takes time, threads or files from elsewhere, so that a whole life with
 * crashes can be run in one thread.
 *
 * @param settings the joined table of settings
 * @param clock time; intervals are measured with its monotonic part
 * @param disk files
 * @param workers threads
 * @param mailbox the way back from the workers to the engine's thread
 * @param log where the operator is told
 */
public record Outside(Settings settings, Clock clock, Disk disk, Workers workers, Mailbox mailbox, Log log) {
    /** Path of a file in the folder that the setting {@code dir} names. */
    public String path(String name) {
        return settings.text("dir") + "/" + name;
    }

    /** Where the operator is told. Any thread. */
    public interface Log {
        /** Something went as it should. */
        void notice(String message);

        /** Something needs attention. */
        void warning(String message);
    }
}
