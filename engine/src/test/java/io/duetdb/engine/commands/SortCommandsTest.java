package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SortCommandsTest {
    private static final String NOT_NUMBERS = "ERR One or more scores can't be converted into double";
    private static final String SYNTAX = "ERR syntax error";
    private static final String NOT_AN_INTEGER = "ERR value is not an integer or out of range";
    private static final String WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

    private final EngineFixture t = new EngineFixture();

    @ParameterizedTest
    @ValueSource(
            strings = {"RPUSH k 10 9 -1.5 1e1 100", "SADD k 10 9 -1.5 1e1 100", "ZADD k 1 10 2 9 3 -1.5 4 1e1 5 100"})
    void numbersStandInOrderAndEqualOnesByTheirBytes(String fill) {
        t.run(fill).replies(5);
        t.forget();
        t.run("SORT k").array("-1.5", "9", "10", "1e1", "100");
        t.run("sort_ro k desc").array("100", "1e1", "10", "9", "-1.5");
        t.run("SORT k DESC ASC").array("-1.5", "9", "10", "1e1", "100");
        t.run("SORT k ALPHA").array("-1.5", "10", "100", "1e1", "9");
        t.run("SORT k ALPHA DESC LIMIT 1 2").array("1e1", "100");
        t.effects();
        t.events();
    }

    @Test
    void elementsThatAreEqualAreAllThere() {
        t.run("RPUSH k 2 1 2 1 1");
        t.run("SORT k").array("1", "1", "1", "2", "2");
        t.run("SORT k DESC ALPHA").array("2", "2", "1", "1", "1");
    }

    @Test
    void manyElementsSortAsFew() {
        for (int i = 0; i < 1000; i++) {
            t.run("RPUSH k " + i * 7919 % 1000);
        }
        List<?> sorted = (List<?>) t.run("SORT k DESC").value();
        assertThat(sorted).hasSize(1000);
        assertThat(sorted.subList(0, 3)).isEqualTo(List.of("999", "998", "997"));
        assertThat(sorted.subList(998, 1000)).isEqualTo(List.of("1", "0"));
        t.run("SORT k LIMIT 500 3").array("500", "501", "502");
    }

    @Test
    void whatIsNoNumberCannotBeSortedAsOne() {
        t.run("RPUSH k 1 abc");
        t.run("SORT k").fails(NOT_NUMBERS);
        t.run("SORT k ALPHA").array("1", "abc");
        for (String bad :
                new String[] {"nan", "1e400", "-1e400", "1e-400", "1x", "\"1 \"", "\" \"", "0x", "--1", "1_0"}) {
            t.run("DEL k");
            t.run("RPUSH k 1 " + bad);
            t.run("SORT k").fails(NOT_NUMBERS);
            t.run("SORT k BY nosort").array("1", t.run("LINDEX k 1").value());
        }
    }

    @Test
    void numbersAreReadAsTheCLibraryReadsThem() {
        t.run("RPUSH k inf -inf \"\" +1 \" 2\" 0x10 \"3\\x00abc\" 1e2 .5 5.");
        t.run("SORT k").array("-inf", "", ".5", "+1", " 2", "3\0abc", "5.", "0x10", "1e2", "inf");
    }

    @Test
    void bytesAreComparedWithoutSignsAndUpToAZeroByte() {
        t.run("RPUSH k \"\\xff\" a \"\" \"a\\x00b\" \"a\\x00a\" aa");
        t.run("SORT k ALPHA").array("", "a", "a\0b", "a\0a", "aa", "\u00ff");
        t.run("SORT k ALPHA STORE s").replies(6);
        t.run("LRANGE s 0 -1").array("", "a", "a\0a", "a\0b", "aa", "\u00ff");
    }

    @Test
    void limitIsClippedToWhatIsThere() {
        t.run("RPUSH k 3 1 2");
        t.run("SORT k LIMIT 0 2").array("1", "2");
        t.run("SORT k LIMIT -5 2").array("1", "2");
        t.run("SORT k LIMIT 1 -1").array("2", "3");
        t.run("SORT k LIMIT 1 -100").array("2", "3");
        t.run("SORT k LIMIT 2 9223372036854775807").array("3");
        t.run("SORT k LIMIT 3 1").array();
        t.run("SORT k LIMIT 9223372036854775807 9223372036854775807").array();
        t.run("SORT k LIMIT 0 0").array();
        t.run("SORT k LIMIT 0 1 LIMIT 1 1").array("2");
        t.run("SORT nokey LIMIT 0 1").array();
        t.run("SORT nokey").array();
    }

    @Test
    void weightsOfKeysDecide() {
        t.run("RPUSH k 1 2 3");
        t.run("MSET w_1 30 w_2 20 w_3 10");
        t.run("SORT k BY w_*").array("3", "2", "1");
        t.run("SORT k BY w_* DESC LIMIT 0 2").array("1", "2");
        t.run("DEL w_2");
        t.run("SORT k BY w_*").array("2", "3", "1");
        t.run("SET w_2 x");
        t.run("SORT k BY w_*").fails(NOT_NUMBERS);
        t.run("SORT k BY w_* ALPHA").array("3", "1", "2");
        t.run("DEL w_2");
        t.run("SORT k BY w_* ALPHA").array("2", "3", "1");
        t.run("RPUSH w_2 list");
        t.run("SORT k BY w_* ALPHA DESC").array("1", "3", "2");
        t.run("SORT k BY missing_* LIMIT 0 10").array("1", "2", "3");
    }

    @Test
    void equalWeightsLeaveTheOrder() {
        t.run("RPUSH k c a d b e f g h i j");
        t.run("SORT k BY none_* ALPHA").array("c", "a", "d", "b", "e", "f", "g", "h", "i", "j");
        t.run("SORT k BY none_* ALPHA DESC").array("c", "a", "d", "b", "e", "f", "g", "h", "i", "j");
        t.run("SORT k BY none_*").array("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    }

    @Test
    void weightsOfFieldsDecide() {
        t.run("RPUSH k 1 2 3");
        t.run("HSET h_1 w 5 name one");
        t.run("HSET h_2 w 4");
        t.run("HSET h_3 other 1");
        t.run("SORT k BY h_*->w").array("3", "2", "1");
        t.run("SORT k BY h_*->w GET # GET h_*->name").array("3", null, "2", null, "1", "one");
        t.run("SORT k BY h_*-> GET h_*->name").array("one", null, null);
        t.run("SET h_3 string");
        t.run("SORT k BY h_*->w GET h_*->w GET h_*").array(null, "string", "4", null, "5", null);
        t.run("HSET h_1-> x 1 ->x 2");
        t.run("SORT k LIMIT 0 1 GET h_*->->x").array((Object) null);
        t.run("HSET h_1 ->x 7");
        t.run("SORT k LIMIT 0 1 GET h_*->->x GET h_*->w->").array("7", null);
    }

    @Test
    void getReturnsWhatPatternsFind() {
        t.run("RPUSH k 2 1");
        t.run("MSET o_1 one o_2 two int_1 17 o_ nothing");
        t.run("SET big_1 " + "x".repeat(100_000));
        t.run("SORT k GET o_*").array("one", "two");
        t.run("SORT k GET # GET o_* GET int_* GET nope_*").array("1", "one", "17", null, "2", "two", null, null);
        t.run("SORT k GET o_1").array(null, null);
        t.run("SORT k GET ##").array(null, null);
        t.run("SORT k GET *_1").array(null, null);
        t.run("SORT k LIMIT 0 1 GET big_*").array("x".repeat(100_000));
        t.run("SORT k GET o_*_*").array(null, null);
        t.run("SORT k GET \"#\\x00\" GET \"o\\x00_*\"").array("1", null, "2", null);
        t.run("SORT nokey GET o_*").array();
    }

    @Test
    void withoutAStarInByNothingIsSorted() {
        t.run("RPUSH l c a b");
        t.run("ZADD z 3 c 1 a 2 b");
        t.run("SORT l BY nosort").array("c", "a", "b");
        t.run("SORT l BY nosort DESC").array("b", "a", "c");
        t.run("SORT l BY nosort LIMIT 1 1").array("a");
        t.run("SORT l BY nosort DESC LIMIT 0 2").array("b", "a");
        t.run("SORT z BY nosort").array("a", "b", "c");
        t.run("SORT z BY nosort DESC").array("c", "b", "a");
        t.run("SORT z BY nosort LIMIT 1 5").array("b", "c");
        t.run("SORT z BY nosort DESC LIMIT 1 1").array("b");
        t.run("SORT z BY nosort DESC LIMIT 3 1").array();
        t.run("SORT z BY # BY w_*").array("a", "b", "c");
        t.run("SORT z BY \"w\\x00*\" LIMIT 0 1").array("a");
        t.run("SADD s 3 1 2");
        assertThat((List<?>) t.run("SORT s BY nosort").value()).asList().containsExactlyInAnyOrder("1", "2", "3");
        assertThat((List<?>) t.run("SORT s BY nosort LIMIT 1 1").value()).hasSize(1);
    }

    @Test
    void bigValuesThatNeedNoOrderAreReadOnlyWhereTheyAreAsked() {
        for (int i = 0; i < 3000; i += 100) {
            StringBuilder push = new StringBuilder("RPUSH l");
            StringBuilder add = new StringBuilder("ZADD z");
            for (int j = i; j < i + 100; j++) {
                push.append(' ').append("element:").append(j);
                add.append(' ').append(j).append(" member:").append(j);
            }
            t.run(push.toString());
            t.run(add.toString());
        }
        t.run("SORT l BY nosort LIMIT 1500 2").array("element:1500", "element:1501");
        t.run("SORT l BY nosort DESC LIMIT 1500 2").array("element:1499", "element:1498");
        t.run("SORT z BY nosort LIMIT 2998 10").array("member:2998", "member:2999");
        t.run("SORT z BY nosort DESC LIMIT 2998 10").array("member:1", "member:0");
    }

    @Test
    void aSetThatIsStoredIsSortedWhateverWasAsked() {
        t.run("SADD s c a b 10 9");
        t.run("SORT s BY nosort STORE d").replies(5);
        t.run("LRANGE d 0 -1").array("10", "9", "a", "b", "c");
        t.run("SORT s BY nosort DESC LIMIT 0 2 STORE d").replies(2);
        t.run("LRANGE d 0 -1").array("c", "b");
    }

    @Test
    void storeMakesAList() {
        t.run("RPUSH k 3 1 2");
        t.run("MSET o_1 one o_3 three");
        t.run("SET d string EX 100");
        t.forget();
        t.run("SORT k STORE d").replies(3);
        t.effects("SORT k STORE d");
        t.events("sortstore:d");
        t.run("LRANGE d 0 -1").array("1", "2", "3");
        t.run("TTL d").replies(-1);
        t.run("SORT k GET o_* GET # STORE e STORE d").replies(6);
        t.run("LRANGE d 0 -1").array("one", "1", "", "2", "three", "3");
        t.run("EXISTS e").replies(0);
        t.forget();
        t.run("SORT k DESC STORE k").replies(3);
        t.effects("SORT k DESC STORE k");
        t.events("sortstore:k");
        t.run("LRANGE k 0 -1").array("3", "2", "1");
    }

    @Test
    void nothingToStoreRemovesTheDestination() {
        t.run("SET d old");
        t.run("RPUSH k 1");
        t.forget();
        t.run("SORT k LIMIT 5 5 STORE d").replies(0);
        t.effects("SORT k LIMIT 5 5 STORE d");
        t.events("del:d");
        t.run("SORT nokey STORE d").replies(0);
        t.effects();
        t.events();
        t.run("SORT k LIMIT 0 0 STORE k").replies(0);
        t.run("EXISTS k").replies(0);
    }

    @Test
    void storingAListThatCannotBeSortedChangesNothing() {
        t.run("RPUSH k a b");
        t.run("SET d old");
        t.forget();
        t.run("SORT k STORE d").fails(NOT_NUMBERS);
        t.run("SORT d STORE d").fails(WRONGTYPE);
        t.effects();
        t.events();
        t.run("GET d").replies("old");
    }

    @Test
    void mistakesAreFoundInTheirOrder() {
        t.run("SET s string");
        t.run("HSET h f v");
        t.run("SORT s").fails(WRONGTYPE);
        t.run("SORT h").fails(WRONGTYPE);
        t.run("SORT_RO s BY nosort").fails(WRONGTYPE);
        t.run("SORT").fails("ERR wrong number of arguments for 'sort' command");
        t.run("SORT s FOO").fails(SYNTAX);
        t.run("SORT s LIMIT 1").fails(SYNTAX);
        t.run("SORT s LIMIT x y").fails(NOT_AN_INTEGER);
        t.run("SORT s LIMIT 0 x FOO").fails(NOT_AN_INTEGER);
        t.run("SORT s FOO LIMIT 0 x").fails(SYNTAX);
        t.run("SORT s LIMIT 0 99999999999999999999").fails(NOT_AN_INTEGER);
        t.run("SORT s BY").fails(SYNTAX);
        t.run("SORT s GET").fails(SYNTAX);
        t.run("SORT s STORE").fails(SYNTAX);
        t.run("SORT_RO s STORE d").fails(SYNTAX);
    }

    @Test
    void keysWhoseTimeIsOverAreNotFound() {
        t.run("RPUSH k 1 2");
        t.run("SET w_1 5 EX 10");
        t.run("SET w_2 4");
        t.run("SORT k BY w_* GET w_*").array("4", "5");
        t.advance(11, SECONDS);
        t.run("SORT k BY w_* GET w_*").array(null, "4");
        t.run("SET d old EX 10");
        t.advance(11, SECONDS);
        t.forget();
        t.run("SORT nokey STORE d").replies(0);
        t.effects("DEL d");
        t.events("expired:d");
    }

    @Test
    void everyLookupIsAHitOrAMiss() {
        t.run("RPUSH k 1 2");
        t.run("SET w_1 5");
        t.run("CONFIG RESETSTAT");
        t.run("SORT k BY w_* GET w_* GET #");
        assertThat(t.run("INFO stats").value()).asString().contains("keyspace_hits:3\r\nkeyspace_misses:2");
    }

    @Test
    void theKeysOfARequestAreSourceAndDestination() {
        t.run("COMMAND GETKEYS SORT a").array("a");
        t.run("COMMAND GETKEYS SORT a BY w_* GET o_* LIMIT 0 1").array("a");
        t.run("COMMAND GETKEYS SORT a STORE b STORE c").array("a", "c");
        t.run("COMMAND GETKEYS SORT a GET STORE b").array("a");
        t.run("COMMAND GETKEYS SORT a LIMIT STORE b STORE").array("a");
        t.run("COMMAND GETKEYS SORT_RO a STORE b").array("a");
        t.run("COMMAND GETKEYSANDFLAGS SORT a STORE b")
                .array(List.of("a", List.of("RO", "access")), List.of("b", List.of("OW", "update")));
        t.run("COMMAND GETKEYSANDFLAGS SORT_RO a").array(List.of("a", List.of("RO", "access")));
    }

    @Test
    void aListOfManyElementsWithManyPatterns() {
        StringBuilder push = new StringBuilder("RPUSH k");
        for (int i = 0; i < 2000; i++) {
            push.append(' ').append(i);
        }
        t.run(push.toString());
        t.run("HSET h_5 f five");
        List<?> reply = (List<?>) t.run("SORT k DESC GET h_*->f GET #").value();
        assertThat(reply).hasSize(4000);
        assertThat(reply.get(2 * (1999 - 5))).isEqualTo("five");
        assertThat(Collections.frequency(reply, null)).isEqualTo(1999);
    }
}
