package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.Flags;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What a subscriber to all key events gets of each command that writes, and of misses and expiry: the same messages in
 * the same order as from a real server. A script's line stands for one command; {@code #} begins the script of another
 * one, with nothing but an empty keyspace before it. Scripts of commands that are not there yet wait for them.
 */
class DifferentialEventsTest {
    private static final String SCRIPTS = """
            # append: APPEND k x | APPEND k x | APPEND k "" | LPUSH l 1 | APPEND l x
            # bitfield: BITFIELD k GET u8 0 | BITFIELD k SET u8 0 7 | BITFIELD k INCRBY u8 0 7 GET u8 0
            # bitop: SET a x | BITOP NOT d a | BITOP AND d a nothing | BITOP AND d nothing none | BITOP OR e nothing n
            # blmove: RPUSH l 1 2 | BLMOVE l m LEFT RIGHT 1 | BLMOVE l l LEFT RIGHT 1 | BLMOVE l m RIGHT LEFT 1
            # blmpop: RPUSH l 1 2 3 | BLMPOP 1 2 nothing l LEFT | BLMPOP 1 1 l RIGHT COUNT 5
            # blpop: RPUSH l 1 2 | BLPOP nothing l 1 | BLPOP l 1
            # brpop: RPUSH l 1 2 | BRPOP nothing l 1 | BRPOP l 1
            # brpoplpush: RPUSH l 1 2 | BRPOPLPUSH l m 1 | BRPOPLPUSH l l 1 | BRPOPLPUSH l m 1
            # bzmpop: ZADD z 1 a 2 b 3 c | BZMPOP 1 2 nothing z MIN | BZMPOP 1 1 z MAX COUNT 5
            # bzpopmax: ZADD z 1 a 2 b | BZPOPMAX nothing z 1 | BZPOPMAX z 1
            # bzpopmin: ZADD z 1 a 2 b | BZPOPMIN nothing z 1 | BZPOPMIN z 1
            # copy: SET k 1 PX 100000 | COPY k j | COPY k j | COPY k j REPLACE | COPY k k DB 3 | COPY nothing x
            # decr: DECR k | DECR k | LPUSH l 1 | DECR l
            # decrby: DECRBY k 2 | DECRBY k -2 | DECRBY k 0 | DECRBY k x
            # del: MSET a 1 b 2 | DEL a nothing b a | DEL nothing
            # expire: SET k 1 | EXPIRE k 100 | EXPIRE k 200 GT | EXPIRE k 100 GT | EXPIRE k -1 | EXPIRE nothing 1
            # expireat: SET k 1 | EXPIREAT k 99999999999 | EXPIREAT k 1 | EXPIREAT nothing 1
            # flushall: SET k 1 | FLUSHALL | FLUSHALL
            # flushdb: SET k 1 | FLUSHDB | FLUSHDB
            # geoadd: GEOADD g 1 1 a | GEOADD g 1 1 a | GEOADD g XX 2 2 a | GEOADD g CH 3 3 a
            # georadius: GEOADD g 1 1 a | GEORADIUS g 1 1 10 km STORE d | GEORADIUS g 9 9 1 km STORE d
            # georadiusbymember: GEOADD g 1 1 a | GEORADIUSBYMEMBER g a 1 km STORE d
            # geosearchstore: GEOADD g 1 1 a | GEOSEARCHSTORE d g FROMMEMBER a BYRADIUS 1 km \
             | GEOSEARCHSTORE d nothing FROMLONLAT 1 1 BYRADIUS 1 km
            # getdel: SET k 1 | GETDEL k | GETDEL k
            # getex: SET k 1 | GETEX k | GETEX k EX 100 | GETEX k PERSIST | GETEX k PERSIST | GETEX k PXAT 1 | GETEX k
            # getset: GETSET k 1 | GETSET k 2 | LPUSH l 1 | GETSET l 1
            # hdel: HSET h a 1 b 2 | HDEL h x | HDEL h a x | HDEL h b | HDEL h b
            # hincrby: HINCRBY h n 1 | HINCRBY h n 0 | HINCRBY h n x
            # hincrbyfloat: HINCRBYFLOAT h n 1.5 | HINCRBYFLOAT h n 0 | HINCRBYFLOAT h n x
            # hmset: HMSET h a 1 | HMSET h a 1
            # hset: HSET h a 1 b 2 | HSET h a 1 | HSET h a
            # hsetnx: HSETNX h a 1 | HSETNX h a 2 | HSETNX h b 2
            # incr: INCR k | INCR k
            # incrby: INCRBY k 2 | INCRBY k 0 | INCRBY k -1
            # incrbyfloat: INCRBYFLOAT k 1.5 | INCRBYFLOAT k 0 | INCRBYFLOAT k x
            # linsert: RPUSH l a | LINSERT l BEFORE a x | LINSERT l AFTER nope x | LINSERT nothing AFTER a x
            # lmove: RPUSH l 1 2 | LMOVE l m LEFT RIGHT | LMOVE l l LEFT RIGHT | LMOVE l m RIGHT LEFT \
             | LMOVE l m LEFT LEFT | LMOVE m m RIGHT LEFT
            # lmpop: RPUSH l 1 2 3 | LMPOP 2 nothing l LEFT | LMPOP 1 l RIGHT COUNT 5 | LMPOP 1 l LEFT
            # lpop: RPUSH l 1 2 3 | LPOP l | LPOP l 0 | LPOP l 9 | LPOP l | LPOP l 3
            # lpush: LPUSH l 1 | LPUSH l 2 3
            # lpushx: LPUSHX l 1 | LPUSH l 1 | LPUSHX l 1 2
            # lrem: RPUSH l a b a | LREM l 1 x | LREM l 1 a | LREM l 0 b | LREM l 0 a | LREM l 0 a
            # lset: RPUSH l a | LSET l 0 b | LSET l 0 b | LSET l 5 c | LSET nothing 0 a
            # ltrim: RPUSH l a b c | LTRIM l 0 -1 | LTRIM l 1 1 | LTRIM l 5 6 | LTRIM l 0 0
            # move: SET k 1 | MOVE k 3 | MOVE k 3 | SET k 2 | MOVE k 3 | MOVE nothing 4
            # mset: MSET a 1 b 2 a 3 | MSET a 1
            # msetnx: MSETNX a 1 b 2 | MSETNX a 1 c 2
            # persist: SET k 1 EX 100 | PERSIST k | PERSIST k | PERSIST nothing
            # pexpire: SET k 1 | PEXPIRE k 100000 NX | PEXPIRE k 100000 NX | PEXPIRE k 0
            # pexpireat: SET k 1 | PEXPIREAT k 99999999999999 | PEXPIREAT k 1
            # pfadd: PFADD p a | PFADD p a | PFADD p b | PFADD q
            # pfmerge: PFADD p a | PFMERGE d p | PFMERGE d p nothing | PFMERGE e
            # psetex: PSETEX k 100000 v | PSETEX k 0 v
            # rename: SET a 1 EX 100 | RENAME a b | RENAME b b | SET c 1 | RENAME b c | RENAME nothing x
            # renamenx: SET a 1 | RENAMENX a b | SET a 2 | RENAMENX a b | RENAMENX a a | RENAMENX nothing x
            # rpop: RPUSH l 1 2 3 | RPOP l | RPOP l 9 | RPOP l
            # rpoplpush: RPUSH l 1 2 | RPOPLPUSH l m | RPOPLPUSH l l | RPOPLPUSH l m | RPOPLPUSH l m | RPOPLPUSH m m
            # rpush: RPUSH l 1 | RPUSH l 2 3
            # rpushx: RPUSHX l 1 | RPUSH l 1 | RPUSHX l 1 2
            # sadd: SADD s 1 2 | SADD s 1 | SADD s x
            # sdiffstore: SADD s a b | SADD t b | SDIFFSTORE d s t | SDIFFSTORE d s s | SDIFFSTORE d s s \
             | SET d 1 | SDIFFSTORE d nothing s | SDIFFSTORE s s t
            # set: SET k 1 | SET k 1 EX 100 | SET k 2 NX | SET k 2 XX GET | SET k 3 KEEPTTL | SET k 1 PXAT 1 | SET k 1
            # setbit: SETBIT b 7 1 | SETBIT b 7 1 | SETBIT b 7 0
            # setex: SETEX k 100 v | SETEX k 0 v
            # setnx: SETNX k 1 | SETNX k 2
            # setrange: SETRANGE k 0 "" | SETRANGE k 3 "" | SETRANGE k 3 x | SETRANGE k 0 "" | SETRANGE k 0 y
            # sinterstore: SADD s a b | SADD t b | SINTERSTORE d s t | SINTERSTORE d s nothing | SINTERSTORE d s nothing
            # smove: SADD s a b | SADD t b | SMOVE s t a | SMOVE s t x | SMOVE s t b | SMOVE t t a | SMOVE t new a \
             | SMOVE nothing t a
            # sort: RPUSH l 2 1 | SORT l | SORT l STORE d | SORT nothing STORE d | SORT nothing STORE d | SET e 1 \
             | SORT l STORE e
            # spop: SADD s a | SPOP s | SPOP s | SADD s a b c | SPOP s 0 | SPOP s 2 | SPOP s 9 | SPOP s 9
            # srem: SADD s a b | SREM s x | SREM s a x | SREM s b | SREM s b
            # sunionstore: SADD s a b | SADD t b | SUNIONSTORE d s t | SUNIONSTORE d nothing | SUNIONSTORE d nothing \
             | SUNIONSTORE s s
            # swapdb: SET k 1 | SWAPDB 0 3 | SWAPDB 0 0
            # unlink: MSET a 1 b 2 | UNLINK a nothing b
            # xadd: XADD x 1-1 a 1 | XADD x MAXLEN = 1 2-1 a 1 | XADD x MAXLEN = 0 3-1 a 1 | XADD y NOMKSTREAM 1-1 a 1
            # xdel: XADD x 1-1 a 1 | XDEL x 5-1 | XDEL x 1-1 | XDEL x 1-1
            # xtrim: XADD x 1-1 a 1 | XADD x 1-2 a 1 | XTRIM x MAXLEN = 1 | XTRIM x MAXLEN = 1 | XTRIM x MINID = 9
            # xsetid: XADD x 1-1 a 1 | XSETID x 5-1 | XSETID nothing 5-1
            # xgroup|create: XGROUP CREATE x g $ MKSTREAM | XGROUP CREATE x g $ | XGROUP CREATE y g $
            # xgroup|createconsumer: XGROUP CREATE x g 0 MKSTREAM | XGROUP CREATECONSUMER x g c \
             | XGROUP CREATECONSUMER x g c
            # xgroup|delconsumer: XGROUP CREATE x g 0 MKSTREAM | XGROUP CREATECONSUMER x g c \
             | XGROUP DELCONSUMER x g c | XGROUP DELCONSUMER x g c
            # xgroup|destroy: XGROUP CREATE x g 0 MKSTREAM | XGROUP DESTROY x g | XGROUP DESTROY x g
            # xgroup|setid: XGROUP CREATE x g 0 MKSTREAM | XGROUP SETID x g 5
            # xreadgroup: XADD x 1-1 a 1 | XGROUP CREATE x g 0 | XREADGROUP GROUP g c STREAMS x > \
             | XREADGROUP GROUP g c STREAMS x > | XREADGROUP GROUP g c STREAMS x 0
            # xack: XADD x 1-1 a 1 | XGROUP CREATE x g 0 | XREADGROUP GROUP g c STREAMS x > \
             | XACK x g 1-1 | XACK x g 1-1
            # xclaim: XADD x 1-1 a 1 | XGROUP CREATE x g 0 | XREADGROUP GROUP g c STREAMS x > | XCLAIM x g d 0 1-1 \
             | XCLAIM x g e 0 9-9
            # xautoclaim: XADD x 1-1 a 1 | XGROUP CREATE x g 0 | XREADGROUP GROUP g c STREAMS x > \
             | XAUTOCLAIM x g d 0 0 | XAUTOCLAIM x g e 0 9-9
            # zadd: ZADD z 1 a 2 b | ZADD z 1 a | ZADD z 5 a | ZADD z INCR 1 a | ZADD z NX INCR 1 a | ZADD z XX 1 x \
             | ZADD y XX 1 d
            # zdiffstore: ZADD z 1 a 2 b | ZDIFFSTORE d 2 z nothing | ZDIFFSTORE d 2 z z | ZDIFFSTORE d 2 z z \
             | SET d 1 | ZDIFFSTORE d 2 z z
            # zincrby: ZINCRBY z 1 a | ZINCRBY z 0 a | ZINCRBY z x a
            # zinterstore: ZADD z 1 a 2 b | ZINTERSTORE d 2 z z | ZINTERSTORE d 2 z nothing | ZINTERSTORE d 2 z nothing
            # zmpop: ZADD z 1 a 2 b 3 c | ZMPOP 2 nothing z MIN | ZMPOP 1 z MAX COUNT 9 | ZMPOP 1 z MAX
            # zpopmax: ZADD z 1 a 2 b 3 c | ZPOPMAX z | ZPOPMAX z 0 | ZPOPMAX z 9 | ZPOPMAX z
            # zpopmin: ZADD z 1 a 2 b 3 c | ZPOPMIN z | ZPOPMIN z 0 | ZPOPMIN z 9 | ZPOPMIN z
            # zrangestore: ZADD z 1 a 2 b | ZRANGESTORE d z 0 1 | ZRANGESTORE d z 5 6 | ZRANGESTORE d z 5 6 \
             | ZRANGESTORE d nothing 0 1
            # zrem: ZADD z 1 a 2 b | ZREM z x | ZREM z a x | ZREM z b | ZREM z b
            # zremrangebylex: ZADD z 0 a 0 b | ZREMRANGEBYLEX z [x [y | ZREMRANGEBYLEX z [a [a | ZREMRANGEBYLEX z - +
            # zremrangebyrank: ZADD z 0 a 0 b | ZREMRANGEBYRANK z 5 6 | ZREMRANGEBYRANK z 0 0 | ZREMRANGEBYRANK z 0 -1
            # zremrangebyscore: ZADD z 1 a 2 b | ZREMRANGEBYSCORE z 5 6 | ZREMRANGEBYSCORE z 1 1 \
             | ZREMRANGEBYSCORE z -inf inf
            # zunionstore: ZADD z 1 a | ZUNIONSTORE d 2 z nothing | ZUNIONSTORE d 1 nothing | ZUNIONSTORE d 1 nothing \
             | ZUNIONSTORE z 1 z
            # restore: RESTORE k 0 "\\x00\\xc0\\x01\\x0b\\x00\\x9a\\xc4\\x3f\\x8d\\x1d\\x9f\\xf1\\x98" | RESTORE k 0 x
            # get: GET k | SET k 1 | GET k | MGET k j k i
            # multi: MULTI | SET k 1 | DEL k | INCR j | EXEC | MULTI | SET k 1 | DISCARD
            # select: SELECT 5 | SET k 1 | SELECT 0 | SET k 1 | SELECT 5 | DEL k | SELECT 0
            # object|encoding: OBJECT ENCODING k | OBJECT FREQ k | OBJECT IDLETIME k | OBJECT REFCOUNT k
            # sort_ro: SORT_RO k | SORT_RO k BY x*
            # exists: EXISTS k j | TOUCH k | TYPE k | TTL k | PTTL k | EXPIRETIME k | DUMP k | RANDOMKEY | KEYS *
            # strlen: STRLEN k | GETRANGE k 0 1 | SUBSTR k 0 1 | GETBIT k 1 | BITCOUNT k | BITPOS k 1 | LCS k j
            # llen: LLEN k | LRANGE k 0 1 | LINDEX k 0 | LPOS k a
            # hget: HGET k f | HMGET k f g | HGETALL k | HKEYS k | HLEN k | HSCAN k 0 | HRANDFIELD k | HEXISTS k f
            # scard: SCARD k | SMEMBERS k | SISMEMBER k a | SINTER k j | SUNION k j | SDIFF k j | SRANDMEMBER k
            # zcard: ZCARD k | ZSCORE k a | ZRANGE k 0 1 | ZRANK k a | ZINTER 2 k j | ZUNION 2 k j | ZDIFF 2 k j
            """;

    /** Their events are not a matter of the version at hand, or there are none. */
    private static final Set<String> UNKNOWN_TO_IT = Set.of(
            "debug",
            "pfdebug",
            "migrate",
            "restore-asking",
            "function|delete",
            "function|flush",
            "function|load",
            "function|restore");

    private static SideBySide both;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(RedisServer.installed(), "no redis-server to compare with");
        both = new SideBySide();
        both.client(2);
        both.client(2);
        both.say(0, "CONFIG SET notify-keyspace-events KEAnm");
        both.say(1, "PSUBSCRIBE __key*__:*");
    }

    @AfterAll
    static void end() throws IOException {
        if (both != null) {
            both.close();
        }
    }

    @TestFactory
    List<DynamicTest> eventsAreARealServers() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String script : SCRIPTS.lines().toList()) {
            int colon = script.indexOf(':');
            String name = script.substring(2, colon);
            tests.add(DynamicTest.dynamicTest(name, () -> run(script.substring(colon + 2))));
        }
        return tests;
    }

    private static void run(String script) throws IOException {
        both.quietly(0, "FLUSHALL");
        for (String line : script.split(" \\| ")) {
            if (isThere(line.strip())) {
                both.quietly(0, line.strip());
            }
        }
    }

    private static boolean isThere(String line) {
        return Families.table().findWithSubcommand(Argv.of(EngineFixture.words(line)), 0) != null;
    }

    @Test
    void everyCommandThatWritesHasAScript() throws IOException {
        Set<String> scripted = SCRIPTS.lines()
                .map(line -> line.substring(2, line.indexOf(':')))
                .collect(Collectors.toSet());
        Set<String> known = knownToIt();
        for (Command command : Families.table().byId()) {
            if (command.is(Flags.WRITE) && known.contains(command.name()) && !UNKNOWN_TO_IT.contains(command.name())) {
                assertThat(scripted).contains(command.name());
            }
        }
    }

    private static Set<String> knownToIt() throws IOException {
        Set<String> known = new HashSet<>();
        try (InputStream in = DifferentialEventsTest.class.getResourceAsStream("/commands.tsv")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                String[] f = line.split("\t", -1);
                if (f[f.length - 1].equals("7.0.15")) {
                    known.add(f[0].toLowerCase(Locale.ROOT));
                }
            }
        }
        return known;
    }

    @Test
    void expiryIsToldWhenTheKeyIsMetOrWhenItsTimeComes() throws IOException {
        both.quietly(0, "FLUSHALL");
        both.say(0, "DEBUG SET-ACTIVE-EXPIRE 0");
        for (String line : List.of("GET k", "SET k 2", "DEL k", "INCR k", "EXISTS k", "SETNX k 1")) {
            both.quietly(0, "SET k 1 PX 5");
            both.later(5);
            both.quietly(0, line);
        }
        both.quietly(0, "FLUSHALL");
        both.say(0, "DEBUG SET-ACTIVE-EXPIRE 1", "SET k 1 PX 20");
        both.later(20);
        both.expires("k");
    }

    @Test
    void onlyTheClassesAskedForAreTold() throws IOException {
        String[] classes = {"", "KEA", "K$", "E$", "Kl", "Ehsz", "Kg", "KEn", "KEm", "$g", "A", "KEx", "Eg$", "KEAnm"};
        for (String letters : classes) {
            both.quietly(0, "FLUSHALL");
            both.say(0, "CONFIG SET notify-keyspace-events \"" + letters + "\"");
            both.say(
                    0,
                    "GET k",
                    "SET k 1",
                    "LPUSH l 1",
                    "LPOP l",
                    "SADD s 1",
                    "HSET h a 1",
                    "ZADD z 1 a",
                    "EXPIRE k 10");
            both.say(0, "SELECT 3", "SET \"\\x00 bytes\" 1", "SELECT 0", "DEL k", "EXPIRE z -1");
        }
    }
}
