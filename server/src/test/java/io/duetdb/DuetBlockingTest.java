package io.duetdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that wait, called from inside the JVM, with ports and without. */
@Timeout(60)
final class DuetBlockingTest {
    private static Duet start(boolean ports) {
        DuetBuilder builder = Duet.builder();
        return (ports ? builder.respPort(0) : builder).start();
    }

    private static CompletableFuture<Object> async(Callable<@Nullable Object> call) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return call.call();
                    } catch (RuntimeException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                work -> new Thread(work).start());
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static void awaitBlocked(Duet duet, int clients) {
        await(() -> ((String) duet.execute("INFO", "clients")).contains("\nblocked_clients:" + clients + "\r"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneThreadWaitsForAnother(boolean ports) throws Exception {
        try (Duet duet = start(ports)) {
            CompletableFuture<Object> list = async(() -> duet.execute("BLPOP", "k", "0"));
            awaitBlocked(duet, 1);
            CompletableFuture<Object> zset =
                    async(() -> duet.connect().executeBytes(bytes("BZPOPMIN"), bytes("z"), bytes("30")));
            awaitBlocked(duet, 2);
            assertThat(duet.execute("RPUSH", "k", "a", "b")).isEqualTo(2L);
            assertThat(list.get()).isEqualTo(List.of("k", "a"));
            assertThat(duet.execute("ZADD", "z", "1.5", "m")).isEqualTo(1L);
            assertThat((List<?>) zset.get()).hasSize(3);
            assertThat(duet.execute("LRANGE", "k", "0", "-1")).isEqualTo(List.of("b"));
        }
    }

    private static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void timeoutsEndTheWaiting(boolean ports) {
        try (Duet duet = start(ports)) {
            long before = System.nanoTime();
            assertThat(duet.execute("BLPOP", "k", "0.05")).isNull();
            assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(50_000_000L);
            assertThat(duet.execute("BLPOP", "k", "0.001")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void timeoutsFollowTheInstancesClock(boolean ports) throws Exception {
        ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
        DuetBuilder builder = Duet.builder().clock(clock);
        try (Duet duet = (ports ? builder.respPort(0) : builder).start()) {
            CompletableFuture<Object> waiting = async(() -> duet.execute("BLMOVE", "k", "d", "LEFT", "LEFT", "3600"));
            awaitBlocked(duet, 1);
            clock.advance(Duration.ofMillis(3_599_999));
            assertThat(duet.execute("PING")).isEqualTo("PONG");
            awaitBlocked(duet, 1);
            assertThat(waiting).isNotDone();
            clock.advance(Duration.ofMillis(1));
            assertThat(waiting.get()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closingTheInstanceEndsTheWaiting(boolean ports) throws Exception {
        CompletableFuture<Object> waiting;
        try (Duet duet = start(ports)) {
            waiting = async(() -> duet.execute("BLPOP", "k", "0"));
            awaitBlocked(duet, 1);
        }
        assertThatThrownBy(waiting::get)
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("this instance is closed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingIsTakenForAThreadThatWasInterrupted(boolean ports) throws Exception {
        try (Duet duet = start(ports);
                DuetClient client = duet.connect()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread thread = new Thread(() -> {
                try {
                    client.execute("BLPOP", "k", "0");
                } catch (IllegalStateException e) {
                    thrown.set(e);
                }
            });
            thread.start();
            awaitBlocked(duet, 1);
            thread.interrupt();
            thread.join();
            assertThat(thrown.get()).hasMessage("interrupted while waiting for a reply");
            awaitBlocked(duet, 0);
            assertThat(duet.execute("RPUSH", "k", "a")).isEqualTo(1L);
            assertThat(client.execute("LLEN", "k")).as("a fresh connection").isEqualTo(1L);
        }
    }

    @Test
    void othersGoOnWhereTheSharedClientWas() throws Exception {
        try (Duet duet = Duet.start()) {
            duet.execute("SELECT", "3");
            CompletableFuture<Object> one = async(() -> duet.execute("BLPOP", "k", "0"));
            awaitBlocked(duet, 1);
            CompletableFuture<Object> two = async(() -> duet.execute("BRPOP", "k", "0"));
            awaitBlocked(duet, 2);
            assertThat(duet.execute("RPUSH", "k", "a", "b", "c")).isEqualTo(3L);
            assertThat(one.get()).isEqualTo(List.of("k", "a"));
            assertThat(two.get()).isEqualTo(List.of("k", "c"));
            assertThat((String) duet.execute("INFO", "clients")).contains("\nconnected_clients:1\r");
            assertThat(duet.execute("LLEN", "k")).isEqualTo(1L);
            try (DuetClient other = duet.connect()) {
                assertThat(other.execute("EXISTS", "k")).as("in database 0").isEqualTo(0L);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void commandsOfOneClientRunOneAfterTheOther(boolean ports) throws Exception {
        try (Duet duet = start(ports);
                DuetClient client = duet.connect()) {
            CompletableFuture<Object> first = async(() -> client.execute("BLPOP", "k", "0"));
            awaitBlocked(duet, 1);
            CompletableFuture<Object> second = async(() -> client.execute("GET", "s"));
            duet.execute("SET", "s", "before");
            duet.execute("SET", "s", "after");
            assertThat(second).isNotDone();
            duet.execute("LPUSH", "k", "v");
            assertThat(first.get()).isEqualTo(List.of("k", "v"));
            assertThat(second.get()).isEqualTo("after");
        }
    }

    @Test
    void aKilledClientIsToldSo() throws Exception {
        try (Duet duet = Duet.start();
                DuetClient client = duet.connect()) {
            Object id = client.execute("CLIENT", "ID");
            CompletableFuture<Object> waiting = async(() -> client.execute("BLPOP", "k", "0"));
            awaitBlocked(duet, 1);
            assertThat(duet.execute("CLIENT", "KILL", "ID", id.toString())).isEqualTo(1L);
            assertThatThrownBy(waiting::get).hasRootCauseInstanceOf(DuetException.class);
            assertThat(client.execute("PING")).isEqualTo("PONG");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void manyProducersAndConsumersLoseNothing(boolean ports) throws Exception {
        int consumers = 4;
        int producers = 3;
        int each = 300;
        try (Duet duet = start(ports)) {
            Set<Object> seen = ConcurrentHashMap.newKeySet();
            List<CompletableFuture<Object>> all = new ArrayList<>();
            for (int c = 0; c < consumers; c++) {
                all.add(async(() -> {
                    try (DuetClient client = duet.connect()) {
                        while (true) {
                            Object element = ((List<?>) client.execute("BLPOP", "q1", "q2", "0")).get(1);
                            if (element.equals("end")) {
                                return null;
                            }
                            assertThat(seen.add(element))
                                    .as("%s, twice", element)
                                    .isTrue();
                        }
                    }
                }));
            }
            for (int p = 0; p < producers; p++) {
                String name = "p" + p;
                all.add(async(() -> {
                    for (int i = 0; i < each; i++) {
                        duet.execute("RPUSH", i % 2 == 0 ? "q1" : "q2", name + "-" + i);
                    }
                    return null;
                }));
            }
            for (int p = 0; p < producers; p++) {
                all.get(consumers + p).get();
            }
            await(() -> seen.size() == producers * each);
            duet.execute("RPUSH", "q1", "end", "end", "end", "end");
            for (CompletableFuture<Object> one : all) {
                one.get();
            }
            assertThat(duet.execute("DBSIZE")).isEqualTo(0L);
        }
    }
}
