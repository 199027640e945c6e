package io.duetdb.persistence.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Few zeros at a sector's edge: a disk that never got them, or a value's own that a flipped bit brings there. */
class HoleTest {
    private static final int SECTOR = 512;

    /** A file that is whole up to a sector's edge less {@code before} bytes, and then goes on by {@code line}. */
    private static AofBuilder upTo(int before, String line) {
        AofBuilder file = new AofBuilder().run("SET a 1").annotate();
        int wanted = 2 * SECTOR - before - file.bytes().length;
        int fixed = AofBuilder.encoded(io.duetdb.engine.api.Argv.of("SET", "filler", "x".repeat(400))).length - 400;
        file.run("SET filler " + "x".repeat(wanted - fixed));
        assertThat(file.bytes().length).isEqualTo(2 * SECTOR - before);
        return file.run(line);
    }

    private static byte[] without(AofBuilder file, int from, int to) {
        byte[] bytes = file.bytes();
        for (int i = from; i < to; i++) {
            bytes[i] = 0;
        }
        return bytes;
    }

    @Test
    void theFirstBytesOfAWriteMayBeMissing() {
        for (int missing = 1; missing < 20; missing++) {
            AofBuilder file = upTo(missing, "SET b 2");
            byte[] bytes = without(file.annotate().run("SET c 3").annotate(), 2 * SECTOR - missing, 2 * SECTOR);
            LoadKit t = new LoadKit().increment(bytes);
            assertThat(t.load()).as("%d bytes", missing).isNull();
            assertThat(t.run("MGET a b c")).asList().containsExactly("1", null, null);
        }
    }

    @Test
    void theLastBytesOfAWriteMayBeMissing() {
        int length = AofBuilder.encoded(io.duetdb.engine.api.Argv.of("SET", "b", "2")).length;
        for (int missing = 1; missing < length; missing++) {
            AofBuilder file = upTo(length - missing, "SET b 2");
            int end = file.bytes().length;
            byte[] bytes = without(file.run("SET c 3").annotate(), 2 * SECTOR, end);
            LoadKit t = new LoadKit().increment(bytes);
            assertThat(t.load()).as("%d bytes", missing).isNull();
            assertThat(t.run("MGET a b c")).asList().containsExactly("1", null, null);
        }
    }

    /** The bytes are all there: only a length is wrong, so that a zero stands where the value is to end. */
    @Test
    void zerosOfAValueAreNoHole() {
        for (int before = 20; before < 60; before++) {
            AofBuilder file = upTo(before, "SET b \"v8\\r\\n\\x00\\xff\"");
            byte[] bytes = file.annotate().run("SET c 3").annotate().bytes();
            int at = 2 * SECTOR - before;
            while (bytes[at] != '6') {
                at++;
            }
            bytes[at] = '4';
            LoadKit t = new LoadKit().increment(bytes);
            assertThat(t.load()).as("%d bytes before the edge", before).contains("damaged at offset ");
        }
    }
}
