package io.duetdb.bench.inprocess;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Bytes that decoder, engine and reply sink allocate per command: must be exactly none over a million commands. Requests
 * arrive as a pipeline of 16 in wire form; keys are there beforehand. What a command costs without a socket (decoder,
 * engine, sink; the making of random keys included) stands beside it.
 *
 * <p>Options: {@code --commands 1000000 --keys 100000}.
 */
public final class AllocBench {
    private static final int PIPELINE = 16;
    private static final int DIGITS = 12;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Rig rig = new Rig(1L << 30);
    private final SplittableRandom random = new SplittableRandom(11);
    private final int keys;
    private final long commands;

    private AllocBench(int keys, long commands) {
        this.keys = keys;
        this.commands = commands;
        rig.refuseErrors();
    }

    /** Runs all cases. Exit status 1 when one allocates. */
    public static void main(String[] words) {
        Arguments arguments = new Arguments(words);
        AllocBench bench =
                new AllocBench((int) arguments.number("keys", 100_000), arguments.number("commands", 1_000_000));
        System.exit(bench.run() ? 0 : 1);
    }

    private boolean run() {
        String value = "v".repeat(64);
        for (int i = 0; i < keys; i++) {
            rig.ask("SET", String.format(Locale.ROOT, "key:%012d", i), value);
            rig.ask("SET", String.format(Locale.ROOT, "num:%012d", i), Integer.toString(i));
        }
        boolean good = true;
        good &= measure("PING", wire("PING"));
        good &= measure("GET", wire("GET", "key:"));
        good &= measure("SET", wire("SET", "key:", value));
        good &= measure("INCR", wire("INCR", "num:"));
        good &= measure("EXPIRE", wire("EXPIRE", "key:", "100000"));
        good &= measure("TTL", wire("TTL", "key:"));
        good &= measure("DEL+SET", wire("DEL", "key:"), wire("SET", "key:", value));
        good &= measure("SET EX", wire("SET", "key:", value, "EX", "100000"));
        good &= measure("MGET of 4", wire("MGET", "key:", "key:", "key:", "key:"));
        good &= measure("GET, absent", wire("GET", "none:"));
        good &= collections();
        return good;
    }

    private boolean collections() {
        for (int i = 0; i < keys; i++) {
            String member = String.format(Locale.ROOT, "m:%012d", i);
            rig.ask("HSET", "hash", member, "value");
            rig.ask("SADD", "set", member);
            rig.ask("ZADD", "zset", Integer.toString(i * 7919 % keys), member);
            rig.ask("RPUSH", "list", member);
        }
        boolean good = true;
        good &= measure("HSET", wire("HSET", "hash", "m:", "other"));
        good &= measure("HGET", wire("HGET", "hash", "m:"));
        good &= measure("LPUSH+LPOP", wire("LPUSH", "list", "m:"), wire("LPOP", "list"));
        good &= measure("RPUSH+LPOP", wire("RPUSH", "list", "m:"), wire("LPOP", "list"));
        good &= measure("SADD", wire("SADD", "set", "m:"));
        good &= measure("SISMEMBER", wire("SISMEMBER", "set", "m:"));
        good &= measure("SREM+SADD", wire("SREM", "set", "m:"), wire("SADD", "set", "m:"));
        good &= measure("ZADD, update", wire("ZADD", "zset", "7", "m:"), wire("ZADD", "zset", "70000", "m:"));
        good &= measure("ZSCORE", wire("ZSCORE", "zset", "m:"));
        return good;
    }

    /** A command in wire form; words that end in a colon get twelve digits that change. */
    private static byte[] wire(String... words) {
        StringBuilder s = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            String text = word.endsWith(":") ? word + "0".repeat(DIGITS) : word;
            s.append('$').append(text.length()).append("\r\n").append(text).append("\r\n");
        }
        return s.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private boolean measure(String name, byte[]... alternating) {
        int length = 0;
        for (int i = 0; i < PIPELINE; i++) {
            length += alternating[i % alternating.length].length;
        }
        byte[] pipeline = new byte[length];
        int at = 0;
        for (int i = 0; i < PIPELINE; i++) {
            byte[] command = alternating[i % alternating.length];
            System.arraycopy(command, 0, pipeline, at, command.length);
            at += command.length;
        }
        int perKey = alternating.length;
        run(pipeline, perKey, commands / 2);
        run(pipeline, perKey, commands / 2);
        long replied = rig.repliedBytes();
        long cpu = threads.getCurrentThreadCpuTime();
        long before = threads.getCurrentThreadAllocatedBytes();
        run(pipeline, perKey, commands);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        cpu = threads.getCurrentThreadCpuTime() - cpu;
        System.out.printf(
                Locale.ROOT,
                "%-12s %10d bytes over %d commands = %.4f each (%.1f bytes of reply, %.0f ns of CPU each)%n",
                name,
                bytes,
                commands,
                bytes / (double) commands,
                (rig.repliedBytes() - replied) / (double) commands,
                cpu / (double) commands);
        return bytes == 0;
    }

    /** Runs the pipeline with new keys each time; {@code perKey} commands in a row share one. */
    private void run(byte[] pipeline, int perKey, long count) {
        for (long i = 0; i < count; i += PIPELINE) {
            int key = 0;
            int met = 0;
            for (int at = 0; at + DIGITS < pipeline.length; at++) {
                if (pipeline[at] == ':') {
                    key = met++ % perKey == 0 ? random.nextInt(keys) : key;
                    Requests.digits(pipeline, at + 1 + DIGITS, DIGITS, key);
                    at += DIGITS;
                }
            }
            rig.turn(pipeline, pipeline.length);
        }
    }
}
