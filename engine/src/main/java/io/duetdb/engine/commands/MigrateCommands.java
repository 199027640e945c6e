package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.EffectNames.DEL;
import static io.duetdb.engine.command.Effects.word;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.GENERIC;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errand;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.blocking.Blocked;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.Effects;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.keyspace.Database;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keys that move to another server: MIGRATE. The values are made into bytes here, the host sends them to the other
 * server as an {@link Errand}, and when that has taken them they are deleted. The client waits meanwhile and the keys are
 * held: others may read them, and who would write one waits too. So a key that goes is the key that was sent, and
 * everybody but those writers is served. When the errand fails, or the client goes, the keys stay.
 */
final class MigrateCommands {
    private static final int TAKES = KeySpec.RW | KeySpec.ACCESS | KeySpec.DELETE;

    static final List<Command> TABLE = List.of(command("MIGRATE", MigrateCommands::migrate)
            .since("2.6.0")
            .arity(-6)
            .flags(WRITE, NO_REST)
            .keys(KeySpec.at(3).with(TAKES), KeySpec.keyword("KEYS", -2, -1, 1).with(TAKES | KeySpec.INCOMPLETE))
            .keyFinder(MigrateCommands::keys)
            .group(GENERIC)
            .categories(Category.KEYSPACE | Category.DANGEROUS)
            .syntax("host port <key | \"\"> destination-db timeout [COPY] [REPLACE]"
                    + " [AUTH password | AUTH2 username password] [KEYS key [key ...]]")
            .complexity("O(N), N = bytes of the values")
            .summary("Moves keys to another server, or copies them.")
            .tips("nondeterministic_output"));

    private static final byte[] COPY = word("COPY");
    private static final byte[] REPLACE = word("REPLACE");
    private static final byte[] AUTH = word("AUTH");
    private static final byte[] AUTH2 = word("AUTH2");
    private static final byte[] KEYS = word("KEYS");
    private static final byte[] SELECT = word("SELECT");
    private static final byte[] RESTORE = word("RESTORE");
    private static final byte[] NOKEY = word("NOKEY");

    private static final int FIRST_OPTION = 6;
    private static final int PORT_MAX = 65_535;
    private static final long TIMEOUT_MS = 1000;
    private static final CommandError KEY_AND_KEYS =
            new CommandError("ERR When using MIGRATE KEYS option, the key argument must be set to the empty string");

    private MigrateCommands() {}

    /** What MIGRATE is asked. */
    private static final class Options {
        boolean copy;
        boolean replace;
        int user;
        int password;
        int firstKey = 3;
        int lastKey = 3;
        final long timeoutMs;

        Options(Argv argv) {
            for (int i = FIRST_OPTION; i < argv.count(); i++) {
                int more = argv.count() - 1 - i;
                if (argv.is(i, COPY)) {
                    copy = true;
                } else if (argv.is(i, REPLACE)) {
                    replace = true;
                } else if (more >= 1 && argv.is(i, AUTH)) {
                    password = ++i;
                } else if (more >= 2 && argv.is(i, AUTH2)) {
                    user = ++i;
                    password = ++i;
                } else if (argv.is(i, KEYS)) {
                    if (argv.length(3) != 0) {
                        throw KEY_AND_KEYS;
                    }
                    firstKey = i + 1;
                    lastKey = argv.count() - 1;
                    break;
                } else {
                    throw Errors.SYNTAX;
                }
            }
            long ms = argv.integer(5);
            timeoutMs = ms <= 0 ? TIMEOUT_MS : ms;
            argv.integer(4); // the other server says whether it has this database
        }

        /** Number of requests that prepare the talk: AUTH, SELECT. */
        int preparing() {
            return password > 0 ? 2 : 1;
        }
    }

    /** The keys of a request, which need not be right: those behind KEYS, if any, otherwise the one. */
    private static void keys(Argv argv, KeySpec.KeyConsumer found) {
        for (int i = FIRST_OPTION; i < argv.count(); i++) {
            if (argv.is(i, AUTH)) {
                i++;
            } else if (argv.is(i, AUTH2)) {
                i += 2;
            } else if (argv.is(i, KEYS) && argv.length(3) != 0) {
                return;
            } else if (argv.is(i, KEYS) && i + 1 < argv.count()) {
                for (int key = i + 1; key < argv.count(); key++) {
                    found.key(key, TAKES);
                }
                return;
            }
        }
        found.key(3, TAKES);
    }

    /**
     * MIGRATE. Replies OK when the other server has taken every key that there was, NOKEY when there was none. Keys that
     * it has taken are gone, unless they were to be copied, also when the reply is an error for the sake of others.
     *
     * @throws CommandError syntax, not an integer, a key beside KEYS; what the other server answered; IOERR
     */
    static void migrate(Call call, Argv argv, Reply reply) {
        Options options = new Options(argv);
        Blocked waited = call.waited();
        Errand errand = waited == null ? null : waited.errand();
        if (waited != null && errand != null) {
            finish(call, argv, options, errand, waited.held(), reply);
            return;
        }
        List<Argv> requests = new ArrayList<>();
        prepare(argv, options, requests);
        int[] keys = values(call, argv, options, requests);
        if (keys.length == 0) {
            reply.simple(NOKEY);
            return;
        }
        errand = call.services()
                .host()
                .errand(argv.text(1), port(argv), options.timeoutMs, requests, options.preparing(), !call.mayWait());
        if (call.mayWait()) {
            call.block(errand, keys);
        } else {
            finish(call, argv, options, errand, keys, reply);
        }
    }

    private static int port(Argv argv) {
        long port = Numbers.parse(argv.array(2), argv.offset(2), argv.length(2));
        return port > 0 && port <= PORT_MAX ? (int) port : 0;
    }

    private static void prepare(Argv argv, Options options, List<Argv> requests) {
        if (options.password > 0) {
            byte[] password = argv.bytes(options.password);
            requests.add(
                    options.user > 0 ? Argv.of(AUTH, argv.bytes(options.user), password) : Argv.of(AUTH, password));
        }
        requests.add(Argv.of(SELECT, argv.bytes(4)));
    }

    /** Adds a RESTORE for each key that there is. Returns which arguments these are. */
    private static int[] values(Call call, Argv argv, Options options, List<Argv> requests) {
        int[] keys = new int[options.lastKey - options.firstKey + 1];
        int count = 0;
        for (int i = options.firstKey; i <= options.lastKey; i++) {
            byte[] payload = DumpedValue.of(call, argv, i);
            if (payload != null) {
                long at = call.db().expireAt(call.db().peek(argv, i));
                long ttl = at == Database.NO_EXPIRE ? 0 : Math.max(1, at - call.nowMs());
                requests.add(restore(argv.bytes(i), ttl, payload, options.replace));
                keys[count++] = i;
            }
        }
        return Arrays.copyOf(keys, count);
    }

    /** The request that makes a key over there; the payload is not copied. */
    private static Argv restore(byte[] key, long ttl, byte[] payload, boolean replace) {
        byte[] time = Long.toString(ttl).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer words = ByteBuffer.allocate(RESTORE.length + key.length + time.length + REPLACE.length);
        words.put(RESTORE).put(key).put(time).put(REPLACE);
        Argv request = new Argv().wrap(words.array());
        request.add(0, RESTORE.length);
        request.add(RESTORE.length, key.length);
        request.add(RESTORE.length + key.length, time.length);
        request.addPieces(new byte[][] {payload}, payload.length);
        if (replace) {
            request.add(words.capacity() - REPLACE.length, REPLACE.length);
        }
        return request;
    }

    /** The errand has ended: what the other server took is deleted here. */
    private static void finish(Call call, Argv argv, Options options, Errand errand, int[] keys, Reply reply) {
        int[] gone = new int[keys.length];
        int count = 0;
        for (int i = 0; i < keys.length && !options.copy; i++) {
            if (errand.accepted(options.preparing() + i) && call.db().delete(argv, keys[i])) {
                call.changed(argv, keys[i], KeyEvent.DEL, 1);
                gone[count++] = keys[i];
            }
        }
        if (count > 0) {
            Effects effect = call.propagateAs(DEL);
            for (int i = 0; i < count; i++) {
                effect.key(argv, gone[i]);
            }
        }
        CommandError error = errand.error();
        if (error != null) {
            throw error;
        }
        reply.ok();
    }
}
