package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ManualClock;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Several clients who say the same to an engine and to a real server, each with the same id on both sides; what each of
 * them gets, replies and messages, must be the same bytes in the same order. Every line is a loop turn.
 */
final class SideBySide implements AutoCloseable {
    private final RedisServer server;
    private final RespClient control;
    private final ManualClock clock = new ManualClock();
    private final Engine engine;
    private final List<RawConnection> ours = new ArrayList<>();
    private final List<Theirs> theirs = new ArrayList<>();
    private final List<Long> ids = new ArrayList<>();

    /** Starts both sides, without clients. */
    SideBySide() throws IOException {
        engine = new Engine(EngineOptions.of(new Settings(Engine.settings()), clock, 1, 64L << 20)
                .withChecks());
        server = RedisServer.start();
        control = server.connect();
    }

    /** A client of the real server that sees bytes. */
    private static final class Theirs implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;

        Theirs(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(2000);
            in = socket.getInputStream();
        }

        void send(String... lines) throws IOException {
            StringBuilder request = new StringBuilder();
            for (String line : lines) {
                byte[][] words = EngineFixture.words(line);
                request.append('*').append(words.length).append("\r\n");
                for (byte[] word : words) {
                    request.append('$').append(word.length).append("\r\n");
                    request.append(new String(word, StandardCharsets.ISO_8859_1))
                            .append("\r\n");
                }
            }
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
        }

        /** As many bytes as are wanted, and what has come besides; fewer when nothing comes any more. */
        String read(int wanted) throws IOException {
            StringBuilder text = new StringBuilder();
            byte[] buffer = new byte[4096];
            while (text.length() < wanted || in.available() > 0) {
                try {
                    int n = in.read(buffer);
                    if (n < 0) {
                        break;
                    }
                    text.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                } catch (SocketTimeoutException nothingMore) {
                    break;
                }
            }
            return text.toString();
        }

        /** The text of one reply. */
        String reply() throws IOException {
            StringBuilder text = new StringBuilder();
            for (int open = 1; open > 0; open--) {
                String line = line();
                text.append(line).append("\r\n");
                int length = "$*~>%=".indexOf(line.charAt(0)) < 0 ? -1 : Integer.parseInt(line.substring(1));
                if (length >= 0 && "$=".indexOf(line.charAt(0)) >= 0) {
                    text.append(new String(in.readNBytes(length + 2), StandardCharsets.ISO_8859_1));
                } else if (length > 0) {
                    open += line.charAt(0) == '%' ? 2 * length : length;
                }
            }
            return text.toString();
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("closed within " + line);
                }
                line.append(c == '\r' ? "" : (char) c);
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Another client on both sides, in RESP2 or RESP3. Returns its number, from 0 on. */
    int client(int protocol) throws IOException {
        Theirs their = new Theirs(server.port());
        their.send("CLIENT ID");
        long id = Long.parseLong(their.reply().substring(1).strip());
        RawConnection our = new RawConnection(engine);
        while (our.client().id() < id) { // connections that are none of ours have taken ids
            engine.disconnect(our.client());
            our = new RawConnection(engine);
        }
        ids.add(id);
        ours.add(our);
        theirs.add(their);
        if (protocol == 3) {
            our.run("HELLO 3");
            their.send("HELLO 3");
            their.reply();
        }
        return ours.size() - 1;
    }

    /** The id of a client, on both sides. */
    long id(int who) {
        return ids.get(who);
    }

    /** A client says some lines in one go; {@code {n}} stands for the id of client n. All get the same bytes. */
    void say(int who, String... lines) throws IOException {
        String[] requests = withIds(lines);
        ours.get(who).send(requests);
        theirs.get(who).send(requests);
        compare(who, who + ": " + String.join(" | ", requests));
    }

    /** A client says a line whose reply may differ; all other clients get the same bytes. */
    void quietly(int who, String line) throws IOException {
        String request = withIds(line)[0];
        ours.get(who).send(request);
        ours.get(who).told();
        theirs.get(who).send(request);
        theirs.get(who).reply();
        compare(-1, who + ": " + request);
    }

    /** What both sides replied last to a client, and told it: a line that both sides answer alike. */
    String said(int who, String line) throws IOException {
        ours.get(who).send(withIds(line));
        theirs.get(who).send(withIds(line));
        String our = ours.get(who).told();
        assertThat(theirs.get(who).read(our.length())).as("%d: %s", who, line).isEqualTo(our);
        return our;
    }

    private String[] withIds(String... lines) {
        String[] filled = lines.clone();
        for (int i = 0; i < filled.length; i++) {
            for (int id = 0; id < ids.size(); id++) {
                filled[i] = filled[i].replace("{" + id + "}", Long.toString(ids.get(id)));
            }
        }
        return filled;
    }

    private void compare(int first, String what) throws IOException {
        if (first >= 0) {
            compareOne(first, what);
        }
        control.run("PING"); // a turn later: what the other one told has been written
        for (int i = 0; i < ours.size(); i++) {
            if (ours.get(i) != null) {
                compareOne(i, what);
            }
        }
    }

    private void compareOne(int who, String what) throws IOException {
        String our = ours.get(who).told();
        String their = theirs.get(who).read(our.length());
        assertThat(our).as("what client %d gets of %s", who, what).isEqualTo(their);
    }

    /** A client closes its connection. */
    void leave(int who) throws IOException {
        engine.disconnect(ours.get(who).client());
        engine.beforeSleep();
        theirs.get(who).close();
        ours.set(who, null);
        while (String.valueOf(control.run("CLIENT LIST ID " + ids.get(who))).length() > 0) {
            Thread.onSpinWait();
        }
        compare(-1, who + " leaves");
    }

    /** Moves time on by a few ms. */
    void later(int ms) throws IOException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms + 2);
        clock.advance(ms + 2, TimeUnit.MILLISECONDS);
        while (System.nanoTime() < until) {
            control.run("PING");
        }
    }

    /** A loop turn of ours: what is overdue expires. The real one expires a key when {@code awaited} is gone. */
    void expires(String awaited) throws IOException {
        engine.beforeSleep();
        while (!Long.valueOf(0).equals(control.run("DBSIZE"))) {
            assertThat(awaited).isNotEmpty();
        }
        compare(-1, awaited + " expires");
    }

    @Override
    public void close() throws IOException {
        control.close();
        for (Theirs their : theirs) {
            their.close();
        }
        server.close();
    }
}
