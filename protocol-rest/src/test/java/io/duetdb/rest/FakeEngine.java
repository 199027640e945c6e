package io.duetdb.rest;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A few commands over a map, to test the HTTP side alone. Replies leave at {@link #endTurn}. */
final class FakeEngine implements RestEngine {
    final Map<String, byte[]> data = new LinkedHashMap<>();
    final List<String> log = new ArrayList<>();
    final Set<FakeClient> clients = new LinkedHashSet<>();
    private final Set<FakeClient> touched = new LinkedHashSet<>();
    private final List<Object[]> held = new ArrayList<>();
    final List<Argv> queued = new ArrayList<>();
    boolean holdExec;
    int discards;
    boolean hold;
    boolean keepLog = true;
    boolean full;
    long offset;
    int batches;
    Runnable armed = () -> {};
    private FakeClient suspended;

    static final class FakeClient implements Client {
        final Connection connection;
        final boolean readOnly;
        boolean closing;

        FakeClient(Connection connection, boolean readOnly) {
            this.connection = connection;
            this.readOnly = readOnly;
        }

        @Override
        public long id() {
            return 1;
        }

        @Override
        public Connection connection() {
            return connection;
        }

        @Override
        public boolean authenticated() {
            return true;
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

    @Override
    public Client connect(Connection connection, boolean readOnly) {
        if (full) {
            throw new CommandError("ERR max number of clients reached");
        }
        FakeClient client = new FakeClient(connection, readOnly);
        clients.add(client);
        return client;
    }

    @Override
    public void disconnect(Client client) {
        assert clients.remove((FakeClient) client);
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public void begin() {
        armed.run();
    }

    @Override
    public long monotonicNs() {
        return 0;
    }

    @Override
    public int execute(Client client, Argv[] batch, int count) {
        FakeClient fake = (FakeClient) client;
        batches++;
        touched.add(fake);
        armed.run();
        for (int i = 0; i < count; i++) {
            if (fake.closing) {
                return i;
            }
            Reply reply = fake.connection.reply();
            long mark = reply.mark();
            try {
                run(fake, batch[i], reply);
            } catch (CommandError e) {
                reply.rollback(mark);
                reply.error(e);
            }
            if (suspended != null) {
                return i + 1;
            }
        }
        return count;
    }

    @Override
    public CommandError queue(Client client, Argv argv) {
        if (argv.text(0).toUpperCase(Locale.ROOT).startsWith("NOPE")) {
            return new CommandError("ERR unknown command '" + argv.text(0) + "'");
        }
        queued.add(argv.copy());
        return null;
    }

    @Override
    public int exec(Client client) {
        FakeClient fake = (FakeClient) client;
        armed.run();
        touched.add(fake);
        if (holdExec) {
            suspended = fake;
            return 1;
        }
        execNow(fake);
        return 1;
    }

    private void execNow(FakeClient fake) {
        Reply reply = fake.connection.reply();
        reply.array(queued.size());
        for (Argv argv : queued) {
            long mark = reply.mark();
            try {
                run(fake, argv, reply);
            } catch (CommandError e) {
                reply.rollback(mark);
                reply.error(e);
            }
        }
        queued.clear();
    }

    /** Runs the transaction that waited. */
    FakeClient finishExec() {
        FakeClient client = suspended;
        suspended = null;
        execNow(client);
        touched.add(client);
        return client;
    }

    @Override
    public void discard(Client client) {
        queued.clear();
        discards++;
    }

    /** Ends the turn: all that was produced in it leaves, unless it is held. */
    void endTurn() {
        for (FakeClient client : touched) {
            if (hold) {
                held.add(new Object[] {client, client.connection.produced()});
            } else {
                client.connection.release(client.connection.produced());
            }
        }
        touched.clear();
    }

    /** Lets the oldest turn that was held go. */
    void releaseOne() {
        Object[] one = held.remove(0);
        ((FakeClient) one[0]).connection.release((Long) one[1]);
    }

    int held() {
        return held.size();
    }

    /** Ends the command that was suspended. */
    FakeClient finishSuspended(String text) {
        FakeClient client = suspended;
        suspended = null;
        client.connection.reply().text(text);
        touched.add(client);
        return client;
    }

    private void run(FakeClient client, Argv argv, Reply reply) {
        if (keepLog) {
            log.add(argv.toString());
        }
        String name = argv.text(0).toUpperCase(Locale.ROOT);
        switch (name) {
            case "PING" -> reply.simple("PONG");
            case "ECHO" -> reply.bulk(argv.bytes(1));
            case "SET" -> {
                if (client.readOnly) {
                    throw new CommandError(
                            "NOPERM this user has no permissions to run the 'set' command or its subcommand");
                }
                data.put(argv.text(1), argv.bytes(2));
                offset++;
                reply.ok();
            }
            case "GET" -> {
                byte[] value = data.get(argv.text(1));
                if (value == null) {
                    reply.nil();
                } else {
                    reply.bulk(value);
                }
            }
            case "INCR" -> {
                byte[] old = data.getOrDefault(argv.text(1), new byte[] {'0'});
                long value = Argv.of(old).integer(0) + 1;
                data.put(argv.text(1), Long.toString(value).getBytes(StandardCharsets.US_ASCII));
                offset++;
                reply.integer(value);
            }
            case "ARGS" -> {
                reply.array(argv.count() - 1);
                for (int i = 1; i < argv.count(); i++) {
                    reply.bulk(argv.bytes(i));
                }
            }
            case "LEN" -> reply.integer(argv.length(argv.count() - 1));
            case "HALF" -> {
                reply.array(3);
                reply.text("a");
                throw new CommandError("ERR half way");
            }
            case "BIG" -> {
                byte[] part = new byte[1000];
                long n = argv.integer(1);
                reply.bulkParts(n * part.length);
                for (long i = 0; i < n; i++) {
                    reply.part(part, 0, part.length);
                }
            }
            case "BYE" -> {
                client.closing = true;
                reply.ok();
            }
            case "SUSPEND" -> suspended = client;
            case "BUG" -> throw new IllegalStateException("a bug, on purpose");
            default -> throw new CommandError("ERR unknown command '" + argv.text(0) + "'");
        }
    }
}
