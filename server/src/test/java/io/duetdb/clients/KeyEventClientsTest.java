package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Key events as an ordinary client hears them over a socket, whoever changed the key. */
@Timeout(60)
final class KeyEventClientsTest {
    @Test
    void lettuceHearsWhatHappensToKeys() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (Duet duet = Duet.builder()
                .respPort(0)
                .setting("notify-keyspace-events", "KEA")
                .start()) {
            RedisClient client = RedisClient.create(RedisURI.create("redis://127.0.0.1:" + duet.respPort()));
            try (StatefulRedisPubSubConnection<String, String> connection = client.connectPubSub()) {
                connection.addListener(new RedisPubSubAdapter<>() {
                    @Override
                    public void message(String pattern, String channel, String message) {
                        heard.add(channel + " " + message);
                    }
                });
                connection.sync().psubscribe("__key*@0__:*");
                duet.execute("SET", "k", "v", "PX", "1");
                List<String> all = new ArrayList<>();
                while (all.size() < 6) {
                    String next = heard.poll(30, TimeUnit.SECONDS);
                    assertThat(next).as("behind %s", all).isNotNull();
                    all.add(next);
                }
                assertThat(all)
                        .containsExactly(
                                "__keyspace@0__:k set",
                                "__keyevent@0__:set k",
                                "__keyspace@0__:k expire",
                                "__keyevent@0__:expire k",
                                "__keyspace@0__:k expired",
                                "__keyevent@0__:expired k");
            } finally {
                client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
            }
        }
    }
}
