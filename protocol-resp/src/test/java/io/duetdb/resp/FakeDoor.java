package io.duetdb.resp;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Stands in for the engine: a few commands over a map, a gate that can hold replies back, a clean record of turns. */
final class FakeDoor implements RespEngine, TurnDuties {
    static final class FakeClient implements Client {
        final long id;
        final Connection connection;
        boolean authenticated = true;
        boolean closing;
        boolean suspended;
        boolean touched;

        FakeClient(long id, Connection connection) {
            this.id = id;
            this.connection = connection;
        }

        @Override
        public long id() {
            return id;
        }

        @Override
        public Connection connection() {
            return connection;
        }

        @Override
        public boolean authenticated() {
            return authenticated;
        }

        @Override
        public long writeOffset() {
            return 0;
        }

        @Override
        public boolean closing() {
            return closing;
        }
    }

    private static final byte[] PING = ascii("PING");
    private static final byte[] GET = ascii("GET");
    private static final byte[] SET = ascii("SET");
    private static final byte[] PONG = ascii("PONG");

    final Map<String, byte[]> map = new HashMap<>();
    final List<FakeClient> touched = new ArrayList<>();
    final List<FakeClient> clients = new ArrayList<>();
    final AtomicInteger connected = new AtomicInteger();
    final AtomicInteger disconnected = new AtomicInteger();
    final AtomicInteger turns = new AtomicInteger();
    int maxClients = Integer.MAX_VALUE;
    boolean requirePassword;
    boolean holding;

    @Nullable
    FakeClient blocked;

    @Nullable
    FakeClient done;

    long nextId = 1;
    byte[] value = new byte[0];

    static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public Client connect(Connection connection) {
        FakeClient client = new FakeClient(nextId++, connection);
        client.authenticated = !requirePassword;
        clients.add(client);
        connected.incrementAndGet();
        return client;
    }

    @Override
    public boolean full() {
        return connected.get() - disconnected.get() >= maxClients;
    }

    @Override
    public void disconnect(Client client) {
        ((FakeClient) client).closing = true;
        clients.remove(client);
        touched.remove(client);
        disconnected.incrementAndGet();
    }

    @Override
    public @Nullable Client resume() {
        FakeClient client = done;
        done = null;
        return client;
    }

    @Override
    public void beforeSleep() {
        turns.incrementAndGet();
        if (holding) {
            return;
        }
        for (int i = 0; i < touched.size(); i++) {
            FakeClient client = touched.get(i);
            client.touched = false;
            client.connection.release(client.connection.produced());
        }
        touched.clear();
    }

    @Override
    public long nextDutyInMs() {
        return done != null ? 0 : -1;
    }

    @Override
    public int execute(Client who, Argv[] batch, int count) {
        FakeClient client = (FakeClient) who;
        touch(client);
        int ran = 0;
        while (ran < count && !client.closing && !client.suspended) {
            one(client, batch[ran++], client.connection.reply());
        }
        return ran;
    }

    private void touch(FakeClient client) {
        if (!client.touched) {
            client.touched = true;
            touched.add(client);
        }
    }

    private void one(FakeClient client, Argv argv, Reply reply) {
        if (argv.is(0, PING)) {
            reply.simple(PONG);
        } else if (argv.is(0, GET)) {
            byte[] found = map.get(argv.text(1));
            if (found == null) {
                reply.nil();
            } else {
                reply.bulk(found, 0, found.length);
            }
        } else if (argv.is(0, SET)) {
            map.put(argv.text(1), argv.bytes(2));
            reply.ok();
        } else {
            rare(client, argv, reply);
        }
    }

    private void rare(FakeClient client, Argv argv, Reply reply) {
        switch (argv.text(0)) {
            case "ECHO" -> reply.bulk(argv.bytes(1));
            case "BIG" -> reply.bulk(new byte[(int) argv.integer(1)]);
            case "HELLO" -> {
                reply.protocol(3);
                reply.nil();
            }
            case "NIL" -> reply.nil();
            case "AUTH" -> {
                client.authenticated = true;
                reply.ok();
            }
            case "QUIT" -> {
                client.closing = true;
                reply.ok();
                client.connection.closeAfterReply();
            }
            case "ABORT" -> {
                client.closing = true;
                client.connection.abort();
                reply.nil();
            }
            case "BUG" -> throw new IllegalStateException("planted");
            case "BLOCK" -> {
                client.suspended = true;
                blocked = client;
            }
            case "FREE" -> {
                reply.ok();
                FakeClient other = blocked;
                if (other != null) {
                    blocked = null;
                    other.suspended = false;
                    other.connection.reply().simple("FREED");
                    touch(other);
                    done = other;
                }
            }
            case "SHOUT" -> {
                reply.integer(clients.size());
                for (FakeClient other : clients) {
                    if (other != client) {
                        Reply sink = other.connection.reply();
                        sink.push(1);
                        sink.bulk(argv.bytes(1));
                        touch(other);
                    }
                }
            }
            case "SUBSCRIBE" -> {
                client.connection.subscriber(true);
                reply.ok();
            }
            case "HOLD" -> {
                reply.ok();
                holding = true;
            }
            case "LETGO" -> {
                reply.ok();
                holding = false;
            }
            case "ADDRESS" -> reply.text(client.connection.remoteAddress() + " " + client.connection.localAddress());
            default -> reply.error(ascii("ERR unknown command"));
        }
    }
}
