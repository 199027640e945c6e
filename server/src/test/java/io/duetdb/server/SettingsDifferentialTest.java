package io.duetdb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.duetdb.Duet;
import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CONFIG and config files beside redis-server: the same lines to both, the same answers. */
final class SettingsDifferentialTest {
    private static final List<String> BAD = List.of(
            "x!",
            "",
            "-9223372036854775808",
            "9223372036854775807",
            "99999999999999999999",
            "+1",
            "01",
            "1.5",
            "-1",
            "0",
            "101%",
            "-5%",
            "5x%",
            "1 2 3",
            "1tb",
            "maybe",
            "yes no",
            "YESS",
            "noev\u00efction");

    /** Settings that redis-server changes while it runs and Duet does not, or that end it here, or that move its port. */
    private static final Set<String> APART =
            Set.of("bind", "port", "tls-port", "appendonly", "save", "maxclients", "proc-title-template");

    @TempDir
    private Path folder;

    @BeforeEach
    void redisServerIsThere() {
        assumeThat(RedisServer.installed()).as("redis-server is installed").isTrue();
    }

    private static Object ask(RespClient client, String... words) throws IOException {
        byte[][] arguments = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            arguments[i] = words[i].getBytes(StandardCharsets.UTF_8);
        }
        client.send(arguments);
        client.flush();
        return client.read();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> get(RespClient client, String pattern) throws IOException {
        List<Object> pairs = (List<Object>) ask(client, "CONFIG", "GET", pattern);
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            map.put((String) pairs.get(i), (String) pairs.get(i + 1));
        }
        return map;
    }

    @Test
    void everySettingOfRedisIsThereWithItsDefault() throws IOException {
        Set<String> otherDefault = Set.of("bind", "port", "dir", "enable-debug-command", "save", "proc-title-template");
        try (RedisServer redis = RedisServer.start();
                RespClient theirs = redis.connect();
                Duet duet = Duet.builder().respPort(0).start();
                RespClient ours = new RespClient(duet.respPort())) {
            Map<String, String> expected = get(theirs, "*");
            Map<String, String> present = get(ours, "*");
            List<String> wrong = new ArrayList<>();
            expected.forEach((name, value) -> {
                if (!present.containsKey(name) || !otherDefault.contains(name) && !value.equals(present.get(name))) {
                    wrong.add(name + ": " + value + " / " + present.get(name));
                }
            });
            assertThat(wrong).isEmpty();
        }
    }

    @Test
    void badValuesAreRefusedInTheSameWords() throws IOException {
        try (RedisServer redis = RedisServer.start("--dir", folder.toString());
                RespClient theirs = redis.connect();
                Duet duet = Duet.builder().respPort(0).start();
                RespClient ours = new RespClient(duet.respPort())) {
            List<String> wrong = new ArrayList<>();
            Settings settings = InstanceOptions.settings();
            for (String name : new TreeSet<>(get(theirs, "*").keySet())) {
                Setting setting = settings.find(name);
                if (setting == null || APART.contains(name)) {
                    continue;
                }
                for (String value : BAD) {
                    compare(name, value, setting, ours, theirs, wrong);
                }
            }
            assertThat(wrong).isEmpty();
        }
    }

    private static void compare(
            String name, String value, Setting setting, RespClient ours, RespClient theirs, List<String> wrong)
            throws IOException {
        String before = get(theirs, name).get(name);
        Object expected = ask(theirs, "CONFIG", "SET", name, value);
        Object answer = ask(ours, "CONFIG", "SET", name, value);
        if (!(expected instanceof ValueReply.Failure)) {
            ask(theirs, "CONFIG", "SET", name, before);
        }
        boolean refusedHere = answer instanceof ValueReply.Failure failure
                && (setting.standing() == Setting.Standing.LIMITED || name.equals("maxmemory"))
                && failure.line().contains(" must be ");
        boolean checkedThereOnly = setting.kind() == Setting.Kind.TEXT && answer.equals("OK");
        boolean ok = expected.equals(answer)
                || expected.equals("OK") && refusedHere
                || checkedThereOnly && setting.standing() == Setting.Standing.IDLE
                || name.equals("activedefrag") && answer.equals("OK");
        if (!ok) {
            wrong.add(name + " '" + value + "': " + expected + " / " + answer);
        }
    }

    @Test
    void changesOfSeveralSettingsAreRefusedAlike() throws IOException {
        List<String> lines = List.of(
                "CONFIG SET nope 1 timeout",
                "CONFIG SET nope 1 timeout x timeout 3",
                "CONFIG SET timeout x nope 3",
                "CONFIG SET timeout 1 databases 3 nope 2",
                "CONFIG SET databases 3 nope 2 timeout 1 timeout 2",
                "CONFIG SET TIMEOUT 1 timeout 2",
                "CONFIG SET timeout 1 TimeOut 2",
                "CONFIG SET TIMEOUT x",
                "CONFIG SET timeout 5 tcp-keepalive x",
                "CONFIG GET timeout",
                "CONFIG SET hash-max-ziplist-entries 5 hash-max-listpack-entries 6",
                "CONFIG GET hash-max-ziplist-entries",
                "CONFIG SET hash-max-listpack-entries 5 Hash-max-ziplist-entries 7",
                "CONFIG GET hash-max-listpack-entries",
                "CONFIG SET client-output-buffer-limit \"normal 1mb 2kb 60\"",
                "CONFIG GET client-output-buffer-limit",
                "CONFIG SET client-output-buffer-limit \"replica 1gb 2g 60 PUBSUB 1 1 1\"",
                "CONFIG GET client-output-buffer-limit",
                "CONFIG SET client-output-buffer-limit \"normal 1mb 2kb 60 slave 1 2\"",
                "CONFIG SET client-output-buffer-limit \"nope 1gb 2g 60\"",
                "CONFIG SET client-output-buffer-limit \"master 1gb 2g 60\"",
                "CONFIG SET client-output-buffer-limit \"normal x 2g 60\"",
                "CONFIG SET client-output-buffer-limit \"normal 1 2g -60\"",
                "CONFIG SET client-output-buffer-limit \"\"",
                "CONFIG GET client-output-buffer-limit",
                "CONFIG SET latency-tracking-info-percentiles \"50 99.99 100.1\"",
                "CONFIG SET latency-tracking-info-percentiles \"1e1 5x\"",
                "CONFIG SET latency-tracking-info-percentiles \"0.1234567891 50.0 1e1\"",
                "CONFIG GET latency-tracking-info-percentiles",
                "CONFIG SET oom-score-adj-values \"1 2\"",
                "CONFIG SET oom-score-adj-values \"1 2 5000\"",
                "CONFIG SET oom-score-adj-values \"1 2 3\"",
                "CONFIG GET oom-score-adj-values",
                "CONFIG SET shutdown-on-sigint \"force  now\"",
                "CONFIG SET shutdown-on-sigint \"force now\"",
                "CONFIG GET shutdown-on-sigint",
                "CONFIG SET save \"60 1 300\"",
                "CONFIG SET save \"0 1\"",
                "CONFIG SET save \"60  1\"",
                "CONFIG SET notify-keyspace-events Q",
                "CONFIG SET protected-mode YES",
                "CONFIG GET protected-mode",
                "CONFIG SET loglevel DEBUG",
                "CONFIG GET loglevel",
                "CONFIG GET",
                "CONFIG SET timeout",
                "CONFIG RESETSTAT x",
                "CONFIG REWRITE",
                "CONFIG NOPE");
        try (RedisServer redis = RedisServer.start();
                RespClient theirs = redis.connect();
                Duet duet = Duet.builder().respPort(0).start();
                RespClient ours = new RespClient(duet.respPort())) {
            for (String line : lines) {
                assertThat(ours.run(line)).as(line).isEqualTo(theirs.run(line));
            }
        }
    }

    @Test
    void aFileMeansTheSame() throws Exception {
        Path included = folder.resolve("included.conf");
        Files.writeString(included, "lfu-decay-time 3\n");
        Path file = folder.resolve("redis.conf");
        Files.writeString(file, """
                # comment
                   timeout 7 \t
                TCP-KEEPALIVE 8
                requirepass "a b\\x41\\n\\"\\\\q\\t"
                masterauth 'it\\'s \\n'
                masteruser ab"c d"
                syslog-ident "caf\\xc3\\xa9"
                maxclients 100
                \fhz 20
                client-output-buffer-limit normal 1mb 2k 3
                client-output-buffer-limit pubsub 4gb 5 6 replica 7 8 9
                client-output-buffer-limit "normal 10 11 12"
                oom-score-adj-values 1 2 3
                latency-tracking-info-percentiles 1.50 2
                shutdown-on-sigterm now force
                hash-max-ziplist-entries 9
                list-max-listpack-size -5
                notify-keyspace-events ""
                repl-backlog-size 2mb
                unixsocketperm 0
                slave-priority 5
                loglevel WARNING
                """ + "include " + folder + "/inc*.conf\n", StandardCharsets.UTF_8);
        List<String> names = List.of(
                "timeout",
                "tcp-keepalive",
                "requirepass",
                "masterauth",
                "masteruser",
                "syslog-ident",
                "maxclients",
                "hz",
                "client-output-buffer-limit",
                "oom-score-adj-values",
                "latency-tracking-info-percentiles",
                "shutdown-on-sigterm",
                "hash-max-listpack-entries",
                "list-max-listpack-size",
                "repl-backlog-size",
                "unixsocketperm",
                "replica-priority",
                "loglevel",
                "lfu-decay-time");
        Settings settings = InstanceOptions.settings();
        new CommandLine(settings).read(file.toString());
        try (RedisServer redis = RedisServer.start("--include", file.toString());
                RespClient theirs = redis.connect()) {
            assertThat(ask(theirs, "AUTH", settings.text("requirepass"))).isEqualTo("OK");
            for (String name : names) {
                String value = new String(
                        get(theirs, name).get(name).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
                assertThat(settings.text(name)).as(name).isEqualTo(value);
            }
        }
    }

    @Test
    void theFileOfAnInstalledRedisIsUnderstood() throws Exception {
        Path stock = Path.of("/etc/redis/redis.conf");
        assumeThat(Files.isReadable(stock)).as("a redis.conf is installed").isTrue();
        Path copy = Files.copy(stock, folder.resolve("stock.conf"));
        Settings settings = InstanceOptions.settings();
        CommandLine line = new CommandLine(settings);
        line.read(copy.toString(), "--daemonize", "no");
        assertThat(line.notes()).hasSize(1);
        assertThat(settings.text("client-output-buffer-limit"))
                .isEqualTo("normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60");
    }

    @Test
    void aRewrittenFileIsTheSameWhereItStood() throws Exception {
        String text = """
                # head
                bind 127.0.0.1


                client-output-buffer-limit normal 1mb 1 1
                client-output-buffer-limit pubsub 2mb 1 1
                # middle


                timeout 5
                TIMEOUT 6
                slave-priority 90
                requirepass "a\\x01b\\"c"
                hash-max-ziplist-entries 512
                repl-backlog-size 3145728
                masterauth ""
                latency-tracking-info-percentiles 10 20
                shutdown-on-sigint nosave now
                list-max-ziplist-entries 5
                syslog-ident 'x"y'
                """;
        Path file = folder.resolve("redis.conf");
        Files.writeString(file, text);
        Settings settings = InstanceOptions.settings();
        new CommandLine(settings).read(file.toString());
        settings.set("timeout", "8");
        String ours = ConfigRewrite.rewritten(text, settings);
        try (RedisServer redis = RedisServer.start(file.toString());
                RespClient theirs = redis.connect()) {
            ask(theirs, "AUTH", settings.text("requirepass"));
            assertThat(ask(theirs, "CONFIG", "SET", "timeout", "8")).isEqualTo("OK");
            assertThat(ask(theirs, "CONFIG", "REWRITE")).isEqualTo("OK");
        }
        String mark = "# Generated by CONFIG REWRITE\n";
        String expected = Files.readString(file);
        assertThat(ours.substring(0, ours.indexOf(mark))).isEqualTo(expected.substring(0, expected.indexOf(mark)));
        assertThat(ours.substring(ours.indexOf(mark)))
                .isEqualTo(mark + "dir \"" + Path.of("").toAbsolutePath()
                        + "\"\nclient-output-buffer-limit pubsub 2mb 1 1\n");
        assertThat(expected).contains("\nclient-output-buffer-limit pubsub 2mb 1 1\n");
    }
}
