package io.duetdb.engine.commands;

import io.duetdb.engine.kit.EngineFixture;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * When a list is a listpack and when a quicklist, as Redis 7.2 has it. A listpack has 7 bytes; an element takes its bytes
 * and two more up to 63 bytes, three up to 125, four above; what is to be pushed counts by its bytes alone.
 */
class ListEncodingTest {
    /** list-max-listpack-size: commands on k with {@code {n}} for n bytes, {@code {n*m}} for m such -> the encoding. */
    private static final String TABLE = """
            -2: RPUSH k a -> listpack
            -1: RPUSH k {4089} -> listpack
            -1: RPUSH k {4090} -> quicklist
            -2: RPUSH k {8185} -> listpack
            -2: RPUSH k {8186} -> quicklist
            -3: LPUSH k {16377} -> listpack
            -3: LPUSH k {16378} -> quicklist
            -4: RPUSH k {32761} -> listpack
            -4: RPUSH k {32762} -> quicklist
            -5: RPUSH k {65529} -> listpack
            -5: RPUSH k {65530} -> quicklist
            -6: RPUSH k {65529} -> listpack
            -6: RPUSH k {65530} -> quicklist
            -2147483648: RPUSH k {65529} -> listpack
            -2147483648: RPUSH k {65530} -> quicklist
            0: RPUSH k a -> listpack
            0: RPUSH k a b -> quicklist
            1: RPUSH k a -> listpack
            1: RPUSH k a; RPUSH k b -> quicklist
            3: RPUSH k a b c -> listpack
            3: RPUSH k a b c d -> quicklist
            3: RPUSH k a b c; LPUSHX k d -> quicklist
            3: RPUSH k a b; RPUSHX k c -> listpack
            2147483647: RPUSH k {1*3000} -> listpack
            2147483647: RPUSH k {8185} -> listpack
            2147483647: RPUSH k {8186} -> quicklist
            -1: RPUSH k {2000} {2089} -> listpack
            -1: RPUSH k {2000} {2090} -> quicklist
            -1: RPUSH k {2000}; RPUSH k {2085} -> listpack
            -1: RPUSH k {2000}; RPUSH k {2086} -> quicklist
            -1: RPUSH k {4*1022} -> listpack
            -1: RPUSH k {4*1022} {2} -> quicklist
            -1: RPUSH k {4*1022}; RPUSH k a -> quicklist
            -1: RPUSH k {2037} {3000}; RPOP k -> listpack
            -1: RPUSH k {2038} {3000}; RPOP k -> quicklist
            -1: RPUSH k {2038} {3000}; RPOP k; RPUSH k a; RPOP k -> quicklist
            -1: RPUSH k {2037} {3000}; LPOP k -> quicklist
            -1: RPUSH k {2000}; RPUSH k {3000}; LPOP k; LPOP k; RPUSH k a -> listpack
            10: RPUSH k {1*11}; LPOP k 5 -> quicklist
            10: RPUSH k {1*11}; LPOP k 6 -> listpack
            10: RPUSH k {1*11}; LPOP k 6; RPUSH k {1*5} -> listpack
            10: RPUSH k {1*11}; LPOP k 6; RPUSH k {1*6} -> quicklist
            11: RPUSH k {1*12}; LPOP k 6 -> quicklist
            11: RPUSH k {1*12}; LPOP k 7 -> listpack
            1: RPUSH k a b; LPOP k -> quicklist
            0: RPUSH k a b; LPOP k -> quicklist
            10: RPUSH k {1*11}; LTRIM k 3 8 -> quicklist
            10: RPUSH k {1*11}; LTRIM k 3 7 -> listpack
            10: RPUSH k {1*11} y z; LREM k 8 x -> listpack
            10: RPUSH k {1*11} y z; LREM k -7 x -> quicklist
            10: RPUSH k {1*11} y z; LREM k 0 x -> listpack
            10: RPUSH k {1*11}; LMPOP 1 k RIGHT COUNT 5 -> quicklist
            10: RPUSH k {1*11}; LMPOP 1 k RIGHT COUNT 6 -> listpack
            10: RPUSH k {1*6}; RPUSH other {1*5}; LMOVE k other LEFT RIGHT -> listpack
            10: RPUSH k {1*10}; RPUSH other a; RPOPLPUSH other k -> quicklist
            10: RPUSH k {1*10}; RPOPLPUSH k k -> listpack
            10: RPUSH k {1*11}; LPOP k 5; RPOPLPUSH k k -> quicklist
            10: RPUSH k {1*11}; LPOP k 5; RPUSH other b; RPOPLPUSH k other -> listpack
            -1: RPUSH k {4000} a; LPOP k; RPUSH k {3000}; LMOVE k k RIGHT LEFT -> listpack
            -1: RPUSH k a {4090}; LMOVE k k RIGHT LEFT -> quicklist
            -1: RPUSH k {4090}; LMOVE k k LEFT LEFT -> quicklist
            -1: RPUSH k {4090}; LMOVE k fresh LEFT LEFT; COPY fresh k -> quicklist
            -1: RPUSH k a b; LSET k 0 {4083} -> listpack
            -1: RPUSH k a b; LSET k 0 {4084} -> quicklist
            -1: RPUSH k a b; LSET k 0 {4084}; LSET k 0 {2034} -> listpack
            -1: RPUSH k a b; LSET k 0 {4084}; LSET k 0 {2035} -> quicklist
            3: RPUSH k a b c; LSET k 0 x -> quicklist
            -1: RPUSH k a b; LSET k 9 {5000} -> listpack
            -1: RPUSH k a b; LINSERT k BEFORE b {4083} -> listpack
            -1: RPUSH k a b; LINSERT k BEFORE b {4084} -> quicklist
            -1: RPUSH k a b; LINSERT k AFTER c {5000} -> listpack
            3: RPUSH k a b; LINSERT k AFTER a c -> listpack
            3: RPUSH k a b c; LINSERT k AFTER a d -> quicklist
            3: RPUSH k a b c d; COPY k other; DEL k; RENAME other k -> quicklist
            3: RPUSH k a b c d; CONFIG SET list-max-listpack-size 100 -> quicklist
            3: RPUSH k a b c d; CONFIG SET list-max-listpack-size 100; RPUSH k e -> quicklist
            3: RPUSH k a b c d; CONFIG SET list-max-listpack-size 8; LPOP k 0 -> quicklist
            3: RPUSH k a b c d e; CONFIG SET list-max-ziplist-size 8; LPOP k -> listpack
            5: RPUSH k a b c d; CONFIG SET list-max-listpack-size 2 -> listpack
            5: RPUSH k a b c d; CONFIG SET list-max-listpack-size 2; LPOP k -> listpack
            5: RPUSH k a b c d; CONFIG SET list-max-listpack-size 2; RPUSH k e -> quicklist
            """;

    private static final Pattern BYTES = Pattern.compile("\\{(\\d+)(?:\\*(\\d+))?}");

    private static List<String> rows() {
        return TABLE.lines().toList();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theEncodingFollowsTheTable(String row) {
        int colon = row.indexOf(": ");
        int arrow = row.indexOf(" -> ");
        EngineFixture t = new EngineFixture("list-max-listpack-size=" + row.substring(0, colon));
        for (String command : row.substring(colon + 2, arrow).split("; ")) {
            t.run(expand(command));
        }
        t.run("OBJECT ENCODING k").replies(row.substring(arrow + 4));
    }

    private static String expand(String command) {
        Matcher matcher = BYTES.matcher(command);
        StringBuilder expanded = new StringBuilder();
        while (matcher.find()) {
            int times = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
            String word = "x".repeat(Integer.parseInt(matcher.group(1)));
            matcher.appendReplacement(expanded, (word + " ").repeat(times).strip());
        }
        return matcher.appendTail(expanded).toString();
    }

    /** 1000 takes 3 bytes, but counts as 4 before it stands there: 7 + 1361 * 3 + 4 = 4094, and at 1362 it is 4097. */
    @Test
    void numbersTakeTheRoomOfNumbers() {
        EngineFixture t = new EngineFixture("list-max-listpack-size=-1");
        for (int i = 0; i < 1362; i++) {
            t.run("RPUSH k 1000").replies(i + 1);
        }
        t.run("OBJECT ENCODING k").replies("listpack");
        t.run("RPUSH k 1000").replies(1363);
        t.run("OBJECT ENCODING k").replies("quicklist");
    }

    @Test
    void lengthsOfElementsNeitherChangeOrderNorContent() {
        EngineFixture t = new EngineFixture("list-max-listpack-size=-5");
        t.run("RPUSH k 1 " + "y".repeat(40_000) + " 3").replies(3);
        t.run("OBJECT ENCODING k").replies("listpack");
        t.run("LRANGE k 0 -1").array("1", "y".repeat(40_000), "3");
        t.run("RPUSH k " + "z".repeat(40_000)).replies(4);
        t.run("OBJECT ENCODING k").replies("quicklist");
        t.run("LRANGE k 0 -1").array("1", "y".repeat(40_000), "3", "z".repeat(40_000));
    }

    @Test
    void compressionIsAcceptedAndChangesNothing() {
        EngineFixture t = new EngineFixture("list-compress-depth=1");
        t.run("RPUSH k " + "a ".repeat(10_000)).replies(10_000);
        t.run("CONFIG SET list-compress-depth 2").replies("OK");
        t.run("CONFIG GET list-compress-depth").value();
        t.run("LINDEX k 5000").replies("a");
        t.run("OBJECT ENCODING k").replies("quicklist");
    }
}
