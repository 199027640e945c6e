package io.duetdb.engine.commands;

import java.util.Locale;

/** The text of INFO as it grows, line by line. */
final class InfoLines {
    private static final long KB = 1024;

    private final StringBuilder out = new StringBuilder();

    /** Begins a section; an empty line stands before all but the first. */
    void title(String title) {
        if (out.length() > 0) {
            out.append("\r\n");
        }
        out.append("# ").append(title).append("\r\n");
    }

    void line(String name, String value) {
        out.append(name).append(':').append(value).append("\r\n");
    }

    void line(String name, long value) {
        out.append(name).append(':').append(value).append("\r\n");
    }

    /** Several figures that are zero as long as what they count is not there. */
    void zeros(String... names) {
        for (String name : names) {
            line(name, 0);
        }
    }

    /** A ratio or percentage, two decimals. */
    void ratio(String name, double value) {
        line(name, decimal(value));
    }

    /** A number of bytes, and again for people. */
    void bytes(String name, long value) {
        line(name, value);
        line(name + "_human", human(value));
    }

    /** Microseconds, shown as seconds. */
    void seconds(String name, long us) {
        line(name, String.format(Locale.ROOT, "%d.%06d", us / 1_000_000, us % 1_000_000));
    }

    private static String human(long value) {
        if (value < KB) {
            return value + "B";
        }
        double scaled = value;
        int unit = -1;
        while (scaled >= KB && unit < 4) {
            scaled /= KB;
            unit++;
        }
        return decimal(scaled) + "KMGTP".charAt(unit);
    }

    /** Two decimals. */
    static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
