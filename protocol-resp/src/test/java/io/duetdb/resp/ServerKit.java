package io.duetdb.resp;

import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.ManualClock;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server over a {@link FakeDoor} on a loop of its own, and sockets to it. */
final class ServerKit implements AutoCloseable {
    final FakeDoor door = new FakeDoor();
    final IoEventLoopGroup group;
    final EventLoop loop;
    final LoopTurn turn;
    final RespServer server;
    final Settings settings = new Settings(
            RespSettings.LIST, List.of(Setting.memory("proto-max-bulk-len", 512L << 20, 1, Long.MAX_VALUE, "limit")));
    final List<String> log = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger owned = new AtomicInteger();
    final AtomicInteger entered = new AtomicInteger();
    final ManualClock clock = new ManualClock();
    final int port;
    final Transport transport;

    ServerKit(Transport transport, String... settingsAndValues) throws IOException {
        for (int i = 0; i < settingsAndValues.length; i += 2) {
            settings.set(settingsAndValues[i], settingsAndValues[i + 1]);
        }
        this.transport = transport;
        group = transport.newGroup();
        loop = group.next();
        turn = new LoopTurn(loop, door, new TurnGuard() {
            @Override
            public void enter() {
                if (owned.incrementAndGet() != 1) {
                    log.add("entered twice");
                }
                entered.incrementAndGet();
            }

            @Override
            public void leave() {
                owned.decrementAndGet();
            }
        });
        server = new RespServer(turn, door, settings, clock, new Host() {
            @Override
            public void log(String message) {
                log.add(message);
            }

            @Override
            public void bug(String what, Throwable cause) {
                log.add("bug " + what + ": " + cause);
            }
        });
        port = bind(0);
    }

    int bind(int at) throws IOException {
        try {
            return server.bind(transport.serverChannel(), new InetSocketAddress(InetAddress.getLoopbackAddress(), at));
        } catch (Exception e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The next {@code length} bytes. */
    static String read(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    static String ask(Socket socket, String bytes, String expected) throws IOException {
        send(socket, bytes);
        return read(socket, expected.length());
    }

    /** Everything up to the end of the stream. */
    static String readAll(Socket socket) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        try {
            in.transferTo(out);
        } catch (java.net.SocketException e) {
            out.writeBytes("(reset)".getBytes(StandardCharsets.US_ASCII));
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    /** Runs on the loop, inside a turn. */
    void onLoop(Runnable action) throws Exception {
        loop.submit(() -> {
                    turn.begin();
                    action.run();
                })
                .get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        server.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
