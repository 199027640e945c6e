package io.duetdb.bench.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The program behind {@code bench/compare}: runs rows of {@link Rows} and reports them. */
public final class Compare {
    private Compare() {}

    /** See {@link Options#HELP}. Exit status: 0, 1 when a row misses its floor or fell behind the guard, 2 on misuse. */
    public static void main(String[] words) throws IOException {
        Options options;
        try {
            options = Options.parse(words);
        } catch (IllegalArgumentException e) {
            System.err.println("bench/compare: " + e.getMessage());
            System.exit(2);
            return;
        }
        if (options.help()) {
            System.out.print(Options.HELP);
            return;
        }
        List<Row> rows = select(options);
        if (options.list()) {
            list(rows);
            return;
        }
        if (rows.isEmpty()) {
            System.err.println("bench/compare: no row matches " + options.rows() + " (see --list)");
            System.exit(2);
        }
        Session session = new Session(options);
        Report report = new Report(options);
        report.head();
        boolean good = options.guard() ? new Guard(session, report).run(rows) : run(rows, session, report);
        report.tail();
        System.exit(good ? 0 : 1);
    }

    private static boolean run(List<Row> rows, Session session, Report report) {
        boolean good = true;
        for (Row row : rows) {
            Result result = run(row, session, report);
            good &= result != null && !result.verdict().equals("MISS");
        }
        return good;
    }

    /** Runs one row and prints it. Returns null when it could not be measured; the reason is printed. */
    static @Nullable Result run(Row row, Session session, Report report) {
        long start = System.nanoTime();
        try {
            Result result = row.workload().run(row, session);
            report.row(result, (System.nanoTime() - start) / 1e9);
            return result;
        } catch (Exception e) {
            report.failed(row, e);
            return null;
        }
    }

    private static List<Row> select(Options options) {
        List<Row> chosen = new ArrayList<>();
        for (Row row : Rows.all()) {
            boolean named = options.rows().stream().anyMatch(p -> row.name().matches(p.replace("*", ".*")));
            if (options.guard() ? row.guarded() : named) {
                chosen.add(row);
            }
        }
        return chosen;
    }

    private static void list(List<Row> rows) {
        for (Row row : rows) {
            Row.Goal goal = row.goal();
            System.out.printf(
                    Locale.ROOT,
                    "%-20s %s %-8s %s %-8s %-6s %d rounds%s%n",
                    row.name(),
                    "floor",
                    Report.number(goal.floor()),
                    "aim",
                    Report.number(goal.aim()),
                    goal.unit(),
                    row.rounds(),
                    row.guarded() ? ", guarded" : "");
        }
    }
}
