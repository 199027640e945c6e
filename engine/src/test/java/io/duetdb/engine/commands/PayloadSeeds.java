package io.duetdb.engine.commands;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RandomCollections;
import io.duetdb.engine.kit.RandomStrings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Whole payloads of every type and encoding, old and new, to make damaged ones of. */
final class PayloadSeeds {
    private static final int DUMPS = 60;

    private final Random random;
    private final List<byte[]> all = new ArrayList<>();

    private PayloadSeeds(long seed) {
        random = new Random(seed);
        for (int i = 0; i < 3; i++) {
            packed();
        }
        all.add(Payloads.payload(
                3, new byte[] {3, 1, 'a', 3, '2', '.', '5', 1, 'b', (byte) 254, 1, 'c', (byte) 255}, 6));
    }

    /** The payloads of a seed, the same each time. */
    static List<byte[]> of(long seed) {
        PayloadSeeds seeds = new PayloadSeeds(seed);
        seeds.dumps(seed);
        return seeds.all;
    }

    private List<String> elements(int count) {
        List<String> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(
                    switch (random.nextInt(6)) {
                        case 0 -> Integer.toString(random.nextInt(200) - 100);
                        case 1 -> Long.toString(random.nextLong() >> random.nextInt(63));
                        case 2 -> "e" + i + "x".repeat(random.nextInt(80));
                        case 3 -> "long" + i + "y".repeat(random.nextInt(5000));
                        case 4 -> "";
                        default -> "m" + i;
                    });
        }
        return elements;
    }

    /** Each different, behind each something: fields and values, members and scores. */
    private List<String> pairs(int count, boolean scores) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(i % 3 == 0 ? Integer.toString(i * 1000) : "f" + i);
            pairs.add(
                    scores
                            ? switch (random.nextInt(3)) {
                                case 0 -> "-inf";
                                case 1 -> "1.5";
                                default -> Integer.toString(i);
                            }
                            : "v".repeat(random.nextInt(100)) + i);
        }
        return pairs;
    }

    private void packed() {
        int n = 1 + random.nextInt(20);
        List<String> distinct = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            distinct.add(i % 2 == 0 ? "m" + i : Integer.toString(i << random.nextInt(30)) + i);
        }
        blob(10, Payloads.ziplist(elements(n)), 6);
        blob(13, Payloads.ziplist(pairs(n, false)), 6);
        blob(12, Payloads.ziplist(pairs(n, true)), 6);
        blob(9, Payloads.zipmap(pairs(n, false)), 3);
        blob(11, Payloads.intset(2, -5, 0, 7, 300), 6);
        blob(11, Payloads.intset(4, -70_000, 0, 70_000), 6);
        blob(11, Payloads.intset(8, -1L << 40, 5, 1L << 50), 6);
        blob(16, Payloads.listpack(pairs(n, false)), 10);
        blob(17, Payloads.listpack(pairs(n, true)), 10);
        blob(20, Payloads.listpack(distinct), 11);
        nodes(14, false, 7);
        nodes(18, true, 10);
        ByteArrayOutputStream mortal = new ByteArrayOutputStream();
        mortal.writeBytes(Payloads.little(4_000_000_000_000L, 8));
        mortal.writeBytes(Payloads.string(
                Payloads.listpack(List.of("f", "v", "4000000000000", "g", "w", "4100000000000", "h", "x", "0"))));
        all.add(Payloads.payload(25, mortal.toByteArray(), 12));
    }

    private void blob(int type, byte[] blob, int version) {
        all.add(Payloads.payload(type, Payloads.string(blob), version));
    }

    private void nodes(int type, boolean second, int version) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Payloads.length(out, second ? 3 : 2);
        for (int i = 0; i < 2; i++) {
            if (second) {
                out.write(2);
            }
            List<String> elements = elements(1 + random.nextInt(10));
            out.writeBytes(Payloads.string(second ? Payloads.listpack(elements) : Payloads.ziplist(elements)));
        }
        if (second) {
            out.write(1);
            out.writeBytes(Payloads.string("plain".repeat(300).getBytes(StandardCharsets.US_ASCII)));
        }
        all.add(Payloads.payload(type, out.toByteArray(), version));
    }

    /** What an engine dumps of random values. */
    private void dumps(long seed) {
        EngineFixture t = new EngineFixture();
        RandomCollections collections = new RandomCollections(seed);
        RandomStrings strings = new RandomStrings(seed, 4_000_000_000L, 0, false);
        t.run("RPUSH list a b c");
        t.run("HSET mortal f v g w h x");
        t.run("HPEXPIRE mortal 500000000 FIELDS 2 f g");
        for (int i = 0; i < 600; i++) {
            t.run(RandomStrings.bytes(collections.next()));
            t.run(RandomStrings.bytes(strings.next()));
        }
        t.run("SELECT 0");
        int dumped = 0;
        for (Object key : (List<?>) t.run("KEYS *").value()) {
            byte[] name = ((String) key).getBytes(StandardCharsets.ISO_8859_1);
            Object payload =
                    t.run("DUMP".getBytes(StandardCharsets.US_ASCII), name).value();
            if (payload instanceof String s && s.length() < 20_000 && dumped++ < DUMPS) {
                all.add(s.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
    }
}
