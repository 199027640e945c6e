package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.Duet;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ExpireArgs;
import io.lettuce.core.GetExArgs;
import io.lettuce.core.KeyValue;
import io.lettuce.core.LcsArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.SetArgs;
import io.lettuce.core.StringMatchResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lettuce, unchanged, in both protocols. */
@Timeout(120)
final class LettuceTest {
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
    void strings(ProtocolVersion protocol) {
        with(protocol, redis -> {
            assertThat(redis.set("s", "v")).isEqualTo("OK");
            assertThat(redis.get("s")).isEqualTo("v");
            assertThat(redis.get("nosuch")).isNull();
            assertThat(redis.set("s", "w", SetArgs.Builder.nx())).isNull();
            assertThat(redis.set("s", "w", SetArgs.Builder.xx().ex(100))).isEqualTo("OK");
            assertThat(redis.setGet("s", "x")).isEqualTo("w");
            assertThat(redis.getex("s", GetExArgs.Builder.px(50_000))).isEqualTo("x");
            assertThat(redis.pttl("s")).isBetween(40_000L, 50_000L);
            assertThat(redis.setnx("s", "y")).isFalse();
            assertThat(redis.setex("e", 10, "v")).isEqualTo("OK");
            assertThat(redis.psetex("e", 10_000, "v")).isEqualTo("OK");
            assertThat(redis.append("s", "yz")).isEqualTo(3);
            assertThat(redis.strlen("s")).isEqualTo(3);
            assertThat(redis.getset("s", "q")).isEqualTo("xyz");
            assertThat(redis.getdel("s")).isEqualTo("q");
            redis.set("r", "Hello World");
            assertThat(redis.getrange("r", -5, -1)).isEqualTo("World");
            assertThat(redis.setrange("r", 6, "Redis")).isEqualTo(11);
            assertThat(redis.get("r")).isEqualTo("Hello Redis");
            redis.mset(Map.of("l1", "ohmytext", "l2", "mynewtext"));
            StringMatchResult matches =
                    redis.lcs(LcsArgs.Builder.keys("l1", "l2").withIdx().withMatchLen());
            assertThat(matches.getLen()).isEqualTo(6);
            assertThat(matches.getMatches()).hasSize(2);
            assertThat(redis.mset(Map.of("a", "1", "b", "2"))).isEqualTo("OK");
            assertThat(redis.mget("a", "nosuch")).containsExactly(KeyValue.just("a", "1"), KeyValue.empty("nosuch"));
            assertThat(redis.msetnx(Map.of("a", "3", "c", "3"))).isFalse();
        });
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void counters(ProtocolVersion protocol) {
        with(protocol, redis -> {
            assertThat(redis.incr("n")).isEqualTo(1);
            assertThat(redis.incrby("n", 41)).isEqualTo(42);
            assertThat(redis.decr("n")).isEqualTo(41);
            assertThat(redis.decrby("n", 50)).isEqualTo(-9);
            assertThat(redis.incrbyfloat("f", 0.1)).isEqualTo(0.1);
            assertThat(redis.incrbyfloat("f", 0.2)).isEqualTo(0.3);
            redis.set("s", "x");
            assertThatThrownBy(() -> redis.incr("s"))
                    .isInstanceOf(RedisCommandExecutionException.class)
                    .hasMessage("ERR value is not an integer or out of range");
        });
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void keysAndTimesToLive(ProtocolVersion protocol) {
        with(protocol, redis -> {
            redis.mset(Map.of("k1", "v", "k2", "v", "other", "v"));
            assertThat(redis.exists("k1", "k1", "nosuch")).isEqualTo(2);
            assertThat(redis.type("k1")).isEqualTo("string");
            assertThat(redis.keys("k?")).containsExactlyInAnyOrder("k1", "k2");
            assertThat(redis.touch("k1", "k2")).isEqualTo(2);
            assertThat(redis.objectEncoding("k1")).isEqualTo("embstr");
            assertThat(redis.randomkey()).isIn("k1", "k2", "other");
            assertThat(redis.copy("k1", "k3")).isTrue();
            assertThat(redis.rename("k3", "k4")).isEqualTo("OK");
            assertThat(redis.renamenx("k4", "k1")).isFalse();
            assertThat(redis.move("k4", 1)).isTrue();
            assertThat(redis.memoryUsage("k1")).isPositive();
            assertThat(redis.ttl("k1")).isEqualTo(-1);
            assertThat(redis.expire("k1", Duration.ofSeconds(100))).isTrue();
            assertThat(redis.expire("k1", 50, ExpireArgs.Builder.gt())).isFalse();
            assertThat(redis.pexpire("k1", 50_000)).isTrue();
            assertThat(redis.ttl("k1")).isBetween(40L, 50L);
            long later = System.currentTimeMillis() / 1000 + 1000;
            assertThat(redis.expireat("k1", later)).isTrue();
            assertThat(redis.expiretime("k1")).isEqualTo(later);
            assertThat(redis.pexpireat("k1", later * 1000)).isTrue();
            assertThat(redis.pexpiretime("k1")).isEqualTo(later * 1000);
            assertThat(redis.persist("k1")).isTrue();
            assertThat(redis.del("k1", "nosuch")).isEqualTo(1);
            assertThat(redis.unlink("k2")).isEqualTo(1);
            assertThat(redis.dbsize()).isEqualTo(1);
        });
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void aScanFindsEveryKey(ProtocolVersion protocol) {
        with(protocol, redis -> {
            Set<String> expected = new HashSet<>();
            for (int i = 0; i < 1000; i++) {
                redis.set("scan:" + i, "v");
                expected.add("scan:" + i);
            }
            redis.set("other", "v");
            Set<String> found = new HashSet<>();
            ScanIterator.scan(redis, ScanArgs.Builder.matches("scan:*").limit(100))
                    .forEachRemaining(found::add);
            assertThat(found).isEqualTo(expected);
        });
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void futuresCompleteInOrder(ProtocolVersion protocol) throws Exception {
        client.setOptions(options(protocol));
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisAsyncCommands<String, String> redis = connection.async();
            redis.flushall();
            connection.setAutoFlushCommands(false);
            List<RedisFuture<Long>> futures = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                futures.add(redis.incr("n"));
            }
            connection.flushCommands();
            for (int i = 0; i < futures.size(); i++) {
                assertThat(futures.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(i + 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void bytesStayWhatTheyAre(ProtocolVersion protocol) {
        client.setOptions(options(protocol));
        try (StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE)) {
            byte[] key = {0, '\r', '\n', (byte) 0xff};
            byte[] value = new byte[300_000];
            for (int i = 0; i < value.length; i++) {
                value[i] = (byte) (i * 31);
            }
            connection.sync().set(key, value);
            assertThat(connection.sync().get(key)).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void theServerTellsAboutItself(ProtocolVersion protocol) {
        with(protocol, redis -> {
            assertThat(redis.ping()).isEqualTo("PONG");
            assertThat(redis.echo("hi")).isEqualTo("hi");
            assertThat(redis.info("server")).contains("redis_version:7.4.");
            assertThat(redis.configGet("databases")).containsEntry("databases", "16");
            assertThat(redis.clientId()).isPositive();
            assertThat(redis.clientSetname("tester")).isEqualTo("OK");
            assertThat(redis.clientGetname()).isEqualTo("tester");
            assertThat(redis.clientList()).contains("name=tester");
            assertThat(redis.commandCount()).isPositive();
            assertThat(redis.commandInfo("get")).hasSize(1);
            assertThat(redis.time()).hasSize(2);
            assertThat(redis.role()).first().isEqualTo("master");
        });
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void databasesAndPasswordsAreGivenAtTheStart(ProtocolVersion protocol) {
        try (Duet locked =
                Duet.builder().respPort(0).setting("requirepass", "secret").start()) {
            client.setOptions(options(protocol));
            RedisURI uri = RedisURI.builder()
                    .withHost("127.0.0.1")
                    .withPort(locked.respPort())
                    .withPassword("secret".toCharArray())
                    .withDatabase(5)
                    .withClientName("tester")
                    .build();
            try (StatefulRedisConnection<String, String> connection =
                    client.connect(io.lettuce.core.codec.StringCodec.UTF8, uri)) {
                connection.sync().set("k", "v");
                assertThat(connection.sync().info("keyspace")).contains("db5:keys=1");
                assertThat(connection.sync().clientGetname()).isEqualTo("tester");
            }
        }
    }

    private static void with(ProtocolVersion protocol, Consumer<RedisCommands<String, String>> work) {
        client.setOptions(options(protocol));
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().flushall();
            work.accept(connection.sync());
        }
    }

    private static ClientOptions options(ProtocolVersion protocol) {
        return ClientOptions.builder().protocolVersion(protocol).build();
    }
}
