package io.duetdb.resp;

import io.duetdb.engine.api.Client;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One turn of an event loop: from the first event that touches the engine to the engine's duties at its end, after
 * which the replies leave. All front-ends of a loop share one, and call {@link #begin} before they touch the engine.
 *
 * <p>The end is Netty's hook behind an iteration of the loop ({@link SingleThreadEventLoop#executeAfterEventLoopIteration}),
 * armed once per turn. Used on the loop's thread only.
 */
public final class LoopTurn {
    /** Work of a front-end at the end of each turn, before or after the engine's. */
    public interface Step {
        /** Does the work. The engine is owned. */
        void run();
    }

    /** No duty is arranged for later than this. */
    private static final long TIMER_MS_MAX = TimeUnit.DAYS.toMillis(1);

    private final SingleThreadEventLoop loop;
    private final TurnDuties duties;
    private final TurnGuard guard;
    private final List<Step> before = new ArrayList<>();
    private final List<Step> after = new ArrayList<>();
    private final Runnable end = this::end;
    private final Runnable wake = this::begin;
    private final Runnable timer = this::timerFired;
    private boolean open;
    private boolean again;
    private long timerAtNs;
    private @Nullable ScheduledFuture<?> scheduled;

    /** The turns of {@code loop}, which owns the engine while {@code guard} is entered. */
    public LoopTurn(EventLoop loop, TurnDuties duties, TurnGuard guard) {
        this.loop = (SingleThreadEventLoop) loop;
        this.duties = duties;
        this.guard = guard;
    }

    /** The loop whose turns these are. */
    public EventLoop loop() {
        return loop;
    }

    /** Adds a step that runs before the engine ends its turn. */
    public void addBefore(Step step) {
        before.add(step);
    }

    /** Adds a step that runs when the replies of the turn were released. */
    public void addAfter(Step step) {
        after.add(step);
    }

    /** Takes a step of {@link #addBefore} or {@link #addAfter} out again. */
    public void remove(Step step) {
        before.remove(step);
        after.remove(step);
    }

    /** The engine is going to be touched in this turn. Cheap when it was touched before. */
    public void begin() {
        if (!open) {
            open = true;
            guard.enter();
            loop.executeAfterEventLoopIteration(end);
        }
    }

    /** Asks for another turn at once, though nothing may arrive. */
    public void again() {
        again = true;
    }

    private void end() {
        try {
            for (Client resumed = duties.resume(); resumed != null; resumed = duties.resume()) {
                resumed.connection().resume();
            }
            runAll(before);
            duties.beforeSleep();
            runAll(after);
            arrange(duties.nextDutyInMs());
        } finally {
            open = false;
            guard.leave();
        }
    }

    private static void runAll(List<Step> steps) {
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i).run();
        }
    }

    private void arrange(long dutyInMs) {
        if (again || dutyInMs == 0) {
            again = false;
            loop.execute(wake);
        } else if (dutyInMs > 0) {
            long inMs = Math.min(dutyInMs, TIMER_MS_MAX);
            long atNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(inMs);
            ScheduledFuture<?> present = scheduled;
            if (present == null || atNs - timerAtNs < 0) {
                if (present != null) {
                    present.cancel(false); // there is one at most, however often the next duty changes
                }
                timerAtNs = atNs;
                scheduled = loop.schedule(timer, inMs, TimeUnit.MILLISECONDS);
            } // one that fires too early only arranges the next
        }
    }

    private void timerFired() {
        scheduled = null;
        begin();
    }
}
