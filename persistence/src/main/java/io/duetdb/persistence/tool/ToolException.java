package io.duetdb.persistence.tool;

/** A tool can't do what it was asked for. The message names the cause and what can be done. */
public final class ToolException extends Exception {
    private static final long serialVersionUID = 1L;

    /** A refusal whose whole text is {@code message}. */
    public ToolException(String message) {
        super(message);
    }
}
