package io.duetdb.server;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
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
        return present.loops.next();
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

    /** Threads that live and end together. They are remembered, because Netty calls itself done a moment before them. */
    private static final class Group extends DefaultThreadFactory {
        final MultiThreadIoEventLoopGroup loops;
        private final List<Thread> threads = new ArrayList<>();

        Group(Transport transport, int count, boolean daemon) {
            super("duet-loop", daemon);
            loops = new MultiThreadIoEventLoopGroup(count, this, transport.handlers());
        }

        @Override
        protected synchronized Thread newThread(Runnable r, String name) {
            Thread thread = super.newThread(r, name);
            threads.add(thread);
            return thread;
        }

        private synchronized List<Thread> threads() {
            return List.copyOf(threads);
        }

        void end() {
            loops.shutdownGracefully(0, GRACE_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(2L * GRACE_MS);
            try {
                for (Thread thread : threads()) {
                    thread.join(GRACE_MS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
