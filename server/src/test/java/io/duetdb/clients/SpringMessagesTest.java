package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import io.duetdb.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.PatternTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.serializer.StringRedisSerializer;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.data.redis.RedisIndexedSessionRepository;
import org.springframework.session.data.redis.config.ConfigureNotifyKeyspaceEventsAction;
import org.springframework.session.events.AbstractSessionEvent;
import org.springframework.session.events.SessionCreatedEvent;
import org.springframework.session.events.SessionDeletedEvent;
import org.springframework.session.events.SessionExpiredEvent;

/** Listeners of Spring Data Redis and the sessions of Spring Session that live on key events, over each of its clients. */
@Timeout(120)
final class SpringMessagesTest {
    private static final long WAIT_NS_MAX = TimeUnit.SECONDS.toNanos(20);

    private final ManualClock clock = new ManualClock(Instant.now());
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private final MessageListener listener = (message, pattern) ->
            heard.add((pattern == null ? "" : new String(pattern, StandardCharsets.UTF_8) + " ") + message);
    private Duet duet;

    @BeforeEach
    void start() {
        duet = Duet.builder().respPort(0).clock(clock).start();
    }

    @AfterEach
    void end() {
        duet.close();
    }

    /** A connection factory and a container that listens by it, with what an application context does for them. */
    private final class Listening implements AutoCloseable {
        final RedisConnectionFactory factory;
        final RedisMessageListenerContainer container = new RedisMessageListenerContainer();
        final StringRedisTemplate redis;

        Listening(String client) throws Exception {
            var server = new RedisStandaloneConfiguration("127.0.0.1", duet.respPort());
            factory =
                    client.equals("jedis") ? new JedisConnectionFactory(server) : new LettuceConnectionFactory(server);
            ((InitializingBean) factory).afterPropertiesSet();
            start(factory);
            redis = new StringRedisTemplate(factory);
            container.setConnectionFactory(factory);
            container.afterPropertiesSet();
        }

        private static void start(RedisConnectionFactory factory) {
            ((org.springframework.context.SmartLifecycle) factory).start();
        }

        @Override
        public void close() throws Exception {
            container.destroy();
            ((DisposableBean) factory).destroy();
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - begun).as("waited in vain: %s", what).isLessThan(WAIT_NS_MAX);
            LockSupport.parkNanos(500_000);
        }
    }

    private void hears(String... messages) {
        await(List.of(messages) + ", but heard " + heard, () -> heard.size() >= messages.length);
        assertThat(heard).containsExactlyInAnyOrder(messages);
        heard.clear();
    }

    private void subscribed(int channels, int patterns) {
        await(
                channels + " channels and " + patterns + " patterns",
                () -> ((List<?>) duet.execute("PUBSUB", "CHANNELS")).size() == channels
                        && duet.execute("PUBSUB", "NUMPAT").equals((long) patterns));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void channelsAndPatternsComeAndGoWhileItRuns(String client) throws Exception {
        try (Listening spring = new Listening(client)) {
            RedisMessageListenerContainer container = spring.container;
            container.addMessageListener(listener, new ChannelTopic("news"));
            container.start();
            subscribed(1, 0);
            assertThat(spring.redis.convertAndSend("news", "first")).isEqualTo(1);
            hears("news first");
            container.addMessageListener(listener, new PatternTopic("ne*"));
            subscribed(1, 1);
            assertThat(spring.redis.convertAndSend("news", "second")).isEqualTo(2);
            hears("news second", "ne* second");
            container.addMessageListener(listener, List.of(new ChannelTopic("a"), new ChannelTopic("b")));
            subscribed(3, 1);
            spring.redis.convertAndSend("a", "of a");
            spring.redis.convertAndSend("b", "of b");
            spring.redis.convertAndSend("c", "of nobody");
            hears("a of a", "b of b");
            container.removeMessageListener(listener, new ChannelTopic("news"));
            subscribed(2, 1);
            assertThat(spring.redis.convertAndSend("news", "third")).isEqualTo(1);
            hears("ne* third");
            container.removeMessageListener(listener);
            subscribed(0, 0);
            assertThat(spring.redis.convertAndSend("news", "late")).isZero();
            container.addMessageListener(listener, new PatternTopic("*"));
            subscribed(0, 1);
            spring.redis.convertAndSend("any", "again");
            hears("* again");
        }
        subscribed(0, 0);
        await(
                "no client is left",
                () -> ((String) duet.execute("CLIENT", "LIST")).lines().count() == 1);
    }

    /** By Lettuce only: with Jedis Spring refuses to publish in a transaction. */
    @Test
    void messagesOfATransactionComeWhenItIsDone() throws Exception {
        try (Listening spring = new Listening("lettuce")) {
            MessageListener reader = (message, pattern) ->
                    heard.add(message + "=" + spring.redis.opsForValue().get("k"));
            spring.container.addMessageListener(reader, new ChannelTopic("done"));
            spring.container.start();
            subscribed(1, 0);
            List<Object> replies = spring.redis.execute(new SessionCallback<List<Object>>() {
                @Override
                @SuppressWarnings("unchecked")
                public <K, V> List<Object> execute(
                        org.springframework.data.redis.core.RedisOperations<K, V> operations) {
                    var redis = (org.springframework.data.redis.core.RedisOperations<String, String>) operations;
                    redis.watch("k");
                    redis.multi();
                    redis.opsForValue().set("k", "1");
                    redis.convertAndSend("done", "k");
                    redis.opsForValue().increment("k");
                    return redis.exec();
                }
            });
            assertThat(replies).hasSize(3).endsWith(2L);
            hears("k=2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void sessionsAreFoundByTheirOwnerAndExpireWithAnEvent(String client) throws Exception {
        Queue<AbstractSessionEvent> events = new ConcurrentLinkedQueue<>();
        try (Listening spring = new Listening(client)) {
            if (client.equals("lettuce")) {
                new ConfigureNotifyKeyspaceEventsAction().configure(spring.factory.getConnection());
            } else {
                // Spring cannot read what Jedis makes of CONFIG GET in RESP3.
                duet.execute("CONFIG", "SET", "notify-keyspace-events", "Egx");
            }
            assertThat(duet.execute("CONFIG", "GET", "notify-keyspace-events").toString())
                    .contains("E", "g", "x");
            RedisIndexedSessionRepository repository = sessions(spring, events);
            try {
                FindByIndexNameSessionRepository<? extends Session> sessions = repository;
                save(sessions, "alice", Duration.ofMinutes(30));
                String second = save(sessions, "alice", Duration.ofHours(2));
                String other = save(sessions, "bob", Duration.ofHours(2));
                await("three created: " + events, () -> events.size() == 3);
                assertThat(events).allMatch(event -> event instanceof SessionCreatedEvent);
                events.clear();
                assertThat(sessions.findByPrincipalName("alice")).hasSize(2).containsKey(second);
                assertThat(sessions.findById(other).<String>getAttribute("cart"))
                        .isEqualTo("of bob");
                sessions.deleteById(other);
                await("one deleted: " + events, () -> events.size() == 1);
                assertThat(events.remove())
                        .isInstanceOf(SessionDeletedEvent.class)
                        .extracting(AbstractSessionEvent::getSessionId)
                        .isEqualTo(other);
                assertThat(sessions.findByPrincipalName("bob")).isEmpty();
                clock.advance(Duration.ofMinutes(31));
                await("one expired: " + events, () -> events.size() == 1);
                AbstractSessionEvent expired = events.remove();
                assertThat(expired).isInstanceOf(SessionExpiredEvent.class);
                assertThat(expired.getSession().<String>getAttribute("cart")).isEqualTo("of alice");
                assertThat(sessions.findByPrincipalName("alice")).containsOnlyKeys(second);
                clock.advance(Duration.ofMinutes(
                        91)); // the session itself stays for five minutes more, for who asks what it was
                await("the last expired: " + events, () -> events.size() == 1);
                assertThat(events.remove().getSessionId()).isEqualTo(second);
                assertThat(sessions.findByPrincipalName("alice")).isEmpty();
            } finally {
                repository.destroy();
            }
        }
    }

    private static RedisIndexedSessionRepository sessions(Listening spring, Queue<AbstractSessionEvent> events) {
        RedisTemplate<String, Object> redis = new RedisTemplate<>();
        redis.setKeySerializer(new StringRedisSerializer());
        redis.setHashKeySerializer(new StringRedisSerializer());
        redis.setConnectionFactory(spring.factory);
        redis.afterPropertiesSet();
        RedisIndexedSessionRepository sessions = new RedisIndexedSessionRepository(redis);
        sessions.setApplicationEventPublisher(event -> events.add((AbstractSessionEvent) event));
        sessions.setCleanupCron("-");
        sessions.afterPropertiesSet();
        spring.container.addMessageListener(
                sessions,
                List.of(
                        new ChannelTopic(sessions.getSessionDeletedChannel()),
                        new ChannelTopic(sessions.getSessionExpiredChannel())));
        spring.container.addMessageListener(
                sessions, new PatternTopic(sessions.getSessionCreatedChannelPrefix() + "*"));
        spring.container.start();
        return sessions;
    }

    /** Saves a session of a principal, as a server with the type of session that only it knows would. */
    private static <S extends Session> String save(
            FindByIndexNameSessionRepository<S> sessions, String principal, Duration timeout) {
        S session = sessions.createSession();
        session.setMaxInactiveInterval(timeout);
        session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, principal);
        session.setAttribute("cart", "of " + principal);
        sessions.save(session);
        return session.getId();
    }
}
