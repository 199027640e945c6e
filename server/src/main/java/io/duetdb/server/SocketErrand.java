package io.duetdb.server;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errand;
import io.duetdb.wire.CommandEncoder;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One talk with another server over a socket of its own: what prepares it is answered before the rest is sent, all the
 * rest at once, then its answers are read. {@link #run} takes place on one thread; the engine's looks whether it {@link
 * #ended} and then what came of it.
 *
 * <p>The texts of failures are those of redis-server. It takes whatever doesn't begin with a minus for an OK, be it a web
 * server's; here that is a failure, since the key would be lost.
 */
final class SocketErrand implements Errand, Runnable {
    private static final CommandError CONNECTING = new CommandError("IOERR error or timeout connecting to the client");
    private static final CommandError WRITING = new CommandError("IOERR error or timeout writing to target instance");
    private static final CommandError READING = new CommandError("IOERR error or timeout reading to target instance");
    private static final String REPLIED = "ERR Target instance replied with error: ";
    private static final String NO_REDIS = "ERR Target instance is no Redis, it replied: ";

    private static final int CHUNK = 64 * 1024;
    private static final int HEADER_MAX = 16;
    private static final int LINE_MAX = 1024;

    private final String host;
    private final int port;
    private final long timeoutNs;
    private final List<Argv> requests;
    private final int first;
    private final BitSet accepted = new BitSet();
    private final ByteBuffer out = ByteBuffer.allocate(CHUNK);
    private final ByteBuffer in = ByteBuffer.allocate(CHUNK).flip();
    private CommandError whenItFails = CONNECTING;
    private @Nullable CommandError error;
    private volatile @Nullable Selector waitingAt;
    private volatile boolean abandoned;
    private volatile boolean ended;

    /** A talk that has not begun. */
    SocketErrand(String host, int port, long timeoutMs, List<Argv> requests, int first) {
        this.host = host;
        this.port = port;
        this.timeoutNs = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        this.requests = requests;
        this.first = first;
    }

    // ---- the engine's thread

    @Override
    public boolean ended() {
        return ended;
    }

    /** Any thread. */
    @Override
    public void abandon() {
        abandoned = true;
        Selector selector = waitingAt;
        if (selector != null) {
            selector.wakeup();
        }
    }

    @Override
    public boolean accepted(int request) {
        return accepted.get(request);
    }

    @Override
    public @Nullable CommandError error() {
        return error;
    }

    // ---- the thread of the talk

    /** Has the talk, and returns when it is over. */
    @Override
    public void run() {
        boolean whole = false;
        try (Selector selector = Selector.open();
                SocketChannel channel = SocketChannel.open()) {
            waitingAt = selector;
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, 0);
            if (!abandoned) {
                connect(channel, key);
                talk(channel, key);
                whole = true;
            }
        } catch (IOException | UnresolvedAddressException broken) {
            whole = false;
        } finally {
            if (!whole) {
                fail(whenItFails);
            }
            waitingAt = null;
            ended = true;
        }
    }

    private void connect(SocketChannel channel, SelectionKey key) throws IOException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (port == 0 && !address.isUnresolved()) {
            whenItFails = WRITING;
            throw new ConnectException("no such port");
        }
        try {
            if (!channel.connect(address)) {
                do {
                    await(key, SelectionKey.OP_CONNECT);
                } while (!channel.finishConnect());
            }
        } catch (ConnectException refused) {
            whenItFails = WRITING; // redis-server notices by then
            throw refused;
        }
    }

    private void talk(SocketChannel channel, SelectionKey key) throws IOException {
        send(channel, key, 0, first);
        hear(channel, key, 0, first);
        if (error == null) {
            send(channel, key, first, requests.size());
            hear(channel, key, first, requests.size());
        }
    }

    private void fail(CommandError why) {
        if (error == null) {
            error = why; // the first reason there was
        }
    }

    // ---- requests

    private void send(SocketChannel channel, SelectionKey key, int from, int to) throws IOException {
        whenItFails = WRITING;
        out.clear();
        for (int i = from; i < to; i++) {
            Argv request = requests.get(i);
            header(channel, key, '*', request.count());
            for (int arg = 0; arg < request.count(); arg++) {
                header(channel, key, '$', request.length(arg));
                argument(channel, key, request, arg);
            }
        }
        flush(channel, key);
    }

    private void header(SocketChannel channel, SelectionKey key, char kind, int count) throws IOException {
        if (out.remaining() < HEADER_MAX) {
            flush(channel, key);
        }
        out.position(CommandEncoder.header(kind, count, out.array(), out.position()));
    }

    private void argument(SocketChannel channel, SelectionKey key, Argv request, int arg) throws IOException {
        int length = request.length(arg);
        for (int at = 0; at < length; ) {
            if (!out.hasRemaining()) {
                flush(channel, key);
            }
            int n = Math.min(length - at, out.remaining());
            request.copy(arg, at, out.array(), out.position(), n);
            out.position(out.position() + n);
            at += n;
        }
        if (out.remaining() < 2) {
            flush(channel, key);
        }
        out.put((byte) '\r').put((byte) '\n');
    }

    private void flush(SocketChannel channel, SelectionKey key) throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) {
                await(key, SelectionKey.OP_WRITE);
            }
        }
        out.clear();
    }

    // ---- answers

    private void hear(SocketChannel channel, SelectionKey key, int from, int to) throws IOException {
        whenItFails = READING;
        for (int i = from; i < to; i++) {
            String line = line(channel, key);
            if (line.equals("+OK")) {
                accepted.set(i);
            } else if (line.startsWith("-")) {
                fail(error(REPLIED, line.substring(1)));
            } else {
                fail(error(NO_REDIS, line));
                return;
            }
        }
    }

    private static CommandError error(String what, String line) {
        return new CommandError((what + line).getBytes(StandardCharsets.ISO_8859_1));
    }

    /** One line of an answer, without its end; the rest of one that is too long is not read. */
    private String line(SocketChannel channel, SelectionKey key) throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < LINE_MAX) {
            if (!in.hasRemaining()) {
                in.clear();
                int n = channel.read(in);
                in.flip();
                if (n < 0) {
                    throw new EOFException();
                }
                if (n == 0) {
                    await(key, SelectionKey.OP_READ);
                }
                continue;
            }
            char c = (char) (in.get() & 0xFF);
            if (c == '\n') {
                break;
            }
            if (c != '\r') {
                line.append(c);
            }
        }
        return line.toString();
    }

    /** Waits until the socket is ready, for as long as nothing may happen. */
    private void await(SelectionKey key, int operation) throws IOException {
        key.interestOps(operation);
        long until = System.nanoTime() + timeoutNs;
        while (true) {
            long leftNs = until - System.nanoTime();
            if (abandoned || leftNs <= 0) {
                throw new SocketTimeoutException();
            }
            key.selector().select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNs)));
            boolean ready = !key.selector().selectedKeys().isEmpty();
            key.selector().selectedKeys().clear();
            if (ready) {
                return;
            }
        }
    }
}
