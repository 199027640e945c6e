package io.duetdb;

import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.Settings;
import io.duetdb.server.Instance;
import io.duetdb.server.InstanceOptions;
import io.duetdb.server.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Choices for an instance. Without any it has no ports, the host's time, and chance of its own. */
public final class DuetBuilder {
    private static final String DIR = "dir";

    private final Settings settings = InstanceOptions.settings();
    private final InstanceOptions options = new InstanceOptions(settings);

    DuetBuilder() {
        options.embedded = true;
    }

    /** Serves RESP at {@code port}; 0 = any free one, see {@link Duet#respPort}. */
    public DuetBuilder respPort(int port) {
        options.respPort = port;
        return this;
    }

    /** Serves REST at {@code port}; 0 = any free one, see {@link Duet#restPort}. */
    public DuetBuilder restPort(int port) {
        options.restPort = port;
        return this;
    }

    /** The standard REST token; without one it is chosen at random, see {@link Duet#restToken}. */
    public DuetBuilder restToken(String token) {
        return setting("rest-token", token);
    }

    /** The address to listen on instead of 127.0.0.1. */
    public DuetBuilder bind(String address) {
        return setting("bind", address);
    }

    /** Time, for instance a {@link ManualClock}. */
    public DuetBuilder clock(Clock clock) {
        options.clock = clock;
        return this;
    }

    /** Makes all chance repeatable: random keys, the order of SCAN, run ids. */
    public DuetBuilder seed(long seed) {
        options.seeded = true;
        options.seed = seed;
        return this;
    }

    /** Limit of memory for data, in bytes; otherwise 80 % of the heap's maximum. */
    public DuetBuilder memoryLimit(long bytes) {
        return setting("maxmemory", Long.toString(bytes));
    }

    /**
     * Keeps the data in files of a folder, which must exist: what is there is loaded before {@link #start} returns, and
     * {@link Duet#close} keeps what is to be kept. The setting {@code appendonly} says whether every write goes to an
     * append-only file, {@code appendfsync} when that is forced to disk, {@code save} when snapshots are written:
     *
     * <pre>{@code Duet.builder().dir(Path.of("data")).setting("appendonly", "yes").start()}</pre>
     *
     * <p>Without a folder nothing is ever read or written, whatever lies in the folder of the process, and these settings
     * are refused. With one an instance has threads, also without ports. One instance at a time may use a folder.
     */
    public DuetBuilder dir(Path folder) {
        return setting(DIR, folder.toString());
    }

    /**
     * Any setting, by redis.conf's name. {@code dir} is the same as {@link #dir}.
     *
     * @throws IllegalArgumentException when there is no such setting or the value cannot be
     */
    public DuetBuilder setting(String name, String value) {
        settings.set(name, value);
        options.files |= name.equals(DIR);
        return this;
    }

    /**
     * Starts the instance, when what it keeps is loaded. A builder starts one instance only.
     *
     * @throws IllegalStateException when a port is in use, there is no such folder as {@link #dir} says, or what is kept
     *     there can't be loaded
     */
    public Duet start() {
        if (options.files && !Files.isDirectory(Path.of(settings.text(DIR)))) {
            throw new IllegalStateException("dir " + settings.text(DIR) + ": there is no such folder; make it first");
        }
        try {
            return new Duet(Instance.start(options));
        } catch (StartupException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }
}
