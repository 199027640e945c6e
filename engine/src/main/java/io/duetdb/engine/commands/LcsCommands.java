package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.STRING;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.config.EngineSettings;
import io.duetdb.engine.keyspace.Database;
import java.util.Arrays;
import java.util.List;

/** LCS: what two strings have in common, in order. */
/*
 * The textbook table L[i][j] = length of the longest common subsequence of the first i bytes of a and j of b, row by
 * row. Redis keeps it whole, 4 bytes per cell, and limits that to proto-max-bulk-len. To walk back, no more is needed
 * than one bit per cell, "L[i-1][j] > L[i][j-1]", and two rows of numbers: 16 MB where Redis takes 512. The limit is
 * Redis' nevertheless, since it also bounds the time.
 */
final class LcsCommands {
    private static final int HAS_LEN = 1;
    private static final int HAS_IDX = 1 << 1;
    private static final int HAS_MATCHLEN = 1 << 2;

    /** Bytes per cell of Redis' table, by which the limit is reckoned. */
    private static final int CELL = 4;

    private static final byte[] LEN = word("LEN");
    private static final byte[] IDX = word("IDX");
    private static final byte[] MINMATCHLEN = word("MINMATCHLEN");
    private static final byte[] WITHMATCHLEN = word("WITHMATCHLEN");

    private static final CommandError NOT_STRINGS =
            new CommandError("ERR The specified keys must contain string values");
    private static final CommandError LEN_AND_IDX =
            new CommandError("ERR If you want both the length and indexes, please just use IDX.");
    private static final CommandError TOO_LARGE =
            new CommandError("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");

    static final List<Command> TABLE = List.of(command("LCS", LcsCommands::lcs)
            .since("7.0.0")
            .arity(-3)
            .flags(READONLY)
            .keys(KeySpec.range(1, 1, 1).read())
            .group(STRING)
            .syntax("key1 key2 [LEN] [IDX] [MINMATCHLEN min-match-len] [WITHMATCHLEN]")
            .complexity("O(N*M), N and M = lengths of the strings")
            .summary("Finds the longest common subsequence of two strings."));

    private LcsCommands() {}

    /**
     * LCS. Replies the subsequence; with LEN its length; with IDX a map: matches, an array of [[start, end] in the first
     * string, [start, end] in the second, length if asked for], the last match first, and len. A key that is not there
     * is an empty string. Checked in Redis' order: types, options, size.
     */
    static void lcs(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long first = db.find(argv, 1);
        long second = db.find(argv, 2);
        if ((first != 0 && !db.isString(first)) || (second != 0 && !db.isString(second))) {
            throw NOT_STRINGS;
        }
        int options = 0;
        long minimum = 0;
        for (int i = 3; i < argv.count(); i++) {
            if (argv.is(i, IDX)) {
                options |= HAS_IDX;
            } else if (argv.is(i, LEN)) {
                options |= HAS_LEN;
            } else if (argv.is(i, WITHMATCHLEN)) {
                options |= HAS_MATCHLEN;
            } else if (argv.is(i, MINMATCHLEN) && i + 1 < argv.count()) {
                i++;
                minimum = argv.integer(i);
            } else {
                throw Errors.SYNTAX;
            }
        }
        if ((options & HAS_IDX) != 0 && (options & HAS_LEN) != 0) {
            throw LEN_AND_IDX;
        }
        long n = first == 0 ? 0 : db.strings().length(first);
        long m = second == 0 ? 0 : db.strings().length(second);
        if ((n + 1) * (m + 1) > call.services().settings().number(EngineSettings.PROTO_MAX_BULK_LEN) / CELL) {
            throw TOO_LARGE;
        }
        boolean empty = n == 0 || m == 0;
        byte[] a = empty ? new byte[0] : bytes(db, first, (int) n);
        byte[] b = empty ? new byte[0] : bytes(db, second, (int) m);
        Table table = new Table(a, b, (options & HAS_LEN) == 0);
        if ((options & HAS_LEN) != 0) {
            reply.integer(table.length);
        } else if ((options & HAS_IDX) != 0) {
            table.matches();
            replyMatches(table, minimum, (options & HAS_MATCHLEN) != 0, reply);
        } else {
            reply.bulk(table.subsequence());
        }
    }

    private static byte[] bytes(Database db, long e, int length) {
        byte[] bytes = new byte[length];
        db.strings().read(e, 0, bytes, 0, length);
        return bytes;
    }

    private static void replyMatches(Table table, long minimum, boolean withLength, Reply reply) {
        int shown = 0;
        for (int i = 0; i < table.runs; i++) {
            shown += table.run(i, 2) >= minimum ? 1 : 0;
        }
        reply.map(2);
        reply.text("matches");
        reply.array(shown);
        for (int i = 0; i < table.runs; i++) {
            int length = table.run(i, 2);
            if (length >= minimum) {
                reply.array(withLength ? 3 : 2);
                for (int string = 0; string < 2; string++) {
                    reply.array(2);
                    reply.integer(table.run(i, string));
                    reply.integer(table.run(i, string) + length - 1);
                }
                if (withLength) {
                    reply.integer(length);
                }
            }
        }
        reply.text("len");
        reply.integer(table.length);
    }

    /** The table of two strings, and the way back through it. */
    private static final class Table {
        private final byte[] a;
        private final byte[] b;
        private final int wordsPerRow;
        private final long[] upward;
        final int length;

        /** Three numbers per match: where it begins in a and in b, how long it is. */
        private int[] found = new int[30];

        int runs;

        Table(byte[] a, byte[] b, boolean wayBack) {
            this.a = a;
            this.b = b;
            this.wordsPerRow = (b.length + 64) / 64;
            this.upward = new long[wayBack ? (a.length + 1) * wordsPerRow : 0];
            int[] row = new int[b.length + 1];
            int[] above = new int[b.length + 1];
            for (int i = 1; i <= a.length; i++) {
                int[] next = above;
                above = row;
                row = next;
                fill(i, row, above, wayBack);
            }
            this.length = row[b.length];
        }

        private void fill(int i, int[] row, int[] above, boolean wayBack) {
            byte wanted = a[i - 1];
            int left = 0;
            for (int j = 1; j < row.length; j++) {
                if (b[j - 1] == wanted) {
                    left = above[j - 1] + 1;
                } else if (above[j] > left) {
                    left = above[j];
                    if (wayBack) {
                        upward[i * wordsPerRow + (j >> 6)] |= 1L << j;
                    }
                }
                row[j] = left;
            }
        }

        /** Where the way back goes when the bytes differ: one up, otherwise one to the left. */
        private boolean goesUp(int i, int j) {
            return (upward[i * wordsPerRow + (j >> 6)] & 1L << j) != 0;
        }

        int run(int index, int part) {
            return found[index * 3 + part];
        }

        byte[] subsequence() {
            byte[] common = new byte[length];
            int at = length;
            int i = a.length;
            int j = b.length;
            while (i > 0 && j > 0) {
                if (a[i - 1] == b[j - 1]) {
                    i--;
                    j--;
                    at--;
                    common[at] = a[i];
                } else if (goesUp(i, j)) {
                    i--;
                } else {
                    j--;
                }
            }
            return common;
        }

        /** Finds the stretches that both strings share, from the last to the first. */
        void matches() {
            int i = a.length;
            int j = b.length;
            int run = 0;
            while (i > 0 && j > 0) {
                if (a[i - 1] == b[j - 1]) {
                    i--;
                    j--;
                    run++;
                    continue;
                }
                add(i, j, run);
                run = 0;
                if (goesUp(i, j)) {
                    i--;
                } else {
                    j--;
                }
            }
            add(i, j, run);
        }

        private void add(int i, int j, int run) {
            if (run == 0) {
                return;
            }
            if (found.length < runs * 3 + 3) {
                found = Arrays.copyOf(found, found.length * 2);
            }
            found[runs * 3] = i;
            found[runs * 3 + 1] = j;
            found[runs * 3 + 2] = run;
            runs++;
        }
    }
}
