package io.duetdb;

import io.duetdb.server.Instance;
import org.jspecify.annotations.Nullable;

/**
 * An instance of Duet inside this JVM: a keyspace of its own, with or without ports. Without ports it has no threads:
 * commands run in the calling thread, one at a time. Many instances may live side by side.
 */
public final class Duet implements AutoCloseable {
    private final Instance instance;
    private final DuetClient client;

    Duet(Instance instance) {
        this.instance = instance;
        client = new DuetClient(instance);
    }

    /** A new, empty instance without ports. */
    public static Duet start() {
        return builder().start();
    }

    /** Choices before the start: ports, time, chance, settings. */
    public static DuetBuilder builder() {
        return new DuetBuilder();
    }

    /**
     * Executes a command, see {@link DuetClient#execute}. All callers of this method share one client; {@link #connect}
     * gives one with its own selected database.
     */
    public @Nullable Object execute(String... words) {
        return client.execute(words);
    }

    /** Executes a command with arguments and bulk replies as bytes, see {@link DuetClient#executeBytes}. */
    public @Nullable Object executeBytes(byte[]... words) {
        return client.executeBytes(words);
    }

    /** A client of its own. */
    public DuetClient connect() {
        return new DuetClient(instance);
    }

    /** The port RESP is served at on 127.0.0.1 (or where {@link DuetBuilder#bind} said), or -1. */
    public int respPort() {
        return instance.respPort();
    }

    /** The port REST is served at, or -1. */
    public int restPort() {
        return instance.restPort();
    }

    /** The standard REST token, or empty when REST is not served. */
    public String restToken() {
        return instance.restToken();
    }

    /** Ends the instance and forgets its data. Its ports are closed and its threads gone when this returns. */
    @Override
    public void close() {
        instance.close();
    }
}
