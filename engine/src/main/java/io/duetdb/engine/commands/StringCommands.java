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
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.EffectNames;
import io.duetdb.engine.command.Effects;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.config.EngineSettings;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Database;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Strings: whole values set and got, one or several at a time. Numbers in strings are in {@link CounterCommands}. */
final class StringCommands {
    private static final KeySpec GET_AND_UPDATE = KeySpec.first().readUpdate();

    private static final CommandFunctions FUNCTIONS = StringCommands::function;

    static final List<Command> TABLE = List.of(
            command("SET", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-3)
                    .flags(WRITE, DENYOOM)
                    .keys(GET_AND_UPDATE.with(KeySpec.VARIABLE_FLAGS))
                    .group(STRING)
                    .syntax("key value [NX | XX | IFEQ ifeq-value | IFNE ifne-value | IFDEQ ifdeq-digest"
                            + " | IFDNE ifdne-digest] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds"
                            + " | PXAT unix-time-milliseconds | KEEPTTL]")
                    .complexity("O(1)")
                    .summary("Sets a key to a string, whatever it held; on conditions, with a time to live."),
            command("GET", FUNCTIONS)
                    .since("1.0.0")
                    .arity(2)
                    .flags(READONLY, FAST)
                    .keys(KeySpec.first().read())
                    .group(STRING)
                    .syntax("key")
                    .complexity("O(1)")
                    .summary("Returns the string of a key."),
            command("GETDEL", FUNCTIONS)
                    .since("6.2.0")
                    .arity(2)
                    .flags(WRITE, FAST)
                    .keys(KeySpec.first().with(KeySpec.RW | KeySpec.ACCESS | KeySpec.DELETE))
                    .group(STRING)
                    .syntax("key")
                    .complexity("O(1)")
                    .summary("Returns the string of a key and deletes the key."),
            command("GETEX", FUNCTIONS)
                    .since("6.2.0")
                    .arity(-2)
                    .flags(WRITE, FAST)
                    .keys(GET_AND_UPDATE)
                    .group(STRING)
                    .syntax("key [EX seconds | PX milliseconds | EXAT unix-time-seconds"
                            + " | PXAT unix-time-milliseconds | PERSIST]")
                    .complexity("O(1)")
                    .summary("Returns the string of a key and changes its time to live."),
            command("SETNX", FUNCTIONS)
                    .since("1.0.0")
                    .arity(3)
                    .flags(WRITE, DENYOOM, FAST)
                    .keys(KeySpec.first().with(KeySpec.OW | KeySpec.INSERT))
                    .group(STRING)
                    .syntax("key value")
                    .complexity("O(1)")
                    .summary("Sets a key to a string unless the key exists."),
            command("SETEX", FUNCTIONS)
                    .since("2.0.0")
                    .arity(4)
                    .flags(WRITE, DENYOOM)
                    .keys(KeySpec.first().overwrite())
                    .group(STRING)
                    .syntax("key seconds value")
                    .complexity("O(1)")
                    .summary("Sets a key to a string with a time to live in seconds."),
            command("PSETEX", FUNCTIONS)
                    .since("2.6.0")
                    .arity(4)
                    .flags(WRITE, DENYOOM)
                    .keys(KeySpec.first().overwrite())
                    .group(STRING)
                    .syntax("key milliseconds value")
                    .complexity("O(1)")
                    .summary("Sets a key to a string with a time to live in milliseconds."),
            command("GETSET", FUNCTIONS)
                    .since("1.0.0")
                    .arity(3)
                    .flags(WRITE, DENYOOM, FAST)
                    .keys(GET_AND_UPDATE)
                    .group(STRING)
                    .syntax("key value")
                    .complexity("O(1)")
                    .summary("Sets a key to a string and returns the one before."),
            command("MGET", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-2)
                    .flags(READONLY, FAST)
                    .keys(KeySpec.range(1, -1, 1).read())
                    .group(STRING)
                    .syntax("key [key ...]")
                    .complexity("O(N), N = keys")
                    .summary("Returns the strings of several keys.")
                    .tips("request_policy:multi_shard"),
            command("MSET", FUNCTIONS)
                    .since("1.0.1")
                    .arity(-3)
                    .flags(WRITE, DENYOOM)
                    .keys(KeySpec.range(1, -1, 2).overwrite())
                    .group(STRING)
                    .syntax("key value [key value ...]")
                    .complexity("O(N), N = keys")
                    .summary("Sets several keys to strings, all at once.")
                    .tips("request_policy:multi_shard", "response_policy:all_succeeded"),
            command("MSETNX", FUNCTIONS)
                    .since("1.0.1")
                    .arity(-3)
                    .flags(WRITE, DENYOOM)
                    .keys(KeySpec.range(1, -1, 2).with(KeySpec.OW | KeySpec.INSERT))
                    .group(STRING)
                    .syntax("key value [key value ...]")
                    .complexity("O(N), N = keys")
                    .summary("Sets several keys to strings unless one of them exists.")
                    .tips("request_policy:multi_shard", "response_policy:agg_min"),
            command("APPEND", FUNCTIONS)
                    .since("2.0.0")
                    .arity(3)
                    .flags(WRITE, DENYOOM, FAST)
                    .keys(KeySpec.first().with(KeySpec.RW | KeySpec.INSERT))
                    .group(STRING)
                    .syntax("key value")
                    .complexity("O(1) amortized")
                    .summary("Appends to the string of a key. Creates the key."),
            command("STRLEN", FUNCTIONS)
                    .since("2.2.0")
                    .arity(2)
                    .flags(READONLY, FAST)
                    .keys(KeySpec.first().look())
                    .group(STRING)
                    .syntax("key")
                    .complexity("O(1)")
                    .summary("Returns the length of a key's string in bytes."));

    // ---- options of SET and GETEX: bits, and behind them the positions of the expiry's number and of what is compared

    private static final int HAS_NX = 1;
    private static final int HAS_XX = 1 << 1;
    private static final int HAS_GET = 1 << 2;
    private static final int HAS_KEEPTTL = 1 << 3;
    private static final int HAS_PERSIST = 1 << 4;
    private static final int HAS_EX = 1 << 5;
    private static final int HAS_PX = 1 << 6;
    private static final int HAS_EXAT = 1 << 7;
    private static final int HAS_PXAT = 1 << 8;
    private static final int COMPARISON_SHIFT = 9;
    private static final int HAS_COMPARISON = 7 << COMPARISON_SHIFT; // which one, as Comparison numbers them
    private static final int CONDITION = HAS_NX | HAS_XX | HAS_COMPARISON;
    private static final int EXPIRY = HAS_EX | HAS_PX | HAS_EXAT | HAS_PXAT;
    private static final int POSITION_SHIFT = 12;
    private static final int POSITION_BITS = 26;
    private static final int OPERAND_SHIFT = POSITION_SHIFT + POSITION_BITS;
    private static final int OPTION_BITS = (1 << POSITION_SHIFT) - 1;

    private static final byte[] SET = EffectNames.SET;
    private static final byte[] DEL = EffectNames.DEL;
    private static final byte[] PEXPIREAT = EffectNames.PEXPIREAT;
    private static final byte[] NX = word("NX");
    private static final byte[] XX = word("XX");
    private static final byte[] GET = word("GET");
    private static final byte[] KEEPTTL = word("KEEPTTL");
    private static final byte[] PERSIST = EffectNames.PERSIST;
    private static final byte[] EX = word("EX");
    private static final byte[] PX = word("PX");
    private static final byte[] EXAT = word("EXAT");
    private static final byte[] PXAT = word("PXAT");

    private static final CommandError SET_EXPIRE = new CommandError("ERR invalid expire time in 'set' command");
    private static final CommandError SETEX_EXPIRE = new CommandError("ERR invalid expire time in 'setex' command");
    private static final CommandError PSETEX_EXPIRE = new CommandError("ERR invalid expire time in 'psetex' command");
    private static final CommandError GETEX_EXPIRE = new CommandError("ERR invalid expire time in 'getex' command");
    private static final CommandError MSET_ARITY = new CommandError("ERR wrong number of arguments for 'mset' command");
    private static final CommandError MSETNX_ARITY =
            new CommandError("ERR wrong number of arguments for 'msetnx' command");

    /** A string below this is never too long: the least value of proto-max-bulk-len. */
    private static final long NEVER_TOO_LONG = 1 << 20;

    private StringCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "SET" -> StringCommands::set;
            case "GET" -> StringCommands::get;
            case "GETDEL" -> StringCommands::getdel;
            case "GETEX" -> StringCommands::getex;
            case "SETNX" -> StringCommands::setnx;
            case "SETEX" -> StringCommands::setex;
            case "PSETEX" -> StringCommands::psetex;
            case "GETSET" -> StringCommands::getset;
            case "MGET" -> StringCommands::mget;
            case "MSET" -> StringCommands::mset;
            case "MSETNX" -> StringCommands::msetnx;
            case "APPEND" -> StringCommands::append;
            case "STRLEN" -> StringCommands::strlen;
            default -> null;
        };
    }

    // ---- setting

    /**
     * SET. Replies OK, or nil when a condition refused; with GET the string before, or nil. Checked in Redis' order:
     * options, the expiry, with GET the type, the condition.
     */
    static void set(Call call, Argv argv, Reply reply) {
        if (argv.count() > 3) {
            setWithOptions(call, argv, reply, options(argv, 3, true));
            return;
        }
        Database db = call.db();
        db.strings().set(argv, 1, db.findForWrite(argv, 1), 2, Database.NO_EXPIRE);
        call.changed(argv, 1, KeyEvent.SET, 1);
        reply.ok();
    }

    private static void setWithOptions(Call call, Argv argv, Reply reply, long options) {
        boolean get = (options & HAS_GET) != 0;
        boolean expires = (options & EXPIRY) != 0;
        long at = (options & HAS_KEEPTTL) != 0 ? Database.KEEP_TTL : Database.NO_EXPIRE;
        if (expires) {
            at = expireAt(call, argv, options, SET_EXPIRE);
        }
        Database db = call.db();
        long e = get ? db.string(argv, 1) : db.findForWrite(argv, 1);
        if (get) {
            replyStringOrNil(db, e, reply);
        }
        if ((options & (e == 0 ? HAS_XX : HAS_NX)) != 0 || !comparisonHolds(db, e, argv, options)) {
            if (!get) {
                reply.nil();
            }
            return;
        }
        db.strings().set(argv, 1, e, 2, at);
        call.changed(argv, 1, KeyEvent.SET, 1);
        if (expires) {
            call.event(KeyEvent.EXPIRE, argv, 1);
            call.propagateAs(SET).key(argv, 1).arg(argv, 2).arg(PXAT).arg(at);
        } else if ((options & HAS_COMPARISON) != 0) {
            propagateWithoutComparison(call, argv, options);
        } else if (get) {
            propagateWithoutGet(call, argv);
        }
        if (!get) {
            reply.ok();
        }
    }

    private static boolean comparisonHolds(Database db, long e, Argv argv, long options) {
        int kind = comparison(options);
        return kind == Comparison.NONE || Comparison.holds(db, e, kind, argv, (int) (options >>> OPERAND_SHIFT));
    }

    private static int comparison(long options) {
        return (int) (options & HAS_COMPARISON) >>> COMPARISON_SHIFT;
    }

    /** The comparison held: who repeats the command need not know it. */
    private static void propagateWithoutComparison(Call call, Argv argv, long options) {
        Effects effect = call.propagateAs(SET).key(argv, 1).arg(argv, 2);
        if ((options & HAS_KEEPTTL) != 0) {
            effect.arg(KEEPTTL);
        }
    }

    private static void propagateWithoutGet(Call call, Argv argv) {
        Effects effect = call.propagateAs(SET).key(argv, 1).arg(argv, 2);
        for (int i = 3; i < argv.count(); i++) {
            if (!argv.is(i, GET)) {
                effect.arg(argv, i);
            }
        }
    }

    /** SETNX. Replies 1, or 0 when the key exists. */
    static void setnx(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        if (db.findForWrite(argv, 1) != 0) {
            reply.integer(0);
            return;
        }
        db.strings().set(argv, 1, 0, 2, Database.NO_EXPIRE);
        call.changed(argv, 1, KeyEvent.SET, 1);
        reply.integer(1);
    }

    /** SETEX. Replies OK. */
    static void setex(Call call, Argv argv, Reply reply) {
        setExpiring(call, argv, reply, expireAt(call, argv, HAS_EX | 2 << POSITION_SHIFT, SETEX_EXPIRE));
    }

    /** PSETEX. Replies OK. */
    static void psetex(Call call, Argv argv, Reply reply) {
        setExpiring(call, argv, reply, expireAt(call, argv, HAS_PX | 2 << POSITION_SHIFT, PSETEX_EXPIRE));
    }

    private static void setExpiring(Call call, Argv argv, Reply reply, long at) {
        Database db = call.db();
        db.strings().set(argv, 1, db.findForWrite(argv, 1), 3, at);
        call.changed(argv, 1, KeyEvent.SET, 1);
        call.event(KeyEvent.EXPIRE, argv, 1);
        call.propagateAs(SET).key(argv, 1).arg(argv, 3).arg(PXAT).arg(at);
        reply.ok();
    }

    /** GETSET. Replies the string before, or nil. Removes a time to live. @throws CommandError WRONGTYPE */
    static void getset(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long e = db.string(argv, 1);
        replyStringOrNil(db, e, reply);
        db.strings().set(argv, 1, e, 2, Database.NO_EXPIRE);
        call.changed(argv, 1, KeyEvent.SET, 1);
        call.propagateAs(SET).key(argv, 1).arg(argv, 2);
    }

    /** MSET. Replies OK. A key named twice gets the later value. */
    static void mset(Call call, Argv argv, Reply reply) {
        if ((argv.count() & 1) == 0) {
            throw MSET_ARITY;
        }
        call.db().touchAll(argv, 1, argv.count(), 2);
        setAll(call, argv);
        reply.ok();
    }

    /** MSETNX. Replies 1, or 0 when one of the keys exists: then none is set. */
    static void msetnx(Call call, Argv argv, Reply reply) {
        if ((argv.count() & 1) == 0) {
            throw MSETNX_ARITY;
        }
        Database db = call.db();
        db.touchAll(argv, 1, argv.count(), 2);
        for (int i = 1; i < argv.count(); i += 2) {
            if (db.findForWrite(argv, i) != 0) {
                reply.integer(0);
                return;
            }
        }
        setAll(call, argv);
        reply.integer(1);
    }

    private static void setAll(Call call, Argv argv) {
        Database db = call.db();
        for (int i = 1; i < argv.count(); i += 2) {
            db.strings().set(argv, i, db.findForWrite(argv, i), i + 1, Database.NO_EXPIRE);
            call.changed(argv, i, KeyEvent.SET, 1);
        }
    }

    // ---- getting

    private static void replyStringOrNil(Database db, long e, Reply reply) {
        if (e == 0) {
            reply.nil();
        } else {
            db.strings().reply(e, reply);
        }
    }

    /** GET. Replies the string, or nil. @throws CommandError WRONGTYPE */
    static void get(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        replyStringOrNil(db, db.string(argv, 1), reply);
    }

    /** MGET. Replies an array: each key's string, nil where there is none or another type. */
    static void mget(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        db.touchAll(argv, 1, argv.count(), 1);
        reply.array(argv.count() - 1);
        for (int i = 1; i < argv.count(); i++) {
            long e = db.find(argv, i);
            replyStringOrNil(db, e != 0 && db.isString(e) ? e : 0, reply);
        }
    }

    /** GETDEL. Replies the string, or nil. @throws CommandError WRONGTYPE */
    static void getdel(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long e = db.string(argv, 1);
        replyStringOrNil(db, e, reply);
        if (e != 0) {
            db.remove(e);
            call.changed(argv, 1, KeyEvent.DEL, 1);
            call.propagateAs(DEL).key(argv, 1);
        }
    }

    /**
     * GETEX. Replies the string, or nil. The expiry's number is looked at only when there is a string, as in Redis. A
     * time of day that is over deletes the key.
     *
     * @throws CommandError WRONGTYPE
     */
    static void getex(Call call, Argv argv, Reply reply) {
        long options = argv.count() == 2 ? 0 : options(argv, 2, false);
        Database db = call.db();
        long e = db.string(argv, 1);
        if (e == 0) {
            reply.nil();
            return;
        }
        boolean expires = (options & EXPIRY) != 0;
        long at = expires ? expireAt(call, argv, options, GETEX_EXPIRE) : Database.NO_EXPIRE;
        db.strings().reply(e, reply);
        if ((options & (HAS_EXAT | HAS_PXAT)) != 0 && db.isOver(at)) {
            db.remove(e);
            call.changed(argv, 1, KeyEvent.DEL, 1);
            call.propagateAs(DEL).key(argv, 1);
        } else if (expires) {
            db.expire(argv, 1, e, at);
            call.changed(argv, 1, KeyEvent.EXPIRE, 1);
            call.propagateAs(PEXPIREAT).key(argv, 1).arg(at);
        } else if ((options & HAS_PERSIST) != 0 && db.persist(e)) {
            call.changed(argv, 1, KeyEvent.PERSIST, 1);
            call.propagateAs(PERSIST).key(argv, 1);
        }
    }

    /** STRLEN. Replies the length in bytes, 0 when there is no key. @throws CommandError WRONGTYPE */
    static void strlen(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long e = db.string(argv, 1);
        reply.integer(e == 0 ? 0 : db.strings().length(e));
    }

    // ---- changing

    /** APPEND. Replies the new length. @throws CommandError WRONGTYPE, or when the string would become too long */
    static void append(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long e = db.stringForWrite(argv, 1);
        long length = argv.length(2);
        if (e == 0) {
            db.strings().set(argv, 1, 0, 2, Database.NO_EXPIRE);
        } else {
            long whole = db.strings().length(e) + length;
            if (whole > NEVER_TOO_LONG
                    && whole > call.services().settings().number(EngineSettings.PROTO_MAX_BULK_LEN)) {
                throw Errors.TOO_LONG;
            }
            length = db.strings().append(argv, 1, e, 2);
        }
        call.changed(argv, 1, KeyEvent.APPEND, 1);
        reply.integer(length);
    }

    // ---- options

    /**
     * Reads the options of SET or GETEX from {@code first} on. The same expiry option may come twice, the later number
     * counts, as in Redis ({@code t_string.c}, parseExtendedStringArgumentsOrReply).
     *
     * @throws CommandError syntax error
     */
    private static long options(Argv argv, int first, boolean set) {
        int options = 0;
        long position = 0;
        long operand = 0;
        for (int i = first; i < argv.count(); i++) {
            int option = option(argv, i, set);
            if (option == 0 || (options & excludedBy(option)) != 0) {
                throw Errors.SYNTAX;
            }
            if ((option & EXPIRY) != 0) {
                i++;
                if (i == argv.count()) {
                    throw Errors.SYNTAX;
                }
                position = i;
            } else if ((option & HAS_COMPARISON) != 0) {
                i++;
                if (i == argv.count()) {
                    throw Errors.SYNTAX;
                }
                operand = i;
            }
            options |= option;
        }
        Comparison.check(comparison(options), argv, (int) operand);
        return options | position << POSITION_SHIFT | operand << OPERAND_SHIFT;
    }

    private static int option(Argv argv, int i, boolean set) {
        if (argv.is(i, EX)) {
            return HAS_EX;
        } else if (argv.is(i, PX)) {
            return HAS_PX;
        } else if (argv.is(i, EXAT)) {
            return HAS_EXAT;
        } else if (argv.is(i, PXAT)) {
            return HAS_PXAT;
        } else if (!set) {
            return argv.is(i, PERSIST) ? HAS_PERSIST : 0;
        } else if (argv.is(i, NX)) {
            return HAS_NX;
        } else if (argv.is(i, XX)) {
            return HAS_XX;
        } else if (argv.is(i, GET)) {
            return HAS_GET;
        }
        return argv.is(i, KEEPTTL) ? HAS_KEEPTTL : Comparison.named(argv, i) << COMPARISON_SHIFT;
    }

    private static int excludedBy(int option) {
        if ((option & CONDITION) != 0) {
            return CONDITION & ~(option & (HAS_NX | HAS_XX)); // NX may be said twice
        }
        return option == HAS_GET ? 0 : (EXPIRY | HAS_KEEPTTL | HAS_PERSIST) & ~option;
    }

    /** The absolute deadline in ms that the expiry option asks for. @throws CommandError not an integer, or invalid */
    private static long expireAt(Call call, Argv argv, long options, CommandError invalid) {
        int option = (int) options & OPTION_BITS;
        long value = argv.integer((int) (options >>> POSITION_SHIFT) & (1 << POSITION_BITS) - 1);
        boolean seconds = (option & (HAS_EX | HAS_EXAT)) != 0;
        if (value <= 0 || (seconds && value > Long.MAX_VALUE / 1000)) {
            throw invalid;
        }
        long ms = seconds ? value * 1000 : value;
        if ((option & (HAS_EX | HAS_PX)) == 0) {
            return ms;
        }
        if (ms > Long.MAX_VALUE - call.nowMs()) {
            throw invalid;
        }
        return ms + call.nowMs();
    }
}
