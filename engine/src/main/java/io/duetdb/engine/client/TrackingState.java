package io.duetdb.engine.client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a client asked for with CLIENT TRACKING, and how that stands. Once made, the mode is what it is: CLIENT TRACKING
 * ON makes another one. Who is told what, {@code tracking.Tracking} decides.
 */
public final class TrackingState {
    /** Keys are not remembered: the client is told of all keys that begin with one of its prefixes. */
    public static final int BROADCAST = 1;

    /** Only keys are remembered that were read behind CLIENT CACHING YES. */
    public static final int OPT_IN = 1 << 1;

    /** Keys are not remembered that were read behind CLIENT CACHING NO. */
    public static final int OPT_OUT = 1 << 2;

    /** The client is not told of what it changes itself. */
    public static final int NO_LOOP = 1 << 3;

    private final int mode;
    private final long redirection;
    private final SortedSet<byte[]> prefixes = new TreeSet<>(Arrays::compareUnsigned);
    private boolean caching;
    private boolean broken;

    /** A state of these bits; {@code redirection} is the id of the client that is told instead, 0 for none. */
    public TrackingState(int mode, long redirection) {
        this.mode = mode;
        this.redirection = redirection;
    }

    /** The bits that were asked for. */
    public int mode() {
        return mode;
    }

    /** Whether a bit was asked for. */
    public boolean is(int bit) {
        return (mode & bit) != 0;
    }

    /** The id of the client that is told instead of this one, 0 for none. */
    public long redirection() {
        return redirection;
    }

    /** Whether what the client reads at all may have to be remembered. */
    boolean remembersAny() {
        return (mode & BROADCAST) == 0;
    }

    /** Whether what the client reads now is to be remembered. */
    public boolean remembers() {
        return (mode & (BROADCAST | OPT_IN | OPT_OUT)) == 0
                || (mode & OPT_IN) != 0 && caching
                || (mode & OPT_OUT) != 0 && !caching;
    }

    /** Whether CLIENT CACHING was said for the command that is under way. */
    public boolean caching() {
        return caching;
    }

    /** CLIENT CACHING, or the end of the command that it was said for. */
    public void caching(boolean value) {
        caching = value;
    }

    /** Whether the client that was to be told instead was gone when there was something to tell. */
    public boolean broken() {
        return broken;
    }

    /** The client that was to be told instead is gone. */
    public void breaks() {
        broken = true;
    }

    /** Adds a prefix of keys that the client is told of. Returns false when it was there. */
    public boolean addPrefix(byte[] prefix) {
        return prefixes.add(prefix);
    }

    /** The prefixes, sorted: a list of its own whose arrays must not be changed. */
    public List<byte[]> prefixes() {
        return Collections.unmodifiableList(new ArrayList<>(prefixes));
    }
}
