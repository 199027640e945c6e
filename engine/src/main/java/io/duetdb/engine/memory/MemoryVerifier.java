package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.PageAllocator.FREE;
import static io.duetdb.engine.memory.PageAllocator.GROUP_MASK;
import static io.duetdb.engine.memory.PageAllocator.META_PAGES;
import static io.duetdb.engine.memory.PageAllocator.REGION_BITS;
import static io.duetdb.engine.memory.PageAllocator.RUN;
import static io.duetdb.engine.memory.PageAllocator.SMALL;
import static io.duetdb.engine.memory.PageAllocator.TAIL;
import static io.duetdb.engine.memory.PageMemory.LEAF_BITS;
import static io.duetdb.engine.memory.PageMemory.LEAF_MASK;
import static io.duetdb.engine.memory.PageMemory.NOWHERE;
import static io.duetdb.engine.memory.PageMemory.PAGE_BITS;
import static io.duetdb.engine.memory.PageMemory.PLACE_BITS;
import static io.duetdb.engine.memory.PageMemory.SHARED;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Recounts a {@link PageMemory} by a walk over its records, lists and tables, and compares. Plain and slow. */
final class MemoryVerifier {
    private final PageMemory memory;
    private final PageAllocator allocator;
    private final @Nullable Epochs epochs;
    private final int bump;
    private int mapped;
    private long blocks;
    private long bytes;
    private final long[] kindBlocks = new long[Kind.COUNT];
    private final long[] kindBytes = new long[Kind.COUNT];
    private final int[] partialPages = new int[SizeClasses.COUNT];
    private final int[] freeRuns = new int[PageAllocator.MAX_ORDER + 1];

    MemoryVerifier(PageMemory memory, PageAllocator allocator, @Nullable Epochs epochs) {
        this.memory = memory;
        this.allocator = allocator;
        this.epochs = epochs;
        this.bump = (int) allocator.heads[PageAllocator.BUMP];
    }

    void run() {
        pages();
        lists();
        same("places of the present", allocator.heads[PageAllocator.MAPPED], mapped);
        same("live blocks", memory.blockCount(), blocks);
        same("bytes of live blocks", memory.blockBytes(), bytes);
        for (int kind = 0; kind < Kind.COUNT && memory.checked(); kind++) {
            same("blocks of kind " + Kind.name(kind), memory.blockCount(kind), kindBlocks[kind]);
            same("bytes of kind " + Kind.name(kind), memory.blockBytes(kind), kindBytes[kind]);
        }
        if (epochs != null) {
            places(epochs);
            for (int i = 0; i < epochs.viewCount(); i++) {
                view(epochs, epochs.view(i));
            }
        }
    }

    // ---- virtual pages

    private int entry(int page) {
        int leaf = page >>> LEAF_BITS;
        return leaf < memory.leaves.length ? memory.leaves[leaf][page & LEAF_MASK] : NOWHERE;
    }

    private boolean hasPlace(int page) {
        return (entry(page) & NOWHERE) != NOWHERE;
    }

    private void pages() {
        for (int page = 0; page < bump; ) {
            if ((page & GROUP_MASK) < META_PAGES) {
                metaPages(page & ~GROUP_MASK);
                page = (page & ~GROUP_MASK) + META_PAGES;
                continue;
            }
            long head = allocator.recordHead(page);
            switch (PageAllocator.state(head)) {
                case SMALL -> {
                    smallPage(page, head);
                    page++;
                }
                case RUN -> page = run(page, head);
                case FREE -> page = freeRun(page, head);
                default ->
                    throw new AssertionError(
                            "page " + page + " below bump " + bump + " has the record " + Long.toHexString(head));
            }
        }
        for (int page = bump; page < memory.leaves.length << LEAF_BITS; page++) {
            boolean meta = (page & GROUP_MASK) < META_PAGES;
            if (!meta || (page & ~GROUP_MASK) >= bump) {
                that(!hasPlace(page), "page %d above bump %d has a place", page, bump);
            }
        }
    }

    private void metaPages(int group) {
        for (int i = 0; i < META_PAGES; i++) {
            boolean needed = group + (i << REGION_BITS) < bump;
            that(hasPlace(group + i) == needed, "meta page %d: needed %s", group + i, needed);
            mapped += needed ? 1 : 0;
        }
    }

    private void smallPage(int page, long head) {
        that(hasPlace(page), "page %d with blocks has no place", page);
        mapped++;
        int sizeClass = PageAllocator.sizeClass(head);
        that(sizeClass < SizeClasses.COUNT, "page %d is of class %d", page, sizeClass);
        int slots = SizeClasses.slots(sizeClass);
        int live = PageAllocator.live(head);
        int free = 0;
        long record = PageAllocator.record(page);
        for (int word = 0; word << 6 < slots; word++) {
            long bits = memory.rawLong(record + PageAllocator.BITMAP + (word << 3));
            that(word >= PageAllocator.hint(head) || bits == 0, "page %d: free slots before its hint", page);
            int width = Math.min(64, slots - (word << 6));
            that(width == 64 || bits >>> width == 0, "page %d: free bits behind its slots", page);
            free += Long.bitCount(bits);
            if (memory.checked()) {
                headers(page, sizeClass, word << 6, width, bits);
            }
        }
        that(live > 0 && live + free == slots, "page %d: %d live and %d free of %d", page, live, free, slots);
        blocks += live;
        bytes += (long) live * SizeClasses.size(sizeClass);
        partialPages[sizeClass] += free > 0 ? 1 : 0;
    }

    private void headers(int page, int sizeClass, int firstSlot, int width, long freeBits) {
        for (int i = 0; i < width; i++) {
            if ((freeBits & 1L << i) == 0) {
                long start = ((long) page << PAGE_BITS) + (long) (firstSlot + i) * SizeClasses.size(sizeClass);
                memory.check(start + CheckedBlocks.HEADER, Kind.ANY);
                long header = memory.rawLong(start);
                kindBlocks[CheckedBlocks.kind(header)]++;
                kindBytes[CheckedBlocks.kind(header)] += CheckedBlocks.size(header);
            }
        }
    }

    private int run(int page, long head) {
        int end = page + (1 << PageAllocator.sizeClass(head));
        for (int p = page; p < end; p++) {
            int state = PageAllocator.state(allocator.recordHead(p));
            that(state == (p == page ? RUN : TAIL), "page %d of the run at %d has state %d", p, page, state);
            that(hasPlace(p), "page %d of the run at %d has no place", p, page);
        }
        mapped += end - page;
        blocks++;
        bytes += (long) (end - page) << PAGE_BITS;
        kindBlocks[PageAllocator.kind(head)]++;
        kindBytes[PageAllocator.kind(head)] += (long) (end - page) << PAGE_BITS;
        return end;
    }

    private int freeRun(int page, long head) {
        int order = PageAllocator.sizeClass(head);
        int end = page + (1 << order);
        that((page & (1 << order) - 1) == 0, "free run at %d of order %d is not aligned", page, order);
        that(end < bump, "free run from %d to %d touches bump %d", page, end, bump);
        for (int p = page; p < end; p++) {
            that(!hasPlace(p), "page %d in a free run has a place", p);
            that(p == page || allocator.recordHead(p) == 0, "page %d inside a free run has a record", p);
        }
        int twin = page ^ 1 << order;
        boolean mergeable = order < PageAllocator.MAX_ORDER && twin < bump && allocator.recordHead(twin) == head;
        that(!mergeable, "free runs at %d and %d of order %d are twins", page, twin, order);
        freeRuns[order]++;
        return end;
    }

    private void lists() {
        for (int c = 0; c < SizeClasses.COUNT; c++) {
            same("partial pages of class " + c, list(PageAllocator.PARTIAL + c, SMALL, c), partialPages[c]);
        }
        for (int o = 0; o <= PageAllocator.MAX_ORDER; o++) {
            same("free runs of order " + o, list(PageAllocator.RUNS + o, FREE, o), freeRuns[o]);
        }
    }

    private int list(int list, int state, int sizeClass) {
        int count = 0;
        int before = 0;
        for (int page = (int) allocator.heads[list]; page != 0; count++) {
            long head = allocator.recordHead(page);
            that(
                    PageAllocator.state(head) == state && PageAllocator.sizeClass(head) == sizeClass,
                    "page %d hangs in list %d",
                    page,
                    list);
            long links = memory.rawLong(PageAllocator.record(page) + PageAllocator.LINKS);
            that((int) (links >>> 32) == before, "page %d of list %d links back wrongly", page, list);
            before = page;
            page = (int) links;
        }
        return count;
    }

    // ---- places

    private void places(Epochs e) {
        Places places = e.places;
        BitSet known = new BitSet();
        BitSet present = new BitSet();
        for (int page = 0; page < memory.leaves.length << LEAF_BITS; page++) {
            int place = entry(page) & NOWHERE;
            if (place != NOWHERE) {
                once(present, place, "the table");
                that(places.death(place) == Places.ALIVE, "place %d of page %d is dead", place, page);
                that(entry(page) < 0 || !e.seen(place), "page %d is seen by a view but not shared", page);
            }
        }
        e.forEachCleared(p -> once(present, p, "a cleared table")); // alive until swept
        known.or(present);
        for (int i = 0; i < e.viewCount(); i++) {
            View view = e.view(i);
            for (int p = view.retired; p != Places.NONE; p = places.next(p)) {
                that(places.birth(p) <= view.epoch, "place %d hangs on a view before its birth", p);
                listed(places, known, present, p);
            }
        }
        e.forEachPending(p -> listed(places, known, present, p));
        same("places in use", places.used(), known.cardinality());
        int free = 0;
        for (int p = places.freeList(); p != Places.NONE; p = places.next(p)) {
            once(known, p, "the free list");
            that(places.death(p) == Places.FREE, "place %d is in the free list and not free", p);
            free++;
        }
        same("all places", places.total(), (long) places.used() + free + places.freshCount());
        long total = 0;
        for (int b = 0; b < places.blockCount(); b++) {
            total += places.pagesIn(b);
            that(memory.blocks[b] == places.blocks[b], "block %d differs", b);
        }
        same("places of all blocks", places.total(), total);
    }

    private void listed(Places places, BitSet known, BitSet present, int place) {
        if (places.death(place) == Places.ALIVE) {
            that(present.get(place), "place %d is alive in a list, but in no table", place);
        } else {
            once(known, place, "a list of retired places");
        }
    }

    private void once(BitSet known, int place, String where) {
        that(!known.get(place), "place %d in %s is known already", place, where);
        known.set(place);
    }

    private void view(Epochs e, View view) {
        for (int[] leaf : view.memory().leaves) {
            for (int entry : leaf) {
                int place = entry & NOWHERE;
                that((entry & SHARED) != 0, "a view's entry is writable: %x", entry);
                if (place != NOWHERE) {
                    that(place >>> PLACE_BITS < e.places.blockCount(), "a view's place %d is no place", place);
                    boolean seen = e.places.birth(place) <= view.epoch && e.places.death(place) > view.epoch;
                    boolean alive = e.places.death(place) == Places.ALIVE;
                    that(seen || alive, "the view of epoch %d lost place %d", view.epoch, place);
                }
            }
        }
    }

    // ---- words

    private static void same(String what, long counted, long found) {
        if (counted != found) {
            throw new AssertionError(what + ": counted " + counted + ", found " + found);
        }
    }

    private static void that(boolean holds, String words, Object... values) {
        if (!holds) {
            throw new AssertionError(String.format(java.util.Locale.ROOT, words, values));
        }
    }
}
