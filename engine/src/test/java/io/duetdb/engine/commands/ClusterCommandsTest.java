package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.command.Command;
import io.duetdb.engine.kit.EngineFixture;
import org.junit.jupiter.api.Test;

/** CLUSTER, MODULE, LOLWUT and ROLE: what a lonely server answers. */
class ClusterCommandsTest {
    private final EngineFixture t = new EngineFixture();

    @Test
    void thereIsNoCluster() {
        for (Command command : Families.table().byId()) {
            if (command.name().startsWith("cluster|") && !command.name().equals("cluster|keyslot")) {
                String arguments = " 1".repeat(Math.abs(command.arity()) - 2);
                t.run(command.name().replace('|', ' ') + arguments)
                        .fails("ERR This instance has cluster support disabled");
            }
        }
        t.run("READONLY").fails("ERR This instance has cluster support disabled");
        t.run("ASKING").fails("ERR This instance has cluster support disabled");
        t.run("CLUSTER FOO").fails("ERR unknown subcommand 'FOO'. Try CLUSTER HELP.");
        t.run("CLUSTER MYID x").fails("ERR wrong number of arguments for 'cluster|myid' command");
    }

    @Test
    void slotsOfKeysAreThoseOfTheirTags() {
        t.run("CLUSTER KEYSLOT foo").replies(12182);
        t.run("CLUSTER KEYSLOT {foo}bar").replies(12182);
        t.run("CLUSTER KEYSLOT {}foo").replies(9500);
        t.run("CLUSTER KEYSLOT \"\"").replies(0);
    }

    @Test
    void thereAreNoModules() {
        t.run("MODULE LIST").array();
        assertThat(t.run("MODULE LOAD x").value()).asString().contains("ERR MODULE command not allowed.");
        t.run("MODULE FOO").fails("ERR unknown subcommand 'FOO'. Try MODULE HELP.");
        assertThat(t.run("MODULE HELP").value()).asString().contains("Return a list of loaded modules.");
    }

    @Test
    void roleIsAMasterWithoutReplicas() {
        t.run("SET k v");
        t.run("ROLE").array("master", t.engine().offset(), java.util.List.of());
    }

    @Test
    void lolwutEndsWithTheVersion() {
        t.run("LOLWUT").replies("Redis ver. 7.4.2\n");
        t.run("LOLWUT VERSION").replies("Redis ver. 7.4.2\n");
        t.run("LOLWUT x").replies("Redis ver. 7.4.2\n");
        t.run("LOLWUT VERSION 9").replies("Redis ver. 7.4.2\n");
        t.run("LOLWUT VERSION a").fails("ERR value is not an integer or out of range");
        t.run("LOLWUT VERSION 5 a").fails("ERR value is not an integer or out of range");
        for (String version : new String[] {"5", "6", "5 1 1", "6 1 1", "5 0 0", "6 1000 2"}) {
            String picture = (String) t.run("LOLWUT VERSION " + version).value();
            assertThat(picture).endsWith("Redis ver. 7.4.2\n").contains("\n\n");
        }
    }
}
