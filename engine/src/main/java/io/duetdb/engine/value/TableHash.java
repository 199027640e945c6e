package io.duetdb.engine.value;

import io.duetdb.bytes.Glob;
import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.memory.HashTable;
import io.duetdb.engine.memory.Kind;
import io.duetdb.engine.memory.PageMemory;
import io.duetdb.engine.memory.SizedString;
import java.util.Arrays;

/**
 * A big hash: a {@link HashTable} whose slots refer to {@link Element}s of field and value. With a head its fields may
 * have deadlines; one whose time is over is not there any more for whoever reads, and goes when its record fires. A
 * flyweight with a position at a field.
 */
final class TableHash {
    /** Fields that a walk looks at in one step. */
    private static final int STEP = 64;

    /** The longest array of a walk that is kept. */
    private static final int KEPT = 4096;

    /** Fields that are over and chosen by chance, in a row, before the others are counted. */
    private static final int TRIES = 32;

    /** Up to how many fields a table is searched for ones that are over at any access. */
    private static final int SWEPT = 64;

    /** Fields whose blocks are measured; a larger table's are reckoned from these. */
    private static final int MEASURED = 1024;

    private final ValueSpace space;
    private final PageMemory memory;
    private final HashTable table;
    private final ElementTable freeing;
    private final HashTable.SlotVisitor collect = this::collect;
    private long head;
    private long block;

    // A walk: blocks ahead of the position, and where to go on.
    private long[] walked = new long[2 * STEP];
    private int walkedCount;
    private int walkedAt;
    private long cursor;
    private boolean more;

    TableHash(ValueSpace space) {
        this.space = space;
        this.memory = space.memory();
        this.table = new HashTable(memory);
        this.freeing = new ElementTable(memory, space.reclaimer());
    }

    /** Sets this flyweight on a table; {@code newHead} is 0 where fields have no deadlines. */
    void wrap(long header, long newHead) {
        table.wrap(header);
        head = newHead;
        block = 0;
        if (walked.length > KEPT) {
            walked = new long[2 * STEP];
        }
    }

    /** Number of fields, without those that are over. O(1), or O(size) while some are; then the position is lost. */
    long size() {
        long size = table.size();
        if (!mayBeOver()) {
            return size;
        }
        for (boolean is = firstOfAll(); is; is = nextOfAll()) {
            size -= isOver(block) ? 1 : 0;
        }
        return size;
    }

    /** Whether there are no fields, not even ones that are over. */
    boolean isBare() {
        return table.size() == 0;
    }

    boolean isEmpty() {
        return table.size() == 0 || mayBeOver() && !first();
    }

    private boolean mayBeOver() {
        return head != 0
                && HashHead.count(memory, head) > 0
                && space.deadlines().due();
    }

    private boolean isOver(long b) {
        if (head == 0) {
            return false;
        }
        long deadline = Element.deadline(memory, b);
        return deadline != 0 && deadline < space.overdueBefore();
    }

    private long field(long b) {
        return head == 0 ? b : Element.field(memory, b);
    }

    private long value() {
        return Element.behind(memory, field(block));
    }

    // ---- the position

    boolean first() {
        return firstOfAll() && (!isOver(block) || next());
    }

    boolean next() {
        while (nextOfAll()) {
            if (!isOver(block)) {
                return true;
            }
        }
        return false;
    }

    private boolean firstOfAll() {
        cursor = 0;
        walkedCount = 0;
        walkedAt = 0;
        more = true;
        return nextOfAll();
    }

    private boolean nextOfAll() {
        while (walkedAt == walkedCount) {
            if (!more) {
                block = 0;
                return false;
            }
            walkedCount = 0;
            walkedAt = 0;
            cursor = table.scan(cursor, STEP, collect);
            more = cursor != 0;
        }
        block = walked[walkedAt++];
        return true;
    }

    private void collect(long b) {
        if (walkedCount == walked.length) {
            walked = Arrays.copyOf(walked, 2 * walkedCount);
        }
        walked[walkedCount++] = b;
    }

    /** Collects about {@code count} fields for {@link #firstScanned}; returns the cursor to go on with, 0 at the end. */
    long scan(long from, int count) {
        walkedCount = 0;
        walkedAt = 0;
        more = false;
        return table.scan(from, count, collect);
    }

    boolean firstScanned() {
        walkedAt = 0;
        return next();
    }

    /** Goes to a field, each as likely as any other; false if there is none. */
    boolean random() {
        for (int i = 0; i < TRIES; i++) {
            block = table.random(space.random());
            if (block == 0 || !isOver(block)) {
                return block != 0;
            }
        }
        long living = size();
        if (living == 0) {
            return false;
        }
        long skip = space.random().nextLong(living);
        boolean is = first();
        while (skip-- > 0) {
            is = next();
        }
        return is;
    }

    /** What tells the field from others as long as nothing is written. */
    long place() {
        return block;
    }

    boolean find(byte[] f, int from, int length) {
        block = locate(space.hash(f, from, length), f, from, length);
        return block != 0 && !isOver(block);
    }

    /** The block of a field, over or not, where the table remembers its position; 0 if there is none. */
    private long locate(long hash, byte[] f, int from, int length) {
        for (long b = table.first(hash); b != 0; b = table.next()) {
            if (SizedString.equals(memory, field(b), f, from, length)) {
                return b;
            }
        }
        return 0;
    }

    private long hashOf(long b) {
        long at = field(b);
        int length = SizedString.length(memory, at);
        if (length > 0 && SizedString.isInline(memory, at)) {
            long bytes = SizedString.bytesAt(memory, at);
            return space.hash(memory.array(bytes), memory.index(bytes), length);
        }
        return space.hash(SizedString.bytes(memory, at), 0, length);
    }

    /** Makes the table remember where the field stands that this one is at. */
    private void position() {
        long b = table.first(hashOf(block));
        while (b != block) {
            if (b == 0) {
                throw new IllegalStateException("no slot for the field at " + block);
            }
            b = table.next();
        }
    }

    int length() {
        return SizedString.length(memory, field(block));
    }

    int copyOut(byte[] to, int at) {
        return SizedString.copyOut(memory, field(block), to, at);
    }

    void reply(Reply reply) {
        SizedString.reply(memory, field(block), reply);
    }

    boolean matches(byte[] glob, int from, int length) {
        long at = field(block);
        if (SizedString.isInline(memory, at)) {
            int skip = (int) (SizedString.bytesAt(memory, at) - at);
            byte[] array = memory.array(at);
            return Glob.matches(
                    glob, from, length, array, memory.index(at) + skip, SizedString.length(memory, at), false);
        }
        byte[] bytes = SizedString.bytes(memory, at);
        return Glob.matches(glob, from, length, bytes, 0, bytes.length, false);
    }

    int valueLength() {
        return SizedString.length(memory, value());
    }

    int copyValue(byte[] to, int at) {
        return SizedString.copyOut(memory, value(), to, at);
    }

    void replyValue(Reply reply) {
        SizedString.reply(memory, value(), reply);
    }

    /** The value if it is an integer, else {@link Numbers#NOT_A_LONG}, which {@link #valueIsInteger} tells apart. */
    long valueInteger() {
        long at = value();
        int length = SizedString.length(memory, at);
        if (length == 0 || length > 20) {
            return Numbers.NOT_A_LONG;
        }
        return Numbers.parse(memory.array(at), memory.index(at) + 1, length);
    }

    boolean valueIsInteger() {
        long at = value();
        int length = SizedString.length(memory, at);
        return length > 0 && length <= 20 && Numbers.isLong(memory.array(at), memory.index(at) + 1, length);
    }

    /** The deadline of the field, 0 = none. */
    long deadline() {
        return head == 0 ? 0 : Element.deadline(memory, block);
    }

    // ---- changing

    /** Sets a field; it loses its deadline unless {@code keep}. Returns 1 if it is new, else 0. Copies the bytes. */
    int put(byte[] f, int fFrom, int fLength, byte[] v, int vFrom, int vLength, boolean keep) {
        long hash = space.hash(f, fFrom, fLength);
        block = locate(hash, f, fFrom, fLength);
        if (block == 0) {
            insert(hash, f, fFrom, fLength, v, vFrom, vLength);
            return 1;
        }
        boolean over = isOver(block);
        if (over) {
            space.deadlines().overwritten(head, f, fFrom, fLength);
        }
        if (head != 0 && (!keep || over) && Element.deadline(memory, block) != 0) {
            Element.deadline(memory, block, 0); // a record that is filed stays: the next deadline may use it
            HashHead.add(memory, head, -1);
        }
        overwrite(v, vFrom, vLength);
        return over ? 1 : 0;
    }

    private void insert(long hash, byte[] f, int fFrom, int fLength, byte[] v, int vFrom, int vLength) {
        int fieldSpace = SizedString.spaceFor(fLength);
        long b = memory.allocate(fieldSpace + SizedString.spaceFor(vLength), Kind.ELEMENT);
        SizedString.write(memory, b, f, fFrom, fLength);
        SizedString.write(memory, b + fieldSpace, v, vFrom, vLength);
        table.insert(hash, b);
        block = b;
    }

    /** Writes another value, in place where the block's size allows it. The table remembers the field's position. */
    private void overwrite(byte[] v, int from, int length) {
        long value = value();
        int before = (int) (value - block);
        int oldSpace = SizedString.space(memory, value);
        int newSpace = SizedString.spaceFor(length);
        SizedString.free(memory, value, space.reclaimer());
        boolean fits = !memory.isBetterMoved(block)
                && (oldSpace == newSpace || memory.resizeInPlace(block, before + oldSpace, before + newSpace));
        if (fits) {
            SizedString.write(memory, value, v, from, length);
            return;
        }
        long b = memory.allocate(before + newSpace, Kind.ELEMENT);
        memory.move(b, block, before);
        SizedString.write(memory, b + before, v, from, length);
        exchange(b);
    }

    /** Puts another block into the field's slot, where the table stands, and frees the old one. */
    private void exchange(long b) {
        table.replace(b);
        memory.free(block);
        block = b;
    }

    /** Puts a field that is not there, with a deadline or 0. */
    void add(byte[] f, int fFrom, int fLength, byte[] v, int vFrom, int vLength, long deadline) {
        long hash = space.hash(f, fFrom, fLength);
        insert(hash, f, fFrom, fLength, v, vFrom, vLength);
        if (deadline != 0) {
            position();
            deadlineHere(hash, deadline);
        }
    }

    boolean remove(byte[] f, int from, int length) {
        block = locate(space.hash(f, from, length), f, from, length);
        if (block == 0 || isOver(block)) {
            return false;
        }
        removeHere();
        return true;
    }

    /** Takes the field out, where the table stands; the position is lost. */
    void removeHere() {
        table.remove();
        if (head != 0 && Element.hasArea(memory, block)) {
            HashHead.add(memory, head, Element.deadline(memory, block) == 0 ? 0 : -1);
            space.deadlines().orphaned(Element.filed(memory, block) == 0 ? 0 : 1);
        }
        Element.free(memory, block, ElementTable.FIELD_AND_VALUE, space.reclaimer());
        block = 0;
    }

    // ---- deadlines

    /** Gives the field, which {@link #find} found, another deadline, 0 = none. */
    void deadline(long deadline) {
        deadlineHere(hashOf(block), deadline);
    }

    private void deadlineHere(long hash, long deadline) {
        boolean area = Element.hasArea(memory, block);
        boolean had = area && Element.deadline(memory, block) != 0;
        if (deadline == 0 && !had) {
            return;
        }
        if (!area) {
            position();
            makeArea();
        }
        Element.deadline(memory, block, deadline);
        HashHead.add(memory, head, (deadline == 0 ? 0 : 1) - (had ? 1 : 0));
        long filed = Element.filed(memory, block);
        if (deadline != 0 && (filed == 0 || filed > deadline)) {
            space.deadlines().orphaned(filed == 0 ? 0 : 1);
            file(hash, deadline);
        }
    }

    private void file(long hash, long deadline) {
        Element.filed(memory, block, deadline);
        space.deadlines().file(HashHead.id(memory, head), hash, deadline);
    }

    private void makeArea() {
        int size = Element.size(memory, block);
        long b = memory.allocate(Element.AREA + size, Kind.ELEMENT);
        memory.move(b + Element.AREA, block, size);
        Element.filed(memory, b, 0);
        exchange(b);
    }

    /**
     * A record fired: goes to the field that it was filed for if that is over; files it again if it has more time.
     * Returns whether there is a field to take out.
     */
    boolean fired(long hash, long filedAt) {
        block = filedFor(hash, filedAt);
        if (block == 0) {
            return false;
        }
        Element.filed(memory, block, 0);
        long deadline = Element.deadline(memory, block);
        if (deadline == 0) {
            return false;
        }
        if (deadline >= space.overdueBefore()) {
            file(hash, deadline);
            return false;
        }
        return true;
    }

    /** The block of the field that a record was filed for, 0 if that is gone. */
    long filedFor(long hash, long filedAt) {
        for (long b = table.first(hash); b != 0; b = table.next()) {
            if (Element.hasArea(memory, b) && Element.filed(memory, b) == filedAt) {
                return b;
            }
        }
        return 0;
    }

    /** Goes to a field that is over, if the table is so small that it may be searched for them. */
    boolean seekOver() {
        if (table.size() > SWEPT || !mayBeOver()) {
            return false;
        }
        for (boolean is = firstOfAll(); is; is = nextOfAll()) {
            if (isOver(block)) {
                position();
                return true;
            }
        }
        return false;
    }

    // ---- the whole

    void forEach(ElementVisitor visitor) {
        for (boolean is = first(); is; is = next()) {
            long f = field(block);
            long v = Element.behind(memory, f);
            int fLength = SizedString.length(memory, f);
            int vLength = SizedString.length(memory, v);
            boolean fInline = SizedString.isInline(memory, f);
            boolean vInline = SizedString.isInline(memory, v);
            byte[] fBytes = fInline ? memory.array(f) : SizedString.bytes(memory, f);
            byte[] vBytes = vInline ? memory.array(v) : SizedString.bytes(memory, v);
            int fAt = fInline ? memory.index(f) + (int) (SizedString.bytesAt(memory, f) - f) : 0;
            int vAt = vInline ? memory.index(v) + (int) (SizedString.bytesAt(memory, v) - v) : 0;
            long deadline = deadline();
            visitor.field(fBytes, fAt, fLength, vBytes, vAt, vLength, deadline == 0 ? -1 : deadline);
        }
    }

    /** Bytes of the table and its elements; reckoned from some of them when they are many. */
    long blockBytes() {
        long bytes = 0;
        long seen = 0;
        for (boolean is = firstOfAll(); is && seen < MEASURED; is = nextOfAll()) {
            long f = field(block);
            bytes += memory.capacity(block)
                    + SizedString.outsideBytes(memory, f)
                    + SizedString.outsideBytes(memory, Element.behind(memory, f));
            seen++;
        }
        long size = table.size();
        return table.bytes() + (seen == 0 ? 0 : size > seen ? (long) ((double) bytes / seen * size) : bytes);
    }

    /** Puts copies of all fields into another table, which has none. */
    void addTo(TableHash copy) {
        for (boolean is = firstOfAll(); is; is = nextOfAll()) {
            copy.addCopy(block, field(block), hashOf(block));
        }
    }

    private void addCopy(long source, long f, long hash) {
        long v = Element.behind(memory, f);
        int fieldSpace = (int) (v - f);
        long deadline = Element.deadline(memory, source);
        int area = deadline == 0 ? 0 : Element.AREA;
        long b = memory.allocate(area + fieldSpace + SizedString.space(memory, v), Kind.ELEMENT);
        SizedString.copy(memory, b + area, f);
        SizedString.copy(memory, b + area + fieldSpace, v);
        table.insert(hash, b);
        block = b;
        if (deadline != 0) {
            Element.deadline(memory, b, deadline);
            HashHead.add(memory, head, 1);
            file(hash, deadline);
        }
    }

    void free(long header) {
        freeing.free(header, ElementTable.FIELD_AND_VALUE);
    }
}
