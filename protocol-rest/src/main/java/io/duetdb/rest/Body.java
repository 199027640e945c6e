package io.duetdb.rest;

import io.duetdb.engine.api.Reply;

/** A response's body under way: one reply or a list of them, in JSON or in RESP2. */
interface Body {
    /** Starts a body, or its next piece when {@code itemsBefore} replies of it were written already. */
    void begin(boolean encode, int itemsBefore);

    /** Where the engine writes. */
    Reply sink();

    /** The engine has returned: what it wrote stands in {@link #buffer} now. */
    void settle();

    /** Replies written, those before this piece included. */
    int items();

    /** Whether the last reply was an error. */
    boolean failed();

    /** Begins and ends a list of replies, where the format has signs for that. */
    void open();

    /** See {@link #open}. */
    void close();

    /** Writes an error as the next reply. */
    void refuse(byte[] line);

    /** The bytes written so far, from 0 to {@link #size}. */
    byte[] buffer();

    /** See {@link #buffer}. */
    int size();

    /** How many commands may be executed before {@link #settle}. */
    int batch();

    /** Whether the body is JSON. */
    boolean json();
}
