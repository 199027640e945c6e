package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.Duet;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.AbstractTransaction;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;

/** Transactions of Jedis and Lettuce over sockets, and both protocols beside each other. */
@Timeout(120)
final class TransactionClientsTest {
    private static Duet duet;
    private static io.lettuce.core.RedisClient lettuce;

    @BeforeAll
    static void start() {
        duet = Duet.builder().respPort(0).restPort(0).restToken("tok").start();
        lettuce = io.lettuce.core.RedisClient.create(RedisURI.create("redis://127.0.0.1:" + duet.respPort()));
    }

    @AfterAll
    static void end() {
        lettuce.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        duet.close();
    }

    private static RedisClient jedis(RedisProtocol protocol) {
        RedisClient jedis = RedisClient.builder()
                .hostAndPort("127.0.0.1", duet.respPort())
                .clientConfig(
                        DefaultJedisClientConfig.builder().protocol(protocol).build())
                .build();
        jedis.flushAll();
        return jedis;
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void transactionsOfJedis(RedisProtocol protocol) {
        try (RedisClient jedis = jedis(protocol)) {
            try (AbstractTransaction multi = jedis.multi()) {
                multi.set("a", "1");
                Response<Long> more = multi.incr("a");
                multi.hset("h", "f", "v");
                Response<?> hash = multi.hgetAll("h");
                assertThat(multi.exec()).hasSize(4).startsWith("OK", 2L, 1L);
                assertThat(more.get()).isEqualTo(2);
                assertThat(hash.get()).isEqualTo(java.util.Map.of("f", "v"));
            }
            try (AbstractTransaction multi = jedis.multi()) {
                multi.set("a", "x");
                multi.incr("a");
                assertThat(multi.exec().get(1)).isInstanceOf(JedisDataException.class);
            }
            try (AbstractTransaction multi = jedis.multi()) {
                multi.set("a", "y");
                assertThat(multi.discard()).isEqualTo("OK");
            }
            assertThat(jedis.get("a")).isEqualTo("x");
            try (AbstractTransaction watching = jedis.transaction(false)) {
                assertThat(watching.watch("a")).isEqualTo("OK");
                jedis.set("a", "z");
                watching.multi();
                watching.set("a", "mine");
                assertThat(watching.exec()).isNull();
            }
            assertThat(jedis.get("a")).isEqualTo("z");
        }
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void transactionsOfLettuce(ProtocolVersion protocol) {
        lettuce.setOptions(ClientOptions.builder().protocolVersion(protocol).build());
        try (StatefulRedisConnection<String, String> one = lettuce.connect();
                StatefulRedisConnection<String, String> two = lettuce.connect()) {
            RedisCommands<String, String> redis = one.sync();
            redis.flushall();
            redis.multi();
            redis.set("a", "1");
            redis.incr("a");
            redis.hset("h", "f", "v");
            redis.hgetall("h");
            redis.mget("a", "nosuch");
            TransactionResult result = redis.exec();
            assertThat(result.wasDiscarded()).isFalse();
            assertThat(result.size()).isEqualTo(5);
            assertThat((Object) result.get(1)).isEqualTo(2L);
            assertThat((Object) result.get(3)).isEqualTo(java.util.Map.of("f", "v"));

            redis.watch("a");
            two.sync().set("a", "other");
            redis.multi();
            redis.set("a", "mine");
            assertThat(redis.exec().wasDiscarded()).isTrue();
            assertThat(redis.get("a")).isEqualTo("other");

            redis.watch("a");
            redis.unwatch();
            two.sync().set("a", "another");
            redis.multi();
            redis.lpush("a", "x");
            redis.get("a");
            TransactionResult mixed = redis.exec();
            assertThat((Object) mixed.get(0)).isInstanceOf(RedisCommandExecutionException.class);
            assertThat((Object) mixed.get(1)).isEqualTo("another");

            redis.multi();
            redis.set("a", "no");
            assertThat(redis.discard()).isEqualTo("OK");
            assertThatThrownBy(redis::exec).hasMessageContaining("EXEC without MULTI");
        }
    }

    /** Two counters that a transaction moves together: nobody may ever see them differ. */
    @Test
    void nobodySeesHalfOfATransaction() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        try (RedisClient jedis = jedis(RedisProtocol.RESP3)) {
            jedis.mset("x", "0", "y", "0");
            AtomicBoolean done = new AtomicBoolean();
            Thread writer = new Thread(() -> {
                while (!done.get()) {
                    try (AbstractTransaction multi = jedis.multi()) {
                        multi.incr("x");
                        multi.incr("y");
                        multi.exec();
                    }
                }
            });
            writer.start();
            HttpRequest both = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + duet.restPort() + "/multi-exec"))
                    .header("Authorization", "Bearer tok")
                    .POST(
                            BodyPublishers.ofString(
                                    "[[\"GET\",\"x\"],[\"GET\",\"y\"],[\"INCR\",\"x\"],[\"MGET\",\"x\",\"y\"],[\"INCR\",\"y\"]]"))
                    .build();
            for (int i = 0; i < 300; i++) {
                List<String> pair = jedis.mget("x", "y");
                assertThat(pair.get(0)).isEqualTo(pair.get(1));
                String body = http.send(both, BodyHandlers.ofString()).body();
                long before = Long.parseLong(body.replaceAll("^\\[\\{\"result\":\"(\\d+)\"}.*", "$1"));
                assertThat(body)
                        .isEqualTo("[{\"result\":\"" + before + "\"},{\"result\":\"" + before + "\"},{\"result\":"
                                + (before + 1) + "},{\"result\":[\"" + (before + 1) + "\",\"" + before
                                + "\"]},{\"result\":" + (before + 1) + "}]");
            }
            done.set(true);
            writer.join();
            assertThat(jedis.get("x")).isEqualTo(jedis.get("y"));
        }
    }
}
