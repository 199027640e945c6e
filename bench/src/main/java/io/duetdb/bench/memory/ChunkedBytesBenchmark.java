package io.duetdb.bench.memory;

import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.memory.ChunkedBytes;
import io.duetdb.engine.memory.HashTable;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.memory.Reclaimer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Strings of 100 KB in chunks: as a whole, by single bytes, growing, and given back in steps. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx3g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class ChunkedBytesBenchmark {
    private static final int LENGTH = 100_000;

    private final PageMemory memory = new PageMemory(BlockSource.PLAIN, 1L << 30, false);
    private final Reclaimer reclaimer = new Reclaimer(memory);
    private final HashTable table = new HashTable(memory);
    private final byte[] bytes = new byte[LENGTH];
    private final HashTable.SlotVisitor free = memory::free;
    private long root;
    private long growing;
    private int grown;
    private int at;

    @Setup
    public void create() {
        root = ChunkedBytes.create(memory, bytes, 0, LENGTH);
        reclaimer.wrap(Reclaimer.create(memory));
    }

    @Benchmark
    public void read() {
        ChunkedBytes.read(memory, root, LENGTH, 0, bytes, 0, LENGTH);
    }

    @Benchmark
    public void write() {
        ChunkedBytes.write(memory, root, LENGTH, 0, bytes, 0, LENGTH);
    }

    @Benchmark
    public void createAndFree() {
        ChunkedBytes.free(memory, ChunkedBytes.create(memory, bytes, 0, LENGTH), LENGTH);
    }

    @Benchmark
    public void putByte() {
        at = (at + 7919) % LENGTH;
        ChunkedBytes.putByte(memory, root, LENGTH, at, at);
    }

    /** 16 bytes appended to a string that starts anew at 100 KB. */
    @Benchmark
    public void append() {
        if (grown > LENGTH) {
            ChunkedBytes.free(memory, growing, grown);
            growing = 0;
            grown = 0;
        }
        growing = ChunkedBytes.resize(memory, growing, grown, grown + 16);
        ChunkedBytes.write(memory, growing, grown + 16, grown, bytes, 0, 16);
        grown += 16;
    }

    /** A string of 8 MB, 2048 chunks of which each is touched, made and given back in steps. */
    @Benchmark
    public int createAndReclaim8Mb() {
        long large = ChunkedBytes.create(memory, 8 << 20);
        for (int i = 0; i < 8 << 20; i += ChunkedBytes.CHUNK) {
            ChunkedBytes.putByte(memory, large, 8 << 20, i, i);
        }
        reclaimer.chunks(large, 8 << 20);
        int steps = 0;
        while (reclaimer.step(Reclaimer.STEP, table, free) > 0) {
            steps++;
        }
        return steps;
    }
}
