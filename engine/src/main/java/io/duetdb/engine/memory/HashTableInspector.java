package io.duetdb.engine.memory;

/** Looks a {@link HashTable} over, for checks and for people: every invariant, and its shape in words. */
public final class HashTableInspector {
    private final PageMemory memory;

    /** An inspector of tables in {@code memory}. */
    public HashTableInspector(PageMemory memory) {
        this.memory = memory;
    }

    /**
     * Checks every invariant of the table at {@code header}. Costs a walk over all of it.
     *
     * @throws IllegalStateException naming the first thing that is wrong
     */
    public void verify(long header) {
        long root = memory.getLong(header);
        int global = HashTableStructure.globalDepth(root);
        long place = HashTableStructure.rootAddress(root);
        int[] segments = new int[HashTableStructure.MAX_DEPTH + 1];
        long entries = 0;
        if (global == 0) {
            entries = verifySegment(place, HashTableStructure.rootLog(root), 0, 0);
            segments[0] = 1;
        }
        for (int index = 0; global != 0 && index < 1 << global; ) {
            int entry = memory.getInt(place + ((long) index << 2));
            int depth = HashTableStructure.entryDepth(entry);
            require(depth > 0 && depth <= global, "directory entry's depth", index);
            int span = 1 << (global - depth);
            require((index & (span - 1)) == 0, "segment begins in the middle of its prefix", index);
            for (int i = 1; i < span; i++) {
                require(memory.getInt(place + ((long) (index + i) << 2)) == entry, "entries of a prefix differ", index);
            }
            entries += verifySegment(
                    HashTableStructure.entryAddress(entry),
                    HashTableSegment.LOG_PAGE,
                    depth,
                    index >>> (global - depth));
            segments[depth]++;
            index += span;
        }
        require(entries == memory.getLong(header + HashTableStructure.COUNT), "count of entries", entries);
        for (int depth = 0; depth < segments.length; depth++) {
            int counted = memory.getInt(header + HashTableStructure.SEGMENTS + 4L * depth);
            require(counted == segments[depth], "count of segments of depth", depth);
        }
    }

    private int verifySegment(long segment, int log, int depth, int prefix) {
        long head = memory.getLong(segment);
        require(HashTableSegment.depth(head) == depth, "segment's depth", segment);
        require(HashTableSegment.prefix(head) == prefix, "segment's prefix", segment);
        int homes = HashTableSegment.homes(log);
        int end = HashTableSegment.end(log);
        int count = 0;
        long last = -1;
        int lastEmpty = 0;
        for (int at = HashTableSegment.FIRST; at < end; at += 8) {
            long slot = memory.getLong(segment + at);
            if (slot == 0) {
                lastEmpty = at;
                continue;
            }
            int bits = HashTableSegment.bits(slot);
            int home = HashTableSegment.home(bits, depth, homes);
            require(bits >= last, "order of slots", segment + at);
            require(bits >>> (HashTableSegment.HASH_BITS - depth) == prefix, "slot's prefix", segment + at);
            require(home <= at && home > lastEmpty, "distance from home", segment + at);
            last = bits;
            count++;
        }
        require(memory.getLong(segment + end) == 0, "last word", segment);
        require(count == HashTableSegment.count(head), "count in segment", segment);
        require(count <= HashTableSegment.limit(head), "segment above its limit", segment);
        return count;
    }

    private static void require(boolean holds, String what, long where) {
        if (!holds) {
            throw new IllegalStateException("hash table: " + what + " at " + where);
        }
    }

    /** The table at {@code header} in one line: entries, directory, segments by depth, bytes, load. */
    public String describe(long header) {
        long root = memory.getLong(header);
        int global = HashTableStructure.globalDepth(root);
        HashTable table = new HashTable(memory).wrap(header);
        StringBuilder text = new StringBuilder("entries ").append(table.size());
        text.append(", bytes ").append(table.bytes());
        if (global == 0) {
            return text.append(", one segment of ")
                    .append(HashTableSegment.slots(HashTableStructure.rootLog(root)))
                    .append(" slots")
                    .toString();
        }
        text.append(", directory depth ").append(global).append(", segments");
        long segments = 0;
        for (int depth = 0; depth <= global; depth++) {
            int count = memory.getInt(header + HashTableStructure.SEGMENTS + 4L * depth);
            segments += count;
            if (count != 0) {
                text.append(' ').append(count).append(" of depth ").append(depth);
            }
        }
        long load = table.size() * 100 / (segments * HashTableSegment.slots(HashTableSegment.LOG_PAGE));
        return text.append(", load ").append(load).append(" %").toString();
    }
}
