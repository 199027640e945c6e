package io.duetdb.engine.commands;

import static io.duetdb.engine.command.EffectNames.LPOP;
import static io.duetdb.engine.command.EffectNames.RPOP;
import static io.duetdb.engine.command.Effects.word;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Collections;
import io.duetdb.engine.keyspace.ValueType;
import io.duetdb.engine.value.ListValue;
import org.jspecify.annotations.Nullable;

/**
 * What commands do at the ends of lists, apart from how they are spelled: taking elements from one key, from the first
 * of several that has any, and moving one between two keys. What finds nothing replies nothing and says so, so that a
 * command which waits can call it again.
 */
final class ListEnds {
    private static final byte[] LEFT = word("LEFT");
    private static final byte[] RIGHT = word("RIGHT");
    private static final byte[] COUNT = word("COUNT");
    private static final CommandError NUMKEYS = new CommandError("ERR numkeys should be greater than 0");
    private static final CommandError NO_COUNT = new CommandError("ERR count should be greater than 0");

    /** From this size on an element needs room of its own before it is moved. */
    private static final int LARGE = 16 * 1024;

    private ListEnds() {}

    /** Whether an argument says LEFT, the head, and not RIGHT. @throws CommandError syntax, if it says neither */
    static boolean isHead(Argv argv, int index) {
        if (argv.is(index, LEFT)) {
            return true;
        }
        if (argv.is(index, RIGHT)) {
            return false;
        }
        throw Errors.SYNTAX;
    }

    /**
     * Takes up to {@code count} elements, at least one, from an end of a key's list, and replies each as a bulk string,
     * beginning with that end's; the caller has announced them.
     */
    static void take(Call call, Argv argv, int key, ListValue list, boolean head, long count, Reply reply) {
        long n = Math.min(count, list.size());
        if (head) {
            list.first();
            list.reply(reply);
            for (long i = 1; i < n && list.next(); i++) {
                list.reply(reply);
            }
            if (n > 1) {
                list.first();
            }
        } else {
            list.last();
            list.reply(reply);
            for (long i = 1; i < n && list.previous(); i++) {
                list.reply(reply);
            }
        }
        list.remove(n);
        call.changed(argv, key, head ? KeyEvent.LPOP : KeyEvent.RPOP, n);
        call.deleteIfEmpty(argv, key, list);
    }

    /**
     * Checks the arguments of LMPOP, whose number of keys stands at one of them, and returns the position of LEFT or
     * RIGHT behind the keys.
     *
     * @throws CommandError in this order: numkeys should be greater than 0, syntax, count should be greater than 0
     */
    static int behindKeys(Argv argv, int numkeys) {
        long keys = atLeastOne(argv, numkeys, NUMKEYS);
        if (keys > argv.count() - numkeys - 2) {
            throw Errors.SYNTAX;
        }
        int where = numkeys + 1 + (int) keys;
        isHead(argv, where);
        for (int i = where + 1; i < argv.count(); i += 2) {
            if (i > where + 1 || !argv.is(i, COUNT) || i + 1 == argv.count()) {
                throw Errors.SYNTAX;
            }
            atLeastOne(argv, i + 1, NO_COUNT);
        }
        return where;
    }

    /**
     * What LMPOP does with arguments that {@link #behindKeys} has checked: takes elements from the first of its keys that
     * has a list, and replies that key and an array of them. Returns false, having replied nothing, if there is none. The
     * effect is LPOP or RPOP with the number taken.
     *
     * @throws CommandError WRONGTYPE of a key before the first list
     */
    static boolean popFromFirst(Call call, Argv argv, int numkeys, int where, Reply reply) {
        boolean head = isHead(argv, where);
        long count = where + 2 < argv.count() ? argv.integer(where + 2) : 1;
        int key = firstKey(call, argv, numkeys + 1, where);
        @Nullable ListValue list = key == 0 ? null : call.db().collections().listForWrite(argv, key);
        if (list == null) {
            return false;
        }
        long n = Math.min(count, list.size());
        reply.array(2);
        reply.bulk(argv.array(key), argv.offset(key), argv.length(key));
        reply.array((int) n);
        take(call, argv, key, list, head, n, reply);
        call.propagateAs(head ? LPOP : RPOP).key(argv, key).arg(n);
        return true;
    }

    /**
     * Takes an element from an end of the first of some keys that has a list, and replies [key, element]. Returns false,
     * having replied nothing, if there is none. The effect is LPOP or RPOP.
     *
     * @throws CommandError WRONGTYPE of a key before the first list
     */
    static boolean oneFromFirst(Call call, Argv argv, int from, int to, boolean head, Reply reply) {
        int key = firstKey(call, argv, from, to);
        @Nullable ListValue list = key == 0 ? null : call.db().collections().listForWrite(argv, key);
        if (list == null) {
            return false;
        }
        reply.array(2);
        reply.bulk(argv.array(key), argv.offset(key), argv.length(key));
        take(call, argv, key, list, head, 1, reply);
        call.propagateAs(head ? LPOP : RPOP).key(argv, key);
        return true;
    }

    private static int firstKey(Call call, Argv argv, int from, int to) {
        for (int key = from; key < to; key++) {
            if (!Waits.passesOver(call, argv, key, ValueType.LIST)
                    && call.db().collections().listForWrite(argv, key) != null) {
                return key;
            }
        }
        return 0;
    }

    private static long atLeastOne(Argv argv, int index, CommandError refusal) {
        long value = Numbers.parse(argv.array(index), argv.offset(index), argv.length(index));
        if (value < 1) { // what is no number parses as a negative one
            throw refusal;
        }
        return value;
    }

    /**
     * Moves an element from an end of the first argument's list to an end of the second's, which may be the same or a
     * new one, and replies it. Returns false, having replied nothing, if there is no first list; then the second is not
     * looked at. Events as Redis tells them: the push first ({@code t_list.c}, lmoveGenericCommand).
     *
     * @throws CommandError WRONGTYPE, out of memory
     */
    static boolean move(Call call, Argv argv, boolean fromHead, boolean toHead, Reply reply) {
        Collections collections = call.db().collections();
        @Nullable ListValue source = collections.listForWrite(argv, 1);
        if (source == null) {
            return false;
        }
        @Nullable ListValue destination = argv.same(1, 2) ? source : collections.listForWrite(argv, 2);
        stand(source, fromHead);
        int length = source.length();
        if (length > LARGE && call.services().keyspace().outOfRoom(length)) {
            throw Errors.OOM; // it stands twice for a moment
        }
        if (destination == null) {
            destination = collections.listOrCreate(argv, 2);
        }
        stand(source, fromHead); // what was written meanwhile may have moved its page
        source.reply(reply);
        source.moveTo(destination, toHead);
        call.changed(argv, 2, toHead ? KeyEvent.LPUSH : KeyEvent.RPUSH, 0);
        call.changed(argv, 1, fromHead ? KeyEvent.LPOP : KeyEvent.RPOP, 1);
        call.deleteIfEmpty(argv, 1, source);
        return true;
    }

    private static void stand(ListValue list, boolean head) {
        if (head) {
            list.first();
        } else {
            list.last();
        }
    }
}
