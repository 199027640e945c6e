package io.duetdb.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a row showed: the value that counts with its spread, both servers' figures in words, details line by line. */
final class Result {
    private final String row;
    private final Row.Goal goal;
    private final Series value;
    private final List<String> details = new ArrayList<>();
    private final Map<String, Series> figures = new LinkedHashMap<>();
    private String duet = "";
    private String peer = "";
    private String counts = "";

    Result(String row, Row.Goal goal, Series value) {
        this.row = row;
        this.goal = goal;
        this.value = value;
    }

    /** Sets the columns of the two servers. */
    Result columns(String duetText, String peerText) {
        duet = duetText;
        peer = peerText;
        return this;
    }

    /** Names which of several measures counts. */
    Result counts(String measure) {
        counts = measure;
        return this;
    }

    /** Adds a line under the row. */
    Result detail(String format, Object... arguments) {
        details.add(String.format(Locale.ROOT, format, arguments));
        return this;
    }

    /** Adds a measured series for the machine-readable output. */
    Result figure(String name, Series series) {
        figures.put(name, series);
        return this;
    }

    String row() {
        return row;
    }

    Row.Goal goal() {
        return goal;
    }

    /** The value that counts, one per round. */
    Series value() {
        return value;
    }

    String duet() {
        return duet;
    }

    String peer() {
        return peer;
    }

    String counts() {
        return counts;
    }

    List<String> details() {
        return details;
    }

    Map<String, Series> figures() {
        return figures;
    }

    String verdict() {
        return goal.verdict(value.median());
    }
}
