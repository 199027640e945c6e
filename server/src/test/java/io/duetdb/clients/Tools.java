package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs other people's programs: finds them, feeds them, and ends them when they take too long. */
final class Tools {
    private static final int RUN_SECONDS_MAX = 60;

    private Tools() {}

    /** What a program left behind. */
    record Ran(int status, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }

        /** Fails with everything the program said unless it ended with 0. */
        Ran succeeded() {
            assertThat(status).as("it said:\n%s%s", out, err).isZero();
            return this;
        }
    }

    /** Whether a program of this name is on the path. */
    static boolean has(String tool) {
        for (String directory : System.getenv("PATH").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(directory, tool))) {
                return true;
            }
        }
        return false;
    }

    /** Skips the test, with a message, where a program is missing. */
    static void need(String tool) {
        assumeTrue(has(tool), tool + " is not installed");
    }

    /** Runs a program to its end with {@code input} as its standard input. */
    static Ran run(String input, String... command) throws IOException, InterruptedException {
        return run(Map.of(), input, command);
    }

    /** As {@link #run(String, String...)}, with further variables in its environment. */
    static Ran run(Map<String, String> environment, String input, String... command)
            throws IOException, InterruptedException {
        Path in = Files.createTempFile("duet-tool", ".in");
        Path out = Files.createTempFile("duet-tool", ".out");
        Path err = Files.createTempFile("duet-tool", ".err");
        try {
            Files.writeString(in, input);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            try {
                boolean ended = process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS);
                String said = Files.readString(out, StandardCharsets.ISO_8859_1);
                String complained = Files.readString(err, StandardCharsets.ISO_8859_1);
                assertThat(ended)
                        .as("%s does not end; it said:\n%s%s", List.of(command), said, complained)
                        .isTrue();
                return new Ran(process.exitValue(), said, complained);
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } finally {
            Files.deleteIfExists(in);
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        }
    }
}
