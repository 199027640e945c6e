package io.duetdb.engine.tx;

import io.duetdb.bytes.BytesMap;
import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.api.Argv;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The transactions there are and which keys they watch: a change of a key spoils them. One that is spoiled watches nothing any more, so a
 * key that many watch costs them all once.
 *
 * <p>How much all transactions have queued is counted here too, so that it can be limited.
 *
 * <p>A key whose time was over before it was watched counts as absent, whenever it is met and removed.
 */
public final class WatchedKeys {
    /** A key that a transaction watches. */
    static final class Watched {
        final int db;
        final byte[] key;
        boolean overdue;

        Watched(int db, byte[] key, boolean overdue) {
            this.db = db;
            this.key = key;
            this.overdue = overdue;
        }
    }

    /** What a key is in a database. */
    public enum State {
        ABSENT,
        /** There, but its time is over. */
        OVERDUE,
        PRESENT
    }

    /** Tells what a key is. */
    public interface Look {
        /** What the key is now. */
        State at(byte[] key);
    }

    /** Something that may have happened to a key of a database. */
    public interface Touched {
        /** Whether it happened to this key. */
        boolean test(int db, byte[] key);
    }

    private final List<BytesMap<Map<Transaction, Watched>>> watchers = new ArrayList<>();
    private int watching;
    private long queuedBytes;

    /** No keys of {@code databases} databases. */
    public WatchedKeys(int databases, KeyedHash hash) {
        for (int i = 0; i < databases; i++) {
            watchers.add(new BytesMap<>(hash));
        }
    }

    /** Whether nobody watches anything. */
    public boolean isEmpty() {
        return watching == 0;
    }

    /** Number of transactions that watch keys. */
    public int watching() {
        return watching;
    }

    /** Number of keys that are watched, each counted once per database. */
    public int keys() {
        int n = 0;
        for (BytesMap<Map<Transaction, Watched>> map : watchers) {
            n += map.size();
        }
        return n;
    }

    /**
     * Watches a key; nothing when the transaction does so already. {@code overdue}: it is there, but its time is over.
     * Copies the key.
     */
    public void watch(Transaction transaction, int db, byte[] bytes, int offset, int length, boolean overdue) {
        BytesMap<Map<Transaction, Watched>> map = watchers.get(db);
        Map<Transaction, Watched> others = map.get(bytes, offset, length);
        if (others != null && others.containsKey(transaction)) {
            return;
        }
        byte[] key = Arrays.copyOfRange(bytes, offset, offset + length);
        if (others == null) {
            others = new HashMap<>(2);
            map.put(key, others);
        }
        Watched one = new Watched(db, key, overdue);
        others.put(transaction, one);
        watching += transaction.watched.isEmpty() ? 1 : 0;
        transaction.watched.add(one);
    }

    /** Watches nothing any more, for this transaction; a change that was seen stays seen. */
    public void unwatch(Transaction transaction) {
        if (transaction.watched.isEmpty()) {
            return;
        }
        watching--;
        for (Watched one : transaction.watched) {
            BytesMap<Map<Transaction, Watched>> map = watchers.get(one.db);
            Map<Transaction, Watched> others = map.get(one.key);
            if (others != null) {
                others.remove(transaction);
                if (others.isEmpty()) {
                    map.remove(one.key);
                }
            }
        }
        transaction.watched.clear();
    }

    /** Queues a request for a transaction; takes ownership of the copy. {@code commandFlags} are its command's. */
    public void queue(Transaction transaction, Argv request, int commandFlags) {
        long before = transaction.bytes();
        transaction.queue(request, commandFlags);
        queuedBytes += transaction.bytes() - before;
    }

    /** Memory of the queues of all transactions in bytes, about. */
    public long queuedBytes() {
        return queuedBytes;
    }

    /** A transaction is over: what it watched and queued is forgotten. */
    public void end(Transaction transaction) {
        unwatch(transaction);
        queuedBytes -= transaction.bytes();
    }

    private void spoil(List<Transaction> transactions) {
        for (Transaction transaction : transactions) {
            transaction.spoil();
            unwatch(transaction);
        }
    }

    // ---- what happens to keys

    /** A key was changed: whoever watches it is spoiled. */
    public void changed(int db, byte[] key, int offset, int length) {
        Map<Transaction, Watched> others = isEmpty() ? null : watchers.get(db).get(key, offset, length);
        if (others != null) {
            spoil(new ArrayList<>(others.keySet()));
        }
    }

    /** A key was removed because its time is over: that is a change unless it was over when it was watched. */
    public void expired(int db, byte[] key, int offset, int length) {
        Map<Transaction, Watched> others = isEmpty() ? null : watchers.get(db).get(key, offset, length);
        if (others == null) {
            return;
        }
        List<Transaction> spoiled = new ArrayList<>();
        others.forEach((transaction, one) -> {
            if (one.overdue) {
                one.overdue = false;
            } else {
                spoiled.add(transaction);
            }
        });
        spoil(spoiled);
    }

    /** The keys of a database are going to be replaced by others: those that are there before or after are changed. */
    public void replaced(int db, Look before, Look after) {
        List<Transaction> spoiled = new ArrayList<>();
        watchers.get(db).forEach((key, others) -> {
            State was = before.at(key);
            State becomes = after.at(key);
            if (was != State.ABSENT || becomes != State.ABSENT) {
                others.forEach((transaction, one) -> {
                    if (changes(one, was, becomes)) {
                        spoiled.add(transaction);
                    }
                });
            }
        });
        spoil(spoiled);
    }

    private static boolean changes(Watched one, State was, State becomes) {
        if (becomes == State.PRESENT || (was != State.ABSENT && !one.overdue)) {
            return true;
        }
        one.overdue = becomes == State.OVERDUE; // absent it was for who watches it, and absent it stays
        return false;
    }

    /** Everything may have changed: all who watch anything are spoiled. */
    public void changedAll() {
        for (BytesMap<Map<Transaction, Watched>> map : watchers) {
            List<Transaction> spoiled = new ArrayList<>();
            map.forEach((key, others) -> spoiled.addAll(others.keySet()));
            spoil(spoiled);
        }
    }

    /** Whether a transaction watches a key that {@code touched} holds for and that wasn't overdue from the beginning. */
    public boolean watchesAny(Transaction transaction, Touched touched) {
        for (Watched one : transaction.watched) {
            if (!one.overdue && touched.test(one.db, one.key)) {
                return true;
            }
        }
        return false;
    }
}
