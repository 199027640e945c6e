package io.duetdb.rest;

import io.duetdb.engine.api.Argv;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The commands that are not offered over HTTP, because they change or need the state of a connection, or wait: a request
 * has no connection of its own.
 */
final class Refused {
    // By first letter.
    private static final String[] A = {"AUTH", "ASKING"};
    private static final String[] B = {
        "BLPOP", "BRPOP", "BRPOPLPUSH", "BLMOVE", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP"
    };
    private static final String[] C = {"CLIENT", "CLUSTER"};
    private static final String[] D = {"DISCARD"};
    private static final String[] E = {"EXEC"};
    private static final String[] H = {"HELLO", "HOST:"};
    private static final String[] M = {"MULTI", "MONITOR"};
    private static final String[] P = {"PSUBSCRIBE", "PUNSUBSCRIBE", "PSYNC", "POST"};
    private static final String[] Q = {"QUIT"};
    private static final String[] R = {"RESET", "REPLCONF", "READONLY", "READWRITE"};
    private static final String[] S = {"SELECT", "SUBSCRIBE", "SSUBSCRIBE", "SUNSUBSCRIBE", "SYNC"};
    private static final String[] U = {"UNWATCH", "UNSUBSCRIBE"};
    private static final String[] W = {"WATCH"};

    private Refused() {}

    /** The error line for a command that is not offered, or null. */
    static byte @Nullable [] error(Argv argv) {
        int length = argv.length(0);
        if (length < 4 || length > 12 || !listed(argv, length)) {
            return null;
        }
        return notAvailable(argv.text(0).toUpperCase(Locale.ROOT));
    }

    /** The error line of a command that is not offered. */
    static byte[] notAvailable(String name) {
        return ("ERR Command is not available: '" + name + "'").getBytes(StandardCharsets.UTF_8);
    }

    private static boolean listed(Argv argv, int length) {
        // First by length and first letter: GET, SET, INCR and the like are through with one look.
        int first = argv.byteAt(0, 0) & ~0x20;
        return switch (first) {
            case 'A' -> any(argv, A);
            case 'B' -> any(argv, B);
            case 'C' -> any(argv, C);
            case 'D' -> any(argv, D);
            case 'E' -> any(argv, E);
            case 'H' -> any(argv, H);
            case 'M' -> any(argv, M);
            case 'P' -> any(argv, P);
            case 'Q' -> any(argv, Q);
            case 'R' -> any(argv, R);
            case 'S' -> any(argv, S);
            case 'U' -> any(argv, U);
            case 'W' -> any(argv, W);
            case 'X' -> (argv.is(0, "XREAD") || argv.is(0, "XREADGROUP")) && blocks(argv);
            default -> false;
        };
    }

    private static boolean any(Argv argv, String[] names) {
        for (String name : names) {
            if (argv.is(0, name)) {
                return true;
            }
        }
        return false;
    }

    /** Whether BLOCK stands before STREAMS. */
    private static boolean blocks(Argv argv) {
        for (int i = 1; i < argv.count() && !argv.is(i, "STREAMS"); i++) {
            if (argv.is(i, "BLOCK")) {
                return true;
            }
        }
        return false;
    }
}
