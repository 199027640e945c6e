package io.duetdb.bench.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How both servers of a row are started: with which settings, on one core or on both, and where their files are. Without
 * a directory each has one of its own, which is gone when it ends.
 */
record Launch(
        List<String> settings, boolean pinned, @Nullable Path directory) {
    /** As most rows: pinned to core 0, nothing is saved. */
    static final Launch IN_MEMORY = new Launch(List.of("--save", "", "--appendonly", "no"), true, null);

    /** Nothing is saved unless asked for; on both cores. */
    static final Launch SNAPSHOTS = new Launch(List.of("--save", "", "--appendonly", "no"), false, null);

    /** With an append-only file that is forced to disk as {@code fsync} says, and never rewritten by itself. */
    static Launch appendOnly(String fsync, boolean pinned) {
        List<String> settings = new ArrayList<>(List.of("--save", "", "--appendonly", "yes", "--appendfsync", fsync));
        settings.addAll(List.of("--auto-aof-rewrite-percentage", "0"));
        return new Launch(settings, pinned, null);
    }

    /** The same on files that are there, or are to stay. */
    Launch in(Path files) {
        return new Launch(settings, pinned, files);
    }

    /** The cores the server may use, as taskset names them. */
    String cores() {
        return pinned ? Integer.toString(ServerProcess.CORE) : ServerProcess.CORE + "," + Tool.CORE;
    }

    /** A line for the report. */
    String words() {
        StringBuilder words = new StringBuilder();
        for (String setting : settings) {
            words.append(words.length() == 0 ? "" : " ").append(setting.isEmpty() ? "''" : setting);
        }
        return words + (pinned ? "; both pinned to core " : "; both on cores ") + cores();
    }
}
