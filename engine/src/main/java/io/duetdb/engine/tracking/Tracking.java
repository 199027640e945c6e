package io.duetdb.engine.tracking;

import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.Pushes;
import org.jspecify.annotations.Nullable;

/** Which clients keep which keys, and who is told that one has changed (CLIENT TRACKING). */
public final class Tracking {
    private final KeyedHash hash;
    private final Pushes pushes;

    /** Nobody is tracked. */
    public Tracking(KeyedHash hash, Pushes pushes) {
        this.hash = hash;
        this.pushes = pushes;
    }

    /** Whether no key of anybody is tracked, so that changes need not be told here. */
    public boolean isEmpty() {
        return hash != null && pushes != null;
    }

    /** A key was changed by {@code by}, or by the engine itself: whoever keeps it is told. */
    public void changed(@Nullable ClientState by, byte[] key, int offset, int length) {}

    /** All keys are gone. */
    public void flushed() {}

    /** Forgets a client that is gone. */
    public void remove(ClientState client) {}
}
