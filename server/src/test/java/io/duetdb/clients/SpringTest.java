package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.Duet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.NonTransientDataAccessException;
import org.springframework.data.redis.connection.DataType;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.ValueOperations;
import org.springframework.data.redis.core.types.Expiration;

/** A Spring Boot application that knows Duet only by {@code spring.data.redis.url}, over each of its two clients. */
@Timeout(120)
final class SpringTest {
    private static Duet duet;

    /** The application. */
    @EnableAutoConfiguration
    static class Application {}

    @BeforeAll
    static void start() {
        duet = Duet.builder().respPort(0).setting("requirepass", "secret").start();
    }

    @AfterAll
    static void end() {
        duet.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void anApplicationStartsAndFindsItsTemplate(String client) {
        try (ConfigurableApplicationContext application = application(client)) {
            StringRedisTemplate redis = application.getBean(StringRedisTemplate.class);
            redis.opsForValue().set("from", client);
            assertThat(redis.opsForValue().get("from")).isEqualTo(client);
            assertThat(redis.getConnectionFactory().getConnection().ping()).isEqualTo("PONG");
            assertThat(redis.getConnectionFactory()
                            .getConnection()
                            .serverCommands()
                            .info("server"))
                    .containsKey("redis_version");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void values(String client) {
        try (ConfigurableApplicationContext application = application(client)) {
            StringRedisTemplate redis = application.getBean(StringRedisTemplate.class);
            ValueOperations<String, String> values = redis.opsForValue();
            values.set("a", "1");
            values.set("b", "2", Duration.ofSeconds(100));
            values.set("c", "3", Expiration.keepTtl());
            assertThat(values.get("a")).isEqualTo("1");
            assertThat(values.get("nosuch")).isNull();
            assertThat(redis.getExpire("b")).isBetween(90L, 100L);
            assertThat(values.setGet("b", "4", Duration.ofSeconds(50))).isEqualTo("2");
            assertThat(values.setIfAbsent("a", "x")).isFalse();
            assertThat(values.setIfAbsent("d", "x", Duration.ofMinutes(1))).isTrue();
            assertThat(values.setIfPresent("nosuch", "x")).isFalse();
            assertThat(values.setIfPresent("d", "y", 5, TimeUnit.SECONDS)).isTrue();
            values.multiSet(Map.of("m1", "1", "m2", "2"));
            assertThat(values.multiSetIfAbsent(Map.of("m2", "3", "m3", "3"))).isFalse();
            assertThat(values.multiGet(List.of("m1", "nosuch", "m2"))).containsExactly("1", null, "2");
            assertThat(values.getAndSet("a", "5")).isEqualTo("1");
            assertThat(values.getAndExpire("a", Duration.ofSeconds(70))).isEqualTo("5");
            assertThat(redis.getExpire("a", TimeUnit.MILLISECONDS)).isBetween(60_000L, 70_000L);
            assertThat(values.getAndPersist("a")).isEqualTo("5");
            assertThat(redis.getExpire("a")).isEqualTo(-1);
            assertThat(values.increment("a")).isEqualTo(6);
            assertThat(values.increment("a", 10)).isEqualTo(16);
            assertThat(values.decrement("a")).isEqualTo(15);
            assertThat(values.decrement("a", 5)).isEqualTo(10);
            assertThat(values.increment("f", 0.25)).isEqualTo(0.25);
            assertThat(values.append("a", "0")).isEqualTo(3);
            values.set("r", "Hello World");
            values.set("r", "Redis", 6);
            assertThat(values.get("r", 0, 6)).isEqualTo("Hello R");
            assertThat(values.size("a")).isEqualTo(3);
            assertThat(values.compareAndSet("r", "x", "y")).isFalse();
            assertThat(values.compareAndSet("r", "Hello Redis", "y")).isTrue();
            assertThat(redis.compareAndDelete("r", "y")).isTrue();
            assertThat(values.getAndDelete("a")).isEqualTo("100");
            assertThat(redis.hasKey("a")).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void keysAndTimesToLive(String client) {
        try (ConfigurableApplicationContext application = application(client)) {
            StringRedisTemplate redis = application.getBean(StringRedisTemplate.class);
            redis.opsForValue().multiSet(Map.of("k1", "1", "k2", "2", "other", "3"));
            assertThat(redis.countExistingKeys(List.of("k1", "k2", "nosuch"))).isEqualTo(2);
            assertThat(redis.type("k1")).isEqualTo(DataType.STRING);
            assertThat(redis.type("nosuch")).isEqualTo(DataType.NONE);
            assertThat(redis.keys("k*")).containsExactlyInAnyOrder("k1", "k2");
            assertThat(redis.randomKey()).isIn("k1", "k2", "other");
            assertThat(redis.expire("k1", Duration.ofMillis(80_500))).isTrue();
            assertThat(redis.getExpire("k1")).isBetween(70L, 81L);
            Instant later = Instant.now().plusSeconds(1000);
            assertThat(redis.expireAt("k1", later)).isTrue();
            assertThat(redis.getExpire("k1")).isBetween(990L, 1001L);
            assertThat(redis.persist("k1")).isTrue();
            assertThat(redis.getExpire("nosuch")).isEqualTo(-2);
            assertThat(redis.copy("k1", "k3", false)).isTrue();
            redis.rename("k3", "k4");
            assertThat(redis.renameIfAbsent("k4", "k1")).isFalse();
            assertThat(redis.move("k4", 1)).isTrue();
            assertThat(redis.delete("k1")).isTrue();
            assertThat(redis.delete(List.of("k1", "other"))).isEqualTo(1);
            assertThat(redis.unlink("k2")).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void aScanFindsEveryKey(String client) {
        try (ConfigurableApplicationContext application = application(client)) {
            StringRedisTemplate redis = application.getBean(StringRedisTemplate.class);
            Set<String> expected = new HashSet<>();
            for (int i = 0; i < 500; i++) {
                redis.opsForValue().set("scan:" + i, "v");
                expected.add("scan:" + i);
            }
            redis.opsForValue().set("other", "v");
            Set<String> found = new HashSet<>();
            ScanOptions options =
                    ScanOptions.scanOptions().match("scan:*").count(50).build();
            try (Cursor<String> cursor = redis.scan(options)) {
                cursor.forEachRemaining(found::add);
            }
            assertThat(found).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void pipelinesAndErrors(String client) {
        try (ConfigurableApplicationContext application = application(client)) {
            StringRedisTemplate redis = application.getBean(StringRedisTemplate.class);
            List<Object> replies =
                    redis.executePipelined((org.springframework.data.redis.connection.RedisConnection c) -> {
                        c.stringCommands().set("p".getBytes(), "1".getBytes());
                        c.stringCommands().incr("p".getBytes());
                        c.stringCommands().get("p".getBytes());
                        return null;
                    });
            assertThat(new ArrayList<>(replies)).containsExactly(true, 2L, "2");
            redis.opsForValue().set("s", "x");
            assertThatThrownBy(() -> redis.opsForValue().increment("s"))
                    .isInstanceOfAny(NonTransientDataAccessException.class, InvalidDataAccessApiUsageException.class)
                    .hasStackTraceContaining("ERR value is not an integer or out of range");
        }
    }

    private static ConfigurableApplicationContext application(String client) {
        duet.execute("AUTH", "secret");
        duet.execute("FLUSHALL");
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .properties(Map.of(
                        "spring.data.redis.url",
                        "redis://:secret@127.0.0.1:" + duet.respPort() + "/0",
                        "spring.data.redis.client-type",
                        client,
                        "logging.level.root",
                        "warn"))
                .run();
    }
}
