package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import io.duetdb.engine.kit.Threads;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;

/** Jedis as publisher and subscriber, in each of its protocols. */
@Timeout(60)
final class JedisPubSubTest {
    private static Duet duet;

    @BeforeAll
    static void start() {
        duet = Duet.builder().respPort(0).start();
    }

    @AfterAll
    static void end() {
        duet.close();
    }

    /** Says what it hears. */
    private static final class Listener extends JedisPubSub {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        String next() throws InterruptedException {
            return String.valueOf(heard.poll(20, TimeUnit.SECONDS));
        }

        @Override
        public void onMessage(String channel, String message) {
            heard.add("message " + channel + " " + message);
        }

        @Override
        public void onPMessage(String pattern, String channel, String message) {
            heard.add("pmessage " + pattern + " " + channel + " " + message);
        }

        @Override
        public void onSubscribe(String channel, int count) {
            heard.add("subscribe " + channel + " " + count);
        }

        @Override
        public void onUnsubscribe(String channel, int count) {
            heard.add("unsubscribe " + channel + " " + count);
        }

        @Override
        public void onPSubscribe(String pattern, int count) {
            heard.add("psubscribe " + pattern + " " + count);
        }

        @Override
        public void onPUnsubscribe(String pattern, int count) {
            heard.add("punsubscribe " + pattern + " " + count);
        }

        @Override
        public void onPong(String message) {
            heard.add("pong " + message);
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void channelsAndPatterns(RedisProtocol protocol) throws Exception {
        Listener listener = new Listener();
        try (RedisClient subscriber = connect(protocol);
                RedisClient publisher = connect(protocol)) {
            CompletableFuture<Void> listening = Threads.run(() -> subscriber.subscribe(listener, "a", "b"));
            assertThat(listener.next()).isEqualTo("subscribe a 1");
            assertThat(listener.next()).isEqualTo("subscribe b 2");
            listener.psubscribe("a*");
            assertThat(listener.next()).isEqualTo("psubscribe a* 3");
            assertThat(publisher.publish("a", "one")).isEqualTo(2);
            assertThat(publisher.publish("nobody", "two")).isZero();
            assertThat(publisher.publish("b", "three")).isEqualTo(1);
            assertThat(listener.next()).isEqualTo("message a one");
            assertThat(listener.next()).isEqualTo("pmessage a* a one");
            assertThat(listener.next()).isEqualTo("message b three");
            if (protocol == RedisProtocol.RESP2) { // else its listener fails if the PONG comes before ping() returns
                listener.ping();
                assertThat(listener.next()).startsWith("pong ");
            }
            listener.unsubscribe("a", "b");
            assertThat(listener.next()).isEqualTo("unsubscribe a 2");
            assertThat(listener.next()).isEqualTo("unsubscribe b 1");
            assertThat(publisher.publish("a", "four")).isEqualTo(1);
            assertThat(listener.next()).isEqualTo("pmessage a* a four");
            listener.punsubscribe();
            assertThat(listener.next()).isEqualTo("punsubscribe a* 0");
            listening.get(20, TimeUnit.SECONDS);
            assertThat(subscriber.ping())
                    .as("the connection is an ordinary one again")
                    .isEqualTo("PONG");
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void tenThousandMessagesComeInOrder(RedisProtocol protocol) throws Exception {
        Listener listener = new Listener();
        try (RedisClient subscriber = connect(protocol);
                RedisClient publisher = connect(protocol)) {
            CompletableFuture<Void> listening = Threads.run(() -> subscriber.subscribe(listener, "many"));
            assertThat(listener.next()).isEqualTo("subscribe many 1");
            try (var pipeline = publisher.pipelined()) {
                for (int i = 0; i < 10_000; i++) {
                    pipeline.publish("many", "m" + i);
                }
            }
            for (int i = 0; i < 10_000; i++) {
                assertThat(listener.next()).isEqualTo("message many m" + i);
            }
            listener.unsubscribe();
            listening.get(20, TimeUnit.SECONDS);
        }
    }

    private static RedisClient connect(RedisProtocol protocol) {
        return RedisClient.builder()
                .hostAndPort("127.0.0.1", duet.respPort())
                .clientConfig(
                        DefaultJedisClientConfig.builder().protocol(protocol).build())
                .build();
    }
}
