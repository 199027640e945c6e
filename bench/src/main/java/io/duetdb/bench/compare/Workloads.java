package io.duetdb.bench.compare;

import io.duetdb.bench.compare.Row.Workload;
import io.duetdb.bench.compare.Tool.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Speed: what redis-benchmark and wrk measure. Memory and stalls are in classes of their own. */
final class Workloads {
    /** The bearer token of the servers under test. */
    static final String TOKEN = "bench-token";

    /** From this share of its core on, redis-benchmark measures itself and not the server. */
    private static final double CLIENT_BOUND = 0.95;

    private static final double NOISY = 0.05;
    private static final double STEADY = 0.03;
    private static final int WARM_UPS_MAX = 5;
    private static final int WARM_UPS = 2;

    private Workloads() {}

    /** Prepares a server before it is measured. */
    @FunctionalInterface
    interface Fill {
        void fill(ServerProcess server) throws IOException;
    }

    /**
     * redis-benchmark against both servers in turns. {@code requests} make a run of two seconds or more on the machine
     * this was written on; a request is {@code commands} operations.
     */
    static Workload benchmark(Fill fill, long requests, int commands, List<String> arguments) {
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            long n = session.sized(requests, requests / 2);
            if (session.options().profile()) {
                profile(session, fill, arguments, n);
                return new Result(row.name(), row.goal(), new Series());
            }
            try (ServerProcess duet = session.startDuet();
                    ServerProcess peer = session.startPeer()) {
                fill.fill(duet);
                fill.fill(peer);
                String warmUp = warmUp(duet, arguments, n, commands) + "; " + warmUp(peer, arguments, n, commands);
                List<Run> ours = new ArrayList<>();
                List<Run> theirs = new ArrayList<>();
                for (int i = 0; i < rounds; i++) {
                    ours.add(Tool.redisBenchmark(duet, arguments, n).times(commands));
                    theirs.add(Tool.redisBenchmark(peer, arguments, n).times(commands));
                }
                return compare(row, ours, theirs).detail("warm-up: %s", warmUp);
            }
        };
    }

    /** Where the time of both servers goes. */
    static void profile(Session session, Fill fill, List<String> arguments, long n)
            throws IOException, InterruptedException {
        try (ServerProcess duet = session.startDuet(Profile.OPTION);
                ServerProcess peer = session.startPeer()) {
            for (ServerProcess server : List.of(duet, peer)) {
                fill.fill(server);
                warmUp(server, arguments, n, 1);
                Profile.print(server, session.options(), () -> Tool.redisBenchmark(server, arguments, 2 * n));
            }
        }
    }

    /** Runs until a run gains less than 3 % on the one before. Returns the rates, in thousands per second. */
    private static String warmUp(ServerProcess server, List<String> arguments, long n, int commands)
            throws IOException, InterruptedException {
        StringBuilder rates = new StringBuilder(server.name());
        double last = 0;
        for (int i = 0; i < WARM_UPS_MAX; i++) {
            double rate = Tool.redisBenchmark(server, arguments, n).perSecond() * commands;
            rates.append(String.format(Locale.ROOT, " %.0fk", rate / 1000));
            if (rate < last * (1 + STEADY)) {
                break;
            }
            last = rate;
        }
        return rates.append("/s").toString();
    }

    /** The result of paired runs: throughput counts, or the server's time where the client had no room left. */
    static Result compare(Row row, List<Run> ours, List<Run> theirs) {
        int n = ours.size();
        Series throughput =
                Series.of(n, i -> ours.get(i).perSecond() / theirs.get(i).perSecond());
        Series cpu = Series.of(n, i -> theirs.get(i).cpuUsPerOp() / ours.get(i).cpuUsPerOp());
        Series load = Series.of(
                n, i -> Math.max(ours.get(i).clientLoad(), theirs.get(i).clientLoad()));
        boolean clientBound = load.median() >= CLIENT_BOUND;
        return new Result(row.name(), row.goal(), clientBound ? cpu : throughput)
                .columns(rate(ours), rate(theirs))
                .counts(clientBound ? "cpu" : "rate")
                .figure("rate", throughput)
                .figure("cpu", cpu)
                .figure("perSecondDuet", Series.of(n, i -> ours.get(i).perSecond()))
                .figure("perSecondPeer", Series.of(n, i -> theirs.get(i).perSecond()))
                .figure("cpuUsDuet", Series.of(n, i -> ours.get(i).cpuUsPerOp()))
                .figure("cpuUsPeer", Series.of(n, i -> theirs.get(i).cpuUsPerOp()))
                .detail(
                        "throughput x%.2f; server CPU per op %.3f / %.3f us = %.2f, counts as x%.2f (%.2f..%.2f); "
                                + "client's core %.0f / %.0f %%; others on the server's core %.0f / %.0f %%%s",
                        throughput.median(),
                        cpuUs(ours),
                        cpuUs(theirs),
                        1 / cpu.median(),
                        cpu.median(),
                        cpu.min(),
                        cpu.max(),
                        100 * clientLoad(ours),
                        100 * clientLoad(theirs),
                        100 * noise(ours),
                        100 * noise(theirs),
                        quiet(ours, theirs));
    }

    /** A word of warning where neighbours took more than a twentieth of the server's core. */
    private static String quiet(List<Run> ours, List<Run> theirs) {
        return Math.max(noise(ours), noise(theirs)) > NOISY ? " (NOISY)" : "";
    }

    private static String rate(List<Run> runs) {
        return perSecond(Series.of(runs.size(), i -> runs.get(i).perSecond()).median());
    }

    private static String perSecond(double rate) {
        return String.format(Locale.ROOT, "%.1fk/s", rate / 1000);
    }

    private static double cpuUs(List<Run> runs) {
        return Series.of(runs.size(), i -> runs.get(i).cpuUsPerOp()).median();
    }

    private static double clientLoad(List<Run> runs) {
        return Series.of(runs.size(), i -> runs.get(i).clientLoad()).median();
    }

    private static double noise(List<Run> runs) {
        return Series.of(runs.size(), i -> runs.get(i).noise()).median();
    }

    /** GET at many keys against GET at few, each server against itself, in two processes per server. */
    static Workload flat(long few, long many) {
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            long large = session.sized(many, many / 5);
            Series[] duet = flat(session, true, few, large, rounds);
            Series[] peer = flat(session, false, few, large, rounds);
            boolean clientBound = duet[2].median() >= CLIENT_BOUND;
            Series value = clientBound ? duet[1] : duet[0];
            return new Result(row.name(), row.goal(), value)
                    .columns(
                            "x" + Report.number(value.median()),
                            "x" + Report.number(peer[clientBound ? 1 : 0].median()))
                    .counts(clientBound ? "cpu" : "rate")
                    .figure("rate", duet[0])
                    .figure("cpu", duet[1])
                    .figure("ratePeer", peer[0])
                    .figure("cpuPeer", peer[1])
                    .detail(
                            "%d keys / %d keys: throughput x%.2f, peer x%.2f; by CPU per op x%.2f, peer x%.2f; "
                                    + "client's core %.0f %%",
                            large,
                            few,
                            duet[0].median(),
                            peer[0].median(),
                            duet[1].median(),
                            peer[1].median(),
                            100 * duet[2].median());
        };
    }

    private static Series[] flat(Session session, boolean duet, long few, long many, int rounds)
            throws IOException, InterruptedException {
        long n = session.sized(2_000_000, 1_000_000);
        List<String> small = List.of("-t", "get", "-c", "50", "-P", "16", "-r", Long.toString(few));
        List<String> big = List.of("-t", "get", "-c", "50", "-P", "16", "-r", Long.toString(many));
        try (ServerProcess a = duet ? session.startDuet() : session.startPeer();
                ServerProcess b = duet ? session.startDuet() : session.startPeer()) {
            Loader.of(a.port(), 64).load(0, few);
            Loader.of(b.port(), 64).load(0, many);
            warmUp(a, small, n, 1);
            warmUp(b, big, n, 1);
            List<Run> at = new ArrayList<>();
            List<Run> of = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                of.add(Tool.redisBenchmark(a, small, n));
                at.add(Tool.redisBenchmark(b, big, n));
            }
            return new Series[] {
                Series.of(rounds, i -> at.get(i).perSecond() / of.get(i).perSecond()),
                Series.of(rounds, i -> of.get(i).cpuUsPerOp() / at.get(i).cpuUsPerOp()),
                Series.of(
                        rounds, i -> Math.max(at.get(i).clientLoad(), of.get(i).clientLoad())),
            };
        }
    }

    /** REST GET over 50 connections kept alive: absolute, beside RESP without pipelining on the same server. */
    static Workload restGet() {
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            int seconds = (int) session.sized(5, 2);
            List<String> header = List.of("-H", "Authorization: Bearer " + TOKEN);
            List<String> resp = List.of("-t", "get", "-c", "50", "-r", "1000000");
            try (ServerProcess duet = session.startDuet()) {
                Loader.of(duet.port(), 64).load(0, 1_000_000);
                String path = "/get/key:000000000042";
                String warmUp = perSecond(
                                Tool.wrk(duet, header, 50, seconds, path).perSecond()) + " "
                        + perSecond(Tool.wrk(duet, header, 50, seconds, path).perSecond());
                warmUp(duet, resp, 200_000, 1);
                List<Run> rest = new ArrayList<>();
                List<Run> plain = new ArrayList<>();
                for (int i = 0; i < rounds; i++) {
                    rest.add(Tool.wrk(duet, header, 50, seconds, path));
                    plain.add(Tool.redisBenchmark(duet, resp, 200_000));
                }
                return new Result(
                                row.name(),
                                row.goal(),
                                Series.of(rounds, i -> rest.get(i).perSecond() / 1000))
                        .columns(rate(rest), "-")
                        .figure("cpuUsDuet", Series.of(rounds, i -> rest.get(i).cpuUsPerOp()))
                        .figure(
                                "respPerSecond",
                                Series.of(rounds, i -> plain.get(i).perSecond()))
                        .detail(
                                "server CPU per request %.2f us, wrk's core %.0f %%; RESP P 1 on the same server %s, "
                                        + "%.2f us; warm-up: %s",
                                cpuUs(rest), 100 * clientLoad(rest), rate(plain), cpuUs(plain), warmUp);
            }
        };
    }

    /** REST GET over 50 connections kept alive, against webdis in front of redis-server, all three on one core. */
    static Workload restGetWebdis() {
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            int seconds = (int) session.sized(5, 2);
            List<String> header = List.of("-H", "Authorization: Bearer " + TOKEN);
            String key = "/key:000000000042";
            try (ServerProcess duet = session.startDuet();
                    ServerProcess redis = session.startPeer();
                    Webdis webdis = Webdis.start(redis)) {
                Loader.of(duet.port(), 64).load(0, 1_000_000);
                Loader.of(redis.port(), 64).load(0, 1_000_000);
                List<Long> both = List.of(webdis.pid(), redis.pid());
                List<Run> ours = new ArrayList<>();
                List<Run> theirs = new ArrayList<>();
                StringBuilder warmUp = new StringBuilder();
                for (int i = -WARM_UPS; i < rounds; i++) {
                    Run our = Tool.wrk(duet, header, 50, seconds, "/get" + key);
                    Run their = Tool.wrk(both, webdis.port(), List.of(), 50, seconds, "/GET" + key);
                    if (i < 0) {
                        warmUp.append(' ').append(perSecond(our.perSecond()));
                        warmUp.append(" / ").append(perSecond(their.perSecond()));
                    } else {
                        ours.add(our);
                        theirs.add(their);
                    }
                }
                return compare(row, ours, theirs).detail("warm-up:%s", warmUp);
            }
        };
    }

    /** REST /pipeline of 100 GETs: commands per second against RESP at P 100 on the same server. */
    static Workload restPipeline() {
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            int seconds = (int) session.sized(5, 2);
            long n = session.sized(3_000_000, 1_500_000);
            List<String> resp = List.of("-t", "get", "-c", "50", "-P", "100", "-r", "1000000");
            try (ServerProcess duet = session.startDuet()) {
                Loader.of(duet.port(), 64).load(0, 1_000_000);
                List<String> script =
                        List.of("-s", PipelineScript.write(duet.directory()).toString());
                try {
                    String warmUp = perSecond(Tool.wrk(duet, script, 16, seconds, "/pipeline")
                                            .perSecond()
                                    * 100) + " "
                            + perSecond(Tool.wrk(duet, script, 16, seconds, "/pipeline")
                                            .perSecond()
                                    * 100);
                    warmUp(duet, resp, n, 1);
                    List<Run> rest = new ArrayList<>();
                    List<Run> plain = new ArrayList<>();
                    for (int i = 0; i < rounds; i++) {
                        rest.add(
                                Tool.wrk(duet, script, 16, seconds, "/pipeline").times(100));
                        plain.add(Tool.redisBenchmark(duet, resp, n));
                    }
                    Series rate = Series.of(
                            rounds, i -> rest.get(i).perSecond() / plain.get(i).perSecond());
                    Series cpu = Series.of(
                            rounds, i -> plain.get(i).cpuUsPerOp() / rest.get(i).cpuUsPerOp());
                    boolean clientBound = Math.max(clientLoad(rest), clientLoad(plain)) >= CLIENT_BOUND;
                    return new Result(row.name(), row.goal(), clientBound ? cpu : rate)
                            .columns(rate(rest), "-")
                            .counts(clientBound ? "cpu" : "rate")
                            .figure("rate", rate)
                            .figure("cpu", cpu)
                            .detail(
                                    "RESP P 100 %s; throughput x%.2f; CPU per command %.3f / %.3f us, counts as x%.2f; "
                                            + "client's core %.0f / %.0f %%; warm-up: %s",
                                    rate(plain),
                                    rate.median(),
                                    cpuUs(rest),
                                    cpuUs(plain),
                                    cpu.median(),
                                    100 * clientLoad(rest),
                                    100 * clientLoad(plain),
                                    warmUp);
                } finally {
                    PipelineScript.delete(duet.directory());
                }
            }
        };
    }
}
