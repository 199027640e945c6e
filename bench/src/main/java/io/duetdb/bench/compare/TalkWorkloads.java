package io.duetdb.bench.compare;

import io.duetdb.bench.compare.Row.Workload;
import io.duetdb.bench.compare.Tool.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Speed of conversations: messages to many subscribers, transactions, writes beside thousands of blocked clients. */
final class TalkWorkloads {
    private static final int SUBSCRIBERS = 100;
    private static final int SETS = 10;
    private static final int BLOCKED = 10_000;
    private static final int WARM_UPS = 4;
    private static final String VALUE = "v".repeat(64);

    private TalkWorkloads() {}

    /** One run against a server that was prepared. */
    private interface Measured {
        Run run(ServerProcess server, Crowd crowd) throws IOException, InterruptedException;
    }

    /** PUBLISH of 64 bytes to a hundred subscribers; an operation is a delivered message. */
    static Workload publish(long requests, int pipeline) {
        List<String> arguments = List.of("-c", "50", "-P", Integer.toString(pipeline), "PUBLISH", "channel", VALUE);
        String subscribed = "*3\r\n$9\r\nsubscribe\r\n$7\r\nchannel\r\n:1\r\n";
        int message = "*3\r\n$7\r\nmessage\r\n$7\r\nchannel\r\n$64\r\n\r\n".length() + VALUE.length();
        return (row, session) -> {
            long n = session.sized(requests, requests / 2);
            return pairs(row, session, SUBSCRIBERS, "SUBSCRIBE channel", subscribed.length(), (server, crowd) -> {
                long before = crowd.heard();
                Run run = Tool.redisBenchmark(server, arguments, n);
                crowd.await(before + n * SUBSCRIBERS * message);
                return run.times(SUBSCRIBERS);
            });
        };
    }

    /** MULTI, ten SETs of 64 bytes, EXEC; an operation is one SET. */
    static Workload transactions(long requests, int pipeline) {
        String[][] commands = new String[SETS + 2][];
        commands[0] = new String[] {"MULTI"};
        for (int i = 1; i <= SETS; i++) {
            commands[i] = new String[] {"SET", "key:__rand_int__", VALUE};
        }
        commands[SETS + 1] = new String[] {"EXEC"};
        int reply = "+OK\r\n".length() + SETS * "+QUEUED\r\n".length() + "*10\r\n".length() + SETS * "+OK\r\n".length();
        BatchClient client = new BatchClient(commands, pipeline, reply);
        return (row, session) -> {
            long n = session.sized(requests, requests / 2) / pipeline;
            return pairs(row, session, 0, "", 0, (server, crowd) -> client.run(server, n, SETS * pipeline));
        };
    }

    private static Result pairs(Row row, Session session, int crowd, String line, int answer, Measured measured)
            throws IOException, InterruptedException {
        int rounds = session.options().rounds(row.rounds());
        List<Run> ours = new ArrayList<>();
        List<Run> theirs = new ArrayList<>();
        try (ServerProcess duet = session.startDuet();
                ServerProcess peer = session.startPeer();
                Crowd atDuet = new Crowd(duet, crowd, line, answer);
                Crowd atPeer = new Crowd(peer, crowd, line, answer)) {
            StringBuilder warmUp = new StringBuilder();
            for (int i = 0; i < WARM_UPS; i++) {
                double rate = measured.run(duet, atDuet).perSecond();
                warmUp.append(String.format(Locale.ROOT, " %.0fk", rate / 1000));
            }
            measured.run(peer, atPeer);
            for (int i = 0; i < rounds; i++) {
                ours.add(measured.run(duet, atDuet));
                theirs.add(measured.run(peer, atPeer));
            }
            return Workloads.compare(row, ours, theirs).detail("warm-up:%s /s", warmUp);
        }
    }

    /** LPUSH to one key while ten thousand clients wait for others, against the same without them. */
    static Workload besideBlocked(long requests) {
        List<String> arguments = List.of("-c", "50", "-P", "16", "LPUSH", "list", VALUE);
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            long n = session.sized(requests, requests / 2);
            List<Run> beside = new ArrayList<>();
            List<Run> alone = new ArrayList<>();
            try (ServerProcess quiet = session.startDuet();
                    ServerProcess busy = withRoom(session.startDuet());
                    Crowd crowd = new Crowd(busy, BLOCKED, "BLPOP other:1 other:2 0", 0)) {
                for (int i = -WARM_UPS; i < rounds; i++) {
                    Run with = anew(busy, arguments, n);
                    Run without = anew(quiet, arguments, n);
                    if (i >= 0) {
                        beside.add(with);
                        alone.add(without);
                    }
                }
                return Workloads.compare(row, beside, alone).detail("%d bytes heard by those who wait", crowd.heard());
            }
        };
    }

    private static ServerProcess withRoom(ServerProcess server) throws IOException {
        try (RespClient client = new RespClient(server.port())) {
            client.run("CONFIG", "SET", "maxclients", Integer.toString(2 * BLOCKED));
        }
        return server;
    }

    private static Run anew(ServerProcess server, List<String> arguments, long n)
            throws IOException, InterruptedException {
        try (RespClient client = new RespClient(server.port())) {
            client.run("DEL", "list");
        }
        return Tool.redisBenchmark(server, arguments, n);
    }
}
