package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.command.Command;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** COMMAND DOCS: its shape, and its argument trees beside a real server's. */
class CommandDocsTest {
    /** Commands whose arguments 7.2 and 7.4 describe otherwise than 7.0, or 7.0 describes wrongly. */
    private static final Set<String> DESCRIBED_ANEW = Set.of(
            "command|getkeys",
            "command|getkeysandflags",
            "config|get",
            "module|loadex",
            "debug",
            "lcs",
            "hscan",
            "set",
            "client|kill",
            "client|list",
            "migrate",
            "psubscribe",
            "zrank",
            "zrevrank");

    private final EngineFixture t = new EngineFixture();

    @Test
    void docsOfAnArgumentTree() {
        assertThat(t.run("COMMAND DOCS getex nope").value())
                .asString()
                .startsWith("{getex={summary=")
                .contains("since=6.2.0, group=string, complexity=O(1), arguments=["
                        + "{name=key, type=key, display_text=key, key_spec_index=0}, "
                        + "{name=expiration, type=oneof, flags=[optional], arguments=["
                        + "{name=seconds, type=integer, display_text=seconds, token=EX}, "
                        + "{name=milliseconds, type=integer, display_text=milliseconds, token=PX}, ")
                .endsWith("{name=persist, type=pure-token, display_text=persist, token=PERSIST}]}]}}");
        t.run("COMMAND DOCS nope").replies(Map.of());
    }

    @Test
    void aWordCanBeEmpty() {
        assertThat(t.run("COMMAND DOCS migrate").value())
                .asString()
                .contains("{name=key, type=key, display_text=key, key_spec_index=0}, "
                        + "{name=empty-string, type=pure-token, display_text=empty-string, token=}");
    }

    @Test
    void subcommandsStandInTheirContainer() {
        assertThat(t.run("COMMAND DOCS config").value())
                .asString()
                .contains("subcommands={config|get={summary=")
                .contains("{name=parameter, type=string, display_text=parameter, flags=[multiple]}");
        assertThat(t.run("COMMAND DOCS config|get").value()).asString().startsWith("{config|get={summary=");
    }

    @Test
    void oldCommandsNameTheirSuccessors() {
        assertThat(t.run("COMMAND DOCS getset").value())
                .asString()
                .contains("doc_flags=[deprecated], deprecated_since=6.2.0, replaced_by=`SET` with the `!GET` argument");
    }

    @Test
    void everyCommandIsDocumented() {
        Map<?, ?> all = (Map<?, ?>) t.run("COMMAND DOCS").value();
        assertThat(all).hasSize(Families.table().commands().size());
    }

    @Test
    void argumentTreesAreThoseOfARealServer() throws IOException {
        assumeTrue(RedisServer.installed(), "no redis-server to compare with");
        StringBuilder differences = new StringBuilder();
        int compared = 0;
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect()) {
            redis.run("HELLO 3");
            for (Command command : Families.table().byId()) {
                String line = "COMMAND DOCS " + command.name();
                Map<?, ?> theirs = (Map<?, ?>) ((Map<?, ?>) redis.run(line)).get(command.name());
                if (theirs == null || DESCRIBED_ANEW.contains(command.name())) {
                    continue;
                }
                Map<?, ?> ours = (Map<?, ?>) ((Map<?, ?>) t.run(line).value()).get(command.name());
                String one = tree(ours.get("arguments"));
                String other = tree(theirs.get("arguments"));
                compared++;
                if (theirs.containsKey("deprecated_since")) {
                    assertThat(ours.get("replaced_by")).as(command.name()).isEqualTo(theirs.get("replaced_by"));
                    assertThat(ours.get("deprecated_since")).isEqualTo(theirs.get("deprecated_since"));
                }
                if (!one.equals(other)) {
                    differences
                            .append(command.name())
                            .append("\n  ")
                            .append(one)
                            .append("\n  ")
                            .append(other);
                    differences.append('\n');
                }
            }
        }
        assertThat(differences.toString()).isEmpty();
        assertThat(compared).isGreaterThan(70);
    }

    /** A tree of arguments in one line: names of groups left out, since they are not seen and changed with versions. */
    private static String tree(Object arguments) {
        StringBuilder s = new StringBuilder("(");
        if (arguments instanceof List<?> list) {
            for (Object o : list) {
                Map<?, ?> argument = (Map<?, ?>) o;
                String type = String.valueOf(argument.get("type"));
                boolean group = argument.containsKey("arguments");
                boolean named = !group && !type.equals("pure-token");
                s.append(named ? argument.get("name").toString().replace('_', '-') : "")
                        .append(':')
                        .append(type);
                s.append(argument.get("token") == null ? "" : "=" + argument.get("token"));
                s.append(argument.get("key_spec_index") == null ? "" : "#" + argument.get("key_spec_index"));
                s.append(argument.get("flags") == null ? "" : argument.get("flags"));
                s.append(group ? tree(argument.get("arguments")) : "").append(' ');
            }
        }
        return s.append(')').toString();
    }
}
