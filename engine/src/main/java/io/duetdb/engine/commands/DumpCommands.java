package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.EffectNames.DEL;
import static io.duetdb.engine.command.EffectNames.RESTORE;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.GENERIC;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.Effects;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.RestoredValue;
import io.duetdb.rdb.DumpPayload;
import io.duetdb.rdb.RdbFormatException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value as bytes, and back: DUMP and RESTORE. Payloads go between Duet and Redis in both directions. */
final class DumpCommands {
    private static final String RESTORE_SYNTAX =
            "key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]";

    private static final CommandFunctions FUNCTIONS = DumpCommands::function;

    static final List<Command> TABLE = List.of(
            command("DUMP", FUNCTIONS)
                    .since("2.6.0")
                    .arity(2)
                    .flags(READONLY)
                    .keys(KeySpec.first().read())
                    .group(GENERIC)
                    .syntax("key")
                    .complexity("O(N), N = bytes of the value")
                    .summary("Returns a key's value as bytes, in the form that RESTORE takes.")
                    .tips("nondeterministic_output"),
            command("RESTORE", FUNCTIONS)
                    .since("2.6.0")
                    .arity(-4)
                    .flags(WRITE, DENYOOM)
                    .keys(KeySpec.first().overwrite())
                    .group(GENERIC)
                    .categories(Category.KEYSPACE | Category.DANGEROUS)
                    .syntax(RESTORE_SYNTAX)
                    .complexity("O(N), N = bytes of the value")
                    .summary("Makes a key from what DUMP returned."),
            command("RESTORE-ASKING", FUNCTIONS)
                    .since("3.0.0")
                    .arity(-4)
                    .flags(WRITE, DENYOOM, ASKING)
                    .keys(KeySpec.first().overwrite())
                    .group(SERVER)
                    .categories(Category.KEYSPACE | Category.DANGEROUS)
                    .syntax(RESTORE_SYNTAX)
                    .complexity("O(N), N = bytes of the value")
                    .summary("RESTORE as the nodes of a cluster use it."));

    private static final byte[] REPLACE = word("REPLACE");
    private static final byte[] ABSTTL = word("ABSTTL");
    private static final byte[] IDLETIME = word("IDLETIME");
    private static final byte[] FREQ = word("FREQ");
    private static final int FREQUENCY_MAX = 255;

    private static final CommandError BAD_IDLETIME = new CommandError("ERR Invalid IDLETIME value, must be >= 0");
    private static final CommandError BAD_FREQ = new CommandError("ERR Invalid FREQ value, must be >= 0 and <= 255");
    private static final CommandError BAD_TTL = new CommandError("ERR Invalid TTL value, must be >= 0");
    private static final CommandError BUSY = new CommandError("BUSYKEY Target key name already exists.");
    private static final CommandError NOT_WHOLE = new CommandError("ERR DUMP payload version or checksum are wrong");
    private static final CommandError DAMAGED = new CommandError("ERR Bad data format");

    private DumpCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "DUMP" -> DumpCommands::dump;
            case "RESTORE" -> DumpCommands::restore;
            case "RESTORE-ASKING" -> DumpCommands::restore;
            default -> null;
        };
    }

    /** DUMP. Replies a bulk string, nil when there is no key. */
    static void dump(Call call, Argv argv, Reply reply) {
        byte[] payload = DumpedValue.of(call, argv, 1);
        if (payload == null) {
            reply.nil();
        } else {
            reply.bulk(payload);
        }
    }

    /** What RESTORE is asked besides key, time and payload. */
    private static final class Options {
        boolean replace;
        boolean absolute;
        long idle = -1;
        long frequency = -1;

        Options(Argv argv) {
            for (int i = 4; i < argv.count(); i++) {
                boolean more = i + 1 < argv.count();
                if (argv.is(i, REPLACE)) {
                    replace = true;
                } else if (argv.is(i, ABSTTL)) {
                    absolute = true;
                } else if (more && frequency == -1 && argv.is(i, IDLETIME)) {
                    idle = argv.integer(++i);
                    if (idle < 0) {
                        throw BAD_IDLETIME;
                    }
                } else if (more && idle == -1 && argv.is(i, FREQ)) {
                    frequency = argv.integer(++i);
                    if (frequency < 0 || frequency > FREQUENCY_MAX) {
                        throw BAD_FREQ;
                    }
                } else {
                    throw Errors.SYNTAX;
                }
            }
        }
    }

    /**
     * RESTORE. Replies OK, also when the time to live is over already and no key is made.
     *
     * @throws CommandError in this order: options, a key in the way, the time to live, version or checksum of the
     *     payload, its content, out of memory; then nothing has changed
     */
    static void restore(Call call, Argv argv, Reply reply) {
        Options options = new Options(argv);
        Database db = call.db();
        boolean present = db.findForWrite(argv, 1) != 0;
        if (present && !options.replace) {
            throw BUSY;
        }
        long ttl = argv.integer(2);
        if (ttl < 0) {
            throw BAD_TTL;
        }
        if (!DumpPayload.isWhole(argv.array(3), argv.offset(3), argv.length(3))) {
            throw NOT_WHOLE;
        }
        RestoredValue value = read(call, argv);
        long at = ttl == 0 ? Database.NO_EXPIRE : options.absolute ? ttl : ttl + call.nowMs();
        if (ttl != 0 && (at < 0 || db.isOver(at))) {
            value.discard();
            if (present && db.delete(argv, 1)) {
                call.changed(argv, 1, KeyEvent.DEL, 1);
                call.propagateAs(DEL).key(argv, 1);
            }
            reply.ok();
            return;
        }
        value.store(db, argv, 1, db.peek(argv, 1), at);
        if (options.idle >= 0) {
            db.idle(db.peek(argv, 1), options.idle);
        }
        call.changed(argv, 1, KeyEvent.RESTORE, 1);
        if (ttl != 0 && !options.absolute) {
            Effects effect = call.propagateAs(RESTORE).key(argv, 1).arg(at);
            for (int i = 3; i < argv.count(); i++) {
                effect.arg(argv, i);
            }
            effect.arg(ABSTTL);
        }
        reply.ok();
    }

    /** The value that the payload holds, which no key has yet. */
    private static RestoredValue read(Call call, Argv argv) {
        RestoredValue value = new RestoredValue(call.services().keyspace());
        try {
            value.readPayload(argv.array(3), argv.offset(3), argv.length(3));
        } catch (RdbFormatException damaged) {
            throw DAMAGED;
        }
        if (value.isEmpty()) {
            value.discard();
            throw DAMAGED;
        }
        return value;
    }
}
