package io.duetdb.engine.memory;

import io.duetdb.engine.api.BlockSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in pages behind a page table: allocates and frees blocks, reads and writes them by address, freezes views that
 * another thread may read, rolls back to them, and stays below a limit.
 *
 * <p>An address is a {@code long} below 2^37; 0 is null; blocks are 8-aligned and never straddle pages. Runs of pages
 * are contiguous in addresses, but not in any array: within them an access must not cross a multiple of
 * {@link #PAGE_BYTES} unless its javadoc allows ranges. All numbers are little-endian. Getters and putters of more than
 * one byte need no alignment inside a block.
 *
 * <p>A block has one owner: at any time exactly one place (a root, a slot, a word in another block) holds its address,
 * so that a block may be moved by whoever rewrites that one place.
 */
/*
 * Maintainer's view.
 *
 *    address = virtual page << 14 | offset        entry = place, sign bit = "copy before the next write"
 *
 *    leaves[page >> 12][page & 4095] ──► entry ──► blocks[place >> 8] at (place & 255) << 14
 *
 * Reading is: leaf load, mask, block load, bounds-checked VarHandle get. Writing has one sign test more. An entry of a
 * virtual page that has no place is NOWHERE: its block index lies outside every blocks array, so that stray accesses
 * fail by the JVM's own bounds check. A view is another instance of this class with a copied table in which every entry
 * has the sign bit: reads run the same code, a write ends in unshare() and throws.
 *
 * Why 16 KiB: measured (bench/jmh memory; blocks of 64 bytes, 512 MB of them, accesses at random; best of 50 short
 * iterations on a shared machine of 2 cores under load, so compare within a column only). Reading one plain array the
 * same way: 22 ns; in caches 2 ns, here 5.
 *
 *      page      get      put    free + allocate    freeze, then per first write to a page
 *      4 KiB    50 ns    17 ns        410 ns             0.7 µs
 *      8 KiB    60 ns    19 ns        320 ns             1.5 µs
 *     16 KiB    50 ns    14 ns        330 ns             2.3 µs     (freezing alone: 10 µs, of 1 MB: 1.2 µs)
 *     32 KiB    62 ns    15 ns        290 ns             3.8 µs
 *
 * So accesses don't tell them apart, and copies under a view cost what they copy. Smaller pages cut the largest block
 * (a quarter of a page) and with it what stands in one piece: 16 KiB keeps keys with values up to 4 KB in one block and
 * a table segment of 2048 slots in one page. This class works with PAGE_BITS from 12 to 15; the hash table needs 14.
 *
 * Who does what: this class the table and the bytes, PageAllocator virtual pages and blocks (its records stand in pages
 * and are versioned with them, its heads are an array copied by freeze), Places the physical places and the limit,
 * Epochs views and the return of places, CheckedBlocks the guards of checked mode.
 */
public final class PageMemory {
    static final int PAGE_BITS = 14;

    /** Bytes of a page. */
    public static final int PAGE_BYTES = 1 << PAGE_BITS;

    /** The largest block that {@link #allocate} gives. */
    public static final int MAX_BLOCK = SizeClasses.MAX_BLOCK;

    /** The longest run that {@link #allocatePages} gives, in pages. */
    public static final int MAX_RUN = PageAllocator.MAX_RUN;

    /** Number of root words. */
    public static final int ROOTS = 16;

    static final long ADDRESS_LIMIT = 1L << 37;
    static final int PAGE_MASK = PAGE_BYTES - 1;
    static final int LEAF_BITS = 12;
    static final int LEAF_PAGES = 1 << LEAF_BITS;
    static final int LEAF_MASK = LEAF_PAGES - 1;
    static final int PLACE_BITS = 22 - PAGE_BITS;
    static final int PLACE_MASK = (1 << PLACE_BITS) - 1;

    /** The place of a virtual page that has none. */
    static final int NOWHERE = Integer.MAX_VALUE;

    /** Of a table entry: a view may see the page, copy it before writing. */
    static final int SHARED = Integer.MIN_VALUE;

    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    int[][] leaves;
    byte[][] blocks;
    private final boolean checked;
    private final PageAllocator allocator;
    private final CheckedBlocks guard;
    private final @Nullable Epochs epochs; // null in a view

    /**
     * An empty memory. {@code limitBytes} is rounded down to pages; {@code checked} turns on the guards of checked mode.
     * The memory keeps the blocks it took, also when their pages are free.
     */
    public PageMemory(BlockSource source, long limitBytes, boolean checked) {
        this.checked = checked;
        this.leaves = new int[0][];
        Places places = new Places(source, limitBytes);
        this.blocks = places.blocks;
        this.allocator = new PageAllocator(this, new long[PageAllocator.HEADS]);
        this.guard = new CheckedBlocks(this, allocator);
        this.epochs = new Epochs(this, allocator, places);
    }

    /** A view over a frozen table, which it takes ownership of. */
    PageMemory(PageMemory present, int[][] leaves, long[] heads) {
        this.checked = present.checked;
        this.leaves = leaves;
        this.blocks = present.blocks;
        this.allocator = new PageAllocator(this, heads);
        this.guard = new CheckedBlocks(this, allocator);
        this.epochs = null;
    }

    // ---- blocks

    /**
     * Allocates a block of at least {@code bytes} (1 to {@link #MAX_BLOCK}) and returns its address. The content is
     * undefined.
     *
     * @throws IllegalStateException if the limit is exhausted, reserve included
     */
    public long allocate(int bytes, int kind) {
        return checked ? guard.allocate(bytes, kind) : allocator.allocate(bytes);
    }

    /**
     * Allocates a run of zeroed pages, a power of two up to {@link #MAX_RUN}, contiguous in addresses and page-aligned.
     *
     * @throws IllegalStateException if the limit is exhausted, reserve included
     */
    public long allocatePages(int pages, int kind) {
        return allocator.allocatePages(pages, kind);
    }

    /** Frees a block or a run. Under a view this copies no data page. */
    public void free(long address) {
        if (checked) {
            guard.free(address);
        } else {
            allocator.free(address);
        }
    }

    /**
     * Usable bytes of a block (in checked mode exactly what was asked for, otherwise its size class's), or of a whole
     * run.
     */
    public int capacity(long address) {
        return checked ? guard.capacity(address) : allocator.capacity(address);
    }

    /**
     * Whether a block that was allocated with {@code oldBytes} can hold {@code newBytes} where it is: both are of one
     * size class. Then the block counts as one of {@code newBytes}; its content is untouched.
     */
    public boolean resizeInPlace(long address, int oldBytes, int newBytes) {
        if (checked) {
            return guard.resizeInPlace(address, oldBytes, newBytes);
        }
        return newBytes <= MAX_BLOCK && SizeClasses.of(oldBytes) == SizeClasses.of(newBytes);
    }

    /** In checked mode throws unless a live block or run of {@code kind} begins at {@code address}. */
    public void check(long address, int kind) {
        if (checked) {
            guard.check(address, kind);
        }
    }

    /** Whether the guards of checked mode are on. */
    public boolean checked() {
        return checked;
    }

    // ---- numbers

    public long getLong(long address) {
        if (checked) {
            guard.touch(address, Long.BYTES);
        }
        return rawLong(address);
    }

    public int getInt(long address) {
        if (checked) {
            guard.touch(address, Integer.BYTES);
        }
        int place = place(address);
        return (int) INT.get(blocks[place >>> PLACE_BITS], at(place, address));
    }

    /** The unsigned 16-bit number at {@code address}. */
    public int getShort(long address) {
        if (checked) {
            guard.touch(address, Short.BYTES);
        }
        int place = place(address);
        return (short) SHORT.get(blocks[place >>> PLACE_BITS], at(place, address)) & 0xFFFF;
    }

    /** The unsigned byte at {@code address}. */
    public int getByte(long address) {
        if (checked) {
            guard.touch(address, 1);
        }
        int place = place(address);
        return blocks[place >>> PLACE_BITS][at(place, address)] & 0xFF;
    }

    public void putLong(long address, long value) {
        if (checked) {
            guard.touch(address, Long.BYTES);
        }
        rawLong(address, value);
    }

    public void putInt(long address, int value) {
        if (checked) {
            guard.touch(address, Integer.BYTES);
        }
        int place = writablePlace(address);
        INT.set(blocks[place >>> PLACE_BITS], at(place, address), value);
    }

    /** Stores the low 16 bits of {@code value}. */
    public void putShort(long address, int value) {
        if (checked) {
            guard.touch(address, Short.BYTES);
        }
        int place = writablePlace(address);
        SHORT.set(blocks[place >>> PLACE_BITS], at(place, address), (short) value);
    }

    /** Stores the low 8 bits of {@code value}. */
    public void putByte(long address, int value) {
        if (checked) {
            guard.touch(address, 1);
        }
        int place = writablePlace(address);
        blocks[place >>> PLACE_BITS][at(place, address)] = (byte) value;
    }

    long rawLong(long address) {
        int place = place(address);
        return (long) LONG.get(blocks[place >>> PLACE_BITS], at(place, address));
    }

    void rawLong(long address, long value) {
        int place = writablePlace(address);
        LONG.set(blocks[place >>> PLACE_BITS], at(place, address), value);
    }

    // ---- bytes

    /**
     * The array in which the bytes at {@code address} stand, from {@link #index} on, up to the end of their page. Not to
     * be written; valid until the next write, allocation or free.
     */
    public byte[] array(long address) {
        if (checked) {
            guard.touch(address, 1);
        }
        return blocks[place(address) >>> PLACE_BITS];
    }

    /** Where in {@link #array} or {@link #writableArray} the byte at {@code address} stands. */
    public int index(long address) {
        return at(place(address), address);
    }

    /**
     * As {@link #array}, but to be written: the page is copied first if a view shares it, so ask for {@link #index}
     * afterwards.
     */
    public byte[] writableArray(long address) {
        if (checked) {
            guard.touch(address, 1);
        }
        int place = writablePlace(address); // first: the copy may need a new block, and a longer table of blocks
        return blocks[place >>> PLACE_BITS];
    }

    /** Copies {@code length} bytes into a block or run. */
    public void copyIn(long address, byte[] source, int offset, int length) {
        if (length <= roomInPage(address)) {
            if (checked) {
                guard.touch(address, length);
            }
            int place = writablePlace(address);
            System.arraycopy(source, offset, blocks[place >>> PLACE_BITS], at(place, address), length);
            return;
        }
        for (int done = 0; done < length; ) {
            int n = Math.min(length - done, roomInPage(address + done));
            copyIn(address + done, source, offset + done, n);
            done += n;
        }
    }

    /** Copies {@code length} bytes out of a block or run. */
    public void copyOut(long address, byte[] target, int offset, int length) {
        if (length <= roomInPage(address)) {
            if (checked) {
                guard.touch(address, length);
            }
            int place = place(address);
            System.arraycopy(blocks[place >>> PLACE_BITS], at(place, address), target, offset, length);
            return;
        }
        for (int done = 0; done < length; ) {
            int n = Math.min(length - done, roomInPage(address + done));
            copyOut(address + done, target, offset + done, n);
            done += n;
        }
    }

    /** Moves {@code length} bytes between blocks or runs, or within one: overlapping ranges move as if by a copy. */
    public void move(long to, long from, int length) {
        if (length <= roomInPage(to) && length <= roomInPage(from)) {
            if (checked) {
                guard.touch(to, length);
                guard.touch(from, length);
            }
            int target = writablePlace(to);
            int source = place(from); // after the copy, which may have been of this very page
            System.arraycopy(
                    blocks[source >>> PLACE_BITS],
                    at(source, from),
                    blocks[target >>> PLACE_BITS],
                    at(target, to),
                    length);
        } else if (to <= from) {
            for (int done = 0; done < length; ) {
                int n = Math.min(length - done, Math.min(roomInPage(to + done), roomInPage(from + done)));
                move(to + done, from + done, n);
                done += n;
            }
        } else {
            for (int left = length; left > 0; ) {
                int n = Math.min(left, Math.min(upToPage(to + left), upToPage(from + left)));
                left -= n;
                move(to + left, from + left, n);
            }
        }
    }

    /** Sets {@code length} bytes of a block or run to {@code value}. */
    public void fill(long address, int length, int value) {
        for (int done = 0; done < length; ) {
            int n = Math.min(length - done, roomInPage(address + done));
            if (checked) {
                guard.touch(address + done, n);
            }
            int place = writablePlace(address + done);
            int at = at(place, address + done);
            Arrays.fill(blocks[place >>> PLACE_BITS], at, at + n, (byte) value);
            done += n;
        }
    }

    /** Whether {@code length} bytes of a block equal those in {@code bytes}. They must lie within one page. */
    public boolean equals(long address, byte[] bytes, int offset, int length) {
        if (checked) {
            guard.touch(address, length);
        }
        int place = place(address);
        int at = at(place, address);
        return Arrays.equals(blocks[place >>> PLACE_BITS], at, at + length, bytes, offset, offset + length);
    }

    /** Compares a block's bytes with others, as unsigned numbers, a prefix being less. Both within one page. */
    public int compare(long address, int length, byte[] bytes, int offset, int otherLength) {
        if (checked) {
            guard.touch(address, length);
        }
        int place = place(address);
        int at = at(place, address);
        return Arrays.compareUnsigned(
                blocks[place >>> PLACE_BITS], at, at + length, bytes, offset, offset + otherLength);
    }

    /** Whether the page at {@code address} would have to be copied before a write: what is optional is then skipped. */
    public boolean isShared(long address) {
        int entry = leaves[(int) (address >>> (PAGE_BITS + LEAF_BITS))][(int) (address >>> PAGE_BITS) & LEAF_MASK];
        return entry < 0 && (epochs == null || epochs.seen(entry & NOWHERE));
    }

    /**
     * Whether who is about to write the block or page at {@code address} anew had better do so elsewhere and free this one:
     * a view sees the page, which would be copied as a whole, and neither room nor fragmentation speak against it.
     */
    public boolean isBetterMoved(long address) {
        return allocator.viewed && isShared(address) && owner().hasRoomToMove();
    }

    // ---- roots

    /** The {@code i}-th root word: 0 in a new memory, frozen and rolled back with everything else. */
    public long root(int i) {
        return allocator.heads[PageAllocator.ROOT + i];
    }

    /** Sets the {@code i}-th root word. */
    public void root(int i, long value) {
        owner();
        allocator.heads[PageAllocator.ROOT + i] = value;
    }

    // ---- views

    /**
     * Freezes the present: an unchanging view that one other thread may read. At most {@link Epochs#MAX_VIEWS} at a time.
     * Costs a copy of the page table (4 bytes per 16 KiB) and, later, a copy of each page at its first change.
     *
     * @throws IllegalStateException if there are too many views
     */
    public View freeze() {
        return owner().freeze();
    }

    /** Gives a view back, in any order; its places return by {@link #reclaim}. Does nothing the second time. */
    public void release(View view) {
        owner().release(view);
    }

    /**
     * Makes the frozen table the present one again. The view stays valid and can be rolled back to again; views frozen
     * after it are dropped: whoever reads them gets {@link io.duetdb.engine.api.Snapshot.Cancelled}. Costs as much as
     * freezing, plus the pages changed since.
     *
     * @throws io.duetdb.engine.api.Snapshot.Cancelled if the view itself was cancelled or released
     */
    public void rollBack(View view) {
        owner().rollBack(view);
    }

    /** Empties the memory, roots included, at once. Places return by {@link #reclaim}; views stay as they are. */
    public void clear() {
        owner().clear();
    }

    /**
     * Returns places of released views and cleared tables, looking at no more than {@code budget} of them. Returns how
     * many it looked at: 0 = nothing is left to do.
     */
    public int reclaim(int budget) {
        return owner().reclaim(budget);
    }

    // ---- figures

    /** Bytes of the pages in use: the present's, those that only views see, and those that wait to be reclaimed. */
    public long usedBytes() {
        return (long) usedPlaces() << PAGE_BITS;
    }

    /** Pages in use, see {@link #usedBytes}. */
    public int usedPlaces() {
        return owner().places.used();
    }

    /** Pages of the present alone. */
    public int presentPlaces() {
        return (int) allocator.heads[PageAllocator.MAPPED];
    }

    /** Live blocks and runs. */
    public long blockCount() {
        return allocator.heads[PageAllocator.BLOCKS];
    }

    /** Bytes of live blocks and runs, at the size of their classes: {@link #presentPlaces} less fragmentation. */
    public long blockBytes() {
        return allocator.heads[PageAllocator.BYTES];
    }

    /** Live blocks of a kind; 0 unless in checked mode. */
    public long blockCount(int kind) {
        return allocator.heads[PageAllocator.KIND_BLOCKS + kind];
    }

    /** Bytes asked for by the live blocks of a kind; 0 unless in checked mode. */
    public long blockBytes(int kind) {
        return allocator.heads[PageAllocator.KIND_BYTES + kind];
    }

    /** Bytes taken from the block source so far; they are kept until the memory itself is dropped. */
    public long heldBytes() {
        return owner().places.heldBytes();
    }

    /** The limit of {@link #usedBytes}, a whole number of pages. */
    public long limitBytes() {
        return (long) owner().places.limit() << PAGE_BITS;
    }

    /** Sets the limit. One below {@link #usedBytes} is allowed: then {@link #lowOnRoom} holds until enough was freed. */
    public void limitBytes(long bytes) {
        owner().places.limit(bytes);
    }

    /** Bytes kept for commands that have begun and for copying pages under views. */
    public long reserveBytes() {
        return (long) owner().places.reserve() << PAGE_BITS;
    }

    /**
     * Whether the present's data leave less than the reserve below the limit. Places that only views hold do not count:
     * views are cancelled when they need the reserve.
     */
    public boolean lowOnRoom() {
        Places places = owner().places;
        return presentPlaces() > places.limit() - places.reserve();
    }

    /** Whether {@code bytes} more, in blocks of any size, might not find room; the reserve counts as room for them. */
    public boolean lowOnRoom(long bytes) {
        long guards = checked ? bytes / 2 : bytes / 32; // headers of checked mode cost a quarter of a page of chunks
        return ((long) presentPlaces() << PAGE_BITS) + bytes + guards > limitBytes();
    }

    // ---- for people and tests

    /**
     * Recounts everything. Throws an AssertionError in words when the accounting differs from what a walk over records,
     * lists and tables finds. In a view only its own table and records are looked at. Slow.
     */
    public void verify() {
        new MemoryVerifier(this, allocator, epochs).run();
    }

    /** What stands at an address, in words: kind, class, page, place, bytes. */
    public String dump(long address) {
        return MemoryDump.of(this, allocator, address);
    }

    /** In checked mode the live blocks by kind, one line each; empty if there are none. */
    public String leaks() {
        return MemoryDump.kinds(this);
    }

    // ---- the table

    /** The place of an address's page; {@link #NOWHERE} if it has none. */
    int place(long address) {
        return leaves[(int) (address >>> (PAGE_BITS + LEAF_BITS))][(int) (address >>> PAGE_BITS) & LEAF_MASK] & NOWHERE;
    }

    /** The place of an address's page, its own: copied before if a view shares it. */
    int writablePlace(long address) {
        int entry = leaves[(int) (address >>> (PAGE_BITS + LEAF_BITS))][(int) (address >>> PAGE_BITS) & LEAF_MASK];
        return entry >= 0 ? entry : unshare(address);
    }

    private int unshare(long address) {
        return owner().unshare((int) (address >>> PAGE_BITS));
    }

    static int at(int place, long address) {
        return ((place & PLACE_MASK) << PAGE_BITS) | ((int) address & PAGE_MASK);
    }

    PageAllocator allocator() {
        return allocator;
    }

    Epochs owner() {
        Epochs e = epochs;
        if (e == null) {
            throw new IllegalStateException("a view is read-only");
        }
        return e;
    }

    private static int roomInPage(long address) {
        return PAGE_BYTES - ((int) address & PAGE_MASK);
    }

    /** Bytes from the page's begin to {@code end}, a whole page if it lies on a border. */
    private static int upToPage(long end) {
        return (((int) end - 1) & PAGE_MASK) + 1;
    }
}
