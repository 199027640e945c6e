package io.duetdb.persistence.tool;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.Settings;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.Mailbox;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.disk.Workers;
import java.util.function.Supplier;

/**
 * What every tool is given.
 *
 * @param tables a new table of all settings at their defaults, for each data folder that is looked at
 * @param clock time
 * @param disk files
 * @param seed for the engine's chance; secret
 * @param memoryBytes what an engine's data may take
 * @param meter who shows how far long work has come
 * @param log where the user is told
 */
public record Workshop(
        Supplier<Settings> tables, Clock clock, Disk disk, long seed, long memoryBytes, Meter meter, Outside.Log log) {
    private static final int US_PER_MS = 1000;

    /** An engine to load data into. */
    Engine engine(Settings settings) {
        return new Engine(EngineOptions.of(settings, clock, seed, memoryBytes));
    }

    /** The outside of a data folder whose settings these are. Work of its workers is done at once. */
    Outside outside(Settings settings) {
        return outside(settings, disk, log);
    }

    /** The same over a disk that is only looked at. */
    Outside outside(Settings settings, ReadOnlyDisk over) {
        return outside(settings, over, new Warnings(log));
    }

    private Outside outside(Settings settings, Disk over, Outside.Log to) {
        return new Outside(settings, clock, over, name -> new AtOnce(), new Mailbox(() -> {}), to);
    }

    /** Passes on warnings only: what a start tells of its progress is no news of a tool. */
    private record Warnings(Outside.Log log) implements Outside.Log {
        @Override
        public void notice(String message) {}

        @Override
        public void warning(String message) {
            log.warning(message);
        }
    }

    /** The same with other tables, saying nothing. */
    Workshop quiet(Supplier<Settings> others) {
        return new Workshop(others, clock, disk, seed, memoryBytes, meter, new Outside.Log() {
            @Override
            public void notice(String message) {}

            @Override
            public void warning(String message) {}
        });
    }

    /** Wall time in ms since the epoch. */
    long nowMs() {
        return clock.wallUs() / US_PER_MS;
    }

    /** A worker that works when it is told to, on the thread that tells it. */
    private static final class AtOnce implements Workers.Worker {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void close() {}
    }
}
