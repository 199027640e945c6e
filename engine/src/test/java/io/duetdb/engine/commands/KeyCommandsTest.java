package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyCommandsTest {
    private final EngineFixture t = new EngineFixture();

    @Test
    void delDeletesAndCounts() {
        t.run("MSET a 1 b 2 c 3");
        t.forget();
        t.run("DEL a nothing b a").replies(2);
        t.effects("DEL a nothing b a");
        t.events("del:a", "del:b");
        t.run("DEL a").replies(0);
        t.effects();
        t.events();
        t.run("EXISTS a b c c").replies(2);
    }

    @Test
    void unlinkIsDelByAnotherName() {
        t.run("MSET a 1 b 2");
        t.forget();
        t.run("UNLINK a b c").replies(2);
        t.effects("UNLINK a b c");
        t.events("del:a", "del:b");
    }

    @Test
    void delOfAnExpiredKeyDeletesNothingButTellsThatItExpired() {
        t.run("SET k v EX 1");
        t.forget();
        t.clock().advance(2, SECONDS);
        t.run("DEL k").replies(0);
        t.effects("DEL k");
        t.events("expired:k");
    }

    @Test
    void touchAndExistsCountEveryMention() {
        t.run("SET k v");
        t.forget();
        t.run("TOUCH k k x").replies(2);
        t.run("EXISTS k k x").replies(2);
        t.run("EXISTS").fails("ERR wrong number of arguments for 'exists' command");
        t.effects();
        t.events();
    }

    @Test
    void typeNamesTheTypeOrNone() {
        t.run("TYPE k").replies("none");
        t.run("SET k v");
        t.run("TYPE k").replies("string");
    }

    @Test
    void encodingsFollowRedis() {
        t.run("OBJECT ENCODING k").nil();
        t.run("SET k 9223372036854775807");
        t.run("OBJECT ENCODING k").replies("int");
        t.run("SET k 9223372036854775808");
        t.run("object encoding k").replies("embstr");
        t.run("SET k " + "x".repeat(44));
        t.run("OBJECT ENCODING k").replies("embstr");
        t.run("SET k " + "x".repeat(45));
        t.run("OBJECT ENCODING k").replies("raw");
        t.run("SET k 1");
        t.run("APPEND k \"\"");
        t.run("OBJECT ENCODING k").replies("raw");
        t.run("SET k 1");
        t.run("OBJECT ENCODING k").replies("int");
        t.run("APPEND fresh 12");
        t.run("OBJECT ENCODING fresh").replies("int");
        t.run("APPEND k 2");
        t.run("INCR k");
        t.run("OBJECT ENCODING k").replies("int");
    }

    @Test
    void objectNamesItsSubcommands() {
        assertThat((List<?>) t.run("OBJECT HELP").value()).asList().contains("ENCODING <key>");
        t.run("OBJECT foo").fails("ERR unknown subcommand 'foo'. Try OBJECT HELP.");
        t.run("OBJECT").fails("ERR wrong number of arguments for 'object' command");
        t.run("OBJECT ENCODING").fails("ERR wrong number of arguments for 'object|encoding' command");
    }

    @Test
    void objectTellsIdleTimeAndReferences() {
        t.run("SET k v");
        t.advance(5, SECONDS).run("OBJECT IDLETIME k").replies(5);
        t.run("TOUCH k");
        t.run("OBJECT IDLETIME k").replies(0);
        t.run("OBJECT IDLETIME nothing").nil();
        t.run("OBJECT REFCOUNT k").replies(1);
        t.run("OBJECT REFCOUNT nothing").nil();
        t.run("SET n 9999");
        t.run("OBJECT REFCOUNT n").replies(Integer.MAX_VALUE);
        t.run("INCR n");
        t.run("OBJECT REFCOUNT n").replies(1);
        t.run("OBJECT FREQ nothing").nil();
        t.run("OBJECT FREQ k")
                .fails(
                        "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that"
                                + " when switching between policies at runtime LRU and LFU data will take some time to adjust.");
    }

    @Test
    void waitFindsNoReplicas() {
        t.run("WAIT 0 0").replies(0);
        t.run("WAIT 5 10").replies(0);
        t.run("WAIT x 0").fails("ERR value is not an integer or out of range");
        t.run("WAIT 0 x").fails("ERR timeout is not an integer or out of range");
        t.run("WAIT 0 -1").fails("ERR timeout is negative");
    }
}
