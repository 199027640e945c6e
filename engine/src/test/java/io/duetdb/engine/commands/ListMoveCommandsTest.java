package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.duetdb.engine.kit.EngineFixture;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListMoveCommandsTest {
    private static final String WRONGTYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";
    private static final String SYNTAX = "ERR syntax error";

    private final EngineFixture t = new EngineFixture();

    @ParameterizedTest
    @CsvSource({
        "LEFT, LEFT, a, b c, a x y, lpush, lpop",
        "LEFT, RIGHT, a, b c, x y a, rpush, lpop",
        "RIGHT, LEFT, c, a b, c x y, lpush, rpop",
        "right, right, c, a b, x y c, rpush, rpop"
    })
    void lmoveGoesFromEndToEnd(
            String from, String to, String moved, String source, String destination, String push, String pop) {
        t.run("RPUSH s a b c");
        t.run("RPUSH d x y");
        t.forget();
        String command = "LMOVE s d " + from + " " + to;
        t.run(command).replies(moved);
        t.run("LRANGE s 0 -1").array((Object[]) source.split(" "));
        t.run("LRANGE d 0 -1").array((Object[]) destination.split(" "));
        t.effects(command);
        t.events(push + ":d", pop + ":s");
    }

    @ParameterizedTest
    @CsvSource({"LEFT, LEFT, a, a b c", "LEFT, RIGHT, a, b c a", "RIGHT, LEFT, c, c a b", "RIGHT, RIGHT, c, a b c"})
    void aListIsTurnedRound(String from, String to, String moved, String after) {
        t.run("RPUSH k a b c");
        t.forget();
        t.run("LMOVE k k " + from + " " + to).replies(moved);
        t.run("LRANGE k 0 -1").array((Object[]) after.split(" "));
        t.effects("LMOVE k k " + from + " " + to);
        t.events(to.equals("LEFT") ? "lpush:k" : "rpush:k", from.equals("LEFT") ? "lpop:k" : "rpop:k");
    }

    @Test
    void theLastElementTakesItsKeyAlong() {
        t.run("RPUSH s a");
        t.run("EXPIRE s 100");
        t.forget();
        t.run("LMOVE s d LEFT LEFT").replies("a");
        t.run("EXISTS s").replies(0);
        t.run("TTL d").replies(-1);
        t.effects("LMOVE s d LEFT LEFT");
        t.events("lpush:d", "lpop:s", "del:s");
        t.run("EXPIRE d 100");
        t.forget();
        t.run("RPOPLPUSH d d").replies("a");
        t.run("TTL d").replies(100);
        t.effects("RPOPLPUSH d d");
        t.events("lpush:d", "rpop:d");
    }

    @Test
    void movingFromNothingIsNothing() {
        t.run("SET s text");
        t.forget();
        t.run("LMOVE nothing s LEFT LEFT").nil();
        t.run("RPOPLPUSH nothing s").nil();
        t.run("LMOVE nothing fresh LEFT LEFT").nil();
        t.run("EXISTS fresh").replies(0);
        t.effects();
        t.events();
    }

    @Test
    void moveReadsWhereBeforeTheKeys() {
        t.run("SET s text");
        t.run("RPUSH k a");
        t.forget();
        t.run("LMOVE s k LEFT UP").fails(SYNTAX);
        t.run("LMOVE s k UP LEFT").fails(SYNTAX);
        t.run("LMOVE s k LEFT RIGHT").fails(WRONGTYPE);
        t.run("LMOVE k s LEFT RIGHT").fails(WRONGTYPE);
        t.run("RPOPLPUSH k s").fails(WRONGTYPE);
        t.run("LRANGE k 0 -1").array("a");
        t.run("GET s").replies("text");
        t.effects();
        t.events();
    }

    @Test
    void rpoplpushIsAMoveFromTailToHead() {
        t.run("RPUSH s a b");
        t.forget();
        t.run("RPOPLPUSH s d").replies("b");
        t.run("RPOPLPUSH s d").replies("a");
        t.run("LRANGE d 0 -1").array("a", "b");
        t.effects("RPOPLPUSH s d", "RPOPLPUSH s d");
        t.events("lpush:d", "rpop:s", "lpush:d", "rpop:s", "del:s");
    }

    @Test
    void manyMovesKeepTheOrder() {
        StringBuilder all = new StringBuilder();
        Object[] expected = new Object[2000];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = "e" + i + (i % 100 == 0 ? "x".repeat(i) : "");
            all.append(expected[i]).append(' ');
        }
        t.run("RPUSH s " + all);
        for (Object element : expected) {
            t.run("LMOVE s d LEFT RIGHT").replies(element);
        }
        t.run("EXISTS s").replies(0);
        t.run("LRANGE d 0 -1").array(expected);
        for (int i = 0; i < expected.length; i++) {
            t.run("RPOPLPUSH d d").replies(expected[expected.length - 1 - i]);
        }
        t.run("LRANGE d 0 -1").array(expected);
    }

    @Test
    void lmpopTakesFromTheFirstListThereIs() {
        t.run("RPUSH b 1 2 3 4");
        t.run("RPUSH c x");
        t.forget();
        t.run("LMPOP 3 a b c LEFT").array("b", List.of("1"));
        t.run("LMPOP 3 a b c right COUNT 2").array("b", List.of("4", "3"));
        t.run("LMPOP 2 b c RIGHT count 100").array("b", List.of("2"));
        t.run("LMPOP 2 b c LEFT COUNT 9223372036854775807").array("c", List.of("x"));
        t.run("LMPOP 2 b c LEFT").nil();
        t.effects("LPOP b 1", "RPOP b 2", "RPOP b 1", "LPOP c 1");
        t.events("lpop:b", "rpop:b", "rpop:b", "del:b", "lpop:c", "del:c");
    }

    @Test
    void lmpopReadsItsWordsBeforeTheKeys() {
        t.run("SET s text");
        t.run("RPUSH k a");
        t.forget();
        String numkeys = "ERR numkeys should be greater than 0";
        String count = "ERR count should be greater than 0";
        t.run("LMPOP 0 s LEFT").fails(numkeys);
        t.run("LMPOP -1 s LEFT").fails(numkeys);
        t.run("LMPOP x s LEFT").fails(numkeys);
        t.run("LMPOP 2 s LEFT").fails(SYNTAX);
        t.run("LMPOP 1 s k LEFT").fails(SYNTAX);
        t.run("LMPOP 1 s UP").fails(SYNTAX);
        t.run("LMPOP 1 s LEFT COUNT").fails(SYNTAX);
        t.run("LMPOP 1 s LEFT COUNT 0").fails(count);
        t.run("LMPOP 1 s LEFT COUNT -1").fails(count);
        t.run("LMPOP 1 s LEFT COUNT x").fails(count);
        t.run("LMPOP 1 s LEFT COUNT 1 COUNT 2").fails(SYNTAX);
        t.run("LMPOP 1 s LEFT FOO 1").fails(SYNTAX);
        t.run("LMPOP 9223372036854775807 s LEFT").fails(SYNTAX);
        t.run("LMPOP 2 s k LEFT").fails(WRONGTYPE);
        t.run("LMPOP 2 nothing s LEFT").fails(WRONGTYPE);
        t.run("LMPOP 2 k s LEFT").array("k", List.of("a"));
        t.effects("LPOP k 1");
    }

    @Test
    void lmpopsKeysAreThoseItCounts() {
        t.run("COMMAND GETKEYS LMPOP 2 a b LEFT").array("a", "b");
        t.run("COMMAND GETKEYSANDFLAGS LMPOP 1 a LEFT").array(List.of("a", List.of("RW", "access", "delete")));
        t.run("COMMAND GETKEYS LMPOP 1mb a LEFT").array("a");
        t.run("COMMAND GETKEYS LMPOP \" +1\" a LEFT").array("a");
        for (String none : List.of("0", "-1", "x", "3", "9223372036854775808")) {
            t.run("COMMAND GETKEYS LMPOP " + none + " a LEFT").fails("ERR Invalid arguments specified for command");
        }
    }

    @Test
    void overdueListsAreNotThere() {
        t.run("RPUSH s a");
        t.run("RPUSH d x");
        t.run("EXPIRE s 1");
        t.run("EXPIRE d 1");
        t.advance(2, SECONDS).run("LMOVE s d LEFT LEFT").nil();
        t.run("RPUSH s a");
        t.forget();
        t.run("LMOVE s d LEFT LEFT").replies("a");
        t.run("LRANGE d 0 -1").array("a");
    }
}
