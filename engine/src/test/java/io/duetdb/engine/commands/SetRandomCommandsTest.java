package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SetRandomCommandsTest {
    private static final String WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

    private final EngineFixture t = new EngineFixture();

    /** Fills {@code k} with members 0 to size - 1, kept as asked for. */
    private void fill(String encoding, int size) {
        t.run("DEL k");
        StringBuilder line = new StringBuilder("SADD k");
        for (int i = 0; i < size; i++) {
            line.append(' ').append(i);
        }
        t.run(encoding.equals("listpack") ? "SADD k x" : "PING");
        t.run(line.toString());
        t.run(encoding.equals("listpack") ? "SREM k x" : "PING");
        if (encoding.equals("hashtable")) {
            t.run("SADD k " + "x".repeat(100));
            t.run("SREM k " + "x".repeat(100));
        }
        t.run("OBJECT ENCODING k").replies(encoding);
        t.forget();
    }

    private Set<Object> members() {
        return new HashSet<>((List<?>) t.run("SMEMBERS k").value());
    }

    @Test
    void spopTakesAMemberAndTellsItAsSrem() {
        t.run("SADD k a b");
        t.forget();
        Object first = t.run("SPOP k").value();
        Object second = t.run("SPOP k").value();
        assertThat(Set.of(first, second)).isEqualTo(Set.of("a", "b"));
        t.run("SPOP k").nil();
        t.effects("SREM k " + first, "SREM k " + second);
        t.events("spop:k", "spop:k", "del:k");
        t.run("EXISTS k").replies(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"intset", "listpack", "hashtable"})
    void spopOfSeveralTakesDifferentOnes(String encoding) {
        for (int count : new int[] {1, 2, 10, 40, 80, 84, 90, 99, 100, 1_000}) {
            fill(encoding, 100);
            List<?> popped = (List<?>) t.run("SPOP k " + count).value();
            List<String> effects = t.effectLog().take();
            int taken = Math.min(count, 100);
            assertThat(popped).hasSize(taken);
            assertThat(new HashSet<>(popped)).hasSize(taken);
            assertThat(members()).hasSize(100 - taken).doesNotContainAnyElementsOf(popped);
            if (taken == 100) {
                assertThat(effects).containsExactly("DEL k");
                t.events("spop:k", "del:k");
            } else {
                assertThat(effects).hasSize(1);
                assertThat(effects.get(0)).startsWith("SREM k ");
                assertThat(List.of(effects.get(0).substring(7).split(" "))).isEqualTo(popped);
                t.events("spop:k");
            }
        }
    }

    @Test
    void whatIsLeftOfAPoppedSetIsKeptCompactly() {
        fill("hashtable", 1_000);
        t.run("SPOP k 500");
        t.run("OBJECT ENCODING k").replies("hashtable");
        t.run("SPOP k 450"); // the rest is moved to a new set, which begins as a listpack
        t.run("OBJECT ENCODING k").replies("listpack");
        t.run("SCARD k").replies(50);
        fill("intset", 100);
        t.run("SPOP k 95");
        t.run("OBJECT ENCODING k").replies("intset");
        fill("hashtable", 3_000);
        t.run("SPOP k 2600");
        t.run("OBJECT ENCODING k").replies("hashtable");
        t.run("SCARD k").replies(400);
    }

    @Test
    void effectsOfManyPoppedMembersComeInPieces() {
        for (int size : new int[] {20_000, 2_600}) {
            fill("hashtable", size);
            List<?> popped = (List<?>) t.run("SPOP k 2500").value();
            List<String> effects = t.effectLog().take();
            assertThat(effects).hasSize(5).startsWith("MULTI").endsWith("EXEC");
            Set<String> told = new TreeSet<>();
            for (String effect : effects.subList(1, 4)) {
                assertThat(effect).startsWith("SREM k ");
                told.addAll(List.of(effect.substring(7).split(" ")));
                assertThat(effect.split(" ").length).isLessThanOrEqualTo(1_026);
            }
            assertThat(told).hasSize(2_500);
            assertThat(told.containsAll(popped)).isTrue();
            t.run("SCARD k").replies(size - 2_500);
        }
    }

    @Test
    void spopIsExact() {
        t.run("SADD k a");
        t.forget();
        t.run("SPOP k 0").array();
        t.run("SPOP k -1").fails("ERR value is out of range, must be positive");
        t.run("SPOP k x").fails("ERR value is out of range, must be positive");
        t.run("SPOP k 1 2").fails("ERR syntax error");
        t.run("SPOP nothing 5").array();
        t.run("SPOP nothing").nil();
        t.run("SET s text");
        t.run("SPOP s").fails(WRONGTYPE);
        t.run("SPOP s 0").fails(WRONGTYPE);
        t.run("SPOP s -1").fails("ERR value is out of range, must be positive");
        t.effects("SET s text");
    }

    @Test
    void srandmemberIsExact() {
        t.run("SADD k a");
        t.forget();
        t.run("SRANDMEMBER k").replies("a");
        t.run("SRANDMEMBER k 5").array("a");
        t.run("SRANDMEMBER k -3").array("a", "a", "a");
        t.run("SRANDMEMBER k 0").array();
        t.run("SRANDMEMBER nothing").nil();
        t.run("SRANDMEMBER nothing 5").array();
        t.run("SRANDMEMBER nothing -5").array();
        t.run("SRANDMEMBER k x").fails("ERR value is not an integer or out of range");
        t.run("SRANDMEMBER k 1 2").fails("ERR syntax error");
        t.run("SRANDMEMBER k -9223372036854775808")
                .fails("ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
        t.run("SRANDMEMBER k -9223372036854775807").fails("ERR value is out of range");
        t.run("SET s text");
        t.run("SRANDMEMBER s").fails(WRONGTYPE);
        t.run("SRANDMEMBER s 1").fails(WRONGTYPE);
        t.run("SCARD k").replies(1);
        t.effects("SET s text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"intset", "listpack", "hashtable"})
    void srandmemberReturnsDifferentOnesUnlessNegative(String encoding) {
        fill(encoding, 100);
        for (int count : new int[] {1, 2, 10, 33, 34, 60, 99, 100, 1_000}) {
            List<?> found = (List<?>) t.run("SRANDMEMBER k " + count).value();
            assertThat(new HashSet<>(found)).hasSize(Math.min(count, 100)).hasSameSizeAs(found);
            assertThat(members()).containsAll(found);
        }
        List<?> found = (List<?>) t.run("SRANDMEMBER k -1000").value();
        assertThat(found).hasSize(1_000);
        assertThat(members()).containsAll(found);
        assertThat(new HashSet<>(found).size()).isGreaterThan(90);
        t.run("SCARD k").replies(100);
    }

    /** Every member as often as any other, by chi-square of 19 degrees of freedom (beyond 50 once in 10,000). */
    @ParameterizedTest
    @CsvSource({
        "intset, SRANDMEMBER k", "listpack, SRANDMEMBER k", "hashtable, SRANDMEMBER k",
        "intset, SRANDMEMBER k -7", "listpack, SRANDMEMBER k -7", "hashtable, SRANDMEMBER k -7",
        "intset, SRANDMEMBER k 5", "listpack, SRANDMEMBER k 5", "hashtable, SRANDMEMBER k 5",
        "intset, SRANDMEMBER k 13", "listpack, SRANDMEMBER k 13", "hashtable, SRANDMEMBER k 13",
        "intset, SPOP k", "listpack, SPOP k", "hashtable, SPOP k",
        "intset, SPOP k 6", "listpack, SPOP k 6", "hashtable, SPOP k 6",
        "intset, SPOP k 18", "listpack, SPOP k 18", "hashtable, SPOP k 18",
    })
    void allMembersAreEquallyLikely(String encoding, String command) {
        Map<Object, Integer> counts = new HashMap<>();
        int drawn = 0;
        boolean pops = command.startsWith("SPOP");
        fill(encoding, 20);
        for (int round = 0; drawn < 20_000; round++) {
            if (pops) {
                t.run("DEL k");
                t.run("COPY original k");
                if (round == 0) {
                    fill(encoding, 20);
                    t.run("COPY k original");
                }
            }
            Object reply = t.run(command).value();
            List<?> members = reply instanceof List<?> list ? list : List.of(reply);
            for (Object member : members) {
                counts.merge(member, 1, Integer::sum);
                drawn++;
            }
            t.forget();
        }
        double mean = drawn / 20.0;
        double chi = 0;
        for (int count : counts.values()) {
            chi += (count - mean) * (count - mean) / mean;
        }
        assertThat(counts).hasSize(20);
        assertThat(chi).as("%s of an %s", command, encoding).isLessThan(50);
    }
}
