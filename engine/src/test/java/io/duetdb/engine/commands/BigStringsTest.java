package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Host;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ValueReply;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Strings in chunks: whole, appended to, overwritten, deleted; and what happens when memory ends. */
class BigStringsTest {
    private static final ValueReply.Failure OOM =
            new ValueReply.Failure("OOM command not allowed when used memory > 'maxmemory'.");

    private final EngineFixture t = new EngineFixture();

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private void settle(EngineFixture engine) {
        for (int i = 0; i < 5000; i++) {
            engine.turn();
        }
    }

    @Test
    void stringsOfEveryMagnitudeAreKeptWhole() {
        Random random = new Random(3);
        t.turn();
        long empty = t.engine().usedBytes();
        for (int length :
                new int[] {3900, 4000, 4096, 4097, 16_000, 16_384, 65_535, 65_536, 70_000, 1 << 20, 5_000_001}) {
            byte[] value = random(random, length);
            t.run(ascii("SET"), ascii("k"), value).replies("OK");
            t.run("STRLEN k").replies(length);
            t.run("GET k").replies(latin(value));
            t.run("EXPIRE k 100").replies(1);
            t.run("GET k").replies(latin(value));
            t.run("MGET k k").array(latin(value), latin(value));
            t.run(ascii("SET"), ascii("k"), ascii("small"), ascii("GET"), ascii("KEEPTTL"))
                    .replies(latin(value));
            t.run("TTL k").replies(100);
            t.run(ascii("GETSET"), ascii("k"), value).replies("small");
            t.run("OBJECT ENCODING k").replies("raw");
            t.run("GETDEL k").replies(latin(value));
            t.run("DBSIZE").replies(0);
        }
        settle(t);
        t.run("FLUSHALL");
        settle(t);
        assertThat(t.engine().usedBytes()).isEqualTo(empty);
    }

    @Test
    void bigKeysAreKeys() {
        Random random = new Random(4);
        for (int length : new int[] {253, 254, 255, 1023, 1024, 1025, 5000, 100_000}) {
            byte[] key = random(random, length);
            t.run(ascii("SET"), key, ascii("1"), ascii("EX"), ascii("100")).replies("OK");
            t.run(ascii("INCR"), key).replies(2);
            t.run(ascii("APPEND"), key, ascii("x".repeat(9000))).replies(9001);
            t.run(ascii("TTL"), key).replies(100);
            t.run(ascii("PERSIST"), key).replies(1);
            t.run("RANDOMKEY").replies(latin(key));
            t.run("KEYS *").array(latin(key));
            t.run(ascii("KEYS"), ascii("?*")).array(latin(key));
            t.run(ascii("PEXPIRE"), key, ascii("5")).replies(1);
            t.advance(6, java.util.concurrent.TimeUnit.MILLISECONDS).turn();
            t.run("DBSIZE").replies(0);
        }
    }

    @Test
    void appendingGoesThroughAllForms() {
        Random random = new Random(5);
        StringBuilder model = new StringBuilder("12");
        t.run("SET k 12");
        for (int i = 0; i < 400; i++) {
            byte[] more = random(random, random.nextInt(i < 200 ? 60 : 2000));
            model.append(latin(more));
            t.run(ascii("APPEND"), ascii("k"), more).replies(model.length());
            if (i % 7 == 0) {
                t.run("GET k").replies(model.toString());
            }
        }
        t.run("GET k").replies(model.toString());
        t.run("INCR k").fails("ERR value is not an integer or out of range");
    }

    @Test
    void appendStopsAtTheLongestString() {
        EngineFixture small = new EngineFixture("proto-max-bulk-len=1mb");
        byte[] half = new byte[1 << 19];
        small.run(ascii("SET"), ascii("k"), half).replies("OK");
        small.run(ascii("APPEND"), ascii("k"), half).replies(1 << 20);
        small.run("APPEND k x").fails("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        small.run("STRLEN k").replies(1 << 20);
    }

    @Test
    void whenMemoryEndsWritesAreRefusedAndNothingIsHalfDone() {
        EngineFixture small = new EngineFixture(1, 8L << 20, Host.NONE);
        Object reply = "OK";
        int keys = 0;
        byte[] value = new byte[500];
        while (reply.equals("OK")) {
            reply = small.run(ascii("SET"), ascii("key:" + keys), value).value();
            keys++;
        }
        assertThat(reply).isEqualTo(OOM);
        assertThat(keys).isGreaterThan(4000);
        small.run("DBSIZE").replies(keys - 1);
        small.run("GET key:7").replies(latin(value));
        small.run("APPEND key:7 x").fails(OOM.line());
        small.run("INCR new").fails(OOM.line());
        small.run("EXPIRE key:8 1000").replies(1);
        for (int i = 0; i < keys / 2; i++) {
            small.run("DEL key:" + i);
        }
        settle(small);
        small.run("SET key:7 again").replies("OK");
    }

    @Test
    void aValueThatDoesNotFitIsRefused() {
        EngineFixture small = new EngineFixture(1, 8L << 20, Host.NONE);
        small.run("SET k v").replies("OK");
        small.run(ascii("SET"), ascii("k"), new byte[20 << 20]).fails(OOM.line());
        small.run("GET k").replies("v");
        small.run(ascii("MSET"), ascii("a"), ascii("1"), ascii("b"), new byte[20 << 20])
                .fails(OOM.line());
        small.run("DBSIZE").replies(1);
        small.run(ascii("APPEND"), ascii("k"), new byte[20 << 20]).fails(OOM.line());
        small.run("GET k").replies("v");
        byte[] most = new byte[4 << 20];
        for (int i = 0; i < 20; i++) { // what was deleted makes room at once
            small.run(ascii("SET"), ascii("k" + i), most).replies("OK");
            small.run("DEL k" + i).replies(1);
        }
    }
}
