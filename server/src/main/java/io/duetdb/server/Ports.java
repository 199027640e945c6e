package io.duetdb.server;

import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.Settings;
import io.duetdb.resp.RespServer;
import io.duetdb.rest.RestServer;
import io.duetdb.rest.RestSettings;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The sockets of one instance: RESP and REST on one event loop. */
final class Ports implements AutoCloseable {
    private final Loops loops;
    private final EngineTurn turn;
    private @Nullable RespServer resp;
    private @Nullable RestServer rest;
    private int respPort = -1;
    private int restPort = -1;
    private RestTokens tokens = new RestTokens("", "");

    private Ports(Instance instance, Loops loops, EventLoop loop, Clock clock) {
        this.loops = loops;
        turn = new EngineTurn(instance, loop, clock);
    }

    /**
     * Opens what the options ask for; nobody is answered before {@link #accept}.
     *
     * @throws StartupException when a port is in use or an address is not ours; nothing is left behind then
     */
    static Ports open(Instance instance, InstanceOptions options) throws StartupException {
        Loops loops = options.embedded
                ? Loops.EMBEDDED
                : new Loops(Transport.of(instance.settings().text(ServerSettings.TRANSPORT)), 1, false);
        EventLoop loop = loops.acquire();
        Ports ports = new Ports(instance, loops, loop, options.clock);
        try {
            ports.listen(instance, options, loop);
        } catch (StartupException e) {
            ports.close();
            throw e;
        }
        if (!options.embedded && Boolean.getBoolean("duet.settle")) {
            settle();
        }
        return ports;
    }

    /** Takes connections, which waited in the system's queue until now. */
    void accept() {
        if (resp != null) {
            resp.accept();
        }
        if (rest != null) {
            rest.accept();
        }
        loops.beat(turn.beat());
    }

    /** Takes no further connection; the present ones go on. */
    void stopListening() {
        if (resp != null) {
            resp.stopListening();
        }
        if (rest != null) {
            rest.stopListening();
        }
    }

    /**
     * Collects what the start left, which is most of the young generation. The first collection touches memory that
     * nobody touched before: some 10 ms now, 20 to 50 in the midst of the first load, where it would come otherwise.
     * Afterwards the young generation lasts for some 15 million commands. The launcher asks for it, by the property
     * {@code duet.settle}: with the collector that it chooses this costs 15 ms, with the JVM's own choice 45.
     */
    private static void settle() {
        System.gc();
    }

    private void listen(Instance instance, InstanceOptions options, EventLoop loop) throws StartupException {
        Settings settings = instance.settings();
        String bind = settings.text(ServerSettings.BIND);
        if (options.respPort >= 0) {
            RespServer server = new RespServer(turn.turn(), turn, settings, options.clock, instance.host());
            server.holdBack();
            resp = server;
            respPort = everywhere(
                    bind,
                    options.respPort,
                    ServerSettings.PORT,
                    at -> server.bind(loops.transport().listener(), at));
        }
        if (options.restPort >= 0) {
            tokens = RestTokens.of(settings, options.embedded);
            RestServer server = new RestServer(
                    turn, RestSettings.options(settings, tokens.standard(), tokens.readOnly(), Entropy.seed()));
            server.holdBack();
            rest = server;
            server.follow(settings);
            turn.rest(server);
            restPort = everywhere(
                    bind,
                    options.restPort,
                    ServerSettings.REST_PORT,
                    at -> server.bind(loop, loops.transport().listener(), at));
        }
    }

    /** Listens at one address; returns the port. */
    private interface Listen {
        int at(InetSocketAddress address) throws Exception;
    }

    /** Listens at every address of {@code bind}, at the same port; a minus before one means: if this machine has it. */
    private static int everywhere(String bind, int port, String setting, Listen listen) throws StartupException {
        int chosen = port;
        int listening = 0;
        StartupException refusal = new StartupException("--bind is empty: there is no address to listen on");
        for (String word : addresses(bind)) {
            boolean optional = word.startsWith("-");
            String address = optional ? word.substring(1) : word;
            try {
                chosen = listen.at(socket(address, chosen));
                listening++;
            } catch (Exception e) {
                refusal = refused(e, setting, address, chosen);
                if (!(optional && (port == 0 || isMissing(e)))) {
                    throw refusal;
                }
            }
        }
        if (listening == 0) {
            throw refusal;
        }
        return chosen;
    }

    /** The addresses to listen on. Where all of IPv4 is wanted, all of IPv6 comes with the same socket. */
    private static List<String> addresses(String bind) {
        List<String> words = new ArrayList<>();
        boolean everything = false;
        for (String word : bind.trim().split(" +")) {
            boolean any6 = word.endsWith("::*") || word.endsWith("::") && word.length() <= 3;
            if (!word.isEmpty() && !(any6 && everything)) {
                words.add(any6 ? word.replace("::*", "::") : word);
            }
            everything |= word.equals("*");
        }
        return words;
    }

    /** Whether this machine has no such address, or none of its kind; for {@code -address}. */
    private static boolean isMissing(Exception e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("assign") || message.contains("not supported") || message.contains("unavailable");
    }

    private static InetSocketAddress socket(String address, int port) throws UnknownHostException {
        return address.equals("*")
                ? new InetSocketAddress(port)
                : new InetSocketAddress(InetAddress.getByName(address), port);
    }

    private static StartupException refused(Exception e, String setting, String address, int port) {
        if (e instanceof UnknownHostException) {
            return new StartupException("--bind " + address + ": there is no such address");
        }
        String message = String.valueOf(e.getMessage()); // the JDK and Netty's natives agree on words, not on classes
        if (message.contains("assign")) {
            return new StartupException("--bind " + address + ": this machine has no such address");
        }
        if (message.contains("ermission denied")) {
            return new StartupException("port " + port + " may not be opened by this user; choose one from 1024 on: --"
                    + setting + " " + (port + 8000));
        }
        if (message.contains("in use")) {
            return new StartupException(
                    "port " + port + " (" + address + ") is in use; choose another: --" + setting + " " + (port + 1));
        }
        return new StartupException("can't listen on " + address + " port " + port + ": " + e.getMessage());
    }

    /** Has the loop take a turn, unless it has ended. Any thread. */
    void wake() {
        try {
            turn.beat().run();
        } catch (RejectedExecutionException e) {
            // Whoever ends the instance does by itself what is left to do.
        }
    }

    int respPort() {
        return respPort;
    }

    int restPort() {
        return restPort;
    }

    RestTokens tokens() {
        return tokens;
    }

    /** The transport's word. */
    String transport() {
        return loops.transport().word();
    }

    /** Bytes received by both protocols. Loop's thread. */
    long bytesRead() {
        return (resp == null ? 0 : resp.bytesRead()) + (rest == null ? 0 : rest.bytesRead());
    }

    /** Bytes sent by both protocols. Loop's thread. */
    long bytesWritten() {
        return (resp == null ? 0 : resp.bytesWritten()) + (rest == null ? 0 : rest.bytesWritten());
    }

    /** How often sockets were read. */
    long reads() {
        return (resp == null ? 0 : resp.reads()) + (rest == null ? 0 : rest.reads());
    }

    /** How often sockets were written. */
    long writes() {
        return (resp == null ? 0 : resp.writes()) + (rest == null ? 0 : rest.writes());
    }

    /** Stops listening, ends every connection and, with its last user, the loop's thread. */
    @Override
    public void close() {
        if (resp != null) {
            resp.close();
        }
        if (rest != null) {
            rest.close();
        }
        loops.still(turn.beat());
        loops.release();
    }
}
