package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.command.Command;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random requests of the connection and of the server, mostly wrong ones, to our engine and to a real redis-server: the
 * same errors, and the same replies where they do not speak of the server itself.
 */
class DifferentialServerTest {
    private static final List<String> FIRST = List.of(
            "PING", "ECHO", "SELECT", "AUTH", "HELLO", "CLIENT", "COMMAND", "CONFIG", "INFO", "TIME", "OBJECT",
            "MEMORY", "MODULE", "CLUSTER", "LOLWUT", "ROLE", "NOPE");
    private static final Map<String, List<String>> SECOND = Map.of(
            "CLIENT", List.of("ID", "SETNAME", "GETNAME", "HELP", "nope"),
            "COMMAND", List.of("COUNT", "INFO", "LIST", "GETKEYS", "GETKEYSANDFLAGS", "HELP", "nope"),
            "CONFIG", List.of("GET", "SET", "set", "HELP", "nope"),
            "OBJECT", List.of("ENCODING", "nope"),
            "MEMORY", List.of("USAGE", "STATS", "nope"),
            "MODULE", List.of("LIST", "LOAD", "UNLOAD", "nope"),
            "CLUSTER", List.of("INFO", "SLOTS", "MEET", "SETSLOT", "nope"),
            "LOLWUT", List.of("VERSION"),
            "HELLO", List.of("2", "1", "4", "x", "02", "99999999999999999999"));
    private static final List<String> WORDS = List.of(
            "",
            "a",
            "b c",
            "0",
            "1",
            "2",
            "15",
            "16",
            "-1",
            "4294967296",
            "\\xff\\x01",
            "a\\x00b",
            "AUTH",
            "auth",
            "SETNAME",
            "default",
            "nobody",
            "maxmemory",
            "MaxMemory",
            "maxclients",
            "databases",
            "requirepass-no",
            "1mb",
            "100MB",
            "10tb",
            "1k",
            "0x10",
            "noeviction",
            "FILTERBY",
            "ACLCAT",
            "PATTERN",
            "MODULE",
            "nope",
            "string",
            "bit*",
            "config|get",
            "keyspace",
            "*",
            "maxmemory-pol*");

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void errorsAndPlainRepliesAreAsARealServers(long seed) throws IOException {
        assumeTrue(RedisServer.installed(), "no redis-server to compare with");
        int count = Boolean.getBoolean("duet.long") ? 1_000_000 : 10_000;
        SplittableRandom random = new SplittableRandom(seed);
        EngineFixture t = new EngineFixture();
        List<String> all = new ArrayList<>();
        for (Command command : Families.table().byId()) {
            if (command.since().compareTo("7.1") < 0) {
                all.add(command.name());
            }
        }
        int errors = 0;
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect()) {
            for (int i = 0; i < count; i++) {
                String line = random.nextInt(4) == 0 ? getKeys(random) : any(random, all);
                if (line.matches("(?i)HELLO.*(AUTH|SETNAME).*")) {
                    continue; // 7.0 lets each option take effect before it reads the next, 7.2 does not
                }
                Object theirs = redis.run(line);
                Object ours = t.run(line).value();
                if (ours instanceof Failure || theirs instanceof Failure) {
                    errors++;
                    assertThat(ours).as("seed %d, %d: %s", seed, i, line).isEqualTo(theirs);
                } else if (comparable(line)) {
                    assertThat(ours).as("seed %d, %d: %s", seed, i, line).isEqualTo(theirs);
                }
            }
        }
        assertThat((double) errors / count).isBetween(0.2, 0.9);
    }

    private static String any(SplittableRandom random, List<String> all) {
        StringBuilder line = new StringBuilder(pick(random, FIRST));
        String first = line.toString();
        if (SECOND.containsKey(first) && random.nextInt(10) > 0) {
            line.append(' ').append(pick(random, SECOND.get(first)));
        }
        for (int n = random.nextInt(5); n > 0; n--) {
            boolean second = line.indexOf(" ") < 0; // there stands a subcommand, which we may not have
            String word = !second && random.nextInt(20) == 0 ? pick(random, all) : pick(random, WORDS);
            line.append(" \"").append(word).append('"');
        }
        return line.toString();
    }

    private static String getKeys(SplittableRandom random) {
        List<Command> commands = Families.table().byId();
        Command command = commands.get(random.nextInt(commands.size()));
        boolean newerForm = command.name().equals("zrank") || command.name().equals("zrevrank"); // WITHSCORE is of 7.2
        if (command.since().compareTo("7.1") > 0 || newerForm) {
            return "PING";
        }
        StringBuilder line =
                new StringBuilder("COMMAND GETKEYS " + command.name().replace('|', ' '));
        for (int n = random.nextInt(6); n > 0; n--) {
            line.append(" \"").append(pick(random, WORDS)).append('"');
        }
        return line.toString();
    }

    private static String pick(SplittableRandom random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Whether the answer does not speak of the server itself. */
    private static boolean comparable(String line) {
        String upper = line.toUpperCase(Locale.ROOT);
        return !upper.startsWith("HELLO")
                && !upper.startsWith("INFO")
                && !upper.startsWith("TIME")
                && !upper.startsWith("LOLWUT")
                && !upper.startsWith("MEMORY")
                && !upper.startsWith("CLIENT ID")
                && !upper.contains(" HELP")
                && !upper.startsWith("CONFIG GET")
                && (!upper.startsWith("COMMAND") || upper.startsWith("COMMAND GETKEYS"));
    }
}
