package io.duetdb.truth.talk;

import io.duetdb.truth.Frame;
import io.duetdb.truth.Step;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * One connection to a redis-server over a Unix socket: there a write's bytes are with the receiver when the write
 * returns, so that whoever knows that redis-server has written finds everything at once.
 */
final class Peer implements AutoCloseable {
    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(1 << 16);
    private boolean gone;

    Peer(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    /** Sends requests in one write. */
    void send(List<byte[][]> requests) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[][] request : requests) {
            header(out, '*', request.length);
            for (byte[] argument : request) {
                header(out, '$', argument.length);
                out.write(argument);
                out.write('\r');
                out.write('\n');
            }
        }
        ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray());
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            gone = true; // closed by the server: that is what is compared
        }
    }

    private static void header(ByteArrayOutputStream out, char kind, int count) throws IOException {
        out.write((kind + Integer.toString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Sends a request and waits for its reply. */
    Frame ask(String... words) throws IOException {
        channel.configureBlocking(true);
        send(List.<byte[][]>of(Step.of(0, List.of(words)).argv()));
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        while (true) {
            in.clear();
            if (channel.read(in) < 0) {
                throw new EOFException("redis-server closed the connection");
            }
            reply.write(in.array(), 0, in.position());
            byte[] bytes = reply.toByteArray();
            if (complete(bytes)) {
                return Frame.parse(bytes);
            }
        }
    }

    private static boolean complete(byte[] bytes) {
        try {
            return Frame.length(bytes, 0) == bytes.length;
        } catch (IndexOutOfBoundsException e) {
            return false;
        }
    }

    /** Everything that has come, without waiting. */
    byte[] drain() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!channel.isOpen()) {
            return new byte[0];
        }
        channel.configureBlocking(false);
        try {
            for (int n = read(); n > 0; n = read()) {
                out.write(in.array(), 0, n);
            }
        } catch (IOException e) {
            gone = true; // reset, because it had sent more than was read
        }
        return out.toByteArray();
    }

    private int read() throws IOException {
        in.clear();
        int n = channel.read(in);
        gone |= n < 0;
        return n;
    }

    /** Whether the server has closed the connection. */
    boolean gone() {
        return gone;
    }

    @Override
    public void close() throws IOException {
        gone = true;
        channel.close();
    }
}
