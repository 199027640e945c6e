package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SetCommandsTest {
    private static final String WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

    private final EngineFixture t = new EngineFixture();

    private void members(String key, Object... expected) {
        assertThat(new ArrayList<Object>((List<?>) t.run("SMEMBERS " + key).value()))
                .containsExactlyInAnyOrder(expected);
    }

    @Test
    void saddCountsWhatWasNotThere() {
        t.run("SADD k a b c").replies(3);
        t.run("SADD k c d").replies(1);
        t.run("SADD k a b").replies(0);
        t.run("SCARD k").replies(4);
        t.run("TYPE k").replies("set");
        members("k", "a", "b", "c", "d");
        t.effects("SADD k a b c", "SADD k c d");
        t.events("sadd:k", "sadd:k");
    }

    @Test
    void aMemberNamedTwiceIsAddedOnce() {
        t.run("SADD k a a 1 1 01").replies(3);
        members("k", "a", "1", "01");
    }

    @Test
    void sremDeletesTheKeyWithItsLastMember() {
        t.run("SADD k a 1 b");
        t.forget();
        t.run("SREM k x y").replies(0);
        t.run("SREM k a x").replies(1);
        t.run("SREM k b 1 a").replies(2);
        t.run("EXISTS k").replies(0);
        t.run("SREM k a").replies(0);
        t.effects("SREM k a x", "SREM k b 1 a");
        t.events("srem:k", "srem:k", "del:k");
    }

    @Test
    void membershipOfOneAndOfSeveral() {
        t.run("SADD k a 1");
        t.run("SISMEMBER k a").replies(1);
        t.run("SISMEMBER k b").replies(0);
        t.run("SISMEMBER k 1").replies(1);
        t.run("SISMEMBER k 01").replies(0);
        t.run("SISMEMBER nothing a").replies(0);
        t.run("SMISMEMBER k a b 1 a").array(1, 0, 1, 1);
        t.run("SMISMEMBER nothing a b").array(0, 0);
    }

    @Test
    void whereThereIsNoKeyTheSetIsEmpty() {
        t.run("SCARD nothing").replies(0);
        t.run("SMEMBERS nothing").array();
        t.run("SSCAN nothing 0").array("0", List.of());
        t.run("SSCAN nothing 17 whatever").array("0", List.of());
        t.run("SSCAN nothing x").fails("ERR invalid cursor");
    }

    @Test
    void otherTypesAreRefused() {
        t.run("SET s text");
        t.forget();
        for (String command : List.of(
                "SADD s a",
                "SREM s a",
                "SISMEMBER s a",
                "SMISMEMBER s a",
                "SCARD s",
                "SMEMBERS s",
                "SMOVE s k a",
                "SSCAN s 0",
                "SSCAN s 0 whatever")) {
            t.run(command).fails(WRONGTYPE);
        }
        t.run("SADD k a");
        t.run("SMOVE k s a").fails(WRONGTYPE);
        t.run("SMOVE k s b").fails(WRONGTYPE);
        t.run("SMOVE nothing s a").replies(0);
        t.run("GET s").replies("text");
        t.effects("SADD k a");
    }

    @Test
    void membersAreAnyBytes() {
        String longOne = "x".repeat(100_000);
        t.run("SADD k \"\" \"\\x00\\r\\n\" \"\\xff\\xfe\" " + longOne).replies(4);
        t.run("OBJECT ENCODING k").replies("hashtable");
        t.run("SISMEMBER k \"\"").replies(1);
        t.run("SISMEMBER k \"\\x00\\r\\n\"").replies(1);
        t.run("SISMEMBER k " + longOne).replies(1);
        t.run("SISMEMBER k " + longOne + "x").replies(0);
        members("k", "", "\0\r\n", "\u00ff\u00fe", longOne);
        t.run("SREM k " + longOne + " \"\"").replies(2);
        members("k", "\0\r\n", "\u00ff\u00fe");
    }

    @Test
    void encodingsGrowAndNeverShrink() {
        t.run("SADD k 1 2 3");
        t.run("OBJECT ENCODING k").replies("intset");
        t.run("SADD k a");
        t.run("OBJECT ENCODING k").replies("listpack");
        t.run("SREM k a");
        t.run("OBJECT ENCODING k").replies("listpack");
        t.run("SADD k " + "y".repeat(65));
        t.run("OBJECT ENCODING k").replies("hashtable");
        t.run("SREM k " + "y".repeat(65));
        t.run("OBJECT ENCODING k").replies("hashtable");
        members("k", "1", "2", "3");
    }

    @Test
    void settingsOfEncodingsAreLive() {
        t.run("CONFIG SET set-max-intset-entries 2 set-max-listpack-entries 3 set-max-listpack-value 4");
        t.run("SADD a 1 2");
        t.run("OBJECT ENCODING a").replies("intset");
        t.run("SADD a 3");
        t.run("OBJECT ENCODING a").replies("hashtable");
        t.run("SADD b 1 2 3"); // three are announced: too many for an intset
        t.run("OBJECT ENCODING b").replies("listpack");
        t.run("SADD c 1 2 3 4");
        t.run("OBJECT ENCODING c").replies("hashtable");
        t.run("SADD d abcd");
        t.run("OBJECT ENCODING d").replies("listpack");
        t.run("SADD d abcde");
        t.run("OBJECT ENCODING d").replies("hashtable");
        t.run("SADD e x");
        t.run("SADD e x x x x"); // announced, though none of them is new
        t.run("OBJECT ENCODING e").replies("hashtable");
    }

    @Test
    void smoveTakesFromOneAndGivesToTheOther() {
        t.run("SADD a 1 x");
        t.run("SADD b 2");
        t.forget();
        t.run("SMOVE a b x").replies(1);
        members("a", "1");
        members("b", "2", "x");
        t.run("SMOVE a b x").replies(0);
        t.run("SMOVE a c 1").replies(1);
        t.run("EXISTS a").replies(0);
        t.run("OBJECT ENCODING c").replies("intset");
        t.effects("SMOVE a b x", "SMOVE a c 1");
        t.events("srem:a", "sadd:b", "srem:a", "del:a", "sadd:c");
        t.run("SADD b 1");
        t.forget();
        t.run("SMOVE c b 1").replies(1); // is there already
        t.effects("SMOVE c b 1");
        t.events("srem:c", "del:c");
    }

    @Test
    void smoveToItselfChangesNothing() {
        t.run("SADD a x");
        t.forget();
        t.run("SMOVE a a x").replies(1);
        t.run("SMOVE a a y").replies(0);
        t.effects();
        t.events();
        members("a", "x");
    }

    @Test
    void timeToLiveStaysAsMembersComeAndGo() {
        t.run("SADD k a b");
        t.run("EXPIRE k 100");
        t.run("SADD k c");
        t.run("SREM k a");
        t.run("TTL k").replies(100);
        t.advance(101, SECONDS);
        t.run("SCARD k").replies(0);
        t.run("SADD k z").replies(1);
        t.run("TTL k").replies(-1);
        members("k", "z");
    }

    @Test
    void setsAreRenamedCopiedMovedAndDeleted() {
        t.run("SADD k a b " + "z".repeat(2_000));
        t.run("COPY k copy").replies(1);
        t.run("RENAME k other").replies("OK");
        t.run("SADD copy more");
        t.run("SCARD other").replies(3);
        t.run("SCARD copy").replies(4);
        t.run("MOVE other 1").replies(1);
        t.run("DEL copy").replies(1);
        t.run("SELECT 1");
        members("other", "a", "b", "z".repeat(2_000));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 100, 5_000})
    void sscanFindsAllMembers(int size) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            String member = (i % 2 == 0 ? "even:" : "odd:") + i;
            all.add(member);
            t.run("SADD k " + member);
        }
        List<String> found = new ArrayList<>();
        String cursor = "0";
        int steps = 0;
        do {
            List<?> reply = (List<?>) t.run("SSCAN k " + cursor + " COUNT 50").value();
            cursor = (String) reply.get(0);
            ((List<?>) reply.get(1)).forEach(m -> found.add((String) m));
            steps++;
        } while (!cursor.equals("0"));
        assertThat(found).containsExactlyInAnyOrderElementsOf(all);
        assertThat(steps).isLessThan(size / 25 + 2);
        Set<Object> even = new HashSet<>();
        do {
            List<?> reply =
                    (List<?>) t.run("SSCAN k " + cursor + " MATCH even:*").value();
            cursor = (String) reply.get(0);
            even.addAll((List<?>) reply.get(1));
        } while (!cursor.equals("0"));
        assertThat(even).hasSize((size + 1) / 2);
    }

    @Test
    void sscanFindsWhatStaysWhileOthersComeAndGo() {
        for (int i = 0; i < 2_000; i++) {
            t.run("SADD k stays:" + i);
        }
        Set<Object> found = new HashSet<>();
        String cursor = "0";
        int round = 0;
        do {
            List<?> reply = (List<?>) t.run("SSCAN k " + cursor + " COUNT 20").value();
            cursor = (String) reply.get(0);
            found.addAll((List<?>) reply.get(1));
            for (int i = 0; i < 60; i++) {
                t.run((round < 40 ? "SADD" : "SREM") + " k comes:" + (round % 40 * 60 + i));
            }
            round++;
        } while (!cursor.equals("0"));
        for (int i = 0; i < 2_000; i++) {
            assertThat(found).contains("stays:" + i);
        }
    }

    @Test
    void sscanRefuses() {
        t.run("SADD k 10 11 20 a");
        assertThat((List<?>) ((List<?>) t.run("SSCAN k 5 MATCH 1*").value()).get(1))
                .hasSize(2);
        t.run("SSCAN k 0 MATCH").fails("ERR syntax error");
        t.run("SSCAN k 0 COUNT 0").fails("ERR syntax error");
        t.run("SSCAN k 0 COUNT x").fails("ERR value is not an integer or out of range");
        t.run("SSCAN k 0 TYPE set").fails("ERR syntax error");
        t.run("SSCAN k 0 NOVALUES").fails("ERR syntax error");
        t.run("SSCAN k -x").fails("ERR invalid cursor");
    }

    @Test
    void aBigSetIsFreedInBudgets() {
        StringBuilder line = new StringBuilder("SADD k");
        for (int i = 0; i < 20_000; i++) {
            line.append(" member:").append(i);
        }
        t.turn();
        long before = t.engine().usedBytes();
        t.run(line.toString()).replies(20_000);
        t.run("DEL k").replies(1);
        for (int i = 0; i < 200; i++) {
            t.turn();
        }
        assertThat(t.engine().usedBytes() - before).isLessThan(100_000);
    }

    @Test
    void digestsDoNotDependOnEncodings() {
        t.run("SADD a 1 2 3");
        t.run("SADD b 3 2 1 x");
        t.run("SREM b x");
        t.run("SADD c 2 3 1 " + "x".repeat(100));
        t.run("SREM c " + "x".repeat(100));
        assertThat(Collections.frequency(
                        List.of(
                                t.run("OBJECT ENCODING a").value(),
                                t.run("OBJECT ENCODING b").value(),
                                t.run("OBJECT ENCODING c").value()),
                        "hashtable"))
                .isEqualTo(1);
        List<?> digests = (List<?>) t.run("DEBUG DIGEST-VALUE a b c").value();
        assertThat(digests.get(0)).isEqualTo(digests.get(1)).isEqualTo(digests.get(2));
    }

    /** What is a set and what an array in RESP3, as redis-server 7.0.15 spells it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SMEMBERS one | ~1$1m",
                "SMEMBERS nothing | ~0",
                "SINTER one one | ~1$1m",
                "SINTER one nothing | ~0",
                "SUNION one | ~1$1m",
                "SUNION one nothing | ~1$1m",
                "SUNION one other | ~2$1m$1n",
                "SDIFF one other | ~1$1m",
                "SDIFF nothing one | ~0",
                "SPOP nothing | _",
                "SPOP nothing 2 | ~0",
                "SPOP one 0 | ~0",
                "SPOP one 2 | ~1$1m",
                "SPOP one | $1m",
                "SRANDMEMBER nothing | _",
                "SRANDMEMBER nothing 2 | *0",
                "SRANDMEMBER one | $1m",
                "SRANDMEMBER one 2 | *1$1m",
                "SRANDMEMBER one -2 | *2$1m$1m",
                "SMISMEMBER one m n | *2:1:0",
                "SISMEMBER one m | :1",
                "SSCAN one 0 | *2$10*1$1m",
                "SINTERCARD 1 one | :1",
            })
    void repliesAreSpelledAsInRedis(String command, String inResp3) {
        RawConnection raw = new RawConnection(t.engine());
        for (int version = 2; version <= 3; version++) {
            raw.run("HELLO " + version);
            raw.run("SADD one m");
            raw.run("SADD other n");
            String expected = version == 3 ? inResp3 : inResp3.replace("~", "*").replace("_", "$-1");
            assertThat(raw.run(command).replace("\r\n", ""))
                    .as("RESP%d", version)
                    .isEqualTo(expected);
        }
    }
}
