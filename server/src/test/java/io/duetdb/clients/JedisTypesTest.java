package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.duetdb.Duet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.args.ExpiryOption;
import redis.clients.jedis.args.ListDirection;
import redis.clients.jedis.args.ListPosition;
import redis.clients.jedis.args.SortedSetOption;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.HGetExParams;
import redis.clients.jedis.params.HSetExParams;
import redis.clients.jedis.params.LPosParams;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SortingParams;
import redis.clients.jedis.params.ZAddParams;
import redis.clients.jedis.params.ZIncrByParams;
import redis.clients.jedis.params.ZParams;
import redis.clients.jedis.params.ZRangeParams;
import redis.clients.jedis.resps.ScanResult;
import redis.clients.jedis.resps.Tuple;
import redis.clients.jedis.util.KeyValue;

/** Jedis' methods for lists, hashes, sets, sorted sets and SORT: what they make of Duet's replies, in each protocol. */
@Timeout(120)
final class JedisTypesTest {
    private static final String WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

    private static Duet duet;

    @BeforeAll
    static void start() {
        duet = Duet.builder().respPort(0).start();
    }

    @AfterAll
    static void end() {
        duet.close();
    }

    private static RedisClient connect(RedisProtocol protocol) {
        RedisClient jedis = RedisClient.builder()
                .hostAndPort("127.0.0.1", duet.respPort())
                .clientConfig(
                        DefaultJedisClientConfig.builder().protocol(protocol).build())
                .build();
        jedis.flushAll();
        return jedis;
    }

    // ---- lists

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void lists(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            assertThat(jedis.rpush("l", "b", "c")).isEqualTo(2);
            assertThat(jedis.lpush("l", "a")).isEqualTo(3);
            assertThat(jedis.lpushx("nosuch", "x")).isZero();
            assertThat(jedis.rpushx("l", "d", "b")).isEqualTo(5);
            assertThat(jedis.lrange("l", 0, -1)).containsExactly("a", "b", "c", "d", "b");
            assertThat(jedis.lrange("nosuch", 0, -1)).isEmpty();
            assertThat(jedis.llen("l")).isEqualTo(5);
            assertThat(jedis.lindex("l", -2)).isEqualTo("d");
            assertThat(jedis.lindex("l", 9)).isNull();
            assertThat(jedis.lset("l", 0, "z")).isEqualTo("OK");
            assertThatThrownBy(() -> jedis.lset("l", 9, "z")).hasMessage("ERR index out of range");
            assertThat(jedis.linsert("l", ListPosition.BEFORE, "z", "y")).isEqualTo(6);
            assertThat(jedis.linsert("l", ListPosition.AFTER, "nosuch", "y")).isEqualTo(-1);
            assertThat(jedis.lpos("l", "b")).isEqualTo(2);
            assertThat(jedis.lpos("l", "nosuch")).isNull();
            assertThat(jedis.lpos("l", "b", LPosParams.lPosParams().rank(-1))).isEqualTo(5);
            assertThat(jedis.lpos("l", "b", LPosParams.lPosParams().maxlen(100), 0))
                    .containsExactly(2L, 5L);
            assertThat(jedis.lrem("l", -1, "b")).isEqualTo(1);
            assertThat(jedis.ltrim("l", 0, 3)).isEqualTo("OK");
            assertThat(jedis.lrange("l", 0, -1)).containsExactly("y", "z", "b", "c");
            assertThat(jedis.lpop("l")).isEqualTo("y");
            assertThat(jedis.rpop("l")).isEqualTo("c");
            assertThat(jedis.lpop("l", 5)).containsExactly("z", "b");
            assertThat(jedis.rpop("l", 5)).isNull();
            assertThat(jedis.lpop("l")).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void elementsMoveBetweenLists(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            jedis.rpush("l", "a", "b", "c", "d");
            assertThat(jedis.lmove("l", "m", ListDirection.LEFT, ListDirection.RIGHT))
                    .isEqualTo("a");
            assertThat(jedis.rpoplpush("l", "m")).isEqualTo("d");
            assertThat(jedis.lmove("nosuch", "m", ListDirection.LEFT, ListDirection.RIGHT))
                    .isNull();
            assertThat(jedis.lmpop(ListDirection.LEFT, "nosuch", "m")).isEqualTo(KeyValue.of("m", List.of("d")));
            assertThat(jedis.lmpop(ListDirection.RIGHT, 5, "nosuch", "l"))
                    .isEqualTo(KeyValue.of("l", List.of("c", "b")));
            assertThat(jedis.lmpop(ListDirection.LEFT, "nosuch")).isNull();
            jedis.set("s", "v");
            assertThatThrownBy(() -> jedis.lpush("s", "x"))
                    .isInstanceOf(JedisDataException.class)
                    .hasMessage(WRONG_TYPE);
        }
    }

    // ---- hashes

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void hashes(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            assertThat(jedis.hset("h", "f", "1")).isEqualTo(1);
            assertThat(jedis.hset("h", Map.of("f", "2", "g", "two"))).isEqualTo(1);
            assertThat(jedis.hmset("h", Map.of("a", "b"))).isEqualTo("OK");
            assertThat(jedis.hsetnx("h", "f", "x")).isZero();
            assertThat(jedis.hget("h", "f")).isEqualTo("2");
            assertThat(jedis.hget("h", "nosuch")).isNull();
            assertThat(jedis.hmget("h", "f", "nosuch", "g")).containsExactly("2", null, "two");
            assertThat(jedis.hgetAll("h")).containsOnly(entry("f", "2"), entry("g", "two"), entry("a", "b"));
            assertThat(jedis.hgetAll("nosuch")).isEmpty();
            assertThat(jedis.hkeys("h")).containsExactlyInAnyOrder("f", "g", "a");
            assertThat(jedis.hvals("h")).containsExactlyInAnyOrder("2", "two", "b");
            assertThat(jedis.hlen("h")).isEqualTo(3);
            assertThat(jedis.hexists("h", "g")).isTrue();
            assertThat(jedis.hexists("h", "nosuch")).isFalse();
            assertThat(jedis.hstrlen("h", "g")).isEqualTo(3);
            assertThat(jedis.hincrBy("h", "f", 40)).isEqualTo(42);
            assertThat(jedis.hincrByFloat("h", "f", 0.5)).isEqualTo(42.5);
            assertThatThrownBy(() -> jedis.hincrBy("h", "g", 1)).hasMessage("ERR hash value is not an integer");
            assertThat(jedis.hdel("h", "a", "g", "nosuch")).isEqualTo(2);
            assertThat(jedis.hrandfield("h")).isEqualTo("f");
            assertThat(jedis.hrandfield("nosuch")).isNull();
            assertThat(jedis.hrandfield("h", -2)).containsExactly("f", "f");
            assertThat(jedis.hrandfieldWithValues("h", 3)).containsExactly(entry("f", "42.5"));
            assertThat(jedis.hrandfieldWithValues("nosuch", 3)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void fieldsHaveTimesToLive(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            jedis.hset("h", Map.of("a", "1", "b", "2", "c", "3"));
            long later = System.currentTimeMillis() / 1000 + 1000;
            assertThat(jedis.hexpire("h", 100, "a", "nosuch")).containsExactly(1L, -2L);
            assertThat(jedis.hexpire("h", 200, ExpiryOption.NX, "a", "b")).containsExactly(0L, 1L);
            assertThat(jedis.hpexpire("h", 50_000, "a")).containsExactly(1L);
            assertThat(jedis.hpexpire("h", 60_000, ExpiryOption.LT, "a")).containsExactly(0L);
            assertThat(jedis.httl("h", "b", "c")).satisfies(left -> {
                assertThat(left.get(0)).isBetween(190L, 200L);
                assertThat(left.get(1)).isEqualTo(-1);
            });
            assertThat(jedis.hpttl("h", "a").get(0)).isBetween(40_000L, 50_000L);
            assertThat(jedis.hexpireAt("h", later, "a")).containsExactly(1L);
            assertThat(jedis.hexpireTime("h", "a")).containsExactly(later);
            assertThat(jedis.hpexpireAt("h", later * 1000 + 5, ExpiryOption.GT, "a"))
                    .containsExactly(1L);
            assertThat(jedis.hpexpireTime("h", "a", "nosuch")).containsExactly(later * 1000 + 5, -2L);
            assertThat(jedis.hpersist("h", "a", "c")).containsExactly(1L, -1L);
            assertThat(jedis.hexpire("h", 0, "c")).containsExactly(2L);
            assertThat(jedis.hsetex("h", HSetExParams.hSetExParams().ex(100), "d", "4"))
                    .isEqualTo(1);
            assertThat(jedis.hsetex("h", HSetExParams.hSetExParams().fnx(), Map.of("d", "5")))
                    .isZero();
            assertThat(jedis.hgetex("h", HGetExParams.hGetExParams().persist(), "d", "nosuch"))
                    .containsExactly("4", null);
            assertThat(jedis.httl("h", "d")).containsExactly(-1L);
            assertThat(jedis.hgetdel("h", "d", "nosuch")).containsExactly("4", null);
            assertThat(jedis.hgetAll("h")).containsOnly(entry("a", "1"), entry("b", "2"));
        }
    }

    // ---- sets

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void sets(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            assertThat(jedis.sadd("s", "a", "b", "c")).isEqualTo(3);
            assertThat(jedis.sadd("s", "a")).isZero();
            assertThat(jedis.smembers("s")).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(jedis.smembers("nosuch")).isEmpty();
            assertThat(jedis.scard("s")).isEqualTo(3);
            assertThat(jedis.sismember("s", "a")).isTrue();
            assertThat(jedis.smismember("s", "a", "nosuch")).containsExactly(true, false);
            assertThat(jedis.sadd("t", "b", "c", "d")).isEqualTo(3);
            assertThat(jedis.sinter("s", "t")).containsExactlyInAnyOrder("b", "c");
            assertThat(jedis.sunion("s", "t")).containsExactlyInAnyOrder("a", "b", "c", "d");
            assertThat(jedis.sdiff("s", "t")).containsExactly("a");
            assertThat(jedis.sinterstore("d", "s", "t")).isEqualTo(2);
            assertThat(jedis.sunionstore("d", "s", "t")).isEqualTo(4);
            assertThat(jedis.sdiffstore("d", "s", "nosuch")).isEqualTo(3);
            assertThat(jedis.sintercard("s", "t")).isEqualTo(2);
            assertThat(jedis.sintercard(1, "s", "t")).isEqualTo(1);
            assertThat(jedis.smove("s", "t", "a")).isEqualTo(1);
            assertThat(jedis.smove("s", "t", "nosuch")).isZero();
            assertThat(jedis.srem("s", "b", "nosuch")).isEqualTo(1);
            assertThat(jedis.srandmember("s")).isEqualTo("c");
            assertThat(jedis.srandmember("s", -2)).containsExactly("c", "c");
            assertThat(jedis.srandmember("nosuch")).isNull();
            assertThat(jedis.spop("s")).isEqualTo("c");
            assertThat(jedis.spop("s")).isNull();
            assertThat(jedis.spop("t", 9)).containsExactlyInAnyOrder("a", "b", "c", "d");
            assertThat(jedis.spop("t", 9)).isEmpty();
        }
    }

    // ---- sorted sets

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void sortedSets(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            assertThat(jedis.zadd("z", 1, "a")).isEqualTo(1);
            assertThat(jedis.zadd("z", Map.of("b", 2.5, "c", 3.0))).isEqualTo(2);
            assertThat(jedis.zadd("z", 4, "c", ZAddParams.zAddParams().ch().gt()))
                    .isEqualTo(1);
            assertThat(jedis.zadd("z", Map.of("c", 9.0), ZAddParams.zAddParams().nx()))
                    .isZero();
            assertThat(jedis.zaddIncr("z", 0.5, "a", ZAddParams.zAddParams().xx()))
                    .isEqualTo(1.5);
            assertThat(jedis.zaddIncr("z", 1, "a", ZAddParams.zAddParams().nx()))
                    .isNull();
            assertThat(jedis.zincrby("z", 1.5, "a")).isEqualTo(3.0);
            assertThat(jedis.zincrby(
                            "z", 1, "nosuch", ZIncrByParams.zIncrByParams().xx()))
                    .isNull();
            assertThat(jedis.zcard("z")).isEqualTo(3);
            assertThat(jedis.zscore("z", "b")).isEqualTo(2.5);
            assertThat(jedis.zscore("z", "nosuch")).isNull();
            assertThat(jedis.zmscore("z", "a", "nosuch")).containsExactly(3.0, null);
            assertThat(jedis.zrank("z", "c")).isEqualTo(2);
            assertThat(jedis.zrevrank("z", "c")).isZero();
            assertThat(jedis.zrank("z", "nosuch")).isNull();
            assertThat(jedis.zrankWithScore("z", "c")).isEqualTo(KeyValue.of(2L, 4.0));
            assertThat(jedis.zrevrankWithScore("z", "b")).isEqualTo(KeyValue.of(2L, 2.5));
            assertThat(jedis.zrankWithScore("z", "nosuch")).isNull();
            jedis.zadd(
                    "edge", Map.of("low", Double.NEGATIVE_INFINITY, "high", Double.POSITIVE_INFINITY, "tiny", 5e-324));
            assertThat(jedis.zrangeWithScores("edge", 0, -1))
                    .containsExactly(
                            new Tuple("low", Double.NEGATIVE_INFINITY),
                            new Tuple("tiny", 5e-324),
                            new Tuple("high", Double.POSITIVE_INFINITY));
            assertThat(jedis.zpopmin("z")).isEqualTo(new Tuple("b", 2.5));
            assertThat(jedis.zpopmax("z", 5)).containsExactly(new Tuple("c", 4.0), new Tuple("a", 3.0));
            assertThat(jedis.zpopmin("z")).isNull();
            assertThat(jedis.zpopmin("z", 2)).isEmpty();
            jedis.zadd("z", Map.of("a", 1.0, "b", 2.0, "c", 3.0));
            assertThat(jedis.zmpop(SortedSetOption.MIN, "nosuch", "z"))
                    .isEqualTo(KeyValue.of("z", List.of(new Tuple("a", 1.0))));
            assertThat(jedis.zmpop(SortedSetOption.MAX, 5, "z"))
                    .isEqualTo(KeyValue.of("z", List.of(new Tuple("c", 3.0), new Tuple("b", 2.0))));
            assertThat(jedis.zmpop(SortedSetOption.MAX, "z")).isNull();
            jedis.zadd("one", 7, "x");
            assertThat(jedis.zrandmember("one")).isEqualTo("x");
            assertThat(jedis.zrandmember("one", -2)).containsExactly("x", "x");
            assertThat(jedis.zrandmemberWithScores("one", 2)).containsExactly(new Tuple("x", 7.0));
            assertThat(jedis.zrandmember("nosuch")).isNull();
            assertThat(jedis.zrem("one", "x", "nosuch")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void rangesOfSortedSets(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            jedis.zadd("z", Map.of("a", 1.0, "b", 2.0, "c", 3.0, "d", 4.0));
            assertThat(jedis.zrange("z", 1, 2)).containsExactly("b", "c");
            assertThat(jedis.zrange("nosuch", 0, -1)).isEmpty();
            assertThat(jedis.zrevrange("z", 0, 1)).containsExactly("d", "c");
            assertThat(jedis.zrevrangeWithScores("z", 0, 0)).containsExactly(new Tuple("d", 4.0));
            assertThat(jedis.zrange("z", ZRangeParams.zrangeByScoreParams(2, 4).limit(1, 5)))
                    .containsExactly("c", "d");
            assertThat(jedis.zrangeWithScores(
                            "z", ZRangeParams.zrangeByScoreParams(4, 1).rev().limit(0, 2)))
                    .containsExactly(new Tuple("d", 4.0), new Tuple("c", 3.0));
            assertThat(jedis.zrangeByScore("z", "(1", "+inf")).containsExactly("b", "c", "d");
            assertThat(jedis.zrangeByScore("z", 1, 4, 1, 2)).containsExactly("b", "c");
            assertThat(jedis.zrangeByScoreWithScores("z", 1, 1)).containsExactly(new Tuple("a", 1.0));
            assertThat(jedis.zrevrangeByScore("z", 4, 3)).containsExactly("d", "c");
            assertThat(jedis.zrevrangeByScoreWithScores("z", "(4", "3")).containsExactly(new Tuple("c", 3.0));
            assertThat(jedis.zcount("z", 2, 3)).isEqualTo(2);
            assertThat(jedis.zcount("z", "(2", "3")).isEqualTo(1);
            jedis.zadd("lex", Map.of("a", 0.0, "b", 0.0, "c", 0.0));
            assertThat(jedis.zrangeByLex("lex", "[a", "(c")).containsExactly("a", "b");
            assertThat(jedis.zrevrangeByLex("lex", "+", "-", 0, 2)).containsExactly("c", "b");
            assertThat(jedis.zrange(
                            "lex", ZRangeParams.zrangeByLexParams("+", "[b").rev()))
                    .containsExactly("c", "b");
            assertThat(jedis.zlexcount("lex", "-", "(c")).isEqualTo(2);
            assertThatThrownBy(() -> jedis.zrangeByLex("lex", "a", "c"))
                    .hasMessage("ERR min or max not valid string range item");
            assertThat(jedis.zrangestore("d", "z", ZRangeParams.zrangeParams(0, 1)))
                    .isEqualTo(2);
            assertThat(jedis.zremrangeByRank("z", 0, 0)).isEqualTo(1);
            assertThat(jedis.zremrangeByScore("z", 2, 3)).isEqualTo(2);
            assertThat(jedis.zremrangeByLex("lex", "[a", "[b")).isEqualTo(2);
            assertThat(jedis.zrange("z", 0, -1)).containsExactly("d");
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void algebraOfSortedSets(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            jedis.zadd("z", Map.of("a", 3.0, "b", 2.5, "c", 4.0));
            jedis.zadd("y", Map.of("a", 1.0, "x", 2.0));
            ZParams max = new ZParams().weights(1, 2).aggregate(ZParams.Aggregate.MAX);
            assertThat(jedis.zunion(new ZParams(), "z", "y")).containsExactly("x", "b", "a", "c");
            assertThat(jedis.zunionWithScores(max, "z", "y"))
                    .containsExactly(
                            new Tuple("b", 2.5), new Tuple("a", 3.0), new Tuple("c", 4.0), new Tuple("x", 4.0));
            assertThat(jedis.zinter(new ZParams(), "z", "y")).containsExactly("a");
            assertThat(jedis.zinterWithScores(max, "z", "y")).containsExactly(new Tuple("a", 3.0));
            assertThat(jedis.zdiff("z", "y")).containsExactly("b", "c");
            assertThat(jedis.zdiffWithScores("z", "y")).containsExactly(new Tuple("b", 2.5), new Tuple("c", 4.0));
            assertThat(jedis.zunionstore("d", "z", "y")).isEqualTo(4);
            assertThat(jedis.zinterstore("d", max, "z", "y")).isEqualTo(1);
            assertThat(jedis.zscore("d", "a")).isEqualTo(3.0);
            assertThat(jedis.zdiffstore("d", "z", "y")).isEqualTo(2);
            assertThat(jedis.zintercard("z", "y")).isEqualTo(1);
            assertThat(jedis.zintercard(1, "z", "z")).isEqualTo(1);
        }
    }

    // ---- walks, SORT, bytes

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void walksFindEverything(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            Map<String, String> fields = new HashMap<>();
            Map<String, Double> scores = new HashMap<>();
            Set<String> members = new HashSet<>();
            for (int i = 0; i < 1000; i++) {
                fields.put("f" + i, "v" + i);
                scores.put("m" + i, i / 4.0);
                members.add("m" + i);
            }
            jedis.hset("h", fields);
            jedis.sadd("s", members.toArray(new String[0]));
            jedis.zadd("z", scores);
            ScanParams hundred = new ScanParams().count(100);
            Map<String, String> foundFields = new HashMap<>();
            Set<String> foundNames = new HashSet<>();
            Set<String> foundMembers = new HashSet<>();
            Map<String, Double> foundScores = new HashMap<>();
            String cursor = "0";
            do {
                ScanResult<Map.Entry<String, String>> page = jedis.hscan("h", cursor, hundred);
                page.getResult().forEach(found -> foundFields.put(found.getKey(), found.getValue()));
                cursor = page.getCursor();
            } while (!cursor.equals("0"));
            do {
                ScanResult<String> page = jedis.hscanNoValues("h", cursor, hundred);
                foundNames.addAll(page.getResult());
                cursor = page.getCursor();
            } while (!cursor.equals("0"));
            do {
                ScanResult<String> page =
                        jedis.sscan("s", cursor, new ScanParams().match("m*").count(100));
                foundMembers.addAll(page.getResult());
                cursor = page.getCursor();
            } while (!cursor.equals("0"));
            do {
                ScanResult<Tuple> page = jedis.zscan("z", cursor, hundred);
                page.getResult().forEach(found -> foundScores.put(found.getElement(), found.getScore()));
                cursor = page.getCursor();
            } while (!cursor.equals("0"));
            assertThat(foundFields).isEqualTo(fields);
            assertThat(foundNames).isEqualTo(fields.keySet());
            assertThat(foundMembers).isEqualTo(members);
            assertThat(foundScores).isEqualTo(scores);
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void sorted(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            jedis.rpush("l", "3", "1", "2");
            jedis.mset("w1", "30", "w2", "20", "w3", "10", "o1", "one");
            assertThat(jedis.sort("l")).containsExactly("1", "2", "3");
            assertThat(jedis.sort("l", new SortingParams().desc().limit(0, 2))).containsExactly("3", "2");
            assertThat(jedis.sort("l", new SortingParams().by("w*").get("#", "o*")))
                    .containsExactly("3", null, "2", null, "1", "one");
            assertThat(jedis.sort("l", "d")).isEqualTo(3);
            assertThat(jedis.sort("l", new SortingParams().alpha().desc(), "d")).isEqualTo(3);
            assertThat(jedis.lrange("d", 0, -1)).containsExactly("3", "2", "1");
            assertThat(jedis.sortReadonly("l", new SortingParams().limit(1, 1))).containsExactly("2");
            jedis.sadd("s", "b", "a");
            assertThatThrownBy(() -> jedis.sort("s"))
                    .hasMessage("ERR One or more scores can't be converted into double");
            assertThat(jedis.sort("s", new SortingParams().alpha())).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void bytesStayWhatTheyAre(RedisProtocol protocol) {
        try (RedisClient jedis = connect(protocol)) {
            byte[] key = {0, (byte) 0xff, '\r', '\n'};
            byte[] member = {(byte) 0xc3, '(', 0};
            jedis.hset(key, member, key);
            assertThat(jedis.hget(key, member)).isEqualTo(key);
            jedis.del(key);
            jedis.rpush(key, member, key);
            assertThat(jedis.lrange(key, 0, -1)).containsExactly(member, key);
            jedis.del(key);
            jedis.sadd(key, member);
            assertThat(new ArrayList<>(jedis.smembers(key))).singleElement().isEqualTo(member);
            jedis.del(key);
            jedis.zadd(key, 1.5, member);
            assertThat(jedis.zscore(key, member)).isEqualTo(1.5);
            assertThat(new TreeSet<>(jedis.keys("*"))).hasSize(1);
        }
    }
}
