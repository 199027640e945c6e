package io.duetdb.badinput;

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
import java.util.List;

/** Sends requests and reads each reply as the bytes it is made of, shown as ISO 8859-1. */
final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final ByteArrayOutputStream reply = new ByteArrayOutputStream();

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    }

    /** Writes a request of one byte per character into the buffer. */
    void send(List<String> words) throws IOException {
        write("*" + words.size() + "\r\n");
        for (String word : words) {
            write("$" + word.length() + "\r\n" + word + "\r\n");
        }
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Lets the requests go. */
    void flush() throws IOException {
        out.flush();
    }

    /** The next reply. */
    String read() throws IOException {
        reply.reset();
        value();
        return reply.toString(StandardCharsets.ISO_8859_1);
    }

    private void value() throws IOException {
        String line = line();
        switch (line.charAt(0)) {
            case '$', '=' -> {
                int length = Integer.parseInt(line.substring(1));
                if (length >= 0) {
                    reply.writeBytes(in.readNBytes(length + 2));
                }
            }
            case '*', '~', '>' -> values(Integer.parseInt(line.substring(1)));
            case '%' -> values(2 * Integer.parseInt(line.substring(1)));
            default -> {}
        }
    }

    private void values(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            value();
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection was closed behind: " + line);
            }
            reply.write(c);
            line.append((char) c);
        }
        reply.write('\n');
        return line.substring(0, line.length() - 1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
