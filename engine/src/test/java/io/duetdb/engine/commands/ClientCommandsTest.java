package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientCommandsTest {
    private static final String SPACES = "cannot contain spaces, newlines or special characters.";

    private final EngineFixture t = new EngineFixture();

    @Test
    void idsAscend() {
        long first = (Long) t.run("CLIENT ID").value();
        long second = (Long) t.other().run("CLIENT ID").value();
        assertThat(second).isGreaterThan(first);
        t.run("CLIENT ID x").fails("ERR wrong number of arguments for 'client|id' command");
    }

    @Test
    void namesAreOneWord() {
        t.run("CLIENT GETNAME").nil();
        t.run("CLIENT SETNAME worker-1").replies("OK");
        t.run("CLIENT GETNAME").replies("worker-1");
        t.run("CLIENT SETNAME \"a b\"").fails("ERR Client names " + SPACES);
        t.run("CLIENT SETNAME \"a\\n\"").fails("ERR Client names " + SPACES);
        t.run("CLIENT SETNAME \"\\xe9\"").fails("ERR Client names " + SPACES);
        t.run("CLIENT GETNAME").replies("worker-1");
        t.run("CLIENT SETNAME \"\"").replies("OK");
        t.run("CLIENT GETNAME").nil();
    }

    @Test
    void librariesSayWhoTheyAre() {
        t.run("CLIENT SETINFO lib-name duet-client").replies("OK");
        t.run("CLIENT SETINFO LIB-VER 1.2.3").replies("OK");
        t.run("CLIENT SETINFO LIB-VER \"1 2\"").fails("ERR LIB-VER " + SPACES);
        t.run("CLIENT SETINFO other x").fails("ERR Unrecognized option 'other'");
    }

    @Test
    void helpListsWhatThereIs() {
        List<?> lines = (List<?>) t.run("CLIENT HELP").value();
        assertThat(lines).first().isEqualTo("CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
        assertThat(lines.toString()).contains("SETNAME connection-name", "GETNAME", "Prints this help.");
        t.run("CLIENT NOPE").fails("ERR unknown subcommand 'NOPE'. Try CLIENT HELP.");
        t.run("CLIENT").fails("ERR wrong number of arguments for 'client' command");
    }
}
