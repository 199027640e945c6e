package io.duetdb.server;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Event loops, shared by instances: a group of threads that exists while somebody uses it. An instance lives on one loop
 * of it. The embedded instances of one JVM share one group, by NIO; a server has a group of its own with one loop.
 */
final class Loops {
    /** What embedded instances share. Holds no thread while none of them has ports. */
    static final Loops EMBEDDED = new Loops(
            Transport.NIO, Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors())), true);

    private static final int GRACE_MS = 500;

    private final Transport transport;
    private final int count;
    private final boolean daemon;
    private final Beat beat = new Beat();
    private @Nullable Group group;
    private int users;

    Loops(Transport transport, int count, boolean daemon) {
        this.transport = transport;
        this.count = count;
        this.daemon = daemon;
    }

    Transport transport() {
        return transport;
    }

    /** A loop for one more instance. */
    synchronized EventLoop acquire() {
        Group present = group;
        if (present == null) {
            present = new Group(transport, count, daemon);
            group = present;
        }
        users++;
        return present.next();
    }

    /** Has {@code task} run by a thread of its own some times a second, whatever the loops do: see {@link Beat}. */
    void beat(Runnable task) {
        beat.add(task);
    }

    /** Ends what {@link #beat} began. */
    void still(Runnable task) {
        beat.remove(task);
    }

    /** Gives a loop back. The last one to do so ends the threads, and returns when they are gone. */
    void release() {
        Group last = leave();
        if (last != null) {
            last.end();
        }
    }

    private synchronized @Nullable Group leave() {
        users--;
        Group present = group;
        if (users == 0) {
            group = null;
            return present;
        }
        return null;
    }

    /**
     * Loops that live and end together, made one by one until there are as many as wanted. Not a group of Netty's: the end
     * of one starts a global thread of Netty's own, which nobody would wait for.
     */
    private static final class Group extends DefaultThreadFactory {
        private final Transport transport;
        private final int count;
        private final List<SingleThreadIoEventLoop> loops = new ArrayList<>();
        private final List<Thread> threads = new ArrayList<>();
        private int next;

        Group(Transport transport, int count, boolean daemon) {
            super("duet-loop", daemon);
            this.transport = transport;
            this.count = count;
        }

        @Override
        protected Thread newThread(Runnable r, String name) {
            Thread thread = super.newThread(r, name);
            synchronized (threads) {
                threads.add(thread);
            }
            return thread;
        }

        EventLoop next() {
            if (loops.size() < count) {
                SingleThreadIoEventLoop loop = new SingleThreadIoEventLoop(null, this, transport.handlers());
                loops.add(loop);
                return loop;
            }
            next = (next + 1) % count;
            return loops.get(next);
        }

        void end() {
            for (SingleThreadIoEventLoop loop : loops) {
                loop.shutdownGracefully(0, GRACE_MS, TimeUnit.MILLISECONDS);
            }
            for (SingleThreadIoEventLoop loop : loops) {
                loop.terminationFuture().awaitUninterruptibly(2L * GRACE_MS);
            }
            List<Thread> last;
            synchronized (threads) {
                last = List.copyOf(threads);
            }
            try {
                for (Thread thread : last) {
                    thread.join(GRACE_MS); // Netty calls a loop terminated a moment before its thread ends
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
