package io.duetdb.persistence.load;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.persistence.aof.Annotation;
import io.duetdb.wire.CommandEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/** Makes append-only files as Duet writes them, and knows what data belongs to which length. */
final class AofBuilder {
    /** Digest of the data from a length of the file on. */
    record State(int length, String digest) {}

    private final EngineFixture engine = new EngineFixture();
    private final List<State> states = new ArrayList<>();
    private byte[] bytes = new byte[0];
    private int db;
    private long effects;

    AofBuilder() {
        this(1_700_000_000_000L);
    }

    /** A file that is written at a time. */
    AofBuilder(long nowMs) {
        engine.clock().jumpTo(nowMs);
        state();
    }

    private void state() {
        states.add(new State(bytes.length, LoadKit.digest(engine.engine())));
    }

    /** Runs a command, and appends its effects. */
    AofBuilder run(String line) {
        engine.run(line);
        List<Argv> requests = engine.effectLog().requests();
        List<Integer> databases = engine.effectLog().databases();
        boolean multi = false;
        for (int i = 0; i < requests.size(); i++) {
            Argv effect = requests.get(i);
            boolean bound = effect.count() == 1 && (effect.is(0, "MULTI") || effect.is(0, "EXEC"));
            if (databases.get(i) != db) {
                db = databases.get(i);
                raw(encoded(Argv.of("SELECT", Integer.toString(db))));
                if (!multi) {
                    states.add(new State(bytes.length, states.get(states.size() - 1).digest));
                }
            }
            multi = bound ? effect.is(0, "MULTI") : multi; // behind the SELECT, which stands in front of MULTI
            effects += bound ? 0 : 1;
            raw(encoded(effect));
        }
        engine.forget();
        state();
        return this;
    }

    /** Appends bytes as they are. */
    AofBuilder raw(byte[] more) {
        int at = bytes.length;
        bytes = Arrays.copyOf(bytes, at + more.length);
        System.arraycopy(more, 0, bytes, at, more.length);
        return this;
    }

    /** Appends text as it is. */
    AofBuilder raw(String latin) {
        return raw(latin.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Appends a checksum. */
    AofBuilder annotate() {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        byte[] line = new byte[Annotation.BYTES_MAX];
        int end = Annotation.write(bytes.length, (int) crc.getValue(), effects, line, 0);
        raw(Arrays.copyOf(line, end));
        states.add(new State(bytes.length, states.get(states.size() - 1).digest));
        return this;
    }

    /** Appends commands of all types, with transactions, up to a length; a checksum after so many bytes. */
    AofBuilder fill(long seed, int length, int checksumEvery) {
        Random random = new Random(seed);
        AofCommands commands = new AofCommands(random);
        int last = bytes.length;
        while (bytes.length < length) {
            if (random.nextInt(8) == 0) {
                run("MULTI");
                int n = 1 + random.nextInt(4);
                for (int i = 0; i < n; i++) {
                    run(commands.next());
                }
                run("EXEC");
            } else {
                run(random.nextInt(30) == 0 ? "SELECT " + random.nextInt(2) : commands.next());
            }
            if (checksumEvery > 0 && bytes.length - last >= checksumEvery) {
                annotate();
                last = bytes.length;
            }
        }
        return this;
    }

    static byte[] encoded(Argv argv) {
        byte[] one = new byte[(int) CommandEncoder.length(argv)];
        CommandEncoder.write(argv, one, 0);
        return one;
    }

    /** The file. */
    byte[] bytes() {
        return bytes.clone();
    }

    /** Digests in the order of lengths. */
    List<State> states() {
        return List.copyOf(states);
    }

    /** The state that a file of this length holds. */
    State at(int length) {
        State found = states.get(0);
        for (State state : states) {
            if (state.length <= length) {
                found = state;
            }
        }
        return found;
    }

    /** Effects in it. */
    long effects() {
        return effects;
    }

    /** Digest of all. */
    String digest() {
        return states.get(states.size() - 1).digest;
    }
}
