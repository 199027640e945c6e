package io.duetdb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints rows as they come, and everything measured as JSON at the end. */
final class Report {
    private static final String FORMAT = "%-20s %-16s %-16s %-26s %-7s %-7s %-7s %s%n";

    private final Options options;
    private final List<String> json = new ArrayList<>();
    private int missed;
    private int failed;

    Report(Options options) {
        this.options = options;
    }

    /** Prints what the figures depend on, and the table's head. */
    void head() {
        System.out.println("machine: " + Proc.machine());
        System.out.println("Duet on JDK " + options.jdk() + ", servers on core " + ServerProcess.CORE
                + ", clients on core " + Tool.CORE + (options.quick() ? "; quick form" : ""));
        System.out.println();
        String name = options.self() ? "redis too" : "Duet";
        print(FORMAT, "row", name, "redis", "value (spread)", "floor", "aim", "counts", "verdict");
    }

    /** Prints one row with its details. */
    void row(Result result, double seconds) {
        Series value = result.value();
        String spread = number(value.median()) + " " + result.goal().unit();
        if (value.size() > 1) {
            spread += " (" + number(value.min()) + ".." + number(value.max()) + ")";
        }
        String verdict = options.self() ? likeness(result) : result.verdict();
        missed += verdict.startsWith("MISS") ? 1 : 0;
        print(
                FORMAT,
                result.row(),
                result.duet(),
                result.peer(),
                spread,
                number(result.goal().floor()),
                number(result.goal().aim()),
                result.counts(),
                verdict);
        for (String detail : result.details()) {
            print("    %s%n", detail);
        }
        json.add(asJson(result, seconds));
    }

    /** What a server against itself must show: a ratio near 1. */
    private static String likeness(Result result) {
        if (!result.goal().unit().equals("x") || result.value().size() == 0) {
            return "-";
        }
        return Math.abs(result.value().median() - 1) <= 0.05 ? "alike" : "MISS (unlike)";
    }

    /** Prints a row that could not be measured. */
    void failed(Row row, Exception e) {
        failed++;
        print("%-18s FAILED: %s%n", row.name(), e);
        json.add("{\"row\":" + quoted(row.name()) + ",\"failed\":" + quoted(e.toString()) + "}");
    }

    /** Prints the servers' command lines and writes the JSON file, if one was asked for. */
    void tail() throws IOException {
        System.out.println();
        for (Map.Entry<String, String> entry : options.commandLines().entrySet()) {
            System.out.println(entry.getKey() + ": " + entry.getValue());
        }
        print("%d rows: %d below their floor, %d failed%n", json.size(), missed, failed);
        if (!options.json().isEmpty()) {
            Files.writeString(Path.of(options.json()), """
                    {"machine":%s,"jdk":%s,"quick":%s,"servers":%s,"rows":[
                    %s
                    ]}
                    """.formatted(
                            quoted(Proc.machine()),
                            quoted(options.jdk()),
                            options.quick(),
                            quoted(options.commandLines().toString()),
                            String.join(",\n", json)));
        }
    }

    /** A number with as many digits as it needs to be told from its neighbours. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 1000 ? "%.0f" : size >= 100 ? "%.1f" : "%.2f", value);
    }

    private static String asJson(Result result, double seconds) {
        StringBuilder s = new StringBuilder("{\"row\":").append(quoted(result.row()));
        s.append(",\"value\":").append(plain(result.value().median()));
        s.append(",\"floor\":").append(plain(result.goal().floor()));
        s.append(",\"aim\":").append(plain(result.goal().aim()));
        s.append(",\"unit\":").append(quoted(result.goal().unit()));
        s.append(",\"counts\":").append(quoted(result.counts()));
        s.append(",\"verdict\":").append(quoted(result.verdict()));
        s.append(",\"seconds\":").append(plain(seconds));
        s.append(",\"rounds\":").append(array(result.value()));
        for (Map.Entry<String, Series> figure : result.figures().entrySet()) {
            s.append(',').append(quoted(figure.getKey())).append(':').append(array(figure.getValue()));
        }
        s.append(",\"details\":[");
        for (int i = 0; i < result.details().size(); i++) {
            s.append(i == 0 ? "" : ",").append(quoted(result.details().get(i)));
        }
        return s.append("]}").toString();
    }

    private static String array(Series series) {
        StringBuilder s = new StringBuilder("[");
        for (int i = 0; i < series.size(); i++) {
            s.append(i == 0 ? "" : ",").append(plain(series.get(i)));
        }
        return s.append(']').toString();
    }

    private static String plain(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.6g", value) : "null";
    }

    private static String quoted(String text) {
        StringBuilder s = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                s.append('\\').append(c);
            } else if (c < ' ') {
                s.append(' ');
            } else {
                s.append(c);
            }
        }
        return s.append('"').toString();
    }

    private static void print(String format, Object... arguments) {
        System.out.printf(Locale.ROOT, format, arguments);
        System.out.flush();
    }
}
