package io.duetdb.bench.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Twenty SETs each millisecond of keys that are there, chosen at random, from a thread of its own. How long each twenty
 * took is counted from when they were due: what came late for the one before counts too.
 */
final class Writes extends Thread {
    private static final int PER_TICK = 20;
    private static final long TICK_NS = 1_000_000;
    private static final int DIGITS = 12;
    private static final byte[] SET = "SET".getBytes(StandardCharsets.US_ASCII);

    private final int port;
    private final long keys;
    private final byte[] value;
    private final byte[] key = ("key:" + "0".repeat(DIGITS)).getBytes(StandardCharsets.US_ASCII);
    private final SplittableRandom random = new SplittableRandom(7);
    private final Histogram histogram = new Histogram(3_600_000_000L, 3);
    private volatile boolean stopped;
    private volatile String failure = "";

    private Writes(int port, long keys, int valueBytes) {
        super("writes");
        this.port = port;
        this.keys = keys;
        value = new byte[valueBytes];
        Arrays.fill(value, (byte) 'w');
        setDaemon(true);
    }

    /** Begins to write values of so many bytes to keys below the number {@code keys}. */
    static Writes start(int port, long keys, int valueBytes) {
        Writes writes = new Writes(port, keys, valueBytes);
        writes.start();
        return writes;
    }

    /** Stops, and returns the latencies in microseconds. */
    Histogram finish() throws InterruptedException {
        stopped = true;
        join();
        if (!failure.isEmpty()) {
            throw new IllegalStateException("writing failed: " + failure);
        }
        return histogram;
    }

    @Override
    public void run() {
        try (RespClient client = new RespClient(port)) {
            long due = System.nanoTime();
            while (!stopped) {
                for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
                    LockSupport.parkNanos(due - now);
                }
                for (int i = 0; i < PER_TICK; i++) {
                    set(client, random.nextLong(keys));
                }
                client.send();
                client.skip(PER_TICK);
                histogram.recordValue((System.nanoTime() - due) / 1000);
                due += TICK_NS;
            }
        } catch (IOException e) {
            failure = e.toString();
        }
    }

    private void set(RespClient client, long id) {
        long left = id;
        for (int i = key.length - 1; i >= key.length - DIGITS; i--) {
            key[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        client.array(3);
        client.bulk(SET);
        client.bulk(key);
        client.bulk(value);
    }
}
