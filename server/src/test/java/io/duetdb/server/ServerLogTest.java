package io.duetdb.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServerLogTest {
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<String> writers = new CopyOnWriteArrayList<>();
    private final CountDownLatch reached = new CountDownLatch(1);
    private volatile CountDownLatch goOn = new CountDownLatch(0);
    private final Logger jdk = Logger.getLogger("io.duetdb");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            reached.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            seen.add(record.getLevel() + " " + record.getMessage());
            writers.add(Thread.currentThread().getName());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private final ServerLog log = new ServerLog();

    @BeforeEach
    void listen() {
        jdk.setUseParentHandlers(false);
        jdk.addHandler(handler);
    }

    @AfterEach
    void leave() {
        goOn.countDown();
        log.close();
        jdk.removeHandler(handler);
        jdk.setUseParentHandlers(true);
    }

    @Test
    void whoLogsWritesHimselfUntilThereIsAThreadForIt() {
        log.notice("first");
        assertThat(seen).containsExactly("INFO first");
        assertThat(writers).containsExactly(Thread.currentThread().getName());
    }

    @Test
    void linesAreWrittenInOrderByAThreadAndAllBeforeTheEnd() {
        log.beside();
        goOn = new CountDownLatch(1);
        log.notice("first");
        log.warning("second");
        log.bug("third", new IllegalStateException("why"));
        assertThat(seen).as("who logs waits for nobody").isEmpty();
        goOn.countDown();
        log.close();
        assertThat(seen).containsExactly("INFO first", "WARNING second", "SEVERE third");
        assertThat(writers).containsOnly("duet-log");
        log.notice("later");
        assertThat(seen).endsWith("INFO later");
    }

    @Test
    void whatAReaderIsTooSlowForIsCounted() throws InterruptedException {
        log.beside();
        goOn = new CountDownLatch(1);
        log.notice("stuck");
        reached.await();
        for (int i = 0; i < ServerLog.WAITING_MAX + 3; i++) {
            log.notice("line " + i);
        }
        goOn.countDown();
        log.close();
        assertThat(seen)
                .hasSize(ServerLog.WAITING_MAX + 2)
                .contains("WARNING 3 lines of the log were dropped: it is read too slowly.")
                .endsWith("INFO line " + (ServerLog.WAITING_MAX - 1));
    }

    @Test
    void atTheEndOfTheProcessLinesGoToTheStandardError() {
        PrintStream before = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            log.beside();
            log.notice("before");
            log.ending();
            log.warning("at the end");
        } finally {
            System.setErr(before);
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).endsWith("duet: at the end\n");
        assertThat(String.join("", seen) + err).as("not lost either way").contains("before");
    }
}
