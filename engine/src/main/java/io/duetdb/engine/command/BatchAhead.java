package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.Keyspace;
import io.duetdb.engine.keyspace.MembersAhead;
import org.jspecify.annotations.Nullable;

/**
 * Loads what the requests of a batch will look up before the first of them runs, so that their cache misses overlap:
 * keys first, then the fields or members that they ask of one big collection. For the pipeline of a client and for the
 * commands of an append-only file.
 */
final class BatchAhead {
    private final CommandTable table;
    private final Keyspace keyspace;

    BatchAhead(Services services) {
        this.table = services.table();
        this.keyspace = services.keyspace();
    }

    /**
     * Finds the commands of the first {@code n} requests, which {@code found} gets, null where there is no such command;
     * and loads what they will look up in {@code db}, which pays from two requests on. Changes nothing.
     */
    void touch(Database db, Argv[] batch, int n, @Nullable Command[] found) {
        int members = 0;
        for (int i = 0; i < n; i++) {
            Argv argv = batch[i];
            Command command = argv.count() == 0 ? null : table.find(argv, 0);
            found[i] = command;
            int key = n == 1 || command == null ? 0 : command.firstKey();
            if (command != null && key > 0 && key < argv.count()) {
                db.announce(argv, key);
                members += command.member();
            }
        }
        if (n > 1) {
            db.touchAnnounced();
            if (members > 0) {
                touchMembers(db, batch, n, found);
            }
        }
    }

    private void touchMembers(Database db, Argv[] batch, int n, @Nullable Command[] found) {
        MembersAhead ahead = keyspace.membersAhead();
        for (int i = 0; i < n; i++) {
            Command command = found[i];
            if (command != null && command.member() > 0 && command.member() < batch[i].count()) {
                ahead.add(db, batch[i], command.firstKey(), command.member());
            }
        }
        ahead.run();
    }
}
