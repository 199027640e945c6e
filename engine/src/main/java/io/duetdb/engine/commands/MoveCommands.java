package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.GENERIC;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.client.Dialect;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.Transfers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keys that get another name or another database, or a double. Times to live go with them. */
final class MoveCommands {
    private static final KeySpec SOURCE = KeySpec.first().with(KeySpec.RW | KeySpec.ACCESS | KeySpec.DELETE);

    private static final CommandFunctions FUNCTIONS = MoveCommands::function;

    static final List<Command> TABLE = List.of(
            command("RENAME", FUNCTIONS)
                    .since("1.0.0")
                    .arity(3)
                    .flags(WRITE)
                    .keys(SOURCE, KeySpec.at(2).overwrite())
                    .group(GENERIC)
                    .syntax("key newkey")
                    .complexity("O(1)")
                    .summary("Gives a key another name, in place of the key that has it."),
            command("RENAMENX", FUNCTIONS)
                    .since("1.0.0")
                    .arity(3)
                    .flags(WRITE, FAST)
                    .keys(SOURCE, KeySpec.at(2).with(KeySpec.OW | KeySpec.INSERT))
                    .group(GENERIC)
                    .syntax("key newkey")
                    .complexity("O(1)")
                    .summary("Gives a key another name unless a key has it."),
            command("MOVE", FUNCTIONS)
                    .since("1.0.0")
                    .arity(3)
                    .flags(WRITE, FAST)
                    .keys(KeySpec.first().readUpdate())
                    .group(GENERIC)
                    .syntax("key db")
                    .complexity("O(1)")
                    .summary("Moves a key to another database unless it is there already."),
            command("COPY", FUNCTIONS)
                    .since("6.2.0")
                    .arity(-3)
                    .flags(WRITE, DENYOOM)
                    .keys(KeySpec.first().read(), KeySpec.at(2).overwrite())
                    .group(GENERIC)
                    .syntax("source destination [DB destination-db] [REPLACE]")
                    .complexity("O(N), N = bytes or elements of the value")
                    .summary("Copies a key's value and time to live to another key."));

    private static final byte[] DB = word("DB");
    private static final byte[] REPLACE = word("REPLACE");

    private static final CommandError OUT_OF_INT =
            new CommandError("ERR value is out of range, value must between -2147483648 and 2147483647");
    private static final CommandError SAME_OBJECT = new CommandError("ERR source and destination objects are the same");

    private MoveCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "RENAME" -> MoveCommands::rename;
            case "RENAMENX" -> MoveCommands::renamenx;
            case "MOVE" -> MoveCommands::move;
            case "COPY" -> MoveCommands::copy;
            default -> null;
        };
    }

    /** RENAME. Replies OK, also when both names are the same. @throws CommandError no such key */
    static void rename(Call call, Argv argv, Reply reply) {
        renamed(call, argv, true);
        reply.ok();
    }

    /** RENAMENX. Replies 1, or 0 when there is a key of the new name. @throws CommandError no such key */
    static void renamenx(Call call, Argv argv, Reply reply) {
        reply.oneOrZero(renamed(call, argv, false));
    }

    /** The key in the way goes without an event, as in Redis ({@code db.c}, renameGenericCommand). */
    private static boolean renamed(Call call, Argv argv, boolean overwrite) {
        Database db = call.db();
        if (db.findForWrite(argv, 1) == 0) {
            throw Errors.NO_SUCH_KEY;
        }
        if (argv.same(1, 2)) {
            return false;
        }
        long inTheWay = db.findForWrite(argv, 2);
        if (inTheWay != 0) {
            if (!overwrite) {
                return false;
            }
            db.remove(inTheWay);
        }
        transfers(call).rename(db, db.peek(argv, 1), argv, 2);
        call.changed(argv, 1, KeyEvent.RENAME_FROM, 1);
        call.alsoChanged(argv, 2, KeyEvent.RENAME_TO);
        return true;
    }

    /**
     * MOVE. Replies 1, or 0 when there is no such key here or one there. @throws CommandError not an integer, no such
     * database, the same database
     */
    static void move(Call call, Argv argv, Reply reply) {
        Database from = call.db();
        Database to = database(call, argv, 2);
        if (from == to) {
            throw SAME_OBJECT;
        }
        long e = from.findForWrite(argv, 1);
        if (e == 0 || to.findForWrite(argv, 1) != 0) {
            reply.integer(0);
            return;
        }
        transfers(call).move(from, e, to, argv, 1);
        call.changed(argv, 1, KeyEvent.MOVE_FROM, 1);
        call.changed(to, argv, 1, KeyEvent.MOVE_TO, 0);
        reply.integer(1);
    }

    /**
     * COPY. Replies 1, or 0 when there is no such key, or one of the new name and no REPLACE. @throws CommandError
     * syntax, not an integer, no such database, the same key, out of memory
     */
    static void copy(Call call, Argv argv, Reply reply) {
        Database from = call.db();
        Database to = from;
        boolean replace = false;
        for (int i = 3; i < argv.count(); i++) {
            if (argv.is(i, REPLACE)) {
                replace = true;
            } else if (argv.is(i, DB) && i + 1 < argv.count()) {
                i++;
                to = database(call, argv, i);
            } else {
                throw Errors.SYNTAX;
            }
        }
        if (from == to && argv.same(1, 2)) {
            if (call.client().dialect() == Dialect.UPSTASH) {
                reply.integer(0);
                return;
            }
            throw SAME_OBJECT;
        }
        long e = from.find(argv, 1);
        if (e == 0) {
            reply.integer(0);
            return;
        }
        long inTheWay = to.findForWrite(argv, 2);
        if (inTheWay != 0 && !replace) {
            reply.integer(0);
            return;
        }
        long needed = transfers(call).outsideBytes(call.db(), e);
        if (needed > 0 && call.services().keyspace().outOfRoom(needed)) {
            throw Errors.OOM;
        }
        if (inTheWay != 0) {
            to.remove(inTheWay);
        }
        transfers(call).copy(from, e, to, argv, 2);
        call.changed(to, argv, 2, KeyEvent.COPY_TO, 1);
        reply.integer(1);
    }

    private static Transfers transfers(Call call) {
        return call.services().keyspace().transfers();
    }

    private static Database database(Call call, Argv argv, int index) {
        long number = argv.integer(index);
        if (number < Integer.MIN_VALUE || number > Integer.MAX_VALUE) {
            throw OUT_OF_INT;
        }
        if (number < 0 || number >= call.services().keyspace().count()) {
            throw Errors.DB_OUT_OF_RANGE;
        }
        return call.db((int) number);
    }
}
