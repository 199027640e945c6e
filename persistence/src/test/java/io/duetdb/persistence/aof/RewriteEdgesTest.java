package io.duetdb.persistence.aof;

import static io.duetdb.persistence.aof.AofFiles.FOLDER;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.SimDisk;
import io.duetdb.persistence.kit.SimDisk.Kind;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rewrites where something else happens besides. */
class RewriteEdgesTest {
    private static PersistenceFixture start(String... settings) {
        String[] all = new String[settings.length + 1];
        all[0] = "appendonly=yes";
        System.arraycopy(settings, 0, all, 1, settings.length);
        return new PersistenceFixture(all).start().settle();
    }

    private static long begun(PersistenceFixture t) {
        return t.log().stream()
                .filter(line -> line.contains("Background append only file rewriting started"))
                .count();
    }

    /** As Redis. */
    @Test
    void aFolderThatSomebodyRemovedIsThereAgain() throws IOException {
        PersistenceFixture t = start();
        t.run("SET a 1");
        for (String file : t.disk().files()) {
            t.disk().delete(file);
        }
        t.disk().delete(FOLDER.substring(0, FOLDER.length() - 1));
        t.run("SET b 2").replies("OK");
        t.run("BGREWRITEAOF");
        t.settle();
        assertThat(t.info("aof_last_bgrewrite_status")).isEqualTo("ok");
        t.run("SET c 3").replies("OK");
        t.advance(3, SECONDS);
        t.crash(SimDisk.Survival.NONE).start();
        t.run("MGET a b c").replies(List.of("1", "2", "3"));
    }

    @Test
    void emptyingBehindARewriteThatHasSucceededIsForgotten() {
        PersistenceFixture t = start();
        t.run("SET a 1");
        t.send("BGREWRITEAOF");
        for (int i = 0; i < 5; i++) {
            t.workers().step("aof-fsync");
            t.workers().step("aof-writer");
            t.turn();
        }
        assertThat(t.workers().step("aof-rewrite")).isTrue();
        t.run("FLUSHALL"); // the news of the rewrite is still in the mailbox
        t.settle();
        assertThat(t.info("aof_rewrites")).isEqualTo("1");
        t.disk()
                .faults(call -> call.path().contains("temp-appendonly.aof.base") && call.kind() == Kind.CREATE
                        ? SimDisk.Fault.NO_SPACE
                        : null);
        t.run("BGREWRITEAOF");
        t.settle();
        assertThat(begun(t)).as("rewrites that were begun").isEqualTo(2);
        assertThat(t.info("aof_last_bgrewrite_status")).isEqualTo("err");
    }

    @Test
    void whileASnapshotIsWrittenNoRoomIsLookedFor() {
        PersistenceFixture t = start("auto-aof-rewrite-min-size=1kb", "appendfsync=no");
        t.send("BGSAVE");
        int[] looks = {0};
        t.disk().faults(call -> {
            looks[0] += call.kind() == Kind.FREE_BYTES ? 1 : 0;
            return null;
        });
        for (int i = 0; i < 50; i++) {
            t.send("SET k " + "x".repeat(100)).replies("OK");
        }
        assertThat(looks[0]).isZero();
        t.settle();
        t.run("SET k 1");
        t.settle();
        assertThat(t.info("aof_rewrites")).isEqualTo("1");
    }
}
