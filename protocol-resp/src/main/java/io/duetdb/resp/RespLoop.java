package io.duetdb.resp;

import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Message;
import io.duetdb.wire.DecoderLimits;
import io.duetdb.wire.OutputLimits;
import io.duetdb.wire.RespReply;
import io.duetdb.wire.WireBuffers;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What all connections of one loop share: buffers, the sink and to whom it is bound, and who must be looked at again. */
final class RespLoop {
    final LoopTurn turn;
    final RespEngine engine;
    final WireBuffers buffers = new WireBuffers();
    final DecoderLimits decoderLimits;
    final OutputLimits outputLimits;
    final ByteBufAllocator allocator;
    final SpareBuffers spares;
    final Host host;
    final Clock clock;
    final IdleClients idle;
    boolean protectedMode;

    private final LoopTurn.Step before = this::beforeSleep;
    private final LoopTurn.Step after = this::afterSleep;
    private final RespReply reply = new RespReply();
    private @Nullable RespConnection bound;
    private final Broadcast broadcast2;
    private final Broadcast broadcast3;
    long bytesRead;
    long bytesWritten;
    long reads;
    long writes;
    final Set<RespConnection> connections = new HashSet<>();

    private @Nullable RespConnection[] marked = new @Nullable RespConnection[16];
    private int markedCount;

    RespLoop(
            LoopTurn turn,
            RespEngine engine,
            DecoderLimits decoderLimits,
            OutputLimits outputLimits,
            ByteBufAllocator allocator,
            Clock clock,
            Host host) {
        this.turn = turn;
        this.engine = engine;
        this.decoderLimits = decoderLimits;
        this.outputLimits = outputLimits;
        this.allocator = allocator;
        spares = new SpareBuffers(allocator);
        this.host = host;
        this.clock = clock;
        broadcast2 = new Broadcast(allocator, 2);
        broadcast3 = new Broadcast(allocator, 3);
        idle = new IdleClients(clock, turn, connections);
        turn.addBefore(before);
        turn.addAfter(after);
    }

    /** The sink, writing for {@code connection}. */
    RespReply bind(RespConnection connection) {
        if (bound != connection) {
            unbind();
            bound = connection;
            reply.bind(connection.output(), connection.version());
        }
        return reply;
    }

    /**
     * Appends a message to what {@code connection} is sent. The sink stays where it is: who publishes is answered through
     * it, and with many subscribers to bind it to each of them would cost more than the message.
     */
    void message(RespConnection connection, Message message) {
        if (bound == connection || !message.shared()) {
            bind(connection).message(message);
        } else {
            Broadcast broadcast = connection.version() == 3 ? broadcast3 : broadcast2;
            broadcast.send(message, reply, connection.output());
        }
    }

    /** The position behind everything written for {@code connection}. */
    long position(RespConnection connection) {
        return bound == connection ? reply.position() : connection.output().position();
    }

    /** Moves what the sink still holds for {@code connection} to its output. */
    void settle(RespConnection connection) {
        if (bound == connection) {
            unbind();
        }
    }

    /** Forgets a connection that is gone. */
    void forget(RespConnection connection) {
        if (bound == connection) {
            reply.discard();
            bound = null;
        }
    }

    private void unbind() {
        RespConnection before = bound;
        if (before == null) {
            reply.discard(); // what a command wrote after its connection was cut off
        } else {
            bound = null;
            before.version(reply.version());
            reply.finish();
        }
    }

    /** Asks that a connection be looked at before this turn ends, or in the next: it may go on, or it is to end. */
    void mark(RespConnection connection) {
        if (connection.marked) {
            return;
        }
        connection.marked = true;
        if (markedCount == marked.length) {
            marked = Arrays.copyOf(marked, markedCount * 2);
        }
        marked[markedCount++] = connection;
        turn.begin();
    }

    /** Takes part in the loop's turns no longer. */
    void leave() {
        idle.stop();
        turn.remove(before);
        turn.remove(after);
        spares.close();
        broadcast2.close();
        broadcast3.close();
    }

    /** Connections that may go on do so before the engine ends its turn, so that their replies leave in this one. */
    void beforeSleep() {
        for (int i = 0; i < markedCount; i++) { // more may be marked meanwhile: they come at the end
            RespConnection connection = marked[i];
            if (connection != null) {
                connection.goOn();
            }
        }
    }

    /** Connections that were to end may have nothing left to send now; who may go on does so in another turn. */
    void afterSleep() {
        idle.turnEnds();
        broadcast2.turnEnded();
        broadcast3.turnEnded();
        int kept = 0;
        for (int i = 0; i < markedCount; i++) {
            RespConnection connection = marked[i];
            marked[i] = null;
            if (connection != null) {
                connection.endIfDue();
                connection.marked = connection.mayGoOn();
                if (connection.marked) {
                    marked[kept++] = connection;
                }
            }
        }
        markedCount = kept;
        if (kept > 0) {
            turn.again();
        }
    }
}
