package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.STRING;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Database;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Strings told by what they are or by their digest, as Redis 8.4 has it; SET's conditions are with SET. */
final class DigestCommands {
    private static final CommandFunctions FUNCTIONS = DigestCommands::function;

    static final List<Command> TABLE = List.of(
            command("DIGEST", FUNCTIONS)
                    .since("8.4.0")
                    .arity(2)
                    .flags(READONLY, FAST)
                    .keys(KeySpec.first().read())
                    .group(STRING)
                    .syntax("key")
                    .complexity("O(N), N = length of the string")
                    .summary("Returns the XXH3 hash of a key's string."),
            command("DELEX", FUNCTIONS)
                    .since("8.4.0")
                    .arity(-2)
                    .flags(WRITE, FAST)
                    .keys(KeySpec.first().with(KeySpec.RW | KeySpec.DELETE | KeySpec.VARIABLE_FLAGS))
                    .group(STRING)
                    .syntax("key [IFEQ ifeq-value | IFNE ifne-value | IFDEQ ifdeq-digest | IFDNE ifdne-digest]")
                    .complexity("O(1), with IFDEQ and IFDNE O(N), N = length of the string")
                    .summary("Deletes a key on the condition that its string is a certain one."));

    private static final byte[] DEL = word("DEL");

    private static final CommandError ARITY = new CommandError("ERR wrong number of arguments for 'delex' command");
    private static final CommandError CONDITION =
            new CommandError("ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE");

    private DigestCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "DIGEST" -> DigestCommands::digest;
            case "DELEX" -> DigestCommands::delex;
            default -> null;
        };
    }

    /** DIGEST. Replies 16 hexadecimal digits, or nil when there is no key. @throws CommandError WRONGTYPE */
    static void digest(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long e = db.string(argv, 1);
        if (e == 0) {
            reply.nil();
        } else {
            reply.bulk(Comparison.digest(db, e));
        }
    }

    /**
     * DELEX. Replies 1, or 0 when there is no key or the condition does not hold. Without a condition any type goes, as
     * by DEL. @throws CommandError no condition, no digest, WRONGTYPE
     */
    static void delex(Call call, Argv argv, Reply reply) {
        int kind = Comparison.NONE;
        if (argv.count() > 2) {
            if (argv.count() != 4) {
                throw ARITY;
            }
            kind = Comparison.named(argv, 2);
            if (kind == Comparison.NONE) {
                throw CONDITION;
            }
            Comparison.check(kind, argv, 3);
        }
        Database db = call.db();
        long e = db.findForWrite(argv, 1);
        if (e == 0 || (kind != Comparison.NONE && !Comparison.holds(db, e, kind, argv, 3))) {
            reply.integer(0);
            return;
        }
        db.remove(e);
        call.changed(argv, 1, KeyEvent.DEL, 1);
        call.propagateAs(DEL).key(argv, 1);
        reply.integer(1);
    }
}
