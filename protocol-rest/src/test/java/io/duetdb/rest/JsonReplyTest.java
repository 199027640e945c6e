package io.duetdb.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Every meaning a reply can have, as JSON and under base64. */
final class JsonReplyTest {
    private final JsonReply json = new JsonReply(1 << 24);

    private String plain(Consumer<Reply> command) {
        return write(false, command);
    }

    private String base64(Consumer<Reply> command) {
        return write(true, command);
    }

    @SafeVarargs
    private String write(boolean base64, Consumer<Reply>... commands) {
        json.begin(base64, 0);
        for (Consumer<Reply> command : commands) {
            command.accept(json);
        }
        assertThat(json.items()).isEqualTo(commands.length);
        return new String(json.buffer(), 0, json.size(), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void scalars() {
        assertThat(plain(Reply::ok)).isEqualTo("{\"result\":\"OK\"}");
        assertThat(plain(r -> r.simple("PONG"))).isEqualTo("{\"result\":\"PONG\"}");
        assertThat(plain(r -> r.integer(-7))).isEqualTo("{\"result\":-7}");
        assertThat(plain(r -> r.integer(Long.MIN_VALUE))).isEqualTo("{\"result\":-9223372036854775808}");
        assertThat(plain(r -> r.bulk(42))).isEqualTo("{\"result\":\"42\"}");
        assertThat(plain(r -> r.text(""))).isEqualTo("{\"result\":\"\"}");
        assertThat(plain(Reply::nil)).isEqualTo("{\"result\":null}");
        assertThat(plain(Reply::nilArray)).isEqualTo("{\"result\":null}");
        assertThat(plain(r -> r.real(3.14))).isEqualTo("{\"result\":\"3.14\"}");
        assertThat(plain(r -> r.real(3))).isEqualTo("{\"result\":\"3\"}");
        assertThat(plain(r -> r.real(Double.NEGATIVE_INFINITY))).isEqualTo("{\"result\":\"-inf\"}");
        assertThat(plain(r -> r.bool(true))).isEqualTo("{\"result\":1}");
        assertThat(plain(r -> r.bool(false))).isEqualTo("{\"result\":0}");
        assertThat(plain(r -> r.verbatim(utf8("txt"), 0, 3))).isEqualTo("{\"result\":\"txt\"}");
        assertThat(plain(r -> r.bigNumber(utf8("123456789012345678901"))))
                .isEqualTo("{\"result\":\"123456789012345678901\"}");
        assertThat(plain(r -> r.error(utf8("ERR a\r\nb\"c")))).isEqualTo("{\"error\":\"ERR a  b\\\"c\"}");
        assertThat(json.failed()).isTrue();
    }

    @Test
    void base64EncodesAllStringsButATopLevelStatusOk() {
        assertThat(base64(Reply::ok)).isEqualTo("{\"result\":\"OK\"}");
        assertThat(base64(r -> r.simple("OK"))).isEqualTo("{\"result\":\"OK\"}");
        assertThat(base64(r -> r.text("OK"))).isEqualTo("{\"result\":\"T0s=\"}");
        assertThat(base64(r -> r.simple("PONG"))).isEqualTo("{\"result\":\"UE9ORw==\"}");
        assertThat(base64(r -> r.bulk(42))).isEqualTo("{\"result\":\"NDI=\"}");
        assertThat(base64(r -> r.real(1.5))).isEqualTo("{\"result\":\"MS41\"}");
        assertThat(base64(r -> r.integer(42))).isEqualTo("{\"result\":42}");
        assertThat(base64(Reply::nil)).isEqualTo("{\"result\":null}");
        assertThat(base64(r -> r.error(utf8("ERR x")))).isEqualTo("{\"error\":\"ERR x\"}");
        assertThat(base64(r -> {
                    r.array(3);
                    r.ok();
                    r.error(utf8("ERR in"));
                    r.array(1);
                    r.text("a");
                }))
                .isEqualTo("{\"result\":[\"T0s=\",\"RVJSIGlu\",[\"YQ==\"]]}");
    }

    @Test
    void aggregatesHaveTheShapesOfResp2() {
        assertThat(plain(r -> r.array(0))).isEqualTo("{\"result\":[]}");
        assertThat(plain(r -> r.map(0))).isEqualTo("{\"result\":[]}");
        assertThat(plain(r -> {
                    r.map(2);
                    r.text("a");
                    r.integer(1);
                    r.text("b");
                    r.array(0);
                }))
                .isEqualTo("{\"result\":[\"a\",1,\"b\",[]]}");
        assertThat(plain(r -> {
                    r.pairs(2);
                    for (int i = 0; i < 2; i++) {
                        r.pair();
                        r.text("m" + i);
                        r.real(i + 0.5);
                    }
                }))
                .isEqualTo("{\"result\":[\"m0\",\"0.5\",\"m1\",\"1.5\"]}");
        assertThat(plain(r -> {
                    r.array(2);
                    r.set(1);
                    r.array(1);
                    r.nil();
                    r.push(2);
                    r.ok();
                    r.error(utf8("ERR in"));
                }))
                .isEqualTo("{\"result\":[[[null]],[\"OK\",\"ERR in\"]]}");
    }

    @Test
    void arraysOfUnknownCount() {
        assertThat(plain(r -> r.closeArray(r.openArray(), 0))).isEqualTo("{\"result\":[]}");
        assertThat(plain(r -> {
                    r.array(2);
                    long outer = r.openArray();
                    r.array(1);
                    r.integer(1);
                    long inner = r.openArray();
                    r.text("[");
                    r.text("x");
                    r.closeArray(inner, 2);
                    r.closeArray(outer, 2);
                    r.integer(2);
                }))
                .isEqualTo("{\"result\":[[[1],[\"[\",\"x\"]],2]}");
    }

    @Test
    void itemsOfAListAreSeparated() {
        assertThat(write(false, Reply::ok, r -> r.error(utf8("ERR x")), r -> {
                    r.array(1);
                    r.integer(1);
                }))
                .isEqualTo("{\"result\":\"OK\"},{\"error\":\"ERR x\"},{\"result\":[1]}");
        json.begin(false, 3);
        json.nil();
        assertThat(new String(json.buffer(), 0, json.size(), StandardCharsets.UTF_8))
                .isEqualTo(",{\"result\":null}");
    }

    @Test
    void whatWasWrittenCanBeTakenBack() {
        assertThat(write(false, Reply::ok, r -> {
                    long mark = r.mark();
                    r.array(3);
                    r.text("half");
                    r.bulkParts(10);
                    r.part(utf8("\u20ac").clone(), 0, 2);
                    r.rollback(mark);
                    r.error(utf8("ERR x"));
                }))
                .isEqualTo("{\"result\":\"OK\"},{\"error\":\"ERR x\"}");
        assertThat(plain(r -> {
                    long mark = r.mark();
                    r.array(1);
                    r.text("whole");
                    r.rollback(mark);
                    r.nil();
                }))
                .isEqualTo("{\"result\":null}");
        assertThat(plain(r -> {
                    r.array(3);
                    r.integer(1);
                    long mark = r.mark();
                    r.array(2);
                    r.array(5);
                    r.rollback(mark);
                    r.rollback(mark);
                    r.error(utf8("ERR in"));
                    mark = r.mark();
                    r.integer(8);
                    r.rollback(mark);
                    r.integer(3);
                }))
                .isEqualTo("{\"result\":[1,\"ERR in\",3]}");
    }

    @Test
    void invalidBytesBecomeReplacementCharactersAsJavaDecodesThem() {
        long seed = 7;
        Random random = new Random(seed);
        byte[][] interesting = {
            {(byte) 0xC0, (byte) 0x80},
            {(byte) 0xE0, (byte) 0x80, (byte) 0x80},
            {(byte) 0xF0, (byte) 0x80},
            {(byte) 0xF4, (byte) 0x90},
            {(byte) 0xF5},
            {(byte) 0xFF},
            {(byte) 0x80},
            {(byte) 0xE2, (byte) 0x82},
            {(byte) 0xF0, (byte) 0x9F, (byte) 0x98},
            utf8("é"),
            utf8("€"),
            utf8("😀"),
            {'"'},
            {'\\'},
            {0},
            {31},
            {127},
            {'a'},
            {'['},
            utf8("plain text of some length"),
            utf8("\u2028")
        };
        for (int round = 0; round < 20_000; round++) {
            byte[] value = new byte[0];
            for (int i = random.nextInt(6); i >= 0; i--) {
                byte[] more = interesting[random.nextInt(interesting.length)];
                int at = value.length;
                value = Arrays.copyOf(value, at + more.length);
                System.arraycopy(more, 0, value, at, more.length);
            }
            String expected = new String(value, StandardCharsets.UTF_8);
            assertThat(read(plain(parts(value, random, false))))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(expected);
            assertThat(read(plain(parts(value, random, true))))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(expected);
            assertThat(read(base64(parts(value, random, true))))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(Base64.getEncoder().encodeToString(value));
        }
    }

    @Test
    void encodedSurrogatesAreThreeFaultsAsInBrowsers() {
        byte[] value = {(byte) 0xED, (byte) 0xA0, (byte) 0x80};
        assertThat(read(plain(r -> r.bulk(value)))).isEqualTo("\uFFFD\uFFFD\uFFFD");
    }

    private static Consumer<Reply> parts(byte[] value, Random random, boolean split) {
        return r -> {
            if (!split) {
                r.bulk(value);
                return;
            }
            r.bulkParts(value.length);
            for (int at = 0; at < value.length; ) {
                int n = 1 + random.nextInt(Math.min(3, value.length - at));
                r.part(value, at, n);
                at += n;
            }
        };
    }

    private static String read(String text) {
        try (JsonParser parser = JsonFactory.builder().build().createParser(ObjectReadContext.empty(), text)) {
            parser.nextToken();
            assertThat(parser.nextName()).isEqualTo("result");
            String value = parser.nextStringValue();
            parser.nextToken();
            assertThat(parser.nextToken()).isNull();
            return value;
        }
    }

    @Test
    void runsOfAnyLengthAreCopiedRight() {
        for (int length = 0; length < 70; length++) {
            for (int special = 0; special <= length; special++) {
                byte[] value = new byte[length];
                Arrays.fill(value, (byte) 'x');
                if (special < length) {
                    value[special] = (byte) "\"\\\n\u0001\u007f~! ".charAt(special % 8);
                }
                assertThat(read(plain(r -> r.bulk(value)))).isEqualTo(new String(value, StandardCharsets.ISO_8859_1));
            }
        }
    }

    @Test
    void aReplyPastTheLimitBecomesAnErrorAndTakesNoMemory() {
        JsonReply small = new JsonReply(100);
        small.begin(false, 0);
        small.bulkParts(1_000_000_000L);
        byte[] part = new byte[10_000_000];
        for (int i = 0; i < 100; i++) {
            small.part(part, 0, part.length);
        }
        small.array(200);
        for (int i = 0; i < 200; i++) {
            small.integer(i);
        }
        small.text("x".repeat(100));
        assertThat(new String(small.buffer(), 0, small.size(), StandardCharsets.UTF_8))
                .isEqualTo("{\"error\":\"ERR max request size exceeded. Limit: 100, Actual: 1000000000\"},"
                        + "{\"error\":\"ERR max request size exceeded. Limit: 100, Actual: 1601\"},"
                        + "{\"result\":\"" + "x".repeat(100) + "\"}");
        assertThat(small.buffer().length).isLessThan(100_000);
        small.begin(false, 0);
        long top = small.mark();
        small.array(3);
        small.text("x".repeat(101));
        long mark = small.mark();
        small.text("y");
        small.rollback(mark);
        small.rollback(top);
        small.error(utf8("ERR x"));
        small.nil();
        assertThat(new String(small.buffer(), 0, small.size(), StandardCharsets.UTF_8))
                .isEqualTo("{\"error\":\"ERR x\"},{\"result\":null}");
    }

    // ---- the list of a transaction

    @Test
    void theElementsOfASpreadArrayAreItems() {
        json.begin(true, 0);
        json.spread();
        json.array(4);
        json.ok();
        long mark = json.mark();
        json.array(3);
        json.integer(1);
        json.rollback(mark);
        json.error(JsonReply.ascii("ERR half way"));
        json.array(2);
        json.ok();
        json.nil();
        json.bulk(new byte[] {'v'}, 0, 1);
        json.close();
        assertThat(new String(json.buffer(), 0, json.size(), StandardCharsets.UTF_8))
                .isEqualTo("[{\"result\":\"OK\"},{\"error\":\"ERR half way\"},{\"result\":[\"T0s=\",null]},"
                        + "{\"result\":\"dg==\"}]");
        assertThat(json.items()).isEqualTo(4);
    }

    @Test
    void aSpreadArrayCanBeTakenBackWhole() {
        json.begin(false, 0);
        json.spread();
        long mark = json.mark();
        json.array(2);
        json.ok();
        json.rollback(mark);
        json.error(JsonReply.ascii("ERR a bug"));
        assertThat(json.spreading()).isFalse();
        assertThat(new String(json.buffer(), 0, json.size(), StandardCharsets.UTF_8))
                .isEqualTo("{\"error\":\"ERR a bug\"}");
        assertThat(json.items()).isEqualTo(1);
    }

    @Test
    void aSpreadArrayHasALimitOfItsOwn() {
        JsonReply small = new JsonReply(1000, 100);
        small.begin(false, 0);
        small.spread();
        small.array(3);
        small.bulk(new byte[80], 0, 20);
        small.bulk(new byte[80], 0, 80);
        small.nil();
        small.close();
        assertThat(new String(small.buffer(), 0, small.size(), StandardCharsets.UTF_8))
                .contains("},{\"error\":\"ERR max request size exceeded. Limit: ")
                .endsWith("]");
        assertThat(small.items()).isEqualTo(3);
    }
}
