package io.duetdb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Holds the guarded rows against the ratios that were recorded for them. A row more than 5 % down is run again in full
 * before it counts as fallen: three short rounds are noisy.
 */
final class Guard {
    private static final Path FILE = Path.of("bench/guard.tsv");
    private static final double DOWN = 0.95;
    private static final String HEAD =
            "# row\tcounts\tratio (higher is better; recorded by bench/compare --guard --record)";

    private record Recorded(String counts, double ratio) {}

    private final Session session;
    private final Report report;

    Guard(Session session, Report report) {
        this.session = session;
        this.report = report;
    }

    /** Runs the rows; rows without a record get one. Returns whether none has fallen. */
    boolean run(List<Row> rows) throws IOException {
        boolean anew = session.options().record();
        Map<String, Recorded> records = anew ? new LinkedHashMap<>() : read();
        boolean good = true;
        List<String> summary = new ArrayList<>();
        for (Row row : rows) {
            Result result = Compare.run(row, session, report);
            if (result == null) {
                good = false;
                continue;
            }
            Recorded before = records.get(row.name());
            if (before == null) {
                records.put(row.name(), new Recorded(result.counts(), standing(result, result.counts())));
                summary.add(row.name() + ": recorded");
                continue;
            }
            double now = standing(result, before.counts);
            if (now < before.ratio * DOWN) {
                session.progress("%s is down, run again in full", row.name());
                Row full = new Row(row.name() + " again", row.goal(), row.workload(), -row.rounds(), true);
                Result again = Compare.run(full, session, report);
                now = again == null ? 0 : standing(again, before.counts);
            }
            boolean fallen = now < before.ratio * DOWN;
            good &= !fallen;
            summary.add(String.format(
                    Locale.ROOT, "%s: %.3f, recorded %.3f%s", row.name(), now, before.ratio, fallen ? ", DOWN" : ""));
        }
        if (!session.options().quick()) {
            write(records);
        }
        summary.forEach(System.out::println);
        return good;
    }

    /** A result as one number of which more is better, by the measure that counted when it was recorded. */
    private static double standing(Result result, String counts) {
        Series series = result.figures().getOrDefault(counts, result.value());
        return result.goal().higherIsBetter() ? series.median() : 1 / series.median();
    }

    private static Map<String, Recorded> read() throws IOException {
        Map<String, Recorded> records = new LinkedHashMap<>();
        if (Files.exists(FILE)) {
            for (String line : Files.readAllLines(FILE)) {
                String[] f = line.split("\t");
                if (!line.startsWith("#") && f.length == 3) {
                    records.put(f[0], new Recorded(f[1], Double.parseDouble(f[2])));
                }
            }
        }
        return records;
    }

    private static void write(Map<String, Recorded> records) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEAD));
        records.forEach((row, r) -> lines.add(String.format(Locale.ROOT, "%s\t%s\t%.3f", row, r.counts, r.ratio)));
        Files.write(FILE, lines);
    }
}
