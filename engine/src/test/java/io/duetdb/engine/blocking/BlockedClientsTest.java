package io.duetdb.engine.blocking;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.keyspace.ValueType;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.Waiting;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many who wait: what one wake-up costs, and that nothing stays. */
class BlockedClientsTest {
    private static final int MANY = 10_000;

    private final EngineFixture t = new EngineFixture("maxclients=20000");
    private final Waiting waiting = new Waiting(t);

    private long info(String field) {
        String all = (String) t.run("INFO clients").value();
        int at = all.indexOf("\n" + field + ":") + field.length() + 2;
        return Long.parseLong(all.substring(at, all.indexOf('\r', at)));
    }

    private void nobodyWaits() {
        assertThat(info("blocked_clients")).isZero();
        assertThat(info("total_blocking_keys")).isZero();
        assertThat(info("total_blocking_keys_on_nokey")).isZero();
        assertThat(info("clients_in_timeout_table")).isZero();
        assertThat(t.engine().nextDutyInMs()).isLessThan(1);
    }

    @Test
    void manyOnOneKey() {
        for (int i = 0; i < MANY; i++) {
            waiting.begin("BLPOP k " + (i % 2 == 0 ? "0" : "100"));
        }
        assertThat(info("blocked_clients")).isEqualTo(MANY);
        assertThat(info("total_blocking_keys")).isEqualTo(1);
        assertThat(info("clients_in_timeout_table")).isEqualTo(MANY / 2);
        long calls = calls();
        for (int i = 0; i < MANY / 2; i++) {
            t.run("SET k v"); // of no use to anybody
            t.run("DEL k");
            t.run("RPUSH k v" + i);
            assertThat(waiting.reply(i)).isEqualTo(List.of("k", "v" + i));
        }
        assertThat(calls() - calls).as("runs").isEqualTo(MANY / 2);
        for (int i = MANY - 1; i >= 3 * MANY / 4; i--) {
            waiting.disconnect(i);
        }
        t.advance(100, TimeUnit.SECONDS).turn();
        for (int i = MANY / 2; i < 3 * MANY / 4; i++) {
            if (i % 2 == 0) {
                t.run("CLIENT UNBLOCK " + waiting.id(i)).replies(1);
            }
            assertThat(waiting.reply(i)).isNull();
        }
        t.turn();
        nobodyWaits();
    }

    @Test
    void manyOnAsManyKeys() {
        for (int i = 0; i < MANY; i++) {
            waiting.begin("BLPOP all k" + i + " 0");
        }
        assertThat(info("total_blocking_keys")).isEqualTo(MANY + 1);
        for (int i = MANY - 1; i >= 0; i -= 2) {
            t.run("RPUSH k" + i + " v");
            assertThat(waiting.reply(i)).isEqualTo(List.of("k" + i, "v"));
        }
        assertThat(info("total_blocking_keys")).isEqualTo(MANY / 2 + 1);
        t.run("RPUSH all" + " v".repeat(MANY / 2)).replies(MANY / 2);
        for (int i = 0; i < MANY; i += 2) {
            assertThat(waiting.reply(i)).isEqualTo(List.of("all", "v"));
        }
        t.turn();
        nobodyWaits();
    }

    private long calls() {
        String all = (String) t.run("INFO commandstats").value();
        int at = all.indexOf("cmdstat_blpop:calls=");
        return at < 0 ? 0 : Long.parseLong(all.substring(at + 20, all.indexOf(',', at)));
    }

    // ---- the structure by itself

    private final BlockedClients blocked = new BlockedClients(2, new KeyedHash(1, 2));

    private ClientState client() {
        return (ClientState) t.other().client();
    }

    private void touch(String key) {
        byte[] bytes = ("-" + key).getBytes(StandardCharsets.UTF_8);
        AwaitedKey awaited = blocked.awaited(0, bytes, 1, bytes.length - 1);
        if (awaited != null) {
            blocked.touched(awaited, null);
        }
    }

    private String ready() {
        AwaitedKey key = blocked.nextReady();
        return key == null ? "" : new String(key.key(), StandardCharsets.UTF_8);
    }

    @Test
    void keysAreNotedOnceInTheirOrder() {
        ClientState one = client();
        blocked.add(one, 0, Argv.of("X", "a", "b"), 1, 2, null, Long.MAX_VALUE);
        touch("none");
        touch("b");
        touch("a");
        touch("b");
        assertThat(ready()).isEqualTo("b");
        touch("b");
        assertThat(ready() + ready() + ready()).isEqualTo("ab");
        assertThat(blocked.anyReady()).isFalse();
        touch("a");
        blocked.remove(one);
        assertThat(blocked.nextReady().first()).as("whoever waited is gone").isNull();
    }

    @Test
    void whoWaitsForAnythingIsCountedByKeys() {
        ClientState one = client();
        ClientState two = client();
        ClientState three = client();
        blocked.add(one, 0, Argv.of("X", "a", "b"), 1, 2, null, Long.MAX_VALUE);
        blocked.add(two, 0, Argv.of("X", "b"), 1, 1, null, Long.MAX_VALUE);
        blocked.add(three, 0, Argv.of("X", "c"), 1, 1, ValueType.LIST, Long.MAX_VALUE);
        assertThat(blocked.keys()).isEqualTo(3);
        assertThat(blocked.keysForAnything()).isEqualTo(2);
        blocked.flushing(0);
        assertThat(blocked.anyReady()).isTrue();
        blocked.anotherTime();
        blocked.remove(one);
        assertThat(blocked.keysForAnything()).isEqualTo(1);
        blocked.remove(two);
        blocked.remove(two);
        assertThat(blocked.keysForAnything()).isZero();
        blocked.flushing(0);
        assertThat(blocked.anyReady()).isFalse();
        blocked.remove(three);
        assertThat(blocked.keys()).isZero();
        assertThat(blocked.isEmpty()).isTrue();
    }
}
