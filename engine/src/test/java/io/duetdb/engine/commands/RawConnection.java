package io.duetdb.engine.commands;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.wire.Output;
import io.duetdb.wire.RespReply;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A client that sees its replies as they are spelled for the wire, in RESP2 until it says HELLO 3. */
final class RawConnection implements Connection, Output {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final RespReply reply = new RespReply();
    private final Engine engine;
    private final Client client;

    RawConnection(Engine engine) {
        this.engine = engine;
        reply.bind(this, 2);
        client = engine.connect(this);
    }

    /** Runs one command and returns the bytes of its reply, one character each. */
    String run(String line) {
        send(line);
        return told();
    }

    /** Runs commands in one turn and leaves what they reply. */
    void send(String... lines) {
        Argv[] batch = new Argv[lines.length];
        for (int i = 0; i < lines.length; i++) {
            batch[i] = Argv.of(EngineFixture.words(lines[i]));
        }
        engine.execute(client, batch, batch.length);
        engine.beforeSleep();
    }

    /** The bytes of what this client was told since it was last asked for them, one character each. */
    String told() {
        reply.finish();
        reply.bind(this, reply.version());
        String text = out.toString(StandardCharsets.ISO_8859_1);
        out.reset();
        return text;
    }

    /** The engine's side of this client. */
    Client client() {
        return client;
    }

    @Override
    public void write(byte[] b, int offset, int length) {
        out.write(b, offset, length);
    }

    @Override
    public long position() {
        return out.size();
    }

    @Override
    public void truncate(long to) {
        byte[] kept = out.toByteArray();
        out.reset();
        out.write(kept, 0, (int) to);
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
    public void release(long to) {}

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
