package io.duetdb.engine.stats;

import java.util.List;
import java.util.Locale;

/** The report of LATENCY DOCTOR, in Redis' words: what was slow, and what may help. */
public final class LatencyDoctor {
    private static final String DISABLED = """
            I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis instance. You may use \
            "CONFIG SET latency-monitor-threshold <milliseconds>." in order to enable it. If we weren't in a deep \
            space mission I'd suggest to take a look at https://redis.io/topics/latency-monitor.
            """;
    private static final String HEALTHY = """
            Dave, no latency spike was observed during the lifetime of this Redis instance, not in the slightest bit. \
            I honestly think you ought to sit down calmly, take a stress pill, and think things over.
            """;
    private static final String OBSERVED = """
            Dave, I have observed latency spikes in this Redis instance. You don't mind talking about it, do you Dave?

            """;
    private static final String SLOWLOG_ENABLED = """
            - There are latency issues with potentially slow commands you are using. Try to enable the Slow Log Redis \
            feature using the command 'CONFIG SET slowlog-log-slower-than %d'. If the Slow log is disabled Redis is \
            not able to log slow commands execution for you.
            """;
    private static final String SLOWLOG_INSPECT = """
            - Check your Slow Log to understand what are the commands you are running which are too slow to execute. \
            Please check https://redis.io/commands/slowlog for more information.
            """;
    private static final String SCHEDULER = """
            - The system is slow to execute Redis code paths not containing system calls. This usually means the \
            system does not provide Redis CPU time to run for long periods. You should try to:
              1) Lower the system load.
              2) Use a computer / VM just for Redis if you are running other software in the same system.
              3) Check if you have a "noisy neighbour" problem.
              4) Check with 'redis-cli --intrinsic-latency 100' what is the intrinsic latency in your system.
            """;
    private static final String LARGE_OBJECTS = """
            - Deleting, expiring or evicting (because of maxmemory policy) large objects is a blocking operation. If \
            you have very large objects that are often deleted, expired, or evicted, try to fragment those objects \
            into multiple smaller objects.
            """;

    private LatencyDoctor() {}

    /**
     * The report. The advice about memory allocators is not ours to give.
     *
     * @param slowerThanUs the slowlog's threshold, negative when it is off
     */
    public static String report(LatencyEvents events, long slowerThanUs, long nowSeconds) {
        List<String> names = events.names();
        if (names.isEmpty()) {
            return events.thresholdMs() == 0 ? DISABLED : HEALTHY;
        }
        StringBuilder out = new StringBuilder(OBSERVED);
        int number = 0;
        for (String name : names) {
            LatencyEvents.Series series = events.series(name);
            if (series != null) {
                out.append(++number).append(". ").append(summary(name, series, nowSeconds));
            }
        }
        out.append("\nI have a few advices for you:\n\n");
        boolean slow = names.contains(LatencyEvents.COMMAND);
        if (slow) {
            long wantedUs = events.thresholdMs() * 1000;
            if (slowerThanUs < 0 || slowerThanUs > wantedUs) {
                out.append(String.format(Locale.ROOT, SLOWLOG_ENABLED, wantedUs));
            }
            out.append(SLOWLOG_INSPECT);
        }
        if (names.contains(LatencyEvents.FAST_COMMAND)) {
            out.append(SCHEDULER);
        }
        if (slow || names.contains(LatencyEvents.EXPIRE_CYCLE)) {
            out.append(LARGE_OBJECTS);
        }
        return out.toString();
    }

    private static String summary(String name, LatencyEvents.Series series, long nowSeconds) {
        int n = series.size();
        long sum = 0;
        for (int i = 0; i < n; i++) {
            sum += series.ms(i);
        }
        long average = sum / n;
        long deviation = 0;
        for (int i = 0; i < n; i++) {
            deviation += Math.abs(series.ms(i) - average);
        }
        double period = Math.max(1, (nowSeconds - series.seconds(0)) / n);
        return String.format(
                Locale.ROOT,
                "%s: %d latency spikes (average %dms, mean deviation %dms, period %.2f sec). Worst all time event"
                        + " %dms.\n",
                name,
                n,
                average,
                deviation / n,
                period,
                series.maxMs());
    }
}
