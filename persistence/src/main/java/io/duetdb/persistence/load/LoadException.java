package io.duetdb.persistence.load;

/** What was kept can't be loaded. The message names the file, the place, the cause and what can be done. */
public final class LoadException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String text;

    public LoadException(String message) {
        super(message, null, false, false); // nobody's bug: what counts is said in the message
        text = message;
    }

    @Override
    public String getMessage() {
        return text;
    }
}
