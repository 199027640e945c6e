package io.duetdb.server;

/** The server cannot start, for a reason the user can mend: one line for stderr, exit code 1, no stack. */
public final class StartupException extends Exception {
    private static final long serialVersionUID = 1L;

    /** A refusal whose whole text is {@code line}: what is wrong, and what would be right. */
    public StartupException(String line) {
        super(line, null, false, false);
    }
}
