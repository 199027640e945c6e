package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.kit.RedisServer;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Client-side caching: every message that several clients get is, byte for byte and in order, a real server's. */
class DifferentialTrackingTest {
    private static final String[] OPTIONS = """
            CLIENT TRACKING
            CLIENT TRACKING x
            CLIENT TRACKING x REDIRECT
            CLIENT TRACKING ON REDIRECT
            CLIENT TRACKING ON REDIRECT x
            CLIENT TRACKING ON REDIRECT 0
            CLIENT TRACKING ON REDIRECT -1
            CLIENT TRACKING ON REDIRECT 9999
            CLIENT TRACKING ON REDIRECT {1} REDIRECT {1}
            CLIENT TRACKING ON REDIRECT {1} REDIRECT x
            CLIENT TRACKING ON FOO
            CLIENT TRACKING ON PREFIX
            CLIENT TRACKING ON PREFIX a
            CLIENT TRACKING ON OPTIN OPTOUT
            CLIENT TRACKING ON BCAST OPTIN
            CLIENT TRACKING ON BCAST OPTOUT PREFIX a PREFIX a
            CLIENT TRACKING ON BCAST PREFIX a PREFIX a
            CLIENT TRACKING ON BCAST PREFIX a PREFIX abc
            CLIENT TRACKING ON BCAST PREFIX abc PREFIX a
            CLIENT TRACKING ON BCAST PREFIX "" PREFIX a
            CLIENT TRACKING ON BCAST PREFIX a PREFIX b PREFIX bc PREFIX ab PREFIX aa
            CLIENT TRACKING ON BCAST PREFIX "a\\x00b" PREFIX a
            CLIENT TRACKING ON BCAST PREFIX "a\\r\\n" PREFIX a
            CLIENT TRACKING OFF PREFIX a OPTIN OPTOUT BCAST
            CLIENT TRACKING OFF REDIRECT 9999
            CLIENT TRACKING OFF FOO
            CLIENT TRACKING foo
            CLIENT TRACKINGINFO
            CLIENT TRACKINGINFO x
            CLIENT GETREDIR
            CLIENT GETREDIR x
            CLIENT CACHING
            CLIENT CACHING x
            CLIENT CACHING YES
            CLIENT CACHING NO
            CLIENT TRACKING ON
            CLIENT CACHING YES
            CLIENT CACHING x
            CLIENT TRACKINGINFO
            CLIENT GETREDIR
            CLIENT TRACKING ON BCAST
            CLIENT TRACKING ON OPTIN NOLOOP
            CLIENT TRACKING ON OPTOUT
            CLIENT CACHING NO
            CLIENT CACHING x
            CLIENT TRACKINGINFO
            CLIENT CACHING yes
            CLIENT TRACKINGINFO
            PING
            CLIENT TRACKINGINFO
            CLIENT CACHING yes
            CLIENT NOPE
            CLIENT TRACKINGINFO
            CLIENT CACHING yes
            CLIENT ID x
            CLIENT TRACKINGINFO
            CLIENT CACHING yes
            GET
            CLIENT TRACKINGINFO
            CLIENT TRACKING ON REDIRECT {1}
            CLIENT TRACKINGINFO
            CLIENT GETREDIR
            CLIENT TRACKING ON OPTOUT
            CLIENT CACHING YES
            CLIENT CACHING NO
            CLIENT TRACKINGINFO
            CLIENT TRACKING OFF
            CLIENT TRACKINGINFO
            CLIENT TRACKING ON BCAST PREFIX foo PREFIX bar
            CLIENT TRACKINGINFO
            CLIENT TRACKING ON
            CLIENT TRACKING ON PREFIX a
            CLIENT TRACKING ON BCAST PREFIX fo
            CLIENT TRACKING ON BCAST PREFIX foot
            CLIENT TRACKING ON BCAST PREFIX bar
            CLIENT TRACKING ON BCAST PREFIX x PREFIX xy
            CLIENT TRACKING ON BCAST PREFIX x
            CLIENT TRACKINGINFO
            CLIENT TRACKING ON BCAST NOLOOP
            CLIENT TRACKINGINFO
            CLIENT TRACKING ON BCAST PREFIX z
            CLIENT CACHING YES
            RESET
            CLIENT TRACKINGINFO
            """.lines().toArray(String[]::new);

    private static final boolean TRANSACTIONS = Families.table().find(Argv.of("MULTI"), 0) != null;

    @BeforeEach
    void aServerToCompareWith() {
        assumeTrue(RedisServer.installed(), "no redis-server to compare with");
    }

    @Test
    void optionsAreCheckedInTheSameOrder() throws IOException {
        for (int protocol = 2; protocol <= 3; protocol++) {
            try (SideBySide both = new SideBySide()) {
                int a = both.client(protocol);
                both.client(2);
                for (String line : OPTIONS) {
                    both.say(a, line);
                }
            }
        }
    }

    @Test
    void whoReadAKeyIsToldOfItsFirstChange() throws IOException {
        try (SideBySide both = new SideBySide()) {
            int a = both.client(3);
            int b = both.client(3);
            int writer = both.client(2);
            both.say(a, "CLIENT TRACKING ON");
            both.say(b, "CLIENT TRACKING ON NOLOOP");
            both.say(writer, "CLIENT TRACKING ON"); // RESP2 without redirection: is never told
            for (int who : new int[] {a, b, writer}) {
                both.say(who, "MGET k j k");
            }
            both.say(writer, "SET k 1");
            both.say(writer, "SET k 2");
            both.say(a, "SET j 1");
            both.say(a, "GET k", "GET j", "SET k 3", "SET k 4", "DEL j", "PING");
            both.say(b, "GET k", "GET j", "SET k 3", "SET k 4", "DEL j", "PING");
            both.say(a, "SET j 1");
            both.say(b, "GET k");
            both.say(a, "GET k");
            both.say(writer, "SELECT 3", "SET k in-another-database");
            both.say(
                    a,
                    "LLEN k",
                    "GET k",
                    "LLEN k",
                    "SINTERCARD x k",
                    "GET",
                    "SCAN 0 MATCH nothing",
                    "GETEX k",
                    "OBJECT ENCODING k");
            both.say(writer, "SELECT 0", "EXPIRE k 100", "PERSIST k", "RENAME k k2", "RENAME k2 k");
            both.say(a, "EXISTS k", "TTL nothing", "TYPE z");
            both.say(writer, "LPUSH z 1", "LPOP z", "SETNX nothing 1", "MSETNX k 1 nothing 2", "DEL nokey");
            both.say(a, "GET a", "GET b", "CLIENT TRACKING OFF", "CLIENT TRACKING ON");
            both.say(writer, "MSET a 1 b 2");
            both.say(a, "GET a", "GET b", "CLIENT TRACKING OFF");
            both.say(writer, "MSET a 1 b 2");
            both.say(a, "CLIENT TRACKING ON");
            both.say(writer, "MSET a 1 b 2");
            both.say(a, "GET a", "CLIENT TRACKING OFF", "CLIENT TRACKING ON BCAST PREFIX x");
            both.say(writer, "MSET a 1 x 2");
        }
    }

    @Test
    void flushesAreToldToEverybody() throws IOException {
        try (SideBySide both = new SideBySide()) {
            int a = both.client(3);
            int b = both.client(3);
            int writer = both.client(2);
            both.say(a, "CLIENT TRACKING ON NOLOOP");
            both.say(b, "CLIENT TRACKING ON BCAST PREFIX x");
            both.say(writer, "FLUSHALL");
            both.say(a, "GET k", "FLUSHDB", "SET k 1", "PING");
            both.say(b, "SET x1 1", "FLUSHALL", "SET x2 1", "PING");
            both.say(writer, "SELECT 7", "SET x3 1", "FLUSHDB", "SET x4 1");
            both.say(a, "FLUSHALL nope", "RESET", "HELLO 3 FOO");
            both.say(writer, "FLUSHALL");
        }
    }

    @Test
    void prefixesAreToldOncePerTurn() throws IOException {
        try (SideBySide both = new SideBySide()) {
            int a = both.client(3);
            int b = both.client(3);
            int writer = both.client(2);
            both.say(
                    a,
                    "CLIENT TRACKING ON BCAST PREFIX foo PREFIX bar",
                    "SET foo1 1",
                    "SET bar1 1",
                    "SET foo0 1",
                    "PING");
            both.say(b, "CLIENT TRACKING ON BCAST NOLOOP", "SET foo1 1", "SET fo 2", "PING");
            both.say(
                    writer,
                    "SET foo2 1",
                    "SET foo1 2",
                    "MSET bar9 1 foo3 1 fo 1 \"\" 1",
                    "DEL foo1 nothing",
                    "GET foo2");
            both.say(a, "SET foo 1", "SET foo 2");
            both.say(b, "SET foo 1", "SET other 2");
            both.say(b, "SET \"foo\\xff\" 1", "SET \"foo\\x01\" 1");
            both.say(a, "CLIENT TRACKING ON BCAST", "SET foo 1", "SET other 1");
            both.say(a, "CLIENT TRACKING ON BCAST NOLOOP", "SET foo 1", "SET other 1");
            both.say(a, "CLIENT TRACKING OFF", "SET foo 1");
            both.leave(b);
            both.say(writer, "SET foo 1");
        }
    }

    @Test
    void othersAreToldInstead() throws IOException {
        try (SideBySide both = new SideBySide()) {
            int a = both.client(2);
            int told = both.client(2);
            int writer = both.client(2);
            both.say(a, "CLIENT TRACKING ON REDIRECT {1}", "GET k", "CLIENT GETREDIR");
            both.say(writer, "SET k 1");
            both.say(told, "SUBSCRIBE elsewhere");
            both.say(a, "GET k");
            both.say(writer, "SET k 1");
            both.say(told, "SUBSCRIBE __redis__:invalidate");
            both.say(a, "GET k", "SET k 2", "PING");
            both.say(a, "MGET k j");
            both.say(writer, "MSET j 1 k 1");
            both.say(writer, "FLUSHALL");
            both.say(told, "UNSUBSCRIBE elsewhere __redis__:invalidate", "PSUBSCRIBE x*");
            both.say(a, "GET k", "SET k 2");
            both.say(told, "PUNSUBSCRIBE");
            both.say(a, "GET k", "SET k 2");
            both.quietly(told, "HELLO 3");
            both.say(a, "GET k", "SET k 2");
            both.say(a, "CLIENT TRACKING OFF", "CLIENT TRACKING ON BCAST REDIRECT {1}", "SET k 1", "SET j 2");
            both.quietly(a, "HELLO 3");
            both.say(a, "SET k 1", "SET j 2", "FLUSHALL");
            both.leave(told);
            both.say(a, "CLIENT TRACKINGINFO", "SET k 1", "PING");
            both.say(a, "CLIENT TRACKINGINFO", "CLIENT GETREDIR");
            both.say(writer, "SET k 1", "SET j 1");
            both.say(writer, "FLUSHDB");
            both.say(a, "CLIENT TRACKING ON BCAST", "CLIENT TRACKINGINFO", "SET k 1");
            both.say(a, "CLIENT TRACKING OFF", "CLIENT TRACKING ON REDIRECT {0}", "GET k", "SET k 1", "PING");
        }
    }

    @Test
    void readsMayBeLeftOutOrTakenIn() throws IOException {
        try (SideBySide both = new SideBySide()) {
            int in = both.client(3);
            int out = both.client(3);
            int writer = both.client(2);
            both.say(in, "CLIENT TRACKING ON OPTIN", "GET k", "CLIENT CACHING YES", "GET j", "GET i");
            both.say(out, "CLIENT TRACKING ON OPTOUT", "GET k", "CLIENT CACHING NO", "GET j", "GET i");
            both.say(writer, "MSET i 1 j 2 k 3");
            both.say(in, "CLIENT CACHING YES", "SET z 1", "GET k", "CLIENT CACHING YES", "NOPE", "GET i");
            both.say(out, "CLIENT CACHING NO", "SET z 1", "GET k", "CLIENT CACHING NO", "CLIENT ID", "GET i");
            both.say(writer, "MSET i 1 j 2 k 3");
            both.say(in, "CLIENT CACHING YES", "CLIENT ID x", "GET i", "GET k");
            both.say(in, "CLIENT CACHING YES", "GET", "GET j");
            both.say(in, "CLIENT CACHING YES", "CLIENT TRACKING ON", "GET z", "GET z2");
            both.say(writer, "MSET i 1 j 2 k 3 z 4 z2 5");
        }
    }

    @Test
    void whatATransactionDoesIsToldBehindItsReplies() throws IOException {
        assumeTrue(TRANSACTIONS, "no MULTI");
        try (SideBySide both = new SideBySide()) {
            int a = both.client(3);
            int all = both.client(3);
            int in = both.client(3);
            int writer = both.client(2);
            both.say(a, "CLIENT TRACKING ON");
            both.say(all, "CLIENT TRACKING ON BCAST");
            both.say(in, "CLIENT TRACKING ON OPTIN");
            both.say(a, "GET k", "MULTI", "INCR k", "GET k", "INCR k", "FLUSHALL", "EXEC", "PING");
            both.say(writer, "MULTI", "SET k 1", "SET j 1", "SET k 2", "EXEC", "SET i 3");
            both.say(in, "CLIENT CACHING YES", "MULTI", "GET k", "GET j", "EXEC", "GET i");
            both.say(writer, "MSET i 1 j 1 k 1");
            both.say(in, "MULTI", "CLIENT CACHING YES", "GET k", "GET j", "EXEC", "GET i");
            both.say(writer, "MSET i 1 j 1 k 1");
            both.say(in, "CLIENT CACHING YES", "MULTI", "NOPE", "GET j", "EXEC", "GET i");
            both.say(in, "CLIENT CACHING YES", "MULTI", "GET j", "CLIENT TRACKINGINFO", "DISCARD", "GET i");
            both.say(in, "CLIENT CACHING YES", "WATCH k", "GET k", "UNWATCH");
            both.say(writer, "MSET i 1 j 1 k 1");
            both.say(all, "MULTI", "SET x 1", "SET y 1", "EXEC");
        }
    }

    @Test
    void messagesComeThoughRepliesAreOff() throws IOException {
        try (SideBySide both = new SideBySide()) {
            int a = both.client(3);
            int writer = both.client(2);
            both.say(a, "CLIENT TRACKING ON", "CLIENT REPLY OFF", "GET k");
            both.say(writer, "SET k 1");
            both.say(a, "GET k", "SET k 1", "PING");
            both.say(a, "CLIENT REPLY ON", "GET k", "CLIENT REPLY SKIP", "SET k 2", "PING");
        }
    }

    @Test
    void expiryIsAChange() throws IOException {
        try (SideBySide both = new SideBySide()) {
            int a = both.client(3);
            int noLoop = both.client(3);
            int all = both.client(3);
            int writer = both.client(2);
            both.say(a, "CLIENT TRACKING ON");
            both.say(noLoop, "CLIENT TRACKING ON NOLOOP");
            both.say(all, "CLIENT TRACKING ON BCAST NOLOOP");
            both.say(writer, "DEBUG SET-ACTIVE-EXPIRE 0");
            for (int reader : new int[] {writer, a, noLoop, all}) {
                both.say(writer, "SET k 1 PX 500"); // long enough for the two reads
                both.say(a, "GET k");
                both.say(noLoop, "GET k");
                both.later(500);
                both.say(reader, "GET k", "PING"); // finds it overdue
                both.say(writer, "SET k 1");
            }
            both.say(writer, "FLUSHALL", "DEBUG SET-ACTIVE-EXPIRE 1", "SET k 1 PX 500");
            both.say(a, "GET k");
            both.say(noLoop, "GET k");
            both.later(500);
            both.expires("k");
        }
    }

    @Test
    void theTableHasALimit() throws IOException {
        try (SideBySide both = new SideBySide()) {
            int a = both.client(3);
            int writer = both.client(2);
            both.say(a, "CLIENT TRACKING ON");
            both.say(writer, "CONFIG SET tracking-table-max-keys 1");
            both.say(a, "GET k");
            both.say(writer, "CONFIG SET tracking-table-max-keys 0");
            both.say(a, "GET j", "GET i");
            both.say(writer, "MSET i 1 j 2 k 3");
            assertThat(both.said(writer, "CONFIG GET tracking-table-max-keys")).contains("$1\r\n0\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void anyMixtureIsToldAlike(int seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        try (SideBySide both = new SideBySide()) {
            int[] clients = {both.client(3), both.client(3), both.client(2), both.client(3), both.client(2)};
            both.say(4, "SUBSCRIBE __redis__:invalidate");
            boolean[] queuing = new boolean[clients.length];
            for (int i = 0; i < 600; i++) {
                int who = random.nextInt(clients.length - 1);
                String[] lines = new String[1 + random.nextInt(3)];
                for (int j = 0; j < lines.length; j++) {
                    String line = line(random, who);
                    queuing[who] = line.equals("MULTI") || queuing[who] && !line.equals("EXEC");
                    // A transaction's own changes are told by Redis where tracking leads when it ends: an accident.
                    boolean turns = queuing[who] && line.startsWith("CLIENT TRACKING O");
                    lines[j] = turns ? "CLIENT TRACKINGINFO" : line;
                }
                both.say(who, lines);
            }
        }
    }

    private static String line(SplittableRandom random, int who) {
        String key = "" + "ab".charAt(random.nextInt(2)) + random.nextInt(4);
        String other = "" + "ab".charAt(random.nextInt(2)) + random.nextInt(4);
        return switch (random.nextInt(TRANSACTIONS ? 27 : 23)) {
            case 0 -> "CLIENT TRACKING OFF";
            case 1 -> "CLIENT TRACKING ON";
            case 2 -> "CLIENT TRACKING ON NOLOOP";
            case 3 -> "CLIENT TRACKING ON OPTIN";
            case 4 -> "CLIENT TRACKING ON OPTOUT";
            case 5 -> "CLIENT TRACKING ON BCAST PREFIX " + key.charAt(0) + (random.nextBoolean() ? " NOLOOP" : "");
            case 6 ->
                who == 2 // the others speak RESP3, and Redis would tell the one in RESP2 of a flush in RESP3
                        ? "CLIENT TRACKING ON REDIRECT {4}" + (random.nextBoolean() ? " BCAST" : "")
                        : "CLIENT TRACKING ON BCAST";
            case 7, 8 -> "CLIENT CACHING " + (random.nextBoolean() ? "YES" : "NO");
            case 9 -> random.nextInt(8) == 0 ? "FLUSHALL" : "CLIENT TRACKINGINFO";
            case 10, 11, 12 -> "GET " + key;
            case 13 -> "MGET " + key + " " + other;
            case 14 -> "LLEN " + key;
            case 15, 16, 17 -> "SET " + key + " " + random.nextInt(9);
            case 18 -> "MSET " + key + " 1 " + other + " 2";
            case 19 -> "DEL " + key + " " + other;
            case 20 -> "RENAME " + key + " " + other;
            case 21 -> "EXPIRE " + key + " 1000";
            case 22 -> "INCR " + key;
            case 23 -> "MULTI";
            case 24, 25 -> "EXEC";
            default -> "COPY " + key + " " + other;
        };
    }
}
