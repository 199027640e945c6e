package io.duetdb.truth;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Duet in this JVM, its replies spelled by the encoder that sockets use, its time set by whoever drives it. */
final class DuetSide implements Side, PlantedBugs.Door {
    private final LocalDuet duet = new LocalDuet();
    private final List<LocalDuet.Link> links = new ArrayList<>();
    private final PlantedBugs.@Nullable Bug bug;

    /** An instance with {@code clients} clients, and a planted bug or none. */
    DuetSide(int clients, PlantedBugs.@Nullable Bug bug) throws Exception {
        this.bug = bug;
        for (int i = 0; i < clients; i++) {
            links.add(duet.connect(i));
            call(i, "PING");
        }
    }

    /** Sets the time. It never runs backwards. */
    void time(long wallUs) {
        duet.time(wallUs);
    }

    /** The table of settings. */
    Settings settings() {
        return duet.settings();
    }

    @Override
    public List<byte[]> run(int client, List<byte[][]> commands) {
        List<byte[]> replies = new ArrayList<>(commands.size());
        if (bug != null) {
            for (byte[][] command : commands) {
                replies.add(bug.run(this, client, command));
            }
            return replies;
        }
        for (int from = 0; from < commands.size(); from += Engine.BATCH_MAX) {
            batch(
                    links.get(client),
                    commands.subList(from, Math.min(commands.size(), from + Engine.BATCH_MAX)),
                    replies);
        }
        return replies;
    }

    @Override
    public byte[] call(int client, byte[]... argv) {
        List<byte[]> replies = new ArrayList<>();
        batch(links.get(client), List.<byte[][]>of(argv), replies);
        return replies.get(0);
    }

    private void batch(LocalDuet.Link link, List<byte[][]> commands, List<byte[]> replies) {
        Argv[] batch = new Argv[commands.size()];
        for (int i = 0; i < batch.length; i++) {
            batch[i] = Argv.of(commands.get(i));
        }
        duet.own(engine -> {
            int done = link.execute(engine, batch, batch.length);
            duet.endTurn();
            while (done < batch.length && !link.closing()) {
                Client resumed = engine.resume();
                while (resumed != null) {
                    resumed = engine.resume();
                }
                done += link.execute(engine, Arrays.copyOfRange(batch, done, batch.length), batch.length - done);
                duet.endTurn();
            }
        });
        take(link, replies, commands.size());
    }

    private static void take(LocalDuet.Link link, List<byte[]> replies, int count) {
        byte[] bytes = link.take();
        int at = 0;
        int taken = 0;
        while (at < bytes.length) {
            int n = Frame.length(bytes, at);
            if (bytes[at] != '>') {
                replies.add(Arrays.copyOfRange(bytes, at, at + n));
                taken++;
            }
            at += n;
        }
        if (taken != count) {
            throw new AssertionError(taken + " replies to " + count + " commands");
        }
    }

    /** What goes on after the last command: background work. */
    void turn() {
        duet.own(engine -> duet.endTurn());
    }

    @Override
    public void close() {
        duet.close();
    }
}
