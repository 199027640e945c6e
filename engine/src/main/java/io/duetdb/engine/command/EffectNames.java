package io.duetdb.engine.command;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The commands that stand for others in the stream of effects. Whoever loads the stream has to know them, so each is a
 * command of the table that writes; an engine refuses to start otherwise.
 */
public final class EffectNames {
    public static final byte[] DEL = Effects.word("DEL");
    public static final byte[] SET = Effects.word("SET");
    public static final byte[] PEXPIREAT = Effects.word("PEXPIREAT");
    public static final byte[] PERSIST = Effects.word("PERSIST");
    public static final byte[] LPOP = Effects.word("LPOP");
    public static final byte[] RPOP = Effects.word("RPOP");
    public static final byte[] LMOVE = Effects.word("LMOVE");
    public static final byte[] RPOPLPUSH = Effects.word("RPOPLPUSH");
    public static final byte[] SREM = Effects.word("SREM");
    public static final byte[] ZPOPMIN = Effects.word("ZPOPMIN");
    public static final byte[] ZPOPMAX = Effects.word("ZPOPMAX");
    public static final byte[] ZRANGESTORE = Effects.word("ZRANGESTORE");
    public static final byte[] HSET = Effects.word("HSET");
    public static final byte[] HDEL = Effects.word("HDEL");
    public static final byte[] HSETEX = Effects.word("HSETEX");
    public static final byte[] HPERSIST = Effects.word("HPERSIST");
    public static final byte[] HPEXPIREAT = Effects.word("HPEXPIREAT");
    public static final byte[] RESTORE = Effects.word("RESTORE");

    private static final List<byte[]> ALL = List.of(
            DEL,
            SET,
            PEXPIREAT,
            PERSIST,
            LPOP,
            RPOP,
            LMOVE,
            RPOPLPUSH,
            SREM,
            ZPOPMIN,
            ZPOPMAX,
            ZRANGESTORE,
            HSET,
            HDEL,
            HSETEX,
            HPERSIST,
            HPEXPIREAT,
            RESTORE);

    private EffectNames() {}

    /**
     * Checks that every name is that of a command which writes.
     *
     * @throws IllegalStateException naming the one that is not
     */
    public static void check(CommandTable table) {
        for (byte[] name : ALL) {
            Command command = table.find(name, 0, name.length);
            if (command == null || !command.is(Flags.WRITE)) {
                throw new IllegalStateException("effects are made of " + new String(name, StandardCharsets.US_ASCII)
                        + ", which is no command that writes");
            }
        }
    }
}
