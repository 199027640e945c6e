package io.duetdb.engine.kit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A raw RESP client: requests out, replies in as the values that {@link ValueReply} builds. Pipelines when asked. */
public final class RespClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** Connects to a port of the loopback. */
    public RespClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    }

    /** Reads replies from somewhere else than a server; what is sent is dropped. */
    RespClient(InputStream replies) {
        socket = new Socket();
        in = replies;
        out = OutputStream.nullOutputStream();
    }

    /** Writes a request into the buffer. */
    public void send(byte[]... arguments) throws IOException {
        write("*" + arguments.length + "\r\n");
        for (byte[] argument : arguments) {
            write("$" + argument.length + "\r\n");
            out.write(argument);
            write("\r\n");
        }
    }

    private void write(String ascii) throws IOException {
        out.write(ascii.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Lets the requests so far go. */
    public void flush() throws IOException {
        out.flush();
    }

    /** Sends one request, split into words as {@link EngineFixture#words} does, and reads its reply. */
    public @Nullable Object run(String line) throws IOException {
        send(EngineFixture.words(line));
        flush();
        return read();
    }

    /** Whether something has arrived that nobody has read. */
    public boolean pending() throws IOException {
        return in.available() > 0;
    }

    /** Reads one reply of RESP2 or RESP3: String, Long, Double, Boolean, List, Map, null or {@link ValueReply.Failure}. */
    public @Nullable Object read() throws IOException {
        String line = line();
        String rest = line.substring(1);
        switch (line.charAt(0)) {
            case '+':
                return rest;
            case '-':
                return new ValueReply.Failure(rest);
            case ':':
                return Long.parseLong(rest);
            case '$':
                return bulk(Integer.parseInt(rest));
            case '*', '~', '>':
                return array(Integer.parseInt(rest));
            case '%':
                return map(Integer.parseInt(rest));
            case '=':
                return String.valueOf(bulk(Integer.parseInt(rest))).substring(4);
            case '_':
                return null;
            case ',':
                return Double.parseDouble(rest.replace("inf", "Infinity").replace("nan", "NaN"));
            case '#':
                return rest.equals("t");
            case '(':
                return rest;
            default:
                throw new IOException("not RESP: " + line);
        }
    }

    private @Nullable String bulk(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(length);
        in.skipNBytes(2);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private @Nullable List<Object> array(int count) throws IOException {
        if (count < 0) {
            return null;
        }
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(read());
        }
        return list;
    }

    private Map<Object, Object> map(int count) throws IOException {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            Object key = read();
            map.put(key, read());
        }
        return map;
    }

    private String line() throws IOException {
        StringBuilder s = new StringBuilder();
        int c;
        while ((c = in.read()) != '\r') {
            if (c < 0) {
                throw new EOFException();
            }
            s.append((char) c);
        }
        in.skipNBytes(1);
        return s.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
