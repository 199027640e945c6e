package io.duetdb.engine.stats;

import java.util.ArrayList;
import java.util.List;

/** The picture LATENCY GRAPH draws: one column per sample, four lines high, its age standing below. */
public final class LatencyGraph {
    private static final int COLUMNS = 80;
    private static final int ROWS = 4;
    private static final String INK = "_o#";

    private LatencyGraph() {}

    /** Draws the samples of an event. */
    public static String draw(String event, LatencyEvents.Series series, long nowSeconds) {
        long min = Long.MAX_VALUE;
        long max = 0;
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < series.size(); i++) {
            min = Math.min(min, series.ms(i));
            max = Math.max(max, series.ms(i));
            labels.add(age(nowSeconds - series.seconds(i)));
        }
        StringBuilder out = new StringBuilder();
        out.append(event)
                .append(" - high ")
                .append(max)
                .append(" ms, low ")
                .append(min)
                .append(" ms (all time high ")
                .append(series.maxMs())
                .append(" ms)\n");
        out.append("-".repeat(COLUMNS)).append('\n');
        for (int from = 0; from < series.size(); from += COLUMNS) {
            if (from > 0) {
                out.append('\n');
            }
            int to = Math.min(series.size(), from + COLUMNS);
            columns(out, series, labels, from, to, min, max);
        }
        return out.toString();
    }

    private static void columns(
            StringBuilder out, LatencyEvents.Series series, List<String> labels, int from, int to, long min, long max) {
        int longest = 0;
        for (int i = from; i < to; i++) {
            longest = Math.max(longest, labels.get(i).length());
        }
        for (int row = 0; row < ROWS; row++) {
            for (int i = from; i < to; i++) {
                out.append(ink(series.ms(i), min, max, (ROWS - row - 1) * INK.length()));
            }
            out.append('\n');
        }
        out.append(" ".repeat(to - from)).append('\n');
        for (int row = 0; row < longest; row++) {
            for (int i = from; i < to; i++) {
                String label = labels.get(i);
                out.append(row < label.length() ? label.charAt(row) : ' ');
            }
            out.append('\n');
        }
    }

    /** What a column shows in the row whose lowest step is {@code floor}. */
    private static char ink(long value, long min, long max, int floor) {
        int steps = INK.length() * ROWS;
        double share = max == min ? 0 : (double) (value - min) / (max - min);
        int step = Math.min(steps - 1, (int) (share * steps)) - floor;
        return step < 0 ? ' ' : step < INK.length() ? INK.charAt(step) : '|';
    }

    private static String age(long seconds) {
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m";
        }
        return seconds < 86_400 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }
}
