package io.duetdb.bytes;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A map from byte strings to objects, for names that clients choose: channels, watched and awaited keys. The hash is
 * keyed, so that nobody can choose names that collide. Looking up allocates nothing.
 *
 * @param <V> what a name stands for
 */
public final class BytesMap<V> {
    /** A byte string as a key of the map; the one used for looking up is moved from array to array. */
    private static final class Name {
        byte[] bytes = new byte[0];
        int offset;
        int length;
        int hash;

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Name name
                    && hash == name.hash
                    && Arrays.equals(
                            bytes, offset, offset + length, name.bytes, name.offset, name.offset + name.length);
        }
    }

    private final KeyedHash hash;
    private final Map<Name, V> map = new HashMap<>();
    private final Name probe = new Name();

    /** An empty map. */
    public BytesMap(KeyedHash hash) {
        this.hash = hash;
    }

    private Name probe(byte[] bytes, int offset, int length) {
        probe.bytes = bytes;
        probe.offset = offset;
        probe.length = length;
        probe.hash = (int) (hash.hash(bytes, offset, length) >>> 32);
        return probe;
    }

    /** What the name stands for, or null. */
    public @Nullable V get(byte[] bytes, int offset, int length) {
        return map.isEmpty() ? null : map.get(probe(bytes, offset, length));
    }

    /** What the name stands for, or null. */
    public @Nullable V get(byte[] name) {
        return get(name, 0, name.length);
    }

    /** Lets {@code name}, which must not be changed any more, stand for {@code value}. Returns what it stood for. */
    public @Nullable V put(byte[] name, V value) {
        Name key = new Name();
        key.bytes = name;
        key.length = name.length;
        key.hash = (int) (hash.hash(name, 0, name.length) >>> 32);
        return map.put(key, value);
    }

    /** Forgets a name. Returns what it stood for, or null. */
    public @Nullable V remove(byte[] bytes, int offset, int length) {
        return map.isEmpty() ? null : map.remove(probe(bytes, offset, length));
    }

    /** Forgets a name. Returns what it stood for, or null. */
    public @Nullable V remove(byte[] name) {
        return remove(name, 0, name.length);
    }

    /** Calls {@code each} with every name and what it stands for, in no order. The map must not change meanwhile. */
    public void forEach(BiConsumer<byte[], V> each) {
        map.forEach((name, value) -> each.accept(name.bytes, value));
    }

    public int size() {
        return map.size();
    }

    public boolean isEmpty() {
        return map.isEmpty();
    }

    public void clear() {
        map.clear();
    }
}
