package io.duetdb.engine.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What took longer than the latency monitor's threshold, by kind of event: the last 160 seconds in which it happened,
 * with the worst of each. Nothing is kept while the threshold is 0.
 */
public final class LatencyEvents {
    /** A command that is not flagged fast. */
    public static final String COMMAND = "command";

    /** A command that is. */
    public static final String FAST_COMMAND = "fast-command";

    /** Expiry and freeing of memory in the background. */
    public static final String EXPIRE_CYCLE = "expire-cycle";

    private static final int SAMPLES_MAX = 160;

    /** The samples of one kind of event. */
    public static final class Series {
        private final long[] seconds = new long[SAMPLES_MAX];
        private final long[] ms = new long[SAMPLES_MAX];
        private int next;
        private int size;
        private long maxMs;

        void add(long unixSeconds, long value) {
            maxMs = Math.max(maxMs, value);
            int last = (next + SAMPLES_MAX - 1) % SAMPLES_MAX;
            if (size > 0 && seconds[last] == unixSeconds) {
                ms[last] = Math.max(ms[last], value);
                return;
            }
            seconds[next] = unixSeconds;
            ms[next] = value;
            next = (next + 1) % SAMPLES_MAX;
            size = Math.min(size + 1, SAMPLES_MAX);
        }

        /** Number of samples. */
        public int size() {
            return size;
        }

        /** When the i-th sample was taken, seconds since the epoch; the oldest is 0. */
        public long seconds(int i) {
            return seconds[at(i)];
        }

        /** The i-th sample in ms. */
        public long ms(int i) {
            return ms[at(i)];
        }

        private int at(int i) {
            return (next - size + i + SAMPLES_MAX) % SAMPLES_MAX;
        }

        /** The longest ever. */
        public long maxMs() {
            return maxMs;
        }
    }

    private final Map<String, Series> byName = new TreeMap<>();
    private long thresholdMs;

    /** Events from this many ms on are kept; 0 = none. */
    public long thresholdMs() {
        return thresholdMs;
    }

    public void thresholdMs(long value) {
        thresholdMs = value;
    }

    /** Notes an event if it took long enough. */
    public void happened(String name, long unixSeconds, long ns) {
        long ms = ns / 1_000_000;
        if (thresholdMs > 0 && ms >= thresholdMs) {
            byName.computeIfAbsent(name, n -> new Series()).add(unixSeconds, ms);
        }
    }

    /** Names of the events there are samples of. */
    public List<String> names() {
        return new ArrayList<>(byName.keySet());
    }

    /** The samples of an event, or null. */
    public @Nullable Series series(String name) {
        return byName.get(name);
    }

    /** Forgets an event. Returns whether there was anything. */
    public boolean reset(String name) {
        return byName.remove(name) != null;
    }

    /** Forgets everything. Returns the number of events there were. */
    public int resetAll() {
        int count = byName.size();
        byName.clear();
        return count;
    }
}
