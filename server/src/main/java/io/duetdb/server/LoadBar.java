package io.duetdb.server;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** How far loading at the start has come: a bar on a terminal, otherwise a line every few seconds. */
final class LoadBar implements Instance.Progress {
    private static final int WIDTH = 30;
    private static final long LINE_EVERY_NS = 5_000_000_000L;
    private static final long MIB = 1L << 20;

    private final PrintStream out;
    private final boolean terminal;
    private final long fromNs;
    private long toldNs;
    private int shown;

    LoadBar(PrintStream out, boolean terminal, long nowNs) {
        this.out = out;
        this.terminal = terminal;
        fromNs = nowNs;
        toldNs = nowNs;
    }

    /**
     * Waits until an instance has loaded what it keeps, and shows how far it is.
     *
     * @throws StartupException when that can't be loaded; the process is to end with a failure then
     */
    static void await(Instance instance, Ending ending) throws StartupException {
        LoadBar bar = new LoadBar(System.out, isTerminal(1), System.nanoTime());
        try {
            instance.awaitLoaded(bar);
        } catch (StartupException e) {
            ending.failed();
            throw e;
        } finally {
            bar.clear();
        }
    }

    @Override
    public void at(long loadedBytes, long totalBytes) {
        at(loadedBytes, totalBytes, System.nanoTime());
    }

    /** The same at a given time. */
    void at(long loadedBytes, long totalBytes, long nowNs) {
        if (totalBytes <= 0 || !terminal && nowNs - toldNs < LINE_EVERY_NS) {
            return;
        }
        toldNs = nowNs;
        long loaded = Math.min(loadedBytes, totalBytes);
        String text = "Loading " + loaded * 100 / totalBytes + " %: " + loaded / MIB + " of " + totalBytes / MIB + " MB"
                + left(loaded, totalBytes, nowNs);
        if (!terminal) {
            out.println(text);
            return;
        }
        int full = (int) (loaded * WIDTH / totalBytes);
        String line = "[" + "#".repeat(full) + ".".repeat(WIDTH - full) + "] " + text;
        out.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
        out.flush();
        shown = line.length();
    }

    private String left(long loaded, long total, long nowNs) {
        long tookNs = nowNs - fromNs;
        if (loaded == 0 || tookNs < LINE_EVERY_NS / 5) {
            return "";
        }
        return ", " + (long) Math.ceil((double) tookNs / loaded * (total - loaded) / 1e9) + " s left";
    }

    /** Leaves nothing of the bar on the terminal. */
    void clear() {
        if (shown > 0) {
            out.print("\r" + " ".repeat(shown) + "\r");
            out.flush();
            shown = 0;
        }
    }

    /** Whether a stream of this process, 1 = standard output, 2 = standard error, is shown on a terminal. */
    static boolean isTerminal(int stream) {
        try {
            String to =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + stream)).toString();
            return to.startsWith("/dev/pts/") || to.startsWith("/dev/tty") || to.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return System.console() != null; // not Linux
        }
    }
}
