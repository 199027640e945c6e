package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.kit.EngineFixture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times to live of fields. The clock stands at 1700000000000 ms. Where an encoding matters, both are tried. */
class HashExpireCommandsTest {
    private static final String WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

    private final EngineFixture t = new EngineFixture();

    private void encoding(boolean table) {
        t.run("CONFIG SET hash-max-listpack-entries " + (table ? 0 : 512));
    }

    private void is(String key, boolean table) {
        t.run("OBJECT ENCODING " + key).replies(table ? "hashtable" : "listpackex");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFieldLivesThroughTheMillisecondOfItsDeadline(boolean table) {
        encoding(table);
        t.run("HSET h a 1 b 2 c 3");
        t.run("HPEXPIRE h 10 FIELDS 2 a x").array(1, -2);
        t.run("HEXPIRE h 20 FIELDS 1 b").array(1);
        is("h", table);
        t.run("HPTTL h FIELDS 4 a b c x").array(10, 20_000, -1, -2);
        t.run("HTTL h FIELDS 4 a b c x").array(1, 20, -1, -2);
        t.run("HPEXPIRETIME h FIELDS 2 a b").array(1_700_000_000_010L, 1_700_000_020_000L);
        t.run("HEXPIRETIME h FIELDS 2 a b").array(1_700_000_001L, 1_700_000_020L);
        t.forget();
        t.advance(10, MILLISECONDS).run("HGET h a").replies("1");
        t.run("HPTTL h FIELDS 1 a").array(0);
        t.events();
        t.advance(1, MILLISECONDS).run("HGET h a").nil();
        t.effects("HDEL h a");
        t.events("hexpired:h");
        t.run("HLEN h").replies(2);
        t.run("HGETALL h").replies(Map.of("b", "2", "c", "3"));
        t.advance(20, SECONDS).turn();
        t.effects("HDEL h b");
        t.run("HKEYS h").array("c");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsOverIsNotThereForAnybodyWhoReads(boolean table) {
        encoding(table);
        for (String line : List.of(
                "HLEN h -> 1",
                "HEXISTS h a -> 0",
                "HSTRLEN h a -> 0",
                "HDEL h a -> 0",
                "HSETNX h a 5 -> 1",
                "HSET h a 5 -> 1",
                "HINCRBY h a 5 -> 5")) {
            t.run("DEL h");
            t.run("HSET h a 10 b 2");
            t.run("HPEXPIRE h 10 FIELDS 1 a");
            t.advance(11, MILLISECONDS);
            String[] sides = line.split(" -> ");
            t.run(sides[0]).replies(Integer.parseInt(sides[1]));
            t.run("HTTL h FIELDS 1 a").array(sides[0].matches("H(SET|INCR).*") ? -1 : -2);
        }
        t.run("DEL h");
        t.run("HSET h a 10 b 2");
        t.run("HPEXPIRE h 10 FIELDS 1 a");
        t.advance(11, MILLISECONDS);
        t.run("HGETALL h").replies(Map.of("b", "2"));
        t.run("HSCAN h 0").array("0", List.of("b", "2"));
        t.run("HRANDFIELD h 5").array("b");
        t.run("HRANDFIELD h -2").array("b", "b");
        t.run("HMGET h a b").array(null, "2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theHashGoesWithItsLastField(boolean table) {
        encoding(table);
        t.run("HSET h a 1 b 2");
        t.run("HPEXPIRE h 10 FIELDS 2 a b");
        t.forget();
        t.advance(11, MILLISECONDS).turn();
        t.events("hexpired:h", "del:h");
        assertThat(t.effectLog().take()).containsExactlyInAnyOrder("HDEL h a", "HDEL h b");
        t.run("EXISTS h").replies(0);
        t.run("HSET h a 1 b 2");
        t.run("HPEXPIRE h 10 FIELDS 2 a b");
        t.forget();
        t.advance(11, MILLISECONDS).run("HSET h c 3").replies(1);
        t.events("hexpired:h", "del:h", "hset:h");
        assertThat(t.effectLog().take()).hasSize(5).contains("HSET h c 3");
        t.run("HGETALL h").replies(Map.of("c", "3"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withoutTheCycleTheyGoWhenSomebodyLooks(boolean table) {
        encoding(table);
        t.run("DEBUG SET-ACTIVE-EXPIRE 0");
        t.run("HSET h a 1 b 2");
        t.run("HPEXPIRE h 10 FIELDS 1 a");
        t.advance(11, MILLISECONDS).turn();
        t.forget();
        t.run("HLEN h").replies(1);
        t.effects("HDEL h a");
        t.run("HPEXPIRE h 10 FIELDS 1 b");
        t.advance(11, MILLISECONDS);
        t.run("HGET h b").nil();
        t.run("EXISTS h").replies(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void conditions(boolean table) {
        encoding(table);
        t.run("HSET h a 1 b 2");
        t.run("HEXPIRE h 100 XX FIELDS 1 a").array(0);
        t.run("HEXPIRE h 100 GT FIELDS 1 a").array(0);
        t.run("HEXPIRE h 100 LT FIELDS 1 b").array(1);
        t.run("HEXPIRE h 100 NX FIELDS 2 a b").array(1, 0);
        t.run("HEXPIRE h 100 gt FIELDS 1 a").array(0);
        t.run("HEXPIRE h 99 GT FIELDS 1 a").array(0);
        t.run("HEXPIRE h 101 GT FIELDS 1 a").array(1);
        t.run("HEXPIRE h 101 LT FIELDS 1 a").array(0);
        t.run("HEXPIRE h 50 LT FIELDS 1 a").array(1);
        t.run("HEXPIRE h 60 XX FIELDS 1 a").array(1);
        t.run("HTTL h FIELDS 2 a b").array(60, 100);
        t.run("HEXPIRE h 0 GT FIELDS 1 a").array(0);
        t.run("HEXPIRE h 0 LT FIELDS 1 a").array(2);
        t.run("HEXPIREAT h 1700000000 FIELDS 2 a b").array(-2, 2);
        t.run("EXISTS h").replies(0);
        t.run("HEXPIRE h 10 FIELDS 2 a b").array(-2, -2);
    }

    @Test
    void eventsOfTheCommands() {
        t.run("HSET h a 1 b 2");
        t.forget();
        t.run("HEXPIRE h 10 FIELDS 2 a b");
        t.events("hexpire:h");
        t.run("HPERSIST h FIELDS 1 a");
        t.events("hpersist:h");
        t.run("HEXPIRE h 0 FIELDS 1 a");
        t.events("hdel:h");
        t.run("HEXPIRE h 0 FIELDS 1 b");
        t.events("hdel:h", "del:h");
        t.run("HSETEX h EX 10 FIELDS 1 a 1");
        t.events("hset:h", "hexpire:h");
        t.run("HGETEX h PERSIST FIELDS 1 a");
        t.events("hpersist:h");
        t.run("HGETEX h EX 10 FIELDS 1 a");
        t.events("hexpire:h");
        t.run("HGETDEL h FIELDS 1 a");
        t.events("hdel:h", "del:h");
    }

    @Test
    void whatIsWrongWithTheArguments() {
        String missing = "ERR Mandatory argument FIELDS is missing or not at the right position";
        String mismatch = "ERR The `numfields` parameter must match the number of arguments";
        String parameter = "ERR Parameter `numFields` should be greater than 0";
        String positive = "ERR Number of fields must be a positive integer";
        t.run("SET s x");
        t.run("HSET h a 1");
        t.run("HEXPIRE s 10 FIELDS 1 a").fails(WRONGTYPE);
        t.run("HEXPIRE h x FIELDS 1 a").fails("ERR value is not an integer or out of range");
        t.run("HEXPIRE h -1 FIELDS 1 a").fails("ERR invalid expire time, must be >= 0");
        t.run("HEXPIRE h 9223372036854775807 FIELDS 1 a").fails("ERR invalid expire time in 'hexpire' command");
        t.run("HPEXPIREAT h 70368744177664 FIELDS 1 a").fails("ERR invalid expire time in 'hpexpireat' command");
        t.run("HPEXPIRE h 70368744177663 FIELDS 1 a").fails("ERR invalid expire time in 'hpexpire' command");
        t.run("HPEXPIREAT h 70368744177663 FIELDS 1 a").array(1);
        t.run("HEXPIRE h 10 FOO 1 a").fails(missing);
        t.run("HEXPIRE h 10 NX 1 a").fails(missing);
        t.run("HEXPIRE h 10 FIELDS 0 a").fails(parameter);
        t.run("HEXPIRE h 10 FIELDS x a").fails(parameter);
        t.run("HEXPIRE h 10 FIELDS 2 a").fails(mismatch);
        t.run("HEXPIRE h 10 FIELDS 1 a b").fails(mismatch);
        t.run("HEXPIRE h 10 FIELDS 1").fails("ERR wrong number of arguments for 'hexpire' command");
        for (String name : List.of("HTTL", "HPTTL", "HEXPIRETIME", "HPEXPIRETIME", "HPERSIST", "HGETDEL", "HGETEX")) {
            t.run(name + " s FIELDS 1 a").fails(WRONGTYPE);
            t.run(name + " h FOO 1 a").fails(missing);
            t.run(name + " h FIELDS 0 a").fails(positive);
            t.run(name + " h FIELDS -1 a").fails(positive);
            t.run(name + " h FIELDS 2 a").fails(mismatch);
        }
        t.run("HGETEX h EX -1 FIELDS 1 a").fails("ERR invalid expire time, must be >= 0");
        t.run("HGETEX h EX 9223372036854775807 FIELDS 1 a").fails("ERR invalid expire time in 'hgetex' command");
        t.run("HSETEX s FIELDS 1 a 1").fails(WRONGTYPE);
        t.run("HSETEX h FIELDS x a 1").fails("ERR invalid number of fields");
        t.run("HSETEX h FIELDS 2 a 1").fails("ERR wrong number of arguments for 'hsetex' command");
        t.run("HSETEX h FNX FXX FIELDS 1 a 1").fails("ERR Only one of FXX or FNX arguments can be specified");
        t.run("HSETEX h EX 1 KEEPTTL FIELDS 1 a 1")
                .fails("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified");
        t.run("HSETEX h KEEPTTL PX 1 FIELDS 1 a 1")
                .fails("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified");
        t.run("HSETEX h FOO FIELDS 1 a 1").fails("ERR unknown argument: FOO");
        t.run("HSETEX h FNX EX 10 a 1").fails("ERR unknown argument: a");
        t.run("HSETEX h FNX FNX KEEPTTL EX").fails("ERR Only one of FXX or FNX arguments can be specified");
        t.run("HSETEX h FNX KEEPTTL FNX EX").fails("ERR Only one of FXX or FNX arguments can be specified");
        t.run("HSETEX h a 1 FIELDS 1").fails("ERR unknown argument: a");
        t.run("HSETEX h FXX KEEPTTL FIELDS 1").fails("ERR wrong number of arguments for 'hsetex' command");
        t.run("HGETALL h").replies(Map.of("a", "1"));
    }

    // ---- the commands of 8.0

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void hsetexSetsOnConditions(boolean table) {
        encoding(table);
        t.run("HSETEX h FXX FIELDS 1 a 1").replies(0);
        t.run("EXISTS h").replies(0);
        t.run("HSETEX h FNX EX 10 FIELDS 2 a 1 b 2").replies(1);
        is("h", table);
        t.run("HTTL h FIELDS 2 a b").array(10, 10);
        t.run("HSETEX h FNX FIELDS 2 b 5 c 5").replies(0);
        t.run("HSETEX h FXX FIELDS 2 b 5 c 5").replies(0);
        t.run("HSETEX h FXX KEEPTTL FIELDS 2 b 5 a 5").replies(1);
        t.run("HTTL h FIELDS 2 a b").array(10, 10);
        t.run("HSETEX h FIELDS 1 a 6").replies(1);
        t.run("HTTL h FIELDS 2 a b").array(-1, 10);
        t.run("HSETEX h PXAT 1 FIELDS 2 a 7 new 7").replies(1);
        t.run("HGETALL h").replies(Map.of("b", "5"));
        t.run("HSETEX other PXAT 1 FIELDS 1 a 7").replies(1);
        t.run("EXISTS other").replies(0);
        t.run("HSETEX h PX 5 FIELDS 3 x 1 y 1 x 2").replies(1);
        t.run("HGET h x").replies("2");
        t.advance(6, MILLISECONDS).turn();
        t.run("HGETALL h").replies(Map.of("b", "5"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void hgetexChangesTheDeadlineAndHgetdelDeletes(boolean table) {
        encoding(table);
        t.run("HSET h a 1 b 2 c 3");
        t.run("HGETEX h FIELDS 2 a x").array("1", null);
        t.run("HGETEX nothing EX 10 FIELDS 2 a x").array(null, null);
        t.run("HGETEX h EX 10 FIELDS 3 a x b").array("1", null, "2");
        t.run("HTTL h FIELDS 3 a b c").array(10, 10, -1);
        t.run("HGETEX h PERSIST FIELDS 2 a c").array("1", "3");
        t.run("HTTL h FIELDS 3 a b c").array(-1, 10, -1);
        t.run("HGETEX h EXAT 1 FIELDS 2 b a").array("2", "1");
        t.run("HGETALL h").replies(Map.of("c", "3"));
        t.run("HGETDEL h FIELDS 3 c c x").array("3", null, null);
        t.run("EXISTS h").replies(0);
        t.run("HGETDEL h FIELDS 1 a").array((Object) null);
    }

    // ---- deadlines stay with their field

    @Test
    void settingAFieldTakesItsDeadlineAndCountingDoesNot() {
        for (boolean table : new boolean[] {false, true}) {
            encoding(table);
            t.run("DEL h");
            t.run("HSETEX h EX 100 FIELDS 4 a 1 b 2 c 3 d 4");
            t.run("HSET h a 5");
            t.run("HINCRBY h b 1");
            t.run("HINCRBYFLOAT h c 1");
            t.run("HSETNX h d 1").replies(0);
            t.run("HTTL h FIELDS 4 a b c d").array(-1, 100, 100, 100);
            t.run("HPERSIST h FIELDS 3 a b x").array(-1, 1, -2);
            t.run("HTTL h FIELDS 4 a b c d").array(-1, -1, 100, 100);
        }
    }

    @Test
    void aHashGoesOutOfItsOwnSlotThoughAnotherKeyWasJustLookedAfter() {
        for (int n = 0; n < 50; n++) { // keys whose deadline was put off: their record fires, and they are filed again
            t.run("SET other:" + n + " v PX 100");
            t.run("PEXPIRE other:" + n + " 1000000");
        }
        t.run("HSET h f v");
        t.run("HPEXPIRE h 150 FIELDS 1 f").array(1);
        t.advance(200, MILLISECONDS).turn();
        t.run("EXISTS h").replies(0);
        t.run("DBSIZE").replies(50);
        for (int n = 0; n < 50; n++) {
            t.run("GET other:" + n).replies("v");
        }
    }

    @Test
    void aListpackStandsInTheOrderOfDeadlines() {
        t.run("HSET h a 1 b 2 c 3 d 4");
        t.run("HEXPIRE h 30 FIELDS 1 c");
        t.run("HEXPIRE h 20 FIELDS 1 d");
        t.run("HEXPIRE h 30 FIELDS 1 a");
        t.run("HSET h e 5");
        t.run("HKEYS h").array("d", "c", "a", "b", "e");
        t.run("HPERSIST h FIELDS 1 d");
        t.run("HKEYS h").array("c", "a", "b", "e", "d");
        t.run("HVALS h").array("3", "1", "2", "5", "4");
    }

    @Test
    void deadlinesSurviveTheChangeOfEncoding() {
        t.run("CONFIG SET hash-max-listpack-entries 3");
        t.run("HSETEX h PX 10 FIELDS 1 a 1");
        t.run("HSETEX h PX 20 FIELDS 1 b 1");
        t.run("HSET h c 3");
        is("h", false);
        t.run("HSET h d 4");
        is("h", true);
        t.run("HPTTL h FIELDS 4 a b c d").array(10, 20, -1, -1);
        t.advance(11, MILLISECONDS).turn();
        t.run("HLEN h").replies(3);
        t.advance(10, MILLISECONDS).turn();
        t.run("HLEN h").replies(2);
        t.effects(
                "HSETEX h PXAT 1700000000010 FIELDS 1 a 1",
                "HSETEX h PXAT 1700000000020 FIELDS 1 b 1",
                "HSET h c 3",
                "HSET h d 4",
                "HDEL h a",
                "HDEL h b");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deadlinesGoWithTheKey(boolean table) {
        encoding(table);
        t.run("HSETEX h PX 10 FIELDS 1 a 1");
        t.run("HSET h b 2");
        t.run("COPY h copy").replies(1);
        t.run("RENAME h g");
        t.run("MOVE g 3").replies(1);
        t.run("SWAPDB 3 7");
        t.run("COPY copy far DB 5").replies(1);
        t.run("DEL copy");
        t.forget();
        t.advance(11, MILLISECONDS).turn();
        assertThat(t.effectLog().take()).containsExactlyInAnyOrder("HDEL g a", "HDEL far a");
        t.run("SELECT 7");
        t.run("HGETALL g").replies(Map.of("b", "2"));
        t.run("SELECT 5");
        t.run("HGETALL far").replies(Map.of("b", "2"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsFlushedOrOverwrittenFiresForNobody(boolean table) {
        encoding(table);
        for (String end : List.of("FLUSHDB", "FLUSHALL", "DEL h", "SET h x", "UNLINK h")) {
            t.run("SET other x");
            t.run("HSETEX h PX 10 FIELDS 2 a 1 b 1");
            t.run(end);
            t.run("HSET h2 a 1");
            t.forget();
            t.advance(11, MILLISECONDS).turn();
            t.effects();
            t.run("DEL h");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeadlineThatMovesFiresOnce(boolean table) {
        encoding(table);
        t.run("HSET h a 1 b 2");
        t.run("HPEXPIRE h 10 FIELDS 1 a");
        t.run("HPEXPIRE h 30 FIELDS 1 a");
        t.run("HPEXPIRE h 20 FIELDS 1 a");
        t.forget();
        t.advance(15, MILLISECONDS).turn();
        t.effects();
        t.run("HPTTL h FIELDS 1 a").array(5);
        t.run("HPERSIST h FIELDS 1 a").array(1);
        t.forget();
        t.advance(15, MILLISECONDS).turn();
        t.effects();
        t.run("HPEXPIRE h 5 FIELDS 1 a").array(1);
        t.forget();
        t.advance(6, MILLISECONDS).turn();
        t.effects("HDEL h a");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refreshingADeadlineLeavesNothingBehind(boolean table) {
        encoding(table);
        t.run("HSET h a 1");
        t.run("HPEXPIRE h 50000 FIELDS 1 a");
        t.turn();
        long before = t.engine().usedBytes();
        for (int i = 0; i < 5_000; i++) {
            t.run("HSET h a " + i % 10);
            t.run("HPEXPIRE h 60000 FIELDS 1 a");
            t.advance(10, MILLISECONDS);
        }
        assertThat(t.engine().usedBytes() - before).isLessThan(100_000);
    }

    @Test
    void aTableOfManyGoesInBudgetsAndIsExactMeanwhile() {
        encoding(true);
        for (int i = 0; i < 200; i++) {
            StringBuilder line = new StringBuilder("HSETEX h PX 1000 FIELDS 100");
            for (int j = 0; j < 100; j++) {
                line.append(" f").append(i * 100 + j).append(" v");
            }
            t.run(line.toString());
        }
        t.run("HSET h stays x");
        t.advance(1001, MILLISECONDS);
        t.run("HLEN h").replies(1);
        t.run("HGETALL h").replies(Map.of("stays", "x"));
        t.run("HRANDFIELD h").replies("stays");
        t.run("HGET h f77").nil();
        t.run("HDEL h f77").replies(0);
        t.run("HSET h f78 new").replies(1);
        int gone = 0;
        for (int i = 0; i < 3000 && gone < 19_999; i++) {
            gone += (int) t.turn().effectLog().take().stream()
                    .filter(effect -> effect.startsWith("HDEL"))
                    .count();
        }
        t.run("HGETALL h").replies(Map.of("stays", "x", "f78", "new"));
        t.run("HDEL h stays f78").replies(2);
        t.run("EXISTS h").replies(0);
    }

    /** In a table too large to be searched at every access; whoever repeats the writes must come to the same. */
    @Test
    void whatIsOverAndWrittenAnewIsDeletedFirst() {
        encoding(true);
        for (int i = 0; i < 200; i++) {
            t.run("HSET h other" + i + " v");
        }
        t.run("HSETEX h PX 10 FIELDS 4 a 10 b 10 c 10 d 10");
        t.run("DEBUG SET-ACTIVE-EXPIRE 0");
        t.advance(11, MILLISECONDS);
        t.forget();
        t.run("HINCRBY h a 5").replies(5);
        t.effects("MULTI", "HDEL h a", "HINCRBY h a 5", "EXEC");
        t.events("hexpired:h", "hincrby:h");
        t.run("HSETNX h b 5").replies(1);
        t.effects("MULTI", "HDEL h b", "HSETNX h b 5", "EXEC");
        t.run("HSETEX h KEEPTTL FIELDS 1 c 5").replies(1);
        t.effects("MULTI", "HDEL h c", "HSETEX h KEEPTTL FIELDS 1 c 5", "EXEC");
        t.run("HEXPIRE h 10 FIELDS 1 d").array(-2);
        t.run("HTTL h FIELDS 4 a b c d").array(-1, -1, -1, -2);
        t.effects();
        t.run("HLEN h").replies(203);
    }

    @Test
    void snapshotsSeeDeadlinesAndRollBacksReturnThem() {
        for (boolean table : new boolean[] {false, true}) {
            encoding(table);
            t.run("FLUSHALL");
            t.run("HSETEX h PX 100 FIELDS 1 a 1");
            t.run("HSET h b 2");
            try (Snapshot snapshot = t.engine().freeze()) {
                t.advance(101, MILLISECONDS).turn();
                t.run("HLEN h").replies(1);
                Map<String, Long> seen = new HashMap<>();
                snapshot.forEach(
                        0,
                        (key, offset, length, expireAtMs, value) ->
                                value.forEach(new io.duetdb.engine.api.ElementVisitor() {
                                    @Override
                                    public void field(byte[] f, int fo, int fl, byte[] v, int vo, int vl, long at) {
                                        seen.put(new String(f, fo, fl, java.nio.charset.StandardCharsets.US_ASCII), at);
                                    }
                                }));
                assertThat(seen.get("b")).isEqualTo(-1);
                assertThat(seen.get("a")).isEqualTo(t.clock().nowMs() - 1);
                t.clock().jumpTo(t.clock().nowMs() - 50);
                t.engine().rollBack(snapshot);
                t.run("HPTTL h FIELDS 2 a b").array(49, -1);
                t.advance(50, MILLISECONDS).turn();
                t.run("HLEN h").replies(1);
            }
        }
    }

    /** Random fields of some hashes, looked at now and then: exactly those are there whose time is not over. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyFieldGoesAtItsTime(long seed) {
        Random random = new Random(seed);
        t.run("CONFIG SET hash-max-listpack-entries " + (seed % 2 == 0 ? 8 : 512));
        Map<String, Map<String, Long>> model = new HashMap<>();
        for (int step = 0; step < 6_000; step++) {
            String key = "h" + random.nextInt(4);
            String field = "f" + random.nextInt(30);
            Map<String, Long> fields = model.computeIfAbsent(key, k -> new HashMap<>());
            long now = t.clock().nowMs();
            fields.values().removeIf(at -> at != 0 && at < now);
            boolean is = fields.containsKey(field);
            String where = "seed " + seed + " step " + step;
            switch (random.nextInt(9)) {
                case 0, 1 -> {
                    t.run("HSET " + key + " " + field + " v").replies(is ? 0 : 1);
                    fields.put(field, 0L);
                }
                case 2, 3, 4 -> {
                    long at = now + 1 + random.nextInt(100);
                    t.run("HPEXPIREAT " + key + " " + at + " FIELDS 1 " + field).array(is ? 1 : -2);
                    if (is) {
                        fields.put(field, at);
                    }
                }
                case 5 -> {
                    t.run("HDEL " + key + " " + field).replies(is ? 1 : 0);
                    fields.remove(field);
                }
                case 6 -> {
                    String to = "h" + random.nextInt(4);
                    if (!to.equals(key) && !fields.isEmpty()) {
                        t.run("RENAME " + key + " " + to).replies("OK");
                        model.put(to, model.remove(key));
                    }
                }
                case 7 -> t.advance(random.nextInt(40), MILLISECONDS);
                default -> {
                    assertThat(t.run("HLEN " + key).value()).as(where).isEqualTo((long) fields.size());
                    Map<?, ?> all = (Map<?, ?>) t.run("HGETALL " + key).value();
                    assertThat(all.keySet()).as(where).isEqualTo(fields.keySet());
                }
            }
        }
        t.advance(1, SECONDS).turn();
        model.values().forEach(fields -> fields.values().removeIf(at -> at != 0));
        for (String key : model.keySet()) {
            t.run("HLEN " + key).replies(model.get(key).size());
        }
        t.run("FLUSHALL");
    }
}
