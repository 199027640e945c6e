package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.duetdb.engine.kit.EngineFixture;
import org.junit.jupiter.api.Test;

/** What Redis 8.4 compares by: as its documentation says, there is no such server to compare with here. */
class DigestCommandsTest {
    private static final String HELLO = "b6acb9d84a38ff74";

    private final EngineFixture t = new EngineFixture();

    @Test
    void digestIsTheHashOfTheString() {
        t.run("SET k \"Hello world\"");
        t.run("DIGEST k").replies(HELLO);
        t.run("SETRANGE k 200000 x");
        t.run("DEL k");
        t.run("DIGEST k").nil();
        t.run("SET e \"\"");
        t.run("DIGEST e").replies("2d06800538d394c2");
        t.run("SET n 12345");
        Object asNumber = t.run("DIGEST n").value();
        t.run("APPEND n \"\"");
        t.run("DIGEST n").replies(asNumber);
        t.run("DIGEST").fails("ERR wrong number of arguments for 'digest' command");
    }

    @Test
    void delexDeletesWhenTheConditionHolds() {
        t.run("MSET a 1 b 12 c \"Hello world\" d \"Hello world\" e x");
        t.forget();
        t.run("DELEX a IFEQ 2").replies(0);
        t.run("DELEX a ifeq 1").replies(1);
        t.run("DELEX b IFNE 12").replies(0);
        t.run("DELEX b IFNE 13").replies(1);
        t.run("DELEX c IFDEQ 0000000000000000").replies(0);
        t.run("DELEX c IFDEQ " + HELLO.toUpperCase(java.util.Locale.ROOT)).replies(1);
        t.run("DELEX d IFDNE " + HELLO).replies(0);
        t.run("DELEX d IFDNE 0000000000000000").replies(1);
        t.run("DELEX e").replies(1);
        t.run("DELEX e").replies(0);
        t.run("DELEX e IFEQ x").replies(0);
        t.run("DELEX e IFNE x").replies(0);
        t.effects("DEL a", "DEL b", "DEL c", "DEL d", "DEL e");
        t.events("del:a", "del:b", "del:c", "del:d", "del:e");
        t.run("DBSIZE").replies(0);
    }

    @Test
    void delexRefusesAndLeavesTheKey() {
        t.run("SET k v");
        t.forget();
        t.run("DELEX k IFEQ").fails("ERR wrong number of arguments for 'delex' command");
        t.run("DELEX k IFEQ v x").fails("ERR wrong number of arguments for 'delex' command");
        t.run("DELEX k FOO v").fails("ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE");
        t.run("DELEX k IFDEQ abc").fails("ERR must be exactly 16 hexadecimal characters");
        t.effects();
        t.run("GET k").replies("v");
    }

    @Test
    void setComparesBeforeItSets() {
        t.run("SET k v EX 100");
        t.forget();
        t.run("SET k w IFEQ x").nil();
        t.run("SET k w IFNE v").nil();
        t.run("SET k w IFDEQ 0000000000000000").nil();
        t.effects();
        t.events();
        t.run("SET k 7 IFEQ v KEEPTTL").replies("OK");
        t.run("TTL k").replies(100);
        t.run("SET k \"Hello world\" IFNE 8 GET").replies("7");
        t.run("SET k x IFDEQ " + HELLO + " EX 10").replies("OK");
        t.run("SET k y IFDNE " + HELLO + " GET").replies("x");
        t.run("SET k z IFEQ GET").nil();
        t.run("SET k z IFEQ GET GET").replies("y");
        t.effects(
                "SET k 7 KEEPTTL",
                "SET k Hello world",
                "SET k x PXAT " + (t.clock().nowMs() + 10_000),
                "SET k y");
        t.events("set:k", "set:k", "set:k", "expire:k", "set:k");
        t.run("GET k").replies("y");
    }

    @Test
    void whereThereIsNoKeyNothingIsEqual() {
        t.run("SET a 1 IFEQ 1").nil();
        t.run("SET a 1 IFEQ \"\"").nil();
        t.run("SET a 1 IFDEQ " + HELLO).nil();
        t.run("SET a 1 IFNE 1").replies("OK");
        t.run("SET b 1 IFDNE " + HELLO + " GET").nil();
        t.run("MGET a b").array("1", "1");
        t.run("SET c 1 PX 10");
        t.advance(1, SECONDS).run("SET c 2 IFEQ 1").nil();
        t.run("EXISTS c").replies(0);
    }

    @Test
    void setRefusesWrongConditions() {
        t.run("SET k v");
        t.forget();
        for (String options :
                new String[] {"IFEQ", "NX IFEQ v", "IFEQ v XX", "IFEQ v IFNE w", "IFEQ v IFEQ v", "IFEQ v x", "IFDEQ"
                }) {
            t.run("SET k w " + options).fails("ERR syntax error");
        }
        t.run("SET k w IFDNE abc").fails("ERR must be exactly 16 hexadecimal characters");
        t.run("GETEX k IFEQ v").fails("ERR syntax error");
        t.effects();
        t.run("GET k").replies("v");
        t.run("SET k x XX XX").replies("OK");
    }

    @Test
    void bigStringsAreComparedWhole() {
        t.run("SETRANGE k 300000 end");
        t.run("SETRANGE l 300000 end");
        Object digest = t.run("DIGEST k").value();
        t.run("DIGEST l").replies(digest);
        t.run("SETRANGE l 150000 x");
        t.run("DELEX l IFDEQ " + digest).replies(0);
        t.run("DELEX k IFEQ \"" + "\\x00".repeat(300_000) + "end\"").replies(1);
    }
}
