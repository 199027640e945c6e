package io.duetdb.engine.value;

import io.duetdb.bytes.Glob;
import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.memory.PackedList;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.memory.Reclaimer;

/**
 * A small hash: fields and values alternating in a {@link PackedList}, in the order in which they came. With deadlines
 * each pair has a third element behind it, the deadline or 0, and pairs stand in the order of deadlines, those without
 * at the end, as in Redis' listpackex. A flyweight with a position at a field.
 */
final class PackedHash {
    private final PageMemory memory;
    private final PackedList list;
    private final byte[] digits = new byte[20];
    private byte[] field = new byte[64];
    private byte[] value = new byte[64];
    private int stride = 2;
    private boolean atValue;

    PackedHash(PageMemory memory) {
        this.memory = memory;
        this.list = new PackedList(memory);
    }

    void wrap(long root, boolean deadlines) {
        list.wrap(root);
        stride = deadlines ? 3 : 2;
        atValue = false;
    }

    long root() {
        return list.root();
    }

    long size() {
        return list.size() / stride;
    }

    // ---- the position

    boolean first() {
        atValue = false;
        return list.first();
    }

    boolean next() {
        toValue();
        if (stride == 3) {
            list.next();
        }
        atValue = false;
        return list.next();
    }

    boolean seek(long index) {
        atValue = false;
        return list.seek(index * stride);
    }

    boolean find(byte[] b, int from, int length) {
        atValue = false;
        return list.first() && list.find(b, from, length, stride);
    }

    private PackedList toField() {
        if (atValue) {
            list.previous();
            atValue = false;
        }
        return list;
    }

    private PackedList toValue() {
        if (!atValue) {
            list.next();
            atValue = true;
        }
        return list;
    }

    int length() {
        return toField().length();
    }

    int copyOut(byte[] to, int at) {
        return toField().copyOut(to, at);
    }

    void reply(Reply reply) {
        toField().reply(reply);
    }

    boolean matches(byte[] glob, int from, int length) {
        int n = copyField();
        return Glob.matches(glob, from, length, field, 0, n, false);
    }

    int valueLength() {
        return toValue().length();
    }

    int copyValue(byte[] to, int at) {
        return toValue().copyOut(to, at);
    }

    void replyValue(Reply reply) {
        toValue().reply(reply);
    }

    boolean valueIsInteger() {
        return toValue().isInteger();
    }

    long valueInteger() {
        return toValue().integer();
    }

    /** The deadline of the field, 0 = none. */
    long deadline() {
        if (stride == 2) {
            return 0;
        }
        toValue().next();
        long deadline = list.integer();
        list.previous();
        return deadline;
    }

    // ---- changing

    /**
     * Takes fields and values, alternating, as {@link PackedList#adopt} does. Returns false, and does nothing, if that
     * does not, or a field comes twice.
     */
    boolean adopt(byte[] b, int from, int length, int count, int longest) {
        atValue = false;
        return stride == 2
                && count % 2 == 0
                && !PackedList.hasTwins(b, from, length, 2)
                && list.adopt(b, from, length, count, longest);
    }

    /** Makes the value of the field another one. */
    void replaceValue(byte[] v, int from, int length) {
        toValue().replace(v, from, length);
    }

    /** Puts a field that is not there behind all others, without a deadline. */
    void add(byte[] f, int fFrom, int fLength, byte[] v, int vFrom, int vLength) {
        list.addLast(f, fFrom, fLength);
        list.addLast(v, vFrom, vLength);
        atValue = true;
        if (stride == 3) {
            list.addLast(0);
            list.previous();
        }
    }

    /** Takes the field out; the position is lost. */
    void remove() {
        toField().remove(stride);
        atValue = false;
    }

    /** Gives the field another deadline, 0 = none, and with it another place; the position is lost. */
    void deadline(long deadline) {
        int fieldLength = copyField();
        int valueLength = copyValue();
        remove();
        if (deadline == 0 || !seekLater(deadline)) {
            list.addLast(field, 0, fieldLength);
            list.addLast(value, 0, valueLength);
            list.addLast(deadline);
            return;
        }
        list.insertBefore(field, 0, fieldLength);
        list.insertAfter(value, 0, valueLength);
        list.insertAfter(digits, 0, Numbers.write(deadline, digits, 0));
    }

    /** Goes to the first field with a later deadline or none. */
    private boolean seekLater(long deadline) {
        for (boolean is = first(); is; is = next()) {
            long other = deadline();
            if (other == 0 || other > deadline) {
                toField();
                return true;
            }
        }
        return false;
    }

    private int copyField() {
        int length = length();
        if (field.length < length) {
            field = new byte[Math.max(length, 2 * field.length)];
        }
        return copyOut(field, 0);
    }

    private int copyValue() {
        int length = valueLength();
        if (value.length < length) {
            value = new byte[Math.max(length, 2 * value.length)];
        }
        return copyValue(value, 0);
    }

    // ---- the whole

    void forEach(ElementVisitor visitor) {
        for (boolean is = first(); is; is = next()) {
            int fieldLength = copyField();
            int valueLength = copyValue();
            long deadline = deadline();
            visitor.field(field, 0, fieldLength, value, 0, valueLength, deadline == 0 ? -1 : deadline);
        }
    }

    /** Puts all fields with their deadlines into a table, which has none of them. */
    void addTo(TableHash table) {
        for (boolean is = first(); is; is = next()) {
            int fieldLength = copyField();
            int valueLength = copyValue();
            table.add(field, 0, fieldLength, value, 0, valueLength, deadline());
            list.refresh();
        }
    }

    /** Makes a copy with room for deadlines and returns its root; frees this one, which had none. */
    long withDeadlines(Reclaimer reclaimer) {
        PackedList wide = new PackedList(memory).wrap(0);
        for (boolean is = first(); is; is = next()) {
            int fieldLength = copyField();
            int valueLength = copyValue();
            wide.addLast(field, 0, fieldLength);
            wide.addLast(value, 0, valueLength);
            wide.addLast(0);
            list.refresh();
        }
        list.free(reclaimer);
        return wide.root();
    }

    long blockBytes() {
        return list.blockBytes();
    }

    long copyAll() {
        return list.copyAll();
    }

    void free(Reclaimer reclaimer) {
        list.free(reclaimer);
        atValue = false;
    }
}
