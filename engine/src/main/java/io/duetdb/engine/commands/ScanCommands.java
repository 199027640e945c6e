package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.GENERIC;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.client.Dialect;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.ValueType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks over all keys of a database, and a look at one by chance. */
final class ScanCommands {
    private static final CommandFunctions FUNCTIONS = ScanCommands::function;

    static final List<Command> TABLE = List.of(
            command("SCAN", FUNCTIONS)
                    .since("2.8.0")
                    .arity(-2)
                    .flags(READONLY)
                    .group(GENERIC)
                    .syntax("cursor [MATCH pattern] [COUNT count] [TYPE type]")
                    .complexity("O(COUNT) per call, O(N) for a whole walk, N = keys")
                    .summary("Walks over the keys, some at a time; keys that stay are seen.")
                    .tips("nondeterministic_output", "request_policy:special"),
            command("KEYS", FUNCTIONS)
                    .since("1.0.0")
                    .arity(2)
                    .flags(READONLY)
                    .group(GENERIC)
                    .categories(Category.KEYSPACE | Category.DANGEROUS)
                    .syntax("pattern")
                    .complexity("O(N), N = keys of the database")
                    .summary("Returns all keys that match a pattern.")
                    .tips("request_policy:all_shards", "nondeterministic_output_order"),
            command("RANDOMKEY", FUNCTIONS)
                    .since("1.0.0")
                    .arity(1)
                    .flags(READONLY)
                    .group(GENERIC)
                    .complexity("O(1)")
                    .summary("Returns a key by chance.")
                    .tips("request_policy:all_shards", "nondeterministic_output"));

    private static final byte[] MATCH = word("MATCH");
    private static final byte[] COUNT = word("COUNT");
    private static final byte[] TYPE = word("TYPE");
    private static final byte[] WITHTYPE = word("WITHTYPE");

    private static final int DEFAULT_COUNT = 10;
    private static final int UPSTASH_COUNT = 1000;
    private static final int COUNT_MAX = 1 << 30;
    private static final int KEYS_STEP = 512;

    private ScanCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "SCAN" -> ScanCommands::scan;
            case "KEYS" -> ScanCommands::keys;
            case "RANDOMKEY" -> ScanCommands::randomkey;
            default -> null;
        };
    }

    /**
     * SCAN. Replies [next cursor, [key ...]]; the cursor 0 begins and ends a walk. What is there during a whole walk is
     * returned; COUNT says about how many keys are looked at, MATCH and TYPE which of them are returned. Upstash's clients
     * may add WITHTYPE, and expect a small database in one piece.
     */
    static void scan(Call call, Argv argv, Reply reply) {
        long cursor = ScanArguments.cursor(argv, 1);
        int pattern = 0;
        int type = 0;
        boolean upstash = call.client().dialect() == Dialect.UPSTASH;
        boolean withType = false;
        long count = upstash ? UPSTASH_COUNT : DEFAULT_COUNT;
        for (int i = 2; i < argv.count(); i += 2) {
            if (upstash && argv.is(i, WITHTYPE)) {
                withType = true;
                i--;
                continue;
            }
            if (i + 1 == argv.count()) {
                throw Errors.SYNTAX;
            }
            if (argv.is(i, COUNT)) {
                count = argv.integer(i + 1);
                if (count < 1) {
                    throw Errors.SYNTAX;
                }
            } else if (argv.is(i, MATCH)) {
                pattern = ScanArguments.everything(argv, i + 1) ? 0 : i + 1;
            } else if (argv.is(i, TYPE)) {
                type = i + 1;
            } else {
                throw Errors.SYNTAX;
            }
        }
        Database db = call.db();
        long next = db.scan(cursor, (int) Math.min(count, COUNT_MAX));
        long[] kept = call.scratchLongs(db.scannedCount());
        int n = 0;
        for (int i = 0; i < db.scannedCount(); i++) {
            long e = db.scanned(i);
            if ((pattern == 0 || db.keyMatches(e, argv, pattern)) && (type == 0 || isType(db.type(e), argv, type))) {
                kept[n++] = e;
            }
        }
        reply.array(2);
        reply.bulk(next);
        reply.array(withType ? 2 * n : n);
        for (int i = 0; i < n; i++) {
            db.replyKey(kept[i], reply);
            if (withType) {
                reply.bulk(db.type(kept[i]).bytes());
            }
        }
    }

    /** Case does not matter in the name, as in Redis. A name that is no type's matches nothing. */
    private static boolean isType(ValueType type, Argv argv, int name) {
        byte[] label = type.bytes();
        if (argv.length(name) != label.length) {
            return false;
        }
        for (int i = 0; i < label.length; i++) {
            int c = argv.byteAt(name, i);
            if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != label[i]) {
                return false;
            }
        }
        return true;
    }

    /** KEYS. Replies an array of all keys that match. */
    static void keys(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        boolean all = ScanArguments.everything(argv, 1);
        long token = reply.openArray();
        int found = 0;
        long cursor = 0;
        do {
            cursor = db.scan(cursor, KEYS_STEP);
            for (int i = 0; i < db.scannedCount(); i++) {
                long e = db.scanned(i);
                if (all || db.keyMatches(e, argv, 1)) {
                    db.replyKey(e, reply);
                    found++;
                }
            }
        } while (cursor != 0);
        reply.closeArray(token, found);
    }

    /** RANDOMKEY. Replies a key, each as likely as any other, or nil. */
    static void randomkey(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long e = db.random();
        if (e == 0) {
            reply.nil();
        } else {
            db.replyKey(e, reply);
        }
    }
}
