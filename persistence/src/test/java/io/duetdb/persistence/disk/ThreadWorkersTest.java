package io.duetdb.persistence.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class ThreadWorkersTest {
    private final List<String> bugs = new ArrayList<>();
    private final ThreadWorkers workers = new ThreadWorkers((worker, cause) -> {
        synchronized (bugs) {
            bugs.add(worker + ": " + cause.getMessage());
        }
    });

    @Test
    void tasksRunInOrderOnOneThreadOfThatNameAndCloseWaitsForThem() {
        List<Integer> ran = new ArrayList<>();
        List<String> threads = new ArrayList<>();
        Workers.Worker worker = workers.worker("duet-log");
        for (int i = 0; i < 1000; i++) {
            int number = i;
            worker.execute(() -> {
                ran.add(number);
                threads.add(Thread.currentThread().getName());
            });
        }
        worker.close();
        assertThat(ran).hasSize(1000).isSorted();
        assertThat(threads).containsOnly("duet-log");
        assertThat(bugs).isEmpty();
    }

    @Test
    void theThreadStartsWithTheFirstTaskAndIsGoneAfterTheClose() {
        Workers.Worker worker = workers.worker("duet-unused-1");
        worker.close();
        worker.close();
        AtomicReference<Thread> thread = new AtomicReference<>();
        Workers.Worker used = workers.worker("duet-used-1");
        used.execute(() -> thread.set(Thread.currentThread()));
        used.close();
        assertThat(thread.get().isAlive()).isFalse();
        assertThat(thread.get().isDaemon()).isTrue();
        assertThatThrownBy(() -> used.execute(() -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("duet-used-1");
    }

    @Test
    void aTaskThatThrowsIsToldAndTheNextOneRuns() {
        List<String> ran = new ArrayList<>();
        Workers.Worker worker = workers.worker("w");
        worker.execute(() -> {
            throw new StackOverflowError("deep");
        });
        worker.execute(() -> ran.add("next"));
        worker.close();
        assertThat(bugs).containsExactly("w: deep");
        assertThat(ran).containsExactly("next");
    }

    @Test
    void whoWaitsForTheEndMayBeInterruptedAndStaysSo() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<String> ran = new ArrayList<>();
        Workers.Worker worker = workers.worker("w");
        worker.execute(() -> {
            begun.countDown();
            try {
                go.await();
                ran.add("whole");
            } catch (InterruptedException e) {
                ran.add("interrupted");
            }
        });
        begun.await();
        Thread.currentThread().interrupt();
        Thread later = new Thread(go::countDown);
        later.start();
        worker.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ran).containsExactly("whole");
    }
}
