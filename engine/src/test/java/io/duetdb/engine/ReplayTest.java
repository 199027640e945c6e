package io.duetdb.engine;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RandomStrings;
import io.duetdb.engine.kit.ValueReply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Effects do the same again: what random writes propagated, executed by a second engine with another clock and another
 * seed, leads to the same keys, values and deadlines.
 */
class ReplayTest {
    private static final int COMMANDS = 25_000;
    private static final int DATABASES = 3;
    private static final long AN_HOUR_MS = 3_600_000;

    private final EngineFixture original = new EngineFixture();
    private final EngineFixture replica = new EngineFixture(99, 256L << 20, Host.NONE);
    private final EngineFixture deaf = new EngineFixture(5, 256L << 20, Host.NONE);

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void replayedEffectsLeadToTheSameState(long seed) {
        // Behind the original: a deadline that is near there is far here, so only effects make keys go.
        replica.clock().jumpTo(original.clock().nowMs() - AN_HOUR_MS);
        deaf.effectLog().listening(false);
        Random pace = new Random(seed);
        RandomStrings random = new RandomStrings(seed, 0, 0.05, false);
        int expired = 0;
        for (int i = 0; i < COMMANDS; i++) {
            long pause = pace.nextInt(6) == 0 ? pace.nextInt(3000) : 0;
            original.advance(pause, MILLISECONDS);
            deaf.advance(pause, MILLISECONDS);
            List<String> command =
                    random.around(original.clock().nowMs() / 1000, 2).next();
            original.run(RandomStrings.bytes(command));
            deaf.run(RandomStrings.bytes(command));
            if (i % 100 == 0) {
                expired += replay();
            }
        }
        original.turn();
        expired += replay();
        assertThat(expired).as("seed %d", seed).isGreaterThan(500);
        assertThat(digest(replica)).as("seed %d", seed).isEqualTo(digest(original));
        replica.clock().jumpTo(original.clock().nowMs());
        for (int db = 0; db < DATABASES; db++) {
            original.run("SELECT " + db).replies("OK");
            replica.run("SELECT " + db).replies("OK");
            compareKeys("seed " + seed + ", database " + db);
        }
        assertThat(deaf.engine().offset()).isEqualTo(original.engine().offset());
    }

    private void compareKeys(String where) {
        for (String key : RandomStrings.keys()) {
            byte[] name = key.getBytes(StandardCharsets.ISO_8859_1);
            for (String question : new String[] {"PTTL", "GET"}) {
                byte[] word = question.getBytes(StandardCharsets.US_ASCII);
                assertThat(replica.run(word, name).value())
                        .as("%s: %s of %s", where, question, key)
                        .isEqualTo(original.run(word, name).value());
            }
        }
    }

    /** Runs the effects since the last call on the replica. Returns the number of deletions among them. */
    private int replay() {
        int deletions = 0;
        List<Argv> effects = original.effectLog().requests();
        List<Integer> databases = original.effectLog().databases();
        int selected = -1;
        for (int at = 0; at < effects.size(); at++) {
            Argv effect = effects.get(at);
            if (databases.get(at) != selected) {
                selected = databases.get(at);
                replica.run("SELECT " + selected).replies("OK");
            }
            if (effect.is(0, "MULTI") || effect.is(0, "EXEC")) {
                continue;
            }
            byte[][] words = new byte[effect.count()][];
            for (int i = 0; i < words.length; i++) {
                words[i] = effect.bytes(i);
            }
            Object reply = replica.run(words).value();
            assertThat(reply).as(effect.toString()).isNotInstanceOf(ValueReply.Failure.class);
            if (effect.is(0, "DEL")) {
                deletions++;
            }
        }
        original.forget();
        replica.forget();
        return deletions;
    }

    private static byte[] digest(EngineFixture t) {
        try (Snapshot snapshot = t.engine().freeze()) {
            return snapshot.digest();
        }
    }
}
