package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.STRING;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.config.EngineSettings;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Database;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parts of strings: read and overwritten. A big string is touched only where it is read or changed. */
final class RangeCommands {
    private static final CommandError OFFSET = new CommandError("ERR offset is out of range");
    private static final byte[] EMPTY = new byte[0];

    private static final CommandFunctions FUNCTIONS = RangeCommands::function;

    static final List<Command> TABLE = List.of(
            command("GETRANGE", FUNCTIONS)
                    .since("2.4.0")
                    .arity(4)
                    .flags(READONLY)
                    .keys(KeySpec.first().read())
                    .group(STRING)
                    .syntax("key start end")
                    .complexity("O(N), N = bytes returned")
                    .summary("Returns a part of a key's string."),
            command("SUBSTR", FUNCTIONS)
                    .since("1.0.0")
                    .arity(4)
                    .flags(READONLY)
                    .keys(KeySpec.first().read())
                    .group(STRING)
                    .syntax("key start end")
                    .complexity("O(N), N = bytes returned")
                    .summary("Returns a part of a key's string; the old name of GETRANGE."),
            command("SETRANGE", FUNCTIONS)
                    .since("2.2.0")
                    .arity(4)
                    .flags(WRITE, DENYOOM)
                    .keys(KeySpec.first().update())
                    .group(STRING)
                    .syntax("key offset value")
                    .complexity("O(N), N = bytes of the value; zeros before it cost nothing")
                    .summary("Overwrites a part of a key's string, filled up with zero bytes. Creates the key."));

    private RangeCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "GETRANGE" -> RangeCommands::getrange;
            case "SUBSTR" -> RangeCommands::getrange;
            case "SETRANGE" -> RangeCommands::setrange;
            default -> null;
        };
    }

    /**
     * GETRANGE, SUBSTR. Replies the bytes from start to end, both included, negative ones counted from the end; empty
     * when there is no key. @throws CommandError not an integer, WRONGTYPE
     */
    static void getrange(Call call, Argv argv, Reply reply) {
        long start = argv.integer(2);
        long end = argv.integer(3);
        Database db = call.db();
        long e = db.string(argv, 1);
        long length = e == 0 ? 0 : db.strings().length(e);
        boolean crossed =
                start < 0 && end < 0 && start > end; // decided before they are moved into the string, as in Redis
        long from = Math.max(0, start < 0 ? length + start : start);
        long to = Math.min(length - 1, Math.max(0, end < 0 ? length + end : end));
        if (crossed || from > to) {
            reply.bulk(EMPTY);
        } else {
            db.strings().replyRange(e, from, to - from + 1, reply);
        }
    }

    /**
     * SETRANGE. Replies the new length. An empty value changes nothing, and creates no key. Checked in Redis' order: the
     * offset, the type, the length. @throws CommandError not an integer, offset out of range, WRONGTYPE, too long
     */
    static void setrange(Call call, Argv argv, Reply reply) {
        long offset = argv.integer(2);
        if (offset < 0) {
            throw OFFSET;
        }
        Database db = call.db();
        long e = db.stringForWrite(argv, 1);
        int added = argv.length(3);
        if (added == 0) {
            reply.integer(e == 0 ? 0 : db.strings().length(e));
            return;
        }
        if (offset > call.services().settings().number(EngineSettings.PROTO_MAX_BULK_LEN) - added) {
            throw Errors.TOO_LONG;
        }
        long length = db.strings().setRange(argv, 1, e, offset, 3);
        call.changed(argv, 1, KeyEvent.SETRANGE, 1);
        reply.integer(length);
    }
}
