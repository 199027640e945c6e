package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Reply;

/** What a command does: reads its arguments, works on the database, writes exactly one reply. */
@FunctionalInterface
public interface CommandFunction {
    /**
     * Runs the command. Everything is parsed and validated before the first write.
     *
     * @throws io.duetdb.engine.api.CommandError for a user's fault; what was replied so far is taken back
     */
    void run(Call call, Argv argv, Reply reply);
}
