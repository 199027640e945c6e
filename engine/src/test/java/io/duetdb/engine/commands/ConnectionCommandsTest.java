package io.duetdb.engine.commands;

import io.duetdb.engine.kit.EngineFixture;
import org.junit.jupiter.api.Test;

class ConnectionCommandsTest {
    private final EngineFixture t = new EngineFixture();

    @Test
    void pingRepliesPongOrTheMessage() {
        t.run("PING").replies("PONG");
        t.run("ping \"a b\"").replies("a b");
        t.run("PING a b").fails("ERR wrong number of arguments for 'ping' command");
    }

    @Test
    void unknownCommandsShowTheirFirstArguments() {
        t.run("foo bar baz").fails("ERR unknown command 'foo', with args beginning with: 'bar' 'baz' ");
    }
}
