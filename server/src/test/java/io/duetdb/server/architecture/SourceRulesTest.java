package io.duetdb.server.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules that only the text of the sources shows: sizes, and what every package and file must carry. */
final class SourceRulesTest {
    private static final int FILE_LINES = 600;
    private static final int FILE_LINES_HARD = 800;
    private static final int METHOD_LINES = 60;

    /** Files over {@link #FILE_LINES}: what each may have at most. An entry may only shrink, and goes when it is met. */
    private static final Map<String, Integer> LONG_FILES = Map.of();

    /** Methods over {@link #METHOD_LINES}, as {@code File.java:method}: what each may have at most. */
    private static final Map<String, Integer> LONG_METHODS = Map.of();

    @Test
    void filesStayReadableInOneSitting() {
        List<String> tooLong = new ArrayList<>();
        for (Path file : sources("main", "test")) {
            int lines = lines(file).size();
            int limit = Math.min(FILE_LINES_HARD, LONG_FILES.getOrDefault(name(file), FILE_LINES));
            if (lines > limit) {
                tooLong.add(name(file) + ": " + lines + " lines, limit " + limit);
            }
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    void methodsStayOnOneScreen() {
        List<String> tooLong = new ArrayList<>();
        for (Path file : sources("main")) {
            List<String> lines = lines(file);
            for (int i = 0; i < lines.size(); i++) {
                int end = beginsMethod(lines, i) ? endOfBlock(lines, i) : i;
                String name = name(file) + ":" + (end > i ? methodName(lines, i) : "");
                if (end - i + 1 > LONG_METHODS.getOrDefault(name, METHOD_LINES)) {
                    tooLong.add(name + " at line " + (i + 1) + ": " + (end - i + 1) + " lines");
                }
            }
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIsAndIsNullMarked() {
        List<String> bare = new ArrayList<>();
        for (Path file : sources("main")) {
            Path info = file.resolveSibling("package-info.java");
            if (!Files.exists(info)
                    || lines(info).stream().noneMatch(line -> line.equals("@NullMarked"))
                    || !lines(info).get(0).startsWith("/**")) {
                bare.add(info.getParent().toString());
            }
        }
        assertThat(bare.stream().distinct()).isEmpty();
    }

    @Test
    void everyFilesTypeHasAHead() {
        List<String> bare = new ArrayList<>();
        for (Path file : sources("main")) {
            boolean comment = false;
            for (String line : lines(file)) {
                comment |= line.startsWith("/**");
                if (line.matches(
                        "(public |final |abstract |sealed |non-sealed )*(class|interface|enum|record|@interface) .*")) {
                    if (!comment) {
                        bare.add(name(file));
                    }
                    break;
                }
            }
        }
        assertThat(bare).isEmpty();
    }

    @Test
    void engineHasNoSynchronizedBlocks() {
        List<String> found = new ArrayList<>();
        for (Path file : sources("main")) {
            if (file.toString().contains("/engine/src/main/")) {
                lines(file).stream()
                        .filter(line -> line.matches("\\s*synchronized\\s*\\(.*"))
                        .forEach(line -> found.add(name(file) + ": " + line.trim()));
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void nothingIsLeftToDo() {
        List<String> found = new ArrayList<>();
        for (Path file : sources("main", "test")) {
            for (String line : lines(file)) {
                if (line.matches(".*//.*\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b.*") || line.contains("@Dis" + "abled")) {
                    found.add(name(file) + ": " + line.trim());
                }
            }
        }
        assertThat(found).isEmpty();
    }

    /** Our formatter writes a method's head and its end on lines of the same indent: four spaces, eight when nested. */
    private static boolean beginsMethod(List<String> lines, int at) {
        String line = lines.get(at);
        int indent = indent(line);
        return (indent == 4 || indent == 8)
                && line.matches("\\s+[A-Za-z@<].*\\(.*")
                && !line.matches("\\s+(if|for|while|switch|try|return|throw|else|do|assert|new|case|super|this)\\b.*")
                && !line.matches(".*\\b(class|record|enum|interface) .*")
                && !line.contains(" = ")
                && !line.endsWith(";");
    }

    private static int endOfBlock(List<String> lines, int at) {
        String end = " ".repeat(indent(lines.get(at))) + "}";
        for (int i = at; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.equals(end)) {
                return i;
            }
            if (line.endsWith(";") && indent(line) <= indent(lines.get(at))) {
                return at;
            }
        }
        return at;
    }

    private static String methodName(List<String> lines, int at) {
        String head = lines.get(at).substring(0, lines.get(at).indexOf('('));
        return head.substring(head.lastIndexOf(' ') + 1);
    }

    private static int indent(String line) {
        int n = 0;
        while (n < line.length() && line.charAt(n) == ' ') {
            n++;
        }
        return n;
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> sources(String... sets) {
        Path root = Path.of("").toAbsolutePath().getParent();
        List<Path> found = new ArrayList<>();
        for (String module : List.of("engine", "protocol-resp", "protocol-rest", "persistence", "server", "bench")) {
            for (String set : sets) {
                Path folder = root.resolve(module).resolve("src").resolve(set).resolve("java");
                if (Files.isDirectory(folder)) {
                    try (Stream<Path> files = Files.walk(folder)) {
                        files.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        }
        assertThat(found).as("sources under %s", root).isNotEmpty();
        return found;
    }
}
