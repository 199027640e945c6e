package io.duetdb.engine.value;

import io.duetdb.bytes.Doubles;
import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.memory.PackedList;
import java.util.Arrays;

/**
 * A small sorted set: a {@link PackedList} in which each member is followed by its score, sorted by score and, where
 * scores are equal, by member. Scores stand as in Redis' listpack: whole numbers as integers, others as their text. All
 * costs are O(size).
 *
 * <p>The list's position is that of the member. Every write may change {@link #root}.
 */
final class PackedZSet implements ZSetForm {
    /** Returned by {@link #update}: the member is not there. */
    static final int ABSENT = -1;

    private static final int PAIR = 2;

    /** Up to here whole numbers are scores exactly. */
    private static final long WHOLE_MAX = 1L << 53;

    private final ValueSpace space;
    private final PackedList list;
    private final byte[] text = new byte[Doubles.MAX_LENGTH];
    private long rank;

    PackedZSet(ValueSpace space) {
        this.space = space;
        this.list = new PackedList(space.memory());
    }

    /** Sets this flyweight on a list, 0 = an empty one. */
    PackedZSet wrap(long root) {
        list.wrap(root);
        return this;
    }

    /** By what the list is known; changes with writes. */
    long root() {
        return list.root();
    }

    @Override
    public long size() {
        return list.size() / PAIR;
    }

    // ---- by member

    private boolean find(byte[] b, int from, int length) {
        return list.first() && list.find(b, from, length, PAIR);
    }

    @Override
    public double score(byte[] b, int from, int length) {
        return find(b, from, length) && list.next() ? number() : Double.NaN;
    }

    @Override
    public long rank(byte[] b, int from, int length) {
        if (!find(b, from, length)) {
            return -1;
        }
        long before = 0;
        while (list.previous()) {
            before++;
        }
        return before / PAIR;
    }

    /** Gives a member that is there another score: {@link ZSet#UPDATED} or {@link ZSet#SAME}, else {@link #ABSENT}. */
    int update(byte[] b, int from, int length, double score) {
        if (!find(b, from, length)) {
            return ABSENT;
        }
        double old = score();
        if (old == score) {
            return ZSet.SAME;
        }
        if (score > old ? goToScoreIfNextIsAbove(score) : goToScoreIfPreviousIsBelow(score)) {
            list.replace(text, 0, write(score));
        } else {
            list.remove(PAIR);
            insert(b, from, length, score);
        }
        return ZSet.UPDATED;
    }

    /** Goes from a member to its score if a larger score needs no other place, else stays. */
    private boolean goToScoreIfNextIsAbove(double score) {
        list.next();
        if (!list.next()) {
            return list.last();
        }
        list.next();
        boolean above = number() > score;
        list.previous();
        list.previous();
        if (!above) {
            list.previous();
        }
        return above;
    }

    /** Goes from a member to its score if a smaller score needs no other place, else stays. */
    private boolean goToScoreIfPreviousIsBelow(double score) {
        if (!list.previous()) {
            return list.first() && list.next();
        }
        boolean below = number() < score;
        list.next();
        if (below) {
            list.next();
        }
        return below;
    }

    /**
     * Takes members and scores, alternating, as {@link PackedList#adopt} does. Returns false, and does nothing, if that
     * does not, if a member comes twice, if they are not in order or a score stands otherwise than it would here.
     */
    boolean adopt(byte[] b, int from, int length, int count, int longest) {
        if (count % PAIR != 0
                || PackedList.hasTwins(b, from, length, PAIR)
                || !list.adopt(b, from, length, count, longest)) {
            return false;
        }
        if (isInOrder(longest)) {
            return true;
        }
        free();
        return false;
    }

    private boolean isInOrder(int longest) {
        byte[] before = new byte[longest];
        int lengthBefore = 0;
        double scoreBefore = Double.NEGATIVE_INFINITY;
        for (boolean is = list.first(); is; is = list.next()) {
            int above = lengthBefore == 0 ? 1 : list.compare(before, 0, lengthBefore);
            lengthBefore = list.copyOut(before, 0);
            list.next();
            double score = exactNumber();
            boolean follows = score > scoreBefore || score == scoreBefore && above > 0;
            if (!follows) {
                return false;
            }
            scoreBefore = score;
        }
        return true;
    }

    /** Puts a member in that is not there. The position is lost. */
    void insert(byte[] b, int from, int length, double score) {
        boolean found = list.last() && number() >= score && seekScore(score, false);
        while (found && score() == score && compare(b, from, length) < 0) {
            found = next();
        }
        if (found) {
            list.insertBefore(b, from, length);
        } else {
            list.addLast(b, from, length);
        }
        list.insertAfter(text, 0, write(score));
    }

    /** Puts a member in behind all others, where it must belong. */
    void append(byte[] b, int from, int length, double score) {
        list.addLast(b, from, length);
        list.addLast(text, 0, write(score));
    }

    /** Writes a score as it is to stand in the list. As in Redis 7.2 a negative zero becomes zero. */
    private int write(double score) {
        return Doubles.write(score == 0 ? 0 : score, text, 0);
    }

    @Override
    public boolean remove(byte[] b, int from, int length) {
        if (!find(b, from, length)) {
            return false;
        }
        list.remove(PAIR);
        return true;
    }

    // ---- the position

    @Override
    public boolean first() {
        rank = 0;
        return list.first();
    }

    @Override
    public boolean last() {
        rank = size() - 1;
        return list.last() && list.previous();
    }

    @Override
    public boolean next() {
        list.reload();
        rank++;
        list.next();
        return list.next();
    }

    @Override
    public boolean previous() {
        list.reload();
        rank--;
        if (!list.previous()) {
            return false;
        }
        return list.previous(); // from its score to the member
    }

    @Override
    public boolean seekRank(long wanted) {
        rank = wanted;
        return wanted >= 0 && list.seek(wanted * PAIR);
    }

    @Override
    public boolean seekScore(double min, boolean exclusive) {
        for (boolean is = first(); is; is = list.next()) {
            list.next();
            double score = number();
            if (score > min || score == min && !exclusive) {
                return list.previous();
            }
            rank++;
        }
        return false;
    }

    @Override
    public boolean seekScoreBack(double max, boolean exclusive) {
        rank = size() - 1;
        for (boolean is = list.last(); is; is = list.previous()) {
            double score = number();
            list.previous();
            if (score < max || score == max && !exclusive) {
                return true;
            }
            rank--;
        }
        return false;
    }

    @Override
    public boolean seekLex(byte[] b, int from, int length, boolean exclusive) {
        for (boolean is = first(); is; is = next()) {
            int c = compare(b, from, length);
            if (c > 0 || c == 0 && !exclusive) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean seekLexBack(byte[] b, int from, int length, boolean exclusive) {
        for (boolean is = last(); is; is = previous()) {
            int c = compare(b, from, length);
            if (c < 0 || c == 0 && !exclusive) {
                return true;
            }
        }
        return false;
    }

    // ---- the member at the position

    @Override
    public double score() {
        list.next();
        double score = number();
        list.previous();
        return score;
    }

    /** The number that the list's element is. */
    private double number() {
        return list.isInteger() ? list.integer() : Doubles.parse(text, 0, list.copyOut(text, 0));
    }

    /** The number that the list's element is, NaN if {@link #write} would have written it otherwise. */
    private double exactNumber() {
        if (list.isInteger()) {
            long whole = list.integer();
            return Math.abs(whole) <= WHOLE_MAX ? whole : Double.NaN;
        }
        if (list.length() > text.length) {
            return Double.NaN;
        }
        double number = Doubles.parse(text, 0, list.copyOut(text, 0));
        return list.equals(text, 0, write(number)) ? number : Double.NaN;
    }

    @Override
    public int length() {
        return list.length();
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
    public int compare(byte[] b, int from, int length) {
        if (list.isInteger()) {
            return Arrays.compareUnsigned(text, 0, list.copyOut(text, 0), b, from, from + length);
        }
        return list.compare(b, from, length);
    }

    @Override
    public long rank() {
        return rank;
    }

    @Override
    public boolean removeHere() {
        return list.remove(PAIR);
    }

    // ---- the whole

    @Override
    public long scan(long cursor, int count) {
        return 0;
    }

    @Override
    public void showScanned(ElementVisitor visitor) {
        forEach(visitor);
    }

    @Override
    public void forEach(ElementVisitor visitor) {
        byte[] member = new byte[64];
        for (boolean is = first(); is; is = next()) {
            int length = length();
            if (length > member.length) {
                member = new byte[Math.max(length, 2 * member.length)];
            }
            copyOut(member, 0);
            visitor.member(member, 0, length, score());
        }
    }

    @Override
    public long blockBytes() {
        return list.blockBytes();
    }

    @Override
    public long copy() {
        return size() == 0 ? 0 : ValueSpace.word(Encoding.LISTPACK, list.copyAll());
    }

    @Override
    public void free() {
        list.free(space.reclaimer());
    }
}
