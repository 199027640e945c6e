package io.duetdb.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.Duet;
import io.duetdb.bytes.Doubles;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.Flags;
import io.duetdb.engine.commands.Families;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.SyntaxCommands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bad input, systematically: every command with too few and too many arguments, and with each argument replaced by each
 * of a set of bad values, to Duet and to a real redis-server: the same bytes come back, and the same data are left. Where replies speak of the server
 * itself, only errors are compared.
 */
@Timeout(300)
final class BadInputTest {
    /** Not sent at all: they end or delay a server, silence a connection, or change what other requests are answered. */
    private static final Set<String> NEVER = Set.of(
            "quit",
            "shutdown",
            "debug",
            "monitor",
            "client|reply",
            "client|pause",
            "client|kill",
            "config|set",
            "config|rewrite",
            "config|resetstat",
            "sync",
            "psync",
            "failover",
            "replicaof",
            "slaveof",
            "migrate", // what is no mistake in it calls somebody up: MigrateTest, ScriptsTest
            "save", // and its like: files; mistakes are in ScriptsTest
            "bgsave",
            "bgrewriteaof",
            "reset",
            "client|tracking", // its state and the numbers of clients decide: DifferentialTrackingTest
            "client|caching",
            "multi", // what follows is queued
            "subscribe", // and its like: a reply for each channel, and then little else is allowed
            "psubscribe",
            "ssubscribe",
            "unsubscribe",
            "punsubscribe",
            "sunsubscribe");

    /** Their answers differ between any two servers; that they refuse the same requests is what counts. */
    private static final Set<String> ERRORS_ONLY = Set.of(
            "hello",
            "time",
            "info",
            "randomkey",
            "zrandmember",
            "keys",
            "scan",
            "client|id",
            "client|list",
            "client|info",
            "command",
            "command|count",
            "command|docs",
            "command|info",
            "command|list",
            "config|get",
            "lolwut",
            "pttl",
            "pexpiretime",
            "expiretime",
            "object|idletime",
            "object|freq",
            "object|help",
            "client|help",
            "command|help",
            "config|help",
            "latency|doctor",
            "latency|graph",
            "latency|histogram",
            "latency|history",
            "latency|latest",
            "latency|help",
            "memory|doctor",
            "memory|stats",
            "memory|usage",
            "memory|malloc-stats",
            "memory|help",
            "memory|purge",
            "slowlog|get",
            "slowlog|len",
            "slowlog|help",
            "module|list",
            "module|help",
            "cluster|help",
            "dump",
            "lastsave",
            "role",
            "client|trackinginfo");

    private static final List<String> VALUES = List.of(
            "",
            "\0",
            "a\0b",
            "\r\n",
            "-1",
            "0",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "-9223372036854775809",
            "1.5",
            "1e3",
            "abc",
            " 1",
            "+1",
            "01",
            "nan",
            "inf",
            "\u00ff\u00fe",
            "x".repeat(300),
            "*",
            "18446744073709551616",
            "1 ",
            "0x10",
            "nope\n");

    /** What every request meets. */
    private static final List<List<String>> STATE = List.of(
            List.of("SELECT", "0"),
            List.of("FLUSHALL"),
            List.of("SET", "a", "text"),
            List.of("SET", "b", "5"),
            List.of("SET", "c", "timed", "EX", "100000"),
            List.of("SET", "key:1", "3.5"),
            List.of("ZADD", "d", "1", "a", "2.5", "b", "2.5", "f1", "-inf", "17", "7", ""));

    /** What every request leaves behind is compared too. */
    private static final List<String> DIGEST = List.of("DEBUG", "DIGEST");

    private static final int BATCH = 50;

    private static List<List<String>> requests(SyntaxCommands syntax, Command command) {
        Set<List<String>> all = new LinkedHashSet<>();
        Set<List<String>> bases = new LinkedHashSet<>();
        int wanted = Boolean.getBoolean("duet.long") ? 40 : 6;
        for (int i = 0; i < wanted * 3 && bases.size() < wanted; i++) {
            bases.add(syntax.of(command));
        }
        for (List<String> base : bases) {
            all.add(base);
            for (int n = 1; n < base.size(); n++) {
                all.add(base.subList(0, n));
            }
            List<String> more = new ArrayList<>(base);
            for (int i = 0; i < 3; i++) {
                more.add("x");
                all.add(List.copyOf(more));
            }
            for (int at = 1; at < base.size(); at++) {
                for (String value : VALUES) {
                    List<String> bad = new ArrayList<>(base);
                    bad.set(at, value);
                    all.add(bad);
                }
                List<String> twice = new ArrayList<>(base);
                twice.add(at, base.get(at));
                all.add(twice);
                List<String> without = new ArrayList<>(base);
                without.remove(at);
                all.add(without);
            }
        }
        all.removeIf(request -> waits(request) || isNewer(request));
        return new ArrayList<>(all);
    }

    /** Options of SET and ZRANK, and a check of LPOS, that the real server is too old for. */
    private static boolean isNewer(List<String> request) {
        if (request.get(0).equals("LPOS")) {
            return request.contains("-9223372036854775808");
        }
        if (request.get(0).matches("Z(REV)?RANK")) {
            return request.size() > 3;
        }
        return request.get(0).equals("SET")
                && request.stream()
                        .anyMatch(word -> word.toUpperCase(Locale.ROOT).matches("IFD?(EQ|NE)"));
    }

    /** WAIT for replicas that there are none of. */
    private static boolean waits(List<String> request) {
        return request.get(0).equals("WAIT")
                && request.size() == 3
                && request.get(1).matches("0*[1-9][0-9]{0,18}")
                && request.get(2).matches("[0-9]{1,19}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "3"})
    void badInputIsRefusedAsARealServerRefusesIt(String protocol) throws IOException {
        assumeTrue(RedisServer.installed(), "no redis-server to compare with");
        SyntaxCommands syntax = new SyntaxCommands(Families.table(), ~0, 5).around(4_000_000_000L);
        List<String> differences = new ArrayList<>();
        int compared = 0;
        try (Duet duet = Duet.builder().respPort(0).start();
                RedisServer redis = RedisServer.start();
                RawClient ours = new RawClient(duet.respPort());
                RawClient theirs = new RawClient(redis.port())) {
            for (Command command : Families.table().byId()) {
                String name = command.name();
                String parent = name.split("\\|")[0];
                if (command.isContainer()
                        || command.is(Flags.BLOCKING)
                        || NEVER.contains(name)
                        || NEVER.contains(parent)
                        || isNew(theirs, command)) {
                    continue;
                }
                List<List<String>> requests = requests(syntax, command);
                for (int from = 0; from < requests.size(); from += BATCH) {
                    List<List<String>> batch = requests.subList(from, Math.min(requests.size(), from + BATCH));
                    List<String> a = replies(ours, protocol, batch);
                    List<String> b = replies(theirs, protocol, batch);
                    for (int i = 0; i < batch.size(); i++) {
                        compared++;
                        compare(name, batch.get(i), a.get(i), b.get(i), differences);
                    }
                }
            }
        }
        String report = System.getProperty("duet.badinput.report");
        if (report != null) {
            Files.writeString(Path.of(report), String.join("\n", differences) + "\n");
        }
        assertThat(compared).isGreaterThan(10_000);
        assertThat(differences.stream().limit(40).toList())
                .as("%d differences", differences.size())
                .isEmpty();
    }

    /** Whether the real server is too old to know a command. */
    static boolean isNew(RawClient theirs, Command command) throws IOException {
        theirs.send(List.of("COMMAND", "INFO", command.name()));
        theirs.flush();
        return theirs.read().length() < 20;
    }

    private static List<String> replies(RawClient server, String protocol, List<List<String>> batch)
            throws IOException {
        for (List<String> request : batch) {
            server.send(List.of("HELLO", protocol));
            for (List<String> line : STATE) {
                server.send(line);
            }
            server.send(request);
            server.send(DIGEST);
        }
        server.flush();
        List<String> replies = new ArrayList<>();
        for (List<String> request : batch) {
            for (int i = 0; i <= STATE.size(); i++) {
                server.read();
            }
            try {
                replies.add(server.read() + server.read());
            } catch (IOException e) {
                throw new IOException("at " + shown(request.toString()), e);
            }
        }
        return replies;
    }

    private static String digest(String reply) {
        return reply.substring(reply.length() - 43);
    }

    private static void compare(
            String name, List<String> request, String ours, String theirs, List<String> differences) {
        if (!digest(ours).equals(digest(theirs))) {
            differences.add(shown("other data after " + request + "\n    duet  " + ours + "\n    redis " + theirs));
            return;
        }
        boolean refused = ours.startsWith("-") || theirs.startsWith("-");
        if (ours.equals(theirs) || (!refused && ERRORS_ONLY.contains(name)) || known(request, ours, theirs)) {
            return;
        }
        differences.add(shown(request + "\n    duet  " + ours + "\n    redis " + theirs));
    }

    /** Differences on purpose, each of them in docs/differences.md. */
    private static boolean known(List<String> request, String ours, String theirs) {
        if (theirs.startsWith("-ERR This instance has cluster support disabled\r\n")) {
            return request.get(1).equals("KEYSLOT");
        }
        if (request.get(0).startsWith("Z") && sameScores(ours, theirs)) {
            return true;
        }
        return request.size() == 1 && !ours.startsWith("-") && !theirs.startsWith("-"); // a whole COMMAND
    }

    /** Line for line the same, but that scores are printed with as few digits as tell them apart, as 7.2 does. */
    static boolean sameScores(String ours, String theirs) {
        String[] a = ours.split("\r\n");
        String[] b = theirs.split("\r\n");
        boolean same = a.length == b.length;
        for (int i = 0; same && i < a.length; i++) {
            boolean length = i + 1 < a.length && a[i].startsWith("$") && sameScore(a[i + 1], b[i + 1]);
            same = a[i].equals(b[i]) || sameScore(a[i], b[i]) || length;
        }
        return same;
    }

    private static boolean sameScore(String ours, String theirs) {
        byte[] digits = theirs.replace(",", "").getBytes(StandardCharsets.ISO_8859_1);
        double score = Doubles.parse(digits, 0, digits.length);
        return Arrays.equals(digits, Doubles.seventeen(score))
                && ours.replace(",", "").equals(Doubles.text(score));
    }

    static String shown(String text) {
        StringBuilder s = new StringBuilder();
        for (char c : text.toCharArray()) {
            if ((c >= ' ' || c == '\n') && c < 0x7f) {
                s.append(c);
            } else {
                s.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
            }
        }
        return s.length() > 600 ? s.substring(0, 600) + "..." : s.toString();
    }
}
