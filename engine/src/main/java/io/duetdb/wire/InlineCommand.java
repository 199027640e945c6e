package io.duetdb.wire;

import io.duetdb.engine.api.Argv;

/** Splits a line typed by a person into arguments, by the quoting rules of redis ({@code sds.c}, sdssplitargs). */
public final class InlineCommand {
    private InlineCommand() {}

    /**
     * Fills {@code argv} from the line {@code [from, to)}, which may be blank. Without quotes the arguments stand in
     * {@code b} itself; with quotes in an array of their own. False when a quote is not closed, or not followed by a
     * space.
     */
    public static boolean split(byte[] b, int from, int to, Argv argv) {
        for (int i = from; i < to; i++) {
            if (b[i] == '"' || b[i] == '\'') {
                return splitQuoted(b, from, to, argv);
            }
        }
        argv.wrap(b);
        int p = from;
        while (true) {
            while (p < to && isSpace(b[p])) {
                p++;
            }
            if (p == to) {
                return true;
            }
            int start = p;
            while (p < to && !endsWord(b[p])) {
                p++;
            }
            argv.add(start, p - start);
        }
    }

    private static boolean splitQuoted(byte[] b, int from, int to, Argv argv) {
        byte[] out = new byte[to - from]; // no escape is shorter than what it stands for
        argv.wrap(out);
        int at = 0;
        int p = from;
        while (true) {
            while (p < to && isSpace(b[p])) {
                p++;
            }
            if (p == to) {
                return true;
            }
            int start = at;
            while (p < to && !endsWord(b[p])) {
                if (b[p] == '"' || b[p] == '\'') {
                    long ends = b[p] == '"' ? doubleQuoted(b, p + 1, to, out, at) : singleQuoted(b, p + 1, to, out, at);
                    if (ends < 0) {
                        return false;
                    }
                    p = (int) ends;
                    at = (int) (ends >>> 32);
                    break; // a closing quote ends the word: only a space may follow
                }
                out[at++] = b[p++];
            }
            argv.add(start, at - start);
        }
    }

    /** Copies up to the closing quote: the positions behind it (low half) and in {@code out} (high half), or -1. */
    private static long doubleQuoted(byte[] b, int from, int to, byte[] out, int outFrom) {
        int at = outFrom;
        for (int p = from; p < to; p++) {
            byte c = b[p];
            if (c == '\\' && p + 3 < to && b[p + 1] == 'x' && hex(b[p + 2]) >= 0 && hex(b[p + 3]) >= 0) {
                out[at++] = (byte) (hex(b[p + 2]) << 4 | hex(b[p + 3]));
                p += 3;
            } else if (c == '\\' && p + 1 < to) {
                out[at++] = escaped(b[++p]);
            } else if (c == '"') {
                return closed(b, p + 1, to, at);
            } else {
                out[at++] = c;
            }
        }
        return -1;
    }

    private static long singleQuoted(byte[] b, int from, int to, byte[] out, int outFrom) {
        int at = outFrom;
        for (int p = from; p < to; p++) {
            byte c = b[p];
            if (c == '\\' && p + 1 < to && b[p + 1] == '\'') {
                out[at++] = '\'';
                p++;
            } else if (c == '\'') {
                return closed(b, p + 1, to, at);
            } else {
                out[at++] = c;
            }
        }
        return -1;
    }

    private static long closed(byte[] b, int p, int to, int at) {
        return p < to && !isSpace(b[p]) ? -1 : (long) at << 32 | p;
    }

    private static byte escaped(byte c) {
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 7;
            default -> c;
        };
    }

    private static int hex(byte c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int letter = c | 32;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }

    private static boolean isSpace(byte c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    /** Outside quotes a word ends at fewer bytes than are skipped before one: vertical tab and form feed belong to it. */
    private static boolean endsWord(byte c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }
}
