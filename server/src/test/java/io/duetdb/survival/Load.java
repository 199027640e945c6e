package io.duetdb.survival;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writers of all ways beside each other, and one who looks on: what anybody was told must be there after a restart, that
 * which was only read as well.
 */
final class Load {
    private static final long END_SECONDS_MAX = 30;

    /**
     * What is gone of that which was acknowledged.
     *
     * @param steps how many steps
     * @param oldestNs when the first of them was acknowledged, by the monotonic clock; the end of time when there is none
     */
    record Loss(long steps, long oldestNs) {}

    private final Child child;
    private final List<Writer> writers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final long[] seen;
    private volatile boolean looking;
    private long acknowledgedBefore;

    /** So many writers by RESP, and one for each other way; all chance follows from {@code seed}. */
    Load(Child child, int resp, long seed) {
        this.child = child;
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        for (int i = 0; i < resp; i++) {
            writers.add(new Writer(i, Writer.Way.RESP, child.port, http, seed));
        }
        for (Writer.Way way : List.of(Writer.Way.REST, Writer.Way.PIPELINE, Writer.Way.MULTI_EXEC)) {
            writers.add(new Writer(writers.size(), way, child.restPort, http, seed));
        }
        seen = new long[writers.size()];
    }

    /** Lets all write. */
    void begin() {
        acknowledgedBefore = acknowledged();
        threads.clear();
        for (Writer writer : writers) {
            threads.add(new Thread(writer, "writer"));
        }
        looking = true;
        threads.add(new Thread(this::look, "looker"));
        threads.forEach(Thread::start);
    }

    private void look() {
        try (RespClient client = child.connect()) {
            while (looking) {
                for (int i = 0; i < seen.length; i++) {
                    if (client.run("GET w" + i + ":a") instanceof String value && looking) {
                        seen[i] = Long.parseLong(value);
                    }
                }
            }
        } catch (IOException e) {
            // the server has gone
        }
    }

    /** Returns when so many steps were acknowledged since {@link #begin}, or somebody was refused, or the server has ended. */
    void await(long steps) throws InterruptedException {
        while (acknowledged() - acknowledgedBefore < steps && child.alive() && refusal() == null) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** Returns after so long, or when somebody was refused, or the server has ended. */
    void awaitMs(long ms) throws InterruptedException {
        long from = System.nanoTime();
        while (System.nanoTime() - from < TimeUnit.MILLISECONDS.toNanos(ms) && child.alive() && refusal() == null) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** What is read from now on counts no more. */
    void stopLooking() {
        looking = false;
    }

    /** Asks the writers to end behind what they have under way. */
    void stopWriting() {
        writers.forEach(Writer::stop);
    }

    /** The longest that anybody waited for an answer, which came. */
    long waitedMs() {
        return writers.stream().mapToLong(Writer::waitedNs).max().orElse(0) / 1_000_000;
    }

    /** Steps acknowledged so far by all. */
    long acknowledged() {
        return writers.stream().mapToLong(Writer::acknowledged).sum();
    }

    /** The first error that somebody was answered, or null. */
    @Nullable
    String refusal() {
        for (Writer writer : writers) {
            if (writer.refusal() != null) {
                return writer.refusal();
            }
        }
        return null;
    }

    /** Ends the writers, behind what they have under way where the server lives, and returns when they have ended. */
    void end() throws InterruptedException {
        stopWriting();
        stopLooking();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(END_SECONDS_MAX));
            assertThat(thread.isAlive())
                    .as("%s should end; it stands at %s", thread.getName(), Arrays.toString(thread.getStackTrace()))
                    .isFalse();
        }
    }

    /** Checks that the server holds what it must: all that was acknowledged, all that was read. */
    void verify(String context) throws IOException {
        verify(context, true, Long.MAX_VALUE);
    }

    /** Checks that the server holds all that was acknowledged until then, all that was read. Returns what else is gone. */
    Loss verify(String context, long untilNs) throws IOException {
        return verify(context, true, untilNs);
    }

    /** Checks that of each writer's steps the server holds some first ones, each whole. Returns how many are gone. */
    Loss verifyPrefixes(String context) throws IOException {
        return verify(context, false, Long.MAX_VALUE);
    }

    private Loss verify(String context, boolean all, long untilNs) throws IOException {
        long lost = 0;
        long oldestNs = Long.MAX_VALUE;
        try (RespClient client = child.connect()) {
            for (int i = 0; i < writers.size(); i++) {
                Writer writer = writers.get(i);
                String wrong = writer.verify(client, all, untilNs);
                assertThat(wrong)
                        .as("%s, writer %d; the server said:\n%s", context, i, child.said())
                        .isNull();
                lost += writer.lost();
                oldestNs = Math.min(oldestNs, writer.oldestLostNs());
                Object value = client.run("GET w" + i + ":a");
                long now = value == null ? 0 : Long.parseLong((String) value);
                if (all) {
                    assertThat(now)
                            .as("%s: what was read of writer %d", context, i)
                            .isGreaterThanOrEqualTo(seen[i]);
                }
                seen[i] = Math.min(seen[i], now);
            }
        }
        return new Loss(lost, oldestNs);
    }
}
