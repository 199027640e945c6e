package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HashCommandsTest {
    private static final String WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

    private final EngineFixture t = new EngineFixture();

    @Test
    void fieldsAreSetGotAndDeleted() {
        t.run("HSET h a 1 b 2 a 3").replies(2);
        t.run("HSET h a 4 c 5").replies(1);
        t.run("HGET h a").replies("4");
        t.run("HGET h x").nil();
        t.run("HGET nothing x").nil();
        t.run("HMGET h a x c").array("4", null, "5");
        t.run("HMGET nothing a x").array(null, null);
        t.run("HGETALL h").replies(Map.of("a", "4", "b", "2", "c", "5"));
        t.run("HGETALL nothing").replies(Map.of());
        t.run("HKEYS h").array("a", "b", "c");
        t.run("HVALS h").array("4", "2", "5");
        t.run("HKEYS nothing").array();
        t.run("HVALS nothing").array();
        t.run("HLEN h").replies(3);
        t.run("HLEN nothing").replies(0);
        t.run("HSTRLEN h a").replies(1);
        t.run("HSTRLEN h x").replies(0);
        t.run("HSTRLEN nothing x").replies(0);
        t.run("HEXISTS h a").replies(1);
        t.run("HEXISTS h x").replies(0);
        t.run("HEXISTS nothing x").replies(0);
        t.run("HDEL h a x b a").replies(2);
        t.run("HDEL nothing a").replies(0);
        t.run("TYPE h").replies("hash");
        t.run("HDEL h c").replies(1);
        t.run("EXISTS h").replies(0);
    }

    /** The value begins and ends where the field's bytes fill their block: nothing behind it is touched. */
    @Test
    void emptyValuesOfFieldsOfEveryLength() {
        EngineFixture tables = new EngineFixture("hash-max-listpack-entries=0");
        for (int n = 1; n < 300; n++) {
            String field = "f".repeat(n);
            tables.run("HSET h" + n % 7 + " " + field + " \"\"").replies(1);
            tables.run("HGET h" + n % 7 + " " + field).replies("");
            tables.run("HSET h" + n % 7 + " " + field + " v").replies(0);
            tables.run("HSET h" + n % 7 + " " + field + " \"\"").replies(0);
        }
    }

    @Test
    void hmsetAndHsetnx() {
        t.run("HMSET h a 1 b 2").replies("OK");
        t.run("HSETNX h a 5").replies(0);
        t.run("HSETNX h c 6").replies(1);
        t.run("HSETNX g c 6").replies(1);
        t.run("HVALS h").array("1", "2", "6");
        t.events("hset:h", "hset:h", "hset:g");
    }

    @Test
    void errorsLeaveNoHashBehind() {
        t.run("SET s x");
        t.run("HSET h a").fails("ERR wrong number of arguments for 'hset' command");
        t.run("HSET h a 1 b").fails("ERR wrong number of arguments for 'hset' command");
        t.run("HMSET h a 1 b").fails("ERR wrong number of arguments for 'hmset' command");
        for (String line : List.of(
                "HSET s a 1",
                "HSETNX s a 1",
                "HMSET s a 1",
                "HGET s a",
                "HMGET s a",
                "HGETALL s",
                "HKEYS s",
                "HVALS s",
                "HLEN s",
                "HSTRLEN s a",
                "HEXISTS s a",
                "HDEL s a",
                "HINCRBY s a 1",
                "HINCRBYFLOAT s a 1",
                "HRANDFIELD s",
                "HRANDFIELD s 1",
                "HSCAN s 0")) {
            t.run(line).fails(WRONGTYPE);
        }
        t.run("HINCRBY h a x").fails("ERR value is not an integer or out of range");
        t.run("HINCRBYFLOAT h a x").fails("ERR value is not a valid float");
        t.run("HINCRBYFLOAT h a inf").fails("ERR value is NaN or Infinity");
        t.run("EXISTS h").replies(0);
        t.events("set:s");
    }

    @Test
    void numbersInFields() {
        t.run("HINCRBY h n 5").replies(5);
        t.run("HINCRBY h n -7").replies(-2);
        t.run("HSET h max 9223372036854775807 text abc f 1.5 padded \" 1\"");
        t.run("HINCRBY h max 1").fails("ERR increment or decrement would overflow");
        t.run("HINCRBY h text 1").fails("ERR hash value is not an integer");
        t.run("HINCRBY h padded 1").fails("ERR hash value is not an integer");
        t.run("HINCRBYFLOAT h f 1.25").replies("2.75");
        t.run("HINCRBYFLOAT h n 0.1").replies("-1.9");
        t.run("HINCRBYFLOAT h new 3.0e3").replies("3000");
        t.run("HINCRBYFLOAT h text 1").fails("ERR hash value is not a float");
        t.run("HGET h n").replies("-1.9");
    }

    @Test
    void aSmallHashIsAListpackUpToTheLimits() {
        t.run("CONFIG SET hash-max-listpack-entries 3 hash-max-listpack-value 5");
        t.run("HSET h a 1 b 2 c 3");
        t.run("OBJECT ENCODING h").replies("listpack");
        t.run("HSET h c 12345");
        t.run("OBJECT ENCODING h").replies("listpack");
        t.run("HSET h d 4");
        t.run("OBJECT ENCODING h").replies("hashtable");
        t.run("HDEL h a b c");
        t.run("OBJECT ENCODING h").replies("hashtable");
        t.run("HSET g a 123456");
        t.run("OBJECT ENCODING g").replies("hashtable");
        t.run("HSET g2 abcdef 1");
        t.run("OBJECT ENCODING g2").replies("hashtable");
        t.run("HINCRBY n field6 1");
        t.run("OBJECT ENCODING n").replies("hashtable");
        t.run("HINCRBY m f 12345");
        t.run("OBJECT ENCODING m").replies("listpack");
        t.run("HINCRBY m f 123456");
        t.run("OBJECT ENCODING m").replies("hashtable");
        t.run("COPY h copy").replies(1);
        t.run("OBJECT ENCODING copy").replies("hashtable");
        t.run("HGETALL copy").replies(Map.of("d", "4"));
    }

    @Test
    void longFieldsAndValuesAreKept() {
        for (int length : new int[] {63, 64, 65, 253, 254, 1023, 1024, 1025, 4096, 70_000}) {
            String field = "f".repeat(length);
            String value = "v".repeat(length);
            t.run("HSET h " + field + " " + value).replies(1);
            t.run("HGET h " + field).replies(value);
            t.run("HSTRLEN h " + field).replies(length);
            t.run("HSET h " + field + " short").replies(0);
            t.run("HGET h " + field).replies("short");
            t.run("HSET h " + field + " " + value).replies(0);
        }
        t.run("HLEN h").replies(10);
        t.run("RENAME h g");
        t.run("COPY g h").replies(1);
        t.run("DEL g");
        t.run("HGET h " + "f".repeat(70_000)).replies("v".repeat(70_000));
        t.run("FLUSHALL");
        t.turn();
    }

    // ---- by chance

    private void fill(String key, int fields) {
        for (int i = 0; i < fields; i++) {
            t.run("HSET " + key + " f" + i + " v" + i);
        }
    }

    @Test
    void hrandfieldOfNothingAndItsErrors() {
        t.run("HRANDFIELD nothing").nil();
        t.run("HRANDFIELD nothing 3").array();
        t.run("HRANDFIELD nothing -3 WITHVALUES").array();
        t.run("HSET h a 1");
        t.run("HRANDFIELD h").replies("a");
        t.run("HRANDFIELD h 0").array();
        t.run("HRANDFIELD h -2").array("a", "a");
        t.run("HRANDFIELD h -2 WITHVALUES").array(List.of("a", "1"), List.of("a", "1"));
        t.run("HRANDFIELD h 5 withvalues").array(List.of("a", "1"));
        t.run("HRANDFIELD h x").fails("ERR value is not an integer or out of range");
        t.run("HRANDFIELD h -9223372036854775808")
                .fails("ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
        t.run("HRANDFIELD h 1 VALUES").fails("ERR syntax error");
        t.run("HRANDFIELD h 1 WITHVALUES x").fails("ERR syntax error");
        t.run("HRANDFIELD h 9223372036854775807 WITHVALUES").fails("ERR value is out of range");
        t.run("HRANDFIELD h 9223372036854775807").array("a");
    }

    @Test
    void everySubsetOfFieldsIsEquallyLikely() {
        for (int limit : new int[] {512, 0}) {
            t.run("CONFIG SET hash-max-listpack-entries " + limit);
            t.run("DEL h");
            fill("h", 12);
            for (int count : new int[] {-5, 2, 5, 11}) {
                Map<Object, Integer> hits = new HashMap<>();
                int rounds = 4000;
                for (int i = 0; i < rounds; i++) {
                    List<?> fields = (List<?>) t.run("HRANDFIELD h " + count).value();
                    assertThat(fields).hasSize(Math.abs(count));
                    if (count > 0) {
                        assertThat(new HashSet<>(fields)).hasSize(count);
                    }
                    fields.forEach(f -> hits.merge(f, 1, Integer::sum));
                }
                double expected = rounds * Math.abs(count) / 12.0;
                double chiSquare = hits.values().stream()
                        .mapToDouble(n -> (n - expected) * (n - expected) / expected)
                        .sum();
                assertThat(chiSquare).as("limit %d, count %d", limit, count).isLessThan(47); // 11 degrees, p 1e-6
            }
        }
    }

    @Test
    void hrandfieldGivesFieldsWithTheirValues() {
        for (int limit : new int[] {512, 0}) {
            t.run("CONFIG SET hash-max-listpack-entries " + limit);
            t.run("DEL h");
            fill("h", 100);
            for (int count : new int[] {-30, 1, 10, 33, 34, 99, 100, 200}) {
                List<?> pairs =
                        (List<?>) t.run("HRANDFIELD h " + count + " WITHVALUES").value();
                assertThat(pairs).hasSize(Math.min(Math.abs(count), 100));
                Set<Object> different = new HashSet<>();
                for (Object pair : pairs) {
                    List<?> two = (List<?>) pair;
                    assertThat(two.get(1)).isEqualTo("v" + two.get(0).toString().substring(1));
                    different.add(two.get(0));
                }
                assertThat(different).hasSizeLessThanOrEqualTo(pairs.size());
                if (count > 0) {
                    assertThat(different).hasSize(pairs.size());
                }
            }
        }
    }

    // ---- walks

    @Test
    void hscanOfASmallHashIsAllAtOnce() {
        fill("h", 3);
        t.run("HSCAN h 0").array("0", List.of("f0", "v0", "f1", "v1", "f2", "v2"));
        t.run("HSCAN h 77 COUNT 1").array("0", List.of("f0", "v0", "f1", "v1", "f2", "v2"));
        t.run("HSCAN h 0 MATCH f[12]").array("0", List.of("f1", "v1", "f2", "v2"));
        t.run("HSCAN h 0 MATCH *").array("0", List.of("f0", "v0", "f1", "v1", "f2", "v2"));
        t.run("HSCAN h 0 NOVALUES").array("0", List.of("f0", "f1", "f2"));
        t.run("HSCAN h 0 NOVALUES MATCH *2 count 5").array("0", List.of("f2"));
        t.run("HSCAN nothing 0").array("0", List.of());
        t.run("HSCAN nothing 0 FOO").array("0", List.of());
        t.run("HSCAN h x").fails("ERR invalid cursor");
        t.run("HSCAN h 0 COUNT").fails("ERR syntax error");
        t.run("HSCAN h 0 COUNT 0").fails("ERR syntax error");
        t.run("HSCAN h 0 COUNT x").fails("ERR value is not an integer or out of range");
        t.run("HSCAN h 0 TYPE string").fails("ERR syntax error");
    }

    @Test
    void hscanOfABigHashSeesWhatStays() {
        t.run("CONFIG SET hash-max-listpack-entries 0");
        fill("h", 3000);
        Map<Object, Integer> seen = new HashMap<>();
        List<Integer> sizes = new ArrayList<>();
        Object cursor = "0";
        int step = 0;
        do {
            List<?> reply = (List<?>) t.run("HSCAN h " + cursor + " COUNT 50").value();
            cursor = reply.get(0);
            List<?> fields = (List<?>) reply.get(1);
            sizes.add(fields.size() / 2);
            for (int i = 0; i < fields.size(); i += 2) {
                assertThat(fields.get(i + 1).toString().substring(1))
                        .isEqualTo(fields.get(i).toString().substring(1));
                seen.merge(fields.get(i), 1, Integer::sum);
            }
            t.run("HDEL h f" + (2000 + step * 7) + " f" + (2001 + step * 7));
            t.run("HSET h new" + step + " vew" + step);
            step++;
        } while (!cursor.equals("0"));
        for (int i = 0; i < 2000; i++) {
            assertThat(seen.get("f" + i)).as("f%d", i).isEqualTo(1);
        }
        assertThat(sizes).allMatch(n -> n < 80);
    }
}
