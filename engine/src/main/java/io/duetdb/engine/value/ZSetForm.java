package io.duetdb.engine.value;

import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Reply;

/** What both encodings of a sorted set do for {@link ZSet}, which says what each of these promises. */
interface ZSetForm {
    long size();

    double score(byte[] b, int from, int length);

    boolean remove(byte[] b, int from, int length);

    long rank(byte[] b, int from, int length);

    // ---- the position

    boolean first();

    boolean last();

    boolean next();

    boolean previous();

    boolean seekRank(long rank);

    boolean seekScore(double min, boolean exclusive);

    boolean seekScoreBack(double max, boolean exclusive);

    boolean seekLex(byte[] b, int from, int length, boolean exclusive);

    boolean seekLexBack(byte[] b, int from, int length, boolean exclusive);

    // ---- the member at the position

    double score();

    int length();

    int copyOut(byte[] to, int at);

    void reply(Reply reply);

    int compare(byte[] b, int from, int length);

    long rank();

    boolean removeHere();

    // ---- the whole

    void forEach(ElementVisitor visitor);

    long scan(long cursor, int count);

    void showScanned(ElementVisitor visitor);

    long blockBytes();

    /** A copy's word. */
    long copy();

    void free();
}
