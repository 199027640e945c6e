package io.duetdb.bench.compare;

import io.duetdb.bench.compare.Row.Workload;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The first ten minutes: how long a start takes until the first reply, as a process and inside a program. Servers may use
 * both cores here, as a newcomer's do; how long they take on one core stands below.
 */
final class StartWorkloads {
    private static final long START_NS_MAX = TimeUnit.SECONDS.toNanos(30);

    private StartWorkloads() {}

    /** Milliseconds from starting the process to the reply to the first PING: by the launcher, or by plain java. */
    static Workload firstReply(boolean launcher) {
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            firstReply(session, launcher, "0,1"); // the launcher records its archive, files come into memory
            Series ours = measured(rounds, () -> firstReply(session, launcher, "0,1"));
            Series pinned = measured(rounds, () -> firstReply(session, launcher, "0"));
            Series theirs = measured(rounds, () -> firstReply(redis(), session, "0,1"));
            return new Result(row.name(), row.goal(), ours)
                    .columns(ms(ours), ms(theirs))
                    .figure("oneCore", pinned)
                    .figure("peer", theirs)
                    .detail("on one core %s (%.0f..%.0f)", ms(pinned), pinned.min(), pinned.max());
        };
    }

    /**
     * Milliseconds from asking for an instance to its first reply, in a JVM without flags of its own: the first instance,
     * or the median of the 200 that follow it.
     */
    static Workload embedded(boolean warm, boolean ports) {
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            double[] first = new double[rounds];
            double[] later = new double[rounds];
            embedded(session, ports);
            for (int i = 0; i < rounds; i++) {
                String[] figures = embedded(session, ports).split(" ");
                first[i] = Double.parseDouble(figures[0]);
                later[i] = Double.parseDouble(figures[1]);
            }
            Series value = new Series(warm ? later : first);
            return new Result(row.name(), row.goal(), value).columns(ms(value), "-");
        };
    }

    private interface Start {
        double ms() throws IOException, InterruptedException;
    }

    private static Series measured(int rounds, Start start) throws IOException, InterruptedException {
        double[] ms = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            ms[i] = start.ms();
        }
        return new Series(ms);
    }

    private static double firstReply(Session session, boolean launcher, String cores)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (launcher) {
            command.add(session.options().launcher());
        } else {
            Path jar = Path.of(session.options().launcher()).resolveSibling("../target/duet.jar");
            command.addAll(List.of(java(session), "-jar", jar.normalize().toString()));
        }
        command.addAll(List.of("--port", "{port}", "--rest-port", "{rest}"));
        return firstReply(command, session, cores);
    }

    private static List<String> redis() {
        return List.of("redis-server", "--port", "{port}", "--save", "", "--bind", "127.0.0.1");
    }

    private static double firstReply(List<String> words, Session session, String cores)
            throws IOException, InterruptedException {
        String port = Integer.toString(freePort());
        String rest = Integer.toString(freePort());
        List<String> command = new ArrayList<>(List.of("taskset", "-c", cores));
        words.forEach(word -> command.add(word.replace("{port}", port).replace("{rest}", rest)));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        if (!session.options().javaHome().isEmpty()) {
            builder.environment().put("JAVA_HOME", session.options().javaHome());
        }
        long begun = System.nanoTime();
        Process process = builder.start();
        try {
            while (true) {
                try (RespClient client = new RespClient(Integer.parseInt(port))) {
                    client.run("PING");
                    return (System.nanoTime() - begun) / 1e6;
                } catch (IOException e) {
                    if (!process.isAlive() || System.nanoTime() - begun > START_NS_MAX) {
                        throw new IOException("did not start: " + String.join(" ", command), e);
                    }
                    Thread.sleep(1);
                }
            }
        } finally {
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
    }

    /** Runs {@link EmbeddedStart} and returns its line. */
    private static String embedded(Session session, boolean ports) throws IOException, InterruptedException {
        String classPath = System.getProperty("java.class.path").replace("bench/target", absolute("bench/target"));
        List<String> command = new ArrayList<>(List.of("taskset", "-c", "0,1", java(session), "-cp", classPath));
        command.add(EmbeddedStart.class.getName());
        command.add(ports ? "ports" : "plain");
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        if (process.waitFor() != 0 || !said.matches("[0-9.]+ [0-9.]+")) {
            throw new IOException(String.join(" ", command) + " said: " + said);
        }
        return said;
    }

    private static String absolute(String path) {
        return new File(path).getAbsolutePath();
    }

    private static String java(Session session) {
        String home = session.options().javaHome();
        return Path.of(home.isEmpty() ? System.getProperty("java.home") : home, "bin", "java")
                .toString();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String ms(Series series) {
        return String.format(Locale.ROOT, series.median() < 20 ? "%.1f ms" : "%.0f ms", series.median());
    }
}
