package io.duetdb.server.tools;

import io.duetdb.engine.api.Argv;
import io.duetdb.persistence.tool.RemoteRedis;
import io.duetdb.persistence.tool.ToolException;
import io.duetdb.wire.CommandEncoder;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A socket to a running redis-server whose answers are waited for: for tools, which have a thread of their own. */
final class RedisSocket implements RemoteRedis {
    private static final String SCHEME = "redis://";
    private static final String GRAMMAR = "redis://[[user]:password@]host[:port][/database]";
    private static final int PORT = 6379;
    private static final int PORT_MAX = 65535;
    private static final int CONNECT_MS = 10_000;
    private static final int SILENCE_MS = 120_000;
    private static final int BUFFER = 1 << 16;
    private static final int PIECE = 1 << 20;
    private static final int LINE_MAX = 1 << 16;

    /** What a URL names. {@code password} is empty when there is none, {@code db} is -1 when all are meant. */
    record Address(String host, int port, String user, String password, int db) {}

    private final String name;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private RedisSocket(String name, Socket socket) throws IOException {
        this.name = name;
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
    }

    /** Whether a word is meant as the address of a server. */
    static boolean isAddress(String word) {
        return word.startsWith(SCHEME) || word.startsWith("rediss://") || word.startsWith("valkey://");
    }

    /** Reads a URL. */
    static Address address(String url) throws ToolException {
        if (url.startsWith("rediss://")) {
            throw new ToolException(
                    "rediss:// is not spoken: no TLS here. Let stunnel or ssh -L bring it to a local port,"
                            + " or copy the server's dump.rdb and import that");
        }
        String rest = url.substring(url.indexOf("://") + 3);
        int at = rest.lastIndexOf('@');
        String user = "";
        String password = "";
        if (at >= 0) {
            int colon = rest.indexOf(':');
            if (colon < 0 || colon > at) {
                throw new ToolException("'" + masked(url) + "': write " + GRAMMAR);
            }
            user = decoded(rest.substring(0, colon));
            password = decoded(rest.substring(colon + 1, at));
            rest = rest.substring(at + 1);
        }
        int slash = rest.indexOf('/');
        String db = slash < 0 ? "" : rest.substring(slash + 1);
        rest = slash < 0 ? rest : rest.substring(0, slash);
        int colon = rest.startsWith("[") ? rest.indexOf(':', rest.indexOf(']')) : rest.lastIndexOf(':');
        String port = colon < 0 ? "" : rest.substring(colon + 1);
        String host = colon < 0 ? rest : rest.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int portNumber = number(port, PORT, PORT_MAX);
        int dbNumber = number(db, -1, Integer.MAX_VALUE);
        if (host.isEmpty() || portNumber == 0 || portNumber == Integer.MIN_VALUE || dbNumber == Integer.MIN_VALUE) {
            throw new ToolException("'" + masked(url) + "': write " + GRAMMAR);
        }
        return new Address(host, portNumber, user, password, dbNumber);
    }

    /** A URL without its password, for messages. */
    private static String masked(String url) {
        int at = url.lastIndexOf('@');
        return at < 0 ? url : SCHEME + "..." + url.substring(at);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text; // a lonely percent sign is one
        }
    }

    private static int number(String text, int absent, int max) {
        if (text.isEmpty()) {
            return absent;
        }
        try {
            int number = Integer.parseInt(text);
            return number < 0 || number > max ? Integer.MIN_VALUE : number;
        } catch (NumberFormatException e) {
            return Integer.MIN_VALUE;
        }
    }

    /** Connects and signs in. */
    static RedisSocket open(Address to) throws IOException, ToolException {
        String name = (to.host.indexOf(':') < 0 ? to.host : "[" + to.host + "]") + ":" + to.port;
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(to.host, to.port), CONNECT_MS);
            socket.setSoTimeout(SILENCE_MS);
            socket.setTcpNoDelay(true);
            RedisSocket opened = new RedisSocket(name, socket);
            if (!to.password.isEmpty()) {
                opened.signIn(to);
            }
            return opened;
        } catch (UnknownHostException e) {
            socket.close();
            throw new ToolException("there is no host " + to.host);
        } catch (IOException e) {
            socket.close();
            throw new ToolException(name + " can't be reached: " + e.getMessage() + "; is redis-server running there?");
        } catch (ToolException e) {
            socket.close();
            throw e;
        }
    }

    private void signIn(Address to) throws IOException, ToolException {
        byte[] auth = utf8("AUTH");
        if (to.user.isEmpty()) {
            send(auth, utf8(to.password));
        } else {
            send(auth, utf8(to.user), utf8(to.password));
        }
        if (receive() instanceof Failure failure) {
            throw new ToolException(name + " refuses the password: " + failure.line());
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void send(byte[]... request) throws IOException {
        Argv argv = Argv.of(request);
        byte[] bytes = new byte[Math.toIntExact(CommandEncoder.length(argv)) + 16];
        out.write(bytes, 0, CommandEncoder.write(argv, bytes, 0));
    }

    @Override
    public @Nullable Object receive() throws IOException {
        out.flush();
        return read();
    }

    private @Nullable Object read() throws IOException {
        String line = line();
        String rest = line.isEmpty() ? "" : line.substring(1);
        try {
            switch (line.isEmpty() ? ' ' : line.charAt(0)) {
                case '+':
                    return rest;
                case '-':
                    return new Failure(rest);
                case ':':
                    return Long.parseLong(rest);
                case '$':
                    return bulk(Integer.parseInt(rest));
                case '*':
                    return array(Integer.parseInt(rest));
                default:
                    throw new IOException(name + " does not speak Redis' protocol");
            }
        } catch (NumberFormatException e) {
            throw new IOException(name + " does not speak Redis' protocol", e);
        }
    }

    private byte @Nullable [] bulk(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = length <= PIECE ? new byte[length] : null;
        if (bytes == null) {
            bytes = in.readNBytes(length); // makes room as the bytes come
        } else {
            in.readNBytes(bytes, 0, length);
        }
        if (bytes.length < length || in.read() != '\r' || in.read() != '\n') {
            throw new EOFException(name + " closed the connection");
        }
        return bytes;
    }

    private @Nullable List<@Nullable Object> array(int count) throws IOException {
        if (count < 0) {
            return null;
        }
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(read());
        }
        return list;
    }

    private String line() throws IOException {
        StringBuilder s = new StringBuilder();
        for (int c = in.read(); c != '\r'; c = in.read()) {
            if (c < 0) {
                throw new EOFException(name + " closed the connection");
            }
            if (s.length() == LINE_MAX) {
                throw new IOException(name + " does not speak Redis' protocol");
            }
            s.append((char) c);
        }
        if (in.read() != '\n') {
            throw new IOException(name + " does not speak Redis' protocol");
        }
        return s.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
