package io.duetdb;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A RESP2 connection by hand: bytes out, lines and bulk strings in; it may also say nothing, or half of a request. */
final class RawSocket implements AutoCloseable {
    final Socket socket = new Socket();
    private final InputStream in;

    RawSocket(int port) throws IOException {
        socket.setReceiveBufferSize(16 * 1024);
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    }

    RawSocket send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** The reply to one line: a line, or the text of a bulk string. */
    String ask(String line) throws IOException {
        return send(line + "\r\n").reply();
    }

    /** The next line, or the text of the bulk string that it begins. */
    String reply() throws IOException {
        String line = line();
        if (!line.startsWith("$") || line.equals("$-1")) {
            return line;
        }
        byte[] text = in.readNBytes(Integer.parseInt(line.substring(1)) + 2);
        return new String(text, 0, text.length - 2, StandardCharsets.ISO_8859_1);
    }

    private String line() throws IOException {
        StringBuilder s = new StringBuilder();
        for (int c = in.read(); c != '\r'; c = in.read()) {
            if (c < 0) {
                throw new SocketException("closed behind '" + s + "'");
            }
            s.append((char) c);
        }
        in.read();
        return s.toString();
    }

    /** The first {@code sent} bytes of a SET whose value has {@code length}. */
    RawSocket begin(int length, int sent) throws IOException {
        return send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + length + "\r\n" + "x".repeat(sent));
    }

    /** Whether the other end has closed; waits for something to come otherwise. */
    boolean isClosed() throws IOException {
        try {
            byte[] buffer = new byte[64 * 1024];
            while (in.read(buffer) >= 0) {
                // what was sent before
            }
            return true;
        } catch (SocketException reset) {
            return true;
        }
    }

    /** Its own end, as CLIENT LIST shows it. */
    String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
