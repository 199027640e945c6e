package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.bytes.Doubles;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RandomSortedSets;
import io.duetdb.engine.kit.RandomStrings;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply.Failure;
import io.duetdb.engine.kit.WireConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The same random commands on sorted sets to the engine and to a real redis-server, in RESP2 and RESP3: the same replies,
 * encodings, key events and digests. Scores are compared as numbers: 7.0 prints them with 17 digits, 7.2 with as few as
 * tell them apart.
 */
class DifferentialZSetsTest {
    private static final int COMMANDS = Boolean.getBoolean("duet.long") ? 500_000 : 8_000;
    private static final int BATCH = 100;

    private final EngineFixture t = new EngineFixture();
    private final WireConnection connection = new WireConnection();
    private final Client client = t.engine().connect(connection);
    private final Map<String, int[]> counts = new TreeMap<>();

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 3", "3, 2", "4, 3"})
    void theEngineAnswersAsRedisServerDoes(long seed, int version) throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        RandomSortedSets random = new RandomSortedSets(seed);
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect();
                RespClient listener = server.connect()) {
            redis.run("CONFIG SET notify-keyspace-events KEA");
            listener.run("PSUBSCRIBE __keyevent@*");
            redis.run("HELLO " + version);
            ours(List.of("HELLO", Integer.toString(version)));
            for (int done = 0; done < COMMANDS; done += BATCH) {
                List<List<String>> batch = new ArrayList<>();
                for (int i = 0; i < BATCH; i++) {
                    batch.add(random.next());
                }
                for (String key : RandomSortedSets.keys()) {
                    batch.add(List.of("OBJECT", "ENCODING", key));
                }
                String where = "seed " + seed + ", from command " + done;
                compare(redis, batch, where);
                assertThat(ours(List.of("DEBUG", "DIGEST"))).as(where).isEqualTo(redis.run("DEBUG DIGEST"));
                t.events(events(redis, listener));
                t.forget();
            }
        }
        int errors = 0;
        int all = 0;
        for (Map.Entry<String, int[]> count : counts.entrySet()) {
            assertThat(count.getValue()[0]).as(count.getKey()).isGreaterThan(20);
            all += count.getValue()[0];
            errors += count.getValue()[1];
        }
        assertThat((double) errors / all).as("share of errors").isBetween(0.1, 0.4);
    }

    private Object ours(List<String> command) throws Exception {
        t.engine().execute(client, new Argv[] {Argv.of(RandomStrings.bytes(command))}, 1);
        Object value = connection.take();
        t.engine().beforeSleep();
        return value;
    }

    private void compare(RespClient redis, List<List<String>> batch, String where) throws Exception {
        for (List<String> command : batch) {
            redis.send(RandomStrings.bytes(command));
        }
        redis.flush();
        for (List<String> command : batch) {
            Object theirs = redis.read();
            Object ours = ours(command);
            String name = command.get(0).toUpperCase(Locale.ROOT);
            int[] count = counts.computeIfAbsent(name, n -> new int[2]);
            count[0]++;
            count[1] += theirs instanceof Failure ? 1 : 0;
            if (!same(name, command, ours, theirs)) {
                throw new AssertionError(where + ": " + printable(command) + "\n  redis: " + printable(theirs)
                        + "\n  duet:  " + printable(ours));
            }
        }
    }

    private static boolean same(String name, List<String> command, Object ours, Object theirs) {
        if (theirs instanceof Failure || ours instanceof Failure) {
            return Objects.equals(ours, theirs) || (name.endsWith("RANK") && command.size() > 3); // 7.2: WITHSCORE
        }
        if (name.equals("ZRANDMEMBER") && !(command.size() > 2 && command.get(2).equals("1000"))) {
            return shape(ours).equals(shape(theirs)); // those of a thousand are all there are, in one order
        }
        if (name.equals("ZSCAN")) {
            return scanned(ours).equals(scanned(theirs));
        }
        return equal(ours, theirs);
    }

    /** Equal, or the same score spelled as in 7.0 and as in 7.2. */
    private static boolean equal(Object ours, Object theirs) {
        if (ours instanceof List<?> a && theirs instanceof List<?> b) {
            boolean equal = a.size() == b.size();
            for (int i = 0; equal && i < a.size(); i++) {
                equal = equal(a.get(i), b.get(i));
            }
            return equal;
        }
        if (ours instanceof String a && theirs instanceof String b && !a.equals(b)) {
            double score = Doubles.parse(b.getBytes(StandardCharsets.ISO_8859_1), 0, b.length());
            return a.equals(Doubles.text(score))
                    && b.equals(new String(Doubles.seventeen(score), StandardCharsets.ISO_8859_1));
        }
        return Objects.equals(ours, theirs);
    }

    /** What chance leaves the same: kinds and counts. */
    private static String shape(Object reply) {
        if (reply instanceof List<?> list) {
            StringBuilder s = new StringBuilder();
            list.forEach(element -> s.append(element instanceof String ? "" : shape(element)));
            return list.size() + "(" + s + ")";
        }
        return reply == null ? "nil" : reply.getClass().getSimpleName();
    }

    private static List<Object> scanned(Object reply) {
        List<?> parts = (List<?>) reply;
        List<?> found = (List<?>) parts.get(1);
        TreeSet<String> members = new TreeSet<>();
        for (int i = 0; i < found.size(); i += 2) {
            members.add(found.get(i) + " " + Double.parseDouble(number((String) found.get(i + 1))));
        }
        return List.of(parts.get(0), members);
    }

    private static String number(String score) {
        return score.replace("inf", "Infinity");
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
        for (int i = 0; i < Math.min(text.length(), 800); i++) {
            char c = text.charAt(i);
            s.append(c >= ' ' && c < 127 ? String.valueOf(c) : String.format("\\x%02x", (int) c));
        }
        return s.toString();
    }
}
