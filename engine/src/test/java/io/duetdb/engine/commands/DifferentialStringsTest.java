package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RandomStrings;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same random commands to the engine and to a real redis-server: the same replies, encodings,
 * key events and digests. */
class DifferentialStringsTest {
    private static final int BATCH = 100;
    private static final int DATABASES = 3;
    private static final long CLOCKS_APART_MS = 600_000;

    private static final Pattern HITS = Pattern.compile("keyspace_hits:(\\d+)\r\nkeyspace_misses:(\\d+)");

    private int errors;
    private int batchesCounted;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theEngineAnswersAsRedisServerDoes(long seed) throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        int commands = Boolean.getBoolean("duet.long") ? 2_000_000 : 20_000;
        EngineFixture t = new EngineFixture();
        t.clock().jumpTo(System.currentTimeMillis());
        RandomStrings random = new RandomStrings(seed, t.clock().nowMs() / 1000, 0.15, true);
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect();
                RespClient listener = server.connect()) {
            redis.run("CONFIG SET notify-keyspace-events KEA");
            listener.run("PSUBSCRIBE __keyevent@*");
            for (int done = 0; done < commands; done += BATCH) {
                List<List<String>> batch = new ArrayList<>();
                for (int i = 0; i < BATCH; i++) {
                    List<String> command = random.next();
                    batch.add(command);
                    // A key may have been set with a deadline that is over: look at it, so that both sides drop it now.
                    if (command.size() > 1) {
                        batch.add(List.of("EXISTS", command.get(1)));
                    }
                }
                long ourHits = hits(t.run("INFO stats").value());
                long theirHits = hits(redis.run("INFO stats"));
                compare(t, redis, batch, "seed " + seed + ", from command " + done);
                // Redis counts a hit for each key that SCAN TYPE looks at.
                if (batch.stream().noneMatch(c -> c.get(0).equalsIgnoreCase("SCAN"))) {
                    batchesCounted++;
                    assertThat(hits(t.run("INFO stats").value()) - ourHits)
                            .as("seed %d after %d: hits and misses", seed, done)
                            .isEqualTo(hits(redis.run("INFO stats")) - theirHits);
                }
                t.run("DEBUG DIGEST").replies(redis.run("DEBUG DIGEST"));
                t.run("SELECT " + done / BATCH % DATABASES).replies(redis.run("SELECT " + done / BATCH % DATABASES));
                t.events(events(redis, listener));
                t.forget();
            }
        }
        assertThat((double) errors / commands).as("share of errors").isBetween(0.1, 0.4);
        assertThat(batchesCounted).isGreaterThan(10);
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
            }
            if (!same(command, ours, theirs)) {
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

    private static long hits(Object info) {
        Matcher matcher = HITS.matcher((String) info);
        assertThat(matcher.find()).isTrue();
        return Long.parseLong(matcher.group(1)) * 1_000_000 + Long.parseLong(matcher.group(2));
    }

    private static boolean same(List<String> command, Object ours, Object theirs) {
        if (ours instanceof ValueReply.Failure || theirs instanceof ValueReply.Failure) {
            // Line ends in an error become spaces when it is spelled for the wire.
            return ours instanceof ValueReply.Failure f
                    && new ValueReply.Failure(f.line().replace('\r', ' ').replace('\n', ' ')).equals(theirs);
        }
        return switch (command.get(0).toUpperCase(Locale.ROOT)) {
            case "KEYS" -> new TreeSet<>((List<?>) ours).equals(new TreeSet<>((List<?>) theirs));
            case "RANDOMKEY" -> (ours == null) == (theirs == null);
            // A walk in progress stands elsewhere in each of them; from its beginning one step takes all keys.
            case "SCAN" -> !command.get(1).equals("0") || sorted(ours).equals(sorted(theirs));
            case "PTTL", "PEXPIRETIME" -> near(ours, theirs, CLOCKS_APART_MS);
            case "TTL", "EXPIRETIME" -> near(ours, theirs, CLOCKS_APART_MS / 1000);
            default -> Objects.equals(ours, theirs);
        };
    }

    private static boolean near(Object ours, Object theirs, long distance) {
        long a = (Long) ours;
        long b = (Long) theirs;
        return a == b || (a >= 0 && b >= 0 && Math.abs(a - b) < distance);
    }

    private static List<Object> sorted(Object scan) {
        List<?> reply = (List<?>) scan;
        List<String> keys = new ArrayList<>();
        for (Object key : (List<?>) reply.get(1)) {
            keys.add((String) key);
        }
        Collections.sort(keys);
        return List.of(reply.get(0), keys);
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
