package io.duetdb.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import io.duetdb.engine.kit.RespClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Transaction;

/** Amounts move between accounts, by all kinds of transactions; whoever looks sees that nothing was lost or made. */
@Timeout(300)
final class TransfersTest {
    private static final boolean LONG = Boolean.getBoolean("duet.long");
    private static final int TRANSACTIONS = LONG ? 20_000 : 2_000;
    private static final int CALLERS = 100;
    private static final int ACCOUNTS = 20;
    private static final long EACH = 1_000;
    private static final long SEED = 20261121;
    private static final int WATCHERS = 8;
    private static final int WATCHED_TRANSFERS = LONG ? 2_000 : 150;

    private static Duet duet;
    private static ExecutorService threads;
    private static HttpClient http;

    /** How a caller's transaction ends. */
    private enum Kind {
        ALL_WELL,
        /** A command in the middle fails, the others are done. */
        ONE_FAILS,
        /** A command cannot be queued: none is done. */
        REFUSED
    }

    @BeforeAll
    static void start() {
        duet = Duet.builder().respPort(0).restPort(0).restToken("tok").start();
        threads = Executors.newCachedThreadPool();
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void end() {
        threads.shutdownNow();
        duet.close();
    }

    @BeforeEach
    void open() {
        duet.execute("FLUSHALL");
        for (int i = 0; i < ACCOUNTS; i++) {
            duet.execute("SET", account(i), "" + EACH);
        }
        duet.execute("RPUSH", "list", "x");
    }

    private static String account(int i) {
        return "account:" + i;
    }

    private static String allAccounts() {
        return IntStream.range(0, ACCOUNTS).mapToObj(TransfersTest::account).collect(Collectors.joining(" "));
    }

    private static long sum(List<?> amounts) {
        assertThat(amounts).hasSize(ACCOUNTS);
        return amounts.stream().mapToLong(one -> Long.parseLong((String) one)).sum();
    }

    @Test
    void transactionsOfManyRestCallersNeverShowAHalf() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<Future<Integer>> readers = List.of(
                threads.submit(() -> readAtOnce(over)),
                threads.submit(() -> readInTransactions(over)),
                threads.submit(() -> readByRest(over)));
        Random random = new Random(SEED);
        Semaphore free = new Semaphore(CALLERS);
        AtomicLongArray gained = new AtomicLongArray(ACCOUNTS);
        List<CompletableFuture<Void>> calls = new ArrayList<>();
        for (int i = 0; i < TRANSACTIONS; i++) {
            free.acquire();
            calls.add(transfer(random, gained).whenComplete((done, failure) -> free.release()));
        }
        CompletableFuture.allOf(calls.toArray(new CompletableFuture<?>[0])).get();
        over.set(true);
        for (Future<Integer> reader : readers) {
            assertThat(reader.get()).isGreaterThan(10);
        }
        for (int i = 0; i < ACCOUNTS; i++) {
            assertThat(duet.execute("GET", account(i))).as("seed %d", SEED).isEqualTo("" + (EACH + gained.get(i)));
        }
    }

    private static CompletableFuture<Void> transfer(Random random, AtomicLongArray gained) {
        int from = random.nextInt(ACCOUNTS);
        int to = random.nextInt(ACCOUNTS);
        int amount = random.nextInt(100);
        Kind kind = random.nextInt(10) > 1 ? Kind.ALL_WELL : random.nextBoolean() ? Kind.ONE_FAILS : Kind.REFUSED;
        String middle = switch (kind) {
            case ALL_WELL -> "[\"GET\",\"nosuch\"]";
            case ONE_FAILS -> "[\"INCR\",\"list\"]";
            case REFUSED -> "[\"INCR\"]";
        };
        String body = "[[\"DECRBY\",\"" + account(from) + "\"," + amount + "]," + middle + ",[\"INCRBY\",\""
                + account(to) + "\",\"" + amount + "\"]]";
        if (kind != Kind.REFUSED) {
            gained.addAndGet(from, -amount);
            gained.addAndGet(to, amount);
        }
        return rest("/multi-exec", body).thenAccept(response -> {
            String shape = switch (kind) {
                case ALL_WELL -> "200 \\[\\{\"result\":-?\\d+},\\{\"result\":null},\\{\"result\":-?\\d+}]";
                case ONE_FAILS ->
                    "200 \\[\\{\"result\":-?\\d+},\\{\"error\":\"WRONGTYPE .*\"}," + "\\{\"result\":-?\\d+}]";
                case REFUSED -> "400 \\{\"error\":\".*\"}";
            };
            assertThat(response.statusCode() + " " + response.body()).matches(shape);
        });
    }

    private static CompletableFuture<HttpResponse<String>> rest(String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + duet.restPort() + path))
                .header("Authorization", "Bearer tok")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private static int readAtOnce(AtomicBoolean over) throws Exception {
        int reads = 0;
        try (RespClient client = new RespClient(duet.respPort())) {
            for (; !over.get(); reads++) {
                assertThat(sum((List<?>) client.run("MGET " + allAccounts()))).isEqualTo(ACCOUNTS * EACH);
            }
        }
        return reads;
    }

    private static int readInTransactions(AtomicBoolean over) throws Exception {
        int reads = 0;
        try (RespClient client = new RespClient(duet.respPort())) {
            for (; !over.get(); reads++) {
                assertThat(client.run("MULTI")).isEqualTo("OK");
                for (int i = 0; i < ACCOUNTS; i++) {
                    assertThat(client.run("GET " + account(i))).isEqualTo("QUEUED");
                }
                assertThat(sum((List<?>) client.run("EXEC"))).isEqualTo(ACCOUNTS * EACH);
            }
        }
        return reads;
    }

    private static int readByRest(AtomicBoolean over) throws Exception {
        String gets = IntStream.range(0, ACCOUNTS)
                .mapToObj(i -> "[\"GET\",\"" + account(i) + "\"]")
                .collect(Collectors.joining(",", "[", "]"));
        int reads = 0;
        for (; !over.get(); reads++) {
            String[] amounts = rest("/multi-exec", gets)
                    .get()
                    .body()
                    .replaceAll("[^-0-9,]", "")
                    .split(",");
            assertThat(sum(List.of(amounts))).isEqualTo(ACCOUNTS * EACH);
        }
        return reads;
    }

    @Test
    void watchedTransfersLoseNoUpdate() throws Exception {
        AtomicLongArray gained = new AtomicLongArray(ACCOUNTS);
        AtomicInteger spoiled = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Future<Integer> reader = threads.submit(() -> readAtOnce(over));
        List<Future<?>> workers = new ArrayList<>();
        for (int w = 0; w < WATCHERS; w++) {
            Random random = new Random(SEED + w);
            workers.add(threads.submit((Callable<Void>) () -> {
                try (Jedis jedis = new Jedis("127.0.0.1", duet.respPort(), 60_000)) {
                    for (int i = 0; i < WATCHED_TRANSFERS; i++) {
                        // Few accounts, so that they get in each other's way.
                        int from = random.nextInt(4);
                        int to = (from + 1 + random.nextInt(3)) % 4;
                        int amount = random.nextInt(100);
                        while (!moved(jedis, from, to, amount)) {
                            spoiled.incrementAndGet();
                        }
                        gained.addAndGet(from, -amount);
                        gained.addAndGet(to, amount);
                    }
                }
                return null;
            }));
        }
        for (Future<?> worker : workers) {
            worker.get();
        }
        over.set(true);
        assertThat(reader.get()).isPositive();
        for (int i = 0; i < ACCOUNTS; i++) {
            assertThat(duet.execute("GET", account(i))).as("seed %d", SEED).isEqualTo("" + (EACH + gained.get(i)));
        }
        assertThat(duet.execute("GET", "moves")).isEqualTo("" + WATCHERS * WATCHED_TRANSFERS);
        assertThat(spoiled.get()).as("spoiled transactions").isPositive();
    }

    private static boolean moved(Jedis jedis, int from, int to, int amount) {
        jedis.watch(account(from), account(to));
        long fromHas = Long.parseLong(jedis.get(account(from)));
        long toHas = Long.parseLong(jedis.get(account(to)));
        Transaction both = jedis.multi();
        both.set(account(from), "" + (fromHas - amount));
        both.set(account(to), "" + (toHas + amount));
        both.incr("moves");
        List<Object> replies = both.exec();
        if (replies != null) {
            assertThat(replies).hasSize(3);
        }
        return replies != null;
    }
}
