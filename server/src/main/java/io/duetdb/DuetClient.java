package io.duetdb;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.server.Instance;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One client of an instance, as a connection of its own would be: its selected database, name and user are its own.
 * Commands run in the calling thread; threads may share a client, their commands run one after the other.
 *
 * <p>A command that waits (BLPOP, BLMOVE, BZPOPMIN ...) keeps its thread until it is answered, and other threads' commands
 * of the same client until then; commands of other clients run meanwhile. Its timeout follows the instance's clock. When
 * the thread is interrupted the client is forgotten as if its connection had broken: nothing is taken for it any more,
 * and its next command finds a fresh one.
 */
public final class DuetClient implements AutoCloseable {
    private static final int SCRATCH_BYTES = 1024;
    private static final int SCRATCH_BYTES_KEPT = 64 * 1024;

    private final Instance instance;
    private final Argv argv = new Argv();
    private final Argv[] batch = {argv};
    private JavaConnection connection = new JavaConnection();
    private Client client;
    private byte[] scratch = new byte[SCRATCH_BYTES];
    private int used;
    private int[] ends = new int[8];
    private boolean busy;

    DuetClient(Instance instance) {
        this.instance = instance;
        client = instance.connect(connection);
    }

    /** A client where {@code other} is: its user and selected database. */
    DuetClient(Instance instance, DuetClient other) {
        this.instance = instance;
        client = instance.connectLike(connection, other.client);
    }

    /** Whether a command of this client is under way, in another thread. The instance's lock must be held. */
    boolean busy() {
        return busy;
    }

    /**
     * Executes a command and returns its reply: String (bulk and status replies), Long, Double, Boolean, BigInteger,
     * List, Set, Map, or null. Errors inside a list are {@link DuetException} elements.
     *
     * @param words the command's name and its arguments, sent as UTF-8
     * @throws DuetException when the command is answered with an error
     * @throws IllegalStateException when the instance is closed, also while the command waits; or when the thread is
     *     interrupted meanwhile
     */
    public @Nullable Object execute(String... words) {
        instance.lock().lock();
        try {
            begin(words.length);
            for (int i = 0; i < words.length; i++) {
                append(words[i].getBytes(StandardCharsets.UTF_8), i);
            }
            return run(words.length, false);
        } finally {
            instance.lock().unlock();
        }
    }

    /** Executes a command like {@link #execute}, with arguments and bulk replies as bytes. Copies the arguments. */
    public @Nullable Object executeBytes(byte[]... words) {
        instance.lock().lock();
        try {
            begin(words.length);
            for (int i = 0; i < words.length; i++) {
                append(words[i], i);
            }
            return run(words.length, true);
        } finally {
            instance.lock().unlock();
        }
    }

    private void begin(int count) {
        if (count == 0) {
            throw new IllegalArgumentException("a command needs a name");
        }
        instance.ensureOpen();
        while (busy) {
            instance.awaitTurn(client);
        }
        if (count > ends.length) {
            ends = new int[Math.max(count, 2 * ends.length)];
        }
        used = 0;
    }

    private void append(byte[] word, int index) {
        if (word.length > scratch.length - used) {
            scratch = Arrays.copyOf(scratch, Math.max(2 * scratch.length, Math.addExact(used, word.length)));
        }
        System.arraycopy(word, 0, scratch, used, word.length);
        used += word.length;
        ends[index] = used;
    }

    private @Nullable Object run(int count, boolean raw) {
        argv.wrap(scratch);
        for (int i = 0, from = 0; i < count; from = ends[i++]) {
            argv.add(from, ends[i] - from);
        }
        if (connection.ended()) {
            reconnect();
        }
        instance.engine().execute(client, batch, 1);
        instance.endTurn(client);
        if (!connection.ready() && !awaitReply()) {
            return null; // CLIENT REPLY OFF or SKIP
        }
        if (scratch.length > SCRATCH_BYTES_KEPT) {
            scratch = new byte[SCRATCH_BYTES];
        }
        return connection.take(raw);
    }

    /** Waits until the reply may leave. Returns false when there will be none. */
    private boolean awaitReply() {
        busy = true;
        boolean over = false;
        try {
            while (!connection.ready()) {
                if (connection.ended()) {
                    throw new DuetException("ERR the connection was closed by the command");
                }
                if (!connection.replied() && !client.suspended()) {
                    over = true;
                    return false;
                }
                instance.awaitTurn(client);
            }
            over = true;
            return true;
        } finally {
            busy = false;
            if (!over) {
                instance.disconnect(client); // nobody takes the reply any more, so none may be on its way
                connection.abort();
            }
            instance.wakeWaiting();
        }
    }

    /** After QUIT the next command finds a fresh connection, as a socket's user would open one. */
    private void reconnect() {
        instance.engine().disconnect(client);
        connection = new JavaConnection();
        client = instance.engine().connect(connection);
    }

    /** Ends this client; the instance goes on. */
    @Override
    public void close() {
        instance.disconnect(client);
    }
}
