package io.duetdb.engine.stats;

/** What INFO commandstats shows of one command. Times in nanoseconds. */
public final class CommandStats {
    public long calls;
    public long timeNs;
    public long rejected;
    public long failed;
}
