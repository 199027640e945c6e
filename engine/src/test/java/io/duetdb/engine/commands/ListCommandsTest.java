package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Host;
import io.duetdb.engine.kit.EngineFixture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListCommandsTest {
    private static final String NOT_AN_INTEGER = "ERR value is not an integer or out of range";
    private static final String NOT_POSITIVE = "ERR value is out of range, must be positive";
    private static final String WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";
    private static final String SYNTAX = "ERR syntax error";

    private final EngineFixture t = new EngineFixture();

    private void is(String key, Object... elements) {
        t.run("LRANGE " + key + " 0 -1").array(elements);
        t.run("LLEN " + key).replies(elements.length);
    }

    // ---- pushing

    @Test
    void pushesGoToTheirEndOneAfterTheOther() {
        t.run("RPUSH k a b").replies(2);
        t.run("LPUSH k c d").replies(4);
        is("k", "d", "c", "a", "b");
        t.run("TYPE k").replies("list");
        t.run("OBJECT ENCODING k").replies("listpack");
        t.effects("RPUSH k a b", "LPUSH k c d");
        t.events("rpush:k", "lpush:k");
    }

    @Test
    void pushxOnlyExtends() {
        t.run("LPUSHX k a").replies(0);
        t.run("RPUSHX k a b").replies(0);
        t.run("EXISTS k").replies(0);
        t.effects();
        t.events();
        t.run("RPUSH k m");
        t.run("LPUSHX k a b").replies(3);
        t.run("RPUSHX k y z").replies(5);
        is("k", "b", "a", "m", "y", "z");
        t.effects("RPUSH k m", "LPUSHX k a b", "RPUSHX k y z");
        t.events("rpush:k", "lpush:k", "rpush:k");
    }

    @Test
    void elementsAreAnyBytesAndComeBackAsTheyWere() {
        String[] elements = {
            "", "0", "-0", "007", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1.0", " 1"
        };
        for (String element : elements) {
            t.run("RPUSH k \"" + element + "\"");
        }
        is("k", (Object[]) elements);
        t.run("RPUSH \"\\x00key\\r\\n\" \"\\xff\\x00\\r\\n\" \"\"").replies(2);
        t.run("LRANGE \"\\x00key\\r\\n\" 0 -1").array("\u00ff\0\r\n", "");
    }

    @ParameterizedTest
    @ValueSource(ints = {63, 64, 125, 126, 1023, 1024, 1025, 4095, 4096, 4097, 65_535, 65_536, 200_000})
    void longElementsStandAmongShortOnes(int length) {
        String big = "b".repeat(length);
        t.run("RPUSH k 1 " + big + " 3").replies(3);
        is("k", "1", big, "3");
        t.run("LINDEX k 1").replies(big);
        t.run("LINSERT k BEFORE " + big + " 2").replies(4);
        t.run("LPOS k " + big).replies(2);
        t.run("LSET k 0 " + big).replies("OK");
        is("k", big, "2", big, "3");
        t.run("LREM k -1 " + big).replies(1);
        t.run("LMOVE k k LEFT RIGHT").replies(big);
        t.run("RPOPLPUSH k other").replies(big);
        t.run("LPOP other").replies(big);
        t.run("EXISTS other").replies(0);
        is("k", "2", "3");
        t.run("DEL k").replies(1);
    }

    // ---- popping

    @Test
    void popTakesOneOrSeveralFromItsEnd() {
        t.run("RPUSH k a b c d e f");
        t.forget();
        t.run("LPOP k").replies("a");
        t.run("RPOP k").replies("f");
        t.run("LPOP k 2").array("b", "c");
        t.run("RPOP k 1").array("e");
        t.run("LPOP k 0").array();
        t.effects("LPOP k", "RPOP k", "LPOP k 2", "RPOP k 1");
        t.events("lpop:k", "rpop:k", "lpop:k", "rpop:k");
        t.run("RPUSH k x y");
        t.forget();
        t.run("RPOP k 100").array("y", "x", "d");
        t.run("EXISTS k").replies(0);
        t.effects("RPOP k 100");
        t.events("rpop:k", "del:k");
    }

    @Test
    void poppingNothingSaysWhichNothing() {
        RawConnection raw = new RawConnection(t.engine());
        assertThat(raw.run("LPOP k")).isEqualTo("$-1\r\n");
        assertThat(raw.run("RPOP k 3")).isEqualTo("*-1\r\n");
        assertThat(raw.run("LPOP k 0")).isEqualTo("*-1\r\n");
        raw.run("RPUSH k a b c");
        assertThat(raw.run("LPOP k 0")).isEqualTo("*0\r\n");
        assertThat(raw.run("LPOP k 1")).isEqualTo("*1\r\n$1\r\na\r\n");
        assertThat(raw.run("LPOS k z")).isEqualTo("$-1\r\n");
        assertThat(raw.run("LPOS z z COUNT 1")).isEqualTo("*0\r\n");
        assertThat(raw.run("LINDEX k 9")).isEqualTo("$-1\r\n");
        assertThat(raw.run("LMPOP 1 z LEFT")).isEqualTo("*-1\r\n");
        assertThat(raw.run("LMPOP 1 k LEFT")).isEqualTo("*2\r\n$1\r\nk\r\n*1\r\n$1\r\nb\r\n");
        assertThat(raw.run("LMOVE z k LEFT LEFT")).isEqualTo("$-1\r\n");
        raw.run("HELLO 3");
        assertThat(raw.run("LPOP z")).isEqualTo("_\r\n");
        assertThat(raw.run("RPOP z 3")).isEqualTo("_\r\n");
        assertThat(raw.run("LPOP k 0")).isEqualTo("*0\r\n");
        assertThat(raw.run("LPOS z z")).isEqualTo("_\r\n");
        assertThat(raw.run("LPOS z z COUNT 1")).isEqualTo("*0\r\n");
        assertThat(raw.run("LMPOP 1 z LEFT")).isEqualTo("_\r\n");
        assertThat(raw.run("LMPOP 1 k LEFT")).isEqualTo("*2\r\n$1\r\nk\r\n*1\r\n$1\r\nc\r\n");
    }

    @Test
    void popLooksAtItsCountBeforeTheKey() {
        t.run("SET s x");
        t.run("LPOP k -1").fails(NOT_POSITIVE);
        t.run("RPOP s x").fails(NOT_POSITIVE);
        t.run("LPOP k 9223372036854775808").fails(NOT_POSITIVE);
        t.run("LPOP k 1 2").fails("ERR wrong number of arguments for 'lpop' command");
        t.run("RPOP k 1 2").fails("ERR wrong number of arguments for 'rpop' command");
        t.run("LPOP s 0").fails(WRONGTYPE);
        t.run("RPUSH k a");
        t.run("RPOP k 9223372036854775807").array("a");
    }

    // ---- by index

    @Test
    void indexesCountFromBothEnds() {
        t.run("RPUSH k a b c");
        t.run("LINDEX k 0").replies("a");
        t.run("LINDEX k 2").replies("c");
        t.run("LINDEX k -1").replies("c");
        t.run("LINDEX k -3").replies("a");
        for (String beyond : List.of("3", "-4", "9223372036854775807", "-9223372036854775808")) {
            t.run("LINDEX k " + beyond).nil();
            t.run("LSET k " + beyond + " x").fails("ERR index out of range");
        }
        t.run("LINDEX nothing x").nil();
        t.run("LINDEX k x").fails(NOT_AN_INTEGER);
    }

    @Test
    void lsetChangesWhatIsThere() {
        t.run("RPUSH k a b c");
        t.forget();
        t.run("LSET k 1 x").replies("OK");
        t.run("LSET k -1 \"\"").replies("OK");
        is("k", "a", "x", "");
        t.effects("LSET k 1 x", "LSET k -1 ");
        t.events("lset:k", "lset:k");
        t.run("LSET nothing x y").fails("ERR no such key");
        t.run("LSET k x y").fails(NOT_AN_INTEGER);
        t.run("LSET k 3 y").fails("ERR index out of range");
        t.effects();
        t.events();
    }

    @ParameterizedTest
    @CsvSource({
        "0, -1, abcde",
        "0, 0, a",
        "-2, -1, de",
        "3, 100, de",
        "-100, 1, ab",
        "4, 3, ''",
        "5, 9, ''",
        "-100, -6, ''",
        "-1, -5, ''",
        "1, 3, bcd",
        "0, 9223372036854775807, abcde",
        "-9223372036854775808, 9223372036854775807, abcde",
        "9223372036854775807, -9223372036854775808, ''",
        "2, -3, c"
    })
    void rangesIncludeBothEnds(String start, String stop, String expected) {
        t.run("RPUSH k a b c d e");
        t.forget();
        String range = start + " " + stop;
        t.run("LRANGE k " + range)
                .array(expected.chars().mapToObj(Character::toString).toArray());
        t.run("LTRIM k " + range).replies("OK");
        t.events(expected.isEmpty() ? new String[] {"ltrim:k", "del:k"} : new String[] {"ltrim:k"});
        t.effects(expected.length() == 5 ? new String[0] : new String[] {"LTRIM k " + range});
        assertThat(String.join("", strings(t.run("LRANGE k 0 -1").value()))).isEqualTo(expected);
    }

    private static List<String> strings(Object array) {
        List<String> strings = new ArrayList<>();
        ((List<?>) array).forEach(o -> strings.add((String) o));
        return strings;
    }

    @Test
    void rangesOfNothing() {
        t.run("LRANGE nothing 0 -1").array();
        t.run("LTRIM nothing 0 -1").replies("OK");
        t.run("LLEN nothing").replies(0);
        t.events();
        t.effects();
        t.run("SET s x");
        t.run("LRANGE s x 1").fails(NOT_AN_INTEGER);
        t.run("LRANGE s 1 x").fails(NOT_AN_INTEGER);
        t.run("LTRIM s x 1").fails(NOT_AN_INTEGER);
        t.run("LTRIM s 1 x").fails(NOT_AN_INTEGER);
    }

    @Test
    void aLongListIsWhatAnArrayWouldBe() {
        List<String> model = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            model.add("element:" + i);
        }
        for (int i = 0; i < 3000; i += 100) {
            t.run("RPUSH k " + String.join(" ", model.subList(i, i + 100))).replies(i + 100);
        }
        t.run("LRANGE k 0 -1").array(model.toArray());
        t.run("LRANGE k 990 1200").array(model.subList(990, 1201).toArray());
        t.run("LINDEX k 1777").replies("element:1777");
        t.run("LINDEX k -3").replies("element:2997");
        t.run("LPOS k element:2500").replies(2500);
        List<String> back = new ArrayList<>(model.subList(2400, 3000));
        Collections.reverse(back);
        t.run("RPOP k 600").array(back.toArray());
        t.run("LPOP k 600").array(model.subList(0, 600).toArray());
        t.run("LTRIM k 300 -301").replies("OK");
        is("k", model.subList(900, 2100).toArray());
        t.run("LTRIM k 5 4").replies("OK");
        t.run("EXISTS k").replies(0);
    }

    // ---- by value

    @Test
    void lremRemovesFromItsEnd() {
        t.run("RPUSH k a b a c a b a");
        t.forget();
        t.run("LREM k 2 a").replies(2);
        is("k", "b", "c", "a", "b", "a");
        t.run("LREM k -1 b").replies(1);
        is("k", "b", "c", "a", "a");
        t.run("LREM k 0 a").replies(2);
        t.run("LREM k -5 z").replies(0);
        is("k", "b", "c");
        t.effects("LREM k 2 a", "LREM k -1 b", "LREM k 0 a");
        t.events("lrem:k", "lrem:k", "lrem:k");
        t.run("LREM k -9223372036854775807 c").replies(1);
        t.run("LREM k 9223372036854775807 b").replies(1);
        t.events("lrem:k", "lrem:k", "del:k");
        t.run("EXISTS k").replies(0);
    }

    @Test
    void lremLooksAtItsCountBeforeTheKey() {
        t.run("SET s x");
        t.run("LREM nothing 0 a").replies(0);
        t.run("LREM s x a").fails(NOT_AN_INTEGER);
        t.run("LREM s 0 a").fails(WRONGTYPE);
        t.run("RPUSH k a b a");
        t.run("LREM k -9223372036854775808 a").replies(2);
    }

    @Test
    void lremOfAllInARow() {
        t.run("RPUSH k " + "x ".repeat(500) + "y " + "x ".repeat(500));
        t.run("LREM k -700 x").replies(700);
        t.run("LPOS k y").replies(300);
        t.run("LREM k 0 x").replies(300);
        is("k", "y");
        t.run("LREM k -1 y").replies(1);
        t.run("EXISTS k").replies(0);
    }

    @Test
    void linsertPutsBeforeOrBehindTheFirstMatch() {
        t.run("RPUSH k a b b");
        t.forget();
        t.run("LINSERT k BEFORE b x").replies(4);
        t.run("LINSERT k after b y").replies(5);
        t.run("LINSERT k AFTER b z").replies(6);
        is("k", "a", "x", "b", "z", "y", "b");
        t.effects("LINSERT k BEFORE b x", "LINSERT k after b y", "LINSERT k AFTER b z");
        t.events("linsert:k", "linsert:k", "linsert:k");
        t.run("LINSERT k BEFORE nope x").replies(-1);
        t.run("LINSERT nothing BEFORE b x").replies(0);
        t.run("LINSERT nothing BESIDE b x").fails(SYNTAX);
        t.effects();
        t.events();
    }

    @Test
    void lposFindsByRankCountAndMaxlen() {
        t.run("RPUSH k a b c 1 2 3 c c");
        t.run("LPOS k c").replies(2);
        t.run("LPOS k 2").replies(4);
        t.run("LPOS k c RANK 1").replies(2);
        t.run("LPOS k c RANK 2").replies(6);
        t.run("LPOS k c RANK 4").nil();
        t.run("LPOS k c RANK -1").replies(7);
        t.run("LPOS k c RANK -3").replies(2);
        t.run("LPOS k c COUNT 2").array(2L, 6L);
        t.run("LPOS k c COUNT 0").array(2L, 6L, 7L);
        t.run("LPOS k c COUNT 1").array(2L);
        t.run("LPOS k z COUNT 0").array();
        t.run("LPOS k c RANK 2 COUNT 0").array(6L, 7L);
        t.run("LPOS k c RANK -2 COUNT 2").array(6L, 2L);
        t.run("LPOS k c MAXLEN 2").nil();
        t.run("LPOS k c MAXLEN 3").replies(2);
        t.run("LPOS k a RANK -1 MAXLEN 7").nil();
        t.run("LPOS k a RANK -1 MAXLEN 8").replies(0);
        t.run("LPOS k c COUNT 0 MAXLEN 7 RANK 2").array(6L);
        t.run("LPOS k c rank 1 RANK 2 count 9 COUNT 1").array(6L);
        t.run("LPOS k c RANK 9223372036854775807").nil();
        t.run("LPOS k c RANK -9223372036854775807").nil();
        t.run("LPOS nothing c").nil();
        t.run("LPOS nothing c COUNT 3").array();
    }

    @Test
    void lposReadsItsOptionsBeforeTheKey() {
        t.run("SET s x");
        String zero =
                "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative"
                        + " to start from the end of the list";
        t.run("LPOS s a RANK 0").fails(zero);
        t.run("LPOS s a RANK x").fails(NOT_AN_INTEGER);
        t.run("LPOS s a RANK -9223372036854775808")
                .fails("ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
        t.run("LPOS s a COUNT -1").fails("ERR COUNT can't be negative");
        t.run("LPOS s a COUNT x").fails("ERR COUNT can't be negative");
        t.run("LPOS s a MAXLEN -1").fails("ERR MAXLEN can't be negative");
        t.run("LPOS s a MAXLEN x").fails("ERR MAXLEN can't be negative");
        t.run("LPOS s a RANK").fails(SYNTAX);
        t.run("LPOS s a FOO 1").fails(SYNTAX);
        t.run("LPOS s a RANK 1 COUNT").fails(SYNTAX);
        t.run("LPOS s a").fails(WRONGTYPE);
    }

    // ---- all of them

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LPUSH s a",
                "RPUSH s a b",
                "LPUSHX s a",
                "RPUSHX s a",
                "LPOP s",
                "RPOP s 2",
                "LLEN s",
                "LINDEX s 0",
                "LSET s 0 a",
                "LRANGE s 0 1",
                "LTRIM s 0 1",
                "LREM s 0 a",
                "LINSERT s BEFORE a b",
                "LPOS s a",
                "LMOVE s k LEFT LEFT",
                "RPOPLPUSH s k",
                "LMPOP 1 s LEFT"
            })
    void otherTypesAreRefusedAndLeftAlone(String command) {
        t.run("SET s text");
        t.run("RPUSH k a");
        t.forget();
        t.run(command).fails(WRONGTYPE);
        t.run("GET s").replies("text");
        is("k", "a");
        t.effects();
        t.events();
    }

    @Test
    void whatLooksAtKeysLooksAtLists() {
        t.run("RPUSH k a b " + "c".repeat(2000)).replies(3);
        t.run("RPUSH small a");
        assertThat((Long) t.run("MEMORY USAGE k").value()).isGreaterThan(2000);
        assertThat((Long) t.run("MEMORY USAGE small").value()).isLessThan(200);
        assertThat((String) t.run("DEBUG OBJECT k").value()).contains("encoding:listpack");
        assertThat((String) t.run("DEBUG BLOCKS k").value()).contains("listpack, 3 elements");
        t.run("SCAN 0 TYPE list MATCH k").array("0", List.of("k"));
        t.run("OBJECT IDLETIME k").replies(0);
        t.run("TOUCH k small nope").replies(2);
        for (String command : List.of("GET k", "APPEND k x", "GETDEL k", "STRLEN k", "INCR k", "GETRANGE k 0 1")) {
            t.run(command).fails(WRONGTYPE);
        }
        t.run("SETNX k v").replies(0);
        t.run("MGET k nope").array(null, null);
        t.run("LRANGE k 0 1").array("a", "b");
    }

    @Test
    void listsExpireAndAreOverwritten() {
        t.run("RPUSH k a b");
        t.run("EXPIRE k 10").replies(1);
        t.run("RPUSH k c").replies(3);
        t.run("TTL k").replies(10);
        t.run("LPOP k 2").array("a", "b");
        t.run("TTL k").replies(10);
        t.advance(11, SECONDS).run("LLEN k").replies(0);
        t.run("RPUSH k d").replies(1);
        t.run("TTL k").replies(-1);
        t.run("SET k text").replies("OK");
        t.run("GET k").replies("text");
        t.run("DEL k").replies(1);
    }

    @Test
    void copiesRenamesAndOtherDatabasesTakeTheElementsAlong() {
        t.run("RPUSH k a b " + "c".repeat(5000));
        t.run("COPY k copy").replies(1);
        t.run("LSET copy 0 x").replies("OK");
        t.run("RENAME k other").replies("OK");
        t.run("MOVE other 3").replies(1);
        is("copy", "x", "b", "c".repeat(5000));
        t.run("SELECT 3");
        is("other", "a", "b", "c".repeat(5000));
        t.run("FLUSHALL").replies("OK");
    }

    @Test
    void allMemoryComesBack() {
        t.run("SET warm up");
        t.run("DEL warm");
        for (int i = 0; i < 50; i++) {
            t.turn();
        }
        long before = t.engine().usedBytes();
        for (int i = 0; i < 300; i++) {
            t.run("RPUSH k " + "element ".repeat(100) + "x".repeat(i * 50));
            t.run("LPUSH l " + i);
        }
        assertThat(t.engine().usedBytes()).isGreaterThan(before + 2_000_000);
        t.run("UNLINK k").replies(1);
        t.run("LTRIM l 1 0").replies("OK");
        for (int i = 0; i < 500; i++) {
            t.turn();
        }
        assertThat(t.engine().usedBytes()).isLessThan(before + 100_000);
    }

    @Test
    void whatWouldNotFitIsRefusedBeforeItBegins() {
        EngineFixture small = new EngineFixture(1, 8L << 20, Host.NONE);
        String big = "x".repeat(1_000_000);
        small.run("RPUSH k a " + big).replies(2);
        int length = 2;
        while (small.run("RPUSH k " + big).value() instanceof Long) {
            length++;
        }
        small.run("LLEN k").replies(length);
        small.run("LSET k 0 " + big).fails("OOM command not allowed when used memory > 'maxmemory'.");
        small.run("RPOPLPUSH k other").fails("OOM command not allowed when used memory > 'maxmemory'.");
        small.run("LMOVE k k LEFT RIGHT").replies("a");
        small.run("LPOP k").replies(big);
        small.run("RPOPLPUSH k other").replies("a");
        small.run("LINDEX k 0").replies(big);
    }

    @Test
    void debugQuicklistPackedThresholdIsHarmless() {
        String refusal = "ERR argument must be a memory value bigger than 1 and smaller than 4gb";
        t.run("DEBUG QUICKLIST-PACKED-THRESHOLD 10").replies("OK");
        t.run("RPUSH k " + "x".repeat(20) + " b").replies(2);
        t.run("OBJECT ENCODING k").replies("listpack");
        t.run("debug quicklist-packed-threshold 0").replies("OK");
        t.run("DEBUG QUICKLIST-PACKED-THRESHOLD 200mb").replies("OK");
        t.run("DEBUG QUICKLIST-PACKED-THRESHOLD 4293918720").replies("OK");
        t.run("DEBUG QUICKLIST-PACKED-THRESHOLD 4293918721").fails(refusal);
        t.run("DEBUG QUICKLIST-PACKED-THRESHOLD 4gb").fails(refusal);
        t.run("DEBUG QUICKLIST-PACKED-THRESHOLD -1").fails(refusal);
        t.run("DEBUG QUICKLIST-PACKED-THRESHOLD x").fails(refusal);
        t.run("DEBUG QUICKLIST-PACKED-THRESHOLD")
                .fails("ERR unknown subcommand or wrong number of arguments for 'QUICKLIST-PACKED-THRESHOLD'."
                        + " Try DEBUG HELP.");
        assertThat(t.run("DEBUG HELP").value()).asString().contains("QUICKLIST-PACKED-THRESHOLD <size>");
    }
}
