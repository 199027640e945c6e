package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.TestConnection;
import io.duetdb.engine.kit.ValueReply;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectionCommandsTest {
    private static final String WRONGPASS = "WRONGPASS invalid username-password pair or user is disabled.";
    private static final String NOAUTH = "NOAUTH Authentication required.";

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

    @Test
    void echoRepliesTheMessage() {
        t.run("ECHO \"a\\r\\n\\x00b\"").replies("a\r\n\0b");
        t.run("ECHO").fails("ERR wrong number of arguments for 'echo' command");
        t.run("ECHO a b").fails("ERR wrong number of arguments for 'echo' command");
    }

    @Test
    void selectChangesTheDatabaseOfThisClientOnly() {
        EngineFixture.Other other = t.other();
        t.run("SELECT 3").replies("OK");
        t.run("SET k in3").replies("OK");
        other.run("GET k").nil();
        other.run("SELECT 3").replies("OK");
        other.run("GET k").replies("in3");
    }

    @Test
    void selectRefusesWhatIsNoDatabase() {
        t.run("SELECT 16").fails("ERR DB index is out of range");
        t.run("SELECT -1").fails("ERR DB index is out of range");
        t.run("SELECT x").fails("ERR value is not an integer or out of range");
        t.run("SELECT 99999999999").fails("ERR value is out of range, value must between -2147483648 and 2147483647");
        t.run("SELECT 99999999999999999999").fails("ERR value is not an integer or out of range");
    }

    @Test
    void authWithoutAnyPasswordSaysSo() {
        t.run("AUTH x")
                .fails("ERR AUTH <password> called without any password configured for the default user."
                        + " Are you sure your configuration is correct?");
        t.run("AUTH default x").replies("OK");
        t.run("AUTH nobody x").fails(WRONGPASS);
        t.run("AUTH a b c").fails("ERR syntax error");
    }

    @Test
    void thePasswordGuardsEveryCommandButThoseOfTheConnection() {
        EngineFixture guarded = new EngineFixture("requirepass=pw");
        guarded.run("PING").fails(NOAUTH);
        guarded.run("SELECT 1").fails(NOAUTH);
        guarded.run("FOO").fails("ERR unknown command 'FOO', with args beginning with: ");
        guarded.run("GET").fails("ERR wrong number of arguments for 'get' command");
        guarded.run("AUTH x").fails(WRONGPASS);
        guarded.run("AUTH default x").fails(WRONGPASS);
        guarded.run("PING").fails(NOAUTH);
        guarded.run("AUTH pw").replies("OK");
        guarded.run("PING").replies("PONG");
        guarded.run("AUTH x").fails(WRONGPASS);
        guarded.run("PING").replies("PONG");
    }

    @Test
    void aChangedPasswordHoldsForNewClients() {
        t.run("CONFIG SET requirepass pw").replies("OK");
        t.run("PING").replies("PONG");
        EngineFixture.Other late = t.other();
        late.run("PING").fails(NOAUTH);
        late.run("AUTH default pw").replies("OK");
        late.run("PING").replies("PONG");
    }

    @Test
    void withoutThePasswordThoseWhoWaitedOutsideAreIn() {
        EngineFixture guarded = new EngineFixture("requirepass=pw");
        EngineFixture.Other outside = guarded.other();
        outside.run("PING").fails(NOAUTH);
        guarded.run("AUTH pw");
        guarded.run("CONFIG SET requirepass \"\"").replies("OK");
        outside.run("PING").replies("PONG");
        guarded.run("CONFIG SET requirepass new").replies("OK");
        outside.run("PING").fails(NOAUTH);
        outside.run("AUTH new").replies("OK");
    }

    @Test
    void nobodyLogsInAsTheReadOnlyUserWithoutItsPassword() {
        t.run("AUTH default_ro anything").fails(WRONGPASS);
        t.run("AUTH default_ro \"\"").fails(WRONGPASS);
        t.run("HELLO 2 AUTH default_ro x").fails(WRONGPASS);
    }

    @Test
    void helloDescribesTheServerInTheProtocolChosen() {
        Object described = t.run("HELLO 3").value();
        assertThat(described)
                .isEqualTo(Map.of(
                        "server", "redis",
                        "version", "7.4.2",
                        "proto", 3L,
                        "id", t.client().id(),
                        "mode", "standalone",
                        "role", "master",
                        "modules", List.of()));
        assertThat(((Map<?, ?>) t.run("HELLO").value()).get("proto")).isEqualTo(3L);
        assertThat(((Map<?, ?>) t.run("HELLO 2").value()).get("proto")).isEqualTo(2L);
    }

    @Test
    void helloRefusesInTheOrderOfRedis() {
        t.run("HELLO 4").fails("NOPROTO unsupported protocol version");
        t.run("HELLO x").fails("ERR Protocol version is not an integer or out of range");
        t.run("HELLO 3 FOO").fails("ERR Syntax error in HELLO option 'FOO'");
        t.run("HELLO 3 AUTH a").fails("ERR Syntax error in HELLO option 'AUTH'");
        t.run("HELLO 3 SETNAME").fails("ERR Syntax error in HELLO option 'SETNAME'");
        t.run("HELLO 3 AUTH nobody x SETNAME \"a b\"")
                .fails("ERR Client names cannot contain spaces, newlines or special characters.");
        t.run("HELLO 3 AUTH nobody x SETNAME a").fails(WRONGPASS);
        t.run("CLIENT GETNAME").nil();
        assertThat(((Map<?, ?>) t.run("HELLO").value()).get("proto")).isEqualTo(2L);
    }

    @Test
    void helloLogsInAndNames() {
        EngineFixture guarded = new EngineFixture("requirepass=pw");
        guarded.run("HELLO 3")
                .fails("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto>"
                        + " AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol"
                        + " version at the same time");
        guarded.run("HELLO 5").fails("NOPROTO unsupported protocol version");
        guarded.run("HELLO 2 AUTH default x").fails(WRONGPASS);
        guarded.run("PING").fails(NOAUTH);
        assertThat(guarded.run("HELLO 3 AUTH default pw SETNAME me").value()).isInstanceOf(Map.class);
        guarded.run("CLIENT GETNAME").replies("me");
    }

    @Test
    void resetIsAFreshConnection() {
        EngineFixture guarded = new EngineFixture("requirepass=pw");
        guarded.run("HELLO 3 AUTH default pw SETNAME me");
        guarded.run("SELECT 2");
        guarded.run("RESET").replies("RESET");
        guarded.run("PING").fails(NOAUTH);
        guarded.run("AUTH pw");
        guarded.run("CLIENT GETNAME").nil();
        guarded.run("SET k v");
        assertThat(guarded.effectLog().databases()).containsExactly(0);
        assertThat(((Map<?, ?>) guarded.run("HELLO").value()).get("proto")).isEqualTo(2L);
    }

    @Test
    void nothingRunsBehindQuit() {
        TestConnection connection = new TestConnection();
        var client = t.engine().connect(connection);
        Argv[] batch = {Argv.of("SET", "a", "1"), Argv.of("QUIT"), Argv.of("SET", "b", "2")};
        assertThat(t.engine().execute(client, batch, 3)).isEqualTo(2);
        t.engine().beforeSleep();
        assertThat(connection.closing()).isTrue();
        assertThat(client.closing()).isTrue();
        assertThat(connection.released()).isEqualTo(2);
        t.effects("SET a 1");
        assertThat(t.engine().execute(client, batch, 3)).isZero();
    }

    @Test
    void restKnowsOnlyPingAndEchoOfTheConnection() {
        TestConnection connection = new TestConnection();
        connection.refuseMessages();
        var client = t.engine().connectRest(connection, false);
        for (String line : List.of("AUTH x", "HELLO 3", "SELECT 1", "QUIT", "RESET", "CLIENT ID", "SHUTDOWN")) {
            t.engine().execute(client, new Argv[] {Argv.of(EngineFixture.words(line))}, 1);
            assertThat(connection.take().toString()).contains("ERR Command is not available: '");
        }
        for (String line : List.of("PING", "ECHO a", "TIME", "COMMAND COUNT", "INFO", "CONFIG GET maxmemory")) {
            t.engine().execute(client, new Argv[] {Argv.of(EngineFixture.words(line))}, 1);
            assertThat(connection.take()).isNotInstanceOf(ValueReply.Failure.class);
        }
        assertThat(client.closing()).isFalse();
    }
}
