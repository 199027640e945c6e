package io.duetdb.bench.compare;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the command line asked for. */
final class Options {
    static final String HELP = """
            bench/compare [options]
              --list            name the rows and their goals
              --rows a,b,c      run these (names or patterns with *); all without it
              --rounds n        paired rounds per row (default 7; big rows 3)
              --quick           fewer requests, 3 rounds: for a look, not for a figure to quote
              --jdk 17|25       the JDK that runs Duet (default: the one the launcher finds)
              --guard           12 fixed rows, 3 rounds, JDK 17, held against bench/guard.tsv
              --record          with --guard: write bench/guard.tsv anew
              --json file       write everything measured
              --self            redis-server against itself: every ratio must be near 1
              --profile         rows of redis-benchmark: where both servers' time goes (perf, JFR), no figures
              --duet path       another launcher than server/bin/duet
              --duet-args "..." further arguments for it
            """;

    private List<String> rows = List.of("*");
    private int rounds;
    private boolean quick;
    private boolean guard;
    private boolean record;
    private boolean list;
    private boolean help;
    private boolean self;
    private boolean profile;
    private String jdk = "";
    private String javaHome = "";
    private String json = "";
    private String launcher = Path.of("server/bin/duet").toAbsolutePath().toString();
    private List<String> duetArguments = List.of();
    private final Map<String, String> commandLines = new LinkedHashMap<>();

    /** Reads the command line. */
    static Options parse(String[] words) throws IOException {
        Options o = new Options();
        for (int i = 0; i < words.length; i++) {
            switch (words[i]) {
                case "--rows" -> o.rows = Arrays.asList(value(words, ++i).split(","));
                case "--rounds" -> o.rounds = Integer.parseInt(value(words, ++i));
                case "--quick" -> o.quick = true;
                case "--guard" -> o.guard = true;
                case "--record" -> o.record = true;
                case "--list" -> o.list = true;
                case "--self" -> o.self = true;
                case "--profile" -> o.profile = true;
                case "--help" -> o.help = true;
                case "--jdk" -> o.jdk = value(words, ++i);
                case "--json" -> o.json = value(words, ++i);
                case "--duet" ->
                    o.launcher = Path.of(value(words, ++i)).toAbsolutePath().toString();
                case "--duet-args" ->
                    o.duetArguments = new ArrayList<>(
                            Arrays.asList(value(words, ++i).trim().split("\\s+")));
                default -> throw new IllegalArgumentException("unknown option '" + words[i] + "' (see --help)");
            }
        }
        if (o.guard && o.jdk.isEmpty()) {
            o.jdk = "17";
        }
        if (!o.jdk.isEmpty()) {
            o.javaHome = findJdk(o.jdk);
        }
        return o;
    }

    private static String value(String[] words, int index) {
        if (index == words.length) {
            throw new IllegalArgumentException("option '" + words[index - 1] + "' needs a value");
        }
        return words[index];
    }

    private static String findJdk(String version) throws IOException {
        Path root = Path.of("/usr/lib/jvm");
        try (DirectoryStream<Path> homes = Files.newDirectoryStream(root)) {
            for (Path home : homes) {
                Path release = home.resolve("release");
                if (Files.isReadable(release)
                        && Files.isExecutable(home.resolve("bin/java"))
                        && Files.readString(release).contains("JAVA_VERSION=\"" + version + ".")) {
                    return home.toString();
                }
            }
        }
        throw new IllegalArgumentException("no JDK " + version + " under " + root);
    }

    List<String> rows() {
        return rows;
    }

    /** Rounds for a row whose full form has {@code full} of them; negative: all of them, even in a short form. */
    int rounds(int full) {
        if (full < 0) {
            return -full;
        }
        if (rounds > 0) {
            return rounds;
        }
        return quick || guard ? Math.min(3, full) : full;
    }

    boolean quick() {
        return quick;
    }

    boolean guard() {
        return guard;
    }

    boolean record() {
        return record;
    }

    boolean list() {
        return list;
    }

    boolean help() {
        return help;
    }

    boolean self() {
        return self;
    }

    boolean profile() {
        return profile;
    }

    String javaHome() {
        return javaHome;
    }

    /** The JDK asked for, or a word for the launcher's choice. */
    String jdk() {
        return jdk.isEmpty() ? "default" : jdk;
    }

    String json() {
        return json;
    }

    String launcher() {
        return launcher;
    }

    List<String> duetArguments() {
        return duetArguments;
    }

    /** Keeps a server's command line for the report; the first of each name stays. */
    void remember(String server, String commandLine) {
        commandLines.putIfAbsent(server, commandLine);
    }

    /** The servers' command lines by name: here stand the JVM options. */
    Map<String, String> commandLines() {
        return commandLines;
    }
}
