package io.duetdb.truth.talk;

import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.truth.Frame;
import io.duetdb.truth.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The clients of a redis-server, and when it has said all it is going to say.
 *
 * <p>It does one thing after the other: in each round of its loop it reads what has come, and before it sleeps it
 * writes what that caused, to whomever. So a request of the control connection that is sent when another's reply is
 * there is answered behind everything that the other caused: one <em>fence</em> is enough. Where no reply comes (its
 * client waits, or wants none), nobody knows in which round the request was read: a first fence may be answered in the
 * round before it, because sockets that were busy a moment ago stand first in the queue; a second one is answered in its
 * round at the earliest, and perhaps written before what it caused; behind a third one all has been written. The
 * server's own doings are out of the way: keys expire on access only, timeouts are hours ahead but where time is waited
 * for.
 */
final class RedisParty implements AutoCloseable {
    /** How long a lapse takes: longer than any deadline within it. */
    private static final long LAPSE_US = 6_000;

    private final Path folder = Files.createTempDirectory("duet-talk");
    private final RedisServer server;
    private final Peer control;
    private final List<Peer> peers = new ArrayList<>();
    private final long[] ids = new long[Conversation.CLIENTS];
    private long timeUs;

    RedisParty() throws IOException {
        Path socket = folder.resolve("redis.sock");
        server = RedisServer.start("--unixsocket", socket.toString());
        try (RespClient first = server.connect()) {
            first.run("PING"); // who answers has opened the other socket, too
        }
        control = new Peer(socket);
        control.ask("CLIENT", "SETNAME", "control");
        control.ask("DEBUG", "SET-ACTIVE-EXPIRE", "0");
        for (int i = 0; i < Conversation.CLIENTS; i++) {
            peers.add(new Peer(socket));
        }
    }

    /** Forgets everything: no keys, no clients but the control connection, settings as at the start. */
    void begin() throws IOException {
        for (Peer peer : peers) {
            peer.close();
        }
        fences(2);
        control.ask("FLUSHALL");
        control.ask("CONFIG", "SET", "notify-keyspace-events", "");
    }

    /** Connects a client. Returns its number. */
    long connect(int client) throws IOException {
        peers.get(client).close();
        Peer peer = new Peer(folder.resolve("redis.sock"));
        peers.set(client, peer);
        ids[client] = Long.parseLong(peer.ask("CLIENT", "ID").text());
        return ids[client];
    }

    /** The server's time at the last fence, in microseconds since the epoch. */
    long timeUs() {
        return timeUs;
    }

    /** Does a step and waits until everything that it causes was said. */
    Heard act(Act act) throws IOException {
        Peer peer = peers.get(act.client());
        byte[] early = {};
        if (act.kind() == Act.Kind.LEAVE) {
            peer.close();
            fences(3);
        } else {
            peer.send(requests(act, ids));
            fences(1);
            early = peer.drain();
            fences(early.length > 0 || peer.gone() ? 1 : 2);
            if (act.kind() == Act.Kind.LAPSE) {
                lapse();
            }
        }
        byte[][] bytes = new byte[peers.size()][];
        boolean[] gone = new boolean[peers.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = act.kind() == Act.Kind.LEAVE && i == act.client()
                    ? new byte[0]
                    : peers.get(i).drain();
            gone[i] = peers.get(i).gone();
        }
        bytes[act.client()] = joined(early, bytes[act.client()]);
        return new Heard(bytes, gone);
    }

    /** Waits until all deadlines of the last command have passed, and what that causes was said. */
    private void lapse() throws IOException {
        long until = timeUs + LAPSE_US;
        while (timeUs < until) {
            fences(1);
        }
        fences(2);
    }

    private void fences(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            List<Frame> time = control.ask("TIME").elements();
            timeUs = Long.parseLong(time.get(0).text()) * 1_000_000
                    + Long.parseLong(time.get(1).text());
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** The requests of an act, numbers put in. */
    static List<byte[][]> requests(Act act, long[] ids) {
        List<byte[][]> requests = new ArrayList<>();
        for (Step step : act.steps()) {
            List<String> words = step.words();
            words.replaceAll(word -> word.startsWith("@id") ? Long.toString(ids[word.charAt(3) - '0']) : word);
            requests.add(Step.of(step.client(), words).argv());
        }
        return requests;
    }

    @Override
    public void close() throws IOException {
        for (Peer peer : peers) {
            peer.close();
        }
        control.close();
        server.close();
        Files.deleteIfExists(folder.resolve("redis.sock"));
        Files.delete(folder);
    }
}
