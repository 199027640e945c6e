package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same random commands of several clients to the engine and to a real redis-server: the same clients are answered,
 * and the same. Where redis-server 7.0 serves a client with the key that is ready and 7.2 with the first of the command's
 * that is (this engine's way), no command stands here: clients wait for several keys only where no two become ready at
 * once.
 */
class DifferentialBlockingTest {
    private static final int CLIENTS = 8;

    private final EngineFixture t = new EngineFixture();
    private final Waiting ours = new Waiting(t);
    private final List<RespClient> theirs = new ArrayList<>();
    private final List<String> theirIds = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();
    private final boolean[] waits = new boolean[CLIENTS];
    private int values;
    private int served;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theSameClientsAreServedWithTheSame(long seed) throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        int steps = Boolean.getBoolean("duet.long") ? 200_000 : 4_000;
        Random random = new Random(seed);
        try (RedisServer server = RedisServer.start();
                RespClient control = server.connect()) {
            for (int i = 0; i < CLIENTS; i++) {
                theirs.add(null);
                theirIds.add(null);
                numbers.add(0);
                connect(server, i);
            }
            for (int step = 0; step < steps; step++) {
                String what = step(random, server, control);
                control.run("PING"); // a turn of its loop later all that was served has left
                for (int i = 0; i < CLIENTS; i++) {
                    if (waits[i]) {
                        Object their = theirs.get(i).pending() ? theirs.get(i).read() : Waiting.WAITS;
                        Object our = ours.reply(numbers.get(i));
                        assertThat(our)
                                .as("seed %d, step %d, %s: client %d", seed, step, what, i)
                                .isEqualTo(their);
                        waits[i] = Waiting.WAITS.equals(their);
                        served += waits[i] ? 0 : 1;
                    }
                }
                if (step % 50 == 0) {
                    t.run("DEBUG DIGEST").replies(control.run("DEBUG DIGEST"));
                }
            }
            for (RespClient client : theirs) {
                client.close();
            }
        }
        assertThat(served).isGreaterThan(steps / 10);
    }

    private void connect(RedisServer server, int client) throws Exception {
        if (theirs.get(client) != null) {
            theirs.get(client).close();
        }
        theirs.set(client, server.connect());
        theirs.get(client).run("HELLO 3"); // so that scores are numbers on both sides
        theirIds.set(client, String.valueOf(theirs.get(client).run("CLIENT ID")));
        numbers.set(client, ours.begin("PING"));
        ours.reply(numbers.get(client));
        waits[client] = false;
    }

    private String step(Random random, RedisServer server, RespClient control) throws Exception {
        int client = random.nextInt(CLIENTS);
        int chance = random.nextInt(100);
        if (chance < 3) {
            assertThat(control.run("CLIENT KILL ID " + theirIds.get(client))).isEqualTo(1L);
            t.run("CLIENT KILL ID " + ours.id(numbers.get(client))).replies(1);
            connect(server, client);
            return "killed " + client;
        }
        if (chance < 6) {
            String reason = random.nextBoolean() ? " TIMEOUT" : " ERROR";
            t.run("CLIENT UNBLOCK " + ours.id(numbers.get(client)) + reason)
                    .replies(control.run("CLIENT UNBLOCK " + theirIds.get(client) + reason));
            return "unblocked " + client;
        }
        if (waits[client]) {
            return "nothing";
        }
        String command = chance < 50 ? blocking(random) : writing(random);
        theirs.get(client).send(EngineFixture.words(command));
        theirs.get(client).flush();
        ours.send(numbers.get(client), command);
        waits[client] = true;
        while (!theirs.get(client).pending()) {
            // Two turns of its loop are enough for an answer, if there is one.
            control.run("PING");
            control.run("PING");
            if (isBlocked(control, theirIds.get(client))) {
                break;
            }
        }
        return command;
    }

    private static boolean isBlocked(RespClient control, String id) throws Exception {
        return Objects.toString(control.run("CLIENT LIST ID " + id)).contains(" flags=b ");
    }

    /** Keys that clients wait for, several at once. */
    private static String shared(Random random) {
        return "k" + random.nextInt(4);
    }

    /** Keys that elements are moved between. */
    private static String moved(Random random) {
        return "m" + random.nextInt(3);
    }

    private static String end(Random random) {
        return random.nextBoolean() ? "LEFT" : "RIGHT";
    }

    private static String blocking(Random random) {
        List<String> several = new ArrayList<>();
        do {
            several.add(shared(random));
        } while (random.nextInt(3) == 0);
        String keys = String.join(" ", several);
        return switch (random.nextInt(9)) {
            case 0 -> "BLPOP " + keys + " 0";
            case 1 -> "BRPOP " + keys + " 0";
            case 2 ->
                "BLMPOP 0 " + several.size() + " " + keys + " " + end(random) + " COUNT " + (1 + random.nextInt(3));
            case 3 -> "BZPOPMIN " + keys + " 0";
            case 4 -> "BZPOPMAX " + keys + " 0";
            case 5 -> "BZMPOP 0 " + several.size() + " " + keys + " MIN COUNT " + (1 + random.nextInt(3));
            case 6 -> "BLMOVE " + moved(random) + " " + moved(random) + " " + end(random) + " " + end(random) + " 0";
            case 7 -> "BRPOPLPUSH " + moved(random) + " " + moved(random) + " 0";
            default -> "BLPOP " + moved(random) + " 0";
        };
    }

    private String writing(Random random) {
        String key = random.nextBoolean() ? shared(random) : moved(random);
        return switch (random.nextInt(12)) {
            case 0, 1 -> "DEL " + key;
            case 2 -> "SET " + key + " text";
            case 3 -> "LMOVE " + moved(random) + " " + moved(random) + " " + end(random) + " " + end(random);
            case 4 -> "RENAME " + (random.nextBoolean() ? "source" : shared(random)) + " " + shared(random);
            case 5 -> "RPUSH source " + element() + " " + element();
            case 6 -> "ZADD " + shared(random) + " " + random.nextInt(9) + " " + element() + " 5 " + element();
            case 7 -> "ZINCRBY " + shared(random) + " 1 m";
            case 8 -> "COPY source " + shared(random) + " REPLACE";
            default ->
                (random.nextBoolean() ? "LPUSH " : "RPUSH ") + key + (" " + element()).repeat(1 + random.nextInt(3));
        };
    }

    private String element() {
        return "v" + ++values;
    }
}
