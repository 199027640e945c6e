package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.TrackingState;
import io.duetdb.engine.tracking.Tracking;
import io.duetdb.engine.tx.Transaction;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What clients with CLIENT TRACKING read, as the declarations of their commands say: the keys that they may keep. */
final class CachedReads implements KeySpec.KeyConsumer {
    private final CommandTable table;
    private final Tracking tracking;
    private int[] positions = new int[16];
    private int count;

    CachedReads(Services services) {
        table = services.table();
        tracking = services.tracking();
    }

    /**
     * A client's command has run, whatever it replied: if it only reads, and the client keeps what it reads, its keys
     * are remembered.
     */
    void read(ClientState client, Command command, Argv argv) {
        TrackingState state = client.tracking();
        if (state == null || !command.is(Flags.READONLY) || !state.remembers()) {
            return;
        }
        count = 0;
        if (!command.findKeys(argv, this)) {
            return;
        }
        for (int i = 0; i < count; i++) {
            int key = positions[i];
            tracking.read(client, argv.array(key), argv.offset(key), argv.length(key));
        }
        tracking.limit(count);
    }

    @Override
    public void key(int position, int flags) {
        if ((flags & KeySpec.NOT_KEY) != 0) {
            return;
        }
        if (count == positions.length) {
            positions = Arrays.copyOf(positions, 2 * count);
        }
        positions[count++] = position;
    }

    /**
     * A client's request is done, and with it what CLIENT CACHING said, which is for one command or for a whole
     * transaction. {@code command} is null when the request was refused.
     */
    void ended(ClientState client, @Nullable Command command, Argv argv) {
        TrackingState state = client.tracking();
        if (state == null || !state.caching() || argv.count() == 0) {
            return;
        }
        Transaction transaction = client.transaction();
        Command named = command == null ? table.findWithSubcommand(argv, 0) : command;
        boolean inTransaction = transaction != null && transaction.open();
        if (!inTransaction && (named == null || !named.is(Flags.KEEPS_CACHING))) {
            state.caching(false);
        }
    }
}
