package io.duetdb.engine.stats;

/** Counters since the start or the last CONFIG RESETSTAT. Plain fields: only the engine's thread counts. */
public final class Stats {
    private static final int TURN_BUCKETS = 40;

    public long connectionsReceived;
    public long connectionsRejected;
    public long commandsProcessed;
    public long keyspaceHits;
    public long keyspaceMisses;
    public long expiredKeys;
    public long evictedKeys;
    public long evictedClients;
    public long unexpectedErrors;
    public long usedBytesPeak;

    /** Changes that commands made, as Redis counts them for save points; stays through a reset. */
    public long changes;

    /** Memory in use before the first command; stays through a reset. */
    public long usedBytesAtStart;

    public long turns;
    public long turnMaxNs;
    public long turnSumNs;

    /** Time that expiry and freeing took. */
    public long backgroundNs;

    private final CommandStats[] commands;
    private final ErrorStats errors = new ErrorStats();
    private final OpsRate rate = new OpsRate();
    private final GrowthRate inputRate = new GrowthRate();
    private final GrowthRate outputRate = new GrowthRate();
    private final GrowthRate turnRate = new GrowthRate();
    private final GrowthRate turnTimeRate = new GrowthRate();
    private final Slowlog slowlog = new Slowlog();
    private final LatencyEvents latency = new LatencyEvents();
    private boolean latencyTracking = true;
    private final long[] turnHistogram = new long[TURN_BUCKETS];

    /** Counters for a table with {@code commandCount} command ids. */
    public Stats(int commandCount) {
        commands = new CommandStats[commandCount];
        for (int i = 0; i < commandCount; i++) {
            commands[i] = new CommandStats();
        }
    }

    /** The counters of a command by its id. */
    public CommandStats command(int id) {
        return commands[id];
    }

    /** Notes that a client was answered with an error line. */
    public void errorReplied(byte[] line) {
        errors.count(line);
    }

    /** The error replies by their codes. */
    public ErrorStats errors() {
        return errors;
    }

    /** Speed of what comes in over the network. */
    public GrowthRate inputRate() {
        return inputRate;
    }

    /** Speed of what goes out over the network. */
    public GrowthRate outputRate() {
        return outputRate;
    }

    /** Loop turns per second. */
    public GrowthRate turnRate() {
        return turnRate;
    }

    /** Nanoseconds per second that loop turns take. */
    public GrowthRate turnTimeRate() {
        return turnTimeRate;
    }

    /** Requests that took long. */
    public Slowlog slowlog() {
        return slowlog;
    }

    /** Events that took long. */
    public LatencyEvents latency() {
        return latency;
    }

    /** Whether the time of every command is counted in its histogram. */
    public boolean latencyTracking() {
        return latencyTracking;
    }

    public void latencyTracking(boolean value) {
        latencyTracking = value;
    }

    /** Commands in the last whole second before {@code nowNs} on the monotonic clock. */
    public long opsPerSecond(long nowNs) {
        return rate.perSecond(nowNs, commandsProcessed);
    }

    /** Notes one loop turn of {@code ns} that ended at {@code nowNs}: its longest, and a histogram by powers of two. */
    public void turn(long ns, long nowNs) {
        rate.perSecond(nowNs, commandsProcessed);
        turns++;
        turnSumNs += ns;
        if (ns > turnMaxNs) {
            turnMaxNs = ns;
        }
        turnHistogram[Math.min(TURN_BUCKETS - 1, 64 - Long.numberOfLeadingZeros(Math.max(0, ns)))]++;
    }

    /** Upper bound in nanoseconds (a power of two) under which the given share (0..1) of turns stayed. */
    public long turnQuantileNs(double share) {
        long wanted = (long) Math.ceil(turns * share);
        long seen = 0;
        for (int i = 0; i < TURN_BUCKETS; i++) {
            seen += turnHistogram[i];
            if (seen >= wanted) {
                return 1L << i;
            }
        }
        return turnMaxNs;
    }

    /** Everything back to zero, as CONFIG RESETSTAT does. */
    public void reset() {
        connectionsReceived = 0;
        connectionsRejected = 0;
        commandsProcessed = 0;
        keyspaceHits = 0;
        keyspaceMisses = 0;
        expiredKeys = 0;
        evictedKeys = 0;
        evictedClients = 0;
        unexpectedErrors = 0;
        errors.reset();
        rate.reset();
        turns = 0;
        turnMaxNs = 0;
        turnSumNs = 0;
        backgroundNs = 0;
        java.util.Arrays.fill(turnHistogram, 0);
        for (CommandStats c : commands) {
            c.reset();
        }
    }
}
