package io.duetdb;

/** A command was answered with an error: {@link #getMessage} is the error line, its first word the code. */
public final class DuetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An error whose line is {@code line}, for instance {@code "ERR no such key"}. */
    public DuetException(String line) {
        super(line);
    }

    /** The code: the first word of the error line, for instance {@code ERR} or {@code WRONGTYPE}. */
    public String code() {
        String line = String.valueOf(getMessage());
        int end = line.indexOf(' ');
        return end < 0 ? line : line.substring(0, end);
    }
}
