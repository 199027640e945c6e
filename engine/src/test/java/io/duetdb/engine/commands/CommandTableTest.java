package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandTable;
import io.duetdb.engine.command.Flags;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every declaration against the facts about Redis' commands in commands.tsv, and against a real redis-server. */
class CommandTableTest {
    /** Groups of commands that exist for us alone: none so far. */
    private static final Set<String> OUR_OWN = Set.of();

    private static final String FOUNDATION = """
            SET GET GETDEL GETEX SETNX SETEX PSETEX GETSET MGET MSET MSETNX INCR DECR INCRBY DECRBY APPEND STRLEN DEL
            UNLINK EXISTS TYPE EXPIRE PEXPIRE EXPIREAT PEXPIREAT EXPIRETIME PEXPIRETIME TTL PTTL PERSIST TOUCH SCAN KEYS
            RANDOMKEY DBSIZE FLUSHDB FLUSHALL SELECT PING ECHO HELLO AUTH QUIT RESET CLIENT|ID CLIENT|SETNAME
            CLIENT|GETNAME CLIENT|SETINFO COMMAND COMMAND|COUNT COMMAND|INFO COMMAND|LIST COMMAND|GETKEYS CONFIG|GET
            CONFIG|SET INFO TIME OBJECT|ENCODING DEBUG SHUTDOWN
            """;

    private final CommandTable table = Families.table();

    @Test
    void everyCommandHasAFunction() {
        assertThatCode(table::link).doesNotThrowAnyException();
    }

    private record Fact(
            String group,
            String since,
            int arity,
            String flags,
            String categories,
            String tips,
            String keySpecs,
            String asOf) {}

    private static Map<String, Fact> facts() throws IOException {
        Map<String, Fact> facts = new LinkedHashMap<>();
        try (InputStream in = CommandTableTest.class.getResourceAsStream("/commands.tsv")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String line : text.split("\n")) {
                String[] f = line.split("\t", -1);
                if (!line.startsWith("#") && !f[0].equals("command")) {
                    facts.put(
                            f[0].toLowerCase(Locale.ROOT),
                            new Fact(f[1], f[2], Integer.parseInt(f[3]), f[4], f[5], f[6], f[7], f[8]));
                }
            }
        }
        return facts;
    }

    @TestFactory
    List<DynamicTest> declarationsAgreeWithTheFacts() throws IOException {
        Map<String, Fact> facts = facts();
        List<DynamicTest> tests = new ArrayList<>();
        for (Command command : table.byId()) {
            if (!OUR_OWN.contains(command.name())) {
                tests.add(DynamicTest.dynamicTest(command.name(), () -> agrees(command, facts.get(command.name()))));
            }
        }
        return tests;
    }

    private static void agrees(Command command, Fact fact) {
        assertThat(fact).as("a row in commands.tsv").isNotNull();
        String group = command.group().label();
        assertThat(group).as("group").isEqualTo(fact.group);
        assertThat(command.since()).as("since").isEqualTo(fact.since);
        assertThat(command.arity()).as("arity").isEqualTo(fact.arity);
        assertThat(flags(command)).as("flags").isEqualTo(words(fact.flags));
        assertThat(categories(command)).as("categories").isEqualTo(words(fact.categories));
        assertThat(new TreeSet<>(List.of(command.tips()))).as("tips").isEqualTo(words(fact.tips));
        List<String> specs = new ArrayList<>();
        for (KeySpec spec : command.keySpecs()) {
            specs.add(spec.describe());
        }
        assertThat(String.join(" ; ", specs)).as("key specs").isEqualTo(fact.keySpecs);
    }

    private static Set<String> words(String list) {
        return list.isEmpty() ? new TreeSet<>() : new TreeSet<>(List.of(list.split(",")));
    }

    private static Set<String> flags(Command command) {
        Set<String> names = new TreeSet<>();
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            String name = Flags.name(bit);
            if (name != null && (command.flags() & 1 << bit) != 0) {
                names.add(name);
            }
        }
        return names;
    }

    private static Set<String> categories(Command command) {
        Set<String> names = new TreeSet<>();
        for (int bit = 0; bit < Category.count(); bit++) {
            if ((command.categories() & 1 << bit) != 0) {
                names.add(Category.name(bit));
            }
        }
        return names;
    }

    @Test
    void everyDeclarationIsDocumented() {
        for (Command command : table.byId()) {
            assertThat(command.summary())
                    .as("summary of %s", command)
                    .endsWith(".")
                    .hasSizeGreaterThan(10);
            if (command.isContainer()) {
                continue; // its subcommands say the rest
            }
            assertThat(command.complexity()).as("complexity of %s", command).isNotEmpty();
            int needed = Math.abs(command.arity()) - (command.parent() == null ? 1 : 2);
            boolean arguments = command.arity() < 0 || needed > 0;
            if (!command.name().equals("quit")) { // takes whatever it is given
                assertThat(command.syntax().isEmpty())
                        .as("syntax of %s", command)
                        .isEqualTo(!arguments);
            }
        }
    }

    @Test
    void whatFoundationPromisesIsThere() {
        Set<String> names = new HashSet<>();
        table.byId().forEach(command -> names.add(command.name()));
        for (String wanted : FOUNDATION.toLowerCase(Locale.ROOT).strip().split("\\s+")) {
            assertThat(names).contains(wanted);
        }
    }

    /** COMMAND INFO of each command and subcommand, as a real server answers, but for what 7.2 and we have anew. */
    @Test
    void commandInfoIsAsARealServersAnswers() throws IOException {
        assumeTrue(RedisServer.installed(), "no redis-server to compare with");
        EngineFixture t = new EngineFixture();
        Map<String, Fact> facts = facts();
        int compared = 0;
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect()) {
            redis.run("HELLO 3");
            for (Command command : table.byId()) {
                Fact fact = facts.get(command.name());
                if (fact == null || !fact.asOf.equals("7.0.15")) {
                    continue; // another version changed it
                }
                Object theirs = redis.run("COMMAND INFO " + command.name());
                if (theirs instanceof List<?> list && list.get(0) != null) {
                    Object ours = t.run("COMMAND INFO " + command.name()).value();
                    assertThat(comparable(ours)).as(command.name()).isEqualTo(comparable(theirs));
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(50);
    }

    /** A description without subcommands (compared by themselves) and notes, sets in one order. */
    private static Object comparable(Object answer) {
        List<?> info = (List<?>) ((List<?>) answer).get(0);
        List<Object> parts = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Object part = info.get(i);
            if (part instanceof List<?> list) {
                Set<String> sorted = new TreeSet<>();
                list.forEach(o -> sorted.add(word(o)));
                parts.add(sorted);
            } else {
                parts.add(part);
            }
        }
        return parts;
    }

    private static String word(Object element) {
        if (element instanceof Map<?, ?> map) {
            Map<Object, Object> spec = new LinkedHashMap<>(map);
            spec.remove("notes");
            return spec.toString();
        }
        return String.valueOf(element);
    }
}
