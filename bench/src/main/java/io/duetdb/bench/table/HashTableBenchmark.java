package io.duetdb.bench.table;

import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.memory.HashTable;
import io.duetdb.engine.memory.PageMemory;
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

/**
 * Time of one operation on a table of {@code size} entries, chosen at random; the entries themselves are not read. Each
 * operation (or batch) depends on the one before, so that the processor does not overlap what a server could not.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
public class HashTableBenchmark {
    private static final int BATCH = 16;

    /** Entries in the table. */
    @Param({"1000", "1000000", "5000000"})
    public int size;

    private final PageMemory memory = new PageMemory(BlockSource.PLAIN, 1L << 30, false);
    private final HashTable table = new HashTable(memory);
    private final HashTable growing = new HashTable(memory);
    private final int[] ids = new int[BATCH];
    private final long[] hashes = new long[BATCH];
    private final long[] candidates = new long[BATCH];
    private long opaqueMask = Long.MAX_VALUE; // not final, so that it is not folded
    private long state = 1;
    private int grown;

    /** Fills the table. */
    @Setup
    public void fill() {
        table.wrap(HashTable.create(memory));
        growing.wrap(HashTable.create(memory));
        for (int id = 0; id < size; id++) {
            table.insert(hash(id), address(id));
        }
    }

    private static long address(long id) {
        return (id + 1) << 3;
    }

    private static long hash(long id) {
        long z = (id + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private int chance() {
        state = state * 6364136223846793005L + 1442695040888963407L;
        return (int) ((state >>> 33) * size >>> 31);
    }

    /** Lets the next choice wait for {@code result}, which is less than 2^63. */
    private long after(long result) {
        state += result >>> 63;
        return result;
    }

    private long find(int id) {
        long found = table.first(hash(id));
        while (found != 0 && found != address(id)) {
            found = table.next();
        }
        return found;
    }

    /** What the numbers and hashes of the other benchmarks cost alone. */
    @Benchmark
    public long nothing() {
        return hash(chance());
    }

    /** A lookup that finds. */
    @Benchmark
    public long hit() {
        return after(find(chance()));
    }

    /** A lookup that doesn't. */
    @Benchmark
    public long miss() {
        return after(table.first(hash(chance() + (1L << 40))));
    }

    /** A lookup in a batch of 16 whose slots are touched before. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long hitInBatch() {
        for (int i = 0; i < BATCH; i++) {
            ids[i] = chance();
            hashes[i] = hash(ids[i]);
        }
        long sum = table.touchAll(hashes, BATCH, candidates);
        for (int i = 0; i < BATCH; i++) {
            sum |= find(ids[i]);
        }
        return after(sum & opaqueMask);
    }

    /** An entry taken out and put in again, each with its lookup. */
    @Benchmark
    public void removeAndInsert() {
        int id = chance();
        long found = find(id);
        table.remove();
        if (after(table.first(hash(id))) != found) {
            table.insert(hash(id), found);
        }
    }

    /** An insert into a table that grows from nothing to {@code size}, its share of all splits included. */
    @Benchmark
    public void grow() {
        if (grown == size) {
            growing.free();
            growing.wrap(HashTable.create(memory));
            grown = 0;
        }
        growing.insert(hash(grown), address(grown));
        grown++;
    }
}
