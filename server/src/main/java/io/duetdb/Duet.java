package io.duetdb;

import io.duetdb.server.Instance;
import org.jspecify.annotations.Nullable;

/**
 * An instance of Duet inside this JVM: a keyspace of its own, with or without ports. Without ports it has no threads:
 * commands run in the calling thread, one at a time. Data lives in memory only, unless {@link DuetBuilder#dir} names a
 * folder. Many instances may live side by side.
 */
public final class Duet implements AutoCloseable {
    private final Instance instance;
    private DuetClient client;

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
     * gives one with its own selected database. While a command waits (BLPOP ...) in one thread, others go on with
     * another client where that one was: the same user and selected database.
     */
    public @Nullable Object execute(String... words) {
        instance.lock().lock();
        try {
            DuetClient shared = free();
            try {
                return shared.execute(words);
            } finally {
                leave(shared);
            }
        } finally {
            instance.lock().unlock();
        }
    }

    /** Executes a command like {@link #execute}, with arguments and bulk replies as bytes. Copies the arguments. */
    public @Nullable Object executeBytes(byte[]... words) {
        instance.lock().lock();
        try {
            DuetClient shared = free();
            try {
                return shared.executeBytes(words);
            } finally {
                leave(shared);
            }
        } finally {
            instance.lock().unlock();
        }
    }

    /** The shared client, another one when it is busy. The lock is held from here on until its command begins. */
    private DuetClient free() {
        if (client.busy()) {
            client = new DuetClient(instance, client);
        }
        return client;
    }

    /** Ends a client that was busy when others needed the shared one. */
    private void leave(DuetClient used) {
        if (used != client) {
            used.close();
        }
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

    /**
     * Ends the instance. Its ports are closed and its threads gone when this returns; its data lasts if it has a folder to
     * keep it in ({@link DuetBuilder#dir}), and is forgotten otherwise.
     *
     * @throws IllegalStateException when not all could be kept; everything is closed all the same
     */
    @Override
    public void close() {
        instance.close();
    }
}
