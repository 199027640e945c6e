package io.duetdb.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.Flags;
import io.duetdb.engine.commands.Families;
import io.duetdb.engine.kit.ManualClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ResourceLeakDetector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Broken requests of every route, in any pieces, to a server over the real engine: each is answered by well-formed
 * responses with the statuses and errors of REST.md, or its connection ends; nothing is logged, no buffer stays behind,
 * and the next connection is served. 20,000 of them, or a million by {@code -Dduet.long=true}.
 */
final class RestFuzzTest {
    private static final int CASES = Boolean.getBoolean("duet.long") ? 1_000_000 : 20_000;
    private static final String PING = "GET /ping?_token=secret HTTP/1.1\r\nHost: x\r\n\r\n";

    private final List<String> logged = new ArrayList<>();
    private final List<Logger> loggers = List.of(Logger.getLogger("io.duetdb"), Logger.getLogger("io.netty"));
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            logged.add(record.getMessage() + " " + record.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private final UnpooledByteBufAllocator buffers = new UnpooledByteBufAllocator(true, false, false);
    private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
    private final StrictResponses responses = new StrictResponses();
    private final ManualClock clock = new ManualClock();
    private Engine engine;
    private RestServer server;
    private EmbeddedChannel channel;
    private long nanos;
    private int streams;

    @BeforeEach
    void start() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        loggers.forEach(logger -> logger.addHandler(handler));
        Settings settings = new Settings(Engine.settings());
        settings.set("maxclients", "1");
        engine = new Engine(
                EngineOptions.of(settings, clock, 1, 64L << 20).withChecks().withHost(Host.NONE));
        server = new RestServer(
                RestEngines.of(engine, () -> {}),
                RestOptions.of("secret")
                        .withReadOnlyToken("readers")
                        .withMaxRequestBytes(100_000)
                        .withSlices(1, () -> nanos += 10)); // every batch of a pipeline ends its slice
    }

    @AfterEach
    void stop() {
        ResourceLeakDetector.setLevel(before);
        loggers.forEach(logger -> logger.removeHandler(handler));
    }

    /** Commands that a stranger may send; what stops or delays the whole server by design is left out. */
    private static List<String> commands() {
        List<String> names = new ArrayList<>();
        for (Command command : Families.table().byId()) {
            if (!command.isContainer()
                    && !command.is(Flags.ADMIN)
                    && !command.name().startsWith("debug")
                    && !command.name().startsWith("shutdown")) {
                names.add(command.name().replace('|', '/'));
            }
        }
        names.addAll(List.of("nope", "POST", "Host:", "subscribe/c", "xread/BLOCK", "eval/return"));
        return names;
    }

    private void connect() {
        channel = new EmbeddedChannel();
        channel.config().setAllocator(buffers);
        channel.freezeTime();
        channel.pipeline().addLast(server.newConnection());
    }

    private void feed(String bytes) {
        if (channel.isOpen()) {
            ByteBuf in = buffers.directBuffer(Math.max(1, bytes.length()));
            in.writeCharSequence(bytes, StandardCharsets.ISO_8859_1);
            channel.writeInbound(in);
            assertThat(in.refCnt()).isZero();
        }
    }

    private String answer() {
        StringBuilder s = new StringBuilder();
        for (int turn = 0; turn < 3; turn++) {
            engine.beforeSleep();
            channel.advanceTimeBy(1, TimeUnit.NANOSECONDS);
            channel.runPendingTasks();
            channel.checkException();
            for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
                s.append(part.toString(StandardCharsets.ISO_8859_1));
                part.release();
                turn = 0;
            }
        }
        return s.toString();
    }

    /** Lets all deadlines pass. */
    private String wait(int ms) {
        channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
        return answer();
    }

    @Test
    void whateverComesIsAnsweredInOrderOrTheConnectionEnds() {
        long seed = 2026;
        Random random = new Random(seed);
        FuzzRequests requests = new FuzzRequests(seed, commands());
        int[] statuses = new int[600];
        int dropped = 0;
        long heldBefore = 0;
        long pooledBefore = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
        for (int i = 0; i < CASES; i++) {
            String bytes = random.nextInt(20) == 0 ? requests.noise() : requests.next();
            try {
                List<StrictResponses.Response> all = exchange(random, bytes);
                dropped += all.isEmpty() ? 1 : 0;
                all.forEach(response -> statuses[response.status()]++);
                assertThat(logged).isEmpty();
                assertThat(server.connections()).isZero();
                assertThat(server.events().count()).isZero();
                assertThat(engine.full()).isFalse();
                assertThat(buffers.metric().usedDirectMemory()).isZero();
                if (i % 100 == 0) {
                    alive();
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " case " + i + ": " + bytes, e);
            }
            if (i == CASES / 10) {
                heldBefore = engine.usedBytes();
            }
        }
        assertThat(PooledByteBufAllocator.DEFAULT.pinnedDirectMemory()).isEqualTo(pooledBefore);
        assertThat(engine.usedBytes()).as("the engine's memory").isLessThan(2 * heldBefore + (4 << 20));
        for (int status : new int[] {200, 204, 400, 401, 405, 408, 413}) {
            assertThat(statuses[status]).as("responses with status %d", status).isPositive();
        }
        assertThat(dropped).isLessThan(CASES / 4);
        assertThat(streams).as("streams of events").isPositive();
    }

    private List<StrictResponses.Response> exchange(Random random, String bytes) {
        connect();
        StringBuilder back = new StringBuilder();
        int step = random.nextInt(3) == 0 ? 1 + random.nextInt(40) : bytes.length() + 1;
        for (int at = 0; at < bytes.length(); at += step) {
            feed(bytes.substring(at, Math.min(bytes.length(), at + step)));
        }
        back.append(answer());
        boolean gone = random.nextInt(10) == 0;
        if (!gone && channel.isOpen()) {
            back.append(wait(31_000)); // what waits for the rest of a head or body is told 408
            back.append(wait(301_000));
            boolean stream = server.events().count() == 1;
            streams += stream ? 1 : 0;
            assertThat(channel.isOpen()).as("open after every deadline").isEqualTo(stream);
        }
        channel.close();
        channel.runPendingTasks();
        back.append(answer());
        channel.finishAndReleaseAll();
        List<StrictResponses.Response> all = responses.read(back.toString(), true);
        for (int i = 0; i < all.size() - 1; i++) {
            assertThat(all.get(i).close()).as("nothing behind a last response").isFalse();
        }
        return all;
    }

    private void alive() {
        connect();
        feed(PING);
        assertThat(responses.read(answer(), false))
                .containsExactly(new StrictResponses.Response(200, false, "{\"result\":\"PONG\"}"));
        channel.finishAndReleaseAll();
    }
}
