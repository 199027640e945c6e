package io.duetdb.engine.command;

import org.jspecify.annotations.Nullable;

/** Flags of a command's declaration: all that checks and protocols need to know instead of comparing names. */
public final class Flags {
    public static final int WRITE = 1;
    public static final int READONLY = 1 << 1;
    public static final int DENYOOM = 1 << 2;
    public static final int ADMIN = 1 << 3;
    public static final int PUBSUB = 1 << 4;
    public static final int NOSCRIPT = 1 << 5;
    public static final int BLOCKING = 1 << 6;
    public static final int LOADING = 1 << 7;
    public static final int STALE = 1 << 8;
    public static final int SKIP_MONITOR = 1 << 9;
    public static final int SKIP_SLOWLOG = 1 << 10;
    public static final int ASKING = 1 << 11;
    public static final int FAST = 1 << 12;
    public static final int NO_AUTH = 1 << 13;
    public static final int MAY_REPLICATE = 1 << 14;
    public static final int NO_MANDATORY_KEYS = 1 << 15;
    public static final int NO_ASYNC_LOADING = 1 << 16;
    public static final int NO_MULTI = 1 << 17;
    public static final int ALLOW_BUSY = 1 << 18;
    public static final int MOVABLEKEYS = 1 << 19;

    // ---- Duet's own: exceptions that Redis makes by comparing function pointers; COMMAND does not show them

    /** Refused while nothing can be saved, as writes are, so that clients who only look notice (PING). */
    public static final int NEEDS_STORAGE = 1 << 23;

    /** Over REST it may come without any arguments, and then does nothing (UNLINK). */
    public static final int MAY_BE_EMPTY_BY_REST = 1 << 22;

    /** May be sent while subscribed in RESP2. */
    public static final int ALLOWED_WHEN_SUBSCRIBED = 1 << 24;

    /** Runs at once inside MULTI instead of being queued. */
    public static final int NOT_QUEUED = 1 << 25;

    /** Not offered over REST: it belongs to a connection's state, or blocks. */
    public static final int NO_REST = 1 << 26;

    /** An HTTP verb or header: somebody's browser. The connection is closed without executing anything further. */
    public static final int CROSS_PROTOCOL = 1 << 27;

    /** Notes an access even for a client that asked with CLIENT NO-TOUCH that its reads leave none. */
    public static final int TOUCHES = 1 << 28;

    /** Runs what its client has queued, so that the flags of those commands count as its own (EXEC). */
    public static final int RUNS_QUEUED = 1 << 29;

    /** CLIENT CACHING before it still stands behind it: CLIENT's subcommands. */
    public static final int KEEPS_CACHING = 1 << 30;

    private static final @Nullable String[] NAMES = {
        "write",
        "readonly",
        "denyoom",
        "admin",
        "pubsub",
        "noscript",
        "blocking",
        "loading",
        "stale",
        "skip_monitor",
        "skip_slowlog",
        "asking",
        "fast",
        "no_auth",
        null, // may_replicate: COMMAND keeps it to itself
        "no_mandatory_keys",
        "no_async_loading",
        "no_multi",
        "allow_busy",
        "movablekeys"
    };

    private Flags() {}

    /** Whether all bits of {@code flag} are set in {@code flags}. */
    public static boolean has(int flags, int flag) {
        return (flags & flag) == flag;
    }

    /** Name of a flag's bit as COMMAND INFO shows it, in Redis' order; null for what it does not show. */
    public static @Nullable String name(int bit) {
        return bit < NAMES.length ? NAMES[bit] : null;
    }
}
