package io.duetdb.persistence.tool;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.persistence.load.Amounts;
import io.duetdb.rdb.RdbTypes;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Data of a running server, key by key: SCAN for the names, DUMP for the values. No moment of it: what clients change
 * meanwhile is taken as it was before or after, and a key they make may be missed.
 */
final class LiveSource {
    private static final int SCAN_COUNT = 200;
    private static final int TURN_KEYS = 1000;
    private static final int FOOTER = 10;
    private static final String GONE = "-2";

    private final Workshop shop;
    private final RemoteRedis remote;
    private final int onlyDb;
    private final boolean skipUnsupported;
    private final List<String> remarks = new ArrayList<>();
    private @Nullable Engine engine;
    private boolean absolute;
    private long keys;
    private long skipped;
    private String firstSkipped = "";

    /**
     * @param onlyDb the database to read, -1 = all
     * @param skipUnsupported whether streams and values of modules are left out instead of ending it
     */
    LiveSource(Workshop shop, RemoteRedis remote, int onlyDb, boolean skipUnsupported) {
        this.shop = shop;
        this.remote = remote;
        this.onlyDb = onlyDb;
        this.skipUnsupported = skipUnsupported;
    }

    /** Reads everything. */
    Loaded read() throws IOException, ToolException {
        Engine into = shop.engine(shop.tables().get());
        engine = into;
        try {
            into.beginLoading();
            Map<Integer, Long> databases = databases();
            absolute = !(ask("PEXPIRETIME", "duet") instanceof RemoteRedis.Failure); // since Redis 7.0
            long total = databases.values().stream().mapToLong(Long::longValue).sum();
            shop.meter().begin("reading " + remote.name(), total, "keys");
            for (int db : databases.keySet()) {
                database(db);
            }
            into.endLoading();
            into.beforeSleep();
        } catch (EOFException e) {
            throw new IOException(remote.name() + " closed the connection after " + keys + " keys", e);
        } finally {
            shop.meter().end();
        }
        if (skipped > 0) {
            remarks.add(Amounts.count(skipped, "key") + (skipped == 1 ? " was" : " were")
                    + " left out, of types that Duet does not have: " + firstSkipped
                    + (skipped > 1 ? " and others" : ""));
        }
        return new Loaded(into, remote.name(), remarks, 0, null);
    }

    /** The databases that hold keys, with how many. */
    private Map<Integer, Long> databases() throws IOException, ToolException {
        Map<Integer, Long> found = new TreeMap<>();
        byte[] info = expect(byte[].class, "INFO", "keyspace");
        for (String line : new String(info, StandardCharsets.ISO_8859_1).split("\r\n", -1)) {
            int colon = line.indexOf(":keys=");
            if (line.startsWith("db") && colon > 0) {
                int db = Integer.parseInt(line.substring(2, colon));
                int comma = line.indexOf(',');
                long size = Long.parseLong(line.substring(colon + ":keys=".length(), comma));
                if (onlyDb < 0 || onlyDb == db) {
                    found.put(db, size);
                }
            }
        }
        return found;
    }

    private void database(int db) throws IOException, ToolException {
        expect(String.class, "SELECT", Integer.toString(db));
        replay(Argv.of(bytes("SELECT"), bytes(Integer.toString(db))), "database " + db);
        String cursor = "0";
        do {
            List<?> answer = expect(List.class, "SCAN", cursor, "COUNT", Integer.toString(SCAN_COUNT));
            cursor = text(answer.get(0));
            List<byte[]> names = new ArrayList<>();
            for (Object name : (List<?>) answer.get(1)) {
                names.add((byte[]) name);
            }
            values(db, names);
        } while (!cursor.equals("0"));
    }

    private void values(int db, List<byte[]> names) throws IOException, ToolException {
        for (byte[] name : names) {
            remote.send(bytes("DUMP"), name);
            remote.send(bytes(absolute ? "PEXPIRETIME" : "PTTL"), name);
        }
        for (byte[] name : names) {
            Object payload = checked(remote.receive(), "DUMP");
            String ttl = String.valueOf(checked(remote.receive(), absolute ? "PEXPIRETIME" : "PTTL"));
            if (payload instanceof byte[] value && !ttl.equals(GONE)) {
                key(db, name, value, Long.parseLong(ttl));
            }
        }
    }

    private void key(int db, byte[] name, byte[] payload, long ttl) throws ToolException {
        String what = "key " + Excerpt.quoted(name, name.length) + " of database " + db;
        String unsupported = unsupported(payload);
        if (!unsupported.isEmpty()) {
            if (!skipUnsupported) {
                throw new ToolException(remote.name() + ": " + what + " is " + unsupported
                        + ", which Duet does not have; --skip-unsupported leaves such keys out");
            }
            skipped++;
            firstSkipped = firstSkipped.isEmpty() ? what : firstSkipped;
            return;
        }
        long expireAtMs = ttl < 0 ? 0 : Math.max(1, absolute ? ttl : shop.nowMs() + ttl);
        replay(
                Argv.of(
                        bytes("RESTORE"),
                        name,
                        bytes(Long.toString(expireAtMs)),
                        payload,
                        bytes("REPLACE"), // SCAN may name a key twice
                        bytes("ABSTTL")),
                what);
        keys++;
        shop.meter().at(keys);
        if (keys % TURN_KEYS == 0 && engine != null) {
            engine.beforeSleep();
        }
    }

    private static String unsupported(byte[] payload) {
        if (payload.length <= FOOTER) {
            return "";
        }
        return switch (payload[0]) {
            case RdbTypes.STREAM, RdbTypes.STREAM_2, RdbTypes.STREAM_3 -> "a stream";
            case RdbTypes.MODULE, RdbTypes.MODULE_PRE_GA -> "a value of a module";
            default -> "";
        };
    }

    private void replay(Argv command, String what) throws ToolException {
        Engine into = engine;
        if (into == null) {
            throw new IllegalStateException("nothing is being read");
        }
        try {
            into.replay(command);
        } catch (CommandError e) {
            throw new ToolException(remote.name() + ", " + what + ": " + FileSource.outOfRoom(e, shop));
        }
    }

    // ---- questions

    private @Nullable Object ask(String... words) throws IOException {
        byte[][] request = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            request[i] = bytes(words[i]);
        }
        remote.send(request);
        return remote.receive();
    }

    private <T> T expect(Class<T> type, String... words) throws IOException, ToolException {
        Object answer = checked(ask(words), words[0]);
        if (!type.isInstance(answer)) {
            throw new ToolException(remote.name() + " answers " + words[0] + " as no Redis does; is it one?");
        }
        return type.cast(answer);
    }

    private @Nullable Object checked(@Nullable Object answer, String command) throws ToolException {
        if (!(answer instanceof RemoteRedis.Failure failure)) {
            return answer;
        }
        String line = failure.line();
        String remedy = line.startsWith("NOAUTH")
                ? "; give the password: redis://:password@" + remote.name()
                : line.startsWith("NOPERM") || line.contains("unknown command")
                        ? "; the user needs INFO, SELECT, SCAN, DUMP, PTTL and PEXPIRETIME on all keys"
                        : line.startsWith("LOADING") ? "; try again when it has loaded its data" : "";
        throw new ToolException(remote.name() + " refuses " + command + ": " + line + remedy);
    }

    private static String text(@Nullable Object value) {
        return value instanceof byte[] b ? new String(b, StandardCharsets.ISO_8859_1) : String.valueOf(value);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
