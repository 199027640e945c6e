package io.duetdb.engine.tx;

import io.duetdb.bytes.BytesMap;
import io.duetdb.bytes.KeyedHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which transactions watch which keys: a change of a key spoils them. */
public final class WatchedKeys {
    private record Watched(int db, byte[] key) {}

    private final List<BytesMap<List<Transaction>>> watchers = new ArrayList<>();
    private final Map<Transaction, List<Watched>> keys = new HashMap<>();

    /** No keys of {@code databases} databases. */
    public WatchedKeys(int databases, KeyedHash hash) {
        for (int i = 0; i < databases; i++) {
            watchers.add(new BytesMap<>(hash));
        }
    }

    /** Whether nobody watches anything. */
    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /** Number of transactions that watch keys. */
    public int watching() {
        return keys.size();
    }

    /** Number of keys that are watched, each counted once per database. */
    public int keys() {
        int n = 0;
        for (BytesMap<List<Transaction>> map : watchers) {
            n += map.size();
        }
        return n;
    }

    /** Number of keys that one transaction watches. */
    public int keysOf(@Nullable Transaction transaction) {
        List<Watched> own = transaction == null ? null : keys.get(transaction);
        return own == null ? 0 : own.size();
    }

    /** Watches a key; nothing when the transaction does so already. */
    public void watch(Transaction transaction, int db, byte[] key) {
        BytesMap<List<Transaction>> map = watchers.get(db);
        List<Transaction> others = map.get(key);
        if (others == null) {
            others = new ArrayList<>(1);
            map.put(key, others);
        } else if (others.contains(transaction)) {
            return;
        }
        others.add(transaction);
        keys.computeIfAbsent(transaction, t -> new ArrayList<>()).add(new Watched(db, key));
    }

    /** Watches nothing any more, for this transaction; a change that was seen stays seen. */
    public void unwatch(Transaction transaction) {
        List<Watched> own = keys.remove(transaction);
        if (own == null) {
            return;
        }
        for (Watched one : own) {
            BytesMap<List<Transaction>> map = watchers.get(one.db);
            List<Transaction> others = map.get(one.key);
            if (others != null) {
                others.remove(transaction);
                if (others.isEmpty()) {
                    map.remove(one.key);
                }
            }
        }
    }

    /** A key was changed: whoever watches it is spoiled. */
    public void changed(int db, byte[] key, int offset, int length) {
        if (keys.isEmpty()) {
            return;
        }
        List<Transaction> others = watchers.get(db).get(key, offset, length);
        if (others != null) {
            for (Transaction transaction : others) {
                transaction.spoil();
            }
        }
    }

    /** Spoils those who watch a key of {@code db} that {@code touched} holds for. */
    public void changedAll(int db, Predicate<byte[]> touched) {
        watchers.get(db).forEach((key, transactions) -> {
            if (touched.test(key)) {
                for (Transaction transaction : transactions) {
                    transaction.spoil();
                }
            }
        });
    }

    /** Whether a transaction watches a key that {@code touched} holds for. */
    public boolean watchesAny(Transaction transaction, Touched touched) {
        List<Watched> own = keys.get(transaction);
        if (own != null) {
            for (Watched one : own) {
                if (touched.test(one.db, one.key)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Something that may have happened to a key of a database. */
    public interface Touched {
        /** Whether it happened to this key. */
        boolean test(int db, byte[] key);
    }

    @Override
    public String toString() {
        return Arrays.toString(keys.values().toArray());
    }
}
