package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ValueReply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DUMP and RESTORE by themselves; DifferentialDumpTest holds them against redis-server. */
class DumpCommandsTest {
    private static final String WRONG = "ERR DUMP payload version or checksum are wrong";
    private static final List<String> FILLS = List.of(
            "SET k 123456",
            "SET k \"a string that is a string that is a string that is one\"",
            "RPUSH k a 17 -5000 \"\" bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
            "SADD k 1 2 70000 -9000000000",
            "SADD k a b c",
            "HSET k f v g 12 h wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww",
            "ZADD k 1 a -inf b 2.5 c inf d");

    private final EngineFixture t = new EngineFixture();

    private byte[] dump(String key) {
        Object value = t.run("DUMP " + key).value();
        assertThat(value).isInstanceOf(String.class);
        return ((String) value).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    private EngineFixture.Result restore(String key, String ttl, byte[] payload, String... options) {
        byte[][] words = new byte[4 + options.length][];
        words[0] = ascii("RESTORE");
        words[1] = ascii(key);
        words[2] = ascii(ttl);
        words[3] = payload;
        for (int i = 0; i < options.length; i++) {
            words[4 + i] = ascii(options[i]);
        }
        return t.run(words);
    }

    @Test
    void whatWasDumpedComesBackTheSame() {
        t.run("DUMP k").nil();
        for (String fill : FILLS) {
            t.run("FLUSHALL");
            t.run(fill);
            Object digest = t.run("DEBUG DIGEST-VALUE k").value();
            Object encoding = t.run("OBJECT ENCODING k").value();
            byte[] payload = dump("k");
            t.forget();
            restore("copy", "0", payload).replies("OK");
            t.events("restore:copy");
            assertThat(t.effectLog().take()).singleElement().asString().startsWith("RESTORE copy 0 ");
            t.run("DEBUG DIGEST-VALUE copy").replies(digest);
            t.run("OBJECT ENCODING copy").replies(encoding);
            assertThat(dump("copy")).isEqualTo(payload);
        }
    }

    @Test
    void aDumpIsOneHit() {
        t.run("HSET h f v");
        t.run("SET s v");
        t.run("CONFIG RESETSTAT");
        dump("h");
        dump("s");
        t.run("DUMP none").nil();
        assertThat((String) t.run("INFO stats").value()).contains("keyspace_hits:2\r\nkeyspace_misses:1\r\n");
    }

    @Test
    void bigValuesComeBackTheSame() {
        for (int i = 0; i < 3000; i++) {
            t.run("RPUSH l element:" + i);
            t.run("SADD s member:" + i);
            t.run("HSET h field:" + i + " value:" + i);
            t.run("ZADD z " + i / 3.0 + " member:" + i);
        }
        t.run("SETRANGE str 100000 end");
        for (String key : List.of("l", "s", "h", "z", "str")) {
            Object digest = t.run("DEBUG DIGEST-VALUE " + key).value();
            restore("copy", "0", dump(key), "REPLACE").replies("OK");
            t.run("DEBUG DIGEST-VALUE copy").replies(digest);
        }
    }

    @Test
    void timesToLive() {
        t.run("SET k v");
        byte[] payload = dump("k");
        t.forget();
        long now = t.clock().nowMs();
        restore("a", "5000", payload).replies("OK");
        String effect = t.effectLog().take().toString();
        assertThat(effect).contains("RESTORE a " + (now + 5000) + " ").contains("ABSTTL");
        t.run("PTTL a").replies(5000);
        restore("b", Long.toString(now + 7000), payload, "ABSTTL").replies("OK");
        t.run("PTTL b").replies(7000);
        t.run("SET old x");
        t.forget();
        restore("old", "1", payload, "ABSTTL", "REPLACE").replies("OK");
        t.effects("DEL old");
        t.events("del:old");
        t.run("EXISTS old").replies(0);
        t.forget();
        restore("none", "1", payload, "ABSTTL").replies("OK");
        t.effects();
        t.events();
    }

    @Test
    void fieldsKeepTheirTimesToLive() {
        t.run("HSET h a 1 b 2 c 3");
        t.run("HPEXPIRE h 5000 FIELDS 1 a");
        t.run("HPEXPIRE h 9000 FIELDS 1 b");
        byte[] payload = dump("h");
        t.run("DEL h");
        restore("h", "0", payload).replies("OK");
        t.run("HPTTL h FIELDS 3 a b c").array(5000, 9000, -1);
        t.advance(5001, MILLISECONDS);
        t.run("HMGET h a b c").array(null, "2", "3");
        t.run("DEL h");
        restore("h", "0", payload).replies("OK");
        t.run("HGET h a").nil();
        t.run("HLEN h").replies(2);
    }

    @Test
    void refusals() {
        t.run("SET k v");
        byte[] payload = dump("k");
        restore("k", "0", payload).fails("BUSYKEY Target key name already exists.");
        restore("k", "x", payload).fails("BUSYKEY Target key name already exists.");
        restore("n", "x", payload).fails("ERR value is not an integer or out of range");
        restore("n", "-1", payload).fails("ERR Invalid TTL value, must be >= 0");
        restore("n", "-1", payload, "FOO").fails("ERR syntax error");
        restore("n", "0", payload, "IDLETIME").fails("ERR syntax error");
        restore("n", "0", payload, "IDLETIME", "-1").fails("ERR Invalid IDLETIME value, must be >= 0");
        restore("n", "0", payload, "FREQ", "256").fails("ERR Invalid FREQ value, must be >= 0 and <= 255");
        restore("n", "0", payload, "FREQ", "1", "IDLETIME", "1").fails("ERR syntax error");
        restore("n", "0", ascii("short")).fails(WRONG);
        byte[] newer = payload.clone();
        newer[newer.length - 10] = 13;
        restore("n", "0", Payloads.sealed(newer)).fails(WRONG);
        restore("n", "0", Payloads.payload(2, new byte[] {0}, 10)).fails("ERR Bad data format");
        restore("n", "0", Payloads.payload(2, new byte[] {2, 1, 'a', 1, 'a'}, 10))
                .fails("ERR Bad data format");
        restore("n", "0", Payloads.payload(15, new byte[] {0}, 10)).fails("ERR Bad data format");
        restore("n", "0", Payloads.payload(0, new byte[] {(byte) 0x80, 0x7f, -1, -1, -1}, 10))
                .fails("ERR Bad data format");
        t.run("EXISTS n").replies(0);
        restore("n", "0", payload, "IDLETIME", "1000").replies("OK");
        t.run("OBJECT IDLETIME n").replies(1000);
    }

    /** Damage is refused, or is another value that is whole: nothing crashes, nothing is half done, nothing leaks. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyFlippedBitIsNoticed(boolean sealed) {
        for (String fill : FILLS) {
            t.run("FLUSHALL");
            t.run(fill);
            byte[] payload = dump("k");
            t.run("DEL k");
            int refused = 0;
            int tried = 0;
            for (int bit = 0; bit < (payload.length - (sealed ? 8 : 0)) * 8; bit++) {
                byte[] damaged = payload.clone();
                damaged[bit / 8] ^= (byte) (1 << bit % 8);
                Object reply = restore("k", "0", sealed ? Payloads.sealed(damaged) : damaged)
                        .value();
                tried++;
                if (reply instanceof ValueReply.Failure failure) {
                    assertThat(failure.line()).as("bit %d of %s", bit, fill).isIn(WRONG, "ERR Bad data format");
                    refused++;
                } else {
                    assertThat(sealed).as("bit %d of %s passed", bit, fill).isTrue();
                    t.run("DEBUG DIGEST");
                    t.run("DEL k").replies(1);
                }
            }
            assertThat(refused).isEqualTo(sealed ? refused : tried).isPositive();
        }
    }
}
