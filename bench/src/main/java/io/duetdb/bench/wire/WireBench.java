package io.duetdb.bench.wire;

import io.duetdb.bytes.Doubles;
import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.wire.CommandEncoder;
import io.duetdb.wire.DecoderLimits;
import io.duetdb.wire.Output;
import io.duetdb.wire.RespDecoder;
import io.duetdb.wire.RespReply;
import io.duetdb.wire.WireBuffers;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Requests in and replies out, without sockets: nanoseconds for each of a pipeline of 64. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WireBench {
    private static final int PIPELINE = 64;

    private final WireBuffers buffers = new WireBuffers();
    private final RespDecoder decoder = new RespDecoder(buffers, new DecoderLimits());
    private final RespReply reply = new RespReply();
    private final Sink sink = new Sink();
    private final byte[] text = new byte[64];
    private final byte[] value = new byte[64];
    private final long[] numbers = new long[PIPELINE];
    private final double[] scores = new double[PIPELINE];
    private final double[] anyDoubles = new double[PIPELINE];
    private byte[] gets = new byte[0];
    private byte[] sets = new byte[0];

    /** Where replies go: nowhere. */
    private static final class Sink implements Output {
        private final byte[] bytes = new byte[1 << 17];
        private long position;

        @Override
        public void write(byte[] b, int offset, int length) {
            System.arraycopy(b, offset, bytes, 0, length);
            position += length;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void truncate(long to) {
            position = to;
        }
    }

    /** Pipelines as redis-benchmark sends them. */
    @Setup
    public void fill() {
        gets = pipeline(Argv.of("GET", "key:000000123456"));
        sets = pipeline(Argv.of("SET", "key:000000123456", "x".repeat(64)));
        Random random = new Random(1);
        for (int i = 0; i < PIPELINE; i++) {
            numbers[i] = random.nextInt(1_000_000);
            scores[i] = random.nextInt(100_000) / 100.0;
            anyDoubles[i] = random.nextDouble();
        }
    }

    private static byte[] pipeline(Argv argv) {
        int length = (int) CommandEncoder.length(argv);
        byte[] all = new byte[PIPELINE * length];
        for (int i = 0; i < PIPELINE; i++) {
            CommandEncoder.write(argv, all, i * length);
        }
        return all;
    }

    private int decode(byte[] pipeline) {
        decoder.input(pipeline, 0, pipeline.length);
        int sum = 0;
        int count;
        while ((count = decoder.decode(WireBuffers.BATCH_MAX, true)) > 0) {
            sum += buffers.batch()[count - 1].count();
            decoder.executed(count);
        }
        decoder.keep();
        return sum;
    }

    /** Two arguments. */
    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public int decodeGet() {
        return decode(gets);
    }

    /** Three arguments. */
    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public int decodeSet() {
        return decode(sets);
    }

    /** A value of 64 bytes. */
    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public long replyBulk() {
        reply.bind(sink, 2);
        for (int i = 0; i < PIPELINE; i++) {
            reply.bulk(value, 0, value.length);
        }
        reply.finish();
        return sink.position;
    }

    /** A number of up to six digits. */
    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public long replyInteger() {
        reply.bind(sink, 2);
        for (int i = 0; i < PIPELINE; i++) {
            reply.integer(numbers[i]);
        }
        reply.finish();
        return sink.position;
    }

    /** A score with two decimals. */
    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public long replyScore() {
        reply.bind(sink, 2);
        for (int i = 0; i < PIPELINE; i++) {
            reply.real(scores[i]);
        }
        reply.finish();
        return sink.position;
    }

    /** A double of about 17 digits. */
    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public int printDouble() {
        int sum = 0;
        for (int i = 0; i < PIPELINE; i++) {
            sum += Doubles.write(anyDoubles[i], text, 0);
        }
        return sum;
    }

    /** A number of up to six digits, printed and read. */
    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public long numberThereAndBack() {
        long sum = 0;
        for (int i = 0; i < PIPELINE; i++) {
            int end = Numbers.write(numbers[i], text, 0);
            sum += Numbers.parse(text, 0, end);
        }
        return sum;
    }
}
