package io.duetdb.engine.memory;

import io.duetdb.engine.api.Snapshot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A frozen view: an unchanging past of a {@link PageMemory}, readable by one thread other than the owner's through
 * {@link #memory}. Everything else but {@link #validate}, {@link #cancelled} and {@link #workAhead} belongs to the owner's
 * thread.
 *
 * <p>The owner may cancel a view at any time when it needs its places; then its bytes change under the reader. A reader
 * therefore works as with a sequence lock: it copies, calls {@link #validate}, and only then believes what it copied.
 * It validates at least once in each loop whose end depends on bytes read, and when it catches anything else, before
 * it rethrows: garbage makes stray addresses (and, in checked mode, AssertionErrors).
 */
public final class View implements AutoCloseable {
    private static final int LIVE = 0;
    private static final int RELEASED = 1;
    private static final int CANCELLED = 2;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(View.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The first of the retired places that hang on this view. */
    int retired = Places.NONE;

    /** The last epoch that the view contains. */
    final int epoch;

    private final Epochs epochs;
    private final PageMemory memory;
    private int state;

    View(Epochs epochs, PageMemory memory, int epoch) {
        this.epochs = epochs;
        this.memory = memory;
        this.epoch = epoch;
    }

    /** The frozen memory. Read-only: whatever writes throws. */
    public PageMemory memory() {
        return memory;
    }

    /**
     * Makes sure that all that was read before this call was unchanged. Any thread.
     *
     * @throws Snapshot.Cancelled if the owner took the view back
     */
    public void validate() {
        if (cancelled()) {
            throw new Snapshot.Cancelled();
        }
    }

    /** Whether the owner took the view back, or somebody closed it: nothing read so far may be believed. Any thread. */
    public boolean cancelled() {
        VarHandle.acquireFence(); // the reads before come before the read of the state
        return (int) STATE.getOpaque(this) != LIVE;
    }

    /** Makes a block ready for the owner's copies, unless enough are. Any thread. */
    public void workAhead() {
        epochs.workAhead();
    }

    /** Gives the view back; nobody may be reading any more. Does nothing the second time. Owner's thread. */
    @Override
    public void close() {
        epochs.release(this);
    }

    boolean live() {
        return state == LIVE;
    }

    void released() {
        end(RELEASED);
    }

    void cancel() {
        end(CANCELLED);
    }

    private void end(int last) {
        STATE.setOpaque(this, last);
        VarHandle.releaseFence(); // the state comes before all writes to places that are taken again
    }
}
