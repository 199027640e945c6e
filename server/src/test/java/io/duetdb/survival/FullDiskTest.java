package io.duetdb.survival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * D13: the disk is full: writes are refused, reads go on, nothing acknowledged is missing after a kill -9 in that state,
 * and two seconds after there is room it works again. A small file system of memory where we are root, a limit on the
 * size of files elsewhere.
 */
@Timeout(240)
final class FullDiskTest {
    private static final String MISCONF = "MISCONF Errors writing to the AOF file: ";
    private static final long HEALED_MS_MAX = 2000;
    private static final int VALUE_BYTES = 8000;

    @TempDir
    Path folder;

    @TempDir
    Path logs;

    @ParameterizedTest
    @CsvSource({"everysec, false", "everysec, true", "always, false", "always, true"})
    void aFullDiskRefusesWritesAndLosesNothing(String policy, boolean killed) throws Exception {
        assumeThat(System.getProperty("os.name")).startsWith("Linux");
        boolean root = System.getProperty("user.name").equals("root") && mounts();
        try (Child child = new Child(folder, logs, "--appendonly", "yes", "--appendfsync", policy).java("-Xmx128m")) {
            if (!root) {
                child.under("prlimit", "--fsize=1500000:unlimited");
            }
            child.start();
            Filling filling = new Filling(child);
            int acknowledged;
            filling.start();
            while (!child.said()
                    .contains("Writing the append-only file failed: ")) { // who asks then may have to wait, too
                assertThat(filling.isAlive()).as(child.said()).isTrue();
                TimeUnit.MILLISECONDS.sleep(5);
            }
            filling.full = true;
            try (RespClient client = child.connect()) {
                assertThat((String) client.run("INFO persistence")).contains("aof_last_write_status:err");
                String refusal = client.run("SET more 1").toString();
                assertThat(refusal).startsWith("Failure[line=" + MISCONF);
                assertThat(client.run("DEL k3")).hasToString(refusal);
                assertThat(client.run("GET k3")).isEqualTo("x".repeat(VALUE_BYTES));
                assertThat(client.run("INCR n")).hasToString(refusal);
                assertThat(filling.isAlive())
                        .as("the write that met the full disk waits")
                        .isTrue();
                acknowledged = filling.acknowledged;
                assertThat(acknowledged).isBetween(50, 250);
            }
            if (killed) {
                child.kill();
                room(child, root);
                child.start();
            } else {
                room(child, root);
                assertHeals(child);
                filling.join(TimeUnit.SECONDS.toMillis(20));
                assertThat(filling.acknowledged)
                        .as("the write that waited is done")
                        .isEqualTo(acknowledged + 1);
                acknowledged++;
                child.kill();
                child.start();
            }
            try (RespClient client = child.connect()) {
                for (int i = 0; i < acknowledged; i++) {
                    assertThat(client.run("STRLEN k" + i))
                            .as("k%d of %d", i, acknowledged)
                            .isEqualTo((long) VALUE_BYTES);
                }
                assertThat(client.run("SET more 1")).isEqualTo("OK");
            }
        } finally {
            if (root) {
                Tools.run("umount", "-l", folder.toString());
            }
        }
    }

    /** Writes one key after the other until it is refused, or told to end. */
    private static final class Filling extends Thread {
        private final Child child;
        volatile int acknowledged;
        volatile boolean full;

        Filling(Child child) {
            super("filling");
            this.child = child;
        }

        @Override
        public void run() {
            try (RespClient client = child.connect()) {
                String value = " " + "x".repeat(VALUE_BYTES);
                while (!full && "OK".equals(client.run("SET k" + acknowledged + value))) {
                    acknowledged++;
                }
            } catch (IOException e) {
                // killed, or told to end
            }
        }
    }

    private static void assertHeals(Child child) throws Exception {
        long from = System.nanoTime();
        try (RespClient client = child.connect()) {
            while (!"OK".equals(client.run("SET healed 1"))) {
                assertThat((System.nanoTime() - from) / 1_000_000)
                        .as("ms since there is room; the server said:\n%s", child.said())
                        .isLessThan(HEALED_MS_MAX);
                TimeUnit.MILLISECONDS.sleep(10);
            }
            assertThat((String) client.run("INFO persistence")).contains("aof_last_write_status:ok");
        }
    }

    private boolean mounts() throws IOException, InterruptedException {
        return Tools.run("mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", folder.toString())
                        .code()
                == 0;
    }

    private void room(Child child, boolean root) throws IOException, InterruptedException {
        if (root) {
            Tools.must("mount", "-o", "remount,size=16m", folder.toString());
        } else if (child.alive()) {
            Tools.must("prlimit", "--pid", "" + child.pid(), "--fsize=unlimited:unlimited");
        } else {
            child.anew();
        }
    }
}
