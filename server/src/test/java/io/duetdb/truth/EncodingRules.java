package io.duetdb.truth;

import io.duetdb.truth.NewerRules.Answer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * OBJECT ENCODING of sets and lists, which from 7.2 on are listpacks while they are small, and of hashes whose fields had
 * times to live (7.4): what 7.0.15 answers says which of the newer answers are possible, and the value says which is
 * right. From 7.2 on a command that brings more elements than a compact encoding takes doesn't begin one, though some of
 * them are the same. What a value once was is not known here; {@code EncodingTableTest} has the thresholds.
 */
final class EncodingRules {
    private static final Map<String, Set<String>> NAMES = Map.of(
            "set", Set.of("intset", "listpack", "hashtable"),
            "list", Set.of("listpack", "quicklist"),
            "zset", Set.of("listpack", "skiplist"),
            "hash", Set.of("listpack", "listpackex", "hashtable"));

    private static final int SET_ENTRIES = 128;
    private static final int SET_VALUE = 64;
    private static final int LIST_BYTES = 8192;

    private static final int ZSET_ENTRIES = 128;
    private static final int HASH_ENTRIES = 512;
    private static final int HASH_VALUE = 64;

    /** Share of the elements of a big command that are different, at least. */
    private static final double DIFFERENT = 0.8;

    private final RedisSide redis;
    private final Set<String> crowded = new HashSet<>();
    private boolean loose;

    EncodingRules(RedisSide redis) {
        this.redis = redis;
    }

    /** The limits of encodings are others from here on, at times: only the names are compared. */
    void loosen() {
        loose = true;
    }

    /**
     * Hears of a step: a ZADD XX with many pairs, too, makes a skiplist of a sorted set, which may stay small; and HSETEX,
     * which 7.0.15 is shown as an HSET of what remains, a table for a long value that the same command overwrites.
     */
    void note(Step step, String command) {
        boolean crowds = command.equals("zadd") && step.argv().length > 2 * ZSET_ENTRIES
                || command.equals("hsetex") && Arrays.stream(step.argv()).anyMatch(word -> word.length > HASH_VALUE);
        if (crowds) {
            crowded.add(step.word(1));
        }
    }

    /** Whether a step is held against these rules. */
    boolean covers(Step step, String command) {
        return command.equals("object|encoding") && step.argv().length == 3;
    }

    private Frame ask(Step step, String... words) throws java.io.IOException {
        byte[][] argv = Step.of(step.client(), List.of(words)).argv();
        return Frame.parse(
                redis.run(step.client(), Arrays.<byte[][]>asList(argv)).get(0));
    }

    /** What Duet must reply. */
    Answer answer(Step step) throws Exception {
        byte[] theirs = redis.run(step.client(), step.argv());
        Frame their = Frame.parse(theirs);
        return new Answer() {
            @Override
            public boolean accepts(byte[] ours, Frame reply) {
                if (Arrays.equals(ours, theirs)) {
                    crowded.remove(step.word(2)); // it is another value now, or the same for both
                    return true;
                }
                return !their.isError()
                        && !their.isNil()
                        && !reply.isError()
                        && !reply.isNil()
                        && possible(step, reply.text(), their.text());
            }

            @Override
            public byte[] text() {
                return theirs;
            }
        };
    }

    private boolean possible(Step step, String ours, String theirs) {
        try {
            String key = step.word(2);
            String type = ask(step, "TYPE", key).text();
            if (loose) {
                return NAMES.getOrDefault(type, Set.of()).contains(ours);
            }
            return switch (type) {
                case "set" ->
                    theirs.equals("hashtable")
                            && set(ours, ask(step, "SMEMBERS", key).elements());
                case "list" ->
                    ours.equals("listpack")
                            && listBytes(ask(step, "LRANGE", key, "0", "-1").elements()) <= LIST_BYTES;
                case "hash" ->
                    theirs.equals("listpack")
                            && (ours.equals("listpackex")
                                    || ours.equals("hashtable")
                                            && (size(step, "HLEN") > DIFFERENT * HASH_ENTRIES
                                                    || crowded.contains(key)));
                case "zset" ->
                    theirs.equals("listpack")
                            && ours.equals("skiplist")
                            && (size(step, "ZCARD") > DIFFERENT * ZSET_ENTRIES || crowded.contains(key));
                default -> false;
            };
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private long size(Step step, String command) throws java.io.IOException {
        return Long.parseLong(ask(step, command, step.word(2)).text());
    }

    /** Whether a set of these members may be a listpack, or, as the result of a STORE, an intset. */
    private static boolean set(String ours, List<Frame> members) {
        if (ours.equals("intset")) {
            return members.stream().allMatch(m -> m.text().matches("0|-?[1-9][0-9]{0,18}"));
        }
        return ours.equals("listpack")
                && members.size() <= SET_ENTRIES
                && members.stream().allMatch(m -> m.text().length() <= SET_VALUE);
    }

    /** Bytes of a listpack of these elements, without those of integers, which are less than their digits. */
    private static long listBytes(List<Frame> elements) {
        long bytes = 7;
        for (Frame element : elements) {
            int length = element.text().length();
            boolean integer = element.text().matches("0|-?[1-9][0-9]{0,18}");
            bytes += integer ? 2 : length + 2;
        }
        return bytes;
    }
}
