package io.duetdb.server;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.Propagator;
import io.duetdb.engine.api.Settings;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.resp.RespSettings;
import io.duetdb.rest.RestSettings;
import org.jspecify.annotations.Nullable;

/** What an {@link Instance} is made of. Fill the fields, then start it; not to be changed afterwards. */
public final class InstanceOptions {
    /** All settings there are, each with its value. */
    public final Settings settings;

    /** Time. */
    public Clock clock = new SystemClock();

    /** Whether all chance follows from {@link #seed}; otherwise it is seeded anew, unpredictably. */
    public boolean seeded;

    /** Seed of all chance. */
    public long seed;

    /** Where memory comes from. Closed with the instance when it is a {@link BlockKeeper}. */
    public BlockSource blocks = BlockSource.PLAIN;

    /** Limit of memory when the setting {@code maxmemory} is 0. */
    public long memoryLimitBytes = defaultMemoryLimit();

    /** Whether memory checks every access; for tests. */
    public boolean checked;

    /** Who receives effects, instead of the instance's own persistence. */
    public Propagator propagator = Propagator.NONE;

    /** Whether the instance reads and writes files: it keeps its data in the folder that the setting {@code dir} names. */
    public boolean files;

    /** The port for RESP: 0 = any free one, -1 = none. */
    public int respPort = -1;

    /** The port for REST: 0 = any free one, -1 = none. */
    public int restPort = -1;

    /** Whether the instance is a guest in this JVM: it shares the event loops of the others, by NIO. */
    public boolean embedded;

    /** The config file's path, or null. */
    public @Nullable String configFile;

    /**
     * What ends the process when a command may have been done by half, or nothing can be kept and the settings ask for the
     * end; null = the instance is closed.
     */
    public @Nullable Runnable onEndAtOnce;

    /** What SHUTDOWN does; null = it is refused. */
    public @Nullable Runnable onShutdown;

    /** Options with the given settings. */
    public InstanceOptions(Settings settings) {
        this.settings = settings;
    }

    /** A new table of all settings there are, at their defaults. */
    public static Settings settings() {
        return new Settings(
                ServerSettings.TABLE,
                Engine.settings(),
                PersistenceSettings.LIST,
                RestSettings.LIST,
                RespSettings.LIST,
                ForeignSettings.TABLE);
    }

    /** The limit for data that goes with this JVM's heap. */
    public static long defaultMemoryLimit() {
        return MemoryBudget.initialLimit(Runtime.getRuntime().maxMemory());
    }
}
