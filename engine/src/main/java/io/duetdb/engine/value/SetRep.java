package io.duetdb.engine.value;

import io.duetdb.engine.api.Reply;

/**
 * One encoding of a set behind {@link SetValue}: a flyweight that {@link #wrap} sets on a set of this encoding, with a
 * position at one of its members. When to change to another encoding is {@code SetValue}'s business.
 *
 * <p>{@link #contains}, {@link #remove} and what adds lose the position.
 */
interface SetRep {
    /** Sets this on a set, known by its root, and forgets the position. */
    void wrap(long root);

    /** By what the set is known: to be kept by its owner after every write. */
    long root();

    /** Number of members. */
    long size();

    /** Whether these bytes are a member. */
    boolean contains(byte[] b, int offset, int length);

    /** Removes a member. Returns whether it was there. */
    boolean remove(byte[] b, int offset, int length);

    // ---- the position

    /** Goes to the first member. */
    boolean first();

    /** Goes to the next member; behind the last one the position is lost. */
    boolean next();

    /** Goes to a member, each as likely as any other. {@link #next} is no use then. False if there is none. */
    boolean random();

    /** Takes the member out and goes to the next; after {@link #random} the position is lost instead. */
    boolean removeHere();

    /** Keeps the position although somebody wrote to the memory meanwhile, but not to this set. */
    void refresh();

    /** What tells the member from all others as long as nobody writes. */
    long here();

    // ---- the member

    /** Whether the member is an integer in Redis' canonical form. */
    boolean isInteger();

    /** The value of a member that is an integer. */
    long integer();

    /** Length of the member in bytes. */
    int length();

    /** Makes the member readable in {@link #bytes}, from {@link #from} on, and returns its length. */
    int load();

    /** The array of the member that was loaded last; not to be modified. Valid until anything is written or moved. */
    byte[] bytes();

    /** Where in {@link #bytes} the member begins. */
    int from();

    /** Copies the member to {@code to}, which has room for it. Returns its length. */
    int copyOut(byte[] to, int at);

    /** Replies the member as a bulk string, straight from its page. */
    void reply(Reply reply);

    // ---- the whole

    /** As {@link SetValue#scan}; what it found is walked by {@link #firstScanned} and {@link #next}. */
    long scan(long cursor, int count);

    /** Goes to the first member that {@link #scan} found. */
    boolean firstScanned();

    /** Bytes that the set's blocks take. */
    long blockBytes();

    /** Makes a copy of the set and returns its root. */
    long copy();

    /** Frees everything: what is small at once, what is big through the reclaimer. */
    void free();
}
