package io.duetdb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server's log of collector pauses and safepoints, read from a point in time on. */
final class GcLog {
    /** The JVM option that lets Duet write the log. */
    static final String OPTION = "-Xlog:gc,safepoint:file={dir}/gc.log:uptime:filecount=0";

    private static final Pattern PAUSE = Pattern.compile("Pause [^\n]* ([0-9.]+)ms(?m:$)");
    private static final Pattern SAFEPOINT = Pattern.compile("Total: +([0-9]+) ns");

    private final Path file;
    private final long from;

    private GcLog(Path file, long from) {
        this.file = file;
        this.from = from;
    }

    /** Collector pauses: how many, the longest, and the longest stop of any kind, in milliseconds. */
    record Pauses(int count, double longestMs, double longestSafepointMs) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%d pauses, longest %.2f ms, safepoint %.2f ms", count, longestMs, longestSafepointMs);
        }
    }

    /** The log of a server from now on; empty for servers that write none. */
    static GcLog of(ServerProcess server) throws IOException {
        Path file = server.directory().resolve("gc.log");
        return of(file, Files.exists(file) ? Files.size(file) : 0);
    }

    /** A log from a position on. */
    static GcLog of(Path file, long from) {
        return new GcLog(file, from);
    }

    /** The pauses since this was made. */
    Pauses pauses() throws IOException {
        String text = Files.exists(file) ? Files.readString(file).substring((int) from) : "";
        int count = 0;
        double longest = 0;
        for (Matcher m = PAUSE.matcher(text); m.find(); count++) {
            longest = Math.max(longest, Double.parseDouble(m.group(1)));
        }
        double safepoint = 0;
        for (Matcher m = SAFEPOINT.matcher(text); m.find(); ) {
            safepoint = Math.max(safepoint, Double.parseDouble(m.group(1)) / 1e6);
        }
        return new Pauses(count, longest, safepoint);
    }
}
