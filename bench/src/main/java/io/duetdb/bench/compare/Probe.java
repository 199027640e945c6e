package io.duetdb.bench.compare;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Pings a server every millisecond from a thread of its own and records how long each answer took: what a client beside
 * the work notices. A late answer counts for the pings that should have been sent meanwhile too.
 */
final class Probe extends Thread {
    private static final long INTERVAL_US = 1000;

    private final int port;
    private final Histogram histogram = new Histogram(3_600_000_000L, 3);
    private volatile boolean stopped;
    private volatile String failure = "";

    private Probe(int port) {
        super("probe");
        this.port = port;
        setDaemon(true);
    }

    /** Starts probing. */
    static Probe start(int port) {
        Probe probe = new Probe(port);
        probe.setPriority(MAX_PRIORITY);
        probe.start();
        return probe;
    }

    /** Probes an otherwise idle server for a while. */
    static Histogram idle(int port, long ms) throws InterruptedException {
        Probe probe = start(port);
        Thread.sleep(ms);
        return probe.finish();
    }

    /** Stops, and returns the latencies in microseconds. */
    Histogram finish() throws InterruptedException {
        stopped = true;
        join();
        if (!failure.isEmpty()) {
            throw new IllegalStateException("the probe failed: " + failure);
        }
        return histogram;
    }

    @Override
    public void run() {
        try (RespClient client = new RespClient(port)) {
            for (int i = 0; i < 100; i++) {
                client.run("PING");
            }
            long next = System.nanoTime();
            while (!stopped) {
                long start = System.nanoTime();
                client.run("PING");
                long end = System.nanoTime();
                histogram.recordValueWithExpectedInterval((end - start) / 1000, INTERVAL_US);
                next = Math.max(next + INTERVAL_US * 1000, end);
                LockSupport.parkNanos(next - System.nanoTime());
            }
        } catch (IOException e) {
            failure = e.toString();
        }
    }
}
