package io.duetdb.bytes;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A map from byte strings to objects, in the order of the bytes, that tells which of its names another string begins
 * with: in O(length of the string x log of the number of names) at worst, usually in two or three looks.
 *
 * @param <V> what a name stands for
 */
public final class PrefixMap<V> {
    private final TreeMap<byte[], V> map = new TreeMap<>(Arrays::compareUnsigned);

    /** An empty map. */
    public PrefixMap() {}

    /** What exactly this name stands for, or null. */
    public @Nullable V get(byte[] name) {
        return map.get(name);
    }

    /** Lets {@code name}, which must not be changed any more, stand for {@code value}. */
    public void put(byte[] name, V value) {
        map.put(name, value);
    }

    /** Forgets a name. */
    public void remove(byte[] name) {
        map.remove(name);
    }

    /** What all names stand for, in the order of the names. Not to be modified. */
    public Collection<V> values() {
        return map.values();
    }

    public int size() {
        return map.size();
    }

    public boolean isEmpty() {
        return map.isEmpty();
    }

    /** Calls {@code each} with what those names stand for that {@code text} begins with, the longest first. */
    public void beginningsOf(byte[] text, Consumer<V> each) {
        Map.Entry<byte[], V> entry = beginningOf(text, map.floorEntry(text));
        while (entry != null) {
            each.accept(entry.getValue());
            entry = beginningOf(text, map.lowerEntry(entry.getKey()));
        }
    }

    /** Whether {@code text} begins with a name, or a name with {@code text}. */
    public boolean overlaps(byte[] text) {
        byte[] next = map.ceilingKey(text);
        return next != null && common(next, text) == text.length || beginningOf(text, map.floorEntry(text)) != null;
    }

    /**
     * The longest name up to {@code from}, which is not behind {@code text}, that the text begins with. A name that
     * differs from the text at some byte is smaller there, so whatever the text begins with beyond that byte is larger than the
     * name: only what is as long as their common beginning remains.
     */
    private Map.@Nullable Entry<byte[], V> beginningOf(byte[] text, Map.@Nullable Entry<byte[], V> from) {
        Map.Entry<byte[], V> entry = from;
        while (entry != null) {
            int common = common(entry.getKey(), text);
            if (common == entry.getKey().length) {
                return entry;
            }
            entry = map.floorEntry(Arrays.copyOf(text, common));
        }
        return null;
    }

    private static int common(byte[] one, byte[] other) {
        int at = Arrays.mismatch(one, other);
        return at < 0 ? one.length : at;
    }
}
