package io.duetdb.rest;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Reply;
import io.duetdb.wire.OutputLimits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose response has no end: what the engine's client of a {@code /subscribe}, {@code /psubscribe} or
 * {@code /monitor} is told leaves as server-sent events. There is one client for each stream, which is gone as soon as
 * the peer is. The response begins when the command has succeeded; a refusal is answered as for any other request.
 */
final class EventStream implements Connection {
    private static final byte[] BEAT = JsonReply.ascii(": ping\n\n");
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = JsonReply.ascii("0\r\n\r\n");
    private static final byte[] NOTHING = new byte[0];
    /** Events that wait for the end of the turn from which on they leave before it, if nothing holds them back. */
    private static final int EARLY = 32 << 10;

    private final EventStreams streams;
    private final RestConnection connection;
    private @Nullable Client client;
    private byte[] early = NOTHING;
    private byte @Nullable [] refusal;
    private boolean chunked;
    private boolean begun;
    private boolean over;

    /** The turn in which the present position began. */
    private long turn;

    private boolean overflowed;
    private boolean slow;
    private long slowSinceNs;
    private boolean stuck;

    /** When the next sign of life is due, as {@link EventStreams} has it. */
    long beatAtNs;

    EventStream(EventStreams streams, RestConnection connection) {
        this.streams = streams;
        this.connection = connection;
    }

    /** Names the client that this stream is for. */
    void client(Client made) {
        client = made;
    }

    // ---- the beginning

    /** The engine refuses the command. False when it is too late for that: the response has begun. */
    boolean refuse(byte[] line) {
        if (begun) {
            return false;
        }
        refusal = line.clone();
        return true;
    }

    /** Why the command was refused, or null. */
    byte @Nullable [] refusal() {
        return refusal;
    }

    /** Runs the first command of {@code batch}. False when the engine has closed the client. */
    boolean run(Argv[] batch) {
        Client asking = client;
        return asking != null && streams.engine().execute(asking, batch, 1) == 1;
    }

    /** Whether the command has succeeded: there is a first event. */
    boolean answered() {
        streams.reply().settle(this);
        return early.length > 0;
    }

    /** The head of the response has been appended, in a position of its own: the events follow. */
    void begin(boolean inChunks) {
        chunked = inChunks;
        begun = true;
        turn = streams.turn();
        append(early, early.length);
        early = NOTHING;
        streams.add(this);
    }

    /** The command that was postponed has run. */
    void resumed() {
        connection.resumed();
    }

    // ---- events

    /** Takes the first {@code length} bytes of {@code bytes}, whole events. Copies. */
    void take(byte[] bytes, int length) {
        if (over) {
            return;
        }
        if (begun) {
            append(bytes, length);
        } else {
            int before = early.length;
            early = Arrays.copyOf(early, before + length);
            System.arraycopy(bytes, 0, early, before, length);
        }
    }

    private void append(byte[] bytes, int length) {
        Outgoing out = connection.out();
        overflowed |= out.held() + out.queued() + length > streams.limit().hardBytes();
        if (overflowed) {
            return; // memory must not grow until the turn ends
        }
        if (chunked) {
            byte[] size = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            out.append(size, 0, size.length);
        }
        out.append(bytes, 0, length);
        if (chunked) {
            out.append(CRLF, 0, CRLF.length);
        }
    }

    /** Sends a sign of life to a peer that reads and has not been told anything just now. */
    void beat() {
        streams.reply().settle(this);
        if (!over && unsent() == 0) {
            append(BEAT, BEAT.length);
            connection.out().flush();
        }
    }

    // ---- a peer that does not read

    private long unsent() {
        return connection.out().held()
                + connection.out().queued()
                + streams.reply().size(this);
    }

    /** Cuts the peer off if it leaves too much unread, or much for too long. */
    void check() {
        if (over) {
            return;
        }
        long bytes = unsent();
        OutputLimits.Limit limit = streams.limit();
        boolean cut = overflowed || bytes > limit.hardBytes();
        boolean much = bytes > limit.softBytes();
        if (!cut && much) {
            long now = streams.nowNs();
            slowSinceNs = slow ? slowSinceNs : now;
            cut = now - slowSinceNs > limit.softNs();
        }
        if (slow != much) {
            slow = much;
            streams.slow(this, much);
        }
        if (cut) {
            streams.log("Client " + remoteAddress() + " closed for overcoming of output buffer limits.");
            abort();
        } else {
            boolean full = connection.out().congested();
            if (full || stuck) {
                streams.stuck(connection, full, bytes);
            }
            stuck = full;
        }
    }

    // ---- the end

    /** Ends the response in an orderly way, as far as the peer reads it. */
    void finish() {
        streams.reply().settle(this);
        if (begun && !over && chunked && !overflowed) {
            connection.out().append(LAST_CHUNK, 0, LAST_CHUNK.length);
            connection.out().flush();
        }
        over = true;
    }

    /** The connection is gone, or answers something else: so goes the client. */
    void gone() {
        over = true;
        early = NOTHING;
        streams.reply().forget(this);
        streams.remove(this);
        Client old = client;
        client = null;
        if (old != null) {
            streams.engine().disconnect(old);
        }
    }

    // ---- what the engine sees

    @Override
    public Reply reply() {
        Outgoing out = connection.out();
        if (begun && !over && (turn != streams.turn() || out.allReleased())) {
            // What the gate was asked about must not let go what comes now.
            streams.reply().settle(this);
            turn = streams.turn();
            out.advance();
        }
        return streams.reply().bind(this);
    }

    @Override
    public long produced() {
        return connection.out().position();
    }

    @Override
    public long leavesEarlyFrom() {
        Outgoing out = connection.out();
        boolean many = out.held() + streams.reply().size(this) >= EARLY;
        return many && out.mayWrite() ? 1 : Long.MAX_VALUE; // positions are turns
    }

    @Override
    public void release(long position) {
        streams.reply().settle(this);
        connection.out().release(position);
        if (begun) {
            check();
        }
    }

    @Override
    public void closeAfterReply() {
        finish();
        connection.closeAfterReply();
    }

    @Override
    public void abort() {
        over = true;
        streams.reply().forget(this);
        connection.abort();
    }

    @Override
    public boolean mayWait() {
        return false;
    }

    @Override
    public long pendingOutput() {
        return over ? 0 : unsent();
    }

    @Override
    public String remoteAddress() {
        return connection.remoteAddress();
    }

    @Override
    public String localAddress() {
        return connection.localAddress();
    }
}
