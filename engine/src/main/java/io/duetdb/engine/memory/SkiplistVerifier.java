package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.SkiplistLayout.BACKWARD;
import static io.duetdb.engine.memory.SkiplistLayout.LENGTH;
import static io.duetdb.engine.memory.SkiplistLayout.LEVEL;
import static io.duetdb.engine.memory.SkiplistLayout.NODES;
import static io.duetdb.engine.memory.SkiplistLayout.TAIL;

import java.util.HashMap;
import java.util.Map;

/** Checks every invariant of a {@link Skiplist} by a walk over all of it. Plain and slow. */
final class SkiplistVerifier {
    private final PageMemory memory;
    private final long header;
    private final Map<Long, Long> starts = new HashMap<>();
    private final int[] nodesOfLevel = new int[SkiplistLayout.MAX_LEVELS + 1];
    private long entries;
    private long lastElement;

    SkiplistVerifier(PageMemory memory, long header) {
        this.memory = memory;
        this.header = header;
    }

    void run() {
        int level = memory.getInt(header + LEVEL);
        nodes(level);
        require(memory.getLong(header + LENGTH) == entries, "length");
        require(memory.getLong(header + NODES) == starts.size(), "number of nodes");
        require(level == 0 ? entries == 0 : nodesOfLevel[level - 1] > 0, "level");
        for (int l = 0; l < level; l++) {
            level(l);
        }
    }

    private void nodes(int level) {
        long before = 0;
        boolean only = memory.getLong(header + NODES) == 1;
        for (long node = SkiplistLayout.next(memory, header); node != 0; node = SkiplistLayout.next(memory, node)) {
            long head = SkiplistLayout.head(memory, node);
            int count = SkiplistLayout.count(head);
            int levels = SkiplistLayout.levels(head);
            require(memory.getLong(node + BACKWARD) == before, "backward link");
            require(levels >= 1 && levels <= level, "height of a tower");
            require(count > 0 && count <= SkiplistLayout.capacity(head), "number of a node's entries");
            int most = SkiplistLayout.most(levels);
            require(only ? SkiplistLayout.capacity(head) <= most : SkiplistLayout.capacity(head) == most, "capacity");
            for (int l = 0; l < levels; l++) {
                nodesOfLevel[l]++;
            }
            for (int i = 0; i < count; i++) {
                entry(SkiplistLayout.entry(node, levels, i));
            }
            starts.put(node, entries);
            entries += count;
            before = node;
        }
        require(memory.getLong(header + TAIL) == before, "tail");
    }

    private void entry(long at) {
        long bits = memory.getLong(at);
        long element = memory.getLong(at + 8);
        memory.check(element, Kind.ELEMENT);
        require(memory.getLong(element) == bits, "score in the element");
        if (lastElement != 0) {
            double last = Double.longBitsToDouble(memory.getLong(lastElement));
            double score = Double.longBitsToDouble(bits);
            byte[] member = SizedString.bytes(memory, element + Skiplist.MEMBER);
            boolean ascends = last < score
                    || last == score
                            && SizedString.compare(memory, lastElement + Skiplist.MEMBER, member, 0, member.length) < 0;
            require(ascends, "order");
        }
        lastElement = element;
    }

    private void level(int level) {
        int seen = 0;
        long at = header;
        long start = 0;
        while (true) {
            long word = SkiplistLayout.word(memory, at, level);
            long next = SkiplistLayout.next(word);
            long end = next == 0 ? entries : starts.getOrDefault(next, -1L);
            require(SkiplistLayout.span(word) == end - start, "span");
            if (next == 0) {
                break;
            }
            seen++;
            at = next;
            start = end;
        }
        require(seen == nodesOfLevel[level], "number of nodes of a level");
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("skiplist: " + what + " is wrong");
        }
    }
}
