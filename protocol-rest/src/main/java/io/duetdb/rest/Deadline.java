package io.duetdb.rest;

import io.netty.channel.EventLoop;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a connection waits for and until when, with one timer. Moving a deadline back costs a comparison: the timer finds
 * out when it fires. Time is the event loop's.
 */
final class Deadline {
    /** Nothing is awaited from the peer. */
    static final int NOTHING = 0;
    /** The next request may take its time. */
    static final int REQUEST = 1;
    /** The rest of a head: counts from its first byte. */
    static final int HEAD = 2;
    /** More of a body: renewed by {@link #progress}. */
    static final int BODY = 3;
    /** The peer's end of a connection we have closed. */
    static final int LINGER = 4;
    /** That the peer takes what was sent. */
    static final int SEND = 5;

    private static final long NEVER = Long.MAX_VALUE;

    private final Runnable whenOver;
    private @Nullable EventLoop loop;
    private @Nullable Future<?> timer;
    private long timerAt = NEVER;
    private int phase = NOTHING;
    private long at = NEVER;
    private long periodMs;
    private long received;

    Deadline(Runnable whenOver) {
        this.whenOver = whenOver;
    }

    void loop(EventLoop eventLoop) {
        loop = eventLoop;
    }

    /** Waits for {@code what}; if that is what it waits for already, the time goes on running. 0 ms is for ever. */
    void expect(int what, long ms) {
        if (phase != what) {
            renew(what, ms);
        }
    }

    /** Waits for {@code what} anew. */
    void renew(int what, long ms) {
        EventLoop on = loop;
        if (on == null) {
            return;
        }
        phase = what;
        periodMs = ms;
        received = 0;
        at = what == NOTHING || ms == 0 ? NEVER : on.ticker().nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        if (at != NEVER && (timerAt == NEVER || at < timerAt)) {
            schedule(on);
        }
    }

    /** Bytes have come: enough of them renew the deadline of a body. */
    void progress(int bytes) {
        received += bytes;
        if (phase == BODY && received >= Limits.BODY_PROGRESS) {
            renew(BODY, periodMs);
        }
    }

    void cancel() {
        Future<?> old = timer;
        timer = null;
        timerAt = NEVER;
        at = NEVER;
        if (old != null) {
            old.cancel(false);
        }
    }

    private void schedule(EventLoop on) {
        Future<?> old = timer;
        if (old != null) {
            old.cancel(false);
        }
        timerAt = at;
        timer = on.schedule(this::fired, Math.max(0, at - on.ticker().nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void fired() {
        EventLoop on = loop;
        timer = null;
        timerAt = NEVER;
        if (on == null || at == NEVER) {
            return;
        }
        if (at - on.ticker().nanoTime() > 0) {
            schedule(on);
        } else {
            at = NEVER;
            whenOver.run();
        }
    }
}
