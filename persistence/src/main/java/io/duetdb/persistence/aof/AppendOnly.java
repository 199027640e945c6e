package io.duetdb.persistence.aof;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Storage;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.snapshot.Snapshots;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The append-only file of a running engine: effects in, lasting bytes out, replies held until then. Engine's thread. */
public final class AppendOnly {
    public AppendOnly(Outside outside, Snapshots snapshots) {}

    public void attach(Engine engine) {}

    /** Goes on where loading ended: opens the last increment, or makes a new base and increment; nothing when off. */
    public void open(Outcome outcome) {}

    /** Whether effects are wanted. */
    public boolean listening() {
        return false;
    }

    /** Appends one effect to what leaves at the end of the turn. */
    public void propagate(int db, Argv effect, long offset) {}

    /** Writes what the turn appended, or hands it to the writer. */
    public void turnEnds(long offset) {}

    /** Replies up to this offset may leave. */
    public long safeOffset() {
        return Long.MAX_VALUE;
    }

    /** What is due by the clock: forcing, retries, automatic rewrites. */
    public void work() {}

    /** Ms until {@link #work} is wanted; -1 = not before the next turn. */
    public long nextDutyInMs() {
        return -1;
    }

    /** Whether the setting is on. */
    public boolean enabled() {
        return false;
    }

    /** Whether a rewrite is under way. */
    public boolean rewriting() {
        return false;
    }

    /** BGREWRITEAOF. Returns the status to reply. */
    public String rewrite() {
        throw new UnsupportedOperationException();
    }

    /** MISCONF while nothing can be appended, or null. */
    public @Nullable CommandError refusal() {
        return null;
    }

    /** Effects up to this offset last through a power cut. */
    public long durableOffset() {
        return 0;
    }

    /** Writes and forces everything, and returns when that is done; fails when it can't be. Goes on afterwards. */
    public void flush() throws IOException {}

    /** The lines of INFO that are about the append-only file. */
    public void info(Storage.Lines out) {}

    /** Ends the threads and closes the files; writes nothing more. */
    public void close() {}
}
