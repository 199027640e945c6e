package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import io.duetdb.clients.Tools.Ran;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** redis-cli in the ways people use it: lines piped in, its modes, its prompt. */
@Timeout(120)
final class RedisCliTest {
    private Duet duet;

    @BeforeAll
    static void need() {
        Tools.need("redis-cli");
    }

    @BeforeEach
    void start() {
        duet = Duet.builder().respPort(0).start();
    }

    @AfterEach
    void end() {
        duet.close();
    }

    @Test
    void linesPipedInAreAnsweredOneByOne() throws Exception {
        Ran ran = cli("SET a 1\nget a\nINCR a\nMGET a nosuch\nGET nosuch\nSET s \"two words\"\nGET s\nDEL a s\n");
        assertThat(ran.succeeded().lines()).containsExactly("OK", "1", "2", "2", "", "", "OK", "two words", "2");
    }

    @Test
    void errorsAreShownAsErrors() throws Exception {
        Ran ran = cli("SET a x\nINCR a\nNOSUCH\nGET\n");
        assertThat(ran.lines())
                .contains(
                        "ERR value is not an integer or out of range",
                        "ERR unknown command 'NOSUCH', with args beginning with: ",
                        "ERR wrong number of arguments for 'get' command");
        assertThat(cli("", "-e", "INCR", "a").status()).isEqualTo(1);
    }

    @Test
    void repliesAreTypedByProtocolThree() throws Exception {
        assertThat(cli("", "-3", "--no-raw", "CONFIG", "GET", "databases")
                        .succeeded()
                        .lines())
                .containsExactly("1# \"databases\" => \"16\"");
        assertThat(cli("", "-3", "--no-raw", "GET", "nosuch").succeeded().lines())
                .containsExactly("(nil)");
        assertThat(cli("", "-3", "--json", "MGET", "nosuch", "nosuch")
                        .succeeded()
                        .lines())
                .containsExactly("[null,null]");
        assertThat(cli("", "-2", "--no-raw", "CONFIG", "GET", "databases")
                        .succeeded()
                        .lines())
                .containsExactly("1) \"databases\"", "2) \"16\"");
    }

    @Test
    void aValueFromStandardInputIsStoredAsItIs() throws Exception {
        cli("line one\nline two", "-x", "SET", "text").succeeded();
        assertThat(duet.execute("GET", "text")).isEqualTo("line one\nline two");
    }

    @Test
    void databasesAndPasswordsAreGivenAtTheStart() throws Exception {
        cli("", "-n", "3", "SET", "where", "three").succeeded();
        assertThat(cli("", "-n", "3", "GET", "where").lines()).containsExactly("three");
        assertThat(cli("", "GET", "where").lines()).containsExactly("");
        try (Duet locked =
                Duet.builder().respPort(0).setting("requirepass", "secret").start()) {
            String url = "redis://default:secret@127.0.0.1:" + locked.respPort() + "/0";
            assertThat(Tools.run("", "redis-cli", "-u", url, "PING").lines()).containsExactly("PONG");
            assertThat(Tools.run("", "redis-cli", "-p", "" + locked.respPort(), "PING")
                            .lines())
                    .containsExactly("NOAUTH Authentication required.", "");
        }
    }

    @Test
    void scanFindsEveryKey() throws Exception {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            duet.execute("SET", "user:" + i, "v");
            duet.execute("SET", "other:" + i, "v");
            expected.add("user:" + i);
        }
        assertThat(cli("", "--scan", "--pattern", "user:*").succeeded().lines())
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(cli("", "--scan").succeeded().lines()).hasSize(1000);
    }

    @Test
    void massInsertionByPipe() throws Exception {
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            input.append("*3\r\n$3\r\nSET\r\n$5\r\n").append(10_000 + i).append("\r\n$1\r\nv\r\n");
        }
        input.append("*2\r\n$4\r\nINCR\r\n$5\r\n10000\r\n");
        assertThat(cli(input.toString(), "--pipe").lines()).contains("errors: 1, replies: 10001");
        assertThat(duet.execute("DBSIZE")).isEqualTo(10_000L);
    }

    @Test
    void bigkeysNamesTheBiggest() throws Exception {
        duet.execute("SET", "small", "x");
        duet.execute("SET", "big", "x".repeat(1000));
        assertThat(cli("", "--bigkeys").succeeded().out())
                .contains("Sampled 2 keys in the keyspace!")
                .contains("Biggest string found '\"big\"' has 1000 bytes");
    }

    @Test
    void memkeysNamesTheOneThatTakesMost() throws Exception {
        duet.execute("SET", "small", "x");
        duet.execute("SET", "big", "x".repeat(1000));
        assertThat(cli("", "--memkeys").succeeded().out())
                .contains("Sampled 2 keys in the keyspace!")
                .containsPattern("Biggest string found '\"big\"' has 1\\d\\d\\d bytes");
    }

    @Test
    void latencyIsMeasured() throws Exception {
        // Least, greatest, mean, samples.
        assertThat(cli("", "--latency", "-i", "1").succeeded().out().trim()).matches("\\d+ \\d+ [0-9.]+ \\d+");
    }

    @Test
    void statShowsKeysAndRequests() throws Exception {
        Tools.need("stdbuf");
        duet.execute("SET", "a", "1");
        try (Conversation stat =
                new Conversation("stdbuf", "-oL", "redis-cli", "-p", "" + duet.respPort(), "--stat", "-i", "0.05")) {
            stat.until("requests            connections");
            stat.until("\n");
            for (int i = 0; i < 3; i++) {
                // keys, memory, clients, blocked, requests and how many more, connections
                assertThat(stat.until("\n")).matches("1 +[0-9.]+[KMG] +\\d +0 +\\d+ \\(\\+\\d+\\) +\\d +\n");
            }
        }
    }

    @Test
    void monitorShowsWhatOthersDo() throws Exception {
        Tools.need("stdbuf");
        try (Conversation monitor =
                new Conversation("stdbuf", "-oL", "redis-cli", "-p", "" + duet.respPort(), "MONITOR")) {
            monitor.until("OK\n");
            cli("", "-n", "2", "SET", "a b", "\"quoted\"").succeeded();
            monitor.until("\"SELECT\" \"2\"\n");
            assertThat(monitor.until("\n"))
                    .matches("[0-9]+\\.[0-9]{6} \\[2 127\\.0\\.0\\.1:[0-9]+] \"SET\" \"a b\" \"\\\\\"quoted\\\\\"\"\n");
        }
    }

    @Test
    void thePromptKnowsTheServersCommands() throws Exception {
        Tools.need("script");
        try (Conversation prompt = new Conversation(
                "script", "-qec", "stty cols 120; TERM=xterm redis-cli -p " + duet.respPort(), "/dev/null")) {
            String start = "127.0.0.1:" + duet.respPort() + "> ";
            prompt.until(start);
            prompt.type("set ");
            prompt.until("key value");
            prompt.type("a 1\r");
            prompt.until("OK");
            prompt.until(start);
            prompt.type("select 2\r");
            prompt.until("127.0.0.1:" + duet.respPort() + "[2]> ");
            prompt.type("help get\r");
            prompt.until("summary");
            prompt.type("exit\r");
        }
        assertThat(duet.execute("GET", "a")).isEqualTo("1");
    }

    private Ran cli(String input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("redis-cli", "-p", "" + duet.respPort()));
        command.addAll(List.of(arguments));
        return Tools.run(input, command.toArray(new String[0]));
    }
}
