package io.duetdb.engine.memory;

import static io.duetdb.engine.memory.PageMemory.LEAF_BITS;
import static io.duetdb.engine.memory.PageMemory.LEAF_MASK;
import static io.duetdb.engine.memory.PageMemory.LEAF_PAGES;
import static io.duetdb.engine.memory.PageMemory.NOWHERE;
import static io.duetdb.engine.memory.PageMemory.SHARED;
import static io.duetdb.engine.memory.Places.ALIVE;
import static io.duetdb.engine.memory.Places.NONE;
import static io.duetdb.engine.memory.Places.UNLISTED;

import io.duetdb.engine.api.Snapshot;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Views and time: which places the present and the live views see, and when the others are free again.
 */
/*
 * Maintainer's view.
 *
 * freeze() ends an epoch: the view gets its number, the present goes on in the next. A place is born in the epoch in
 * which it was taken and dies in the one in which the present lets go of it, so it is seen by exactly the live views
 * with birth <= epoch < death. A dead place hangs on the newest live view that sees it. When that view goes, its list
 * is pending; reclaim() hangs each place on the next older view that sees it, or frees it. Whatever order views are
 * released in, a place is looked at no more than once per view.
 *
 *        epochs   1    2    3    4    5 (present)
 *        views         A         B
 *        place    [birth .......... death)        hangs on B; B goes: on A; A goes: free
 *
 * Rolling back to A makes places of A alive again, though they hang in lists: death becomes ALIVE, and who walks the
 * list lets them go. Views after A are dropped before, because a place they see may be one that A's future never had;
 * so life remains one interval: no live view lies between the old death and the new life. A place alive and listed that
 * dies again stays in its list; the walk looks at all live views, not only older ones, so it ends up where it belongs.
 *
 * clear() hands the table to `cleared` with the epoch of its death: views frozen after that don't see its places, even
 * if reclaim() comes to them later. Who clears often has no time for reclaim() (a pipeline of FLUSHALLs is one turn), so
 * a clear that finds an older table waiting does two leaves' work first: more than the leaf that a small table adds.
 *
 * Invariants (MemoryVerifier): every place is exactly one of: free, never taken, in the present's table, in a cleared
 * table, or dead in a list; places alive in a list are in the present's table or a cleared one too.
 */
final class Epochs {
    /** The most views at a time. */
    static final int MAX_VIEWS = 8;

    private static final int ROOM_STEP = 256;
    private static final int SPARE = 4; // records that an allocation may have to copy
    private static final int PIECE = 256; // entries of a leaf; 5 GB are 1,300 pieces
    private static final int CLEAR_BUDGET = 2 * LEAF_PAGES;
    private static final int HOLES_SHIFT = 3;
    private static final long HOLES_MIN = 1 << 20;

    final Places places;
    private final PageMemory memory;
    private final PageAllocator allocator;
    private final @Nullable View[] views = new @Nullable View[MAX_VIEWS]; // oldest first
    private int viewCount;
    private int epoch = 1;
    private int newest; // epoch of the newest live view, 0 if there is none
    private int pending = NONE; // the list that reclaim() walks
    private int[] pendingLists = new int[MAX_VIEWS];
    private int pendingCount;
    private @Nullable Cleared cleared;
    private long copied;
    private int[][] spare = new int[0][]; // leaves of the view released last, for the next one

    /** A table that clear() threw away, and how far reclaim() has come with it. */
    private static final class Cleared {
        final int[][] leaves;
        final int death;
        final @Nullable Cleared next;
        int leaf;
        int at;

        Cleared(int[][] leaves, int death, @Nullable Cleared next) {
            this.leaves = leaves;
            this.death = death;
            this.next = next;
        }
    }

    Epochs(PageMemory memory, PageAllocator allocator, Places places) {
        this.memory = memory;
        this.allocator = allocator;
        this.places = places;
    }

    // ---- the present's table

    /** Gives a virtual page a place. */
    void map(int page, boolean zeroed) {
        int place = take();
        int leaf = page >>> LEAF_BITS;
        int[][] leaves = memory.leaves;
        if (leaf >= leaves.length) {
            leaves = growTable(leaf + 1);
        }
        assert (leaves[leaf][page & LEAF_MASK] & NOWHERE) == NOWHERE : "page " + page + " has a place";
        leaves[leaf][page & LEAF_MASK] = place;
        allocator.heads[PageAllocator.MAPPED]++;
        if (zeroed) {
            places.zero(place);
        }
    }

    private int[][] growTable(int length) {
        int[][] leaves = Arrays.copyOf(memory.leaves, length);
        for (int i = memory.leaves.length; i < length; i++) {
            leaves[i] = new int[LEAF_PAGES];
            Arrays.fill(leaves[i], NOWHERE);
        }
        memory.leaves = leaves;
        return leaves;
    }

    /** Takes a virtual page's place away: it is free at once, or when the views that see it are gone. */
    void unmap(int page) {
        int[] leaf = memory.leaves[page >>> LEAF_BITS];
        int place = leaf[page & LEAF_MASK] & NOWHERE;
        leaf[page & LEAF_MASK] = NOWHERE;
        allocator.heads[PageAllocator.MAPPED]--;
        retire(place, epoch);
    }

    /** See {@link View#workAhead}. */
    void workAhead() {
        places.workAhead();
    }

    /** The own place of a shared page: its old one if no view sees it any more, else a copy. */
    int unshare(int page) {
        int[] leaf = memory.leaves[page >>> LEAF_BITS];
        int old = leaf[page & LEAF_MASK] & NOWHERE;
        if (old == NOWHERE) {
            throw new IllegalStateException("write to page " + page + ", which does not exist");
        }
        if (!seen(old)) {
            leaf[page & LEAF_MASK] = old;
            return old;
        }
        int place = take();
        places.copy(old, place);
        leaf[page & LEAF_MASK] = place;
        copied++;
        retire(old, epoch);
        return place;
    }

    /** Whether a live view sees a place that the present uses. */
    boolean seen(int place) {
        return places.birth(place) <= newest;
    }

    /**
     * Whether blocks may move out of pages that views see: while the holes they leave, which last until other blocks fill
     * them, are less than an eighth of all blocks, and the pages they need are far from the limit.
     */
    boolean hasRoomToMove() {
        long present = allocator.heads[PageAllocator.MAPPED];
        long blocks = allocator.heads[PageAllocator.BYTES];
        return (present << PageMemory.PAGE_BITS) - blocks < (blocks >> HOLES_SHIFT) + HOLES_MIN
                && present + (present >> HOLES_SHIFT) < places.limit() - places.reserve();
    }

    /** Pages copied for views so far. */
    long copied() {
        return copied;
    }

    // ---- places

    /**
     * Makes sure that {@code count} places can be taken, so that who needs several fails before it begins; and tries
     * to have a few more, for pages that may have to be copied.
     */
    void require(int count) {
        int wanted = viewCount == 0 ? count : count + SPARE;
        if (places.left() < wanted) {
            boolean progress = true;
            while (places.left() < wanted && progress) {
                progress = makeRoom(wanted);
            }
            if (places.left() < count) {
                throw exhausted();
            }
        }
    }

    private int take() {
        int low = places.reserve() / 2;
        if (places.left() <= low) {
            while (places.left() <= low && makeRoom(low + 1)) {
                if (places.left() > 0 && isPending()) {
                    break; // the rest of what is pending returns with the next calls
                }
            }
        }
        int place = places.take(epoch);
        if (place == NONE) {
            throw exhausted();
        }
        memory.blocks = places.blocks;
        return place;
    }

    private IllegalStateException exhausted() {
        return new IllegalStateException("memory is exhausted: " + places.used() + " of " + places.limit()
                + " pages in use, no view left to cancel, nothing left to reclaim");
    }

    /** Reclaims a step, or cancels the newest view that holds places. Returns false if there is neither. */
    private boolean makeRoom(int count) {
        if (reclaim(Math.max(ROOM_STEP, count)) > 0) {
            return true;
        }
        for (int i = viewCount - 1; i >= 0; i--) {
            View view = view(i);
            if (view.retired != NONE) {
                view.cancel();
                remove(view);
                return true;
            }
        }
        return false;
    }

    /** The present lets go of a place. */
    private void retire(int place, int death) {
        places.death(place, death);
        if (places.next(place) == UNLISTED) {
            settle(place);
        }
    }

    /** Hangs a place on the newest live view that sees it, or frees it. */
    private void settle(int place) {
        int death = places.death(place);
        if (death == ALIVE) {
            return;
        }
        int birth = places.birth(place);
        if (birth <= newest) {
            for (int i = viewCount - 1; i >= 0; i--) {
                View view = view(i);
                if (view.epoch < birth) {
                    break;
                }
                if (view.epoch < death) {
                    places.next(place, view.retired);
                    view.retired = place;
                    return;
                }
            }
        }
        places.free(place);
    }

    private boolean isPending() {
        return pending != NONE || pendingCount > 0 || cleared != null;
    }

    int reclaim(int budget) {
        int done = 0;
        while (done < budget) {
            if (pending != NONE) {
                int place = pending;
                pending = places.next(place);
                places.next(place, UNLISTED);
                settle(place);
                done++;
            } else if (pendingCount > 0) {
                pending = pendingLists[--pendingCount];
            } else if (cleared != null) {
                done += sweep(cleared, budget - done);
            } else {
                break;
            }
        }
        return done;
    }

    private int sweep(Cleared table, int budget) {
        int done = 0;
        for (; table.leaf < table.leaves.length; table.leaf++, table.at = 0) {
            int[] leaf = table.leaves[table.leaf];
            while (table.at < LEAF_PAGES) {
                if (done == budget) {
                    return done;
                }
                int place = leaf[table.at++] & NOWHERE;
                if (place != NOWHERE) {
                    retire(place, table.death);
                }
                done++;
            }
        }
        cleared = table.next;
        return done;
    }

    // ---- views

    View freeze() {
        if (viewCount == MAX_VIEWS) {
            throw new IllegalStateException("there are " + MAX_VIEWS + " views already");
        }
        int[][] leaves = memory.leaves;
        int[][] copy = new int[leaves.length][];
        for (int i = 0; i < leaves.length; i++) {
            int[] leaf = leaves[i];
            for (int j = 0; j < LEAF_PAGES; j += PIECE) {
                share(leaf, j);
            }
            int[] into = i < spare.length ? spare[i] : new int[LEAF_PAGES];
            System.arraycopy(leaf, 0, into, 0, LEAF_PAGES);
            copy[i] = into;
        }
        spare = new int[0][];
        View view = new View(this, new PageMemory(memory, copy, allocator.heads.clone()), epoch);
        views[viewCount++] = view;
        newest = epoch++;
        allocator.viewed = true;
        return view;
    }

    /** Marks a piece of a leaf; a method of its own and short, so that it is compiled early in the first freeze. */
    private static void share(int[] leaf, int from) {
        for (int j = from; j < from + PIECE; j++) {
            leaf[j] |= SHARED;
        }
    }

    void release(View view) {
        if (view.live()) {
            view.released();
            remove(view);
            spare = view.memory().leaves; // new ones at every save would be garbage that a collection has to copy first
        }
    }

    private void remove(View view) {
        int i = 0;
        while (views[i] != view) {
            i++;
        }
        System.arraycopy(views, i + 1, views, i, viewCount - i - 1);
        views[--viewCount] = null;
        allocator.viewed = viewCount > 0;
        newest = viewCount == 0 ? 0 : view(viewCount - 1).epoch;
        if (view.retired != NONE) {
            if (pendingCount == pendingLists.length) {
                pendingLists = Arrays.copyOf(pendingLists, pendingCount * 2);
            }
            pendingLists[pendingCount++] = view.retired;
            view.retired = NONE;
        }
    }

    void rollBack(View view) {
        if (!view.live()) {
            throw new Snapshot.Cancelled();
        }
        while (view(viewCount - 1) != view) {
            View later = view(viewCount - 1);
            later.cancel();
            remove(later);
        }
        while (cleared != null) {
            sweep(cleared, Integer.MAX_VALUE); // before its places come back to life
        }
        int[][] past = view.memory().leaves;
        int[][] leaves = memory.leaves;
        for (int i = 0; i < leaves.length; i++) {
            if (i < past.length) {
                rollBack(leaves[i], past[i]);
            } else {
                discard(leaves[i]);
            }
        }
        if (leaves.length < past.length) {
            for (int i = leaves.length; i < past.length; i++) {
                rollBack(growTable(i + 1)[i], past[i]);
            }
        }
        System.arraycopy(view.memory().allocator().heads, 0, allocator.heads, 0, PageAllocator.HEADS);
    }

    private void rollBack(int[] leaf, int[] past) {
        for (int j = 0; j < LEAF_PAGES; j++) {
            int place = leaf[j] & NOWHERE;
            int before = past[j] & NOWHERE;
            if (place != before) {
                if (place != NOWHERE) {
                    retire(place, epoch);
                }
                if (before != NOWHERE) {
                    places.death(before, ALIVE);
                }
            }
            leaf[j] = past[j];
        }
    }

    private void discard(int[] leaf) {
        for (int j = 0; j < LEAF_PAGES; j++) {
            int place = leaf[j] & NOWHERE;
            if (place != NOWHERE) {
                retire(place, epoch);
                leaf[j] = NOWHERE;
            }
        }
    }

    void clear() {
        if (cleared != null) {
            reclaim(CLEAR_BUDGET);
        }
        if (memory.leaves.length > 0) {
            cleared = new Cleared(memory.leaves, epoch, cleared);
        }
        memory.leaves = new int[0][];
        spare = new int[0][];
        Arrays.fill(allocator.heads, 0);
    }

    // ---- for the verifier

    int viewCount() {
        return viewCount;
    }

    View view(int i) {
        View view = views[i];
        if (view == null) {
            throw new IllegalStateException("no view " + i);
        }
        return view;
    }

    int epoch() {
        return epoch;
    }

    /** Walks the places of all pending lists. */
    void forEachPending(java.util.function.IntConsumer action) {
        for (int p = pending; p != NONE; p = places.next(p)) {
            action.accept(p);
        }
        for (int i = 0; i < pendingCount; i++) {
            for (int p = pendingLists[i]; p != NONE; p = places.next(p)) {
                action.accept(p);
            }
        }
    }

    /** Walks the places of cleared tables that were not yet swept. */
    void forEachCleared(java.util.function.IntConsumer action) {
        for (Cleared c = cleared; c != null; c = c.next) {
            for (int i = c.leaf; i < c.leaves.length; i++) {
                for (int j = i == c.leaf ? c.at : 0; j < LEAF_PAGES; j++) {
                    if ((c.leaves[i][j] & NOWHERE) != NOWHERE) {
                        action.accept(c.leaves[i][j] & NOWHERE);
                    }
                }
            }
        }
    }
}
