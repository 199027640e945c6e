package io.duetdb.engine.command;

import io.duetdb.engine.api.Reply;

/** The rest of a suspended execution unit: a long script, a transaction of many commands. Runs in slices between turns. */
public interface Continuation {
    /**
     * Goes on until done or until the monotonic clock has passed {@code deadlineNs}. Returns whether it is done; then,
     * and only then, it has written the command's one reply.
     */
    boolean resume(Call call, Reply reply, long deadlineNs);
}
