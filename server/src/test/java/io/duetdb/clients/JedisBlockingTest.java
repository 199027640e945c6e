package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.args.ListDirection;
import redis.clients.jedis.args.SortedSetOption;
import redis.clients.jedis.resps.Tuple;
import redis.clients.jedis.util.KeyValue;

/** Jedis' commands that wait, in each of its protocols. */
@Timeout(60)
final class JedisBlockingTest {
    private static Duet duet;

    @BeforeAll
    static void start() {
        duet = Duet.builder().respPort(0).start();
    }

    @AfterAll
    static void end() {
        duet.close();
    }

    private static RedisClient connect(RedisProtocol protocol) {
        RedisClient jedis = RedisClient.builder()
                .hostAndPort("127.0.0.1", duet.respPort())
                .clientConfig(
                        DefaultJedisClientConfig.builder().protocol(protocol).build())
                .build();
        jedis.flushAll();
        return jedis;
    }

    /** Begins something that waits for a key, and returns when it does. */
    private static <T> CompletableFuture<T> waiting(Supplier<T> command) {
        CompletableFuture<T> future = CompletableFuture.supplyAsync(command, work -> new Thread(work).start());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!((String) duet.execute("INFO", "clients")).contains("\nblocked_clients:1\r")) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.onSpinWait();
        }
        return future;
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void lists(RedisProtocol protocol) throws Exception {
        try (RedisClient jedis = connect(protocol)) {
            CompletableFuture<List<String>> left = waiting(() -> jedis.blpop(0, "none", "k"));
            jedis.rpush("k", "a", "b", "c", "d", "e");
            assertThat(left.get()).containsExactly("k", "a");
            assertThat(jedis.brpop(1, "k")).containsExactly("k", "e");
            assertThat(jedis.brpop(0.5, "k")).isEqualTo(new KeyValue<>("k", "d"));
            assertThat(jedis.blmove("k", "to", ListDirection.LEFT, ListDirection.RIGHT, 0))
                    .isEqualTo("b");
            assertThat(jedis.brpoplpush("k", "to", 0)).isEqualTo("c");
            assertThat(jedis.blpop(0.01, "k")).isNull();
            assertThat(jedis.blmove("k", "to", ListDirection.LEFT, ListDirection.LEFT, 0.01))
                    .isNull();
            CompletableFuture<KeyValue<String, List<String>>> several =
                    waiting(() -> jedis.blmpop(0, ListDirection.LEFT, 5, "k", "l"));
            jedis.rpush("l", "1", "2");
            assertThat(several.get()).isEqualTo(new KeyValue<>("l", List.of("1", "2")));
            assertThat(jedis.blmpop(0.01, ListDirection.LEFT, "k")).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void sortedSets(RedisProtocol protocol) throws Exception {
        try (RedisClient jedis = connect(protocol)) {
            CompletableFuture<KeyValue<String, Tuple>> lowest = waiting(() -> jedis.bzpopmin(0, "none", "z"));
            jedis.zadd("z", 1.5, "a");
            assertThat(lowest.get()).isEqualTo(new KeyValue<>("z", new Tuple("a", 1.5)));
            jedis.zadd("z", 2, "b");
            assertThat(jedis.bzpopmax(0, "z")).isEqualTo(new KeyValue<>("z", new Tuple("b", 2.0)));
            assertThat(jedis.bzpopmin(0.01, "z")).isNull();
            CompletableFuture<KeyValue<String, List<Tuple>>> several =
                    waiting(() -> jedis.bzmpop(0, SortedSetOption.MAX, 2, "z"));
            jedis.zadd("z", 3, "c");
            assertThat(several.get()).isEqualTo(new KeyValue<>("z", List.of(new Tuple("c", 3.0))));
            assertThat(jedis.bzmpop(0.01, SortedSetOption.MIN, "z")).isNull();
        }
    }
}
