package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.RedisPubSubListener;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lettuce as publisher and subscriber, in both protocols. */
@Timeout(60)
final class LettucePubSubTest {
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

    /** Says what it hears. */
    private static final class Listener implements RedisPubSubListener<String, String> {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        String next() throws InterruptedException {
            return String.valueOf(heard.poll(20, TimeUnit.SECONDS));
        }

        @Override
        public void message(String channel, String message) {
            heard.add("message " + channel + " " + message);
        }

        @Override
        public void message(String pattern, String channel, String message) {
            heard.add("pmessage " + pattern + " " + channel + " " + message);
        }

        @Override
        public void smessage(String channel, String message) {
            heard.add("smessage " + channel + " " + message);
        }

        @Override
        public void subscribed(String channel, long count) {
            heard.add("subscribe " + channel + " " + count);
        }

        @Override
        public void psubscribed(String pattern, long count) {
            heard.add("psubscribe " + pattern + " " + count);
        }

        @Override
        public void ssubscribed(String channel, long count) {
            heard.add("ssubscribe " + channel + " " + count);
        }

        @Override
        public void unsubscribed(String channel, long count) {
            heard.add("unsubscribe " + channel + " " + count);
        }

        @Override
        public void punsubscribed(String pattern, long count) {
            heard.add("punsubscribe " + pattern + " " + count);
        }

        @Override
        public void sunsubscribed(String channel, long count) {
            heard.add("sunsubscribe " + channel + " " + count);
        }
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void channelsPatternsAndShardChannels(ProtocolVersion protocol) throws Exception {
        client.setOptions(ClientOptions.builder().protocolVersion(protocol).build());
        Listener listener = new Listener();
        try (StatefulRedisPubSubConnection<String, String> subscriber = client.connectPubSub();
                StatefulRedisConnection<String, String> publisher = client.connect()) {
            subscriber.addListener(listener);
            subscriber.sync().subscribe("a", "b");
            assertThat(listener.next()).isEqualTo("subscribe a 1");
            assertThat(listener.next()).isEqualTo("subscribe b 2");
            subscriber.sync().psubscribe("a*");
            assertThat(listener.next()).isEqualTo("psubscribe a* 3");
            subscriber.sync().ssubscribe("s");
            assertThat(listener.next()).isEqualTo("ssubscribe s 1");
            assertThat(publisher.sync().publish("a", "one")).isEqualTo(2);
            assertThat(listener.next()).isEqualTo("message a one");
            assertThat(listener.next()).isEqualTo("pmessage a* a one");
            assertThat(publisher.sync().spublish("s", "two")).isEqualTo(1);
            assertThat(listener.next()).isEqualTo("smessage s two");
            assertThat(publisher.sync().pubsubChannels()).containsExactlyInAnyOrder("a", "b");
            assertThat(publisher.sync().pubsubNumpat()).isEqualTo(1);
            assertThat(publisher.sync().pubsubNumsub("a", "x"))
                    .containsEntry("a", 1L)
                    .containsEntry("x", 0L);
            assertThat(publisher.sync().pubsubShardChannels()).containsExactly("s");
            assertThat(subscriber.sync().ping()).isIn("PONG", ""); // in RESP2 it takes the message of the array
            subscriber.sync().unsubscribe("a");
            assertThat(listener.next()).isEqualTo("unsubscribe a 2");
            subscriber.sync().punsubscribe("a*");
            assertThat(listener.next()).isEqualTo("punsubscribe a* 1");
            if (protocol == ProtocolVersion.RESP3) { // in RESP2 it does not let itself do so
                subscriber.sync().sunsubscribe("s");
                assertThat(listener.next()).isEqualTo("sunsubscribe s 0");
            }
            assertThat(publisher.sync().publish("a", "three")).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void manyMessagesComeInOrder(ProtocolVersion protocol) throws Exception {
        client.setOptions(ClientOptions.builder().protocolVersion(protocol).build());
        Listener listener = new Listener();
        try (StatefulRedisPubSubConnection<String, String> subscriber = client.connectPubSub();
                StatefulRedisConnection<String, String> publisher = client.connect()) {
            subscriber.addListener(listener);
            subscriber.sync().subscribe("many");
            assertThat(listener.next()).isEqualTo("subscribe many 1");
            for (int i = 0; i < 2_000; i++) {
                publisher.async().publish("many", "m" + i);
            }
            for (int i = 0; i < 2_000; i++) {
                assertThat(listener.next()).isEqualTo("message many m" + i);
            }
        }
    }
}
