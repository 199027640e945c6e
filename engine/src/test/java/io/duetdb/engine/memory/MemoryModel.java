package io.duetdb.engine.memory;

import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.api.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** A PageMemory beside its plain twin: a list of blocks with their bytes. Every random step is done to both. */
final class MemoryModel {
    static final int MAX_VIEWS = 4;

    /** A block's bytes; never changed, so that a past shares them. */
    record Block(long address, byte[] bytes) {}

    /** What the model looked like at a freeze, and who compares the view with it. */
    static final class Past {
        final View view;
        final List<Block> blocks;
        final long root;
        Future<Boolean> reader;

        Past(View view, List<Block> blocks, long root) {
            this.view = view;
            this.blocks = blocks;
            this.root = root;
        }
    }

    final PageMemory memory;
    final RandomSource random;
    final ExecutorService readers;
    final List<Past> pasts = new ArrayList<>();
    List<Block> blocks = new ArrayList<>();
    long root;
    int steps;
    int cancelled;
    int maxOrder = 9;
    boolean mayBeCancelled;
    private int targetBlocks = 1000;

    MemoryModel(PageMemory memory, long seed, ExecutorService readers) {
        this.memory = memory;
        this.random = new RandomSource(seed);
        this.readers = readers;
    }

    void run(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            step();
            steps++;
            if (steps % 1000 == 0) {
                memory.verify();
            }
        }
    }

    private void step() throws Exception {
        int dice = random.nextInt(1000);
        if (dice < 4) {
            rare();
        } else if (dice < 24) {
            memory.reclaim(1 + random.nextInt(100));
        } else if (dice < 250) {
            write();
        } else if (dice < 350) {
            read();
        } else if (dice < 360) {
            root = random.nextLong();
            memory.root(5, root);
        } else if (dice < 361) {
            targetBlocks = random.nextInt(10) == 0 ? 0 : random.nextInt(6000);
        } else if (memory.lowOnRoom()) {
            free();
        } else if (blocks.size() < targetBlocks || blocks.size() < targetBlocks * 3 / 2 && random.nextInt(2) == 0) {
            allocate();
        } else {
            free();
        }
    }

    private void rare() throws Exception {
        int dice = random.nextInt(100);
        if (dice < 45) {
            if (pasts.size() < MAX_VIEWS) {
                freeze();
            }
        } else if (dice < 80) {
            if (!pasts.isEmpty()) {
                release(random.nextInt(pasts.size()));
            }
        } else if (dice < 98) {
            if (!pasts.isEmpty()) {
                rollBack(random.nextInt(pasts.size()));
            }
        } else {
            memory.clear();
            blocks = new ArrayList<>();
            root = 0;
        }
    }

    private int someSize() {
        int dice = random.nextInt(20);
        return dice < 15 ? 1 + random.nextInt(300) : 1 + random.nextInt(PageMemory.MAX_BLOCK);
    }

    private void allocate() {
        boolean run = random.nextInt(100) == 0;
        int pages = 1 << (random.nextInt(50) == 0 ? random.nextInt(maxOrder + 1) : random.nextInt(4));
        int size = run ? pages * PageMemory.PAGE_BYTES : someSize();
        long address = run ? memory.allocatePages(pages, Kind.WHEEL) : memory.allocate(size, Kind.TEST);
        byte[] bytes = new byte[size];
        if (run) {
            byte[] zeroes = new byte[size];
            memory.copyOut(address, zeroes, 0, size);
            if (!Arrays.equals(zeroes, bytes)) {
                throw new AssertionError("a run is not zeroed");
            }
        } else {
            Arrays.fill(bytes, (byte) random.nextInt(256));
            memory.copyIn(address, bytes, 0, size);
        }
        if (memory.capacity(address) < size) {
            throw new AssertionError("capacity");
        }
        blocks.add(new Block(address, bytes));
    }

    private void free() {
        if (!blocks.isEmpty()) {
            int i = random.nextInt(blocks.size());
            Block last = blocks.remove(blocks.size() - 1);
            if (i < blocks.size()) {
                last = blocks.set(i, last);
            }
            memory.free(last.address);
        }
    }

    private void write() {
        if (blocks.isEmpty()) {
            return;
        }
        int i = random.nextInt(blocks.size());
        Block block = blocks.get(i);
        byte[] bytes = block.bytes.clone();
        int from = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - from, 1 + random.nextInt(bytes.length));
        switch (random.nextInt(4)) {
            case 0 -> {
                byte[] fresh = new byte[length];
                Arrays.fill(fresh, (byte) random.nextInt(256));
                memory.copyIn(block.address + from, fresh, 0, length);
                System.arraycopy(fresh, 0, bytes, from, length);
            }
            case 1 -> {
                int to = random.nextInt(bytes.length - length + 1);
                memory.move(block.address + to, block.address + from, length);
                System.arraycopy(bytes, from, bytes, to, length);
            }
            case 2 -> {
                int value = random.nextInt(256);
                memory.fill(block.address + from, length, value);
                Arrays.fill(bytes, from, from + length, (byte) value);
            }
            default -> {
                int value = random.nextInt(256);
                byte[] page = memory.writableArray(block.address + from);
                page[memory.index(block.address + from)] = (byte) value;
                bytes[from] = (byte) value;
            }
        }
        blocks.set(i, new Block(block.address, bytes));
    }

    private void read() {
        if (!blocks.isEmpty()) {
            compare(memory, blocks.get(random.nextInt(blocks.size())));
        }
    }

    private static void compare(PageMemory memory, Block block) {
        byte[] expected = block.bytes;
        memory.check(block.address, expected.length > PageMemory.MAX_BLOCK ? Kind.WHEEL : Kind.ANY);
        for (int at = 0; at < expected.length; at += PageMemory.PAGE_BYTES) {
            int n = Math.min(PageMemory.PAGE_BYTES, expected.length - at);
            if (!memory.equals(block.address + at, expected, at, n)) {
                throw new AssertionError("bytes differ\n" + memory.dump(block.address));
            }
        }
    }

    // ---- views

    void freeze() {
        Past past = new Past(memory.freeze(), List.copyOf(blocks), root);
        past.reader = readers.submit(() -> readOrCancelled(past));
        pasts.add(past);
    }

    /** Compares a whole view with what is remembered. Returns false if the view was cancelled meanwhile. */
    private static boolean readOrCancelled(Past past) {
        try {
            same(past.view.memory(), past.blocks, past.root, past.view);
            return true;
        } catch (Snapshot.Cancelled e) {
            return false;
        }
    }

    private static void same(PageMemory memory, List<Block> blocks, long root, View view) {
        if (memory.root(5) != root || memory.blockCount() != blocks.size()) {
            throw new AssertionError("root or number of blocks");
        }
        for (Block block : blocks) {
            try {
                compare(memory, block);
            } catch (RuntimeException | AssertionError e) {
                if (view != null) {
                    view.validate();
                }
                throw e;
            }
        }
        if (view != null) {
            view.validate();
        }
    }

    private void settle(Past past, boolean mayBeCancelled) throws Exception {
        if (!past.reader.get() && !past.view.cancelled()) {
            throw new AssertionError("Cancelled from a view that is not");
        }
        if (past.view.cancelled()) {
            cancelled++;
            if (!mayBeCancelled) {
                throw new AssertionError("cancelled with plenty of room");
            }
        } else {
            same(past.view.memory(), past.blocks, past.root, past.view);
            past.view.memory().verify();
        }
    }

    void release(int i) throws Exception {
        Past past = pasts.remove(i);
        settle(past, mayBeCancelled);
        memory.release(past.view);
    }

    private void rollBack(int i) throws Exception {
        Past past = pasts.get(i);
        if (past.view.cancelled()) {
            release(i);
            return;
        }
        memory.rollBack(past.view);
        while (pasts.size() > i + 1) {
            Past later = pasts.remove(pasts.size() - 1);
            if (!later.view.cancelled()) {
                throw new AssertionError("a later view lives on");
            }
            later.reader.get();
        }
        blocks = new ArrayList<>(past.blocks);
        root = past.root;
        if (random.nextInt(4) == 0) {
            memory.verify();
            same(memory, blocks, root, null);
        }
    }

    /** Gives everything back; what is used then must be nothing. */
    void end() throws Exception {
        same(memory, blocks, root, null);
        while (!pasts.isEmpty()) {
            release(random.nextInt(pasts.size()));
            memory.reclaim(random.nextInt(50));
        }
        memory.verify();
        if (random.nextInt(2) == 0) {
            memory.clear();
        } else {
            while (!blocks.isEmpty()) {
                free();
            }
        }
        blocks.clear();
        memory.verify();
        while (memory.reclaim(1000) > 0) {
            // in budgets
        }
        memory.verify();
        if (memory.usedBytes() != 0 || memory.presentPlaces() != 0 || memory.blockCount() != 0) {
            throw new AssertionError(memory.usedPlaces() + " pages are still in use");
        }
    }
}
