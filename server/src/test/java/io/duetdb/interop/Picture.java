package io.duetdb.interop;

import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * All that a server holds, to be compared with another's: for each key of each database its deadline and the digest of
 * its value, and the digest of everything.
 *
 * @param digest DEBUG DIGEST
 * @param keys deadline and digest by database and key
 */
record Picture(Object digest, TreeMap<String, String> keys) {
    private static final byte[] PEXPIRETIME = "PEXPIRETIME".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DEBUG = "DEBUG".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DIGEST_VALUE = "DIGEST-VALUE".getBytes(StandardCharsets.US_ASCII);

    /** What a server holds now. */
    static Picture of(RespClient server) throws IOException {
        TreeMap<String, String> keys = new TreeMap<>();
        for (int db = 0; db < 16; db++) {
            server.run("SELECT " + db);
            List<String> names = new ArrayList<>();
            for (Object key : DataSet.keys(server)) {
                names.add((String) key);
                byte[] name = names.get(names.size() - 1).getBytes(StandardCharsets.ISO_8859_1);
                server.send(PEXPIRETIME, name);
                server.send(DEBUG, DIGEST_VALUE, name);
            }
            server.flush();
            for (String name : names) {
                keys.put(db + " " + name, server.read() + " " + server.read());
            }
        }
        Object digest = server.run("DEBUG DIGEST");
        server.run("SELECT 0");
        return new Picture(digest, keys);
    }
}
