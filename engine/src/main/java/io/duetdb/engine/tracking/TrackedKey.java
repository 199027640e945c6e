package io.duetdb.engine.tracking;

import java.util.function.LongConsumer;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/** A key that clients keep, and their ids: most keys have one, a hot one thousands. */
final class TrackedKey {
    final byte[] name;

    /** Where the key stands in the list that random ones are taken from. */
    int position;

    private final long first;
    private @Nullable LongHashSet others;

    /** A key that one client keeps. The name must not be changed any more. */
    TrackedKey(byte[] name, int position, long first) {
        this.name = name;
        this.position = position;
        this.first = first;
    }

    /** Adds a client. Returns false when it was there. */
    boolean add(long id) {
        if (id == first) {
            return false;
        }
        LongHashSet more = others;
        if (more == null) {
            more = new LongHashSet();
            others = more;
        }
        return more.add(id);
    }

    /** Number of clients. */
    int count() {
        LongHashSet more = others;
        return more == null ? 1 : 1 + more.size();
    }

    /** Calls {@code each} with the id of every client, in no order. */
    void forEach(LongConsumer each) {
        each.accept(first);
        LongHashSet more = others;
        if (more != null) {
            more.forEachLong(each);
        }
    }
}
