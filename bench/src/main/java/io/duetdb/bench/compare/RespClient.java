package io.duetdb.bench.compare;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A small raw client: commands are appended to a buffer, sent, and their replies read one by one. An error reply is an
 * exception: a benchmark that measures error replies measures nothing.
 */
final class RespClient implements AutoCloseable {
    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;
    private byte[] buffer = new byte[1 << 16];
    private int length;

    /** Connects to a server on this machine. */
    RespClient(int port) throws IOException {
        socket = new Socket();
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2000);
        out = socket.getOutputStream();
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    }

    /** Runs one command and returns its reply as text (integers in digits, arrays one value per line). */
    String run(String... words) throws IOException {
        array(words.length);
        for (String word : words) {
            bulk(word.getBytes(StandardCharsets.UTF_8));
        }
        send();
        return reply();
    }

    /** Begins a command of {@code count} arguments, its name included. */
    void array(int count) {
        header('*', count);
    }

    /** Appends an argument. */
    void bulk(byte[] bytes) {
        header('$', bytes.length);
        append(bytes, bytes.length);
        append(CRLF, 2);
    }

    /** Bytes waiting to be sent. */
    int pending() {
        return length;
    }

    /** Sends what was appended. */
    void send() throws IOException {
        out.write(buffer, 0, length);
        length = 0;
    }

    /** Reads and forgets {@code count} replies. */
    void skip(long count) throws IOException {
        for (long i = 0; i < count; i++) {
            int type = in.read();
            if (type == '+' || type == ':') {
                while (in.read() != '\n') {
                    // to the end of the line
                }
            } else {
                read(type);
            }
        }
    }

    /** Reads one reply as text. */
    String reply() throws IOException {
        return read(in.read());
    }

    private String read(int type) throws IOException {
        if (type < 0) {
            throw new EOFException("the server closed the connection");
        }
        String line = line();
        switch (type) {
            case '+':
            case ':':
                return line;
            case '-':
                throw new IOException("the server replied: " + line);
            case '$':
                int size = Integer.parseInt(line);
                if (size < 0) {
                    return "(nil)";
                }
                byte[] bytes = in.readNBytes(size);
                in.skipNBytes(2);
                return new String(bytes, StandardCharsets.UTF_8);
            case '*':
                StringBuilder all = new StringBuilder();
                for (int i = 0, n = Integer.parseInt(line); i < n; i++) {
                    all.append(i == 0 ? "" : "\n").append(reply());
                }
                return all.toString();
            default:
                throw new IOException("not a reply: " + (char) type + line);
        }
    }

    private String line() throws IOException {
        StringBuilder s = new StringBuilder();
        for (int c = in.read(); c != '\r'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the server closed the connection");
            }
            s.append((char) c);
        }
        in.read();
        return s.toString();
    }

    private static final byte[] CRLF = {'\r', '\n'};

    private void header(char type, int value) {
        byte[] digits = Integer.toString(value).getBytes(StandardCharsets.US_ASCII);
        append(new byte[] {(byte) type}, 1);
        append(digits, digits.length);
        append(CRLF, 2);
    }

    private void append(byte[] bytes, int n) {
        if (length + n > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + n));
        }
        System.arraycopy(bytes, 0, buffer, length, n);
        length += n;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
