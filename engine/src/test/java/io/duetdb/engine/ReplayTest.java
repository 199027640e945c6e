package io.duetdb.engine;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.command.Flags;
import io.duetdb.engine.commands.Families;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RandomCollections;
import io.duetdb.engine.kit.RandomStrings;
import io.duetdb.engine.kit.SyntaxCommands;
import io.duetdb.engine.kit.ValueReply.Failure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Effects do the same again: what random writes propagated, loaded by a second engine with another clock and another
 * seed, leads to the same keys, values and deadlines; and the door that loads them.
 */
class ReplayTest {
    private static final int COMMANDS = Boolean.getBoolean("duet.long") ? 500_000 : 10_000;
    private static final int BATCH = 100;
    private static final long AN_HOUR_MS = 3_600_000;
    private static final long TEN_YEARS_MS = 10 * 365 * 24 * AN_HOUR_MS;

    private final EngineFixture original = new EngineFixture();
    private final EngineFixture second = new EngineFixture(99, 256L << 20, Host.NONE);
    private int selected;

    /**
     * A third of the commands is made from the table's syntax lines, a third are strings with edges and mistakes, a third
     * lists, hashes, sets and sorted sets.
     */
    @ParameterizedTest
    @CsvSource({"11, -" + AN_HOUR_MS, "12, " + TEN_YEARS_MS})
    void replayedEffectsLeadToTheSameState(long seed, long ahead) {
        EngineFixture deaf = new EngineFixture(); // with the seed of the original: both choose alike
        deaf.effectLog().listening(false);
        second.clock().jumpTo(original.clock().nowMs() + ahead);
        second.engine().beginLoading();
        Random pace = new Random(seed);
        RandomStrings strings = new RandomStrings(seed, 0, 0.05, false);
        RandomCollections collections = new RandomCollections(seed);
        SyntaxCommands writes = new SyntaxCommands(Families.table(), Flags.WRITE, seed);
        Map<String, Integer> worked = new HashMap<>();
        int deleted = 0;
        for (int i = 0; i < COMMANDS; i++) {
            long pause = pace.nextInt(6) == 0 ? pace.nextInt(2000) : 0;
            long now = original.clock().nowMs() / 1000;
            List<String> command = switch (pace.nextInt(200) == 0 ? 3 : pace.nextInt(3)) {
                case 0 -> strings.around(now, 2).next();
                case 1 -> writes.around(now).next();
                case 2 -> collections.around(now).next();
                default -> pace.nextBoolean() ? restore(pace) : List.of("SELECT", Integer.toString(pace.nextInt(3)));
            };
            for (EngineFixture t : List.of(original, deaf)) {
                t.advance(pause, MILLISECONDS);
                Object reply = t.run(RandomStrings.bytes(command)).value();
                if (t == original && !(reply instanceof Failure)) {
                    worked.merge(command.get(0).toLowerCase(), 1, Integer::sum);
                }
            }
            if (i % BATCH == BATCH - 1) {
                deleted += replay();
                second.advance(pace.nextInt(100), MILLISECONDS).turn();
            }
            if (i % (COMMANDS / 10) == 0) {
                replay();
                assertThat(keyspace(second)).as("seed %d, after %d", seed, i).isEqualTo(keyspace(original));
            }
        }
        original.turn();
        deleted += replay();
        second.turn();
        String where = "seed " + seed;
        assertThat(deleted).as(where).isGreaterThan(COMMANDS / 100);
        assertThat(keyspace(second)).as(where).isEqualTo(keyspace(original));
        assertThat(digest(second)).as(where).isEqualTo(digest(original));
        assertThat(deaf.engine().offset()).as(where).isEqualTo(original.engine().offset());
        assertThat(second.engine().offset()).as("nothing is propagated again").isZero();
        assertThat(second.effectLog().requests()).isEmpty();
        assertThat(worked.keySet())
                .as("write commands that came about")
                .containsAll(writes.commands().stream()
                        .map(c -> c.name().split("\\|")[0])
                        .toList());
    }

    /** A RESTORE of what another key holds, whose payload no grammar makes. */
    private List<String> restore(Random random) {
        String name = random.nextInt(4) == 0 ? "RESTORE-ASKING" : "RESTORE";
        String from = "lhsz".charAt(random.nextInt(4)) + Integer.toString(1 + random.nextInt(3));
        Object payload = original.run("DUMP " + from).value();
        String value = payload instanceof String text ? text : "nothing";
        String ttl = random.nextBoolean() ? "0" : Integer.toString(1 + random.nextInt(3000));
        return List.of(name, from + ":restored", ttl, value, "REPLACE");
    }

    /** Replays the effects since the last call. Returns the number of deletions among them. */
    private int replay() {
        int deletions = 0;
        List<Argv> effects = original.effectLog().requests();
        List<Integer> databases = original.effectLog().databases();
        for (int at = 0; at < effects.size(); at++) {
            Argv effect = effects.get(at);
            if (databases.get(at) != selected) {
                selected = databases.get(at);
                second.engine().replay(Argv.of("SELECT", Integer.toString(selected)));
            }
            boolean whole = second.engine().replay(effect);
            assertThat(whole || at < effects.size() - 1).isTrue();
            if (effect.is(0, "DEL")) {
                deletions++;
            }
        }
        original.forget();
        return deletions;
    }

    /** Every entry of every database with its deadline, values as digests. */
    private static Map<String, String> keyspace(EngineFixture t) {
        Map<String, String> entries = new TreeMap<>();
        try (Snapshot snapshot = t.engine().freeze()) {
            for (int db = 0; db < snapshot.databases(); db++) {
                int index = db;
                snapshot.forEach(db, (key, offset, length, expireAtMs, value) -> {
                    entries.put(
                            index + " " + text(key, offset, length),
                            expireAtMs + " " + value.type() + " " + content(value));
                });
            }
        }
        return entries;
    }

    /** A digest of a string's bytes or of all elements: a list's in its order, others' sorted. */
    private static String content(Snapshot.ValueReader value) {
        if (value.type().equals("string")) {
            byte[] bytes = new byte[(int) value.length()];
            value.copy(0, bytes, 0, bytes.length);
            return sha1(bytes);
        }
        List<String> elements = new ArrayList<>();
        value.forEach(new ElementVisitor() {
            @Override
            public void element(byte[] b, int offset, int length) {
                elements.add(text(b, offset, length));
            }

            @Override
            public void field(byte[] f, int fOffset, int fLength, byte[] v, int vOffset, int vLength, long expireAtMs) {
                elements.add(text(f, fOffset, fLength) + "=" + text(v, vOffset, vLength) + "@" + expireAtMs);
            }

            @Override
            public void member(byte[] b, int offset, int length, double score) {
                elements.add(text(b, offset, length) + "@" + score);
            }
        });
        if (!value.type().equals("list")) {
            Collections.sort(elements);
        }
        return elements.size() + " " + sha1(String.join("\0|", elements).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(byte[] b, int offset, int length) {
        return new String(b, offset, length, StandardCharsets.ISO_8859_1);
    }

    private static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] digest(EngineFixture t) {
        try (Snapshot snapshot = t.engine().freeze()) {
            return snapshot.digest();
        }
    }

    // ---- the door

    private boolean load(String line) {
        return second.engine().replay(Argv.of(EngineFixture.words(line)));
    }

    @Test
    void clientsAreToldThatDataIsLoading() {
        second.engine().beginLoading();
        assertThat(load("SET k v")).isTrue();
        second.run("GET k").fails("LOADING Redis is loading the dataset in memory");
        second.run("SELECT 1").replies("OK");
        second.engine().endLoading();
        second.run("SELECT 0").replies("OK");
        second.run("GET k").replies("v");
    }

    @Test
    void noKeyExpiresBeforeLoadingEnds() {
        second.engine().beginLoading();
        for (int i = 0; i < 200; i++) {
            load("SET k" + i + " 5 PXAT " + (1000 + i));
        }
        load("SET late 1");
        load("PEXPIREAT late 5");
        load("INCRBY late 2");
        load("GETEX k0 PXAT 7");
        for (int i = 0; i < 5; i++) {
            second.advance(1000, MILLISECONDS).turn();
        }
        assertThat(second.engine().nextDutyInMs()).isEqualTo(-1);
        assertThat(keyspace(second)).hasSize(201).containsEntry("0 late", "5 string " + sha1(new byte[] {'3'}));
        assertThat(second.effectLog().requests()).isEmpty();
        second.engine().endLoading();
        second.run("GET late").nil();
        second.run("EXISTS k0").replies(0);
        for (int i = 0; i < 20; i++) {
            second.turn();
        }
        second.run("DBSIZE").replies(0);
        assertThat(second.effectLog().take()).hasSize(201).allMatch(effect -> effect.startsWith("DEL "));
    }

    @Test
    void whatBelongsTogetherRunsTogetherOrNotAtAll() {
        second.engine().beginLoading();
        assertThat(load("SET a 1")).isTrue();
        assertThat(load("MULTI")).isFalse();
        assertThat(load("SET a 2")).isFalse();
        assertThat(load("SELECT 1")).isFalse();
        assertThat(load("SET b 2")).isFalse();
        assertThat(keyspace(second)).hasSize(1);
        assertThat(load("EXEC")).isTrue();
        assertThat(keyspace(second)).containsOnlyKeys("0 a", "1 b");
        load("MULTI");
        load("SET c 3");
        second.engine().endLoading();
        assertThat(keyspace(second)).containsOnlyKeys("0 a", "1 b");
        second.engine().beginLoading();
        load("SET d 4");
        assertThat(keyspace(second)).containsOnlyKeys("0 a", "0 d", "1 b");
    }

    @Test
    void whatIsNoEffectStopsTheLoad() {
        second.engine().beginLoading();
        load("SET k text");
        Map<String, String> refused = Map.of(
                "INCR k", "ERR value is not an integer or out of range",
                "NOPE a", "ERR unknown command 'NOPE', with args beginning with: 'a' ",
                "GET k", "ERR 'get' is not a command that changes data",
                "SET k", "ERR wrong number of arguments for 'set' command",
                "CONFIG SET maxmemory 1", "ERR 'config|set' is not a command that changes data",
                "SELECT 16", "ERR DB index is out of range",
                "EXEC", "ERR EXEC without MULTI");
        refused.forEach((line, error) -> assertThatThrownBy(() -> load(line))
                .isInstanceOf(CommandError.class)
                .hasMessage(error));
        load("MULTI");
        assertThatThrownBy(() -> load("MULTI")).hasMessage("ERR MULTI calls can not be nested");
        assertThatThrownBy(() -> load("NOPE")).isInstanceOf(CommandError.class);
        assertThatThrownBy(() -> second.engine().replay(new Argv())).isInstanceOf(CommandError.class);
        second.engine().endLoading();
        second.run("GET k").replies("text");
    }

    @Test
    void limitsForClientsAreNoneForALoadButTheHeapsIs() {
        EngineFixture t = new EngineFixture(1, 8L << 20, Host.NONE, "maxmemory=1mb", "requirepass=secret");
        t.engine().beginLoading();
        byte[] set = {'s', 'e', 't'};
        byte[] value = new byte[100_000];
        for (int i = 0; i < 30; i++) {
            t.engine().replay(Argv.of(set, new byte[] {(byte) i}, value));
        }
        assertThatThrownBy(() -> {
                    for (int i = 30; i < 100; i++) {
                        t.engine().replay(Argv.of(set, new byte[] {(byte) i}, value));
                    }
                })
                .hasMessage("OOM command not allowed when used memory > 'maxmemory'.");
        t.engine().endLoading();
        assertThat(keyspace(t)).hasSizeGreaterThan(50);
        t.run("AUTH secret").replies("OK");
        t.run("SET k v").fails("OOM command not allowed when used memory > 'maxmemory'.");
    }

    @Test
    void onlyBetweenBeginningAndEnd() {
        assertThatIllegalStateException().isThrownBy(() -> load("SET k v"));
        second.engine().beginLoading();
        assertThatIllegalStateException().isThrownBy(() -> second.engine().beginLoading());
        second.engine().endLoading();
        assertThatIllegalStateException().isThrownBy(() -> load("SET k v"));
    }
}
