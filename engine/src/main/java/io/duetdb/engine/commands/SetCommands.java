package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SET;
import static io.duetdb.engine.command.KeySpec.ACCESS;
import static io.duetdb.engine.command.KeySpec.DELETE;
import static io.duetdb.engine.command.KeySpec.INSERT;
import static io.duetdb.engine.command.KeySpec.RW;

import io.duetdb.bytes.Glob;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.ValueType;
import io.duetdb.engine.value.SetValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sets: members without order. Members by chance are in {@link SetRandomCommands}, algebra in
 * {@link SetAlgebraCommands}.
 */
final class SetCommands {
    private static final CommandFunctions FUNCTIONS = SetCommands::function;

    static final List<Command> TABLE = List.of(
            command("SADD", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-3)
                    .flags(WRITE, DENYOOM, FAST)
                    .keys(KeySpec.first().with(RW | INSERT))
                    .member(2)
                    .group(SET)
                    .syntax("key member [member ...]")
                    .complexity("O(1) per member")
                    .summary("Adds members to a set. Creates the key."),
            command("SREM", FUNCTIONS)
                    .since("1.0.0")
                    .arity(-3)
                    .flags(WRITE, FAST)
                    .keys(KeySpec.first().with(RW | DELETE))
                    .member(2)
                    .group(SET)
                    .syntax("key member [member ...]")
                    .complexity("O(1) per member")
                    .summary("Removes members from a set. Deletes the key with the last one."),
            command("SISMEMBER", FUNCTIONS)
                    .since("1.0.0")
                    .arity(3)
                    .flags(READONLY, FAST)
                    .keys(KeySpec.first().look())
                    .member(2)
                    .group(SET)
                    .syntax("key member")
                    .complexity("O(1)")
                    .summary("Says whether something is a member of a set."),
            command("SMISMEMBER", FUNCTIONS)
                    .since("6.2.0")
                    .arity(-3)
                    .flags(READONLY, FAST)
                    .keys(KeySpec.first().read())
                    .group(SET)
                    .syntax("key member [member ...]")
                    .complexity("O(1) per member")
                    .summary("Says of several whether they are members of a set."),
            command("SCARD", FUNCTIONS)
                    .since("1.0.0")
                    .arity(2)
                    .flags(READONLY, FAST)
                    .keys(KeySpec.first().look())
                    .group(SET)
                    .syntax("key")
                    .complexity("O(1)")
                    .summary("Returns the number of members of a set."),
            command("SMEMBERS", FUNCTIONS)
                    .since("1.0.0")
                    .arity(2)
                    .flags(READONLY)
                    .keys(KeySpec.first().read())
                    .group(SET)
                    .syntax("key")
                    .complexity("O(N), N = members")
                    .summary("Returns all members of a set.")
                    .tips("nondeterministic_output_order"),
            command("SMOVE", FUNCTIONS)
                    .since("1.0.0")
                    .arity(4)
                    .flags(WRITE, FAST)
                    .keys(
                            KeySpec.first().with(RW | ACCESS | DELETE),
                            KeySpec.at(2).with(RW | INSERT))
                    .group(SET)
                    .syntax("source destination member")
                    .complexity("O(1)")
                    .summary("Moves a member from one set to another."),
            command("SSCAN", FUNCTIONS)
                    .since("2.8.0")
                    .arity(-3)
                    .flags(READONLY)
                    .keys(KeySpec.first().read())
                    .group(SET)
                    .syntax("key cursor [MATCH pattern] [COUNT count]")
                    .complexity("O(COUNT) per call, O(N) for a whole walk, N = members")
                    .summary("Walks over the members of a set, some at a time; members that stay are seen.")
                    .tips("nondeterministic_output"));

    private SetCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "SADD" -> SetCommands::sadd;
            case "SREM" -> SetCommands::srem;
            case "SISMEMBER" -> SetCommands::sismember;
            case "SMISMEMBER" -> SetCommands::smismember;
            case "SCARD" -> SetCommands::scard;
            case "SMEMBERS" -> SetCommands::smembers;
            case "SMOVE" -> SetCommands::smove;
            case "SSCAN" -> SetCommands::sscan;
            default -> null;
        };
    }

    /** SADD. Replies the number of members that were not there. @throws CommandError WRONGTYPE */
    static void sadd(Call call, Argv argv, Reply reply) {
        SetValue set = call.db().collections().setOrCreate(argv, 1);
        set.expect(argv.array(2), argv.offset(2), argv.length(2), argv.count() - 2L);
        long added = 0;
        for (int i = 2; i < argv.count(); i++) {
            if (set.add(argv.array(i), argv.offset(i), argv.length(i))) {
                added++;
            }
        }
        if (added > 0) {
            call.changed(argv, 1, KeyEvent.SADD, added);
        }
        reply.integer(added);
    }

    /** SREM. Replies the number of members that were there. @throws CommandError WRONGTYPE */
    static void srem(Call call, Argv argv, Reply reply) {
        SetValue set = call.db().collections().setForWrite(argv, 1);
        long removed = 0;
        if (set != null) {
            for (int i = 2; i < argv.count() && !set.isEmpty(); i++) {
                if (set.remove(argv.array(i), argv.offset(i), argv.length(i))) {
                    removed++;
                }
            }
        }
        if (set != null && removed > 0) {
            call.changed(argv, 1, KeyEvent.SREM, removed);
            call.deleteIfEmpty(argv, 1, set);
        }
        reply.integer(removed);
    }

    /** SISMEMBER. Replies 1 or 0. @throws CommandError WRONGTYPE */
    static void sismember(Call call, Argv argv, Reply reply) {
        SetValue set = call.db().collections().set(argv, 1);
        reply.oneOrZero(set != null && set.contains(argv.array(2), argv.offset(2), argv.length(2)));
    }

    /** SMISMEMBER. Replies an array of 1 or 0 for each. @throws CommandError WRONGTYPE */
    static void smismember(Call call, Argv argv, Reply reply) {
        SetValue set = call.db().collections().set(argv, 1);
        reply.array(argv.count() - 2);
        for (int i = 2; i < argv.count(); i++) {
            reply.oneOrZero(set != null && set.contains(argv.array(i), argv.offset(i), argv.length(i)));
        }
    }

    /** SCARD. Replies the number of members, 0 where there is no key. @throws CommandError WRONGTYPE */
    static void scard(Call call, Argv argv, Reply reply) {
        SetValue set = call.db().collections().set(argv, 1);
        reply.integer(set == null ? 0 : set.size());
    }

    /** SMEMBERS. Replies a set of all members. @throws CommandError WRONGTYPE */
    static void smembers(Call call, Argv argv, Reply reply) {
        SetValue set = call.db().collections().set(argv, 1);
        if (set == null) {
            reply.set(0);
        } else {
            set.replyAll(reply);
        }
    }

    /**
     * SMOVE. Replies 1, or 0 when it is no member of the source. A source that is not there is answered before the
     * destination's type is looked at, as in Redis. @throws CommandError WRONGTYPE
     */
    static void smove(Call call, Argv argv, Reply reply) {
        Database db = call.db();
        long from = db.findForWrite(argv, 1);
        long to = db.findForWrite(argv, 2);
        if (from == 0) {
            reply.integer(0);
            return;
        }
        if (db.type(from) != ValueType.SET || (to != 0 && db.type(to) != ValueType.SET)) {
            throw Errors.WRONGTYPE;
        }
        byte[] member = argv.array(3);
        int offset = argv.offset(3);
        int length = argv.length(3);
        SetValue source = db.collections().setAt(from);
        if (from == to || !source.remove(member, offset, length)) {
            reply.oneOrZero(from == to && source.contains(member, offset, length));
            return;
        }
        call.changed(argv, 1, KeyEvent.SREM, 1);
        call.deleteIfEmpty(argv, 1, source);
        SetValue target = db.collections().setOrCreate(argv, 2);
        if (target.add(member, offset, length)) {
            call.changed(argv, 2, KeyEvent.SADD, 1);
        }
        reply.integer(1);
    }

    /**
     * SSCAN. Replies [next cursor, [member ...]]; the cursor 0 begins and ends a walk. Where there is no key nobody
     * looks at the options. @throws CommandError invalid cursor, WRONGTYPE, syntax, not an integer
     */
    static void sscan(Call call, Argv argv, Reply reply) {
        long cursor = ScanArguments.cursor(argv, 2);
        SetValue set = call.db().collections().set(argv, 1);
        if (set == null) {
            reply.array(2);
            reply.bulk(0);
            reply.array(0);
            return;
        }
        long options = ScanArguments.options(argv, 3, false);
        int pattern = ScanArguments.pattern(options);
        long next = set.scan(cursor, ScanArguments.count(options));
        int found = 0;
        for (boolean is = set.firstScanned(); is; is = set.next()) {
            found += matches(set, argv, pattern) ? 1 : 0;
        }
        reply.array(2);
        reply.bulk(next);
        reply.array(found);
        for (boolean is = set.firstScanned(); is; is = set.next()) {
            if (matches(set, argv, pattern)) {
                set.reply(reply);
            }
        }
    }

    private static boolean matches(SetValue set, Argv argv, int pattern) {
        if (pattern == 0) {
            return true;
        }
        int length = set.load();
        return Glob.matches(
                argv.array(pattern),
                argv.offset(pattern),
                argv.length(pattern),
                set.bytes(),
                set.from(),
                length,
                false);
    }
}
