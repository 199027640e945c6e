package io.duetdb.engine.client;

import io.duetdb.engine.api.Connection;
import io.duetdb.engine.tx.Transaction;

/** A client as a line of CLIENT LIST: the fields of Redis 7.4 in their order. */
public final class ClientLine {
    private ClientLine() {}

    /** The peer's address; what Redis shows for one that has none. */
    public static String address(ClientState client) {
        String address = client.connection().remoteAddress();
        return address.isEmpty() ? "?:0" : address;
    }

    /** Our own end of the connection. */
    public static String localAddress(ClientState client) {
        String address = client.connection().localAddress();
        return address.isEmpty() ? "?:0" : address;
    }

    /**
     * Appends the line of a client, without a newline. Memory is what is known exactly: replies stand in one list of
     * buffers (so obl and rbs, Redis' static buffer, are 0) and requests wait in one buffer without spare room.
     *
     * @param command the name of its last command, or {@code NULL}
     * @param argvBytes bytes of the arguments of its present command
     */
    public static void append(StringBuilder out, ClientState c, String command, long argvBytes, long nowMs) {
        Connection connection = c.connection();
        long input = connection.pendingInput();
        long output = connection.pendingOutput();
        out.append("id=").append(c.id());
        out.append(" addr=").append(address(c));
        out.append(" laddr=").append(localAddress(c));
        out.append(" fd=").append(connection.descriptor());
        out.append(" name=").append(c.name());
        out.append(" age=").append(seconds(nowMs - c.createdAtMs()));
        out.append(" idle=").append(seconds(nowMs - c.lastInteractionMs()));
        out.append(" flags=").append(flags(c));
        out.append(" db=").append(c.db().index());
        out.append(" sub=").append(c.channels());
        out.append(" psub=").append(c.patterns());
        out.append(" ssub=").append(c.shardChannels());
        Transaction transaction = c.transaction();
        out.append(" multi=")
                .append(
                        transaction != null && transaction.open()
                                ? transaction.requests().size()
                                : -1);
        out.append(" watch=").append(transaction == null ? 0 : transaction.watching());
        out.append(" qbuf=").append(input).append(" qbuf-free=0");
        out.append(" argv-mem=").append(argvBytes);
        long queued = transaction == null ? 0 : transaction.bytes();
        out.append(" multi-mem=").append(queued).append(" rbs=0 rbp=0 obl=0");
        out.append(" oll=").append(output > 0 ? 1 : 0);
        out.append(" omem=").append(output);
        out.append(" tot-mem=").append(ClientMemory.bytes(c) + argvBytes);
        out.append(" events=").append(output > 0 ? "rw" : "r");
        out.append(" cmd=").append(command);
        out.append(" user=").append(c.user().name());
        TrackingState tracking = c.tracking();
        out.append(" redir=").append(tracking == null ? -1 : tracking.redirection());
        out.append(" resp=").append(c.protocol());
        out.append(" lib-name=").append(c.libName());
        out.append(" lib-ver=").append(c.libVersion());
    }

    private static long seconds(long ms) {
        return Math.max(0, ms / 1000);
    }

    private static String flags(ClientState c) {
        StringBuilder s = new StringBuilder();
        s.append(c.monitoring() ? "O" : "");
        s.append(c.subscriber() ? "P" : "");
        Transaction transaction = c.transaction();
        s.append(transaction != null && transaction.open() ? "x" : "");
        s.append(c.suspended() && !c.unblocked() ? "b" : "");
        TrackingState tracking = c.tracking();
        if (tracking != null) {
            s.append('t');
            s.append(tracking.broken() ? "R" : "");
            s.append(tracking.is(TrackingState.BROADCAST) ? "B" : "");
        }
        s.append(transaction != null && transaction.spoiled() ? "d" : "");
        s.append(c.closing() ? "c" : "");
        s.append(c.unblocked() ? "u" : "");
        s.append(c.noEvict() ? "e" : "");
        s.append(c.noTouch() ? "T" : "");
        return s.length() == 0 ? "N" : s.toString();
    }
}
