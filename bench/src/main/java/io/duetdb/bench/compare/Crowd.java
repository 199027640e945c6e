package io.duetdb.bench.compare;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Connections that each say one thing and then only listen: subscribers, blocked clients. What they hear is counted. */
final class Crowd implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 << 10;

    private final List<SocketChannel> channels = new ArrayList<>();
    private final Selector selector = Selector.open();
    private final AtomicLong heard = new AtomicLong();
    private final Thread listener = new Thread(this::listen, "crowd");
    private volatile boolean closed;

    /** {@code size} connections that have said {@code line} and heard at least {@code answerBytes} each. */
    Crowd(ServerProcess server, int size, String line, int answerBytes) throws IOException {
        byte[] said = (line + "\r\n").getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < size; i++) {
            SocketChannel channel =
                    SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.write(ByteBuffer.wrap(said));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            channels.add(channel);
        }
        listener.setDaemon(true);
        listener.start();
        await((long) size * answerBytes);
    }

    /** Bytes that all have heard so far. */
    long heard() {
        return heard.get();
    }

    /** Waits until all together have heard so many bytes. */
    void await(long bytes) throws IOException {
        long until = System.nanoTime() + 60_000_000_000L;
        while (heard.get() < bytes) {
            if (System.nanoTime() > until || closed) {
                throw new IOException("the crowd heard " + heard + " bytes of " + bytes);
            }
            Thread.onSpinWait();
        }
    }

    private void listen() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try {
            while (!closed) {
                selector.select(key -> hear(key, buffer));
            }
        } catch (IOException | RuntimeException e) {
            closed = true;
        }
    }

    private void hear(SelectionKey key, ByteBuffer buffer) {
        buffer.clear();
        try {
            int n = ((SocketChannel) key.channel()).read(buffer);
            if (n < 0) {
                key.cancel();
            } else {
                heard.addAndGet(n);
            }
        } catch (IOException e) {
            key.cancel();
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        for (SocketChannel channel : channels) {
            channel.close();
        }
        selector.close();
    }
}
