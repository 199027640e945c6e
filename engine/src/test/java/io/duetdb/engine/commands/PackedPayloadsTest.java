package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listpacks that RESTORE takes as they stand, and those that it takes apart: the values are the same. */
class PackedPayloadsTest {
    private static final int PLAIN_LIST = 1;
    private static final int PLAIN_SET = 2;
    private static final int PLAIN_HASH = 4;
    private static final int PLAIN_ZSET = 5;
    private static final int HASH = 16;
    private static final int ZSET = 17;
    private static final int LIST = 18;
    private static final int VERSION = 10;
    private static final int PACKED = 2;
    private static final String BAD = "ERR Bad data format";
    private static final int[] WIDTHS = {7, 12, 15, 23, 31, 55};

    private final EngineFixture t = new EngineFixture();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] payload(int type, byte[] listpack) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (type == LIST) {
            body.write(1);
            body.write(PACKED);
        }
        body.writeBytes(Payloads.string(listpack));
        return Payloads.payload(type, body.toByteArray(), VERSION);
    }

    private EngineFixture.Result restore(String key, byte[] payload) {
        return t.run(bytes("RESTORE"), bytes(key), bytes("0"), payload, bytes("REPLACE"));
    }

    /** A payload whose elements come one by one; of a sorted set each second one is a score, as eight bytes. */
    private static byte[] plain(int type, List<String> elements) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Payloads.length(body, type == PLAIN_HASH || type == PLAIN_ZSET ? elements.size() / 2 : elements.size());
        for (int i = 0; i < elements.size(); i++) {
            if (type == PLAIN_ZSET && i % 2 == 1) {
                long bits = Double.doubleToRawLongBits(
                        Double.parseDouble(elements.get(i).replace("inf", "Infinity")));
                body.writeBytes(Payloads.little(bits, 8));
            } else {
                body.writeBytes(Payloads.string(bytes(elements.get(i))));
            }
        }
        return Payloads.payload(type, body.toByteArray(), VERSION);
    }

    private void run(List<String> words) {
        t.run(words.stream().map(PackedPayloadsTest::bytes).toArray(byte[][]::new));
    }

    /** The same elements in forms that nobody writes: a number as a string, a short string as a long one. */
    private static byte[] clumsy(List<String> elements) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String element : elements) {
            byte[] b = bytes(element);
            out.write(0xE0 | b.length >>> 8);
            out.write(b.length);
            out.writeBytes(b);
            int n = b.length + 2;
            if (n > 127) {
                out.write(n >>> 7);
            }
            out.write(n & 127 | (n > 127 ? 128 : 0));
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(Payloads.little(out.size() + 7, 4));
        all.writeBytes(Payloads.little(elements.size(), 2));
        all.writeBytes(out.toByteArray());
        all.write(0xFF);
        return all.toByteArray();
    }

    /** A number next to where a wider form begins. */
    private static long edge(Random random) {
        long edge = 1L << WIDTHS[random.nextInt(WIDTHS.length)];
        return (random.nextBoolean() ? edge : -edge) + random.nextInt(3) - 1;
    }

    private static String element(Random random, int longest) {
        return switch (random.nextInt(6)) {
            case 0 -> Long.toString(edge(random));
            case 1 -> Long.toString(random.nextLong() >> 8 + random.nextInt(56));
            case 2 -> List.of("", "-0", "007", "+1", " 1", "1 ", "-", "1e3").get(random.nextInt(8));
            default -> "x".repeat(random.nextInt(longest)) + (char) random.nextInt(256);
        };
    }

    private void same(long seed, List<String> command, byte[]... payloads) {
        t.run("DEL made");
        run(command);
        for (int i = 0; i < payloads.length; i++) {
            restore("k", payloads[i]).replies("OK");
            for (String question : List.of("DUMP ", "OBJECT ENCODING ", "DEBUG DIGEST-VALUE ")) {
                assertThat(t.run(question + "k").value())
                        .as("seed %d: %sof payload %d against %s", seed, question, i, command)
                        .isEqualTo(t.run(question + "made").value());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatStandsWholeIsWhatCommandsMake(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            int longest = round % 3 == 0 ? 70 : round % 50 == 1 ? 1100 : 30;
            List<String> list = new ArrayList<>();
            List<String> hash = new ArrayList<>();
            List<String> zset = new ArrayList<>();
            List<String> rpush = new ArrayList<>(List.of("RPUSH", "made"));
            List<String> hset = new ArrayList<>(List.of("HSET", "made"));
            List<String> zadd = new ArrayList<>(List.of("ZADD", "made"));
            int n = 1 + random.nextInt(round % 10 == 0 ? 135 : 20);
            for (int i = 0; i < n; i++) {
                String value = element(random, longest);
                String field = (char) ('A' + i / 50) + "" + (char) ('A' + i % 50) + element(random, longest - 2);
                String score = Integer.toString(i / 3 - 2);
                list.add(value);
                rpush.add(value);
                Collections.addAll(hash, field, value);
                Collections.addAll(hset, field, value);
                Collections.addAll(zset, field, score);
                Collections.addAll(zadd, score, field);
            }
            same(seed, rpush, both(LIST, PLAIN_LIST, list));
            same(seed, hset, both(HASH, PLAIN_HASH, hash));
            same(seed, zadd, both(ZSET, PLAIN_ZSET, zset));
            same(seed, zadd, plain(PLAIN_ZSET, reversed(zset)));
        }
    }

    private static byte[][] both(int type, int plain, List<String> elements) {
        return new byte[][] {
            payload(type, Payloads.listpack(elements)), payload(type, clumsy(elements)), plain(plain, elements)
        };
    }

    private static List<String> reversed(List<String> pairs) {
        List<String> reversed = new ArrayList<>();
        for (int i = pairs.size() - 2; i >= 0; i -= 2) {
            reversed.add(pairs.get(i));
            reversed.add(pairs.get(i + 1));
        }
        return reversed;
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void setsComeBackAsTheyWere(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            Set<String> members = new LinkedHashSet<>();
            int n = 1 + random.nextInt(round % 10 == 0 ? 150 : 20);
            int longest = round % 5 == 0 ? 70 : 20;
            for (int i = 0; i < n; i++) {
                members.add(round % 3 == 0 ? Integer.toString(random.nextInt(1000)) : element(random, longest));
            }
            t.run("DEL made");
            members.forEach(member -> run(List.of("SADD", "made", member)));
            restore("k", plain(PLAIN_SET, new ArrayList<>(members))).replies("OK");
            for (String question : List.of("OBJECT ENCODING ", "DEBUG DIGEST-VALUE ", "SMEMBERS ")) {
                assertThat(t.run(question + "k").value())
                        .as("seed %d, round %d: %s%s", seed, round, question, members)
                        .isEqualTo(t.run(question + "made").value());
            }
        }
    }

    @Test
    void scoresThatAreNoWholeNumbersStandAsTheyDidBefore() {
        List<String> pairs = List.of("a", "-inf", "b", "-1.5", "c", "0.1", "d", "0.1", "e", "3e100", "f", "inf");
        same(
                0,
                List.of("ZADD", "made", "-inf", "a", "-1.5", "b", "0.1", "c", "0.1", "d", "3e100", "e", "inf", "f"),
                both(ZSET, PLAIN_ZSET, pairs));
    }

    @Test
    void aValueThatStandsWholeLivesOn() {
        restore("h", payload(HASH, Payloads.listpack(List.of("a", "1", "b", "text", "c", "-70000"))))
                .replies("OK");
        t.run("HINCRBY h a 200").replies(201L);
        t.run("HDEL h b").replies(1L);
        t.run("HSET h d new").replies(1L);
        t.run("HKEYS h").array("a", "c", "d");
        t.run("HVALS h").array("201", "-70000", "new");
        restore("z", payload(ZSET, Payloads.listpack(List.of("a", "1", "b", "2"))))
                .replies("OK");
        t.run("ZADD z 1.5 m").replies(1L);
        t.run("ZRANGE z 0 -1").array("a", "m", "b");
        restore("l", payload(LIST, Payloads.listpack(List.of("a", "1")))).replies("OK");
        t.run("LPUSH l first").replies(3L);
        t.run("LRANGE l 0 -1").array("first", "a", "1");
    }

    @Test
    void whatIsOutOfOrderIsPutInOrder() {
        restore("z", payload(ZSET, Payloads.listpack(List.of("b", "2", "a", "1", "d", "3", "c", "3"))))
                .replies("OK");
        t.run("ZRANGE z 0 -1").array("a", "b", "c", "d");
        restore("z", payload(ZSET, Payloads.listpack(List.of("a", "1.50", "b", "-0"))))
                .replies("OK");
        t.run("ZRANGE z 0 -1").array("b", "a");
        t.run("ZSCORE z b").replies(-0.0);
        restore("z", payload(ZSET, Payloads.listpack(List.of("a", "9007199254740993"))))
                .replies("OK");
        t.run("ZSCORE z a").replies(9007199254740992.0);
    }

    @Test
    void twinsAndHalvesAreRefused() {
        for (int type : new int[] {HASH, ZSET}) {
            restore("k", payload(type, Payloads.listpack(List.of("a", "1", "b", "2", "a", "3"))))
                    .fails(BAD);
            restore("k", payload(type, Payloads.listpack(List.of("a", "1", "b"))))
                    .fails(BAD);
            restore("k", payload(type, Payloads.listpack(List.of("5", "1", "6", "2", "5", "3"))))
                    .fails(BAD);
        }
        restore("k", plain(PLAIN_HASH, List.of("a", "1", "b", "2", "a", "3"))).fails(BAD);
        restore("k", plain(PLAIN_ZSET, List.of("a", "1", "b", "2", "a", "3"))).fails(BAD);
        restore("k", plain(PLAIN_SET, List.of("a", "1", "a"))).fails(BAD);
        t.run("EXISTS k").replies(0L);
    }
}
