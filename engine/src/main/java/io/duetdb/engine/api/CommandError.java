package io.duetdb.engine.api;

import java.nio.charset.StandardCharsets;

/**
 * A user's fault: the error line a command answers with, without RESP's leading {@code '-'}. Stackless, so that the
 * common ones are preallocated constants ({@link Errors}) and throwing costs no walk of the stack. Anything else that
 * is thrown inside the engine is a bug of ours and is treated as one.
 */
public final class CommandError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final byte[] line;

    /** An error whose line is {@code text} (UTF-8), for instance {@code "ERR syntax error"}. */
    public CommandError(String text) {
        super(text, null, false, false);
        this.line = text.getBytes(StandardCharsets.UTF_8);
    }

    /** An error whose line holds arbitrary bytes, for instance a part of the request. Takes ownership of the array. */
    public CommandError(byte[] line) {
        super(new String(line, StandardCharsets.ISO_8859_1), null, false, false);
        this.line = line;
    }

    /**
     * An error that quotes an argument of the request between two texts, byte by byte; a zero byte ends the quotation, as
     * in Redis, which formats C strings.
     */
    public static CommandError quoting(String before, Argv argv, int index, String after) {
        int length = 0;
        while (length < argv.length(index) && argv.byteAt(index, length) != 0) {
            length++;
        }
        String quoted = new String(argv.array(index), argv.offset(index), length, StandardCharsets.ISO_8859_1);
        return new CommandError((before + quoted + after).getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The error line: code, space, message. Not to be modified. */
    public byte[] line() {
        return line;
    }
}
