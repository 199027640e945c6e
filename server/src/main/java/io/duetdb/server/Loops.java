package io.duetdb.server;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
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
    private @Nullable MultiThreadIoEventLoopGroup group;
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
        MultiThreadIoEventLoopGroup present = group;
        if (present == null) {
            present = new MultiThreadIoEventLoopGroup(
                    count, new DefaultThreadFactory("duet-loop", daemon), transport.handlers());
            group = present;
        }
        users++;
        return present.next();
    }

    /** Gives a loop back. The last one to do so ends the threads, and returns when they are gone. */
    void release() {
        MultiThreadIoEventLoopGroup last = leave();
        if (last != null) {
            last.shutdownGracefully(0, GRACE_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(2L * GRACE_MS);
        }
    }

    private synchronized @Nullable MultiThreadIoEventLoopGroup leave() {
        users--;
        MultiThreadIoEventLoopGroup present = group;
        if (users == 0) {
            group = null;
            return present;
        }
        return null;
    }
}
