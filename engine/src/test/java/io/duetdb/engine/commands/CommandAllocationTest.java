package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.ManualClock;
import io.duetdb.wire.Output;
import io.duetdb.wire.RespReply;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The common commands allocate nothing on the Java heap once warm: what they store goes into pages. */
class CommandAllocationTest {
    private static final int BATCH = 16;

    /** Counts what is written and drops it. */
    private static final class Drain implements Connection, Output {
        private final RespReply reply = new RespReply();
        private long position;

        Drain() {
            reply.bind(this, 2);
        }

        @Override
        public void write(byte[] b, int offset, int length) {
            position += length;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void truncate(long to) {
            position = to;
        }

        @Override
        public Reply reply() {
            return reply;
        }

        @Override
        public long produced() {
            return position;
        }

        @Override
        public void release(long to) {
            reply.finish();
            reply.bind(this, 2);
        }

        @Override
        public void closeAfterReply() {}

        @Override
        public void abort() {}

        @Override
        public String remoteAddress() {
            return "";
        }

        @Override
        public String localAddress() {
            return "";
        }
    }

    private final ManualClock clock = new ManualClock();
    private final Engine engine = new Engine(EngineOptions.of(new Settings(Engine.settings()), clock, 1, 128L << 20)
            .withBlocks(this::block));
    private final Client client = engine.connect(new Drain());
    private long commands;
    private long blockBytes;

    /** Blocks of pages are what the data is stored in: counted apart. */
    private byte[] block(int bytes) {
        blockBytes += bytes + 16;
        return new byte[bytes];
    }

    private void run(Argv[] requests, int rounds) {
        Argv[] batch = new Argv[BATCH];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < requests.length; i += BATCH) {
                int n = Math.min(BATCH, requests.length - i);
                System.arraycopy(requests, i, batch, 0, n);
                int ran = engine.execute(client, batch, n);
                commands += ran;
                engine.beforeSleep();
                clock.advance(1, TimeUnit.MILLISECONDS);
            }
        }
    }

    @Test
    void commonCommandsAllocateNothing() {
        Argv[] requests = new Argv[480];
        for (int i = 0; i < requests.length; i += 12) {
            String key = "key:" + i;
            requests[i] = Argv.of("SET", key, "value " + i);
            requests[i + 1] = Argv.of("GET", key);
            requests[i + 2] = Argv.of("INCR", "counter:" + i);
            requests[i + 3] = Argv.of("DEL", key);
            requests[i + 4] = Argv.of("SET", key, "another value that is a bit longer " + i);
            requests[i + 5] = Argv.of("EXPIRE", key, "100");
            requests[i + 6] = Argv.of("MSET", key, "1", "b:" + i, "2", "c:" + i, "3");
            requests[i + 7] = Argv.of("MGET", key, "b:" + i, "absent");
            requests[i + 8] = Argv.of("EXISTS", key, "absent");
            requests[i + 9] = Argv.of("SET", key, "x", "EX", "50", "GET");
            requests[i + 10] = Argv.of("GETEX", key, "PX", "5000");
            requests[i + 11] = Argv.of("SET", key, "0123456789".repeat(30), "XX");
        }
        assertAllocatesNothing(requests);
    }

    @Test
    void commonCommandsOnHashesAllocateNothing() {
        Argv[] requests = new Argv[480];
        for (int i = 0; i < requests.length; i += 12) {
            String small = "small:" + i;
            String big = "big";
            requests[i] = Argv.of("HSET", small, "name", "value " + i, "n", "5");
            requests[i + 1] = Argv.of("HGET", small, "name");
            requests[i + 2] = Argv.of("HMGET", small, "name", "n", "absent");
            requests[i + 3] = Argv.of("HINCRBY", small, "n", "7");
            requests[i + 4] = Argv.of("HDEL", small, "name", "n");
            requests[i + 5] = Argv.of("HSET", big, "field " + i, "0123456789".repeat(10));
            requests[i + 6] = Argv.of("HGET", big, "field " + i);
            requests[i + 7] = Argv.of("HSET", big, "field " + i, "0123456789");
            requests[i + 8] = Argv.of("HINCRBY", big, "n" + i, "1");
            requests[i + 9] = Argv.of("HDEL", big, "n" + i);
            requests[i + 10] = Argv.of("HGETALL", big);
            requests[i + 11] = Argv.of("HEXISTS", big, "field " + i);
        }
        assertAllocatesNothing(requests);
    }

    @Test
    void commandsOfTheConnectionAllocateNothing() {
        Argv[] requests = new Argv[480];
        for (int i = 0; i < requests.length; i += 4) {
            requests[i] = Argv.of("PING");
            requests[i + 1] = Argv.of("ECHO", "hello");
            requests[i + 2] = Argv.of("SELECT", Integer.toString(i % 16));
            requests[i + 3] = Argv.of("PING", "hello");
        }
        assertAllocatesNothing(requests);
    }

    @Test
    void commandsOnListsAllocateNothing() {
        Argv[] requests = new Argv[480];
        for (int i = 0; i < requests.length; i += 12) {
            String key = "list:" + i;
            String big = "long".repeat(100 + i);
            requests[i] = Argv.of("RPUSH", key, "a", "12345", "c");
            requests[i + 1] = Argv.of("LPUSH", key, big, "d");
            requests[i + 2] = Argv.of("LPOP", key);
            requests[i + 3] = Argv.of("RPOP", key, "2");
            requests[i + 4] = Argv.of("LRANGE", key, "0", "-1");
            requests[i + 5] = Argv.of("LMOVE", key, key, "LEFT", "RIGHT");
            requests[i + 6] = Argv.of("RPOPLPUSH", key, "other:" + i);
            requests[i + 7] = Argv.of("LINSERT", key, "BEFORE", "a", "b");
            requests[i + 8] = Argv.of("LSET", key, "-1", "12");
            requests[i + 9] = Argv.of("LREM", key, "0", "12");
            requests[i + 10] = Argv.of("LMPOP", "2", "absent", key, "LEFT", "COUNT", "9");
            requests[i + 11] = Argv.of("LTRIM", "other:" + i, "1", "0");
        }
        assertAllocatesNothing(requests);
    }

    @Test
    void membersOfSetsAllocateNothing() {
        Argv[] requests = new Argv[480];
        for (int i = 0; i < requests.length; i += 8) {
            requests[i] = Argv.of("SADD", "big", "member:" + i, "a longer member, number " + i);
            requests[i + 1] = Argv.of("SISMEMBER", "big", "member:" + i);
            requests[i + 2] = Argv.of("SREM", "big", "member:" + (i + 80) % 480, "absent");
            requests[i + 3] = Argv.of("SADD", "ints", Integer.toString(i), Integer.toString(i * 100));
            requests[i + 4] = Argv.of("SREM", "ints", Integer.toString(i));
            requests[i + 5] = Argv.of("SADD", "small", "m" + i % 50);
            requests[i + 6] = Argv.of("SMISMEMBER", "small", "m" + i % 50, "absent");
            requests[i + 7] = Argv.of("SREM", "small", "m" + (i + 8) % 50, "m1");
        }
        for (int i = 0; i < 480; i += 16) {
            requests[i + 7] = Argv.of("SRANDMEMBER", "big", "3");
            requests[i + 6] = Argv.of("SCARD", "ints");
            requests[i + 5] = Argv.of("SINTER", "big", "small");
            requests[i + 1] = Argv.of("SPOP", "big");
            requests[i + 2] = Argv.of("SSCAN", "big", "0", "MATCH", "m*");
        }
        assertAllocatesNothing(requests);
    }

    @Test
    void commandsOfSortedSetsAllocateNothing() {
        Argv[] requests = new Argv[480];
        for (int i = 0; i < requests.length; i += 12) {
            String key = i % 24 == 0 ? "small:" + i : "big";
            requests[i] = Argv.of("ZADD", key, i + ".5", "member:" + i, "2", "b:" + i, "1000", "c");
            requests[i + 1] = Argv.of("ZADD", key, "GT", "CH", Integer.toString(i), "member:" + i);
            requests[i + 2] = Argv.of("ZSCORE", key, "member:" + i);
            requests[i + 3] = Argv.of("ZINCRBY", key, "1.25", "b:" + i);
            requests[i + 4] = Argv.of("ZRANK", key, "b:" + i);
            requests[i + 5] = Argv.of("ZREVRANK", key, "c", "WITHSCORE");
            requests[i + 6] = Argv.of("ZRANGEBYSCORE", key, "(1", "+inf", "WITHSCORES", "LIMIT", "1", "10");
            requests[i + 7] = Argv.of("ZRANGE", key, "0", "3", "REV");
            requests[i + 8] = Argv.of("ZCOUNT", key, "-inf", "5");
            requests[i + 9] = Argv.of("ZMSCORE", key, "b:" + i, "absent");
            requests[i + 10] = Argv.of("ZREM", key, "c", "absent");
            requests[i + 11] = Argv.of("ZADD", key, "XX", "INCR", "-1.25", "b:" + i);
        }
        for (int i = 0; i < 1000; i++) {
            engine.execute(client, new Argv[] {Argv.of("ZADD", "big", Integer.toString(i % 50), "m" + i)}, 1);
        }
        assertAllocatesNothing(requests);
    }

    private void assertAllocatesNothing(Argv[] requests) {
        run(requests, 200);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        run(requests, 1);
        commands = 0;
        blockBytes = 0;
        long before = threads.getThreadAllocatedBytes(thread);
        run(requests, 500);
        long allocated = threads.getThreadAllocatedBytes(thread) - before - blockBytes;
        assertThat(commands).isEqualTo(240_000);
        assertThat(allocated).as("bytes over 240,000 commands").isLessThan(4096);
    }
}
