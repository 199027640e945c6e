package io.duetdb.bench.memory;

import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.memory.Kind;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.memory.View;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Accesses at random over blocks of one size, beside the same accesses to one plain array. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx3g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class PageMemoryBenchmark {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MASK = (1 << 21) - 1; // so many targets that caches don't keep them

    /** Megabytes of blocks: within the second-level cache, and far beyond all of them. */
    @Param({"1", "512"})
    int megabytes;

    @Param("64")
    int blockBytes;

    private PageMemory memory = new PageMemory(BlockSource.PLAIN, 2L << 30, false);
    private byte[] array = new byte[0];
    private long[] all = new long[0];
    private final long[] order = new long[MASK + 1];
    private final int[] plainOrder = new int[MASK + 1];
    private int at;

    @Setup
    public void fill() {
        memory = new PageMemory(BlockSource.PLAIN, 2L << 30, false);
        RandomSource random = new RandomSource(1);
        all = new long[(int) (((long) megabytes << 20) / blockBytes)];
        for (int i = 0; i < all.length; i++) {
            all[i] = memory.allocate(blockBytes, Kind.TEST);
            memory.putLong(all[i], i);
        }
        array = new byte[megabytes << 20];
        for (int i = 0; i <= MASK; i++) {
            order[i] = all[random.nextInt(all.length)];
            plainOrder[i] = random.nextInt(all.length) * blockBytes;
        }
    }

    /** The floor: one array, no table. */
    @Benchmark
    public long getFromPlainArray() {
        return (long) LONG.get(array, plainOrder[at++ & MASK]);
    }

    @Benchmark
    public long get() {
        return memory.getLong(order[at++ & MASK]);
    }

    @Benchmark
    public void put() {
        memory.putLong(order[at & MASK], at++);
    }

    /** Each access waits for the one before, as a walk along references does. */
    @Benchmark
    public long getDependent() {
        long before = memory.getLong(order[at++ & MASK]);
        return memory.getLong(order[(int) (before + at) & MASK]);
    }

    /** A block freed and one of the same size allocated, at random. */
    @Benchmark
    public void freeAndAllocate() {
        int i = plainOrder[at++ & MASK] / blockBytes;
        memory.free(all[i]);
        all[i] = memory.allocate(blockBytes, Kind.TEST);
    }

    /** A freeze and a release with nothing between. */
    @Benchmark
    public int freezeAndRelease() {
        View view = memory.freeze();
        view.close();
        return memory.reclaim(Integer.MAX_VALUE);
    }

    /** A freeze, 1000 random writes under the view, its release and reclaiming. */
    @Benchmark
    public int thousandWritesUnderAView() {
        View view = memory.freeze();
        for (int i = 0; i < 1000; i++) {
            put();
        }
        view.close();
        int places = memory.usedPlaces();
        memory.reclaim(Integer.MAX_VALUE);
        return places;
    }
}
