package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RandomHashes;
import io.duetdb.engine.kit.RandomStrings;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same random commands on hashes to the engine and to a real redis-server: the same replies, in RESP3's shapes, the
 * same encodings, and in listpacks the same order.
 */
class DifferentialHashesTest {
    private static final int BATCH = 100;

    private final EngineFixture t = new EngineFixture();
    private int errors;
    private int tables;
    private int listpacks;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theEngineAnswersAsRedisServerDoes(long seed) throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        int commands = Boolean.getBoolean("duet.long") ? 1_000_000 : 20_000;
        RandomHashes random = new RandomHashes(seed, 0.1);
        String limits = "CONFIG SET hash-max-listpack-entries " + (seed == 1 ? 12 : 20);
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect()) {
            redis.run("HELLO 3");
            for (String line : List.of(limits, "SET string x")) {
                t.run(line).replies(redis.run(line));
            }
            for (int done = 0; done < commands; done += BATCH) {
                List<List<String>> batch = new ArrayList<>();
                for (int i = 0; i < BATCH; i++) {
                    batch.add(random.next());
                }
                batch.add(List.of("DEL", RandomHashes.keys().get(done / BATCH % 5)));
                batch.add(List.of("SET", "string", "x"));
                compare(redis, batch, "seed " + seed + ", from command " + done);
                t.run("DEBUG DIGEST").replies(redis.run("DEBUG DIGEST"));
            }
        }
        assertThat((double) errors / commands).as("share of errors").isBetween(0.1, 0.4);
        assertThat(tables).as("looks at tables").isGreaterThan(commands / 100);
        assertThat(listpacks).as("looks at listpacks").isGreaterThan(commands / 100);
    }

    private void compare(RespClient redis, List<List<String>> batch, String where) throws Exception {
        for (List<String> command : batch) {
            redis.send(RandomStrings.bytes(command));
        }
        redis.flush();
        for (List<String> command : batch) {
            Object encoding = command.size() < 2 ? null : encoding(command.get(1));
            Object theirs = redis.read();
            Object ours = t.run(RandomStrings.bytes(command)).value();
            if (theirs instanceof ValueReply.Failure) {
                errors++;
            }
            tables += "hashtable".equals(encoding) ? 1 : 0;
            listpacks += "listpack".equals(encoding) ? 1 : 0;
            if (!same(command, ours, theirs, "hashtable".equals(encoding))) {
                throw new AssertionError(where + ": " + printable(command) + " on a " + encoding + "\n  redis: "
                        + printable(theirs) + "\n  duet:  " + printable(ours));
            }
        }
    }

    private Object encoding(String key) {
        return t.run(RandomStrings.bytes(List.of("OBJECT", "ENCODING", key))).value();
    }

    private static boolean same(List<String> command, Object ours, Object theirs, boolean table) {
        if (ours instanceof ValueReply.Failure || theirs instanceof ValueReply.Failure) {
            return ours instanceof ValueReply.Failure f
                    && new ValueReply.Failure(f.line().replace('\r', ' ').replace('\n', ' ')).equals(theirs);
        }
        return switch (command.get(0).toUpperCase(Locale.ROOT)) {
            case "HGETALL" -> ours.equals(theirs) && (table || inOrder(ours).equals(inOrder(theirs)));
            case "HKEYS", "HVALS" -> table ? sorted(ours).equals(sorted(theirs)) : ours.equals(theirs);
            case "HSCAN" -> scanned(command, (List<?>) ours, (List<?>) theirs, table);
            case "HRANDFIELD" -> byChance(ours, theirs, command);
            default -> Objects.equals(ours, theirs);
        };
    }

    private static List<Object> inOrder(Object map) {
        return new ArrayList<>(((Map<?, ?>) map).keySet());
    }

    private static List<String> sorted(Object list) {
        List<String> sorted = new ArrayList<>();
        ((List<?>) list).forEach(o -> sorted.add((String) o));
        sorted.sort(null);
        return sorted;
    }

    /** A walk in progress stands elsewhere in each of them; from its beginning one step takes all fields. */
    private static boolean scanned(List<String> command, List<?> ours, List<?> theirs, boolean table) {
        if (!table) {
            return ours.equals(theirs);
        }
        if (!command.get(2).equals("0")) {
            return true;
        }
        return ours.get(0).equals(theirs.get(0)) && pairs(ours.get(1)).equals(pairs(theirs.get(1)));
    }

    private static Set<String> pairs(Object flat) {
        List<?> list = (List<?>) flat;
        Set<String> pairs = new TreeSet<>();
        for (int i = 0; i < list.size(); i += 2) {
            pairs.add(list.get(i) + " = " + list.get(i + 1));
        }
        assertThat(pairs).hasSize(list.size() / 2);
        return pairs;
    }

    /** As many, all of one shape, and as different from each other as the count asks for. */
    private static boolean byChance(Object ours, Object theirs, List<String> command) {
        if (!(ours instanceof List<?> a) || !(theirs instanceof List<?> b)) {
            return (ours == null) == (theirs == null) && (ours instanceof List) == (theirs instanceof List);
        }
        boolean shapes = a.isEmpty() || a.get(0) instanceof List == b.get(0) instanceof List;
        boolean different = command.get(2).startsWith("-") || new HashSet<>(a).size() == a.size();
        return a.size() == b.size() && shapes && different;
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
