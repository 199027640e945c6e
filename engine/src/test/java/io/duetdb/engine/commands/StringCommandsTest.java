package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.duetdb.engine.kit.EngineFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StringCommandsTest {
    private static final String NOT_AN_INTEGER = "ERR value is not an integer or out of range";

    private final EngineFixture t = new EngineFixture();
    private final long now = t.clock().nowMs();

    @Test
    void setSetsAndGetGets() {
        t.run("SET k v").replies("OK");
        t.events("set:k");
        t.effects("SET k v");
        t.run("GET k").replies("v");
        t.run("GET absent").nil();
        t.events();
        t.effects();
        t.run("SET \"\\x00\\xff key\" \"\\r\\n\\x00\"").replies("OK");
        t.run("GET \"\\x00\\xff key\"").replies("\r\n\0");
        t.run("SET \"\" \"\"").replies("OK");
        t.run("GET \"\"").replies("");
    }

    @Test
    void setKeepsValuesOfAnyLengthThatFitsAnEntry() {
        for (int length = 0; length < 1500; length += 37) {
            String value = "x".repeat(length);
            t.run("SET k \"" + value + "\"").replies("OK");
            t.run("GET k").replies(value);
            t.run("STRLEN k").replies(length);
        }
    }

    @Test
    void setOnConditionRepliesNilWhenRefused() {
        t.run("SET k 1 XX").nil();
        t.run("SET k 1 NX").replies("OK");
        t.run("SET k 2 nx").nil();
        t.run("SET k 3 xx").replies("OK");
        t.events("set:k", "set:k");
        t.effects("SET k 1 NX", "SET k 3 xx");
        t.run("GET k").replies("3");
    }

    @Test
    void setWithGetRepliesTheOldValueAndPropagatesWithoutGet() {
        t.run("SET k 1 GET").nil();
        t.run("SET k 2 get").replies("1");
        t.run("SET k 3 NX GET").replies("2");
        t.run("SET k 4 XX GET KEEPTTL").replies("2");
        t.run("SET other 4 XX GET").nil();
        t.effects("SET k 1", "SET k 2", "SET k 4 XX KEEPTTL");
        t.events("set:k", "set:k", "set:k");
        t.run("GET other").nil();
    }

    @Test
    void setWithAnExpiryPropagatesAnAbsoluteTime() {
        t.run("SET k v EX 10").replies("OK");
        t.run("SET k v PX 1500 NX").nil();
        t.run("SET k v PX 1500 GET").replies("v");
        t.run("SET k v EXAT " + (now / 1000 + 5)).replies("OK");
        t.run("SET k v PXAT " + (now + 7)).replies("OK");
        t.effects(
                "SET k v PXAT " + (now + 10_000),
                "SET k v PXAT " + (now + 1500),
                "SET k v PXAT " + (now / 1000 + 5) * 1000,
                "SET k v PXAT " + (now + 7));
        t.events("set:k", "expire:k", "set:k", "expire:k", "set:k", "expire:k", "set:k", "expire:k");
    }

    @Test
    void aKeyIsGoneAfterItsDeadlineAndThereAtTheDeadline() {
        t.run("SET k v PX 100");
        t.forget();
        t.advance(100, MILLISECONDS).run("GET k").replies("v");
        t.effects();
        t.advance(1, MILLISECONDS).run("GET k").nil();
        t.effects("DEL k");
        t.events("expired:k");
        t.run("SET k v NX").replies("OK");
    }

    @Test
    void aWriteToAnExpiredKeySeesNoneAndPropagatesItsDeletionFirst() {
        t.run("SET k 5 EX 1").replies("OK");
        t.forget();
        t.clock().advance(2, SECONDS);
        t.run("APPEND k x").replies(1);
        t.effects("MULTI", "DEL k", "APPEND k x", "EXEC");
        t.events("expired:k", "append:k");
    }

    @Test
    void setRemovesATimeToLiveUnlessKeepttl() {
        t.run("SET k v EX 1");
        t.run("SET k w KEEPTTL").replies("OK");
        t.advance(2, SECONDS).run("GET k").nil();
        t.run("SET k v EX 1");
        t.run("SET k w").replies("OK");
        t.advance(2, SECONDS).run("GET k").replies("w");
        t.run("SET fresh w KEEPTTL").replies("OK");
        t.advance(1000, SECONDS).run("GET fresh").replies("w");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NX XX",
                "XX NX",
                "EX",
                "EX 1 PX 1",
                "KEEPTTL EX 1",
                "EX 1 KEEPTTL",
                "PERSIST",
                "EXAT 1 PXAT 1",
                "foo",
                "GET foo",
                "NX EX"
            })
    void setRefusesOptionsThatDoNotGoTogether(String options) {
        t.run("SET k v " + options).fails("ERR syntax error");
        t.run("GET k").nil();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EX 0",
                "PX -1",
                "EX 9223372036854775",
                "PX 9223372036854775807",
                "EXAT -5",
                "EX 9223372036854776"
            })
    void setRefusesImpossibleTimes(String options) {
        t.run("SET k v " + options).fails("ERR invalid expire time in 'set' command");
        t.run("GET k").nil();
        t.effects();
    }

    @Test
    void setTakesTheLaterOfTwoEqualOptions() {
        t.run("SET k v EX 10 EX 20 GET GET NX NX").nil();
        t.effects("SET k v PXAT " + (now + 20_000));
        t.run("SET k v EX x").fails(NOT_AN_INTEGER);
        t.run("SET k v EX +1").fails(NOT_AN_INTEGER);
    }

    @Test
    void setnxSetsOnlyOnce() {
        t.run("SETNX k 1").replies(1);
        t.run("SETNX k 2").replies(0);
        t.run("GET k").replies("1");
        t.effects("SETNX k 1");
        t.events("set:k");
    }

    @Test
    void setexAndPsetexPropagateAnAbsoluteTime() {
        t.run("SETEX k 10 v").replies("OK");
        t.run("PSETEX k 10 w").replies("OK");
        t.effects("SET k v PXAT " + (now + 10_000), "SET k w PXAT " + (now + 10));
        t.events("set:k", "expire:k", "set:k", "expire:k");
        t.run("SETEX k 0 v").fails("ERR invalid expire time in 'setex' command");
        t.run("PSETEX k -1 v").fails("ERR invalid expire time in 'psetex' command");
        t.run("SETEX k x v").fails(NOT_AN_INTEGER);
        t.run("SETEX k 1").fails("ERR wrong number of arguments for 'setex' command");
    }

    @Test
    void getsetRepliesTheOldValueAndRemovesTheTimeToLive() {
        t.run("GETSET k 1").nil();
        t.run("SET k 2 EX 1");
        t.forget();
        t.run("GETSET k 3").replies("2");
        t.effects("SET k 3");
        t.events("set:k");
        t.advance(2, SECONDS).run("GET k").replies("3");
    }

    @Test
    void getdelDeletes() {
        t.run("GETDEL k").nil();
        t.run("SET k v");
        t.forget();
        t.run("GETDEL k").replies("v");
        t.effects("DEL k");
        t.events("del:k");
        t.run("GET k").nil();
    }

    @Test
    void getexChangesTheTimeToLive() {
        t.run("SET k v");
        t.forget();
        t.run("GETEX k").replies("v");
        t.run("GETEX k PERSIST").replies("v");
        t.effects();
        t.run("GETEX k EX 10").replies("v");
        t.run("GETEX k PX 10").replies("v");
        t.run("GETEX k EXAT " + (now / 1000 + 9)).replies("v");
        t.run("GETEX k PXAT " + (now + 9)).replies("v");
        t.run("GETEX k persist").replies("v");
        t.effects(
                "PEXPIREAT k " + (now + 10_000),
                "PEXPIREAT k " + (now + 10),
                "PEXPIREAT k " + (now / 1000 + 9) * 1000,
                "PEXPIREAT k " + (now + 9),
                "PERSIST k");
        t.events("expire:k", "expire:k", "expire:k", "expire:k", "persist:k");
        t.run("GETEX k PXAT " + now).replies("v");
        t.effects("DEL k");
        t.events("del:k");
        t.run("GET k").nil();
    }

    @Test
    void getexLooksAtTheNumberOnlyWhenThereIsAString() {
        t.run("GETEX k EX nonsense").nil();
        t.run("GETEX k KEEPTTL").fails("ERR syntax error");
        t.run("GETEX k EX 1 PERSIST").fails("ERR syntax error");
        t.run("SET k v");
        t.run("GETEX k EX nonsense").fails(NOT_AN_INTEGER);
        t.run("GETEX k EX 0").fails("ERR invalid expire time in 'getex' command");
    }

    @Test
    void msetAndMgetTakeSeveralKeys() {
        t.run("MSET a 1 b 2 a 3").replies("OK");
        t.effects("MSET a 1 b 2 a 3");
        t.events("set:a", "set:b", "set:a");
        t.run("MGET a b c a").array("3", "2", null, "3");
        t.run("MSET a").fails("ERR wrong number of arguments for 'mset' command");
        t.run("MSET a 1 b").fails("ERR wrong number of arguments for 'mset' command");
    }

    @Test
    void mgetOfManyKeysRepliesEach() {
        StringBuilder mset = new StringBuilder("MSET");
        StringBuilder mget = new StringBuilder("MGET");
        Object[] expected = new Object[300];
        for (int i = 0; i < 300; i++) {
            mset.append(" key:").append(i).append(" value").append(i);
            mget.append(" key:").append(i);
            expected[i] = "value" + i;
        }
        t.run(mset.toString()).replies("OK");
        t.run(mget.toString()).array(expected);
    }

    @Test
    void msetnxSetsAllOrNothing() {
        t.run("MSETNX a 1 b 2").replies(1);
        t.effects("MSETNX a 1 b 2");
        t.events("set:a", "set:b");
        t.run("MSETNX c 1 b 3").replies(0);
        t.effects();
        t.events();
        t.run("MGET a b c").array("1", "2", null);
        t.run("MSETNX a 1 b").fails("ERR wrong number of arguments for 'msetnx' command");
    }

    @Test
    void appendCreatesAndLengthens() {
        t.run("APPEND k 12").replies(2);
        t.run("APPEND k 34").replies(4);
        t.run("APPEND k \"\"").replies(4);
        t.effects("APPEND k 12", "APPEND k 34", "APPEND k ");
        t.events("append:k", "append:k", "append:k");
        t.run("GET k").replies("1234");
        StringBuilder model = new StringBuilder("1234");
        for (int i = 0; i < 60; i++) {
            model.append("0123456789abcdefghij", 0, i % 21);
            t.run("APPEND k \"" + "0123456789abcdefghij".substring(0, i % 21) + "\"")
                    .replies(model.length());
            t.run("GET k").replies(model.toString());
        }
    }

    @Test
    void appendKeepsTheTimeToLive() {
        t.run("SET k v EX 1");
        t.run("APPEND k w").replies(2);
        t.advance(2, SECONDS).run("GET k").nil();
    }

    @Test
    void strlenCountsBytes() {
        t.run("STRLEN k").replies(0);
        t.run("SET k -123");
        t.run("STRLEN k").replies(4);
        t.run("SET k 012");
        t.run("STRLEN k").replies(3);
    }
}
