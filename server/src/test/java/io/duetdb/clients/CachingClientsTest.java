package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.support.caching.CacheAccessor;
import io.lettuce.core.support.caching.CacheFrontend;
import io.lettuce.core.support.caching.ClientSideCaching;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.csc.Cache;
import redis.clients.jedis.csc.CacheConfig;

/** The client-side caches of Jedis and Lettuce, unchanged: they keep what they read until the server says it changed. */
@Timeout(120)
final class CachingClientsTest {
    private static final long WAIT_NS_MAX = TimeUnit.SECONDS.toNanos(20);

    private static Duet duet;
    private static io.lettuce.core.RedisClient lettuce;
    private static RedisClient writer;

    @BeforeAll
    static void start() {
        duet = Duet.builder().respPort(0).start();
        lettuce = io.lettuce.core.RedisClient.create(RedisURI.create("redis://127.0.0.1:" + duet.respPort()));
        lettuce.setOptions(
                ClientOptions.builder().protocolVersion(ProtocolVersion.RESP3).build());
        writer = RedisClient.builder().hostAndPort("127.0.0.1", duet.respPort()).build();
    }

    @AfterAll
    static void end() {
        writer.close();
        lettuce.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        duet.close();
    }

    @BeforeEach
    void empty() {
        writer.flushAll();
    }

    private static RedisClient caching() {
        return RedisClient.builder()
                .hostAndPort("127.0.0.1", duet.respPort())
                .clientConfig(DefaultJedisClientConfig.builder()
                        .protocol(RedisProtocol.RESP3)
                        .build())
                .cacheConfig(CacheConfig.builder().maxSize(100).build())
                .build();
    }

    private static void await(BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - begun).as("waited in vain").isLessThan(WAIT_NS_MAX);
            LockSupport.parkNanos(100_000);
        }
    }

    @Test
    void jedisKeepsWhatItReadUntilItChanges() {
        try (RedisClient jedis = caching()) {
            Cache cache = jedis.getCache();
            writer.set("k", "v1");
            writer.hset("h", "f", "v1");
            assertThat(jedis.get("k")).isEqualTo("v1");
            assertThat(jedis.get("k")).isEqualTo("v1");
            assertThat(jedis.hget("h", "f")).isEqualTo("v1");
            assertThat(jedis.hget("h", "f")).isEqualTo("v1");
            assertThat(cache.getStats().getHitCount()).isEqualTo(2);
            writer.set("k", "v2");
            await(() -> "v2".equals(jedis.get("k")));
            assertThat(jedis.hget("h", "f")).isEqualTo("v1");
            assertThat(cache.getSize()).isEqualTo(2);
            writer.del("h");
            await(() -> jedis.hget("h", "f") == null);
            assertThat(cache.getStats().getInvalidationCount()).isEqualTo(2);
        }
    }

    @Test
    void jedisForgetsAllWhenAllIsGone() {
        try (RedisClient jedis = caching()) {
            writer.mset("a", "1", "b", "2");
            assertThat(jedis.mget("a", "b")).containsExactly("1", "2");
            assertThat(jedis.get("a")).isEqualTo("1");
            writer.flushAll();
            await(() -> jedis.get("a") == null);
            assertThat(jedis.mget("a", "b")).containsExactly(null, null);
        }
    }

    @Test
    void jedisIsToldOfExpiryAndOfItsOwnWrites() {
        try (RedisClient jedis = caching()) {
            writer.psetex("k", 50, "v");
            jedis.get("k");
            await(() -> jedis.get("k") == null);
            jedis.set("own", "1");
            assertThat(jedis.get("own")).isEqualTo("1");
            jedis.set("own", "2");
            await(() -> "2".equals(jedis.get("own")));
        }
    }

    @Test
    void lettuceKeepsWhatItReadUntilItChanges() {
        Map<String, String> kept = new ConcurrentHashMap<>();
        StatefulRedisConnection<String, String> connection = lettuce.connect();
        try (CacheFrontend<String, String> frontend =
                ClientSideCaching.enable(CacheAccessor.forMap(kept), connection, TrackingArgs.Builder.enabled())) {
            writer.set("k", "v1");
            assertThat(frontend.get("k")).isEqualTo("v1");
            assertThat(kept).containsEntry("k", "v1");
            writer.set("k", "v2");
            await(() -> !kept.containsKey("k"));
            assertThat(frontend.get("k")).isEqualTo("v2");
            assertThat(kept).containsEntry("k", "v2");
            assertThat(frontend.get("made", () -> "here")).isEqualTo("here");
            assertThat(writer.get("made")).isEqualTo("here");
        }
    }

    @Test
    void changesFromWithinTheJvmAreToldToo() {
        Map<String, String> kept = new ConcurrentHashMap<>();
        StatefulRedisConnection<String, String> connection = lettuce.connect();
        try (CacheFrontend<String, String> frontend =
                ClientSideCaching.enable(CacheAccessor.forMap(kept), connection, TrackingArgs.Builder.enabled())) {
            duet.execute("SET", "k", "v1");
            assertThat(frontend.get("k")).isEqualTo("v1");
            duet.execute("SET", "k", "v2");
            await(() -> !kept.containsKey("k"));
            assertThat(frontend.get("k")).isEqualTo("v2");
        }
    }

    @Test
    void lettuceIsToldOfAllKeysThatBeginAlike() {
        Map<String, String> kept = new ConcurrentHashMap<>();
        StatefulRedisConnection<String, String> connection = lettuce.connect();
        try (CacheFrontend<String, String> frontend = ClientSideCaching.enable(
                CacheAccessor.forMap(kept),
                connection,
                TrackingArgs.Builder.enabled().bcast().prefixes("user:").noloop())) {
            writer.mset("user:1", "a", "other", "b");
            assertThat(frontend.get("user:1")).isEqualTo("a");
            assertThat(frontend.get("other")).isEqualTo("b");
            writer.mset("other", "c", "user:1", "d");
            await(() -> !kept.containsKey("user:1"));
            assertThat(kept).containsEntry("other", "b");
            assertThat(frontend.get("user:1")).isEqualTo("d");
            connection.sync().set("user:1", "own");
            writer.set("user:2", "x");
            assertThat(frontend.get("user:2")).isEqualTo("x");
            writer.del("user:2");
            await(() -> !kept.containsKey("user:2"));
            assertThat(kept).containsEntry("user:1", "d");
        }
    }
}
