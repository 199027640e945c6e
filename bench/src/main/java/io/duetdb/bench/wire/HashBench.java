package io.duetdb.bench.wire;

import io.duetdb.bytes.KeyedHash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The keyed hash of short keys beside SipHash-1-3, a batch of 32 as a pipeline brings it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HashBench {
    private static final int BATCH = 32;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Bytes of a key. */
    @Param({"8", "16", "24", "40"})
    public int length;

    private final KeyedHash keyed = new KeyedHash(1, 2);
    private byte[] keys = new byte[0];

    /** Random keys. */
    @Setup
    public void fill() {
        keys = new byte[BATCH * length];
        new Random(1).nextBytes(keys);
    }

    /** The hash in use. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long keyedHash() {
        long sum = 0;
        for (int i = 0; i < BATCH; i++) {
            sum += keyed.hash(keys, i * length, length);
        }
        return sum;
    }

    /** What it is compared with. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long sipHash13() {
        long sum = 0;
        for (int i = 0; i < BATCH; i++) {
            sum += sip(1, 2, keys, i * length, length);
        }
        return sum;
    }

    private static long sip(long k0, long k1, byte[] b, int offset, int length) {
        long v0 = k0 ^ 0x736f6d6570736575L;
        long v1 = k1 ^ 0x646f72616e646f6dL;
        long v2 = k0 ^ 0x6c7967656e657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        int words = length >> 3;
        for (int w = 0; w <= words + 3; w++) {
            long m = 0;
            if (w < words) {
                m = (long) LONG.get(b, offset + 8 * w);
            } else if (w == words) {
                m = (long) length << 56;
                for (int i = 0; i < (length & 7); i++) {
                    m |= (b[offset + 8 * w + i] & 0xFFL) << 8 * i;
                }
            } else if (w == words + 1) {
                v2 ^= 0xff;
            }
            v3 ^= m;
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= m;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
