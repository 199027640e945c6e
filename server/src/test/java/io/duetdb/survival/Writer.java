package io.duetdb.survival;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Writes the steps of its model, over and over, and knows which of them were acknowledged. One thread of its own. */
final class Writer implements Runnable {
    /** How a writer speaks to the server. */
    enum Way {
        /** RESP, some steps at once, transactions between MULTI and EXEC. */
        RESP,
        /** A POST for each command. */
        REST,
        /** Some commands in a POST. */
        PIPELINE,
        /** A transaction in a POST. */
        MULTI_EXEC
    }

    private static final int TOGETHER_MAX = 8;

    private final Way way;
    private final int port;
    private final HttpClient http;
    private final SplittableRandom random;
    private Model model;
    private long[] whenNs = new long[1024]; // when each step behind the model's was acknowledged
    private volatile long sent;
    private volatile long acknowledged;
    private volatile long waitedNs;
    private volatile boolean stopping;
    private long lost;
    private long oldestLostNs = Long.MAX_VALUE;
    private volatile @Nullable String refusal;

    Writer(int number, Way way, int port, HttpClient http, long seed) {
        this.way = way;
        this.port = port;
        this.http = http;
        random = new SplittableRandom(seed + number);
        model = new Model("w" + number + ":", way == Way.MULTI_EXEC);
    }

    /** Steps that were acknowledged. */
    long acknowledged() {
        return acknowledged;
    }

    /** The longest that it waited for an answer, which came. */
    long waitedNs() {
        return waitedNs;
    }

    /** The first error that was answered, or null. */
    @Nullable
    String refusal() {
        return refusal;
    }

    /** Asks for the end, behind what is under way. */
    void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        stopping = false;
        try {
            if (way == Way.RESP) {
                try (RespClient client = new RespClient(port)) {
                    while (!stopping && refusal == null) {
                        speak(client);
                    }
                }
            } else {
                while (!stopping && refusal == null) {
                    post();
                }
            }
        } catch (IOException e) {
            // the server has gone, which is what this is about
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- RESP

    private void speak(RespClient client) throws IOException {
        int count = 1 + random.nextInt(TOGETHER_MAX);
        long from = sent + 1;
        sent = from + count - 1; // before the first byte leaves
        int[] replies = new int[count];
        for (int i = 0; i < count; i++) {
            replies[i] = send(client, from + i);
        }
        long askedNs = System.nanoTime();
        client.flush();
        for (int i = 0; i < count; i++) {
            Object last = null;
            for (int r = 0; r < replies[i]; r++) {
                last = client.read();
                if (last instanceof ValueReply.Failure failure) {
                    refusal = failure.line();
                }
            }
            if (refusal != null) {
                return;
            }
            acknowledge(from + i, askedNs);
        }
    }

    private void acknowledge(long to, long askedNs) {
        long now = System.nanoTime();
        for (long step = acknowledged + 1; step <= to; step++) {
            int at = (int) (step - model.steps() - 1);
            if (at == whenNs.length) {
                whenNs = Arrays.copyOf(whenNs, 2 * at);
            }
            whenNs[at] = now;
        }
        acknowledged = to;
        waitedNs = Math.max(waitedNs, now - askedNs);
    }

    private int send(RespClient client, long step) throws IOException {
        List<String> commands = new ArrayList<>(model.commands(step));
        if (model.isTransaction(step)) {
            commands.add(0, "MULTI");
            commands.add("EXEC");
        }
        for (String command : commands) {
            client.send(EngineFixture.words(command));
        }
        return commands.size();
    }

    // ---- REST

    private void post() throws IOException, InterruptedException {
        int count = way == Way.PIPELINE ? 1 + random.nextInt(TOGETHER_MAX) : 1;
        long from = sent + 1;
        List<String> rows = new ArrayList<>();
        int steps = 0;
        while (steps < count) {
            long step = from + steps;
            if (way != Way.MULTI_EXEC && model.isTransaction(step)) {
                if (steps > 0) {
                    break;
                }
                transaction(from);
                return;
            }
            for (String command : model.commands(step)) {
                rows.add(json(command));
            }
            steps++;
        }
        if (way == Way.MULTI_EXEC) {
            transaction(from);
            return;
        }
        sent = from + steps - 1;
        long askedNs = System.nanoTime();
        answered(way == Way.PIPELINE ? ask("/pipeline", rows.toString()) : ask("/", rows.get(0)), askedNs);
    }

    private void transaction(long step) throws IOException, InterruptedException {
        sent = step;
        List<String> rows = new ArrayList<>();
        for (String command : model.commands(step)) {
            rows.add(json(command));
        }
        long askedNs = System.nanoTime();
        answered(ask("/multi-exec", rows.toString()), askedNs);
    }

    private void answered(HttpResponse<String> response, long askedNs) {
        if (response.statusCode() != 200 || response.body().contains("\"error\"")) {
            refusal = response.statusCode() + " " + response.body();
        } else {
            acknowledge(sent, askedNs);
        }
    }

    private static String json(String command) {
        return "[\"" + command.replace(" ", "\",\"") + "\"]";
    }

    private HttpResponse<String> ask(String path, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + Child.TOKEN)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    // ---- after the restart

    /**
     * Compares what a server holds with what it must: of what was sent some first steps, each of them whole, and where
     * {@code all} are to be there, at least those that were acknowledged before {@code untilNs}. Goes on from there.
     * Returns what is wrong, or null.
     */
    @Nullable
    String verify(RespClient client, boolean all, long untilNs) throws IOException {
        long needed = all ? acknowledgedUntil(untilNs) : 0;
        String found = model.found(client);
        Model at = model.copy();
        Model holds = null;
        String least = "";
        while (true) {
            boolean enough = at.steps() >= acknowledged;
            if (at.steps() >= needed && at.holds(found)) {
                holds = at.copy(); // of those that look the same the last, up to the first that is enough
            }
            if (at.steps() == (all ? needed : acknowledged)) {
                least = at.expected();
            }
            if (at.steps() >= sent || enough && holds != null) {
                break;
            }
            at.apply();
        }
        if (holds == null) {
            return way + ": step " + acknowledged + " was acknowledged, " + (all ? needed + " must be there, " : "")
                    + sent + " sent; expected "
                    + (all ? "at least" : "some first steps up to") + "\n  " + least + "\nbut found\n  " + found;
        }
        goOn(holds);
        return null;
    }

    /** The last step that was acknowledged before a point in time. */
    private long acknowledgedUntil(long ns) {
        long step = acknowledged;
        while (step > model.steps() && whenNs[(int) (step - model.steps() - 1)] >= ns) {
            step--;
        }
        return step;
    }

    private void goOn(Model from) {
        lost = Math.max(0, acknowledged - from.steps());
        oldestLostNs = lost == 0 ? Long.MAX_VALUE : whenNs[(int) (from.steps() - model.steps())];
        model = from;
        sent = from.steps();
        acknowledged = from.steps();
        refusal = null;
    }

    /** Acknowledged steps that the last {@link #verify} has missed. */
    long lost() {
        return lost;
    }

    /** When the first of them was acknowledged, or the end of time. */
    long oldestLostNs() {
        return oldestLostNs;
    }
}
