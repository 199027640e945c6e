package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RandomSets;
import io.duetdb.engine.kit.RandomStrings;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same random commands on sets to the engine and to a real redis-server: the same replies, key events and digests.
 * Members without order are compared sorted. What one server chose by chance is looked at for being possible; what it
 * popped the other is told by the effect. Encodings are not compared: 7.0 knows no listpack of members.
 */
class DifferentialSetsTest {
    private static final int BATCH = 20;

    private int errors;
    private final Set<String> encodings = new TreeSet<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theEngineAnswersAsRedisServerDoes(long seed) throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        int commands = Boolean.getBoolean("duet.long") ? 1_000_000 : 12_000;
        EngineFixture t = new EngineFixture();
        RandomSets random = new RandomSets(seed, 0.12);
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect();
                RespClient listener = server.connect()) {
            redis.run("CONFIG SET notify-keyspace-events KEA");
            listener.run("PSUBSCRIBE __keyevent@*");
            for (int done = 0; done < commands; done += BATCH) {
                boolean popped = false;
                for (int i = 0; i < BATCH; i++) {
                    popped |= compare(t, redis, random.next(), "seed " + seed + ", command " + (done + i));
                }
                t.run("DEBUG DIGEST").replies(redis.run("DEBUG DIGEST"));
                String[] events = events(redis, listener);
                if (!popped) {
                    t.events(events);
                }
                t.forget();
                String key = random.key();
                Object encoding = t.run(RandomStrings.bytes(List.of("OBJECT", "ENCODING", key)))
                        .value();
                encodings.add(encoding + "");
            }
        }
        assertThat((double) errors / commands).as("share of errors").isBetween(0.1, 0.4);
        assertThat(encodings).contains("intset", "listpack", "hashtable");
    }

    /** Runs a command on both sides. Returns whether it popped, which the real server was told by effects. */
    private boolean compare(EngineFixture t, RespClient redis, List<String> command, String where) throws Exception {
        t.effectLog().take();
        Object ours = t.run(RandomStrings.bytes(command)).value();
        String name = command.get(0).toUpperCase(Locale.ROOT);
        if (name.equals("SPOP") && !t.effectLog().requests().isEmpty()) {
            long removed = 0;
            for (Argv effect : t.effectLog().requests()) {
                byte[][] words = new byte[effect.count()][];
                for (int i = 0; i < words.length; i++) {
                    words[i] = effect.bytes(i);
                }
                redis.send(words);
                redis.flush();
                Object reply = redis.read();
                removed += effect.is(0, "SREM") ? (Long) reply : 0;
            }
            int size = ours instanceof List<?> list ? new HashSet<>(list).size() : 1;
            boolean all = t.effectLog().take().get(0).startsWith("DEL");
            assertThat(all || removed == size).as(where).isTrue();
            return true;
        }
        redis.send(RandomStrings.bytes(command));
        redis.flush();
        Object theirs = redis.read();
        if (theirs instanceof ValueReply.Failure) {
            errors++;
        }
        if (!same(redis, command, name, ours, theirs)) {
            throw new AssertionError(where + ": " + printable(command) + "\n  redis: " + printable(theirs)
                    + "\n  duet:  " + printable(ours));
        }
        return false;
    }

    private static boolean same(RespClient redis, List<String> command, String name, Object ours, Object theirs)
            throws Exception {
        if (ours instanceof ValueReply.Failure || theirs instanceof ValueReply.Failure) {
            // Line ends in an error become spaces when it is spelled for the wire.
            return ours instanceof ValueReply.Failure f
                    && new ValueReply.Failure(f.line().replace('\r', ' ').replace('\n', ' ')).equals(theirs);
        }
        return switch (name) {
            case "SMEMBERS", "SINTER", "SUNION", "SDIFF" -> sorted(ours).equals(sorted(theirs));
            case "SRANDMEMBER" -> possible(redis, command, ours, theirs);
            case "SSCAN" -> sameScan(command, (List<?>) ours, (List<?>) theirs);
            default -> Objects.equals(ours, theirs);
        };
    }

    private static boolean sameScan(List<String> command, List<?> ours, List<?> theirs) {
        // A walk in progress stands elsewhere in each of them; from its beginning one step takes all members.
        return !command.get(2).equals("0")
                || (ours.get(0).equals(theirs.get(0)) && sorted(ours.get(1)).equals(sorted(theirs.get(1))));
    }

    private static boolean possible(RespClient redis, List<String> command, Object ours, Object theirs)
            throws Exception {
        if (ours == null || theirs == null) {
            return ours == theirs;
        }
        redis.send(RandomStrings.bytes(List.of("SMEMBERS", command.get(1))));
        redis.flush();
        List<?> all = (List<?>) redis.read();
        List<?> chosen = ours instanceof List<?> list ? list : List.of(ours);
        boolean different = command.size() < 3 || !command.get(2).startsWith("-");
        return all.containsAll(chosen)
                && (!(theirs instanceof List<?> list) || list.size() == chosen.size())
                && (!different || new HashSet<>(chosen).size() == chosen.size());
    }

    private static List<String> sorted(Object members) {
        List<String> sorted = new ArrayList<>();
        for (Object member : (List<?>) members) {
            sorted.add((String) member);
        }
        sorted.sort(null);
        return sorted;
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
