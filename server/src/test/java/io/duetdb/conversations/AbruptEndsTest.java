package io.duetdb.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.server.Instance;
import io.duetdb.server.InstanceOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that subscribe, watch, queue, wait, have keys tracked, monitor, in any order, and go away in the middle of it:
 * nothing of them stays. With memory that checks every access.
 */
@Timeout(300)
final class AbruptEndsTest {
    private static final int ROUNDS = Boolean.getBoolean("duet.long") ? 10_000 : 1_000;
    private static final int AT_ONCE_MAX = 30;
    private static final long SEED = Long.getLong("duet.seed", 20261121);

    /** What a client may do on its way; some of it is refused in the state that it is in, which is fine. */
    private static final List<String> STEPS = List.of(
            "HELLO 3",
            "CLIENT TRACKING ON",
            "CLIENT TRACKING ON BCAST PREFIX k PREFIX l",
            "CLIENT TRACKING ON OPTIN",
            "CLIENT CACHING YES",
            "GET k1",
            "MGET k1 k2 nosuch",
            "SUBSCRIBE ch1 ch2",
            "SUBSCRIBE ch2 ch3",
            "UNSUBSCRIBE ch2",
            "PSUBSCRIBE ch* p?",
            "PUNSUBSCRIBE",
            "SSUBSCRIBE sh1",
            "WATCH k1 k2 nosuch",
            "WATCH list1 zset1",
            "UNWATCH",
            "MULTI",
            "SET k1 x",
            "LPUSH list2 a b",
            "GET",
            "BLPOP list1 0",
            "EXEC",
            "MONITOR",
            "CLIENT NO-EVICT ON",
            "CLIENT REPLY SKIP",
            "CLIENT REPLY OFF",
            "CLIENT KILL TYPE pubsub SKIPME no",
            "CLIENT TRACKING ON REDIRECT 1",
            "SELECT 1",
            "RESET");

    /** Steps after which no reply comes until somebody feeds the list or set. */
    private static final List<String> WAITS = List.of(
            "BLPOP list1 list2 0",
            "BRPOP list1 nosuch 100",
            "BLMOVE list1 list2 LEFT RIGHT 0",
            "BRPOPLPUSH list2 list3 0",
            "BLMPOP 0 2 list1 list2 LEFT COUNT 2",
            "BZPOPMIN zset1 zset2 0",
            "BZMPOP 0 1 zset1 MAX",
            "WAIT 1 0");

    /** What a client of REST may ask for: streams that do not end, and requests of which it does not await the reply. */
    private static final List<String> REQUESTS = List.of(
            "GET /subscribe/ch1?_token=tok HTTP/1.1\r\n\r\n",
            "POST /subscribe/ch2/ch3?_token=tok HTTP/1.0\r\n\r\n",
            "GET /psubscribe/ch*?_token=tok HTTP/1.1\r\n\r\n",
            "GET /monitor?_token=tok HTTP/1.1\r\n\r\n",
            "GET /get/k1?_token=tok HTTP/1.1\r\n\r\n",
            "POST /multi-exec?_token=tok HTTP/1.1\r\nContent-Length: 29\r\n\r\n[[\"SET\",\"k1\",1],[\"GET\",\"k2\"]]",
            "POST /multi-exec?_token=tok HTTP/1.1\r\nContent-Length: 100\r\n\r\n[[\"SET\",\"k1\"",
            "POST /pipeline?_token=tok HTTP/1.1\r\nContent-Length: 29\r\n\r\n[[\"SET\",\"k1\",1],[\"GET\",\"k2\"]]");

    /** What goes on beside them. */
    private static final List<String> TRAFFIC = List.of(
            "SET k1 v",
            "DEL k1 k2",
            "PEXPIRE k2 1",
            "SET k2 v",
            "PUBLISH ch1 hello",
            "PUBLISH ch2 hello",
            "SPUBLISH sh1 hello",
            "LPUSH list1 a",
            "RPUSH list2 b c",
            "LPOP list3",
            "ZADD zset1 1 m",
            "DEL zset1 list1 list2 list3",
            "FLUSHDB",
            "CLIENT KILL TYPE pubsub",
            "CLIENT KILL TYPE normal SKIPME yes",
            "CLIENT PAUSE 2 WRITE",
            "CONFIG SET tracking-table-max-keys 1",
            "CONFIG SET tracking-table-max-keys 100",
            "CONFIG SET notify-keyspace-events KEA",
            "SWAPDB 0 1");

    /** Figures that count what clients have; at the end they are what they were at the beginning. */
    private static final List<String> FIGURES = List.of(
            "connected_clients",
            "blocked_clients",
            "tracking_clients",
            "pubsub_clients",
            "watching_clients",
            "clients_in_timeout_table",
            "total_watched_keys",
            "total_blocking_keys",
            "total_blocking_keys_on_nokey",
            "pubsub_channels",
            "pubsub_patterns",
            "pubsubshard_channels",
            "tracking_total_keys",
            "tracking_total_items",
            "tracking_total_prefixes",
            "unexpected_error_replies",
            "used_memory");

    /** Those that some client has moved on the way, or else this test tests nothing. */
    private static final List<String> MOVED = List.of(
            "connected_clients",
            "blocked_clients",
            "tracking_clients",
            "pubsub_clients",
            "watching_clients",
            "total_watched_keys",
            "total_blocking_keys",
            "pubsub_channels",
            "pubsub_patterns",
            "pubsubshard_channels",
            "tracking_total_keys",
            "tracking_total_items",
            "tracking_total_prefixes");

    private static InstanceOptions options(boolean embedded) {
        InstanceOptions options = new InstanceOptions(InstanceOptions.settings());
        options.respPort = 0;
        options.restPort = 0;
        options.settings.set("rest-token", "tok");
        options.embedded = embedded;
        options.checked = true;
        options.seeded = true;
        options.seed = SEED;
        return options;
    }

    /** In the transport of embedded instances, and in the one of a server. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingOfAClientStaysThatLeavesInTheMiddle(boolean embedded) throws Exception {
        try (Instance instance = Instance.start(options(embedded));
                RespClient observer = new RespClient(instance.respPort())) {
            observer.run("FLUSHALL");
            Map<String, Long> before = figures(observer);
            assertThat(before).containsEntry("connected_clients", 1L).hasSameSizeAs(FIGURES);
            Map<String, Long> most = new TreeMap<>();
            Random random = new Random(SEED);
            Deque<Guest> guests = new ArrayDeque<>();
            for (int round = 0; round < ROUNDS; round++) {
                guests.add(
                        random.nextInt(5) > 0
                                ? new Guest(instance.respPort(), conversation(random), random.nextBoolean())
                                : new Guest(instance.restPort(), requests(random), random.nextBoolean()));
                for (int i = random.nextInt(3); i >= 0; i--) {
                    observer.run(TRAFFIC.get(random.nextInt(TRAFFIC.size())));
                }
                long id = (Long) observer.run("CLIENT ID") + random.nextInt(round + 1);
                observer.run("CLIENT UNBLOCK " + id + (random.nextBoolean() ? " ERROR" : ""));
                if (guests.size() > random.nextInt(AT_ONCE_MAX)) {
                    guests.remove().leave(random);
                }
                if (round % 20 == 0) {
                    figures(observer).forEach((name, value) -> most.merge(name, value, Math::max));
                }
            }
            while (!guests.isEmpty()) {
                guests.remove().leave(random);
            }
            observer.run("FLUSHALL");
            for (String figure : MOVED) {
                assertThat(most.get(figure)).as(figure).isGreaterThan(before.get(figure));
            }
            assertAsBefore(observer, before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SKIP", "OFF"})
    void quitEndsAConnectionThatWantsNoReply(String mode) throws Exception {
        try (Duet duet = Duet.builder().respPort(0).start();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), duet.respPort())) {
            socket.setSoTimeout(20_000);
            String request = "PING\r\nCLIENT REPLY " + mode + "\r\nQUIT\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readAllBytes())
                    .isEqualTo("+PONG\r\n".getBytes(StandardCharsets.US_ASCII));
            Waiting.until(
                    "it is gone",
                    () -> ((String) duet.execute("CLIENT", "LIST")).lines().count() == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWaitingClientIsMissedThoughMuchStandsBehindIt(boolean embedded) throws Exception {
        try (Instance instance = Instance.start(options(embedded));
                RespClient observer = new RespClient(instance.respPort())) {
            Map<String, Long> before = figures(observer);
            for (boolean reset : new boolean[] {false, true}) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), instance.respPort())) {
                    socket.setSoLinger(reset, 0);
                    socket.getOutputStream().write("BLPOP list1 0\r\n".getBytes(StandardCharsets.US_ASCII));
                    socket.getOutputStream().write("PING\r\n".repeat(300_000).getBytes(StandardCharsets.US_ASCII));
                    Waiting.untilTrue("it waits", () -> figures(observer).get("blocked_clients") == 1);
                }
                assertAsBefore(observer, before);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatStandsBehindAWaitingClientIsAnsweredAndThenItMayWaitAgain(boolean embedded) throws Exception {
        try (Instance instance = Instance.start(options(embedded));
                RespClient observer = new RespClient(instance.respPort())) {
            Map<String, Long> before = figures(observer);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), instance.respPort())) {
                socket.setSoTimeout(20_000);
                String request = "BLPOP list1 0\r\n" + "PING\r\n".repeat(300_000) + "BLPOP list1 0\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                Waiting.untilTrue("it waits", () -> figures(observer).get("blocked_clients") == 1);
                observer.run("LPUSH list1 a");
                String replies = "*2\r\n$5\r\nlist1\r\n$1\r\na\r\n" + "+PONG\r\n".repeat(300_000);
                assertThat(socket.getInputStream().readNBytes(replies.length()))
                        .isEqualTo(replies.getBytes(StandardCharsets.US_ASCII));
                Waiting.untilTrue("it waits again", () -> figures(observer).get("blocked_clients") == 1);
            }
            observer.run("FLUSHALL");
            assertAsBefore(observer, before);
        }
    }

    private static void assertAsBefore(RespClient observer, Map<String, Long> before) throws IOException {
        long begun = System.nanoTime();
        while (!figures(observer).equals(before) && System.nanoTime() - begun < 10_000_000_000L) {
            Thread.onSpinWait();
        }
        assertThat(figures(observer))
                .as("seed %d, clients:\n%s", SEED, observer.run("CLIENT LIST"))
                .isEqualTo(before);
        assertThat((String) observer.run("CLIENT LIST")).hasLineCount(1);
        assertThat(observer.run("PUBSUB CHANNELS")).isEqualTo(List.of());
        assertThat(observer.run("PUBSUB SHARDCHANNELS")).isEqualTo(List.of());
        assertThat(observer.run("PUBSUB NUMPAT")).isEqualTo(0L);
        assertThat(observer.run("PUBSUB NUMSUB ch1 ch2")).isEqualTo(List.of("ch1", 0L, "ch2", 0L));
        assertThat(observer.run("DBSIZE")).isEqualTo(0L);
    }

    private static Map<String, Long> figures(RespClient observer) throws IOException {
        Map<String, Long> figures = new TreeMap<>();
        for (String line : ((String) observer.run("INFO everything")).split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0 && FIGURES.contains(line.substring(0, colon))) {
                figures.put(line.substring(0, colon), Long.parseLong(line.substring(colon + 1)));
            }
        }
        return figures;
    }

    private static List<String> conversation(Random random) {
        List<String> steps = new ArrayList<>(STEPS);
        Collections.shuffle(steps, random);
        List<String> some = new ArrayList<>(steps.subList(0, random.nextInt(8)));
        if (random.nextBoolean()) {
            some.add(0, "HELLO 3");
        }
        if (random.nextInt(3) == 0) {
            some.add(WAITS.get(random.nextInt(WAITS.size())));
            if (random.nextBoolean()) {
                some.add("GET k1"); // waits behind it
            }
        }
        some.replaceAll(step -> step + "\r\n");
        return some;
    }

    private static List<String> requests(Random random) {
        List<String> some = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            some.add(REQUESTS.get(random.nextInt(REQUESTS.size())));
        }
        return some;
    }

    /** A client that does some of it and does not mind what it is answered. */
    private static final class Guest {
        private final Socket socket;

        /** Says all at once, or one by one, so that it comes in one turn or in several. */
        Guest(int port, List<String> requests, boolean together) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(20_000);
            if (together) {
                say(String.join("", requests));
            } else {
                for (String request : requests) {
                    say(request);
                }
            }
        }

        private void say(String text) throws IOException {
            try {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            } catch (java.net.SocketException cut) {
                // by the server: what was said before is not to its liking
            }
        }

        /** Goes in one of the ways that connections end. */
        void leave(Random random) throws IOException {
            int way = random.nextInt(6);
            try (socket) {
                switch (way) {
                    case 0 -> socket.setSoLinger(true, 0); // a reset
                    case 1 -> {
                        socket.shutdownOutput();
                        drain();
                    }
                    case 2 -> say("QUIT\r\n");
                    case 3 -> say("*3\r\n$3\r\nSET\r\n$2\r\nk1\r\n$100\r\nhalf of");
                    case 4 -> say("*1\r\n$-5\r\n");
                    default -> {} // with or without replies in the way
                }
            }
        }

        private void drain() throws IOException {
            byte[] some = new byte[4096];
            try {
                while (socket.getInputStream().read(some) >= 0) {
                    // replies to what was said
                }
            } catch (java.net.SocketException reset) {
                // as good as an end
            }
        }
    }
}
