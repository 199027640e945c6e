package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.PageMemory.PAGE_BITS;
import static io.duetdb.engine.memory.PageMemory.PAGE_BYTES;
import static io.duetdb.engine.memory.PageMemory.PAGE_MASK;

/**
 * The guards of checked mode: what a wrong address, size or kind would silently destroy throws an AssertionError.
 *
 * <p>Each small block has 8 bytes in front of the address that the caller gets: 16 bits of magic, 16 of kind, 32 of the
 * size asked for. They stand in the page, so views have them too. Runs have theirs in the page's record. Freed and new
 * blocks are filled with 0xDB, unless the page is shared: then the fill would copy it, and the record alone says free.
 */
final class CheckedBlocks {
    /** Bytes in front of a block. */
    static final int HEADER = 8;

    private static final long MAGIC = 0xB10CL << 48;
    private static final long MAGIC_MASK = 0xFFFFL << 48;
    private static final int POISON = 0xDB;

    private final PageMemory memory;
    private final PageAllocator allocator;

    CheckedBlocks(PageMemory memory, PageAllocator allocator) {
        this.memory = memory;
        this.allocator = allocator;
    }

    long allocate(int bytes, int kind) {
        if (bytes < 1 || bytes > PageMemory.MAX_BLOCK) {
            throw new AssertionError("a block of " + bytes + " bytes");
        }
        if (kind < 1 || kind >= Kind.COUNT) {
            throw new AssertionError("a block of kind " + kind);
        }
        long start = allocator.allocate(bytes + HEADER);
        memory.rawLong(start, MAGIC | (long) kind << 32 | bytes);
        poison(start + HEADER, allocator.capacity(start) - HEADER);
        count(kind, 1, bytes);
        return start + HEADER;
    }

    boolean resizeInPlace(long address, int oldBytes, int newBytes) {
        if (capacity(address) != oldBytes) {
            throw wrong("resize", address, "it has " + capacity(address) + " bytes, not " + oldBytes);
        }
        if (newBytes > PageMemory.MAX_BLOCK || SizeClasses.of(oldBytes + HEADER) != SizeClasses.of(newBytes + HEADER)) {
            return false;
        }
        long start = address - HEADER;
        long header = memory.rawLong(start);
        count(kind(header), 0, newBytes - oldBytes);
        memory.rawLong(start, MAGIC | (long) kind(header) << 32 | newBytes);
        return true;
    }

    void free(long address) {
        long head = head(address, "free");
        if (PageAllocator.state(head) == PageAllocator.SMALL) {
            long start = start(address, head, "free");
            if (start + HEADER != address) {
                throw wrong("free", address, "it lies inside a block that begins at " + hex(start + HEADER));
            }
            long header = memory.rawLong(start);
            int capacity = allocator.capacity(start);
            int page = (int) (address >>> PAGE_BITS);
            allocator.free(start);
            if (PageAllocator.state(stateOf(page)) == PageAllocator.SMALL && !memory.isShared(start)) {
                poison(start, capacity);
            }
            count(kind(header), -1, -size(header));
        } else if (PageAllocator.state(head) == PageAllocator.RUN && (address & PAGE_MASK) == 0) {
            allocator.free(address);
        } else {
            throw wrong("free", address, "no run begins there");
        }
    }

    /** The record's head of a page, 0 if the page was given back meanwhile together with its record. */
    private long stateOf(int page) {
        return page < allocator.heads[PageAllocator.BUMP] ? allocator.recordHead(page) : 0;
    }

    private void poison(long from, int bytes) {
        int place = memory.writablePlace(from);
        int at = PageMemory.at(place, from);
        java.util.Arrays.fill(memory.blocks[place >>> PageMemory.PLACE_BITS], at, at + bytes, (byte) POISON);
    }

    private void count(int kind, int blocks, int bytes) {
        allocator.heads[PageAllocator.KIND_BLOCKS + kind] += blocks;
        allocator.heads[PageAllocator.KIND_BYTES + kind] += bytes;
    }

    int capacity(long address) {
        long head = head(address, "capacity");
        if (PageAllocator.state(head) == PageAllocator.SMALL) {
            return size(memory.rawLong(start(address, head, "capacity")));
        }
        if (PageAllocator.state(head) == PageAllocator.RUN) {
            return PAGE_BYTES << PageAllocator.sizeClass(head);
        }
        throw wrong("capacity", address, "no run begins there");
    }

    void check(long address, int kind) {
        long head = head(address, "check");
        int actual;
        if (PageAllocator.state(head) == PageAllocator.SMALL) {
            long start = start(address, head, "check");
            if (start + HEADER != address) {
                throw wrong("check", address, "it lies inside a block that begins at " + hex(start + HEADER));
            }
            actual = kind(memory.rawLong(start));
        } else {
            if (PageAllocator.state(head) != PageAllocator.RUN || (address & PAGE_MASK) != 0) {
                throw wrong("check", address, "no run begins there");
            }
            actual = PageAllocator.kind(head);
        }
        if (kind != Kind.ANY && actual != kind) {
            throw wrong("check", address, "it is of kind " + Kind.name(actual) + ", not " + Kind.name(kind));
        }
    }

    /** Throws unless {@code bytes} bytes at an address lie within one live block, or one page of a live run. */
    void touch(long address, int bytes) {
        long head = head(address, "access");
        int offset = (int) address & PAGE_MASK;
        if (bytes < 0 || offset + bytes > PAGE_BYTES) {
            throw wrong("access", address, bytes + " bytes leave the page");
        }
        if (PageAllocator.state(head) != PageAllocator.SMALL) {
            return;
        }
        long start = start(address, head, "access");
        long from = address - start - HEADER;
        int size = size(memory.rawLong(start));
        if (from < 0 || from + bytes > size) {
            throw wrong("access", address, "bytes " + from + " to " + (from + bytes) + " of a block of " + size);
        }
    }

    private long head(long address, String what) {
        if (address <= 0 || address >= PageMemory.ADDRESS_LIMIT) {
            throw wrong(what, address, address == 0 ? "it is null" : "it is no address");
        }
        int page = (int) (address >>> PAGE_BITS);
        if (page >= allocator.heads[PageAllocator.BUMP]) {
            throw wrong(what, address, "its page is free");
        }
        long head = allocator.recordHead(page);
        int state = PageAllocator.state(head);
        if (state == PageAllocator.NONE || state == PageAllocator.FREE) {
            throw wrong(what, address, "its page is free or holds records");
        }
        return head;
    }

    /** Where the small block around an address begins, its header included. Throws if the block is free. */
    private long start(long address, long head, String what) {
        int sizeClass = PageAllocator.sizeClass(head);
        int slot = SizeClasses.slot(sizeClass, (int) address & PAGE_MASK);
        long page = address & ~(long) PAGE_MASK;
        long record = PageAllocator.record((int) (address >>> PAGE_BITS));
        if (slot >= SizeClasses.slots(sizeClass)) {
            throw wrong(what, address, "it lies behind the last block of its page");
        }
        long bits = memory.rawLong(record + PageAllocator.BITMAP + (slot >>> 6 << 3));
        if ((bits & 1L << slot) != 0) {
            throw wrong(what, address, "the block is free");
        }
        long start = page + (long) slot * SizeClasses.size(sizeClass);
        if ((memory.rawLong(start) & MAGIC_MASK) != MAGIC) {
            throw wrong(what, address, "the block's header was overwritten");
        }
        return start;
    }

    static int kind(long header) {
        return (int) (header >>> 32) & 0xFFFF;
    }

    static int size(long header) {
        return (int) header;
    }

    private static AssertionError wrong(String what, long address, String why) {
        return new AssertionError(what + " at " + hex(address) + ": " + why);
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
