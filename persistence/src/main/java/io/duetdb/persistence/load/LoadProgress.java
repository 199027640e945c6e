package io.duetdb.persistence.load;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Storage;
import io.duetdb.persistence.disk.Outside;
import java.util.Locale;

/** How far loading has come, for INFO and the log. */
final class LoadProgress {
    private static final long LOG_EVERY_NS = 2_000_000_000L;

    private final Outside outside;
    private final Engine engine;
    private final long totalBytes;
    private final long startedS;
    private final long startedNs;
    private long loggedNs;
    private long doneBytes;
    private long partBytes;

    /** Keys read from snapshots. */
    final KeyIntake.Count taken = new KeyIntake.Count();

    /** Commands run. */
    long commands;

    LoadProgress(Outside outside, Engine engine, long totalBytes) {
        this.outside = outside;
        this.engine = engine;
        this.totalBytes = totalBytes;
        startedS = outside.clock().wallUs() / 1_000_000;
        startedNs = outside.clock().monotonicNs();
        loggedNs = startedNs;
    }

    /** All begins anew. */
    void again() {
        doneBytes = 0;
        partBytes = 0;
        taken.keys = 0;
        taken.expired = 0;
        commands = 0;
    }

    /** So many bytes of the present part are loaded. */
    void part(long bytes) {
        partBytes = bytes;
    }

    /** The present part, of this length, is loaded. */
    void partDone(long bytes) {
        doneBytes += bytes;
        partBytes = 0;
    }

    /** Bytes loaded. */
    long loadedBytes() {
        return doneBytes + partBytes;
    }

    /** Bytes to be loaded in all. */
    long totalBytes() {
        return totalBytes;
    }

    /** Tells the operator from time to time. */
    void log() {
        long now = outside.clock().monotonicNs();
        if (now - loggedNs < LOG_EVERY_NS) {
            return;
        }
        loggedNs = now;
        outside.log()
                .notice(String.format(
                        Locale.ROOT,
                        "Loading: %.0f %% (%s of %s), %s, about %d s left",
                        percent(),
                        Amounts.bytes(loadedBytes()),
                        Amounts.bytes(totalBytes),
                        counts(),
                        (long) Math.ceil(
                                (now - startedNs) / 1e9 * (totalBytes - loadedBytes()) / (loadedBytes() + 1))));
    }

    /** Tells the operator that all is loaded. */
    void logEnd() {
        double seconds = (outside.clock().monotonicNs() - startedNs) / 1e9;
        outside.log()
                .notice(String.format(
                        Locale.ROOT, "Loaded %s, %s, in %.3f seconds", Amounts.bytes(totalBytes), counts(), seconds));
    }

    private String counts() {
        String keys = Amounts.count(taken.keys, "key");
        String run = Amounts.count(commands, "command");
        return commands == 0 ? keys : taken.keys == 0 ? run : keys + " and " + run;
    }

    private double percent() {
        return totalBytes == 0 ? 0 : 100.0 * Math.min(loadedBytes(), totalBytes) / totalBytes;
    }

    /** The fields of INFO that are only there while data is loaded, as Redis has them. */
    void info(Storage.Lines out) {
        long elapsedS = outside.clock().wallUs() / 1_000_000 - startedS;
        long left = totalBytes == 0 ? 1 : totalBytes - loadedBytes();
        out.line("loading_start_time", startedS);
        out.line("loading_total_bytes", totalBytes);
        out.line("loading_rdb_used_mem", engine.usedBytes());
        out.line("loading_loaded_bytes", loadedBytes());
        out.line("loading_loaded_perc", String.format(Locale.ROOT, "%.2f", percent()));
        out.line("loading_eta_seconds", elapsedS == 0 ? 1 : elapsedS * left / (loadedBytes() + 1));
    }
}
