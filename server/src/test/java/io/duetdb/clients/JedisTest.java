package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.Duet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.args.ExpiryOption;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.GetExParams;
import redis.clients.jedis.params.LCSParams;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.resps.LCSMatchResult;
import redis.clients.jedis.resps.ScanResult;
import redis.clients.jedis.util.CompareCondition;

/** Jedis, unchanged, in each of its protocols. */
@Timeout(120)
final class JedisTest {
    private static Duet duet;

    @BeforeAll
    static void start() {
        duet = Duet.builder().respPort(0).start();
    }

    @AfterAll
    static void end() {
        duet.close();
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void strings(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            assertThat(jedis.set("s", "v")).isEqualTo("OK");
            assertThat(jedis.get("s")).isEqualTo("v");
            assertThat(jedis.get("nosuch")).isNull();
            assertThat(jedis.set("s", "w", SetParams.setParams().nx())).isNull();
            assertThat(jedis.set("s", "w", SetParams.setParams().xx().ex(100))).isEqualTo("OK");
            assertThat(jedis.setGet("s", "x")).isEqualTo("w");
            assertThat(jedis.getEx("s", GetExParams.getExParams().px(50_000))).isEqualTo("x");
            assertThat(jedis.pttl("s")).isBetween(40_000L, 50_000L);
            assertThat(jedis.setnx("s", "y")).isZero();
            assertThat(jedis.setex("e", 10, "v")).isEqualTo("OK");
            assertThat(jedis.psetex("e", 10_000, "v")).isEqualTo("OK");
            assertThat(jedis.append("s", "yz")).isEqualTo(3);
            assertThat(jedis.strlen("s")).isEqualTo(3);
            assertThat(jedis.getDel("s")).isEqualTo("xyz");
            assertThat(jedis.mset("a", "1", "b", "2")).isEqualTo("OK");
            assertThat(jedis.mget("a", "nosuch", "b")).containsExactly("1", null, "2");
            assertThat(jedis.msetnx("a", "3", "c", "3")).isZero();
            jedis.set("r", "Hello World");
            assertThat(jedis.getrange("r", -5, -1)).isEqualTo("World");
            assertThat(jedis.setrange("r", 6, "Redis")).isEqualTo(11);
            assertThat(jedis.get("r")).isEqualTo("Hello Redis");
            jedis.mset("l1", "ohmytext", "l2", "mynewtext");
            assertThat(jedis.lcs("l1", "l2", LCSParams.LCSParams()).getMatchString())
                    .isEqualTo("mytext");
            LCSMatchResult matches =
                    jedis.lcs("l1", "l2", LCSParams.LCSParams().idx().withMatchLen());
            assertThat(matches.getLen()).isEqualTo(6);
            assertThat(matches.getMatches()).hasSize(2);
            byte[] bytes = {0, (byte) 0xff, '\r', '\n', (byte) 0xc3};
            jedis.set(new byte[] {'b', 0}, bytes);
            assertThat(jedis.get(new byte[] {'b', 0})).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void valuesAreComparedBeforeTheyGo(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            jedis.set("c", "v");
            String digest = jedis.digestKey("c");
            assertThat(digest).hasSize(16);
            assertThat(jedis.set("c", "w", SetParams.setParams().condition(CompareCondition.valueEq("x"))))
                    .isNull();
            assertThat(jedis.set("c", "w", SetParams.setParams().condition(CompareCondition.digestEq(digest))))
                    .isEqualTo("OK");
            assertThat(jedis.delex("c", CompareCondition.valueEq("v"))).isZero();
            assertThat(jedis.delex("c", CompareCondition.valueEq("w"))).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void counters(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            assertThat(jedis.incr("n")).isEqualTo(1);
            assertThat(jedis.incrBy("n", 41)).isEqualTo(42);
            assertThat(jedis.decr("n")).isEqualTo(41);
            assertThat(jedis.decrBy("n", 50)).isEqualTo(-9);
            assertThat(jedis.incrByFloat("f", 0.1)).isEqualTo(0.1);
            assertThat(jedis.incrByFloat("f", 0.2)).isEqualTo(0.3);
            jedis.set("max", "" + Long.MAX_VALUE);
            assertThatThrownBy(() -> jedis.incr("max"))
                    .isInstanceOf(JedisDataException.class)
                    .hasMessage("ERR increment or decrement would overflow");
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void keys(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            jedis.mset("k1", "v", "k2", "v", "other", "v");
            assertThat(jedis.exists("k1")).isTrue();
            assertThat(jedis.exists("k1", "k1", "nosuch")).isEqualTo(2);
            assertThat(jedis.type("k1")).isEqualTo("string");
            assertThat(jedis.type("nosuch")).isEqualTo("none");
            assertThat(jedis.keys("k?")).containsExactlyInAnyOrder("k1", "k2");
            assertThat(jedis.touch("k1", "k2")).isEqualTo(2);
            assertThat(jedis.objectEncoding("k1")).isEqualTo("embstr");
            assertThat(jedis.randomKey()).isIn("k1", "k2", "other");
            assertThat(jedis.objectRefcount("k1")).isPositive();
            assertThat(jedis.objectIdletime("k1")).isZero();
            assertThat(jedis.memoryUsage("k1")).isPositive();
            assertThat(jedis.copy("k1", "k3", false)).isTrue();
            assertThat(jedis.copy("k1", "k3", false)).isFalse();
            assertThat(jedis.rename("k3", "k4")).isEqualTo("OK");
            assertThat(jedis.renamenx("k4", "k1")).isZero();
            assertThatThrownBy(() -> jedis.rename("nosuch", "k5")).hasMessage("ERR no such key");
            assertThat(jedis.del("k1", "nosuch")).isEqualTo(1);
            assertThat(jedis.unlink("k2")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void timesToLive(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            jedis.set("k", "v");
            assertThat(jedis.ttl("k")).isEqualTo(-1);
            assertThat(jedis.ttl("nosuch")).isEqualTo(-2);
            assertThat(jedis.expire("k", 100)).isEqualTo(1);
            assertThat(jedis.expire("k", 50, ExpiryOption.GT)).isZero();
            assertThat(jedis.pexpire("k", 50_000, ExpiryOption.LT)).isEqualTo(1);
            assertThat(jedis.ttl("k")).isBetween(40L, 50L);
            long later = System.currentTimeMillis() / 1000 + 1000;
            assertThat(jedis.expireAt("k", later)).isEqualTo(1);
            assertThat(jedis.expireTime("k")).isEqualTo(later);
            assertThat(jedis.pexpireAt("k", later * 1000)).isEqualTo(1);
            assertThat(jedis.pexpireTime("k")).isEqualTo(later * 1000);
            assertThat(jedis.persist("k")).isEqualTo(1);
            assertThat(jedis.pttl("k")).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void aScanFindsEveryKeyOnce(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            Set<String> expected = new HashSet<>();
            for (int i = 0; i < 1000; i++) {
                jedis.set("scan:" + i, "v");
                expected.add("scan:" + i);
            }
            jedis.set("other", "v");
            Set<String> found = new HashSet<>();
            ScanParams match = new ScanParams().match("scan:*").count(100);
            String cursor = ScanParams.SCAN_POINTER_START;
            do {
                ScanResult<String> page = jedis.scan(cursor, match, "string");
                found.addAll(page.getResult());
                cursor = page.getCursor();
            } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
            assertThat(found).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void aPipelineAnswersInOrder(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            try (Pipeline pipeline = jedis.pipelined()) {
                Response<String> set = pipeline.set("p", "x");
                Response<Long> wrong = pipeline.incr("p");
                Response<String> get = pipeline.get("p");
                for (int i = 0; i < 10_000; i++) {
                    pipeline.incr("many");
                }
                pipeline.sync();
                assertThat(set.get()).isEqualTo("OK");
                assertThatThrownBy(wrong::get).hasMessage("ERR value is not an integer or out of range");
                assertThat(get.get()).isEqualTo("x");
            }
            assertThat(jedis.get("many")).isEqualTo("10000");
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void theServerTellsAboutItself(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            assertThat(jedis.ping()).isEqualTo("PONG");
            assertThat(jedis.info("server")).contains("redis_version:7.4.");
            assertThat(jedis.configGet("databases")).containsEntry("databases", "16");
            assertThat(jedis.flushDB()).isEqualTo("OK");
            assertThat(jedis.flushAll()).isEqualTo("OK");
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void databasesNamesAndPasswordsAreGivenAtTheStart(RedisProtocol protocol) {
        try (Duet locked =
                Duet.builder().respPort(0).setting("requirepass", "secret").start()) {
            DefaultJedisClientConfig config = DefaultJedisClientConfig.builder()
                    .protocol(protocol)
                    .password("secret")
                    .database(5)
                    .clientName("tester")
                    .build();
            try (RedisClient jedis = RedisClient.builder()
                    .hostAndPort("127.0.0.1", locked.respPort())
                    .clientConfig(config)
                    .build()) {
                jedis.set("k", "v");
                assertThat(jedis.info("keyspace")).contains("db5:keys=1");
            }
            assertThatThrownBy(() -> {
                        try (RedisClient wrong = RedisClient.builder()
                                .hostAndPort("127.0.0.1", locked.respPort())
                                .clientConfig(DefaultJedisClientConfig.builder()
                                        .protocol(protocol)
                                        .password("wrong")
                                        .build())
                                .build()) {
                            wrong.ping();
                        }
                    })
                    .hasStackTraceContaining("WRONGPASS invalid username-password pair or user is disabled.");
        }
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
}
