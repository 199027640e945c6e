package io.duetdb.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients keep what they read, in each mode of tracking, while others write in every way there is: whenever all is
 * quiet, nobody keeps anything that is not so any more.
 */
@Timeout(300)
final class CachesTest {
    private static final int PHASES = Boolean.getBoolean("duet.long") ? 100 : 8;
    private static final int READS = 400;
    private static final int WRITES = 150;
    private static final int NAMES = 20;
    private static final long SEED = Long.getLong("duet.seed", 20261121);

    /** What is read of the keys of each kind, which their names begin with. */
    private static final Map<String, String> KINDS = Map.of("s", "GET", "l", "LLEN", "z", "ZCARD", "h", "HLEN");

    private static final List<String> MODES = List.of(
            "", "NOLOOP", "BCAST", "BCAST PREFIX s PREFIX l PREFIX z PREFIX h", "BCAST NOLOOP", "OPTIN", "OPTOUT");

    private static Duet duet;
    private static ExecutorService threads;
    private static HttpClient http;

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

    @Test
    void nobodyKeepsWhatIsNotSoAnyMore() throws Exception {
        List<Cache> caches = new ArrayList<>();
        for (String mode : MODES) {
            caches.add(new Cache(mode, new Random(SEED + caches.size())));
        }
        List<Writer> writers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            writers.add(new Writer(i, new Random(SEED - 1 - i)));
        }
        try {
            long kept = 0;
            for (int phase = 0; phase < PHASES; phase++) {
                duet.execute("CONFIG", "SET", "tracking-table-max-keys", phase % 3 == 0 ? "5" : "1000000");
                List<Future<Void>> all = new ArrayList<>();
                caches.forEach(cache -> all.add(threads.submit(cache)));
                writers.forEach(writer -> all.add(threads.submit(writer)));
                for (Future<Void> one : all) {
                    one.get();
                }
                Map<String, Object> truth = truth();
                for (Cache cache : caches) {
                    kept += cache.assertTrue(phase, truth);
                }
            }
            assertThat(kept).as("kept at the ends").isGreaterThan(PHASES * MODES.size());
        } finally {
            for (Cache cache : caches) {
                cache.client.close();
            }
            for (Writer writer : writers) {
                writer.client.close();
            }
        }
        Waiting.until(
                "nothing is tracked",
                () -> ((String) duet.execute("INFO", "stats")).contains("tracking_total_items:0"));
    }

    private static String key(Random random) {
        return List.of("s", "l", "z", "h").get(random.nextInt(4)) + random.nextInt(NAMES);
    }

    private static String read(String key) {
        return KINDS.get(key.substring(0, 1)) + " " + key;
    }

    /** What there is, by a client that keeps nothing; keys whose time is over are gone then. */
    private static Map<String, Object> truth() {
        Map<String, Object> truth = new HashMap<>();
        for (String kind : KINDS.keySet()) {
            for (int i = 0; i < NAMES; i++) {
                truth.put(kind + i, duet.execute(KINDS.get(kind), kind + i));
            }
        }
        return truth;
    }

    /** Reads, keeps, and forgets when told to. */
    private static final class Cache implements Callable<Void> {
        final RespClient client;
        private final String mode;
        private final Random random;
        private final Map<String, @Nullable Object> kept = new HashMap<>();

        Cache(String mode, Random random) throws IOException {
            this.mode = mode;
            this.random = random;
            client = new RespClient(duet.respPort());
            assertThat(client.run("HELLO 3")).isInstanceOf(Map.class);
            assertThat(client.run("CLIENT TRACKING ON " + mode)).isEqualTo("OK");
        }

        @Override
        public Void call() throws IOException {
            for (int i = 0; i < READS; i++) {
                String key = key(random);
                switch (random.nextInt(12)) {
                    case 0 -> write(key);
                    case 1 -> readInTransaction(key, key(random));
                    default -> readAlone(key);
                }
            }
            return null;
        }

        private void readAlone(String key) throws IOException {
            if (kept.containsKey(key)) {
                return;
            }
            boolean said = random.nextBoolean();
            if (mode.equals("OPTIN") && said) {
                assertThat(ask("CLIENT CACHING YES")).isEqualTo("OK");
            } else if (mode.equals("OPTOUT") && said) {
                assertThat(ask("CLIENT CACHING NO")).isEqualTo("OK");
            }
            Object value = ask(read(key));
            if (mode.equals("OPTIN") ? said : !mode.equals("OPTOUT") || !said) {
                kept.put(key, value);
            }
        }

        private void readInTransaction(String first, String second) throws IOException {
            if (mode.startsWith("OPT")) {
                return;
            }
            assertThat(ask("MULTI")).isEqualTo("OK");
            assertThat(ask(read(first))).isEqualTo("QUEUED");
            assertThat(ask(read(second))).isEqualTo("QUEUED");
            List<?> values = (List<?>) ask("EXEC");
            assertThat(values).hasSize(2);
            kept.put(first, values.get(0));
            kept.put(second, values.get(1));
        }

        /** Its own writes it is told of, unless it does not want to be. */
        private void write(String key) throws IOException {
            if (key.startsWith("s")) {
                assertThat(ask("SET " + key + " own" + random.nextInt(100))).isEqualTo("OK");
            } else {
                assertThat(ask("DEL " + key)).isInstanceOf(Long.class);
            }
            if (mode.contains("NOLOOP")) {
                kept.remove(key);
            }
        }

        private @Nullable Object ask(String line) throws IOException {
            client.send(EngineFixture.words(line));
            client.flush();
            Object reply = client.read();
            while (reply instanceof List<?> list && !list.isEmpty() && "invalidate".equals(list.get(0))) {
                if (list.get(1) == null) {
                    kept.clear();
                } else {
                    ((List<?>) list.get(1)).forEach(kept::remove);
                }
                reply = client.read();
            }
            assertThat(reply instanceof ValueReply.Failure)
                    .as("%s: %s", line, reply)
                    .isFalse();
            return reply;
        }

        /** Reads what is still under way and compares; replies how many keys it keeps. */
        int assertTrue(int phase, Map<String, Object> truth) throws IOException {
            assertThat(ask("PING")).isEqualTo("PONG");
            kept.forEach((key, value) -> assertThat(value)
                    .as("%s in mode '%s', phase %d, seed %d", key, mode, phase, SEED)
                    .isEqualTo(truth.get(key)));
            return kept.size();
        }
    }

    /** Writes over RESP, over REST, in transactions, by moving, by letting keys expire. */
    private static final class Writer implements Callable<Void> {
        final RespClient client;
        private final int number;
        private final Random random;

        Writer(int number, Random random) throws IOException {
            this.number = number;
            this.random = random;
            client = new RespClient(duet.respPort());
        }

        @Override
        public Void call() throws Exception {
            for (int i = 0; i < WRITES; i++) {
                String value = number + "-" + random.nextInt(1000);
                String s = "s" + random.nextInt(NAMES);
                String l = "l" + random.nextInt(NAMES);
                String z = "z" + random.nextInt(NAMES);
                String h = "h" + random.nextInt(NAMES);
                switch (random.nextInt(12)) {
                    case 0 -> run("SET " + s + " " + value);
                    case 1 -> run("MSET " + s + " " + value + " s0 " + value);
                    case 2 -> run("LPUSH " + l + " " + value);
                    case 3 -> run("BLMOVE " + l + " l0 LEFT RIGHT 0.001");
                    case 4 -> run("ZADD " + z + " 1 " + value);
                    case 5 -> run("ZUNIONSTORE z0 2 " + z + " z1");
                    case 6 -> run("HSET " + h + " " + value + " x");
                    case 7 -> run("PEXPIRE " + key(random) + " " + random.nextInt(5));
                    case 8 -> run("RENAME " + s + " s1");
                    case 9 -> {
                        run("MULTI");
                        run("SET " + s + " " + value);
                        run("DEL " + h + " " + z);
                        run("EXEC");
                    }
                    case 10 -> rest("[[\"SET\",\"" + s + "\",\"" + value + "\"],[\"DEL\",\"" + l + "\"]]");
                    default -> run(random.nextInt(20) == 0 ? "FLUSHALL" : "BZPOPMIN " + z + " 0.001");
                }
            }
            return null;
        }

        private void run(String line) throws IOException {
            client.run(line); // RENAME may find no key
        }

        private static void rest(String body) throws Exception {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + duet.restPort() + "/multi-exec"))
                    .header("Authorization", "Bearer tok")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            assertThat(http.send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
        }
    }
}
