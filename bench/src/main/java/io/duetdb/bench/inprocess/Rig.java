package io.duetdb.bench.inprocess;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.api.Settings;
import io.duetdb.server.BlockKeeper;
import io.duetdb.wire.DecoderLimits;
import io.duetdb.wire.Output;
import io.duetdb.wire.RespDecoder;
import io.duetdb.wire.RespReply;
import io.duetdb.wire.WireBuffers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** An engine with one client, driven as a loop drives it, whose replies go nowhere but are counted. */
final class Rig {
    private static final Clock SYSTEM = new Clock() {
        @Override
        public long wallUs() {
            return System.currentTimeMillis() * 1000;
        }

        @Override
        public long monotonicNs() {
            return System.nanoTime();
        }
    };

    private final Engine engine;
    private final Client client;
    private final Sink sink = new Sink();
    private final RespReply reply = new RespReply();
    private final WireBuffers buffers = new WireBuffers();
    private final RespDecoder decoder = new RespDecoder(buffers, new DecoderLimits());
    private final Argv[] one = new Argv[1];

    /** An engine that may use so much memory. */
    Rig(long memoryLimitBytes) {
        this(memoryLimitBytes, 4711);
    }

    /** An engine with another hash key. */
    Rig(long memoryLimitBytes, long seed) {
        EngineOptions options = EngineOptions.of(new Settings(Engine.settings()), SYSTEM, seed, memoryLimitBytes);
        engine = new Engine(options.withBlocks(new BlockKeeper(memoryLimitBytes)));
        client = engine.connect(new SinkConnection());
        reply.bind(sink, 2);
    }

    Engine engine() {
        return engine;
    }

    /** Runs one request that stands in no buffer of a connection: the engine alone. The turn is not ended. */
    void execute(Argv argv) {
        one[0] = argv;
        if (engine.execute(client, one, 1) != 1) {
            throw new IllegalStateException("not executed: " + argv);
        }
        reply.finish();
    }

    /** Ends the loop turn. */
    void endTurn() {
        reply.finish();
        engine.beforeSleep();
    }

    /** One loop turn: bytes as they come from a socket are decoded, executed in batches and answered. */
    void turn(byte[] bytes, int length) {
        decoder.input(bytes, 0, length);
        for (int n = decoder.decode(WireBuffers.BATCH_MAX, true);
                n > 0;
                n = decoder.decode(WireBuffers.BATCH_MAX, true)) {
            int done = engine.execute(client, buffers.batch(), n);
            decoder.executed(done);
        }
        decoder.keep();
        endTurn();
    }

    /** Executes a request and returns the first bytes of its reply. For cold paths. */
    String ask(String... words) {
        String reply = askInTurn(words);
        endTurn();
        return reply;
    }

    /** As {@link #ask}, but the turn goes on: nothing expires behind it. */
    String askInTurn(String... words) {
        sink.last.reset();
        sink.keep = true;
        execute(Argv.of(words));
        reply.finish();
        sink.keep = false;
        return sink.last.toString(StandardCharsets.UTF_8).trim();
    }

    /** Bytes of replies so far: a check that something was answered. */
    long repliedBytes() {
        return sink.position;
    }

    /** Begins to notice whether a reply is an error. */
    void refuseErrors() {
        sink.refuseErrors = true;
    }

    private static final class Sink implements Output {
        private long position;
        private boolean keep;
        private boolean refuseErrors;
        private final ByteArrayOutputStream last = new ByteArrayOutputStream();

        @Override
        public void write(byte[] bytes, int offset, int length) {
            position += length;
            if (keep) {
                last.write(bytes, offset, length);
            }
            if (refuseErrors && bytes[offset] == '-') {
                throw new IllegalStateException(new String(bytes, offset, length, StandardCharsets.UTF_8));
            }
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void truncate(long to) {
            position = to;
        }
    }

    private final class SinkConnection implements Connection {
        @Override
        public Reply reply() {
            return reply;
        }

        @Override
        public long produced() {
            return reply.position();
        }

        @Override
        public void release(long position) {
            // Nobody waits for it.
        }

        @Override
        public void closeAfterReply() {
            throw new IllegalStateException("closed");
        }

        @Override
        public void abort() {
            throw new IllegalStateException("aborted");
        }

        @Override
        public String remoteAddress() {
            return "";
        }

        @Override
        public String localAddress() {
            return "";
        }
    }
}
