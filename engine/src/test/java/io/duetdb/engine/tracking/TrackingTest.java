package io.duetdb.engine.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.kit.EngineFixture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Client-side caching as the engine's own: what no real server does alike, limits, departures, figures. */
class TrackingTest {
    private final EngineFixture t = new EngineFixture();

    private EngineFixture.Other tracker(String options) {
        EngineFixture.Other client = t.other();
        client.start("HELLO 3");
        client.start("CLIENT TRACKING ON " + options);
        client.connection().takeAll();
        return client;
    }

    /** Runs lines and returns what they replied and what else came. */
    private static List<Object> said(EngineFixture.Other client, String... lines) {
        for (String line : lines) {
            client.start(line);
        }
        return client.connection().takeAll();
    }

    private static List<Object> invalidate(String... keys) {
        return List.of("invalidate", Arrays.asList(keys));
    }

    private static List<Object> invalidateAll() {
        return Arrays.asList("invalidate", null);
    }

    private Map<String, String> info() {
        Map<String, String> figures = new TreeMap<>();
        for (String line : ((String) t.run("INFO").value()).split("\r\n")) {
            if (line.startsWith("tracking_")) {
                figures.put(
                        line.substring("tracking_".length(), line.indexOf(':')), line.substring(line.indexOf(':') + 1));
            }
        }
        return figures;
    }

    private void figures(int clients, int keys, int items, int prefixes) {
        assertThat(info())
                .isEqualTo(Map.of(
                        "clients", "" + clients,
                        "total_keys", "" + keys,
                        "total_items", "" + items,
                        "total_prefixes", "" + prefixes));
    }

    @Test
    void aReaderIsToldOnceBehindTheReply() {
        EngineFixture.Other a = tracker("");
        assertThat(said(a, "GET k", "SET k 1", "SET k 2", "PING"))
                .containsExactly(null, "OK", invalidate("k"), "OK", "PONG");
    }

    @Test
    void randomKeysAreDroppedAndToldWhenThereAreTooMany() {
        EngineFixture.Other a = tracker("");
        EngineFixture.Other b = tracker("NOLOOP");
        t.run("CONFIG SET tracking-table-max-keys 3");
        assertThat(said(a, "MGET a b c")).hasSize(1);
        said(b, "GET a");
        figures(2, 3, 4, 0);
        List<Object> told = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            List<Object> got = said(b, "GET k" + i);
            assertThat(got.get(0)).isNull();
            told.addAll(got.subList(1, got.size()));
            told.addAll(a.connection().takeAll());
            assertThat(info()).containsEntry("total_keys", "3");
        }
        assertThat(told).hasSizeBetween(50, 51); // 50 keys too many, one of which two may have kept
        t.run("CONFIG SET tracking-table-max-keys 0");
        said(a, "MGET x1 x2 x3 x4 x5 x6 x7 x8 x9");
        assertThat(info()).containsEntry("total_keys", "12");
    }

    @Test
    void aLowerLimitIsReachedStepByStep() {
        EngineFixture.Other a = tracker("");
        for (int i = 0; i < 500; i++) {
            said(a, "GET k" + i);
        }
        t.run("CONFIG SET tracking-table-max-keys 10");
        assertThat(said(a, "GET k0")).hasSize(1 + 101);
        for (int i = 0; i < 5; i++) {
            said(a, "PING", "GET k0");
        }
        assertThat(info()).containsEntry("total_keys", "10");
    }

    @Test
    void whoIsGoneLeavesNothing() {
        EngineFixture.Other a = tracker("");
        EngineFixture.Other b = tracker("BCAST PREFIX x PREFIX y");
        said(a, "MGET k j");
        figures(2, 2, 2, 2);
        t.engine().disconnect(b.client());
        t.engine().beforeSleep();
        figures(1, 2, 2, 0);
        t.run("SET x 1");
        t.engine().disconnect(a.client());
        figures(0, 0, 0, 0);
        t.run("SET k 1");
        assertThat(a.connection().takeAll()).isEmpty();
        assertThat(b.connection().takeAll()).isEmpty();
    }

    @Test
    void resetEndsIt() {
        EngineFixture.Other a = tracker("");
        said(a, "GET k", "RESET", "HELLO 3");
        t.run("SET k 1");
        assertThat(a.connection().takeAll()).isEmpty();
        assertThat(info()).containsEntry("clients", "0");
        assertThat(said(a, "CLIENT GETREDIR")).containsExactly(-1L);
    }

    @Test
    void otherDatabasesAndEarlierStatesAreFlushes() {
        t.run("SET k before");
        Snapshot mark = t.engine().freeze();
        EngineFixture.Other a = tracker("");
        EngineFixture.Other b = tracker("BCAST PREFIX x");
        said(a, "GET k");
        t.run("SWAPDB 0 1");
        assertThat(a.connection().takeAll()).containsExactly(invalidateAll());
        assertThat(b.connection().takeAll()).containsExactly(invalidateAll());
        t.run("SWAPDB 1 1");
        assertThat(a.connection().takeAll()).isEmpty();
        said(a, "GET k");
        t.engine().rollBack(mark);
        t.engine().beforeSleep();
        assertThat(a.connection().takeAll()).containsExactly(invalidateAll());
        assertThat(said(a, "GET k")).containsExactly("before");
        mark.close();
    }

    @Test
    void aFieldThatIsOverIsAChangeOfItsHash() {
        EngineFixture.Other a = tracker("");
        EngineFixture.Other all = tracker("BCAST");
        t.run("HSET h a 1 b 2");
        t.run("HPEXPIRE h 10 FIELDS 1 a");
        said(a, "HGETALL h");
        all.connection().takeAll();
        t.advance(11, TimeUnit.MILLISECONDS).turn();
        assertThat(a.connection().takeAll()).containsExactly(invalidate("h"));
        assertThat(all.connection().takeAll()).containsExactly(invalidate("h"));
    }

    @Test
    void aFieldThatIsOverSpoilsWhoWatchesItsHash() {
        t.run("HSET h a 1 b 2");
        t.run("HPEXPIRE h 10 FIELDS 1 a");
        t.run("WATCH h");
        t.advance(11, TimeUnit.MILLISECONDS).turn();
        t.run("MULTI");
        t.run("HGETALL h");
        t.run("EXEC").nil();
    }

    @Test
    void theListOfClientsSaysWhoTracks() {
        EngineFixture.Other a = tracker("");
        EngineFixture.Other b = tracker("BCAST REDIRECT " + a.client().id());
        assertThat((String) said(a, "CLIENT INFO").get(0)).contains(" flags=t ", " redir=0 ");
        assertThat((String) said(b, "CLIENT INFO").get(0))
                .contains(" flags=tB ", " redir=" + a.client().id() + " ");
        t.engine().disconnect(a.client());
        t.run("SET k 1");
        assertThat(b.connection().takeAll())
                .containsExactly(List.of("tracking-redir-broken", a.client().id()));
        assertThat((String) said(b, "CLIENT INFO").get(0)).contains(" flags=tRB ");
        assertThat((String) said(b, "CLIENT TRACKING OFF", "CLIENT INFO").get(1))
                .contains(" flags=N ", " redir=-1 ");
    }

    @Test
    void whoIsSubscribedInOldProtocolHearsOfAFlushInIt() {
        EngineFixture.Other told = t.other();
        told.start("SUBSCRIBE __redis__:invalidate");
        told.connection().takeAll();
        tracker("REDIRECT " + told.client().id());
        t.run("FLUSHALL");
        assertThat(told.connection().takeAll()).containsExactly(Arrays.asList("message", "__redis__:invalidate", null));
    }

    @Test
    void manyMayKeepOneKey() {
        List<EngineFixture.Other> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            EngineFixture.Other one = tracker("");
            said(one, "GET hot", "GET hot");
            all.add(one);
        }
        figures(40, 1, 40, 0);
        t.run("SET hot 1");
        for (EngineFixture.Other one : all) {
            assertThat(one.connection().takeAll()).containsExactly(invalidate("hot"));
        }
        figures(40, 0, 0, 0);
    }

    /** Redis 7.0 says so only of the first prefix; of others it replies the error, and OK behind it, and takes them. */
    @Test
    void prefixesThatOverlapAreRefusedWhereverTheyStand() {
        t.run("CLIENT TRACKING ON BCAST PREFIX q PREFIX a PREFIX b PREFIX bc PREFIX ab PREFIX aa")
                .fails(
                        "ERR Prefix 'a' overlaps with another provided prefix 'ab'. Prefixes for a single client must not"
                                + " overlap.");
        t.run("CLIENT GETREDIR").replies(-1);
    }

    @Test
    void everyKeyFindsItsPrefixAmongMany() {
        StringBuilder line = new StringBuilder("BCAST");
        for (int i = 0; i < 5_000; i++) {
            line.append(" PREFIX p").append(10_000 + i);
        }
        EngineFixture.Other a = tracker(line.toString());
        figures(1, 0, 0, 5_000);
        for (int i = 0; i < 1_000; i++) {
            t.run("SET p" + (9_500 + i) + "x 1");
        }
        assertThat(a.connection().takeAll()).hasSize(500).startsWith(invalidate("p10000x"));
    }

    /** Names whose Java hashes are all alike cost no more than others: the table's hash is keyed. */
    @Test
    void namesThatCollideElsewhereDoNotHere() {
        EngineFixture.Other a = tracker("");
        int rounds = 12; // 4096 names of blocks "Aa" and "BB"
        long steps = 0;
        for (int i = 0; i < 1 << rounds; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < rounds; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            a.start("GET " + name);
            steps++;
        }
        assertThat(info()).containsEntry("total_keys", "" + steps);
        t.run("FLUSHALL");
        List<Object> got = a.connection().takeAll();
        assertThat(got).hasSize((1 << rounds) + 1);
    }
}
