package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyValue;
import io.lettuce.core.LMPopArgs;
import io.lettuce.core.LMoveArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.ZPopArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lettuce's commands that wait: one connection's, and requests behind them on the same connection. */
@Timeout(60)
final class LettuceBlockingTest {
    private static Duet duet;
    private static RedisClient client;

    @BeforeAll
    static void start() {
        duet = Duet.builder().respPort(0).start();
        client = RedisClient.create(RedisURI.create("redis://127.0.0.1:" + duet.respPort()));
    }

    @AfterAll
    static void end() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        duet.close();
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void whatWaitsIsAnsweredInItsOrder(ProtocolVersion protocol) throws Exception {
        client.setOptions(ClientOptions.builder().protocolVersion(protocol).build());
        try (StatefulRedisConnection<String, String> connection = client.connect();
                StatefulRedisConnection<String, String> other = client.connect()) {
            other.sync().flushall();
            RedisAsyncCommands<String, String> waiting = connection.async();
            RedisFuture<KeyValue<String, String>> left = waiting.blpop(0, "none", "k");
            RedisFuture<Long> behind = waiting.rpush("done", "1");
            RedisFuture<String> moved = waiting.blmove("k", "to", LMoveArgs.Builder.leftRight(), 0);
            RedisFuture<KeyValue<String, List<String>>> several =
                    waiting.blmpop(0, LMPopArgs.Builder.left().count(5), "k");
            assertThat(other.sync().rpush("k", "a")).isEqualTo(1);
            assertThat(left.get()).isEqualTo(KeyValue.just("k", "a"));
            assertThat(behind.get()).isEqualTo(1);
            other.sync().rpush("k", "b", "c", "d");
            assertThat(moved.get()).isEqualTo("b");
            assertThat(several.get()).isEqualTo(KeyValue.just("k", List.of("c", "d")));
            RedisFuture<KeyValue<String, ScoredValue<String>>> lowest = waiting.bzpopmin(0, "z");
            RedisFuture<KeyValue<String, ScoredValue<String>>> both =
                    waiting.bzmpop(0, ZPopArgs.Builder.max(), "y", "z");
            other.sync().zadd("z", 1.0, "a", 2.0, "b");
            assertThat(lowest.get()).isEqualTo(KeyValue.just("z", ScoredValue.just(1, "a")));
            assertThat(both.get()).isEqualTo(KeyValue.just("z", ScoredValue.just(2, "b")));
            assertThat(connection.sync().blpop(0.01, "k")).isNull();
        }
    }
}
