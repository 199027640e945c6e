package io.duetdb.bench.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs redis-benchmark or wrk on the client's core against a server and measures both processes meanwhile. */
final class Tool {
    /** The core the clients live on. */
    static final int CORE = 1;

    private static final Pattern BENCHMARK_LINE = Pattern.compile("(?m)^\"[^\"\n]*\",\"([0-9.]+)\",");
    private static final Pattern WRK_RATE = Pattern.compile("(?m)^Requests/sec:\\s+([0-9.]+)");
    private static final Pattern WRK_COUNT = Pattern.compile("(?m)^\\s+([0-9]+) requests in");

    private Tool() {}

    /**
     * What one run showed. Throughput is operations per second, processor time is the server's per operation, client load
     * the share of its core that the tool used, noise the share of the server's core that other processes took.
     */
    record Run(double perSecond, double cpuUsPerOp, double clientLoad, double noise) {
        /** The same run where each operation consists of {@code n} smaller ones. */
        Run times(int n) {
            return new Run(perSecond * n, cpuUsPerOp / n, clientLoad, noise);
        }
    }

    /** One run of redis-benchmark with {@code n} requests. */
    static Run redisBenchmark(ServerProcess server, List<String> arguments, long n)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", Integer.toString(CORE), "redis-benchmark"));
        command.addAll(List.of("-p", Integer.toString(server.port()), "--csv", "-n", Long.toString(n)));
        command.addAll(arguments);
        Measured m = measure(List.of(server.pid()), command);
        Matcher line = BENCHMARK_LINE.matcher(m.output);
        double rate = -1;
        while (line.find()) {
            rate = Double.parseDouble(line.group(1));
        }
        if (rate < 0 || m.output.contains("Error")) {
            throw new IOException(String.join(" ", command) + " said:\n" + m.output);
        }
        return new Run(rate, m.serverCpuMs * 1000.0 / n, m.clientLoad, m.noise);
    }

    /** One run of wrk over {@code connections} kept alive, for {@code seconds}. */
    static Run wrk(ServerProcess server, List<String> arguments, int connections, int seconds, String path)
            throws IOException, InterruptedException {
        return wrk(List.of(server.pid()), server.restPort(), arguments, connections, seconds, path);
    }

    /** As the other, where the processes {@code pids} together are the server. */
    static Run wrk(List<Long> pids, int port, List<String> arguments, int connections, int seconds, String path)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", Integer.toString(CORE), "wrk", "-t1"));
        command.addAll(List.of("-c" + connections, "-d" + seconds + "s"));
        command.addAll(arguments);
        command.add("http://127.0.0.1:" + port + path);
        Measured m = measure(pids, command);
        Matcher rate = WRK_RATE.matcher(m.output);
        Matcher count = WRK_COUNT.matcher(m.output);
        if (!rate.find() || !count.find() || m.output.contains("Non-2xx") || m.output.contains("Socket errors")) {
            throw new IOException(String.join(" ", command) + " said:\n" + m.output);
        }
        double requests = Double.parseDouble(count.group(1));
        return new Run(Double.parseDouble(rate.group(1)), m.serverCpuMs * 1000.0 / requests, m.clientLoad, m.noise);
    }

    private record Measured(String output, long serverCpuMs, double clientLoad, double noise) {}

    private static Measured measure(List<Long> pids, List<String> command) throws IOException, InterruptedException {
        long serverBefore = cpuMs(pids);
        long coreBefore = Proc.coreBusyMs(ServerProcess.CORE);
        long childrenBefore = Proc.childrenCpuMs();
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        double ms = (System.nanoTime() - start) / 1e6;
        long serverCpu = cpuMs(pids) - serverBefore;
        long clientCpu = Proc.childrenCpuMs() - childrenBefore;
        long others = Proc.coreBusyMs(ServerProcess.CORE) - coreBefore - serverCpu;
        if (status != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + status + ":\n" + output);
        }
        return new Measured(output, serverCpu, clientCpu / ms, Math.max(0, others / ms));
    }

    private static long cpuMs(List<Long> pids) {
        long ms = 0;
        for (long pid : pids) {
            ms += Proc.cpuMs(pid);
        }
        return ms;
    }
}
