package io.duetdb.truth;

import io.duetdb.engine.kit.RedisServer;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A redis-server of its own, freshly started. */
final class RedisSide implements Side {
    private final RedisServer server;
    private final List<Wire> wires = new ArrayList<>();
    private final Wire control;

    /** Starts a server and connects {@code clients} clients. */
    RedisSide(int clients) throws IOException {
        server = RedisServer.start();
        control = new Wire(server.port());
        for (int i = 0; i < clients; i++) {
            wires.add(new Wire(server.port()));
            wires.get(i).write(words("PING"));
            wires.get(i).out.flush();
            wires.get(i).reply(); // so that clients are numbered in order
        }
        control("CLIENT", "SETNAME", "control");
    }

    @Override
    public List<byte[]> run(int client, List<byte[][]> commands) throws IOException {
        Wire wire = wires.get(client);
        for (byte[][] command : commands) {
            wire.write(command);
        }
        wire.out.flush();
        List<byte[]> replies = new ArrayList<>(commands.size());
        for (int i = 0; i < commands.size(); i++) {
            replies.add(wire.reply());
        }
        return replies;
    }

    /** Runs a command of a connection that the compared clients know nothing of. */
    Frame control(String... words) throws IOException {
        control.write(words(words));
        control.out.flush();
        return Frame.parse(control.reply());
    }

    /** The server's time in microseconds since the epoch. */
    long timeUs() throws IOException {
        List<Frame> time = control("TIME").elements();
        return Long.parseLong(time.get(0).text()) * 1_000_000
                + Long.parseLong(time.get(1).text());
    }

    private static byte[][] words(String... words) {
        return Step.of(0, List.of(words)).argv();
    }

    @Override
    public void close() throws IOException {
        for (Wire wire : wires) {
            wire.socket.close();
        }
        control.socket.close();
        server.close();
    }

    /** One socket. */
    private static final class Wire {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;
        private final ByteArrayOutputStream reply = new ByteArrayOutputStream();

        Wire(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(30_000);
            in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
        }

        void write(byte[][] argv) throws IOException {
            out.write(("*" + argv.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            for (byte[] argument : argv) {
                out.write(("$" + argument.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(argument);
                out.write('\r');
                out.write('\n');
            }
        }

        byte[] reply() throws IOException {
            do {
                reply.reset();
                value();
            } while (reply.toByteArray()[0] == '>');
            return reply.toByteArray();
        }

        private void value() throws IOException {
            int kind = in.read();
            if (kind < 0) {
                throw new EOFException("redis-server closed the connection");
            }
            reply.write(kind);
            int from = reply.size();
            int c;
            while ((c = in.read()) != '\n') {
                if (c < 0) {
                    throw new EOFException();
                }
                reply.write(c);
            }
            int end = reply.size() - 1;
            reply.write('\n');
            if (kind == '$' || kind == '=' || kind == '*' || kind == '%' || kind == '~' || kind == '>') {
                int count =
                        Integer.parseInt(new String(reply.toByteArray(), from, end - from, StandardCharsets.US_ASCII));
                if (kind == '$' || kind == '=') {
                    if (count >= 0) {
                        reply.write(in.readNBytes(count + 2));
                    }
                } else {
                    for (int i = 0; i < (kind == '%' ? 2 * count : count); i++) {
                        value();
                    }
                }
            }
        }
    }
}
