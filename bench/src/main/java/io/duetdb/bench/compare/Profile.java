package io.duetdb.bench.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where a server's time goes under a load: perf shows kernel and native code and compiled methods with all that was
 * inlined into them, the flight recorder tells the inlined methods apart.
 */
final class Profile {
    /** JVM options that let both see lines inside of compiled code. */
    static final String OPTION = "-XX:+UnlockDiagnosticVMOptions -XX:+DebugNonSafepoints";

    private static final int TOP = 14;

    private Profile() {}

    /** Something that keeps a server busy. */
    @FunctionalInterface
    interface Load {
        void run() throws IOException, InterruptedException;
    }

    /** Runs the load twice, once under each tool, and prints what they saw. */
    static void print(ServerProcess server, Options options, Load load) throws IOException, InterruptedException {
        Path data = server.directory().resolve("perf.data");
        Process perf = new ProcessBuilder(
                        "perf", "record", "-q", "-F", "1999", "-o", data.toString(), "-p", Long.toString(server.pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        load.run();
        perf.toHandle().destroy();
        perf.waitFor();
        if (server.isDuet()) {
            run(jcmd(options), Long.toString(server.pid()), "Compiler.perfmap");
        }
        System.out.println("  " + server.name() + " by perf, shared objects:");
        lines(run("perf", "report", "-i", data.toString(), "--stdio", "-q", "--sort", "dso"), 5);
        System.out.println("  " + server.name() + " by perf, symbols:");
        lines(run("perf", "report", "-i", data.toString(), "--stdio", "-q", "--sort", "symbol"), TOP * 2);
        Files.delete(data);
        if (server.isDuet()) {
            Files.deleteIfExists(Path.of("/tmp/perf-" + server.pid() + ".map"));
            flightRecorder(server, options, load);
        }
    }

    private static void flightRecorder(ServerProcess server, Options options, Load load)
            throws IOException, InterruptedException {
        Path file = server.directory().resolve("profile.jfr");
        String pid = Long.toString(server.pid());
        run(jcmd(options), pid, "JFR.start", "name=profile", "settings=profile");
        load.run();
        run(jcmd(options), pid, "JFR.stop", "name=profile", "filename=" + file);
        Map<String, Integer> methods = new HashMap<>();
        Map<String, Integer> lines = new HashMap<>();
        int samples = 0;
        try (RecordingFile recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                RecordedEvent event = recording.readEvent();
                String type = event.getEventType().getName();
                RecordedStackTrace stack = event.getStackTrace();
                boolean sample = type.equals("jdk.ExecutionSample") || type.equals("jdk.NativeMethodSample");
                if (!sample || stack == null || stack.getFrames().isEmpty()) {
                    continue;
                }
                RecordedFrame top = stack.getFrames().get(0);
                String method = top.getMethod().getType().getName() + "."
                        + top.getMethod().getName();
                samples++;
                methods.merge(method, 1, Integer::sum);
                lines.merge(method + ":" + top.getLineNumber(), 1, Integer::sum);
            }
        }
        Files.delete(file);
        System.out.println("  " + server.name() + " by the flight recorder, innermost methods:");
        top(methods, samples);
        System.out.println("  and lines:");
        top(lines, samples);
    }

    private static void top(Map<String, Integer> counts, int all) {
        List<Map.Entry<String, Integer>> sorted = new ArrayList<>(counts.entrySet());
        sorted.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
        for (Map.Entry<String, Integer> entry : sorted.subList(0, Math.min(TOP, sorted.size()))) {
            System.out.printf(Locale.ROOT, "    %5.1f %%  %s%n", 100.0 * entry.getValue() / all, entry.getKey());
        }
    }

    private static String jcmd(Options options) {
        return options.javaHome().isEmpty() ? "jcmd" : options.javaHome() + "/bin/jcmd";
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed:\n" + output);
        }
        return output;
    }

    private static void lines(String text, int max) {
        text.lines()
                .filter(line -> !line.isBlank())
                .limit(max)
                .forEach(line -> System.out.println("    " + line.strip()));
    }
}
