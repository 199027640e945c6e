package io.duetdb.truth;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.api.Settings;
import io.duetdb.server.Instance;
import io.duetdb.server.InstanceOptions;
import io.duetdb.wire.Output;
import io.duetdb.wire.RespReply;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A Duet in this JVM whose time is set by whoever drives it, and connections whose replies are spelled by one sink for
 * all of them, as those of an event loop's sockets are.
 */
public final class LocalDuet implements AutoCloseable {
    private static final int FIRST_PORT = 50_000;

    private final SetClock clock = new SetClock();
    private final Instance instance;
    private final RespReply sink = new RespReply();
    private @Nullable Link bound;

    /** Starts one with DEBUG allowed and chance from a fixed seed. */
    public LocalDuet() throws Exception {
        InstanceOptions options = new InstanceOptions(InstanceOptions.settings());
        options.settings.set("enable-debug-command", "yes");
        options.clock = clock;
        options.seeded = true;
        options.seed = 1;
        options.memoryLimitBytes = 512L << 20;
        options.embedded = true;
        instance = Instance.start(options);
    }

    /** Sets the time, in microseconds since the epoch. It never runs backwards. */
    public void time(long wallUs) {
        clock.set(wallUs);
    }

    /** The table of settings. */
    public Settings settings() {
        return instance.settings();
    }

    /** A new client; {@code index} tells its address from others'. */
    public Link connect(int index) {
        return new Link(FIRST_PORT + index);
    }

    /** Gives {@code action} the engine, to which nobody else has access meanwhile. */
    public void own(Consumer<Engine> action) {
        instance.lock().lock();
        try {
            action.accept(instance.engine());
        } finally {
            instance.lock().unlock();
        }
    }

    /** Ends a loop turn: what it produced is released. To be called within {@link #own}. */
    public void endTurn() {
        instance.endTurn();
    }

    @Override
    public void close() {
        instance.close();
    }

    private void unbind() {
        Link before = bound;
        bound = null;
        if (before == null) {
            sink.discard();
        } else {
            before.version = sink.version();
            sink.finish();
        }
    }

    /** Time as somebody else has it. */
    private static final class SetClock implements Clock {
        private long us = System.currentTimeMillis() * 1000;
        private final long startUs = us;

        void set(long wallUs) {
            us = Math.max(us, wallUs);
        }

        @Override
        public long wallUs() {
            return us;
        }

        @Override
        public long monotonicNs() {
            return (us - startUs) * 1000 + 1_000_000_000L;
        }
    }

    /** A client's connection: replies as bytes, which can be taken when they were released. */
    public final class Link implements Connection, Output {
        private final int port;
        private final Client client;
        private int version = 2;
        private byte[] bytes = new byte[1024];
        private int length;
        private long base;
        private long released;
        private boolean closing;
        private boolean resumed;
        private boolean ended;

        private Link(int port) {
            this.port = port;
            client = instance.connect(this);
        }

        /** The engine's view of this client. */
        public Client client() {
            return client;
        }

        /** Whether the engine has ended this connection. */
        public boolean closing() {
            return closing;
        }

        /** Whether the engine has ended this connection, said once. */
        public boolean endOnce() {
            boolean first = closing && !ended;
            ended |= closing;
            return first;
        }

        /** Whether the engine said that waiting requests may run; asking forgets it. */
        public boolean takeResumed() {
            boolean value = resumed;
            resumed = false;
            return value;
        }

        /** Runs requests of this client, as many as the engine takes. Returns how many. Within {@link #own} only. */
        public int execute(Engine engine, Argv[] batch, int count) {
            return engine.execute(client, batch, count);
        }

        /** Tells the engine that the peer is gone. */
        public void disconnect() {
            if (bound == this) {
                unbind();
            }
            instance.disconnect(client);
        }

        /** Takes everything that was released. */
        public byte[] take() {
            int n = (int) (released - base);
            byte[] taken = Arrays.copyOf(bytes, n);
            System.arraycopy(bytes, n, bytes, 0, length - n);
            base += n;
            length -= n;
            return taken;
        }

        @Override
        public void write(byte[] from, int offset, int count) {
            if (length + count > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
            }
            System.arraycopy(from, offset, bytes, length, count);
            length += count;
        }

        @Override
        public long position() {
            return base + length;
        }

        @Override
        public void truncate(long position) {
            length = (int) (position - base);
        }

        @Override
        public Reply reply() {
            if (bound != this) {
                unbind();
                bound = this;
                sink.bind(this, version);
            }
            return sink;
        }

        @Override
        public long produced() {
            return bound == this ? sink.position() : position();
        }

        @Override
        public void release(long position) {
            if (bound == this) {
                unbind();
            }
            released = Math.max(released, Math.min(position, position()));
        }

        @Override
        public void closeAfterReply() {
            closing = true;
        }

        @Override
        public void abort() {
            closing = true;
            if (bound == this) {
                sink.discard();
                bound = null;
            }
            length = (int) (released - base);
        }

        @Override
        public void resume() {
            resumed = true;
        }

        @Override
        public String remoteAddress() {
            return "127.0.0.1:" + port;
        }

        @Override
        public String localAddress() {
            return "127.0.0.1:6379";
        }
    }
}
