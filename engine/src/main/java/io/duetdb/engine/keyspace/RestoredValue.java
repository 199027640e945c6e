package io.duetdb.engine.keyspace;

import io.duetdb.bytes.Doubles;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.memory.PackedBuilder;
import io.duetdb.engine.value.Hash;
import io.duetdb.engine.value.ListValue;
import io.duetdb.engine.value.SetValue;
import io.duetdb.engine.value.Value;
import io.duetdb.engine.value.ZSet;
import io.duetdb.rdb.DumpPayload;
import io.duetdb.rdb.RdbFormatException;
import io.duetdb.rdb.RdbReader;
import io.duetdb.rdb.RdbSink;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Builds a value from its elements before it gets a key: what RESTORE and loading read, one after the other. An element
 * that comes twice is an error. A value that was read is stored or discarded, with the handles of that command still
 * valid.
 */
public final class RestoredValue implements RdbSink {
    /** Elements between two looks at the memory that is left. */
    private static final int LOOK_EVERY = 256;

    private final Keyspace keyspace;
    private byte @Nullable [] string;
    private int offset;
    private int length;
    private @Nullable ListValue list;
    private @Nullable SetValue set;
    private @Nullable Hash hash;
    private @Nullable ZSet zset;
    private boolean empty;

    /** A score is -0: the sorted set stays a skiplist, however small, since a listpack would forget the sign. */
    private boolean signedZero;

    private int elements;
    private long bytes;

    /** Elements that came one by one, until it shows that they are too many for a small collection. */
    private final PackedBuilder gathered = new PackedBuilder();

    private boolean gathering;
    private final byte[] text = new byte[Doubles.MAX_LENGTH];

    /** None yet. */
    public RestoredValue(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    /**
     * Reads the value of a type, which then is to be stored or discarded.
     *
     * @throws RdbFormatException when it is damaged; then nothing is left of it
     * @throws CommandError when there is no room for it; then nothing is left of it
     */
    public void read(int type, RdbReader from) {
        clear();
        try {
            from.value(type, this);
            complete();
        } catch (RdbFormatException | CommandError e) {
            discard();
            throw e;
        }
    }

    /**
     * The same from the payload of DUMP, whose checksum is right. No field's time is over before the whole was read.
     *
     * @throws RdbFormatException when it is damaged all the same
     * @throws CommandError when there is no room for it
     */
    public void readPayload(byte[] b, int from, int n) {
        boolean expiring = keyspace.expiring();
        keyspace.expiring(false);
        clear();
        try {
            DumpPayload.read(b, from, n, this);
            complete();
        } catch (RdbFormatException | CommandError e) {
            discard();
            throw e;
        } finally {
            keyspace.expiring(expiring);
        }
    }

    private void clear() {
        string = null;
        list = null;
        set = null;
        hash = null;
        zset = null;
        signedZero = false;
        gathering = false;
        elements = 0;
        bytes = 0;
    }

    /** Whether it is a collection without elements, or nothing was read. */
    public boolean isEmpty() {
        return empty;
    }

    /**
     * Gives the value to a key, whatever that held before. It must not be {@link #isEmpty}; what it was read from must
     * not have been read on.
     *
     * @param e the key's entry as found, or 0 when there is none
     * @param expireAt absolute ms or {@link Database#NO_EXPIRE}
     */
    public void store(Database db, Argv argv, int key, long e, long expireAt) {
        byte[] text = string;
        Value built = collection();
        if (text != null) {
            db.strings().set(argv, key, e, text, offset, length, expireAt);
        } else if (built != null) {
            if (e != 0) {
                db.remove(e);
            }
            db.collections().store(argv, key, e != 0, built, expireAt);
        }
        clear();
    }

    /** Frees what was built. */
    public void discard() {
        Value built = collection();
        if (built != null) {
            keyspace.db(0).collections().discard(built);
        }
        clear();
    }

    private @Nullable Value collection() {
        return list != null ? list : set != null ? set : hash != null ? hash : zset;
    }

    /** All elements have come: gives the collection the encoding that it is to have. */
    private void complete() {
        settle();
        Value built = collection();
        empty = built != null ? built.isEmpty() : string == null;
        if (string != null && keyspace.outOfRoom(length)) {
            throw Errors.OOM;
        }
        if (zset != null && !signedZero) {
            zset.shrink();
        }
    }

    // ---- what comes

    @Override
    public void string(byte[] b, int from, int n) {
        string = b;
        offset = from;
        length = n;
    }

    @Override
    public void begin(String type) {
        Collections collections = keyspace.db(0).collections();
        switch (type) {
            case "list" -> list = collections.temporaryList();
            case "set" -> set = collections.temporarySet();
            case "hash" -> hash = collections.temporaryHash();
            default -> zset = collections.temporaryZset();
        }
        gathering = true;
        gathered.clear();
    }

    /** Whether two more elements are gathered; if not, those that were are put where they belong. */
    private boolean gathers(int one, int another) {
        if (gathering && !gathered.hasRoom(one, another)) {
            settle();
        }
        return gathering;
    }

    /** Makes the collection of what was gathered: at once if it is a small one, else element by element. */
    private void settle() {
        if (!gathering) {
            return;
        }
        gathering = false;
        PackedBuilder g = gathered;
        if (g.count() == 0 || adopt(g.bytes(), 0, g.length(), g.count(), g.longest())) {
            return;
        }
        byte[] one = new byte[g.longest()];
        byte[] two = new byte[g.longest()];
        while (g.hasNext()) {
            int n = g.next(one);
            if (hash != null) {
                put(hash, one, 0, n, two, 0, g.next(two));
            } else if (zset != null) {
                add(zset, one, 0, n, Doubles.parse(two, 0, g.next(two)));
            } else {
                add(one, 0, n);
            }
        }
    }

    private boolean adopt(byte[] b, int from, int n, int count, int longest) {
        return hash != null && hash.adopt(b, from, n, count, longest)
                || list != null && list.adopt(b, from, n, count, longest)
                || set != null && set.adopt(b, from, n, count, longest)
                || zset != null && zset.adopt(b, from, n, count, longest);
    }

    @Override
    public boolean packed(byte[] b, int from, int n, int count, int longest) {
        room(n);
        return adopt(b, from, n, count, longest);
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
    public void element(byte[] b, int from, int n) {
        room(n);
        if (gathers(n, 0)) {
            gathered.add(b, from, n);
        } else {
            add(b, from, n);
        }
    }

    private void add(byte[] b, int from, int n) {
        if (list != null) {
            list.pushLast(b, from, n);
        } else if (set == null || !set.add(b, from, n)) {
            throw twice();
        }
    }

    @Override
    public void field(byte[] f, int fOffset, int fLength, byte[] v, int vOffset, int vLength, long expireAtMs) {
        room((long) fLength + vLength);
        Hash to = Objects.requireNonNull(hash);
        if (expireAtMs < 0 && gathers(fLength, vLength)) {
            gathered.add(f, fOffset, fLength);
            gathered.add(v, vOffset, vLength);
            return;
        }
        settle();
        put(to, f, fOffset, fLength, v, vOffset, vLength);
        if (expireAtMs >= 0) {
            to.makeHead();
            to.find(f, fOffset, fLength);
            to.deadline(Math.max(1, expireAtMs)); // 0 would be none
        }
    }

    private static void put(Hash to, byte[] f, int fOffset, int fLength, byte[] v, int vOffset, int vLength) {
        if (to.put(f, fOffset, fLength, v, vOffset, vLength) == 0) {
            throw twice();
        }
    }

    @Override
    public void member(byte[] b, int from, int n, double score) {
        room(n);
        boolean signed = score == 0 && 1 / score < 0;
        if (!signed && gathers(n, text.length)) {
            gathered.add(b, from, n);
            gathered.add(text, 0, Doubles.write(score, text, 0));
            return;
        }
        signedZero |= signed;
        settle();
        add(Objects.requireNonNull(zset), b, from, n, score);
    }

    private static void add(ZSet to, byte[] b, int from, int n, double score) {
        to.expect(Long.MAX_VALUE); // a skiplist until it is known whether a score is -0
        if (to.add(b, from, n, score) != ZSet.ADDED) {
            throw twice();
        }
    }

    private static RdbFormatException twice() {
        return new RdbFormatException("an element is in it twice");
    }
}
