package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.bytes.Doubles;
import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.config.EngineSettings;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.Keyspace;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** DEBUG: a look under the floor, and what tests of clients need. One command with words of its own, as in Redis. */
final class DebugCommands {
    static final List<Command> TABLE = List.of(command("DEBUG", DebugCommands::debug)
            .since("1.0.0")
            .arity(-2)
            .flags(ADMIN, NOSCRIPT, LOADING, STALE)
            .group(SERVER)
            .syntax("subcommand [arg [arg ...]]")
            .complexity("Depends on the subcommand.")
            .summary("Looks under the floor; see DEBUG HELP."));

    private static final CommandError NOT_ALLOWED = new CommandError(
            "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you"
                    + " can run it from a local connection, otherwise you need to set this option in the configuration"
                    + " file, and then restart the server.");
    private static final CommandError NOT_POSITIVE = new CommandError("ERR value is out of range, must be positive");
    private static final CommandError NO_THRESHOLD =
            new CommandError("ERR argument must be a memory value bigger than 1 and smaller than 4gb");
    private static final CommandError RELOAD_OPTIONS =
            new CommandError("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
    private static final CommandError NO_PUSH = new CommandError("ERR RESP2 is not supported by this command");
    private static final long PACKED_THRESHOLD_MAX = (1L << 32) - (1 << 20);
    private static final byte[] NO_DIGEST = new byte[20];

    private static final List<String> HELP = List.of(
            "BLOCKS <key>",
            "    Show the memory blocks of a key and what stands in them.",
            "DIGEST",
            "    Show a digest of all keys and values: equal data, equal digest.",
            "DIGEST-VALUE <key> [<key> ...]",
            "    Show a digest of each of the keys' values.",
            "ERROR <string>",
            "    Reply an error with this text.",
            "LOADAOF",
            "    Write what the append-only file still lacks, empty all databases and load it again.",
            "LOG <message>",
            "    Write a message into the server's log.",
            "OBJECT <key>",
            "    Show where and how the value of a key is kept.",
            "POPULATE <count> [<prefix>] [<size>]",
            "    Create <count> strings named key:<num>, or <prefix>:<num>, where there is no such key yet. They are not",
            "    propagated.",
            "PROTOCOL <type>",
            "    Reply a test value: string, integer, double, bignum, null, array, set, map, attrib, push, verbatim, true",
            "    or false.",
            "QUICKLIST-PACKED-THRESHOLD <size>",
            "    Accepted as Redis accepts it, without effect: where a list's long elements stand follows from their",
            "    length alone.",
            "RELOAD [option ...]",
            "    Write a snapshot, empty all databases and load it again. Options: NOSAVE (load what is there), NOFLUSH",
            "    (empty nothing), MERGE (a key of the snapshot replaces one that is there, instead of being an error).",
            "SET-ACTIVE-EXPIRE <0|1>",
            "    Switch off or on that keys go when their time is over though nobody asks for them.",
            "SLEEP <seconds>",
            "    Stop the server for that long. Decimals are allowed.");

    private DebugCommands() {}

    /** DEBUG. What is allowed is decided first, for HELP too; a wrong number of arguments is an unknown subcommand. */
    static void debug(Call call, Argv argv, Reply reply) {
        if (!allowed(call)) {
            throw NOT_ALLOWED;
        }
        int n = argv.count();
        switch (argv.text(1).toUpperCase(Locale.ROOT)) {
            case "BLOCKS" -> blocks(call, exactly(argv, 3), reply);
            case "DIGEST" -> digest(call, exactly(argv, 2), reply);
            case "DIGEST-VALUE" -> digestValue(call, argv, reply);
            case "ERROR" -> throw new CommandError(exactly(argv, 3).bytes(2));
            case "HELP" -> Help.lines(exactly(argv, 2), HELP, reply);
            case "LOADAOF" -> loadAof(call, exactly(argv, 2), reply);
            case "LOG" -> log(call, exactly(argv, 3), reply);
            case "OBJECT" -> object(call, n == 4 ? argv : exactly(argv, 3), reply);
            case "POPULATE" -> populate(call, n == 4 || n == 5 ? argv : exactly(argv, 3), reply);
            case "PROTOCOL" -> protocol(exactly(argv, 3), reply);
            case "QUICKLIST-PACKED-THRESHOLD" -> packedThreshold(exactly(argv, 3), reply);
            case "RELOAD" -> reload(call, argv, reply);
            case "SET-ACTIVE-EXPIRE" -> setActiveExpire(call, exactly(argv, 3), reply);
            case "SLEEP" -> sleep(call, exactly(argv, 3), reply);
            default -> throw unknown(argv);
        }
    }

    private static boolean allowed(Call call) {
        return switch (call.services().settings().text(EngineSettings.ENABLE_DEBUG)) {
            case "yes" -> true;
            case "local" -> isLocal(call.client().connection().remoteAddress());
            default -> false;
        };
    }

    /** Whether an address is this host's, or that of a caller inside the JVM. */
    private static boolean isLocal(String address) {
        return address.isEmpty()
                || address.startsWith("127.")
                || address.startsWith("::1")
                || address.startsWith("[::1]");
    }

    private static Argv exactly(Argv argv, int count) {
        if (argv.count() != count) {
            throw unknown(argv);
        }
        return argv;
    }

    private static CommandError unknown(Argv argv) {
        return CommandError.quoting(
                "ERR unknown subcommand or wrong number of arguments for '", argv, 1, "'. Try DEBUG HELP.");
    }

    private static long found(Call call, Argv argv) {
        long e = call.db().peek(argv, 2);
        if (e == 0) {
            throw Errors.NO_SUCH_KEY;
        }
        return e;
    }

    /** DEBUG BLOCKS. Replies text. */
    private static void blocks(Call call, Argv argv, Reply reply) {
        byte[] text = call.db().dump(found(call, argv)).getBytes(StandardCharsets.UTF_8);
        reply.verbatim(text, 0, text.length);
    }

    /** DEBUG OBJECT. Replies a status of words, of Redis' those that mean something here. */
    private static void object(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long e = found(call, argv);
        int clock = db.accessClock(e);
        long idle = (call.nowMs() / 1000 - clock) & 0xFFFFFF;
        reply.simple("Value at:0x" + Long.toHexString(e) + " refcount:1 encoding:" + db.encoding(e)
                + " serializedlength:" + serializedLength(db, e) + " lru:" + clock + " lru_seconds_idle:" + idle);
    }

    /** Bytes of a string in a snapshot, its length included, without compression; of other types those in memory. */
    private static long serializedLength(Database db, long e) {
        if (!db.isString(e)) {
            return db.collections().at(e).blockBytes();
        }
        if (db.strings().isInt(e)) {
            long value = db.strings().intValue(e);
            if (value == (byte) value) {
                return 2;
            }
            if (value == (short) value) {
                return 3;
            }
            if (value == (int) value) {
                return 5;
            }
        }
        long length = db.strings().length(e);
        return length + (length < 1 << 6 ? 1 : length < 1 << 14 ? 2 : 5);
    }

    /** DEBUG DIGEST. Replies a status of 40 hexadecimal digits. O(N), N = bytes of all keys and values. */
    private static void digest(Call call, Argv argv, Reply reply) {
        Keyspace keyspace = call.services().keyspace();
        try (Snapshot snapshot = keyspace.freeze(call.services().effects().offset())) {
            reply.simple(HexFormat.of().formatHex(snapshot.digest()));
        }
    }

    /** DEBUG DIGEST-VALUE. Replies an array of statuses; zeros for a key that is not there. */
    private static void digestValue(Call call, Argv argv, Reply reply) {
        reply.array(argv.count() - 2);
        for (int i = 2; i < argv.count(); i++) {
            long e = call.db().peek(argv, i);
            byte[] digest = e == 0 ? NO_DIGEST : call.services().keyspace().digestOf(e);
            reply.simple(HexFormat.of().formatHex(digest));
        }
    }

    /** DEBUG LOADAOF. */
    private static void loadAof(Call call, Argv argv, Reply reply) {
        call.services().host().storage().reloadAof();
        reply.ok();
    }

    private static void log(Call call, Argv argv, Reply reply) {
        call.services().host().log("DEBUG LOG: " + argv.text(2));
        reply.ok();
    }

    /** DEBUG SLEEP. What is no number is no time, as in Redis. */
    private static void sleep(Call call, Argv argv, Reply reply) {
        double seconds = Doubles.parse(argv.array(2), argv.offset(2), argv.length(2));
        if (seconds > 0) {
            call.services().host().sleep((long) Math.ceil(seconds * 1000));
        }
        reply.ok();
    }

    /** DEBUG RELOAD. Replies OK; when the snapshot can't be loaded, an error, and what could be loaded is there. */
    private static void reload(Call call, Argv argv, Reply reply) {
        boolean save = true;
        boolean flush = true;
        boolean merge = false;
        for (int i = 2; i < argv.count(); i++) {
            switch (argv.text(i).toUpperCase(Locale.ROOT)) {
                case "MERGE" -> merge = true;
                case "NOFLUSH" -> flush = false;
                case "NOSAVE" -> save = false;
                default -> throw RELOAD_OPTIONS;
            }
        }
        call.services().host().storage().reload(save, flush, merge);
        reply.ok();
    }

    private static void setActiveExpire(Call call, Argv argv, Reply reply) {
        long value = Numbers.parse(argv.array(2), argv.offset(2), argv.length(2));
        call.services().keyspace().activeExpire(value != 0 && value != Numbers.NOT_A_LONG);
        reply.ok();
    }

    /** DEBUG QUICKLIST-PACKED-THRESHOLD. Says of a size what Redis says of it, and does nothing. */
    private static void packedThreshold(Argv argv, Reply reply) {
        if (Long.compareUnsigned(size(argv.text(2)), PACKED_THRESHOLD_MAX) > 0) {
            throw NO_THRESHOLD;
        }
        reply.ok();
    }

    /** Bytes, unsigned, as Redis' memtoull reads them: digits, of which there may be none, and a unit. */
    private static long size(String text) {
        int end = 0;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        long unit = switch (text.substring(end).toLowerCase(Locale.ROOT)) {
            case "", "b" -> 1;
            case "k" -> 1000;
            case "kb" -> 1 << 10;
            case "m" -> 1_000_000;
            case "mb" -> 1 << 20;
            case "g" -> 1_000_000_000;
            case "gb" -> 1 << 30;
            default -> throw NO_THRESHOLD;
        };
        if (end == 0) {
            return 0;
        }
        try {
            return Long.parseUnsignedLong(text.substring(0, end)) * unit;
        } catch (NumberFormatException e) {
            throw NO_THRESHOLD;
        }
    }

    private static long positive(Argv argv, int index) {
        long value = Numbers.parse(argv.array(index), argv.offset(index), argv.length(index));
        if (value < 0) {
            throw NOT_POSITIVE;
        }
        return value;
    }

    /** DEBUG POPULATE. Values are {@code value:<num>}, cut or filled with zero bytes to the size. */
    private static void populate(Call call, Argv argv, Reply reply) {
        long count = positive(argv, 2);
        byte[] prefix = argv.count() > 3 ? argv.bytes(3) : new byte[] {'k', 'e', 'y'};
        int size = (int) Math.min(Integer.MAX_VALUE / 2, argv.count() > 4 ? positive(argv, 4) : 0);
        byte[] value = "value:".getBytes(StandardCharsets.US_ASCII);
        byte[] buffer = new byte[prefix.length + 21 + Math.max(size, value.length + 20)];
        System.arraycopy(prefix, 0, buffer, 0, prefix.length);
        buffer[prefix.length] = ':';
        Argv entry = new Argv();
        Database db = call.db();
        for (long i = 0; i < count; i++) {
            if (call.services().keyspace().outOfRoom()) {
                throw Errors.OOM;
            }
            int keyEnd = Numbers.write(i, buffer, prefix.length + 1);
            System.arraycopy(value, 0, buffer, keyEnd, value.length);
            int valueEnd = Numbers.write(i, buffer, keyEnd + value.length);
            if (size > valueEnd - keyEnd) {
                java.util.Arrays.fill(buffer, valueEnd, keyEnd + size, (byte) 0);
            }
            entry.wrap(buffer).add(0, keyEnd);
            entry.add(keyEnd, size > 0 ? size : valueEnd - keyEnd);
            if (db.peek(entry, 0) == 0) {
                db.strings().set(entry, 0, 0, 1, Database.NO_EXPIRE);
            }
        }
        reply.ok();
    }

    /** DEBUG PROTOCOL. Replies one value of the type, the same as Redis. */
    private static void protocol(Argv argv, Reply reply) {
        switch (argv.text(2).toLowerCase(Locale.ROOT)) {
            case "string" -> reply.text("Hello World");
            case "integer" -> reply.integer(12345);
            case "double" -> reply.real(3.141);
            case "bignum" ->
                reply.bigNumber("1234567999999999999999999999999999999".getBytes(StandardCharsets.US_ASCII));
            case "null" -> reply.nil();
            case "array" -> {
                reply.array(3);
                integers(reply);
            }
            case "set" -> {
                reply.set(3);
                integers(reply);
            }
            case "map" -> {
                reply.map(3);
                for (int i = 0; i < 3; i++) {
                    reply.integer(i);
                    reply.bool(i == 1);
                }
            }
            case "attrib" -> {
                if (reply.attribute(1)) {
                    reply.text("key-popularity");
                    reply.array(2);
                    reply.text("key:123");
                    reply.integer(90);
                }
                reply.text("Some real reply following the attribute");
            }
            case "push" -> {
                if (!reply.pushFirst(2)) {
                    throw NO_PUSH;
                }
                reply.text("server-cpu-usage");
                reply.integer(42);
                reply.text("Some real reply following the push reply");
            }
            case "verbatim" -> {
                byte[] text = "This is a verbatim\nstring".getBytes(StandardCharsets.US_ASCII);
                reply.verbatim(text, 0, text.length);
            }
            case "true" -> reply.bool(true);
            case "false" -> reply.bool(false);
            default ->
                throw new CommandError("ERR Wrong protocol type name. Please use one of the following:"
                        + " string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
        }
    }

    private static void integers(Reply reply) {
        for (int i = 0; i < 3; i++) {
            reply.integer(i);
        }
    }
}
