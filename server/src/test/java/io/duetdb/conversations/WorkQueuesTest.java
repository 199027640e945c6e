package io.duetdb.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.args.ListDirection;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.params.ClientKillParams;

/**
 * A queue of jobs and workers that wait for them with BRPOPLPUSH or BLMOVE, each with a list of what it has taken. Some
 * die at any point of it, by themselves or by CLIENT KILL; what they had taken goes back into the queue.
 */
@Timeout(300)
final class WorkQueuesTest {
    private static final int WORKERS = 50;
    private static final int JOBS = Boolean.getBoolean("duet.long") ? 100_000 : 10_000;
    private static final int JOBS_AT_ONCE = 100;

    /** One in so many jobs is the last of its worker's connection. */
    private static final int JOBS_TO_A_DEATH = 250;

    private static final int KILLS = JOBS / 200;
    private static final long SEED = 20261121;
    private static final String STOP = "stop";

    private static Duet duet;
    private static ExecutorService threads;

    private final AtomicInteger deaths = new AtomicInteger();
    private final AtomicLongArray ids = new AtomicLongArray(WORKERS);

    @BeforeAll
    static void start() {
        duet = Duet.builder().respPort(0).start();
        threads = Executors.newCachedThreadPool();
    }

    @AfterAll
    static void end() {
        threads.shutdownNow();
        duet.close();
    }

    @Test
    void everyJobIsDoneOnceThoughWorkersDie() throws Exception {
        List<Future<?>> workers = new ArrayList<>();
        for (int w = 0; w < WORKERS; w++) {
            workers.add(threads.submit(new Worker(w)));
        }
        Future<?> killer = threads.submit(this::killSome);
        try (Jedis producer = connect()) {
            for (int job = 0; job < JOBS; job += JOBS_AT_ONCE) {
                String[] some = new String[JOBS_AT_ONCE];
                for (int i = 0; i < JOBS_AT_ONCE; i++) {
                    some[i] = "job:" + (job + i);
                }
                producer.lpush("jobs", some);
                if (job % 2000 == 0) {
                    // Let them run out of work now and then, so that they wait.
                    Waiting.until("an empty queue", () -> producer.llen("jobs") == 0);
                }
            }
            killer.get();
            Waiting.until("all jobs done", () -> producer.hlen("done") == JOBS);
            String[] stops = new String[WORKERS];
            Arrays.fill(stops, STOP);
            producer.lpush("jobs", stops);
            for (Future<?> worker : workers) {
                worker.get();
            }
            Map<String, String> done = producer.hgetAll("done");
            assertThat(done).as("seed %d, %d deaths", SEED, deaths.get()).hasSize(JOBS);
            assertThat(done.values()).containsOnly("1");
            assertThat(producer.keys("*")).containsExactly("done");
            assertThat(deaths.get()).isGreaterThan(KILLS / 2);
            Waiting.until(
                    "nobody is left",
                    () -> producer.clientList(ClientType.NORMAL).lines().count() == 2
                            && producer.info("clients").contains("blocked_clients:0"));
        }
    }

    private static Jedis connect() {
        return new Jedis("127.0.0.1", duet.respPort(), 60_000);
    }

    private void killSome() {
        Random random = new Random(SEED);
        try (Jedis killer = connect()) {
            for (int i = 0; i < KILLS; i++) {
                long processed = killer.hlen("done");
                if (processed < JOBS) {
                    long id = ids.get(random.nextInt(WORKERS));
                    killer.clientKill(new ClientKillParams().id(Long.toString(id)));
                    Waiting.until(
                            "some work",
                            () -> killer.hlen("done") > Math.min(processed, JOBS - 1) || killer.llen("jobs") == 0);
                }
            }
        }
    }

    /** Takes jobs until it is told to stop; dies and comes back under the same name. */
    private final class Worker implements Callable<Void> {
        private final int number;
        private final String taken;
        private final Random random;

        Worker(int number) {
            this.number = number;
            taken = "taken:" + number;
            random = new Random(SEED + number);
        }

        @Override
        public Void call() throws Exception {
            boolean stopped = false;
            while (!stopped) {
                long id = 0;
                try (Jedis jedis = connect()) {
                    id = jedis.clientId();
                    ids.set(number, id);
                    stopped = work(jedis);
                } catch (JedisConnectionException killed) {
                    assertThat(killed).hasMessageNotContaining("Connection refused");
                }
                if (!stopped) {
                    deaths.incrementAndGet();
                    putBack(id);
                }
            }
            return null;
        }

        /** Works until told to stop, then replies true, or until it is time to die. */
        private boolean work(Jedis jedis) throws IOException {
            while (true) {
                String job = take(jedis);
                if (job == null) {
                    continue;
                }
                if (random.nextInt(JOBS_TO_A_DEATH) == 0 && !job.equals(STOP)) {
                    die(jedis, job);
                    return false;
                }
                Transaction both = jedis.multi();
                both.lrem(taken, 1, job);
                if (!job.equals(STOP)) {
                    both.hincrBy("done", job, 1);
                }
                assertThat(both.exec()).hasSize(job.equals(STOP) ? 1 : 2).allMatch(one -> one.equals(1L));
                if (job.equals(STOP)) {
                    return true;
                }
            }
        }

        private String take(Jedis jedis) {
            return number % 2 == 0
                    ? jedis.brpoplpush("jobs", taken, 30)
                    : jedis.blmove("jobs", taken, ListDirection.RIGHT, ListDirection.LEFT, 30);
        }

        private void die(Jedis jedis, String job) throws IOException {
            switch (random.nextInt(3)) {
                case 0 -> jedis.disconnect(); // with a job in hand
                case 1 -> { // in the middle of a transaction
                    Transaction both = jedis.multi();
                    both.lrem(taken, 1, job);
                    both.hincrBy("done", job, 1);
                    jedis.disconnect();
                }
                default -> waitAndGo(); // with a job in hand, while another connection waits for the next
            }
        }

        private void waitAndGo() throws IOException {
            long id;
            try (RespClient raw = new RespClient(duet.respPort())) {
                id = (Long) raw.run("CLIENT ID");
                raw.send(
                        "BLMOVE".getBytes(),
                        "jobs".getBytes(),
                        taken.getBytes(),
                        "RIGHT".getBytes(),
                        "LEFT".getBytes(),
                        "0".getBytes());
                raw.flush();
            }
            putBack(id);
        }

        /** Waits until the server knows that a connection is gone; then nothing more can be taken by it. */
        private void putBack(long id) {
            try (Jedis jedis = connect()) {
                Waiting.until(
                        "client " + id + " is gone", () -> jedis.clientList(id).isBlank());
                String job = jedis.rpoplpush(taken, "jobs");
                while (job != null) {
                    job = jedis.rpoplpush(taken, "jobs");
                }
            }
        }
    }
}
