package io.duetdb.engine.value;

import io.duetdb.engine.api.Reply;
import io.duetdb.engine.memory.PackedList;

/** A small set in the order in which its members came: {@link Encoding#LISTPACK}. */
final class PackedSet implements SetRep {
    private static final int BUFFER = 64;

    /** A longer buffer is not kept for the next set. */
    private static final int BUFFER_KEPT = 64 * 1024;

    private final ValueSpace space;
    private final PackedList list;
    private byte[] buffer = new byte[BUFFER];
    private long index;

    PackedSet(ValueSpace space) {
        this.space = space;
        this.list = new PackedList(space.memory());
    }

    @Override
    public void wrap(long root) {
        list.wrap(root);
        index = 0;
        if (buffer.length > BUFFER_KEPT) {
            buffer = new byte[BUFFER];
        }
    }

    @Override
    public long root() {
        return list.root();
    }

    @Override
    public long size() {
        return list.size();
    }

    /**
     * Takes members as {@link PackedList#adopt} does. Returns false, and does nothing, if that does not, or one comes
     * twice.
     */
    boolean adopt(byte[] b, int from, int length, int count, int longest) {
        return !PackedList.hasTwins(b, from, length, 1) && list.adopt(b, from, length, count, longest);
    }

    /** Adds a member that is not there. */
    void add(byte[] b, int offset, int length) {
        list.addLast(b, offset, length);
    }

    /** Adds an integer that is not there. */
    void add(long value) {
        list.addLast(value);
    }

    private boolean find(byte[] b, int offset, int length) {
        return list.first() && list.find(b, offset, length, 1);
    }

    @Override
    public boolean contains(byte[] b, int offset, int length) {
        return find(b, offset, length);
    }

    @Override
    public boolean remove(byte[] b, int offset, int length) {
        if (!find(b, offset, length)) {
            return false;
        }
        list.remove();
        return true;
    }

    @Override
    public boolean first() {
        index = 0;
        return list.first();
    }

    @Override
    public boolean next() {
        index++;
        return list.next();
    }

    @Override
    public boolean random() {
        long size = list.size();
        if (size == 0) {
            return false;
        }
        index = space.random().nextLong(size);
        return list.seek(index);
    }

    @Override
    public boolean removeHere() {
        return list.remove();
    }

    @Override
    public void refresh() {
        list.refresh();
    }

    @Override
    public long here() {
        return index;
    }

    @Override
    public boolean isInteger() {
        return list.isInteger();
    }

    @Override
    public long integer() {
        return list.integer();
    }

    @Override
    public int length() {
        return list.length();
    }

    @Override
    public int load() {
        int length = list.length();
        if (buffer.length < length) {
            buffer = new byte[Math.max(length, buffer.length * 2)];
        }
        return list.copyOut(buffer, 0);
    }

    @Override
    public byte[] bytes() {
        return buffer;
    }

    @Override
    public int from() {
        return 0;
    }

    @Override
    public int copyOut(byte[] to, int at) {
        return list.copyOut(to, at);
    }

    @Override
    public void reply(Reply reply) {
        list.reply(reply);
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
        return list.blockBytes();
    }

    @Override
    public long copy() {
        return list.copyAll();
    }

    @Override
    public void free() {
        list.free(space.reclaimer());
    }
}
