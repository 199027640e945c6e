package io.duetdb.engine.client;

import io.duetdb.engine.acl.User;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.keyspace.Database;

/** The engine's state of one connected user. Fields are plain: only the engine's thread touches them. */
public final class ClientState implements Client {
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
    private long writeOffset;
    private long lastInteractionMs;
    private int lastCommandId = -1;

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
        return authenticated && user.mayDoEverything() && dialect == Dialect.REDIS;
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

    /** Whether a command of this client is under way without having replied: the next one must wait. */
    public boolean suspended() {
        return suspended;
    }

    public void suspended(boolean value) {
        suspended = value;
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
    }

    /** Id of the last command, or -1. */
    public int lastCommandId() {
        return lastCommandId;
    }

    @Override
    public String toString() {
        return "client " + id + (name.isEmpty() ? "" : " " + name);
    }
}
