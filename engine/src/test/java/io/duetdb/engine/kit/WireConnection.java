package io.duetdb.engine.kit;

import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Reply;
import io.duetdb.wire.Output;
import io.duetdb.wire.RespReply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** A connection in memory whose replies are spelled in RESP as for a socket, and read back as a client reads them. */
public final class WireConnection implements Connection, Output {
    private final RespReply reply = new RespReply();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private long before;

    /** Speaks RESP2 until HELLO says otherwise. */
    public WireConnection() {
        reply.bind(this, 2);
    }

    /** The one reply since the last taking, of {@link RespClient}'s types. */
    public Object take() throws IOException {
        flush();
        byte[] bytes = written.toByteArray();
        before += bytes.length;
        written.reset();
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        try (RespClient client = new RespClient(in)) {
            Object value = client.read();
            if (in.available() > 0) {
                throw new AssertionError(in.available() + " bytes behind the reply " + value);
            }
            return value;
        }
    }

    private void flush() {
        int version = reply.version();
        reply.finish();
        reply.bind(this, version);
    }

    @Override
    public void write(byte[] b, int offset, int length) {
        written.write(b, offset, length);
    }

    @Override
    public long position() {
        return before + written.size();
    }

    @Override
    public void truncate(long position) {
        byte[] bytes = written.toByteArray();
        written.reset();
        written.write(bytes, 0, (int) (position - before));
    }

    @Override
    public Reply reply() {
        return reply;
    }

    @Override
    public long produced() {
        return reply.position();
    }

    @Override
    public void release(long position) {}

    @Override
    public void closeAfterReply() {}

    @Override
    public void abort() {}

    @Override
    public String remoteAddress() {
        return "";
    }

    @Override
    public String localAddress() {
        return "";
    }
}
