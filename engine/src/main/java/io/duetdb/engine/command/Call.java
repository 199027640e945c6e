package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Errand;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.blocking.Blocked;
import io.duetdb.engine.blocking.BlockedClients;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.Handles;
import io.duetdb.engine.keyspace.ValueType;
import io.duetdb.engine.value.Value;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All that a command's function may touch, on one screen: who calls, what is selected, what time it is, and the verbs of
 * a write. One instance per depth of nesting, reused for every call: never kept.
 */
public final class Call {
    private static final int DEFAULT = 0;
    private static final int REPLACED = 1;
    private static final int NOTHING = 2;

    private static final int SCRATCH_KEPT_MAX = 1024 * 1024;

    private final Services services;
    private final ExecutionUnit unit;

    @SuppressWarnings("NullAway.Init") // set by begin, before any handler sees the call
    private ClientState client;

    @SuppressWarnings("NullAway.Init")
    private Database db;

    private long dirty;
    private boolean keyspaceChanged;
    private int waitFirstKey;
    private int waitKeyCount;
    private @Nullable ValueType waitType;
    private long waitOffset;
    private long waitMs;
    private @Nullable Errand errand;
    private int[] held = {};
    private int propagation;
    private int depth;
    private final int[] handles = new int[Handles.MARK];
    private long[] scratchLongs = new long[16];
    private double[] scratchDoubles = new double[16];
    private byte[] scratchBytes = new byte[256];

    Call(Services services, ExecutionUnit unit) {
        this.services = services;
        this.unit = unit;
    }

    void begin(ClientState forClient, int newDepth) {
        client = forClient;
        db = forClient.db();
        dirty = 0;
        keyspaceChanged = false;
        propagation = DEFAULT;
        depth = newDepth;
        services.keyspace().handles().mark(handles);
    }

    boolean finish(Argv argv, boolean outermost) {
        services.keyspace().handles().release(handles);
        services.stats().changes += dirty;
        boolean changed = dirty > 0 || keyspaceChanged;
        if (changed && propagation == DEFAULT) {
            unit.effects().database(db.index()); // a key that expired on the way may have been another database's
            unit.effects().verbatim(argv, outermost);
        }
        return changed;
    }

    // ---- who, what, when

    /** The selected database. */
    public Database db() {
        return db;
    }

    /** Another database by its number, which must be in range. */
    public Database db(int index) {
        return services.keyspace().db(index);
    }

    /** The client that sent the command. */
    public ClientState client() {
        return client;
    }

    /** The unit's time, ms since the epoch; it does not move while the unit runs. */
    public long nowMs() {
        return unit.nowMs();
    }

    /** The engine's source of chance. */
    public RandomSource random() {
        return services.random();
    }

    /** What the families that administer need. */
    public Services services() {
        return services;
    }

    // ---- writing

    /**
     * A key was changed: the one verb of every write. Counts as dirty by {@code count} (0 changes nothing), notifies
     * {@code event}, and makes the request an effect unless that was replaced.
     */
    public void changed(Argv argv, int key, KeyEvent event, long count) {
        changed(db, argv, key, event, count);
    }

    /** A key of another database than the selected one was changed. */
    public void changed(Database in, Argv argv, int key, KeyEvent event, long count) {
        dirty += count;
        KeyChanges changes = unit.changes();
        if (!changes.quiet()) {
            changes.changed(client, in, argv.array(key), argv.offset(key), argv.length(key));
        }
        services.events().event(event, in.index(), argv.array(key), argv.offset(key), argv.length(key));
    }

    /**
     * Removes a key whose value a command has emptied: "empty means gone". To be called after {@link #changed}; notifies
     * {@code del}. Returns whether the key went; then its handles are dead.
     */
    public boolean deleteIfEmpty(Argv argv, int key, Value value) {
        if (!value.isEmpty()) {
            return false;
        }
        db.delete(argv, key);
        event(KeyEvent.DEL, argv, key);
        return true;
    }

    /**
     * A key that the command also wrote (the new name of RENAME ...): whoever watches it is told, and {@code event} is
     * notified.
     */
    public void alsoChanged(Argv argv, int key, KeyEvent event) {
        changed(db, argv, key, event, 0);
    }

    /** All keys of a database, or of all ({@link io.duetdb.engine.keyspace.Keyspace#ALL}), are going to be deleted. */
    public void flushing(int which) {
        unit.changes().flushing(client, which);
    }

    /** Two databases are going to change places. */
    public void swapping(int first, int second) {
        unit.changes().swapping(first, second);
    }

    /** Something changed that is not one key (FLUSHALL ...): counts as dirty by {@code count}, is an effect in any case. */
    public void changedKeyspace(long count) {
        dirty += count;
        keyspaceChanged = true;
    }

    /** Notifies an event beside the one that {@link #changed} notifies. */
    public void event(KeyEvent event, Argv argv, int key) {
        services.events().event(event, db().index(), argv.array(key), argv.offset(key), argv.length(key));
    }

    /** Begins an effect that stands for the request, one of {@link EffectNames}; called again, a further one. */
    public Effects propagateAs(byte[] command) {
        propagation = REPLACED;
        Effects effects = unit.effects();
        effects.database(db().index());
        return effects.command(command);
    }

    /** The effect that {@link #propagateAs} began last in this call, to add to. */
    public Effects propagated() {
        assert propagation == REPLACED;
        return unit.effects();
    }

    /** Whatever changed, there is no effect of this request. */
    public void propagateNothing() {
        propagation = NOTHING;
    }

    // ---- time in slices

    /**
     * The command is not done: {@code rest} goes on between loop turns, and replies at its end. Until then the unit
     * stays open and other clients get BUSY. Outermost calls only; nothing may have been replied.
     */
    public void suspend(Continuation rest) {
        unit.suspend(rest, client());
    }

    /**
     * There is nothing to reply yet: the client waits until one of its keys is of {@code type}, then this function runs
     * again with the same request; when the time is over the answer is the absent array. Nothing may have been changed or
     * replied. Returns false when this call cannot wait, because it is part of a transaction or script; then the function
     * replies what there is to say at once.
     *
     * @param keyCount number of keys, from argument {@code firstKey} on
     * @param type what a key must be to be looked at; null for whatever happens to it, its end included
     * @param timeoutMs how long, counted from the first time; 0 = for ever
     */
    public boolean block(int firstKey, int keyCount, @Nullable ValueType type, long timeoutMs) {
        if (!mayWait()) {
            return false;
        }
        waitFirstKey = firstKey;
        waitKeyCount = keyCount;
        waitType = type;
        waitOffset = -1;
        waitMs = timeoutMs;
        unit.park();
        return true;
    }

    /**
     * There is nothing to reply yet: the client waits until effects up to {@code offset} last through a power cut, then
     * this function runs again; when the time is over the answer is WAITAOF's. Otherwise as {@link #block}.
     */
    public boolean blockUntilKept(long offset, long timeoutMs) {
        if (!block(0, 0, null, timeoutMs)) {
            return false;
        }
        waitOffset = offset;
        return true;
    }

    /** Whether the client of this call may wait: it is not part of a transaction or script. */
    public boolean mayWait() {
        return depth == 1 && client.connection().mayWait();
    }

    /**
     * There is nothing to reply until an errand has ended: the client waits, then this function runs again with the same
     * request. Only when {@link #mayWait}. Nothing may have been changed or replied.
     *
     * @param keys which arguments are keys that nobody may write meanwhile; kept
     */
    public void block(Errand until, int[] keys) {
        errand = until;
        held = keys;
        unit.park();
    }

    /** Whether this request has waited and runs again. */
    public boolean again() {
        return waited() != null;
    }

    /** What this request has waited for, when it runs again because of that; otherwise null. */
    public @Nullable Blocked waited() {
        return services.blocked().of(client);
    }

    /** Lets the client of this call wait as {@link #block} said. Takes ownership of the request. */
    void await(BlockedClients blocked, Command command, Argv request) {
        Errand until = errand;
        if (until != null) {
            errand = null;
            blocked.add(client, command.id(), request, until, held);
            return;
        }
        long now = services.clock().monotonicNs();
        boolean ever = waitMs == 0 || waitMs > (Long.MAX_VALUE - now) / 1_000_000;
        long deadline = ever ? Long.MAX_VALUE : now + waitMs * 1_000_000;
        if (waitOffset >= 0) {
            blocked.addForKept(client, command.id(), request, waitOffset, deadline);
        } else {
            blocked.add(client, command.id(), request, waitFirstKey, waitKeyCount, waitType, deadline);
        }
    }

    /** Runs another command within this one; its error is its reply. */
    public void run(Command command, Argv argv, Reply reply) {
        unit.runNested(client, command, argv, reply);
    }

    /** Whether this call is the unit itself, and not made by a script or transaction. */
    public boolean outermost() {
        return depth == 1;
    }

    // ---- scratch

    /** An array of at least {@code n} longs whose content is undefined; the next command uses it again. */
    public long[] scratchLongs(int n) {
        if (scratchLongs.length < n) {
            scratchLongs = Arrays.copyOf(scratchLongs, Math.max(n, scratchLongs.length * 2));
        }
        return scratchLongs;
    }

    /** An array of at least {@code n} doubles whose content is undefined; the next command uses it again. */
    public double[] scratchDoubles(int n) {
        if (scratchDoubles.length < n) {
            scratchDoubles = Arrays.copyOf(scratchDoubles, Math.max(n, scratchDoubles.length * 2));
        }
        return scratchDoubles;
    }

    /**
     * An array of at least {@code n} bytes whose content is undefined, the same each time as long as {@code n} is not
     * large; the next command uses it again.
     */
    public byte[] scratchBytes(int n) {
        if (n > SCRATCH_KEPT_MAX) {
            return new byte[n];
        }
        if (scratchBytes.length < n) {
            scratchBytes = new byte[Math.max(n, scratchBytes.length * 2)];
        }
        return scratchBytes;
    }
}
