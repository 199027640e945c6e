package io.duetdb.survival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Programs of the system that tests run: found, run to their end, missed. */
final class Tools {
    /** Where administrators' programs are, though not everybody's PATH says so. */
    private static final List<String> BESIDES = List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin");

    /** What became of a program: its exit code, -1 when there is no such program, and all that it printed. */
    record Ran(int code, String output) {}

    private Tools() {}

    /** Where a program is, or null. Those of the system come first. */
    @Nullable
    static Path find(String name) {
        List<String> folders = new ArrayList<>(BESIDES);
        folders.addAll(Arrays.asList(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)));
        for (String folder : folders) {
            Path path = Path.of(folder, name);
            if (Files.isExecutable(path)) {
                return path;
            }
        }
        return null;
    }

    /** Skips the test where one of these programs is missing, or this is not Linux. */
    static void assumeThere(String... names) {
        assumeThat(System.getProperty("os.name")).startsWith("Linux");
        for (String name : names) {
            assumeThat(find(name)).as("the program %s", name).isNotNull();
        }
    }

    /** Runs a program to its end. */
    static Ran run(String... words) throws IOException, InterruptedException {
        Path path = find(words[0]);
        if (path == null) {
            return new Ran(-1, "there is no " + words[0]);
        }
        String[] command = words.clone();
        command[0] = path.toString();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), output);
    }

    /** Runs a program that must succeed. */
    static void must(String... words) throws IOException, InterruptedException {
        Ran ran = run(words);
        assertThat(ran.code())
                .as("%s: %s", String.join(" ", words), ran.output())
                .isZero();
    }
}
