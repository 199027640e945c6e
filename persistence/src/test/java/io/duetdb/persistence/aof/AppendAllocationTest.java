package io.duetdb.persistence.aof;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.ManualClock;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Mailbox;
import io.duetdb.persistence.disk.NioDisk;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.disk.Workers;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appending allocates nothing per command once warm, and little per turn, on a real disk. */
class AppendAllocationTest {
    private static final int BATCH = 100;
    private static final int TURNS = 10_000;

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private long offset;

    @Test
    void everysecAllocatesNothingPerCommand() throws Exception {
        Outside outside = new Outside(
                new Settings(PersistenceSettings.LIST),
                clock,
                new NioDisk(),
                name -> new AtOnce(),
                new Mailbox(() -> {}),
                new Silence());
        LogWriter writer = new LogWriter(outside, new EffectEncoder(clock), new NoListener());
        writer.begin(new LogFile(new NioDisk().create(folder + "/file"), 0, 0, true), 0);
        Argv[] requests = new Argv[BATCH];
        for (int i = 0; i < BATCH; i++) {
            requests[i] = Argv.of("SET", "key:" + i, "a value of some length " + i);
        }
        run(writer, outside, requests);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        run(writer, outside, requests);
        long before = threads.getThreadAllocatedBytes(thread);
        run(writer, outside, requests);
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        writer.close();
        assertThat((double) allocated / TURNS / BATCH).as("bytes per command").isLessThan(0.9); // 40 a turn, at most
    }

    private void run(LogWriter writer, Outside outside, Argv[] requests) {
        for (int turn = 0; turn < TURNS; turn++) {
            for (Argv request : requests) {
                writer.add(0, request);
            }
            offset += requests.length;
            outside.mailbox().runAll();
            writer.turnEnds(offset);
            clock.advance(100, TimeUnit.MICROSECONDS);
        }
    }

    /** Forces without a thread: a disk that takes long would have another thread write. */
    private static final class AtOnce implements Workers.Worker {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void close() {}
    }

    private static final class Silence implements Outside.Log {
        @Override
        public void notice(String message) {}

        @Override
        public void warning(String message) {
            throw new AssertionError(message);
        }
    }

    private static final class NoListener implements LogTail.Listener {
        @Override
        public void failed(LogTail.Trouble what, java.io.IOException cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void changed(Manifest manifest, String failure) {}
    }
}
