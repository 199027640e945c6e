package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.PageMemory.NOWHERE;
import static io.duetdb.engine.memory.PageMemory.PAGE_BITS;
import static io.duetdb.engine.memory.PageMemory.PAGE_BYTES;
import static io.duetdb.engine.memory.PageMemory.PAGE_MASK;
import static io.duetdb.engine.memory.PageMemory.PLACE_BITS;
import static io.duetdb.engine.memory.PageMemory.PLACE_MASK;

import java.util.Locale;

/** What stands in memory, in words: for DEBUG and for people. */
final class MemoryDump {
    private static final int LINE = 16;
    private static final int MAX_BYTES = 1024;

    private MemoryDump() {}

    /** Describes the block, run or page at any address; never throws for one that is wrong. */
    static String of(PageMemory memory, PageAllocator allocator, long address) {
        StringBuilder out = new StringBuilder();
        out.append(String.format(Locale.ROOT, "address 0x%x: ", address));
        if (address <= 0 || address >= PageMemory.ADDRESS_LIMIT) {
            return out.append(address == 0 ? "null\n" : "no address\n").toString();
        }
        int page = (int) (address >>> PAGE_BITS);
        out.append("page ")
                .append(page)
                .append(", offset ")
                .append(address & PAGE_MASK)
                .append('\n');
        if (page >= allocator.heads[PageAllocator.BUMP]) {
            return out.append("the page was never used or was given back\n").toString();
        }
        int place = memory.place(address);
        if (place == NOWHERE) {
            return out.append("the page is free\n").toString();
        }
        out.append(String.format(
                Locale.ROOT,
                "place %d: block %d, page %d in it%s%n",
                place,
                place >>> PLACE_BITS,
                place & PLACE_MASK,
                memory.isShared(address) ? ", shared with a view" : ""));
        if ((page & PageAllocator.GROUP_MASK) < PageAllocator.META_PAGES) {
            return out.append("the page holds records of pages\n").toString();
        }
        long head = allocator.recordHead(page);
        if (PageAllocator.state(head) == PageAllocator.SMALL) {
            small(memory, out, address, head);
        } else {
            out.append(String.format(
                    Locale.ROOT,
                    "page of a run of %d pages, %s%n",
                    1 << PageAllocator.sizeClass(head),
                    Kind.name(PageAllocator.kind(head))));
            bytes(memory, out, address & -8L, (int) Math.min(256, PAGE_BYTES - (address & PAGE_MASK)));
        }
        return out.toString();
    }

    private static void small(PageMemory memory, StringBuilder out, long address, long head) {
        int sizeClass = PageAllocator.sizeClass(head);
        int size = SizeClasses.size(sizeClass);
        int slot = SizeClasses.slot(sizeClass, (int) address & PAGE_MASK);
        out.append(String.format(
                Locale.ROOT,
                "block %d of %d in the page, class of %d bytes, %d live%n",
                slot,
                SizeClasses.slots(sizeClass),
                size,
                PageAllocator.live(head)));
        if (slot >= SizeClasses.slots(sizeClass)) {
            out.append("behind the page's last block\n");
            return;
        }
        long record = PageAllocator.record((int) (address >>> PAGE_BITS));
        boolean free = (memory.rawLong(record + PageAllocator.BITMAP + (slot >>> 6 << 3)) & 1L << slot) != 0;
        long start = (address & ~(long) PAGE_MASK) + (long) slot * size;
        if (free) {
            out.append("the block is free\n");
        } else if (memory.checked()) {
            long header = memory.rawLong(start);
            out.append(String.format(
                    Locale.ROOT,
                    "%s of %d bytes from 0x%x on%n",
                    Kind.name(CheckedBlocks.kind(header)),
                    CheckedBlocks.size(header),
                    start + CheckedBlocks.HEADER));
        }
        bytes(memory, out, start, size);
    }

    private static void bytes(PageMemory memory, StringBuilder out, long from, int count) {
        int place = memory.place(from);
        byte[] block = memory.blocks[place >>> PLACE_BITS];
        int at = PageMemory.at(place, from);
        int shown = Math.min(count, MAX_BYTES);
        for (int line = 0; line < shown; line += LINE) {
            out.append(String.format(Locale.ROOT, "%10x ", from + line));
            StringBuilder ascii = new StringBuilder();
            for (int i = 0; i < LINE; i++) {
                if (line + i >= shown) {
                    out.append("   ");
                    continue;
                }
                byte b = block[at + line + i];
                out.append(String.format(Locale.ROOT, " %02x", b));
                ascii.append(b >= ' ' && b < 127 ? (char) b : '.');
            }
            out.append("  ").append(ascii).append('\n');
        }
        if (shown < count) {
            out.append("           and ").append(count - shown).append(" bytes more\n");
        }
    }

    /** Live blocks and bytes by kind (checked mode), one line each. */
    static String kinds(PageMemory memory) {
        StringBuilder out = new StringBuilder();
        for (int kind = 0; kind < Kind.COUNT; kind++) {
            if (memory.blockCount(kind) != 0) {
                out.append(Kind.name(kind)).append(": ");
                out.append(memory.blockCount(kind)).append(" blocks, ");
                out.append(memory.blockBytes(kind)).append(" bytes\n");
            }
        }
        return out.toString();
    }
}
