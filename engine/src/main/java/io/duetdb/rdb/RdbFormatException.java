package io.duetdb.rdb;

/** Bytes that are no RDB, or none that can be read here; the message says what is wrong, for people. */
public final class RdbFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An exception without a stack: it is the data's fault. */
    public RdbFormatException(String message) {
        super(message, null, false, false);
    }
}
