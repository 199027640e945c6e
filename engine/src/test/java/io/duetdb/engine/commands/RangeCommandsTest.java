package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.duetdb.engine.kit.EngineFixture;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangeCommandsTest {
    private final EngineFixture t = new EngineFixture();

    @ParameterizedTest
    @CsvSource({
        "0, -1, Hello world", "0, 0, H", "-5, -1, world", "6, 100, world", "-100, 4, Hello", "5, 3, ''",
        "-1, -5, ''", "11, 20, ''", "-100, -50, H", "0, -100, H", "-1, -1, d", "-9223372036854775808, 1, He",
        "0, 9223372036854775807, Hello world", "9223372036854775807, 0, ''"
    })
    void rangesIncludeBothEndsAndCountFromTheEnd(String start, String end, String expected) {
        t.run("SET k \"Hello world\"");
        t.run("GETRANGE k " + start + " " + end).replies(expected);
        t.run("SUBSTR k " + start + " " + end).replies(expected);
    }

    @Test
    void rangesOfNumbersAndOfNothing() {
        t.run("SET n -12345");
        t.run("GETRANGE n 1 3").replies("123");
        t.run("GETRANGE nothing 0 -1").replies("");
        t.run("GETRANGE n x 1").fails("ERR value is not an integer or out of range");
        t.run("GETRANGE n 1 x").fails("ERR value is not an integer or out of range");
        t.run("SUBSTR n 1").fails("ERR wrong number of arguments for 'substr' command");
    }

    @Test
    void setrangeOverwritesAndFillsUp() {
        t.run("SET k \"Hello World\" EX 100");
        t.forget();
        t.run("SETRANGE k 6 Redis").replies(11);
        t.run("GET k").replies("Hello Redis");
        t.run("SETRANGE k 13 !").replies(14);
        t.run("GET k").replies("Hello Redis\0\0!");
        t.run("OBJECT ENCODING k").replies("raw");
        t.run("TTL k").replies(100);
        t.run("SETRANGE fresh 3 x").replies(4);
        t.run("GET fresh").replies("\0\0\0x");
        t.run("OBJECT ENCODING fresh").replies("raw");
        t.effects("SETRANGE k 6 Redis", "SETRANGE k 13 !", "SETRANGE fresh 3 x");
        t.events("setrange:k", "setrange:k", "setrange:fresh");
        t.run("SET n 12345");
        t.run("SETRANGE n 1 9").replies(5);
        t.run("GET n").replies("19345");
        t.run("INCR n").replies(19346);
    }

    @Test
    void setrangeOfNothingChangesNothing() {
        t.run("SET k abc");
        t.forget();
        t.run("SETRANGE k 100 \"\"").replies(3);
        t.run("SETRANGE nothing 100 \"\"").replies(0);
        t.run("SETRANGE k 9223372036854775807 \"\"").replies(3);
        t.run("EXISTS nothing").replies(0);
        t.effects();
        t.events();
    }

    @Test
    void setrangeRefusesAndLeavesTheKey() {
        t.run("SET k abc");
        t.forget();
        t.run("SETRANGE k -1 x").fails("ERR offset is out of range");
        t.run("SETRANGE k x x").fails("ERR value is not an integer or out of range");
        t.run("SETRANGE k 536870912 x").fails("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        t.run("SETRANGE k 9223372036854775807 x").fails("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        t.run("SETRANGE fresh 536870912 x").fails("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        t.run("GET k").replies("abc");
        t.run("EXISTS fresh").replies(0);
        t.effects();
        t.events();
    }

    @Test
    void farOffsetsTakeNoRoom() {
        t.turn();
        long before = t.engine().usedBytes();
        t.run("SETRANGE k 500000000 x").replies(500_000_001);
        t.run("GETRANGE k 499999998 -1").replies("\0\0x");
        org.assertj.core.api.Assertions.assertThat(t.engine().usedBytes() - before)
                .isLessThan(200_000);
        t.run("DEL k").replies(1);
    }

    @Test
    void anyMixtureOfRangesIsWhatAnArrayWouldHold() {
        Random random = new Random(21);
        byte[] model = new byte[0];
        t.run("SET k \"\"");
        for (int i = 0; i < 600; i++) {
            int from = random.nextInt(random.nextInt(10) == 0 ? 30_000 : model.length + 20);
            byte[] value = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 9000 : 30)];
            random.nextBytes(value);
            model = java.util.Arrays.copyOf(model, Math.max(model.length, from + value.length));
            System.arraycopy(value, 0, model, from, value.length);
            t.run(ascii("SETRANGE"), ascii("k"), ascii("" + from), value).replies(model.length);
            int start = random.nextInt(model.length);
            int end = start + random.nextInt(model.length - start);
            t.run("GETRANGE k " + start + " " + end)
                    .replies(new String(model, start, end - start + 1, StandardCharsets.ISO_8859_1));
            if (i % 100 == 99) {
                t.run("DEL k");
                t.run("SET k 12 EX 100");
                t.advance(1, SECONDS);
                model = ascii("12");
            }
        }
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }
}
