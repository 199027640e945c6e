package io.duetdb.engine.keyspace;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.memory.HashTable;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.value.ValueSpace;
import org.jspecify.annotations.Nullable;

/**
 * What {@link TouchAhead} does for keys, for the fields or members that a pipeline asks of one big hash, set or sorted
 * set: slots first, then the elements they name, before the first command runs. Only the collection of the first such
 * request is looked at, so that a pipeline over small ones costs one lookup more and no further.
 */
public final class MembersAhead {
    /** Members from which on touching pays, see {@link TouchAhead}. */
    private static final long MEMBERS_MIN = 16_384;

    private static final int MAX = 64;

    private final PageMemory memory;
    private final ValueSpace values;
    private final HashTable table;
    private final long[] hashes = new long[MAX];
    private final long[] candidates = new long[MAX];
    private @Nullable Argv first;
    private int firstKey;
    private boolean pays;
    private int count;

    /** Keeps the loads from being optimised away. */
    @SuppressWarnings("unused")
    private long blackhole;

    MembersAhead(PageMemory memory, ValueSpace values) {
        this.memory = memory;
        this.values = values;
        this.table = new HashTable(memory);
    }

    /** Announces that a field or member of a key's collection will be looked up soon. */
    public void add(Database db, Argv argv, int key, int member) {
        Argv known = first;
        if (known == null) {
            first = argv;
            firstKey = key;
            pays = isBig(db, argv, key);
        } else if (pays && !known.same(firstKey, argv, key)) {
            return;
        }
        if (pays && count < MAX) {
            hashes[count++] = values.hash(argv.array(member), argv.offset(member), argv.length(member));
        }
    }

    private boolean isBig(Database db, Argv argv, int key) {
        long e = db.locateQuietly(argv, key);
        if (e == 0 || Entries.type(memory, e) == ValueType.STRING) {
            return false;
        }
        long header = values.table(memory.getLong(Entries.valueAt(memory, e)));
        return header != 0 && table.wrap(header).size() >= MEMBERS_MIN;
    }

    /** Loads what was announced. */
    public void run() {
        int n = count;
        first = null;
        count = 0;
        if (n < 2) {
            return;
        }
        long folded = table.touchAll(hashes, n, candidates);
        for (int i = 0; i < n; i++) {
            long element = candidates[i];
            if (element != 0) {
                folded += memory.getByte(element);
            }
        }
        blackhole = folded;
    }
}
