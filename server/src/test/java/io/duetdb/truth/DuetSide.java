package io.duetdb.truth;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Reply;
import io.duetdb.server.Instance;
import io.duetdb.server.InstanceOptions;
import io.duetdb.wire.Output;
import io.duetdb.wire.RespReply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Duet in this JVM, its replies spelled by the encoder that sockets use, its time set by whoever drives it. */
final class DuetSide implements Side, PlantedBugs.Door {
    private final SetClock clock = new SetClock();
    private final Instance instance;
    private final List<Link> links = new ArrayList<>();
    private final PlantedBugs.@Nullable Bug bug;

    /** An instance with {@code clients} clients, and a planted bug or none. */
    DuetSide(int clients, PlantedBugs.@Nullable Bug bug) throws Exception {
        this.bug = bug;
        InstanceOptions options = new InstanceOptions(InstanceOptions.settings());
        options.settings.set("enable-debug-command", "yes");
        options.clock = clock;
        options.seeded = true;
        options.seed = 1;
        options.memoryLimitBytes = 512L << 20;
        options.embedded = true;
        instance = Instance.start(options);
        for (int i = 0; i < clients; i++) {
            links.add(new Link(i));
            call(i, "PING");
        }
    }

    /** Sets the time. It never runs backwards. */
    void time(long wallUs) {
        clock.set(wallUs);
    }

    /** The table of settings. */
    io.duetdb.engine.api.Settings settings() {
        return instance.settings();
    }

    @Override
    public List<byte[]> run(int client, List<byte[][]> commands) {
        List<byte[]> replies = new ArrayList<>(commands.size());
        if (bug != null) {
            for (byte[][] command : commands) {
                replies.add(bug.run(this, client, command));
            }
            return replies;
        }
        for (int from = 0; from < commands.size(); from += Engine.BATCH_MAX) {
            batch(
                    links.get(client),
                    commands.subList(from, Math.min(commands.size(), from + Engine.BATCH_MAX)),
                    replies);
        }
        return replies;
    }

    @Override
    public byte[] call(int client, byte[]... argv) {
        List<byte[]> replies = new ArrayList<>();
        batch(links.get(client), List.<byte[][]>of(argv), replies);
        return replies.get(0);
    }

    private void batch(Link link, List<byte[][]> commands, List<byte[]> replies) {
        Argv[] batch = new Argv[commands.size()];
        for (int i = 0; i < batch.length; i++) {
            batch[i] = Argv.of(commands.get(i));
        }
        instance.lock().lock();
        try {
            int done = instance.engine().execute(link.client, batch, batch.length);
            instance.endTurn();
            while (done < batch.length) {
                if (link.closing) {
                    break;
                }
                instance.engine().resume();
                done += instance.engine()
                        .execute(link.client, Arrays.copyOfRange(batch, done, batch.length), batch.length - done);
                instance.endTurn();
            }
        } finally {
            instance.lock().unlock();
        }
        link.take(replies, commands.size());
    }

    /** What goes on after the last command: background work. */
    void turn() {
        instance.lock().lock();
        try {
            instance.endTurn();
        } finally {
            instance.lock().unlock();
        }
    }

    @Override
    public void close() {
        instance.close();
    }

    /** Time as redis-server's. */
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

    /** A client's connection: replies as bytes. */
    private final class Link implements Connection, Output {
        private final RespReply reply = new RespReply();
        private final int port;
        private final Client client;
        private byte[] bytes = new byte[1024];
        private int length;
        private long base;
        private boolean closing;

        Link(int index) {
            port = 50_000 + index;
            reply.bind(this, 2);
            client = instance.connect(this);
        }

        void take(List<byte[]> replies, int count) {
            reply.finish();
            int at = 0;
            int taken = 0;
            while (at < length) {
                int n = Frame.length(bytes, at);
                if (bytes[at] != '>') {
                    replies.add(Arrays.copyOfRange(bytes, at, at + n));
                    taken++;
                }
                at += n;
            }
            base += length;
            length = 0;
            if (taken != count) {
                throw new AssertionError(taken + " replies to " + count + " commands");
            }
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
            return reply;
        }

        @Override
        public long produced() {
            return reply.position();
        }

        @Override
        public void release(long position) {}

        @Override
        public void closeAfterReply() {
            closing = true;
        }

        @Override
        public void abort() {
            closing = true;
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
