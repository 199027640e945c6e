package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RedisServer;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Several clients at once, here and at a real redis-server: after each command every client's bytes are compared, up to
 * the reply of a PING that shows that nothing more comes. Where 7.0.15 has no order of its own (patterns, and channels
 * of UNSUBSCRIBE without arguments), or another than 7.2 (a message to oneself comes before the reply), both are sorted.
 */
class DifferentialPubSubTest {
    private static final int CLIENTS = 4;
    private static final String TOKEN = "the-end";

    private final EngineFixture t = new EngineFixture();
    private final RawConnection[] ours = new RawConnection[CLIENTS];
    private final Socket[] theirs = new Socket[CLIENTS];
    private RedisServer server;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(RedisServer.installed(), "no redis-server to compare with");
        server = RedisServer.start();
        for (int i = 0; i < CLIENTS; i++) {
            ours[i] = new RawConnection(t.engine());
            theirs[i] = new Socket(InetAddress.getLoopbackAddress(), server.port());
            theirs[i].setTcpNoDelay(true);
            theirs[i].setSoTimeout(20_000);
        }
    }

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            for (Socket socket : theirs) {
                socket.close();
            }
            server.close();
        }
    }

    // ---- bytes

    private static void send(Socket socket, String line) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[][] words = EngineFixture.words(line);
        out.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        for (byte[] word : words) {
            out.writeBytes(("$" + word.length + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.writeBytes(word);
            out.writeBytes(new byte[] {'\r', '\n'});
        }
        socket.getOutputStream().write(out.toByteArray());
    }

    /** Reads up to the answer of a PING with the token, which is plain or, to subscribers in RESP2, in an array. */
    private static String upToTheToken(Socket socket) throws IOException {
        String end = "$" + TOKEN.length() + "\r\n" + TOKEN + "\r\n";
        StringBuilder s = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!s.toString().endsWith(end)) {
            int n = socket.getInputStream().read(buffer);
            if (n < 0) {
                throw new EOFException("after " + s);
            }
            s.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
        }
        return s.toString();
    }

    /** The values of a stream, each as it is spelled. */
    private static List<String> values(String stream) {
        List<String> values = new ArrayList<>();
        for (int at = 0; at < stream.length(); ) {
            int end = end(stream, at);
            values.add(stream.substring(at, end));
            at = end;
        }
        return values;
    }

    private static int end(String s, int from) {
        int lineEnd = s.indexOf("\r\n", from) + 2;
        char kind = s.charAt(from);
        if ("$=*~>%".indexOf(kind) < 0) {
            return lineEnd;
        }
        int n = Integer.parseInt(s.substring(from + 1, lineEnd - 2));
        if (kind == '$' || kind == '=') {
            return n < 0 ? lineEnd : lineEnd + n + 2;
        }
        int at = lineEnd;
        for (int i = kind == '%' ? 2 * n : n; i > 0; i--) {
            at = end(s, at);
        }
        return at;
    }

    // ---- order

    private static boolean says(String value, String word) {
        return value.startsWith("$" + word.length() + "\r\n" + word, 4) && "*>".indexOf(value.charAt(0)) >= 0;
    }

    /** What is not ordered alike in both comes sorted behind the rest: messages, which begin with the channel's. */
    private static List<String> ordered(String stream, String line) {
        List<String> rest = new ArrayList<>();
        List<String> messages = new ArrayList<>();
        List<String> patterns = new ArrayList<>();
        for (String value : values(stream)) {
            if (says(value, "pmessage")) {
                assertThat(messages).as("the channel's own message comes first").hasSizeLessThanOrEqualTo(1);
                patterns.add(value);
            } else if (says(value, "message") || says(value, "smessage")) {
                assertThat(patterns).as("messages before pmessages").isEmpty();
                messages.add(value);
            } else {
                rest.add(value.contains("$6\r\nserver\r\n") ? value.charAt(0) + "HELLO" : value);
            }
        }
        patterns.sort(null);
        if (line.matches("[PS]?UNSUBSCRIBE")) {
            rest = sortedNames(rest);
        } else if (line.startsWith("PUBSUB")) {
            rest.set(0, sortedElements(rest.get(0)));
        }
        rest.addAll(messages);
        rest.addAll(patterns);
        return rest;
    }

    /** Confirmations with the names sorted, the numbers where they were. */
    private static List<String> sortedNames(List<String> confirmations) {
        List<String> names = new ArrayList<>();
        List<String> numbers = new ArrayList<>();
        for (String value : confirmations) {
            int number = value.lastIndexOf(':');
            names.add(number < 0 ? value : value.substring(0, number));
            numbers.add(number < 0 ? "" : value.substring(number));
        }
        names.sort(null);
        names.addAll(numbers);
        return names;
    }

    private static String sortedElements(String array) {
        int head = array.indexOf("\r\n") + 2;
        List<String> elements = values(array.substring(head));
        elements.sort(null);
        return array.substring(0, head) + String.join("", elements);
    }

    private void same(int who, String line, String context) throws IOException {
        List<String> here = new ArrayList<>();
        List<String> there = new ArrayList<>();
        send(theirs[who], line);
        String first = ours[who].run(line);
        for (int i = 0; i < CLIENTS; i++) {
            int client = (who + i) % CLIENTS;
            send(theirs[client], "PING " + TOKEN);
            String stream = (client == who ? first : "") + ours[client].run("PING " + TOKEN);
            here.add(client + ": " + ordered(stream, line));
            there.add(client + ": " + ordered(upToTheToken(theirs[client]), line));
        }
        assertThat(here).as("%s: client %d, %s", context, who, line).isEqualTo(there);
    }

    // ---- tests

    @Test
    void everyClientIsToldTheSame() throws IOException {
        for (int seed = 1; seed <= 6; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            for (int client = 0; client < CLIENTS; client++) {
                same(client, "RESET", "seed " + seed);
                same(client, "HELLO " + (client % 2 + 2) + " SETNAME c", "seed " + seed);
            }
            for (int i = 0; i < 400; i++) {
                same(random.nextInt(CLIENTS), line(random), "seed " + seed + ", step " + i);
            }
        }
    }

    private static String line(SplittableRandom random) {
        String[] verbs = {"SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE"};
        int choice = random.nextInt(20);
        if (choice < 7) {
            return (choice < 6 ? "" : "S") + "PUBLISH " + name(random) + " m" + random.nextInt(1000);
        }
        if (choice < 14) {
            StringBuilder s = new StringBuilder(verbs[random.nextInt(verbs.length)]);
            int names = random.nextInt(4);
            for (int i = 0; i < names; i++) {
                s.append(' ').append(s.charAt(0) == 'P' ? pattern(random) : name(random));
            }
            return s.toString();
        }
        String[] others = {
            "PUBSUB CHANNELS",
            "PUBSUB CHANNELS " + pattern(random),
            "PUBSUB NUMPAT",
            "PUBSUB SHARDCHANNELS",
            "RESET",
            "HELLO 3",
            "HELLO 2",
            "PING",
            "PING x",
            "PING x y",
            "SET k v",
            "CLIENT GETNAME",
            "NOPE",
            "CONFIG",
        };
        return others[random.nextInt(others.length)];
    }

    private static String name(SplittableRandom random) {
        String[] names = {"a", "b", "ab", "ba", "abc", "\"\"", "\"\\r\\n\\x00\\xff\"", "a*"};
        return names[random.nextInt(names.length)];
    }

    private static String pattern(SplittableRandom random) {
        String[] patterns = {"*", "a*", "?b", "[ab]", "[^a]*", "a\\\\*", "abc", "\"\"", "*\"\\xff\""};
        return patterns[random.nextInt(patterns.length)];
    }

    @Test
    void argumentsAreCheckedAlike() throws IOException {
        String[] lines = {
            "PUBLISH",
            "PUBLISH a",
            "PUBLISH a b c",
            "SPUBLISH a",
            "SUBSCRIBE",
            "PSUBSCRIBE",
            "SSUBSCRIBE",
            "PUBSUB",
            "PUBSUB NOPE",
            "PUBSUB HELP x",
            "PUBSUB NUMPAT x",
            "PUBSUB CHANNELS a b",
            "PUBSUB shardchannels a b",
            "PUBSUB NUMSUB",
            "PUBSUB NUMSUB a a b",
            "PUBSUB SHARDNUMSUB a",
            "COMMAND GETKEYS SPUBLISH a b",
            "COMMAND GETKEYS SSUBSCRIBE a b",
            "COMMAND GETKEYS SUNSUBSCRIBE",
            "COMMAND GETKEYS SPUBLISH",
            "COMMAND GETKEYSANDFLAGS SPUBLISH a b",
            "COMMAND GETKEYS PUBLISH a b",
        };
        same(1, "HELLO 3 SETNAME c", "");
        for (String line : lines) {
            same(0, line, "RESP2");
            same(1, line, "RESP3");
        }
        assertThat(ours[0].run("PUBSUB HELP")).isEqualTo(theirHelp());
    }

    private String theirHelp() throws IOException {
        send(theirs[0], "PUBSUB HELP");
        send(theirs[0], "PING " + TOKEN);
        return values(upToTheToken(theirs[0])).get(0);
    }

    @Test
    void silencedClientsAreToldTheSame() throws IOException {
        for (String hello : List.of("HELLO 2", "HELLO 3")) {
            String[][] scripts = {
                {"CLIENT REPLY OFF", "SUBSCRIBE x y", "PING", "UNSUBSCRIBE y q", "SUBSCRIBE", "!", "UNSUBSCRIBE"},
                {"CLIENT REPLY OFF", "MULTI", "SUBSCRIBE x", "PING", "EXEC", "!", "UNSUBSCRIBE"},
                {"CLIENT REPLY SKIP", "SUBSCRIBE x", "!", "PING", "CLIENT REPLY SKIP", "UNSUBSCRIBE"},
                {"CLIENT REPLY SKIP", "PSUBSCRIBE x*", "PUNSUBSCRIBE", "CLIENT REPLY SKIP", "SSUBSCRIBE x", "RESET"},
            };
            for (String[] script : scripts) {
                StringBuilder here = new StringBuilder();
                same(0, "RESET", hello);
                same(0, hello, hello);
                for (String line : script) {
                    if (line.equals("!")) {
                        publishedMeanwhile(here);
                    } else {
                        send(theirs[0], line);
                        here.append(ours[0].run(line));
                    }
                }
                send(theirs[0], "CLIENT REPLY ON");
                here.append(ours[0].run("CLIENT REPLY ON"));
                send(theirs[0], "PING " + TOKEN);
                here.append(ours[0].run("PING " + TOKEN));
                assertThat(here.toString()).as("%s: %s", hello, List.of(script)).isEqualTo(upToTheToken(theirs[0]));
            }
        }
    }

    @Test
    void transactionsAreAnsweredAlike() throws IOException {
        String[] lines = {
            "MULTI",
            "SUBSCRIBE x y",
            "PING",
            "GET k",
            "UNSUBSCRIBE y x",
            "PUBLISH x 1",
            "SSUBSCRIBE z",
            "PSUBSCRIBE q",
            "UNSUBSCRIBE nope",
            "SUNSUBSCRIBE",
            "EXEC",
            "GET k",
            "PING " + TOKEN
        };
        for (String hello : List.of("HELLO 2", "HELLO 3")) {
            same(0, "RESET", hello);
            same(0, hello, hello);
            same(1, "SUBSCRIBE x", hello);
            StringBuilder here = new StringBuilder();
            for (String line : lines) {
                send(theirs[0], line);
                here.append(ours[0].run(line));
            }
            assertThat(here.toString()).as(hello).isEqualTo(upToTheToken(theirs[0]));
            same(1, "PING", hello);
        }
    }

    /** Another client publishes, when a confirmation has shown that all before was done. Goes on with {@code here}. */
    private void publishedMeanwhile(StringBuilder here) throws IOException {
        send(theirs[0], "PSUBSCRIBE mark");
        here.append(ours[0].run("PSUBSCRIBE mark"));
        byte[] there = theirs[0].getInputStream().readNBytes(here.length());
        assertThat(new String(there, StandardCharsets.ISO_8859_1))
                .isEqualTo(here.toString())
                .contains("$4\r\nmark\r\n");
        here.setLength(0);
        send(theirs[1], "PUBLISH x 1");
        send(theirs[1], "PING " + TOKEN);
        assertThat(ours[1].run("PUBLISH x 1") + ours[1].run("PING " + TOKEN)).isEqualTo(upToTheToken(theirs[1]));
        here.append(ours[0].told());
        send(theirs[0], "PUNSUBSCRIBE mark");
        here.append(ours[0].run("PUNSUBSCRIBE mark"));
    }
}
