package io.duetdb.wire;

import static io.duetdb.wire.DecoderKit.encode;
import static io.duetdb.wire.DecoderKit.latin;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RespDecoderTest {
    private final DecoderKit kit = new DecoderKit();

    @Test
    void takesArraysOfBulkStrings() {
        kit.feed("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n*1\r\n$4\r\nPING\r\n");
        assertThat(kit.requests).containsExactly("SET|k|", "PING");
        assertThat(kit.decoder.pending()).isZero();
    }

    @Test
    void passesOverEmptyRequests() {
        kit.feed("*0\r\n*-1\r\n\r\n   \r\n\n*1\r\n$4\r\nPING\r\n*-5\r\n");
        assertThat(kit.requests).containsExactly("PING");
        assertThat(kit.decoder.pending()).isZero();
        assertThat(kit.error()).isNull();
    }

    @Test
    void doesNotCheckTheLineEndsBehindLengthsAndBulks() {
        kit.feed("*1\rx$4\r_PINGab*1\r\n$1\r\nA\r\n");
        assertThat(kit.requests).containsExactly("PING", "A");
    }

    @Test
    void takesInlineCommands() {
        kit.feed("PING\r\nset  a b\n\t get\ta  \r\nECHO \"a\\x41\\n\\\"q\\z\" 'it\\'s' x\u000by\r\n\"\"\r\n");
        assertThat(kit.requests).containsExactly("PING", "set|a|b", "get|a", "ECHO|aA\n\"qz|it's|x\u000by", "");
    }

    @ParameterizedTest
    @CsvSource({
        "*x\\r\\n, invalid multibulk length",
        "*\\r\\n, invalid multibulk length",
        "*2147483648\\r\\n, invalid multibulk length",
        "*01\\r\\n, invalid multibulk length",
        "*1\\r\\n:1\\r\\n, 'expected ''$'', got '':'''",
        "*1\\r\\n\\r\\n, 'expected ''$'', got '' '''",
        "*1\\r\\n$-1\\r\\n, invalid bulk length",
        "*1\\r\\n$536870913\\r\\n, invalid bulk length",
        "*1\\r\\n$x\\r\\n, invalid bulk length",
        "*1\\r\\n$99999999999999999999\\r\\n, invalid bulk length",
        "*1\\r\\n$04\\r\\nPING\\r\\n, invalid bulk length",
        "ECHO \"a\\r\\n, unbalanced quotes in request",
        "ECHO 'a'b\\r\\n, unbalanced quotes in request"
    })
    void endsWithTheErrorOfRedis(String input, String error) {
        kit.feed("*1\r\n$4\r\nPING\r\n" + input.replace("\\r", "\r").replace("\\n", "\n") + "PING\r\n");
        assertThat(kit.requests).containsExactly("PING");
        assertThat(kit.error()).isEqualTo("ERR Protocol error: " + error);
    }

    @Test
    void limitsLinesWithoutAnEnd() {
        assertThat(new DecoderKit().feed("x".repeat(65536)).error()).isNull();
        assertThat(new DecoderKit().feed("x".repeat(65537)).error()).endsWith("too big inline request");
        assertThat(new DecoderKit().feed("*" + "1".repeat(65536)).error()).endsWith("too big mbulk count string");
        assertThat(new DecoderKit().feed("*1\r\n$" + "1".repeat(65536)).error()).endsWith("too big bulk count string");
    }

    @Test
    void limitsWhatAStrangerMaySend() {
        kit.authenticated = false;
        kit.feed("*10\r\n" + "$1\r\na\r\n".repeat(10)).feed("*1\r\n$16384\r\n" + "x".repeat(16384) + "\r\n");
        assertThat(kit.requests).hasSize(2);
        kit.feed("*1\r\n$16385\r\n");
        assertThat(kit.error()).endsWith("unauthenticated bulk length");
        DecoderKit other = new DecoderKit();
        other.authenticated = false;
        assertThat(other.feed("*11\r\n").error()).endsWith("unauthenticated multibulk length");
    }

    @Test
    void aStrangersRequestsComeOneByOneSinceTheFirstMayBeAuth() {
        DecoderKit kit = new DecoderKit();
        byte[] input = latin("AUTH x\r\n*11\r\n" + "$1\r\na\r\n".repeat(11));
        kit.decoder.input(input, 0, input.length);
        assertThat(kit.decoder.decode(32, false)).isEqualTo(1);
        kit.decoder.executed(1);
        assertThat(kit.decoder.decode(32, true)).isEqualTo(1);
        assertThat(kit.buffers.batch()[0].count()).isEqualTo(11);
    }

    @Test
    void theBulkLimitIsASetting() {
        DecoderLimits limits = new DecoderLimits();
        limits.bulkBytesMax(100);
        assertThat(new DecoderKit(new WireBuffers(), limits)
                        .feed("*1\r\n$101\r\n")
                        .error())
                .endsWith("invalid bulk length");
        assertThat(new DecoderKit(new WireBuffers(), limits)
                        .feed("*1\r\n$100\r\n")
                        .error())
                .isNull();
    }

    @Test
    void unfinishedRequestsHaveALimitToo() {
        DecoderLimits limits = new DecoderLimits();
        limits.queryBytesMax(1_000_000);
        DecoderKit kit = new DecoderKit(new WireBuffers(), limits);
        kit.feed("*1000000000\r\n");
        for (int i = 0; i < 200_000 && !kit.decoder.overLimit(); i++) {
            kit.feed("$1\r\na\r\n");
        }
        assertThat(kit.decoder.overLimit()).isTrue();
        assertThat(kit.decoder.pending()).isLessThan(1_000_000);
    }

    private static final String[][] SAMPLES = {
        {"PING"},
        {"SET", "key:000000001", "x".repeat(64)},
        {"MSET", "a", "", "b", "\r\n", "c", "*1\r\n$4\r\nPING\r\n"},
        {"SET", "k", "\0\u00ff\r\n"},
        {"HSET", "h", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17"}
    };

    @Test
    void aRequestMayBeCutAtAnyByte() {
        for (String[] sample : SAMPLES) {
            byte[] one = encode(sample);
            byte[] two = concat(one, encode("GET", "x"), latin("INLINE 'a b' c\r\n"), encode("LAST"));
            String expected = new DecoderKit().feed(two).outcome();
            for (int cut = 1; cut < two.length; cut++) {
                assertThat(new DecoderKit()
                                .feed(two, 0, cut)
                                .feed(two, cut, two.length)
                                .outcome())
                        .as("%s cut at %d", sample[0], cut)
                        .isEqualTo(expected);
                for (int second = cut + 1; second < two.length && one.length < 120; second += 3) {
                    DecoderKit k = new DecoderKit();
                    k.feed(two, 0, cut).feed(two, cut, second).feed(two, second, two.length);
                    assertThat(k.outcome()).isEqualTo(expected);
                }
            }
            DecoderKit bytewise = new DecoderKit();
            for (int i = 0; i < two.length; i++) {
                bytewise.feed(two, i, i + 1);
            }
            assertThat(bytewise.outcome()).isEqualTo(expected);
            assertThat(bytewise.decoder.pending()).isZero();
        }
    }

    @Test
    void aPipelineOfTenThousandComesThroughInOrder() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            out.writeBytes(encode("SET", "key:" + i, "v".repeat(i % 97)));
            expected.add("SET|key:" + i + "|" + "v".repeat(i % 97));
        }
        byte[] all = out.toByteArray();
        assertThat(new DecoderKit().feed(all).requests).isEqualTo(expected);
        DecoderKit odd = new DecoderKit();
        for (int at = 0; at < all.length; at += 1447) {
            odd.feed(all, at, Math.min(all.length, at + 1447));
        }
        assertThat(odd.requests).isEqualTo(expected);
    }

    @Test
    void bigBulksArriveInPieces() {
        Random random = new Random(11);
        for (int size : new int[] {32_767, 32_768, 32_769, 65_536, 100_000, 300_000, 1_000_000}) {
            StringBuilder value = new StringBuilder();
            while (value.length() < size) {
                value.append(Integer.toHexString(random.nextInt()));
            }
            value.setLength(size);
            byte[] all = concat(
                    encode("GET", "a"), encode("SET", "k", value.toString(), "EX", "10"),
                    encode("MSET", value.toString(), value.toString()), encode("GET", "b"));
            List<String> expected =
                    List.of("GET|a", "SET|k|" + value + "|EX|10", "MSET|" + value + "|" + value, "GET|b");
            for (int round = 0; round < 12; round++) {
                DecoderKit kit = new DecoderKit();
                int step = round == 0 ? all.length : 1 + random.nextInt(round < 6 ? 3000 : 120_000);
                for (int at = 0; at < all.length; at += step) {
                    kit.feed(all, at, Math.min(all.length, at + step));
                }
                assertThat(kit.requests.equals(expected))
                        .as("size %d step %d", size, step)
                        .isTrue();
                assertThat(kit.decoder.pending()).isZero();
            }
        }
    }

    @Test
    void whatABlockedClientSentWaits() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                String value = "v".repeat(random.nextInt(20) == 0 ? random.nextInt(90_000) : random.nextInt(40));
                out.writeBytes(encode("SET", "k" + i, value));
                expected.add("SET|k" + i + "|" + value);
            }
            byte[] all = out.toByteArray();
            DecoderKit kit = new DecoderKit();
            kit.blocking = random;
            for (int at = 0; at < all.length; ) {
                int step = 1 + random.nextInt(20_000);
                kit.feed(all, at, Math.min(all.length, at + step));
                at += step;
                if (random.nextBoolean()) {
                    kit.resume();
                }
            }
            for (int i = 0; i < 500; i++) {
                kit.resume();
            }
            assertThat(shortened(kit.requests)).as("seed %d", seed).isEqualTo(shortened(expected));
            assertThat(kit.requests.equals(expected)).isTrue();
            assertThat(kit.decoder.pending()).isZero();
        }
    }

    @Test
    void announcedBytesCostNothingUntilTheyArrive() {
        WireBuffers buffers = new WireBuffers();
        List<DecoderKit> kits = new ArrayList<>();
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        long before = runtime.totalMemory() - runtime.freeMemory();
        for (int i = 0; i < 1000; i++) {
            DecoderKit kit = new DecoderKit(buffers, new DecoderLimits());
            kit.feed("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\n" + "x".repeat(i % 2));
            kits.add(kit);
        }
        System.gc();
        long after = runtime.totalMemory() - runtime.freeMemory();
        assertThat(after - before).isLessThan(32L << 20);
        assertThat(kits).hasSize(1000);
    }

    @Test
    void aCountCostsNothingEither() {
        assertThat(kit.feed("*2147483647\r\n$1\r\na\r\n").error()).isNull();
        assertThat(kit.requests).isEmpty();
    }

    @Test
    void aRequestOfAMillionArgumentsIsTakenInTime() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(latin("*1000001\r\n$4\r\nMGET\r\n"));
        byte[] argument = latin("$3\r\nabc\r\n");
        for (int i = 0; i < 1_000_000; i++) {
            out.writeBytes(argument);
        }
        byte[] all = out.toByteArray();
        int[] counts = new int[1];
        RespDecoder decoder = kit.decoder;
        for (int at = 0; at < all.length; at += 5000) {
            decoder.input(all, at, Math.min(5000, all.length - at));
            if (decoder.decode(32, true) == 1) {
                counts[0] = kit.buffers.batch()[0].count();
            }
            decoder.keep();
        }
        assertThat(counts[0]).isEqualTo(1_000_001);
    }

    @Test
    void mutatedInputNeitherEscapesNorHangsNorDependsOnItsCuts() {
        int n = Boolean.getBoolean("duet.long") ? 2_000_000 : 20_000;
        long seed = 20260101;
        Random random = new Random(seed);
        WireBuffers buffers = new WireBuffers();
        String alphabet = "*$:+-0123456789\r\n\r\n \"'\\xaPING\0";
        for (int i = 0; i < n; i++) {
            byte[] input = mutated(random, alphabet);
            DecoderKit whole = new DecoderKit(buffers, new DecoderLimits());
            whole.authenticated = i % 5 != 0;
            whole.feed(input);
            DecoderKit cut = new DecoderKit(buffers, new DecoderLimits());
            cut.authenticated = whole.authenticated;
            for (int at = 0; at < input.length; ) {
                int step = 1 + random.nextInt(random.nextBoolean() ? 4 : 60);
                cut.feed(input, at, Math.min(input.length, at + step));
                at += step;
            }
            assertThat(cut.outcome()).as("seed %d, input %d", seed, i).isEqualTo(whole.outcome());
            assertThat(whole.decoder.pending()).isLessThanOrEqualTo(input.length);
            whole.decoder.close();
            cut.decoder.close();
        }
        assertThat(buffers.spareBytes()).isLessThan(6L << 20);
    }

    private static byte[] mutated(Random random, String alphabet) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int r = 1 + random.nextInt(4); r > 0; r--) {
            if (random.nextInt(4) == 0) {
                out.writeBytes(latin("SET \"a b\" 'c' " + random.nextInt(1000) + "\r\n"));
                continue;
            }
            String[] sample = SAMPLES[random.nextInt(SAMPLES.length)].clone();
            if (random.nextInt(300) == 0) {
                sample[sample.length - 1] = String.join("", Collections.nCopies(9000, "blob!"));
            }
            out.writeBytes(encode(sample));
        }
        byte[] b = out.toByteArray();
        for (int m = random.nextInt(4); m > 0; m--) {
            b[random.nextInt(b.length)] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        }
        if (random.nextInt(3) == 0) {
            int at = random.nextInt(b.length);
            b = concat(
                    java.util.Arrays.copyOf(b, at),
                    java.util.Arrays.copyOfRange(b, Math.min(b.length, at + random.nextInt(5)), b.length));
        }
        return b;
    }

    private static List<String> shortened(List<String> requests) {
        return requests.stream()
                .map(r -> r.length() < 30 ? r : r.substring(0, 10) + "..." + r.length())
                .toList();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
