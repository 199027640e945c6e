package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.Waiting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random commands of many clients, beside a plain model of lists and queues of those who wait: every reply is the model's,
 * so no element is lost or given twice, and the order is right; with transactions, timeouts, broken connections and unblocked
 * clients.
 */
class BlockingModelTest {
    private static final int CLIENTS = 12;
    private static final int KEYS = 5;
    private static final int STEPS = Boolean.getBoolean("duet.long") ? 1_000_000 : 20_000;

    private final EngineFixture t = new EngineFixture();
    private final Waiting waiting = new Waiting(t);
    private final BlockingModel model = new BlockingModel();
    private final Map<Integer, Integer> numbers = new LinkedHashMap<>(); // of the model's clients among the engine's
    private int values;
    private long nowMs;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyReplyIsTheModels(long seed) {
        Random random = new Random(seed);
        int served = 0;
        for (int i = 0; i < CLIENTS; i++) {
            numbers.put(i, waiting.begin("PING"));
            waiting.reply(i);
        }
        for (int step = 0; step < STEPS; step++) {
            String what = step(random);
            String where = "seed " + seed + ", step " + step + ": " + what;
            for (int i = 0; i < CLIENTS; i++) {
                Object theirs = model.reply(i);
                assertThat(waiting.reply(numbers.get(i)))
                        .as("%s: client %d", where, i)
                        .isEqualTo(theirs);
                served += theirs instanceof List<?> ? 1 : 0;
            }
            if (step % 100 == 0) {
                compareLists(where);
            }
        }
        assertThat(t.run("DEBUG DIGEST").value()).as("seed %d: effects", seed).isEqualTo(replayed());
        assertThat(served).as("clients that were served").isGreaterThan(STEPS / 20);
    }

    /** The digest of an engine that did what the effects say. */
    private Object replayed() {
        EngineFixture other = new EngineFixture();
        other.engine().beginLoading();
        t.effectLog().requests().forEach(other.engine()::replay);
        other.engine().endLoading();
        return other.run("DEBUG DIGEST").value();
    }

    private void compareLists(String where) {
        for (int k = 0; k < KEYS; k++) {
            List<String> list = model.list("k" + k);
            if (list != null) {
                assertThat(t.run("LRANGE k" + k + " 0 -1").value()).as(where).isEqualTo(list);
            } else {
                t.run("TYPE k" + k).replies(model.isString("k" + k) ? "string" : "none");
            }
        }
        String clients = (String) t.run("INFO clients").value();
        assertThat(clients).as(where).contains("\r\nblocked_clients:" + model.blocked() + "\r\n");
        assertThat(clients).as(where).contains("\r\ntotal_blocking_keys:" + model.blockingKeys() + "\r\n");
        assertThat(clients).as(where).contains("\r\nclients_in_timeout_table:" + model.timeouts() + "\r\n");
    }

    /** Does one thing on both sides and tells what. */
    private String step(Random random) {
        int client = random.nextInt(CLIENTS);
        int chance = random.nextInt(100);
        if (chance < 4) {
            long ms = random.nextInt(300);
            t.advance(ms, TimeUnit.MILLISECONDS).turn();
            nowMs += ms;
            model.time(nowMs);
            return "time " + nowMs;
        }
        if (chance < 7) {
            boolean kill = random.nextBoolean();
            if (kill) {
                t.run("CLIENT KILL ID " + waiting.id(numbers.get(client))).replies(1);
            } else {
                waiting.disconnect(numbers.get(client));
            }
            model.gone(client);
            numbers.put(client, waiting.begin("PING"));
            waiting.reply(numbers.get(client));
            return "client " + client + " gone";
        }
        if (chance < 10) {
            boolean blocked = model.unblock(client);
            t.run("CLIENT UNBLOCK " + waiting.id(numbers.get(client))).replies(blocked ? 1 : 0);
            return "unblocked " + client;
        }
        if (chance < 16) {
            return transaction(random);
        }
        if (model.waits(client)) {
            return "nothing";
        }
        List<String> words = chance < 55 ? blocking(random) : writing(random);
        waiting.send(numbers.get(client), String.join(" ", words));
        model.run(client, words, nowMs);
        return "client " + client + ": " + words;
    }

    private String transaction(Random random) {
        List<List<String>> requests = new ArrayList<>();
        do {
            requests.add(random.nextInt(4) == 0 ? blocking(random) : writing(random));
        } while (random.nextInt(4) > 0);
        t.run("MULTI");
        requests.forEach(words -> t.run(String.join(" ", words)).replies("QUEUED"));
        List<Object> replies = model.exec(requests);
        assertThat(t.run("EXEC").value()).as("%s", requests).isEqualTo(replies);
        return "transaction " + requests;
    }

    private static String key(Random random) {
        return "k" + random.nextInt(KEYS);
    }

    private static String end(Random random) {
        return random.nextBoolean() ? "LEFT" : "RIGHT";
    }

    private static List<String> blocking(Random random) {
        String timeout = random.nextInt(3) > 0 ? "0" : "0." + (1 + random.nextInt(9));
        List<String> keys = new ArrayList<>();
        do {
            keys.add(key(random));
        } while (random.nextInt(3) == 0);
        List<String> words = new ArrayList<>();
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                words.add(random.nextBoolean() ? "BLPOP" : "BRPOP");
                words.addAll(keys);
                words.add(timeout);
            }
            case 2 -> {
                words.addAll(List.of("BLMPOP", timeout, "" + keys.size()));
                words.addAll(keys);
                words.addAll(List.of(end(random), "COUNT", "" + (1 + random.nextInt(3))));
            }
            case 3 -> words.addAll(List.of("BLMOVE", key(random), key(random), end(random), end(random), timeout));
            default -> words.addAll(List.of("BRPOPLPUSH", key(random), key(random), timeout));
        }
        return words;
    }

    private List<String> writing(Random random) {
        List<String> words = new ArrayList<>();
        switch (random.nextInt(9)) {
            case 0 -> words.addAll(List.of("DEL", key(random)));
            case 1 -> words.addAll(List.of("SET", key(random), "text"));
            case 2 -> words.addAll(List.of("LMOVE", key(random), key(random), end(random), end(random)));
            case 3 -> words.addAll(List.of("RENAME", key(random), key(random)));
            default -> {
                words.addAll(List.of(random.nextBoolean() ? "LPUSH" : "RPUSH", key(random)));
                do {
                    words.add("v" + ++values);
                } while (random.nextInt(2) == 0);
            }
        }
        return words;
    }
}
