package io.duetdb.bench.compare;

import static io.duetdb.bench.compare.Row.Goal.atLeast;
import static io.duetdb.bench.compare.Row.Goal.atMost;

import io.duetdb.bench.compare.CollectionLoader.Shape;
import io.duetdb.bench.compare.Row.Goal;
import io.duetdb.bench.compare.Row.Workload;
import io.duetdb.bench.compare.Workloads.Fill;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The table of rows: what is measured, and how far it must reach. */
final class Rows {
    private static final int FULL = 7;
    private static final int BIG = 3;
    private static final int STARTS = 11;
    private static final long MILLION = 1_000_000;

    private static final Fill STRINGS = server -> Loader.of(server.port(), 64).load(0, MILLION);
    private static final Fill COUNTERS =
            server -> Loader.of(server.port(), "counter:", "7").load(0, MILLION);
    private static final Fill KILOBYTES =
            server -> Loader.of(server.port(), 1024).load(0, 100_000);
    private static final Fill BIG_VALUES =
            server -> Loader.of(server.port(), 65536).load(0, 1000);
    private static final Fill NOTHING = server -> {};
    private static final Fill LISTS =
            server -> CollectionLoader.of(server, Shape.LIST, "", 64).fill("mylist", 0, 100_000);
    private static final Fill SETS = server -> {
        CollectionLoader.of(server, Shape.SET, "element:").fill("one", 0, 10_000);
        CollectionLoader.of(server, Shape.SET, "element:").fill("other", 5_000, 15_000);
    };
    private static final Fill HASHES =
            server -> CollectionLoader.of(server, Shape.HASH, "field:").fill("myhash", 0, 100);
    private static final Fill ZSETS =
            server -> CollectionLoader.of(server, Shape.ZSET, "element:").fill("myzset", 0, MILLION);

    private Rows() {}

    /** All rows, in the order they run. */
    static List<Row> all() {
        List<Row> rows = new ArrayList<>();
        for (int p : new int[] {1, 16, 64, 100}) {
            Goal goal = p == 1 ? atLeast(0.95, 1.05) : p == 16 ? atLeast(1.1, 1.4) : atLeast(1.2, 1.6);
            long n = p == 1 ? 250_000 : p == 16 ? 2_000_000 : 3_000_000;
            add(rows, "ping-p" + p, goal, test(NOTHING, "ping_mbulk", n, p, 64, MILLION), p == 16);
            add(rows, "set-p" + p, goal, test(STRINGS, "set", n, p, 64, MILLION), p <= 64);
            add(rows, "get-p" + p, goal, test(STRINGS, "get", n, p, 64, MILLION), p <= 64);
            add(rows, "incr-p" + p, goal, test(COUNTERS, "incr", n, p, 64, MILLION), p == 16);
        }
        for (int p : new int[] {1, 16}) {
            add(rows, "mset10-p" + p, atLeast(1.1, 1.5), test(STRINGS, "mset", 200_000, p, 64, MILLION), p == 16);
            add(rows, "mget10-p" + p, atLeast(1.1, 1.5), mget(10, 200_000, p), false);
            add(rows, "mget100-p" + p, atLeast(1.1, 1.5), mget(100, 40_000, p), p == 16);
            long n = p == 1 ? 250_000 : 1_000_000;
            add(rows, "set-1k-p" + p, atLeast(1.0, 1.1), test(KILOBYTES, "set", n, p, 1024, 100_000), false);
            add(rows, "get-1k-p" + p, atLeast(1.0, 1.1), test(KILOBYTES, "get", n, p, 1024, 100_000), p == 16);
        }
        collections(rows);
        sortedSets(rows);
        talk(rows);
        add(rows, "get-64k-p1", atLeast(1.0, 1.2), test(BIG_VALUES, "get", 60_000, 1, 65536, 1000), false);
        add(rows, "rest-get", new Goal(Double.NaN, Double.NaN, true, "k/s"), Workloads.restGet(), false);
        add(rows, "rest-get-webdis", atLeast(2, 3), Workloads.restGetWebdis(), false);
        add(rows, "rest-pipeline-100", atLeast(0.4, 0.6), Workloads.restPipeline(), false);
        big(rows, "memory-32", atMost(0.80, 0.55, "x"), MemoryWorkloads.perKey(32, false), false);
        big(rows, "memory-64", atMost(0.80, 0.65, "x"), MemoryWorkloads.perKey(64, false), true);
        big(rows, "memory-100", atMost(0.85, 0.70, "x"), MemoryWorkloads.perKey(100, false), false);
        big(rows, "memory-1000", atMost(1.0, 0.96, "x"), MemoryWorkloads.perKey(1000, false), false);
        big(rows, "memory-32-ttl", atMost(0.75, 0.60, "x"), MemoryWorkloads.perKey(32, true), false);
        big(rows, "memory-64-ttl", atMost(0.75, 0.60, "x"), MemoryWorkloads.perKey(64, true), false);
        collectionMemory(rows);
        big(rows, "memory-idle", atMost(90, 65, "MB"), MemoryWorkloads.idle(), false);
        big(rows, "flat-get-10m", atLeast(0.6, 0.75), Workloads.flat(1000, 10 * MILLION), false);
        starts(rows);
        stalls(rows);
        persistence(rows);
        big(rows, "steady-collector", atMost(0, 0, "runs"), SteadyWorkload.overwrites(), false);
        return rows;
    }

    private static void collections(List<Row> rows) {
        for (int p : new int[] {1, 16}) {
            Goal goal = p == 1 ? atLeast(0.95, 1.05) : atLeast(1.05, 1.3);
            long n = p == 1 ? 250_000 : 2_000_000;
            Fill list =
                    server -> CollectionLoader.of(server, Shape.LIST, "", 64).fill("mylist", 0, n);
            add(rows, "lpush-p" + p, goal, anew("mylist", NOTHING, n, "lpush", p), false);
            add(rows, "rpush-p" + p, goal, anew("mylist", NOTHING, n, "rpush", p), false);
            add(rows, "lpop-p" + p, goal, anew("mylist", list, n, "lpop", p), false);
            add(rows, "rpop-p" + p, goal, anew("mylist", list, n, "rpop", p), false);
            add(rows, "sadd-p" + p, goal, anew("myset", NOTHING, n, "sadd", p), false);
            add(rows, "hset-p" + p, goal, anew("myhash", NOTHING, n, "hset", p), false);
            Goal range = atLeast(1.0, 1.2);
            add(rows, "lrange-100-p" + p, range, command(LISTS, 100_000, p, "LRANGE mylist 0 99"), false);
            add(rows, "lrange-600-p" + p, range, command(LISTS, 20_000, p, "LRANGE mylist 0 599"), false);
        }
        Fill set = server -> CollectionLoader.of(server, Shape.SET, "element:").fill("myset", 0, 2 * MILLION);
        add(rows, "spop-p16", atLeast(1.0, 1.3), anew("myset", set, MILLION, "spop", 16), false);
        add(rows, "sinter-10k", atLeast(1.0, 1.0), command(SETS, 2000, 1, "SINTER one other"), false);
        add(rows, "hgetall-100", atLeast(1.0, 1.0), command(HASHES, 100_000, 1, "HGETALL myhash"), false);
    }

    private static void sortedSets(List<Row> rows) {
        Fill two = server -> CollectionLoader.of(server, Shape.ZSET, "element:").fill("myzset", 0, 2 * MILLION);
        add(rows, "zpopmin-p16", atLeast(1.0, 1.3), anew("myzset", two, MILLION, "zpopmin", 16), false);
        Goal goal = atLeast(1.2, 1.8);
        String member = "element:__rand_int__";
        add(rows, "zadd-p16", goal, command(ZSETS, MILLION, 16, "ZADD myzset __rand_int__ " + member), false);
        add(rows, "zincrby-p16", goal, command(ZSETS, MILLION, 16, "ZINCRBY myzset 1 " + member), false);
        add(rows, "zrank-p16", goal, command(ZSETS, MILLION, 16, "ZRANK myzset " + member), false);
        String range = "ZRANGEBYSCORE myzset __rand_int__ +inf LIMIT 0 10";
        add(rows, "zrangebyscore-p16", goal, command(ZSETS, 500_000, 16, range), false);
    }

    private static void talk(List<Row> rows) {
        add(rows, "publish-100-p1", atLeast(0.9, 1.1), TalkWorkloads.publish(20_000, 1), false);
        add(rows, "publish-100-p16", atLeast(0.9, 1.5), TalkWorkloads.publish(20_000, 16), false);
        add(rows, "multi-10-p1", atLeast(1.0, 1.0), TalkWorkloads.transactions(100_000, 1), false);
        add(rows, "multi-10-p16", atLeast(1.0, 1.0), TalkWorkloads.transactions(200_000, 16), false);
        add(rows, "lpush-beside-blocked", atLeast(0.98, 1.0), TalkWorkloads.besideBlocked(MILLION), false);
        big(rows, "slow-subscriber", atMost(2, 1.2, "x"), SlowSubscriberWorkload.p99(), false);
    }

    private static void collectionMemory(List<Row> rows) {
        for (Shape shape : List.of(Shape.HASH, Shape.LIST, Shape.SET, Shape.ZSET)) {
            String name = "memory-" + shape.name().toLowerCase(Locale.ROOT);
            Goal goal = atMost(1.0, 0.85, "x");
            big(rows, name + "-of-10", goal, MemoryWorkloads.perCollection(shape), false);
        }
        big(rows, "memory-zset-of-1m", atMost(0.8, 0.5, "x"), MemoryWorkloads.perMember(Shape.ZSET), false);
        big(rows, "memory-hash-of-1m", atMost(0.8, 0.6, "x"), MemoryWorkloads.perMember(Shape.HASH), false);
        big(rows, "memory-set-of-1m", atMost(0.8, 0.6, "x"), MemoryWorkloads.perMember(Shape.SET), false);
    }

    private static void starts(List<Row> rows) {
        start(rows, "first-reply-launcher", 350, StartWorkloads.firstReply(true));
        start(rows, "first-reply-jar", 550, StartWorkloads.firstReply(false));
        start(rows, "embedded-cold", 150, StartWorkloads.embedded(false, false));
        start(rows, "embedded-warm", 2, StartWorkloads.embedded(true, false));
        start(rows, "embedded-cold-ports", 500, StartWorkloads.embedded(false, true));
        start(rows, "embedded-warm-ports", 10, StartWorkloads.embedded(true, true));
    }

    private static void start(List<Row> rows, String name, double ms, Workload workload) {
        rows.add(new Row(name, atMost(ms, ms, "ms"), workload, STARTS, false));
    }

    private static void stalls(List<Row> rows) {
        Goal goal = atMost(Double.NaN, 2, "ms");
        stall(rows, "stall-growth", goal, StallWorkloads.growth(), StallWorkloads.growth());
        stall(rows, "stall-expiry", atMost(25, 2, "ms"), StallWorkloads.expiry(), StallWorkloads.expiry());
        stall(
                rows,
                "stall-flushall",
                goal,
                StallWorkloads.flushAll("FLUSHALL"),
                StallWorkloads.flushAll("FLUSHALL", "ASYNC"));
        stall(rows, "stall-del-100mb", goal, StallWorkloads.bigString("DEL"), StallWorkloads.bigString("UNLINK"));
        stall(rows, "stall-unlink-100mb", goal, StallWorkloads.bigString("UNLINK"), StallWorkloads.bigString("UNLINK"));
    }

    private static void persistence(List<Row> rows) {
        Workload sets = test(STRINGS, "set", 2 * MILLION, 16, 64, MILLION);
        add(rows, "aof-set-p16", atLeast(1.0, 1.3), PersistenceWorkloads.appending("everysec", sets), false);
        add(rows, "always-set-50", atLeast(1.0, 1.3), always(50, 100_000), false);
        add(rows, "always-set-500", atLeast(1.0, 2), always(500, 400_000), false);
        big(rows, "load-rdb", atLeast(1.0, 1.5), PersistenceWorkloads.load(false), false);
        big(rows, "load-aof", atLeast(1.0, 1.5), PersistenceWorkloads.load(true), false);
        big(rows, "save-rdb", new Goal(Double.NaN, Double.NaN, true, "x"), PersistenceWorkloads.save(), false);
        Launch appending = Launch.appendOnly("everysec", false);
        Goal goal = atMost(Double.NaN, 5, "ms");
        SnapshotWorkloads.Fill kilobytes = (server, session) -> {
            long keys = session.sized(5 * MILLION, MILLION);
            Loader.of(server.port(), 1024).load(0, keys);
            return keys;
        };
        List<String> save = List.of("BGSAVE");
        List<String> rewrite = List.of("BGREWRITEAOF");
        big(rows, "stall-bgsave", goal, SnapshotWorkloads.stall(Launch.SNAPSHOTS, kilobytes, 1024, save), false);
        big(rows, "stall-rewrite", goal, SnapshotWorkloads.stall(appending, kilobytes, 1024, rewrite), false);
        SnapshotWorkloads.Fill zset = (server, session) -> {
            Loader.of(server.port(), 64).load(0, MILLION);
            CollectionLoader.of(server, Shape.ZSET, "element:").fill("zset", 0, session.sized(10 * MILLION, MILLION));
            return MILLION;
        };
        List<String> both = List.of("BGREWRITEAOF", "BGSAVE");
        big(rows, "d17", atMost(5, 5, "ms"), SnapshotWorkloads.stall(appending, zset, 64, both), false);
    }

    /** SET by so many clients, each write forced to disk before it is answered. */
    private static Workload always(int clients, long requests) {
        List<String> arguments = List.of("-t", "set", "-c", "" + clients, "-P", "1", "-r", "" + MILLION, "-d", "64");
        return PersistenceWorkloads.appending("always", Workloads.benchmark(NOTHING, requests, 1, arguments));
    }

    private static void add(List<Row> rows, String name, Goal goal, Workload workload, boolean guarded) {
        rows.add(new Row(name, goal, workload, FULL, guarded));
    }

    private static void big(List<Row> rows, String name, Goal goal, Workload workload, boolean guarded) {
        rows.add(new Row(name, goal, workload, BIG, guarded));
    }

    private static void stall(
            List<Row> rows, String name, Goal goal, StallWorkloads.Scene ours, StallWorkloads.Scene theirs) {
        rows.add(new Row(name, goal, StallWorkloads.stall(ours, theirs), BIG, false));
    }

    private static Workload test(Fill fill, String name, long requests, int p, int bytes, long keys) {
        return Workloads.benchmark(
                fill,
                requests,
                name.equals("mset") ? 10 : 1,
                List.of("-t", name, "-c", "50", "-P", "" + p, "-r", "" + keys, "-d", "" + bytes));
    }

    /** One of redis-benchmark's own tests on one key, which every run finds as {@code fill} makes it. */
    private static Workload anew(String key, Fill fill, long requests, String name, int p) {
        List<String> arguments = List.of("-t", name, "-c", "50", "-P", "" + p, "-r", "" + MILLION, "-d", "64");
        return CollectionWorkloads.anew(key, fill, requests, arguments);
    }

    /** A command of words on data that stays as large as it is. */
    private static Workload command(Fill fill, long requests, int p, String words) {
        List<String> arguments = new ArrayList<>(List.of("-c", "50", "-P", "" + p, "-r", "" + MILLION));
        arguments.addAll(List.of(words.split(" ")));
        return Workloads.benchmark(fill, requests, 1, arguments);
    }

    private static Workload mget(int keys, long requests, int p) {
        List<String> arguments = new ArrayList<>(List.of("-c", "50", "-P", "" + p, "-r", "" + MILLION, "MGET"));
        arguments.addAll(Collections.nCopies(keys, "key:__rand_int__"));
        return Workloads.benchmark(STRINGS, requests, keys, arguments);
    }
}
