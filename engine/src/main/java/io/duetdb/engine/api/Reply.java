package io.duetdb.engine.api;

/**
 * The sink of a command's answer, typed in meaning: a command says what a value <i>is</i> and the sink knows how RESP2,
 * RESP3, JSON, Java or Lua spell it. Every command writes exactly one top-level value. Aggregates announce their size
 * first and need no end: the sink counts down. Arrays handed in are copied before the call returns.
 *
 * <p>An abstract class and not an interface because the dispatcher calls it for every command.
 */
public abstract class Reply {
    // ---- scalars

    /** A simple string (status), {@code +OK}. {@code ascii} holds no CR or LF. */
    public abstract void simple(byte[] ascii);

    /** The status OK. */
    public abstract void ok();

    public abstract void integer(long value);

    /** A bulk string. */
    public abstract void bulk(byte[] bytes, int offset, int length);

    /** A bulk string that is the decimal form of {@code value}. */
    public abstract void bulk(long value);

    /**
     * Begins a bulk string of {@code length} bytes that is handed over in parts: exactly that many bytes must follow by
     * {@link #part} before the next value.
     */
    public abstract void bulkParts(long length);

    /** The next bytes of the bulk string that {@link #bulkParts} began. */
    public abstract void part(byte[] bytes, int offset, int length);

    /** The absent value: {@code $-1} in RESP2, {@code _} in RESP3. */
    public abstract void nil();

    /** The absent array: {@code *-1} in RESP2, {@code _} in RESP3. */
    public abstract void nilArray();

    /** A floating point number: a bulk string in RESP2, a double in RESP3, digits as Redis prints scores. */
    public abstract void real(double value);

    /** A truth value: 1 or 0 in RESP2. */
    public abstract void bool(boolean value);

    /** Text for people: a bulk string in RESP2, verbatim of format {@code txt} in RESP3. */
    public abstract void verbatim(byte[] text, int offset, int length);

    /** A number of any size in decimal digits: a bulk string in RESP2. */
    public abstract void bigNumber(byte[] digits);

    /** An error line, code first, without the leading minus. CR and LF in it become spaces. */
    public abstract void error(byte[] line);

    // ---- aggregates: the given number of values (pairs for maps) must follow

    public abstract void array(int count);

    /** {@code count} keys, each followed by its value: a flat array of 2 x count in RESP2. */
    public abstract void map(int count);

    public abstract void set(int count);

    /**
     * {@code count} pairs, each begun by {@link #pair} and followed by its two values: one flat array in RESP2, an array
     * of arrays in RESP3 (ZRANGE WITHSCORES and its like).
     */
    public abstract void pairs(int count);

    /** Begins the next pair of {@link #pairs}. */
    public abstract void pair();

    /** An out-of-band message of {@code count} values: an array in RESP2. */
    public abstract void push(int count);

    /**
     * Begins an out-of-band message of {@code count} values in front of the answer. Returns whether there can be one: false
     * in RESP2 and where messages are told in another way, and nothing was begun then.
     */
    public boolean pushFirst(int count) {
        return false;
    }

    /**
     * Begins {@code count} facts about the value that follows them, each a name and its value. Returns whether they are
     * told: false in all but RESP3, and nothing of them is to be written then.
     */
    public boolean attribute(int count) {
        return false;
    }

    /**
     * Begins an array whose count is only known at its end. Returns a token for {@link #closeArray}. Nothing else may be
     * left open when it closes.
     */
    public abstract long openArray();

    /** Ends the array that {@link #openArray} began: {@code count} values were written since. */
    public abstract void closeArray(long token, int count);

    /** A message, written as it says itself. Sinks of many clients keep its bytes for the next one. */
    public void message(Message message) {
        message.write(this);
    }

    // ---- unwinding

    /** A point to return to: the present end of what was written. */
    public abstract long mark();

    /** Forgets everything written since {@code mark}. */
    public abstract void rollback(long mark);

    /** Speaks protocol {@code version} (2 or 3) from the next value on. Sinks without versions ignore it. */
    public void protocol(int version) {}

    // ---- conveniences, spelled by the ones above

    public final void bulk(byte[] bytes) {
        bulk(bytes, 0, bytes.length);
    }

    public final void error(CommandError error) {
        error(error.line());
    }

    /** A bulk string of ASCII or UTF-8 text. For cold paths: it encodes. */
    public final void text(String text) {
        bulk(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** A simple string from ASCII text. For cold paths. */
    public final void simple(String ascii) {
        simple(ascii.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    /** Replies 1 or 0. */
    public final void oneOrZero(boolean value) {
        integer(value ? 1 : 0);
    }
}
