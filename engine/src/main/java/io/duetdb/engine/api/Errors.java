package io.duetdb.engine.api;

/** The errors that several commands answer with, texts as redis-server 7.2 has them. */
public final class Errors {
    public static final CommandError SYNTAX = new CommandError("ERR syntax error");
    public static final CommandError NOT_AN_INTEGER = new CommandError("ERR value is not an integer or out of range");
    public static final CommandError NOT_A_FLOAT = new CommandError("ERR value is not a valid float");
    public static final CommandError WRONGTYPE =
            new CommandError("WRONGTYPE Operation against a key holding the wrong kind of value");
    public static final CommandError OOM = new CommandError("OOM command not allowed when used memory > 'maxmemory'.");
    public static final CommandError NOAUTH = new CommandError("NOAUTH Authentication required.");
    public static final CommandError NO_SUCH_KEY = new CommandError("ERR no such key");
    public static final CommandError OVERFLOW = new CommandError("ERR increment or decrement would overflow");
    public static final CommandError TOO_LONG =
            new CommandError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
    public static final CommandError DB_OUT_OF_RANGE = new CommandError("ERR DB index is out of range");

    private Errors() {}
}
