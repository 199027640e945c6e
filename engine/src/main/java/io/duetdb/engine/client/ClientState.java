package io.duetdb.engine.client;

import io.duetdb.engine.acl.User;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.tx.Transaction;
import io.duetdb.engine.tx.WatchedKeys;
import org.jspecify.annotations.Nullable;

/** The engine's state of one connected user. Fields are plain: only the engine's thread touches them. */
public final class ClientState implements Client {
    private static final int REPLY = 0;
    private static final int OFF = 1;
    private static final int SKIP = 2;
    private static final int SKIP_NEXT = 3;

    private final long id;
    private final Connection connection;
    private final Dialect dialect;
    private final long createdAtMs;

    private User user;
    private Database db;
    private boolean authenticated;
    private int protocol = 2;
    private String name = "";
    private String libName = "";
    private String libVersion = "";
    private boolean closing;
    private boolean suspended;
    private boolean unblocked;
    private long writeOffset;
    private long lastInteractionMs;
    private int lastCommandId = -1;
    private int replies;
    private boolean monitoring;
    private boolean subscriber;
    private int channels;
    private int patterns;
    private int shardChannels;
    private boolean noTouch;
    private boolean noEvict;
    private boolean special;
    private @Nullable Argv postponed;
    private @Nullable Transaction transaction;
    private @Nullable TrackingState tracking;

    // the gate's
    boolean touched;
    int heldTurns;
    long released;

    public ClientState(
            long id,
            Connection connection,
            Dialect dialect,
            User user,
            boolean authenticated,
            Database db,
            long nowMs) {
        this.id = id;
        this.connection = connection;
        this.dialect = dialect;
        this.user = user;
        this.authenticated = authenticated;
        this.db = db;
        this.createdAtMs = nowMs;
        this.lastInteractionMs = nowMs;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public Connection connection() {
        return connection;
    }

    /** Whose answers this client expects where Redis and Upstash differ. */
    public Dialect dialect() {
        return dialect;
    }

    public User user() {
        return user;
    }

    /** Makes this client act as {@code value} from now on. */
    public void login(User value) {
        user = value;
        authenticated = true;
    }

    /** Back to an unidentified client, as RESET does. */
    public void logout(User defaultUser) {
        user = defaultUser;
        authenticated = defaultUser.noPassword() && defaultUser.enabled();
    }

    @Override
    public boolean authenticated() {
        return authenticated || user.noPassword() && user.enabled();
    }

    /** Whether nothing about this client itself can stand in a command's way. */
    public boolean unrestricted() {
        return authenticated && user.mayDoEverything() && dialect == Dialect.REDIS && !monitoring && !subscriber;
    }

    /** The selected database. */
    public Database db() {
        return db;
    }

    public void select(Database value) {
        db = value;
    }

    /** RESP version, 2 or 3. */
    public int protocol() {
        return protocol;
    }

    public void protocol(int version) {
        protocol = version;
    }

    /** The name CLIENT SETNAME gave, or empty. */
    public String name() {
        return name;
    }

    public void name(String value) {
        name = value;
    }

    public String libName() {
        return libName;
    }

    public void libName(String value) {
        libName = value;
    }

    public String libVersion() {
        return libVersion;
    }

    public void libVersion(String value) {
        libVersion = value;
    }

    @Override
    public boolean closing() {
        return closing;
    }

    /** No further command is executed for this client. */
    public void closing(boolean value) {
        closing = value;
    }

    @Override
    public boolean suspended() {
        return suspended;
    }

    public void suspended(boolean value) {
        suspended = value;
    }

    /** Whether this client's waiting has ended in this turn, at whose end its further requests may run. */
    public boolean unblocked() {
        return unblocked;
    }

    /** Notes that the waiting has ended, or that this was dealt with. */
    public void unblocked(boolean value) {
        unblocked = value;
    }

    @Override
    public long writeOffset() {
        return writeOffset;
    }

    public void writeOffset(long value) {
        writeOffset = value;
    }

    public long createdAtMs() {
        return createdAtMs;
    }

    public long lastInteractionMs() {
        return lastInteractionMs;
    }

    /** Notes that the client sent a command. */
    public void interacted(long nowMs, int commandId) {
        lastInteractionMs = nowMs;
        lastCommandId = commandId;
        unblocked = false;
    }

    /** Id of the last command, or -1. */
    public int lastCommandId() {
        return lastCommandId;
    }

    // ---- what CLIENT and MONITOR ask for

    /** Whether any of the rest applies, so that this client's commands need a closer look. One field for the hot path. */
    public boolean special() {
        return special;
    }

    private void look() {
        special = replies != REPLY || noTouch || transaction != null || tracking != null && tracking.remembersAny();
    }

    /** What CLIENT TRACKING asked for; null while it is off. */
    public @Nullable TrackingState tracking() {
        return tracking;
    }

    /** Notes what CLIENT TRACKING asked for; null for off. Only {@code tracking.Tracking} calls this. */
    public void tracking(@Nullable TrackingState value) {
        tracking = value;
        look();
    }

    /** The transaction of this client, or null: what it has queued, and whether a key that it watches was changed. */
    public @Nullable Transaction transaction() {
        return transaction;
    }

    /** The transaction of this client, made where there is none. */
    public Transaction transactionOrNew() {
        Transaction present = transaction;
        if (present == null) {
            present = new Transaction();
            transaction = present;
            look();
        }
        return present;
    }

    /** Forgets the transaction, what it queued and what it watched. */
    public void endTransaction(WatchedKeys watched) {
        Transaction present = transaction;
        if (present != null) {
            watched.end(present);
            transaction = null;
            look();
        }
    }

    /** CLIENT REPLY ON: replies are sent again, the one to this command included. */
    public void repliesOn() {
        replies = REPLY;
        look();
    }

    /** CLIENT REPLY OFF: nothing is sent from now on. */
    public void repliesOff() {
        replies = OFF;
        look();
    }

    /** CLIENT REPLY SKIP: the next command gets no reply. Nothing while replies are off. */
    public void skipNextReply() {
        if (replies != OFF) {
            replies = SKIP_NEXT;
            look();
        }
    }

    /** RESET: a skip that is under way still takes this reply. */
    public void resetReplies() {
        if (replies != SKIP) {
            repliesOn();
        }
    }

    /** A special client's command begins. */
    public void commandBegins() {
        if (replies == SKIP_NEXT) {
            replies = SKIP;
        }
    }

    /** A special client's command has ended: whether its reply is to be taken back. */
    public boolean commandEnds() {
        boolean mute = muted();
        if (replies == SKIP) {
            repliesOn();
        }
        return mute;
    }

    /** Whether this client gets nothing at the moment. */
    public boolean muted() {
        return replies == OFF || replies == SKIP;
    }

    @Override
    public boolean waits() {
        return suspended || monitoring;
    }

    /** Whether this client watches what others do. */
    public boolean monitoring() {
        return monitoring;
    }

    void monitoring(boolean value) {
        monitoring = value;
    }

    /** Whether this client is subscribed to anything. In RESP2 it may do little else then. */
    public boolean subscriber() {
        return subscriber;
    }

    /** Number of channels this client is subscribed to. */
    public int channels() {
        return channels;
    }

    /** Number of patterns this client is subscribed to. */
    public int patterns() {
        return patterns;
    }

    /** Number of shard channels this client is subscribed to. */
    public int shardChannels() {
        return shardChannels;
    }

    /** Notes how much this client is subscribed to. */
    public void subscribed(int toChannels, int toPatterns, int toShardChannels) {
        channels = toChannels;
        patterns = toPatterns;
        shardChannels = toShardChannels;
        subscriber = toChannels > 0 || toPatterns > 0 || toShardChannels > 0;
    }

    /** Whether reads of this client leave the access clock alone. */
    public boolean noTouch() {
        return noTouch;
    }

    public void noTouch(boolean value) {
        noTouch = value;
        look();
    }

    /** Whether this client is exempt from being closed to save memory. */
    public boolean noEvict() {
        return noEvict;
    }

    public void noEvict(boolean value) {
        noEvict = value;
    }

    /** The request that waits for the end of a pause, or null. */
    @Nullable
    Argv postponed() {
        return postponed;
    }

    void postponed(@Nullable Argv request) {
        postponed = request;
    }

    @Override
    public String toString() {
        return "client " + id + (name.isEmpty() ? "" : " " + name);
    }
}
