package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.GENERIC;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.api.Storage;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Waiting for others to have what was written. */
final class WaitCommands {
    private static final CommandError NO_TIMEOUT = new CommandError("ERR timeout is not an integer or out of range");
    private static final CommandError NEGATIVE = new CommandError("ERR timeout is negative");

    private static final CommandError NOT_ONE =
            new CommandError("ERR value is out of range, value must between 0 and 1");
    private static final CommandError NOT_POSITIVE = new CommandError("ERR value is out of range, must be positive");
    private static final CommandError NO_AOF =
            new CommandError("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");

    private static final CommandFunctions FUNCTIONS = WaitCommands::function;

    static final List<Command> TABLE = List.of(
            command("WAIT", FUNCTIONS)
                    .since("3.0.0")
                    .arity(3)
                    .flags(NOSCRIPT)
                    .group(GENERIC)
                    .categories(Category.CONNECTION)
                    .syntax("numreplicas timeout")
                    .complexity("O(1)")
                    .summary("Returns how many replicas have what this client wrote.")
                    .tips("request_policy:all_shards", "response_policy:agg_min"),
            command("WAITAOF", FUNCTIONS)
                    .since("7.2.0")
                    .arity(4)
                    .flags(BLOCKING)
                    .group(GENERIC)
                    .categories(Category.CONNECTION)
                    .syntax("numlocal numreplicas timeout")
                    .complexity("O(1)")
                    .summary("Waits until what this client wrote lasts, here and at replicas."));

    private WaitCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "WAIT" -> WaitCommands::await;
            case "WAITAOF" -> WaitCommands::waitaof;
            default -> null;
        };
    }

    /** WAIT. Replies 0 at once: there are no replicas, and waiting brings none. @throws CommandError not a timeout */
    static void await(Call call, Argv argv, Reply reply) {
        argv.integer(1);
        timeoutMs(argv, 2);
        reply.integer(0);
    }

    private static long timeoutMs(Argv argv, int index) {
        byte[] b = argv.array(index);
        long timeout = Numbers.parse(b, argv.offset(index), argv.length(index));
        if (timeout == Numbers.NOT_A_LONG && !Numbers.isLong(b, argv.offset(index), argv.length(index))) {
            throw NO_TIMEOUT;
        }
        if (timeout < 0) {
            throw NEGATIVE;
        }
        return timeout;
    }

    /**
     * WAITAOF. Replies an array of two: 1 if what this client wrote lasts here, otherwise 0, and the number of replicas
     * where it does, which is 0: there are none. Waits until that is as many as asked for, or its time is over.
     *
     * @throws CommandError numbers out of range; no append-only file though it is asked for
     */
    static void waitaof(Call call, Argv argv, Reply reply) {
        long local = argv.integer(1);
        if (local < 0 || local > 1) {
            throw NOT_ONE;
        }
        long replicas = argv.integer(2);
        if (replicas < 0) {
            throw NOT_POSITIVE;
        }
        long timeoutMs = timeoutMs(argv, 3);
        Storage storage = call.services().host().storage();
        if (local > 0 && !storage.appendOnly()) {
            throw NO_AOF;
        }
        long wrote = call.client().writeOffset();
        boolean kept = storage.durableOffset() >= wrote;
        boolean enough = replicas == 0 && (local == 0 || kept);
        if (enough || !call.blockUntilKept(replicas > 0 ? Long.MAX_VALUE : wrote, timeoutMs)) {
            reply.array(2);
            reply.oneOrZero(kept);
            reply.integer(0);
        }
    }
}
