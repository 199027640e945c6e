package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.blocking.BlockedClients;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.tx.Transaction;

/**
 * Whether a request would write a key that is on its way to another server: then it has to wait, so that what the other
 * server gets is all there was, and nothing is lost when the key goes here. Reads go on. A request whose keys cannot be
 * told may write any. Asked only while keys are held.
 */
final class HeldKeys implements KeySpec.KeyConsumer {
    private final BlockedClients blocked;
    private final ClientState client;
    private Argv request;
    private boolean any;
    private boolean held;

    private HeldKeys(BlockedClients blocked, ClientState client, Argv request) {
        this.blocked = blocked;
        this.client = client;
        this.request = request;
    }

    /** Whether a client's request writes a held key: EXEC, when what was queued does. */
    static boolean writes(Services services, ClientState client, Command command, Argv argv) {
        BlockedClients blocked = services.blocked();
        if (!blocked.holding()) {
            return false;
        }
        HeldKeys keys = new HeldKeys(blocked, client, argv);
        Transaction transaction = client.transaction();
        if (transaction == null || !transaction.open()) {
            return keys.writtenBy(command);
        }
        if (!command.is(Flags.RUNS_QUEUED)) {
            return false; // it is only queued
        }
        for (Argv queued : transaction.requests()) {
            Command one = services.table().findWithSubcommand(queued, 0);
            keys.request = queued;
            if (one != null && keys.writtenBy(one)) {
                return true;
            }
        }
        return false;
    }

    private boolean writtenBy(Command command) {
        if (!command.is(Flags.WRITE | Flags.MAY_REPLICATE) || command.is(Flags.PUBSUB)) {
            return false;
        }
        any = false;
        held = false;
        boolean told = command.findKeys(request, this);
        return held || !told || !any;
    }

    @Override
    public void key(int position, int flags) {
        any = true;
        held |= (flags & KeySpec.RO) == 0
                && blocked.holds(client, request.array(position), request.offset(position), request.length(position));
    }
}
