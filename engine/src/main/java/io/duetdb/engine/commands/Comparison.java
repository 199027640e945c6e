package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Effects.word;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.keyspace.Database;

/**
 * The conditions IFEQ, IFNE, IFDEQ and IFDNE of Redis 8.4: whether a key's string is, or is not, a given one, or has a
 * given digest. Where there is no key nothing is equal.
 */
final class Comparison {
    static final int NONE = 0;
    static final int IFEQ = 1;
    static final int IFNE = 2;
    static final int IFDEQ = 3;
    static final int IFDNE = 4;

    private static final byte[][] WORDS = {word(""), word("IFEQ"), word("IFNE"), word("IFDEQ"), word("IFDNE")};

    private static final CommandError NO_DIGEST = new CommandError("ERR must be exactly 16 hexadecimal characters");
    private static final int DIGEST_LENGTH = 16;

    private Comparison() {}

    /** Which condition a word names, or {@link #NONE}. */
    static int named(Argv argv, int index) {
        for (int kind = IFEQ; kind <= IFDNE; kind++) {
            if (argv.is(index, WORDS[kind])) {
                return kind;
            }
        }
        return NONE;
    }

    /** Checks what a condition compares with. @throws CommandError a digest is not 16 characters long */
    static void check(int kind, Argv argv, int operand) {
        if (kind >= IFDEQ && argv.length(operand) != DIGEST_LENGTH) {
            throw NO_DIGEST;
        }
    }

    /** Whether the condition holds for an entry, or for no key if that is 0. @throws CommandError WRONGTYPE */
    static boolean holds(Database db, long e, int kind, Argv argv, int operand) {
        boolean wantsEqual = kind == IFEQ || kind == IFDEQ;
        if (e == 0) {
            return !wantsEqual;
        }
        if (!db.isString(e)) {
            throw Errors.WRONGTYPE;
        }
        boolean equal = kind >= IFDEQ
                ? isDigest(argv, operand, db.strings().xxh3(e))
                : db.strings().equals(e, argv, operand);
        return equal == wantsEqual;
    }

    /** The digest of a string as DIGEST replies it. */
    static byte[] digest(Database db, long e) {
        long hash = db.strings().xxh3(e);
        byte[] hex = new byte[DIGEST_LENGTH];
        for (int i = 0; i < DIGEST_LENGTH; i++) {
            hex[i] = (byte) Character.forDigit(nibble(hash, i), 16);
        }
        return hex;
    }

    private static boolean isDigest(Argv argv, int operand, long hash) {
        for (int i = 0; i < DIGEST_LENGTH; i++) {
            if (Character.digit(argv.byteAt(operand, i), 16) != nibble(hash, i)) {
                return false;
            }
        }
        return true;
    }

    private static int nibble(long hash, int i) {
        return (int) (hash >>> 60 - 4 * i) & 15;
    }
}
