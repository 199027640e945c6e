package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandCommandsTest {
    private final EngineFixture t = new EngineFixture();

    @Test
    void infoDescribesACommand() {
        t.run("COMMAND INFO get nope config|get config|nope")
                .array(
                        Arrays.asList(
                                "get",
                                2,
                                List.of("readonly", "fast"),
                                1,
                                1,
                                1,
                                List.of("@read", "@string", "@fast"),
                                List.of(),
                                List.of(Map.of(
                                        "flags",
                                        List.of("RO", "access"),
                                        "begin_search",
                                        Map.of("type", "index", "spec", Map.of("index", 1L)),
                                        "find_keys",
                                        Map.of(
                                                "type",
                                                "range",
                                                "spec",
                                                Map.of("lastkey", 0L, "keystep", 1L, "limit", 0L)))),
                                List.of()),
                        null,
                        Arrays.asList(
                                "config|get",
                                -3,
                                List.of("admin", "noscript", "loading", "stale"),
                                0,
                                0,
                                0,
                                List.of("@admin", "@slow", "@dangerous"),
                                List.of(),
                                List.of(),
                                List.of()),
                        null);
    }

    @Test
    void everyCommandIsDescribedAndCounted() {
        List<?> all = (List<?>) t.run("COMMAND").value();
        t.run("COMMAND COUNT").replies((long) all.size());
        assertThat(t.run("COMMAND INFO").value()).isEqualTo(all);
        t.run("COMMAND NOPE").fails("ERR unknown subcommand 'NOPE'. Try COMMAND HELP.");
    }

    @Test
    void listFilters() {
        assertThat((List<?>) t.run("COMMAND LIST").value()).asString().contains("get", "config|get", "command");
        t.run("COMMAND LIST FILTERBY PATTERN CONFIG|*E*")
                .array("config|get", "config|set", "config|resetstat", "config|rewrite", "config|help");
        t.run("COMMAND LIST FILTERBY ACLCAT nope").array();
        t.run("COMMAND LIST FILTERBY MODULE m").array();
        assertThat((List<?>) t.run("COMMAND LIST FILTERBY ACLCAT String").value())
                .asString()
                .contains("set", "get")
                .doesNotContain("ping");
        t.run("COMMAND LIST FILTERBY FOO x").fails("ERR syntax error");
        t.run("COMMAND LIST FILTERBY PATTERN a b").fails("ERR syntax error");
        t.run("COMMAND LIST x").fails("ERR syntax error");
    }

    @Test
    void getKeysFindsThem() {
        t.run("COMMAND GETKEYS GET a").array("a");
        t.run("COMMAND GETKEYS MSET a 1 c 2").array("a", "c");
        t.run("COMMAND GETKEYS MSET a b c").array("a", "c");
        t.run("COMMAND GETKEYS GET a b").fails("ERR Invalid number of arguments specified for command");
        t.run("COMMAND GETKEYS CONFIG GET x").fails("ERR The command has no key arguments");
        t.run("COMMAND GETKEYS CONFIG FOO x").fails("ERR Invalid command specified");
        t.run("COMMAND GETKEYS FOO a").fails("ERR Invalid command specified");
        t.run("COMMAND GETKEYS PING").fails("ERR wrong number of arguments for 'command|getkeys' command");
    }

    @Test
    void getKeysAndFlagsTellsWhatHappensToThem() {
        t.run("COMMAND GETKEYSANDFLAGS SET a b").array(List.of("a", List.of("OW", "update")));
        t.run("COMMAND GETKEYSANDFLAGS SET a b NX GET").array(List.of("a", List.of("RW", "access", "update")));
        t.run("COMMAND GETKEYSANDFLAGS MSET a 1 c 2")
                .array(List.of("a", List.of("OW", "update")), List.of("c", List.of("OW", "update")));
        t.run("COMMAND GETKEYSANDFLAGS PING x").fails("ERR The command has no key arguments");
        t.run("COMMAND GETKEYSANDFLAGS SET k").fails("ERR Invalid number of arguments specified for command");
    }

    @Test
    void helpIsRedisText() {
        List<?> help = (List<?>) t.run("command help").value();
        assertThat(help.get(0)).isEqualTo("COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
        assertThat(help.get(1)).isEqualTo("(no subcommand)");
        assertThat(help).hasSize(21);
        assertThat(help.toString()).contains("GETKEYSANDFLAGS <full-command>");
    }
}
