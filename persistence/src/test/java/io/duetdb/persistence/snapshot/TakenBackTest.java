package io.duetdb.persistence.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.SimDisk.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Memory runs out while a snapshot is written: its view is taken back, and something else stands where its data stood. */
class TakenBackTest {
    private static final int ELEMENTS = 3000;

    /** In the midst of one value, of which the writer reads on. */
    @ParameterizedTest
    @CsvSource({
        "list, RPUSH v %2$s%1$d, LSET v %1$d %2$s",
        "set, SADD v %2$s%1$d, SMOVE v w %2$s%1$d",
        "hash, HSET v f%1$d %2$s, HSET v f%1$d y%2$s",
        "mortal fields, HSETEX v EX 1000 FIELDS 1 f%1$d %2$s, HSET v f%1$d y%2$s",
        "zset, ZADD v %1$d %2$s%1$d, ZINCRBY v 5000 %2$s%1$d"
    })
    void theSnapshotFailsAndNothingElse(String what, String add, String change) {
        PersistenceFixture t = new PersistenceFixture("maxmemory=5mb", "rdbcompression=no").boot();
        String long1 = "x".repeat(300);
        for (int i = 0; i < ELEMENTS; i++) {
            t.run(String.format(add, i, long1));
        }
        boolean[] once = {true};
        t.disk().watch(call -> {
            if (call.kind() == Kind.FILE_WRITE && once[0]) {
                once[0] = false;
                for (int i = 0; i < ELEMENTS; i++) {
                    t.execute(String.format(change, i, long1));
                }
                for (int i = 0; i < 2000; i++) {
                    t.execute("SET more:" + i + " " + "z".repeat(4000));
                }
            }
        });
        t.run("BGSAVE").replies("Background saving started");
        t.settle();
        assertThat(once[0]).as("it was in the midst of it").isFalse();
        assertThat(t.info("rdb_last_bgsave_status")).as(what).isEqualTo("err");
        assertThat(t.log()).anyMatch(line -> line.contains("memory ran out"));
        assertThat(t.bug()).isNull();
        assertThat(t.disk().files()).isEmpty();
        t.run("FLUSHALL");
        t.run("SET a 1").replies("OK");
        t.run("SAVE").replies("OK");
    }
}
