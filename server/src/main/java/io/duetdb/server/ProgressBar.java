package io.duetdb.server;

import io.duetdb.persistence.load.Amounts;
import io.duetdb.persistence.tool.Meter;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Shows long work as a bar in one line of a terminal, drawn a few times a second and gone when the work has ended. */
final class ProgressBar implements Meter {
    private static final int WIDTH = 24;
    private static final long FIRST_NS = 500_000_000;
    private static final long EVERY_NS = 100_000_000;
    private static final int LOOK_EVERY = 16;
    private static final String ERASE = "\r\u001b[K";

    private final PrintStream out;
    private final LongSupplier clockNs;
    private String what = "";
    private String unit = "";
    private long total;
    private long startedNs;
    private long drawnNs;
    private boolean drawn;
    private int calls;

    /** A bar that is drawn on {@code out}, by a monotonic clock. */
    ProgressBar(PrintStream out, LongSupplier clockNs) {
        this.out = out;
        this.clockNs = clockNs;
    }

    /** A meter for the standard error stream: a bar if that is a terminal, else nothing. */
    static Meter onStandardError() {
        return LoadBar.isTerminal(2) ? new ProgressBar(System.err, System::nanoTime) : Meter.NONE;
    }

    @Override
    public void begin(String words, long all, String of) {
        boolean same = words.equals(what);
        what = words;
        total = all;
        unit = of;
        if (!same) {
            startedNs = clockNs.getAsLong();
            drawnNs = startedNs + FIRST_NS - EVERY_NS; // what is quick shows nothing
        }
    }

    @Override
    public void at(long done) {
        if (++calls % LOOK_EVERY == 0 || unit.equals("bytes")) {
            long now = clockNs.getAsLong();
            if (now - drawnNs >= EVERY_NS) {
                drawnNs = now;
                draw(done, now);
            }
        }
    }

    private void draw(long done, long now) {
        double share = total <= 0 ? 0 : Math.min(1.0, (double) done / total);
        int full = (int) (share * WIDTH);
        StringBuilder line = new StringBuilder(ERASE).append(what).append(' ');
        if (total > 0) {
            line.append('[')
                    .append("#".repeat(full))
                    .append(".".repeat(WIDTH - full))
                    .append("] ");
            line.append(String.format(Locale.ROOT, "%.0f %% of ", share * 100));
            line.append(amount(total));
        } else {
            line.append(amount(done));
        }
        double seconds = (now - startedNs) / 1e9;
        if (share > 0.02 && share < 1) {
            line.append(", ")
                    .append((long) Math.ceil(seconds / share * (1 - share)))
                    .append(" s left");
        }
        out.print(line);
        out.flush();
        drawn = true;
    }

    private String amount(long number) {
        return unit.equals("bytes") ? Amounts.bytes(number) : Amounts.number(number) + " " + unit;
    }

    @Override
    public void end() {
        if (drawn) {
            out.print(ERASE);
            out.flush();
            drawn = false;
        }
        what = "";
    }
}
