package io.duetdb.engine.commands;

import io.duetdb.engine.api.Errors;
import io.duetdb.engine.keyspace.Collections;
import io.duetdb.engine.keyspace.Keyspace;
import io.duetdb.engine.value.Hash;
import io.duetdb.engine.value.ListValue;
import io.duetdb.engine.value.SetValue;
import io.duetdb.engine.value.Value;
import io.duetdb.engine.value.ZSet;
import io.duetdb.rdb.RdbFormatException;
import io.duetdb.rdb.RdbSink;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Builds a value from its elements before it gets a key: what RESTORE reads. An element that comes twice is an error. */
final class RestoredValue implements RdbSink {
    /** Elements between two looks at the memory that is left. */
    private static final int LOOK_EVERY = 256;

    private final Collections collections;
    private final Keyspace keyspace;
    private byte @Nullable [] string;
    private @Nullable ListValue list;
    private @Nullable SetValue set;
    private @Nullable Hash hash;
    private @Nullable ZSet zset;
    private boolean mortal;
    private int elements;
    private long bytes;

    RestoredValue(Collections collections, Keyspace keyspace) {
        this.collections = collections;
        this.keyspace = keyspace;
    }

    /** The string, if the value is one. */
    byte @Nullable [] string() {
        return string;
    }

    /** The collection, or null when the value is a string or nothing was read. */
    @Nullable
    Value collection() {
        return list != null ? list : set != null ? set : hash != null ? hash : zset;
    }

    /** Whether fields have times to live, which are not in {@link #collection} yet. */
    boolean mortal() {
        return mortal;
    }

    /** Frees what was built. */
    void discard() {
        Value built = collection();
        if (built != null) {
            collections.discard(built);
        }
    }

    @Override
    public void string(byte[] b, int offset, int length) {
        string = Arrays.copyOfRange(b, offset, offset + length);
    }

    @Override
    public void begin(String type) {
        switch (type) {
            case "list" -> list = collections.temporaryList();
            case "set" -> set = collections.temporarySet();
            case "hash" -> hash = collections.temporaryHash();
            default -> {
                zset = collections.temporaryZset();
                zset.expect(Long.MAX_VALUE); // a listpack would forget the sign of -0, even where it doesn't stay one
            }
        }
    }

    /** All elements have come: gives the collection the encoding that it is to have. */
    void complete() {
        if (zset != null) {
            zset.shrink();
        }
    }

    /** What is packed may become much more than the request had, for which there was room. */
    private void room(long more) {
        bytes += more;
        if (++elements % LOOK_EVERY == 0 || more > LOOK_EVERY) {
            if (keyspace.outOfRoom(bytes)) {
                throw Errors.OOM;
            }
            bytes = 0;
        }
    }

    @Override
    public void element(byte[] b, int offset, int length) {
        room(length);
        if (list != null) {
            list.pushLast(b, offset, length);
        } else if (set == null || !set.add(b, offset, length)) {
            throw twice();
        }
    }

    @Override
    public void field(byte[] f, int fOffset, int fLength, byte[] v, int vOffset, int vLength, long expireAtMs) {
        room((long) fLength + vLength);
        mortal |= expireAtMs >= 0;
        if (hash == null || hash.put(f, fOffset, fLength, v, vOffset, vLength) == 0) {
            throw twice();
        }
    }

    @Override
    public void member(byte[] b, int offset, int length, double score) {
        room(length);
        if (zset == null || zset.add(b, offset, length, score) != ZSet.ADDED) {
            throw twice();
        }
    }

    private static RdbFormatException twice() {
        return new RdbFormatException("an element is in it twice");
    }
}
