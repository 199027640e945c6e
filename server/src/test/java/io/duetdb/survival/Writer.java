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
    private volatile long sent;
    private volatile long acknowledged;
    private volatile boolean stopping;
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
            acknowledged = from + i;
        }
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
        answered(way == Way.PIPELINE ? ask("/pipeline", rows.toString()) : ask("/", rows.get(0)));
    }

    private void transaction(long step) throws IOException, InterruptedException {
        sent = step;
        List<String> rows = new ArrayList<>();
        for (String command : model.commands(step)) {
            rows.add(json(command));
        }
        answered(ask("/multi-exec", rows.toString()));
    }

    private void answered(HttpResponse<String> response) {
        if (response.statusCode() != 200 || response.body().contains("\"error\"")) {
            refusal = response.statusCode() + " " + response.body();
        } else {
            acknowledged = sent;
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
     * Compares what a server holds with what it must: all that was acknowledged, of what was sent some first steps, each
     * of them whole. Goes on from there. Returns what is wrong, or null.
     */
    @Nullable
    String verify(RespClient client) throws IOException {
        String found = model.found(client);
        Model at = model.copy();
        while (at.steps() < acknowledged) {
            at.apply();
        }
        Model least = at.copy();
        while (!at.expected().equals(found)) {
            if (at.steps() >= sent) {
                return way + ": step " + acknowledged + " was acknowledged, " + sent + " sent; expected at least\n  "
                        + least.expected() + "\nbut found\n  " + found;
            }
            at.apply();
        }
        model = at;
        sent = at.steps();
        acknowledged = at.steps();
        refusal = null;
        return null;
    }
}
