package io.duetdb.engine.value;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.memory.Intset;

/** A set of integers, in ascending order: {@link Encoding#INTSET}. */
final class IntSetRep implements SetRep {
    private final ValueSpace space;
    private final Intset ints;
    private final byte[] digits = new byte[20];
    private int index;

    IntSetRep(ValueSpace space) {
        this.space = space;
        this.ints = new Intset(space.memory());
    }

    @Override
    public void wrap(long root) {
        ints.wrap(root);
        index = 0;
    }

    @Override
    public long root() {
        return ints.root();
    }

    @Override
    public long size() {
        return ints.size();
    }

    /** Whether one more member fits into this encoding's memory. */
    boolean hasRoomFor(long value) {
        return ints.hasRoomFor(value);
    }

    /** Adds an integer for which there is room. Returns whether it was not there. */
    boolean add(long value) {
        return ints.add(value);
    }

    boolean contains(long value) {
        return ints.contains(value);
    }

    @Override
    public boolean contains(byte[] b, int offset, int length) {
        long value = Numbers.parse(b, offset, length);
        return ints.contains(value) && (value != Numbers.NOT_A_LONG || Numbers.isLong(b, offset, length));
    }

    @Override
    public boolean remove(byte[] b, int offset, int length) {
        long value = Numbers.parse(b, offset, length);
        return (value != Numbers.NOT_A_LONG || Numbers.isLong(b, offset, length)) && ints.remove(value);
    }

    /** Digits, and a sign, of the longest member. */
    int longest() {
        int size = ints.size();
        return size == 0 ? 0 : Math.max(Numbers.length(ints.get(0)), Numbers.length(ints.get(size - 1)));
    }

    @Override
    public boolean first() {
        index = 0;
        return ints.size() > 0;
    }

    @Override
    public boolean next() {
        index++;
        return index < ints.size();
    }

    @Override
    public boolean random() {
        int size = ints.size();
        if (size == 0) {
            return false;
        }
        index = space.random().nextInt(size);
        return true;
    }

    @Override
    public boolean removeHere() {
        ints.removeAt(index);
        return index < ints.size();
    }

    @Override
    public void refresh() {}

    @Override
    public long here() {
        return index;
    }

    @Override
    public boolean isInteger() {
        return true;
    }

    @Override
    public long integer() {
        return ints.get(index);
    }

    @Override
    public int length() {
        return Numbers.length(integer());
    }

    @Override
    public int load() {
        return Numbers.write(integer(), digits, 0);
    }

    @Override
    public byte[] bytes() {
        return digits;
    }

    @Override
    public int from() {
        return 0;
    }

    @Override
    public int copyOut(byte[] to, int at) {
        return Numbers.write(integer(), to, at) - at;
    }

    @Override
    public void reply(Reply reply) {
        reply.bulk(integer());
    }

    @Override
    public long scan(long cursor, int count) {
        return 0;
    }

    @Override
    public boolean firstScanned() {
        return first();
    }

    @Override
    public long blockBytes() {
        return ints.blockBytes();
    }

    @Override
    public long copy() {
        return ints.copyAll();
    }

    @Override
    public void free() {
        ints.free();
    }
}
