package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RandomStrings;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same random commands on lists to the engine and to a real redis-server: the same replies, key events and
 * digests. Encodings are in {@link ListEncodingTest}: 7.0.15 has no listpack lists.
 */
class DifferentialListsTest {
    private static final int BATCH = 100;
    private static final int COMMANDS = Boolean.getBoolean("duet.long") ? 1_000_000 : 20_000;

    private int errors;
    private final Map<String, Integer> answered = new TreeMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theEngineAnswersAsRedisServerDoes(long seed) throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        EngineFixture t = new EngineFixture("list-max-listpack-size=" + (seed == 1 ? -2 : seed == 2 ? -1 : 16));
        t.clock().jumpTo(System.currentTimeMillis());
        RandomLists random = new RandomLists(seed);
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect();
                RespClient listener = server.connect()) {
            redis.run("CONFIG SET notify-keyspace-events KEA");
            listener.run("PSUBSCRIBE __keyevent@*");
            for (int done = 0; done < COMMANDS; done += BATCH) {
                String where = "seed " + seed + ", from command " + done;
                List<List<String>> batch = new ArrayList<>();
                for (int i = 0; i < BATCH; i++) {
                    batch.add(random.next());
                }
                compare(t, redis, batch, where);
                t.run("DEBUG DIGEST").replies(redis.run("DEBUG DIGEST"));
                t.events(events(redis, listener));
                t.forget();
            }
        }
        assertThat((double) errors / COMMANDS).as("share of errors").isBetween(0.1, 0.4);
        assertThat(answered.keySet())
                .contains(
                        "lpush",
                        "rpush",
                        "lpushx",
                        "rpushx",
                        "lpop",
                        "rpop",
                        "llen",
                        "lindex",
                        "lset",
                        "lrange",
                        "ltrim",
                        "lrem",
                        "linsert",
                        "lpos",
                        "lmove",
                        "rpoplpush",
                        "lmpop");
        assertThat(answered.values()).allMatch(n -> n >= 20);
    }

    private void compare(EngineFixture t, RespClient redis, List<List<String>> batch, String where) throws Exception {
        for (List<String> command : batch) {
            redis.send(RandomStrings.bytes(command));
        }
        redis.flush();
        for (List<String> command : batch) {
            Object theirs = redis.read();
            Object ours = t.run(RandomStrings.bytes(command)).value();
            if (theirs instanceof ValueReply.Failure) {
                errors++;
            } else {
                answered.merge(command.get(0).toLowerCase(Locale.ROOT), 1, Integer::sum);
            }
            if (!Objects.equals(ours, theirs)) {
                throw new AssertionError(where + ": " + printable(command) + "\n  redis: " + printable(theirs)
                        + "\n  duet:  " + printable(ours));
            }
        }
    }

    /** The key events redis-server told since the last call, each {@code name:key}. */
    private static String[] events(RespClient redis, RespClient listener) throws Exception {
        redis.run("PUBLISH __keyevent@0__:that all");
        List<String> events = new ArrayList<>();
        while (true) {
            List<?> message = (List<?>) listener.read();
            String event = ((String) message.get(2)).substring("__keyevent@0__:".length()) + ":" + message.get(3);
            if (event.equals("that:all")) {
                return events.toArray(new String[0]);
            }
            events.add(event);
        }
    }

    private static String printable(Object value) {
        String text = String.valueOf(value);
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), 600); i++) {
            char c = text.charAt(i);
            s.append(c >= ' ' && c < 127 ? String.valueOf(c) : String.format("\\x%02x", (int) c));
        }
        return s.toString();
    }
}
