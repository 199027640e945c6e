package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.PageMemory.LONG;
import static io.duetdb.engine.memory.PageMemory.PAGE_BITS;
import static io.duetdb.engine.memory.PageMemory.PAGE_BYTES;
import static io.duetdb.engine.memory.PageMemory.PAGE_MASK;
import static io.duetdb.engine.memory.PageMemory.PLACE_BITS;

/**
 * Virtual pages and the blocks in them: small blocks of size classes, runs of pages in powers of two.
 */
/*
 * Maintainer's view.
 *
 * Virtual pages come in groups of 1024. The first 8 of a group are meta pages: they hold a record of 128 bytes for each
 * page of the group, in order, so that a record's address is group base + index * 128 without another look-up.
 *
 *    group:  | 8 meta pages | 1016 data pages ............................ |
 *    record: | state, class or order, live, hint, kind | next, prev | bitmap: 1 = free slot, up to 682 of them |
 *
 * Records stand in pages: a freeze covers them, a free under a view copies a meta page and no data page. The heads
 * (list heads, counters, roots) are a small array that freeze copies.
 *
 * Virtual pages below `bump` are in use, in a free run, or meta; those above were never used or are given back. Free
 * runs are buddies: a run of 2^k pages begins at a multiple of 2^k and merges with its twin. A run that ends at bump
 * lowers it, so that freeing everything ends where it began. A meta page has a place exactly when one of its records
 * belongs to a page below bump.
 *
 * Pages with free slots hang in a doubly linked list per class; allocation takes from the list's first, or from a new
 * page where a view sees that one: filling a hole would copy the whole page. A page whose last block dies is dropped at
 * once. Cost: allocate and free touch one record each (two table look-ups).
 *
 * Invariants (MemoryVerifier): live + free bits = slots; in the partial list <=> 0 < live < slots; every page of a free
 * run has no place; no free run touches bump or its free twin.
 */
final class PageAllocator {
    /** Pages of the longest run. */
    static final int MAX_RUN = 512;

    static final int MAX_ORDER = 9;
    static final int GROUP_PAGES = 1024;
    static final int GROUP_MASK = GROUP_PAGES - 1;

    /** Record: two words and a bitmap of the smallest blocks, rounded up to a power of two. */
    static final int RECORD_BITS =
            64 - Long.numberOfLeadingZeros(16 + 8L * ((PAGE_BYTES / SizeClasses.MIN_BLOCK + 63) / 64) - 1);

    static final int META_PAGES = GROUP_PAGES << RECORD_BITS >> PAGE_BITS;
    static final int REGION_BITS = PAGE_BITS - RECORD_BITS; // pages whose records share a meta page
    static final int LINKS = 8;
    static final int BITMAP = 16;

    // states of a record
    static final int NONE = 0;
    static final int SMALL = 1;
    static final int RUN = 2;
    static final int TAIL = 3;
    static final int FREE = 4;

    // heads
    static final int PARTIAL = 0; // a list per size class
    static final int RUNS = 80; // a list per order
    static final int BUMP = 90;
    static final int MAPPED = 91; // places of the present
    static final int BLOCKS = 92;
    static final int BYTES = 93;
    static final int ROOT = 96;
    static final int KIND_BLOCKS = 112;
    static final int KIND_BYTES = KIND_BLOCKS + Kind.COUNT;
    static final int HEADS = KIND_BYTES + Kind.COUNT;

    private static final int PAGE_LIMIT = (int) (PageMemory.ADDRESS_LIMIT >> PAGE_BITS);

    final long[] heads;

    /** Whether there are views, which makes writing to the pages they see dear. */
    boolean viewed;

    private final PageMemory memory;
    private final int largest;

    PageAllocator(PageMemory memory, long[] heads) {
        this.memory = memory;
        this.largest = SizeClasses.MAX_BLOCK + (memory.checked() ? CheckedBlocks.HEADER : 0);
        this.heads = heads;
    }

    /** Address of a page's record. */
    static long record(int page) {
        return ((long) (page & ~GROUP_MASK) << PAGE_BITS) + ((long) (page & GROUP_MASK) << RECORD_BITS);
    }

    static int state(long head) {
        return (int) head & 0xFF;
    }

    /** The size class of a small page, the order of a run. */
    static int sizeClass(long head) {
        return (int) (head >>> 8) & 0xFF;
    }

    static int live(long head) {
        return (int) (head >>> 16) & 0xFFFF;
    }

    static int hint(long head) {
        return (int) (head >>> 32) & 0xFF;
    }

    static int kind(long head) {
        return (int) (head >>> 40) & 0xFF;
    }

    private static long head(int state, int sizeClass, int live, int hint, int kind) {
        return state | (long) sizeClass << 8 | (long) live << 16 | (long) hint << 32 | (long) kind << 40;
    }

    long recordHead(int page) {
        return memory.rawLong(record(page));
    }

    // ---- small blocks

    long allocate(int bytes) {
        if (bytes < 1 || bytes > largest) {
            throw new IllegalArgumentException("a block of " + bytes + " bytes");
        }
        int sizeClass = SizeClasses.of(bytes);
        int page = (int) heads[PARTIAL + sizeClass];
        if (page == 0 || viewed && memory.isBetterMoved((long) page << PAGE_BITS)) {
            page = newPage(sizeClass);
        }
        long record = record(page);
        int place = memory.writablePlace(record);
        byte[] block = memory.blocks[place >>> PLACE_BITS];
        int at = PageMemory.at(place, record);
        long head = (long) LONG.get(block, at);
        int word = hint(head);
        long free = (long) LONG.get(block, at + BITMAP + (word << 3));
        while (free == 0) {
            word++;
            free = (long) LONG.get(block, at + BITMAP + (word << 3));
        }
        LONG.set(block, at + BITMAP + (word << 3), free & (free - 1));
        int live = live(head) + 1;
        LONG.set(block, at, head(SMALL, sizeClass, live, word, 0));
        if (live == SizeClasses.slots(sizeClass)) {
            unlink(page, PARTIAL + sizeClass);
        }
        int size = SizeClasses.size(sizeClass);
        heads[BLOCKS]++;
        heads[BYTES] += size;
        int slot = (word << 6) + Long.numberOfTrailingZeros(free);
        return ((long) page << PAGE_BITS) + (long) slot * size;
    }

    private int newPage(int sizeClass) {
        memory.owner().require(2);
        int page = takePages(0);
        memory.owner().map(page, false);
        long record = record(page);
        memory.rawLong(record, head(SMALL, sizeClass, 0, 0, 0));
        int left = SizeClasses.slots(sizeClass);
        for (long at = record + BITMAP; left > 0; at += 8, left -= 64) {
            memory.rawLong(at, left >= 64 ? -1L : (1L << left) - 1);
        }
        link(page, PARTIAL + sizeClass);
        return page;
    }

    void free(long address) {
        int page = (int) (address >>> PAGE_BITS);
        long record = record(page);
        int place = memory.writablePlace(record);
        byte[] block = memory.blocks[place >>> PLACE_BITS];
        int at = PageMemory.at(place, record);
        long head = (long) LONG.get(block, at);
        if (state(head) != SMALL) {
            freeRun(address, head);
            return;
        }
        int sizeClass = sizeClass(head);
        int slot = SizeClasses.slot(sizeClass, (int) address & PAGE_MASK);
        int word = slot >>> 6;
        long bits = (long) LONG.get(block, at + BITMAP + (word << 3));
        if ((bits & 1L << slot) != 0) {
            throw new IllegalStateException("double free at " + Long.toHexString(address));
        }
        int size = SizeClasses.size(sizeClass);
        heads[BLOCKS]--;
        heads[BYTES] -= size;
        int live = live(head);
        if (live == 1) {
            unlink(page, PARTIAL + sizeClass);
            dropPage(page);
            return;
        }
        LONG.set(block, at + BITMAP + (word << 3), bits | 1L << slot);
        LONG.set(block, at, head(SMALL, sizeClass, live - 1, Math.min(hint(head), word), 0));
        if (live == SizeClasses.slots(sizeClass)) {
            int list = PARTIAL + sizeClass;
            if (viewed && heads[list] != 0 && memory.isShared(address)) {
                linkSecond(page, list); // allocation goes on in the first, which may be its own already
            } else {
                link(page, list);
            }
        }
    }

    private void dropPage(int page) {
        memory.rawLong(record(page), 0);
        memory.owner().unmap(page);
        givePages(page, 0);
    }

    // ---- runs

    long allocatePages(int pages, int kind) {
        if (pages < 1 || pages > MAX_RUN || Integer.bitCount(pages) != 1) {
            throw new IllegalArgumentException("a run of " + pages + " pages");
        }
        Epochs owner = memory.owner();
        owner.require(pages + (pages >> REGION_BITS) + 2);
        int order = Integer.numberOfTrailingZeros(pages);
        int first = takePages(order);
        for (int i = 0; i < pages; i++) {
            owner.map(first + i, true);
            memory.rawLong(record(first + i), head(i == 0 ? RUN : TAIL, order, 1, 0, kind));
        }
        heads[BLOCKS]++;
        heads[BYTES] += (long) pages << PAGE_BITS;
        heads[KIND_BLOCKS + kind] += memory.checked() ? 1 : 0;
        heads[KIND_BYTES + kind] += memory.checked() ? (long) pages << PAGE_BITS : 0;
        return (long) first << PAGE_BITS;
    }

    private void freeRun(long address, long head) {
        if (state(head) != RUN || (address & PAGE_MASK) != 0) {
            throw new IllegalStateException("no block at " + Long.toHexString(address));
        }
        int first = (int) (address >>> PAGE_BITS);
        int order = sizeClass(head);
        int pages = 1 << order;
        for (int i = 0; i < pages; i++) {
            memory.owner().unmap(first + i);
            memory.rawLong(record(first + i), 0);
        }
        heads[BLOCKS]--;
        heads[BYTES] -= (long) pages << PAGE_BITS;
        heads[KIND_BLOCKS + kind(head)] -= memory.checked() ? 1 : 0;
        heads[KIND_BYTES + kind(head)] -= memory.checked() ? (long) pages << PAGE_BITS : 0;
        givePages(first, order);
    }

    int capacity(long address) {
        long head = recordHead((int) (address >>> PAGE_BITS));
        return state(head) == SMALL
                ? SizeClasses.size(sizeClass(head))
                : state(head) == RUN ? PAGE_BYTES << sizeClass(head) : 0;
    }

    // ---- virtual pages

    /** A run of virtual pages without places; its records' heads are 0. */
    private int takePages(int order) {
        for (int o = order; o <= MAX_ORDER; o++) {
            int page = (int) heads[RUNS + o];
            if (page != 0) {
                unlink(page, RUNS + o);
                memory.rawLong(record(page), 0);
                while (o > order) {
                    o--;
                    linkFree(page + (1 << o), o);
                }
                return page;
            }
        }
        return bump(order);
    }

    private int bump(int order) {
        int page = (int) heads[BUMP];
        while (true) {
            if ((page & GROUP_MASK) < META_PAGES) {
                page = (page & ~GROUP_MASK) + META_PAGES;
            }
            if ((page & (1 << order) - 1) == 0) {
                raise(page + (1 << order));
                return page;
            }
            int skipped = Integer.numberOfTrailingZeros(page);
            raise(page + (1 << skipped));
            linkFree(page, skipped);
            page += 1 << skipped;
        }
    }

    /** Raises bump, giving places to the meta pages that are needed from now on. */
    private void raise(int bump) {
        if (bump > PAGE_LIMIT) {
            throw new IllegalStateException("the address space is exhausted");
        }
        int before = (int) heads[BUMP];
        for (int first = regionFrom(before); first < bump; first += 1 << REGION_BITS) {
            heads[BUMP] = first; // exact even if the next line throws
            memory.owner().map((int) (record(first) >>> PAGE_BITS), true);
        }
        heads[BUMP] = bump;
    }

    /** The first page of the first region that begins at or after {@code page}. */
    static int regionFrom(int page) {
        return (page + (1 << REGION_BITS) - 1) >> REGION_BITS << REGION_BITS;
    }

    /** Takes back a run of virtual pages whose places are gone and whose records' heads are 0. */
    private void givePages(int first, int firstOrder) {
        int page = first;
        int order = firstOrder;
        while (page + (1 << order) != heads[BUMP] && order < MAX_ORDER) {
            int twin = page ^ 1 << order;
            if (twin >= heads[BUMP] || recordHead(twin) != freeHead(order)) {
                break;
            }
            unlink(twin, RUNS + order);
            memory.rawLong(record(twin), 0);
            page &= ~(1 << order);
            order++;
        }
        if (page + (1 << order) == heads[BUMP]) {
            lower(page);
        } else {
            linkFree(page, order);
        }
    }

    private static long freeHead(int order) {
        return head(FREE, order, 0, 0, 0);
    }

    /** Lowers bump to {@code page} and further over the free runs that end there. */
    private void lower(int page) {
        int bump = page;
        boolean found = true;
        while (found && bump > 0) {
            if ((bump & GROUP_MASK) == META_PAGES) {
                bump -= META_PAGES;
            }
            found = false;
            for (int o = 0; o <= Math.min(MAX_ORDER, Integer.numberOfTrailingZeros(bump)) && bump > 0; o++) {
                int run = bump - (1 << o);
                if (run > 0 && recordHead(run) == freeHead(o)) {
                    unlink(run, RUNS + o);
                    memory.rawLong(record(run), 0);
                    bump = run;
                    found = true;
                    break;
                }
            }
        }
        for (int first = regionFrom(bump); first < heads[BUMP]; first += 1 << REGION_BITS) {
            memory.owner().unmap((int) (record(first) >>> PAGE_BITS));
        }
        heads[BUMP] = bump;
    }

    // ---- lists through records

    private void linkFree(int page, int order) {
        memory.rawLong(record(page), freeHead(order));
        link(page, RUNS + order);
    }

    private void link(int page, int list) {
        int first = (int) heads[list];
        memory.rawLong(record(page) + LINKS, first);
        if (first != 0) {
            long at = record(first) + LINKS;
            memory.rawLong(at, (long) page << 32 | memory.rawLong(at) & 0xFFFF_FFFFL);
        }
        heads[list] = page;
    }

    private void linkSecond(int page, int list) {
        int first = (int) heads[list];
        long links = memory.rawLong(record(first) + LINKS);
        int next = (int) links;
        memory.rawLong(record(first) + LINKS, links & 0xFFFF_FFFF_0000_0000L | page);
        memory.rawLong(record(page) + LINKS, (long) first << 32 | next);
        if (next != 0) {
            long at = record(next) + LINKS;
            memory.rawLong(at, (long) page << 32 | memory.rawLong(at) & 0xFFFF_FFFFL);
        }
    }

    private void unlink(int page, int list) {
        long links = memory.rawLong(record(page) + LINKS);
        int next = (int) links;
        int before = (int) (links >>> 32);
        if (before == 0) {
            heads[list] = next;
        } else {
            long at = record(before) + LINKS;
            memory.rawLong(at, memory.rawLong(at) & 0xFFFF_FFFF_0000_0000L | next);
        }
        if (next != 0) {
            long at = record(next) + LINKS;
            memory.rawLong(at, (long) before << 32 | memory.rawLong(at) & 0xFFFF_FFFFL);
        }
    }
}
