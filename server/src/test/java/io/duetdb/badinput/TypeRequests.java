package io.duetdb.badinput;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Requests to lists, hashes, sets, sorted sets and SORT of which most are wrong: well-formed ones with each word replaced
 * by each of many bad ones, left out and doubled; options in every order, doubled, and those that exclude each other.
 */
final class TypeRequests {
    /** With so many elements at most a list is a listpack. */
    static final String LISTPACK_ELEMENTS = "6";

    /** Keys of every type and of more than one encoding; all of them are compared after each request. */
    static final List<List<String>> STATE = List.of(
            words("FLUSHALL"),
            words("SET string text"),
            words("SET number 5"),
            words("RPUSH list 3 a 1 -7.5 b 3"),
            words("RPUSH long a b c d e f 3"),
            words("HSET hash f 1 g 2.5 h text i 9223372036854775807 j inf"),
            words("HSET wide f 1 g " + "x".repeat(70)),
            words("SADD ints 1 2 3 17"),
            words("SADD set a b 3 f g"),
            words("ZADD zset -inf a 1 b 2.5 c 2.5 d inf e"),
            words("ZADD lex 0 a 0 b 0 c 0 " + "x".repeat(70)));

    static final List<String> KEYS = List.of(
            "string", "number", "list", "long", "hash", "wide", "ints", "set", "zset", "lex", "dst", "", "nosuch");

    private static final List<String> BASES = lines("""
            LPUSH list x y
            RPUSH list x
            LPUSHX list x
            RPUSHX nosuch x
            LLEN list
            LINDEX list 1
            LSET list 1 x
            LRANGE list 0 -1
            LTRIM list 1 2
            LREM list 1 3
            LINSERT list BEFORE a x
            LINSERT list AFTER nosuch x
            LPOP list
            LPOP list 2
            RPOP long 1
            LPOS list 3
            LPOS list 3 RANK 1 COUNT 2 MAXLEN 3
            LMOVE list long LEFT RIGHT
            LMOVE list list RIGHT LEFT
            RPOPLPUSH list dst
            LMPOP 1 list LEFT
            LMPOP 2 nosuch list RIGHT COUNT 2
            HSET hash f x
            HSET hash f x n y
            HMSET wide f x n y
            HSETNX hash n x
            HGET hash f
            HMGET hash f nosuch
            HGETALL hash
            HKEYS hash
            HVALS hash
            HLEN hash
            HEXISTS hash f
            HSTRLEN hash f
            HDEL hash f nosuch
            HINCRBY hash f 2
            HINCRBY hash i 1
            HINCRBYFLOAT hash g 1.5
            HINCRBYFLOAT hash j 1
            HRANDFIELD hash
            HRANDFIELD hash 2
            HRANDFIELD hash 2 WITHVALUES
            HSCAN hash 0
            HSCAN wide 0 MATCH * COUNT 10
            SADD set x y
            SADD ints 5
            SREM set a nosuch
            SCARD set
            SISMEMBER set a
            SMISMEMBER ints 1 4
            SMEMBERS ints
            SMOVE ints set 1
            SPOP nosuch
            SPOP set 1
            SRANDMEMBER ints
            SRANDMEMBER ints 2
            SSCAN set 0
            SSCAN ints 0 MATCH * COUNT 10
            SINTER set ints
            SUNION set ints
            SDIFF set ints
            SINTERSTORE dst set ints
            SUNIONSTORE dst set ints
            SDIFFSTORE list ints set
            SINTERCARD 2 set ints
            SINTERCARD 2 set ints LIMIT 1
            ZADD zset 3 x
            ZADD zset 3 x 4 y
            ZADD zset NX CH 3 x
            ZADD zset XX GT INCR 3 b
            ZINCRBY zset 1.5 b
            ZINCRBY zset -inf e
            ZCARD zset
            ZSCORE zset b
            ZMSCORE zset b nosuch
            ZRANK zset b
            ZREVRANK zset b
            ZREM zset b nosuch
            ZCOUNT zset 1 2
            ZLEXCOUNT lex [a [c
            ZRANGE zset 0 -1
            ZRANGE zset 0 -1 WITHSCORES
            ZRANGE zset 1 2.5 BYSCORE LIMIT 0 1
            ZRANGE lex [a (c BYLEX
            ZREVRANGE zset 0 1 WITHSCORES
            ZRANGEBYSCORE zset (1 +inf LIMIT 0 1
            ZREVRANGEBYSCORE zset +inf 1 WITHSCORES
            ZRANGEBYLEX lex - (c LIMIT 0 1
            ZREVRANGEBYLEX lex + [a
            ZRANGESTORE dst zset 0 1
            ZRANGESTORE dst zset 1 2 BYSCORE REV LIMIT 0 1
            ZREMRANGEBYRANK zset 0 1
            ZREMRANGEBYSCORE zset 1 (2.5
            ZREMRANGEBYLEX lex [a (c
            ZPOPMIN zset
            ZPOPMAX zset 2
            ZMPOP 1 zset MIN
            ZMPOP 2 nosuch zset MAX COUNT 2
            ZRANDMEMBER zset
            ZRANDMEMBER zset 2
            ZRANDMEMBER zset 2 WITHSCORES
            ZSCAN zset 0
            ZSCAN lex 0 MATCH * COUNT 10
            ZUNION 2 zset lex WEIGHTS 1 2 AGGREGATE MAX WITHSCORES
            ZINTER 2 zset set
            ZDIFF 2 zset lex WITHSCORES
            ZINTERCARD 2 zset lex LIMIT 1
            ZUNIONSTORE dst 2 zset set WEIGHTS 1 2
            ZINTERSTORE zset 2 zset lex AGGREGATE MIN
            ZDIFFSTORE dst 2 zset lex
            SORT ints
            SORT list ALPHA LIMIT 0 2
            SORT ints BY w* GET # DESC
            SORT zset BY nosort STORE dst
            SORT_RO ints LIMIT 0 1
            """);

    /** What stands where something else is wanted. */
    private static final List<String> BAD = bad();

    private static final List<String> WORST = words("x -1 0 1.5 nan ( string -2147483649 -4611686018427387904 "
            + "9223372036854775807 -9223372036854775808 9223372036854775808");

    private static final Set<String> OUT_OF_RANGE = Set.of("-9223372036854775808", "-9223372036854775809");

    private TypeRequests() {}

    private static List<String> bad() {
        Set<String> all = new LinkedHashSet<>(KEYS);
        // numbers, and nearly
        all.addAll(words("0 1 -1 2 9223372036854775807 9223372036854775808 -9223372036854775807 -9223372036854775808 "
                + "-9223372036854775809 -4611686018427387904 2147483648 -2147483648 -2147483649 4294967296 "
                + "18446744073709551616 01 +1 -0 1.5 1e3 0x10 1e 1,5 abc"));
        all.addAll(List.of(" 1", "1 ", "1\0", "\0", "a\0b", "\r\n", "\u00ff\u00fe", "-", "+", "--1", "*", "#"));
        // scores
        all.addAll(words("nan -nan NaN inf -inf +inf Infinity infinit 1e308 1e309 -1e309 1e-400 4.9e-324 0x1p3 "
                + "1.7976931348623157e308 0.30000000000000004 123456789012345678901234567890 1e+3 .5 5. . e1"));
        // bounds
        all.addAll(words("( (1 (1.5 (inf (-inf (nan ((1 (a [ [1 [a [[a [x 1( -x +x (-1"));
        // words that mean something elsewhere
        all.addAll(words("NX WITHSCORES LIMIT BYSCORE STORE left MIN AGGREGATE weights BEFORE nosort w* f->g"));
        all.add("x".repeat(300));
        return List.copyOf(all);
    }

    /** All of them. */
    static Collection<List<String>> all() {
        Set<List<String>> all = new LinkedHashSet<>();
        for (String line : BASES) {
            List<String> base = words(line);
            all.add(base);
            for (int n = 1; n < base.size(); n++) {
                all.add(base.subList(0, n));
            }
            for (int at = 1; at < base.size(); at++) {
                for (String word : BAD) {
                    all.add(with(base, at, word));
                }
                List<String> twice = new ArrayList<>(base);
                twice.add(at, base.get(at));
                all.add(twice);
                List<String> without = new ArrayList<>(base);
                without.remove(at);
                all.add(without);
            }
            for (String key : KEYS) {
                all.add(with(base, base.size(), key));
            }
            twoFaults(all, base);
        }
        combine(all);
        all.removeIf(TypeRequests::neverEnds);
        all.removeIf(TypeRequests::isNewer);
        return all;
    }

    /** Which of two faults is told shows in which order they are looked for. */
    private static void twoFaults(Set<List<String>> all, List<String> base) {
        for (int first = 1; first < base.size(); first++) {
            for (String key : List.of("string", "nosuch", "x")) {
                List<String> wrong = with(base, first, key);
                for (int second = first + 1; second < base.size(); second++) {
                    for (String word : WORST) {
                        all.add(with(wrong, second, word));
                    }
                }
            }
        }
    }

    private static List<String> with(List<String> base, int at, String word) {
        List<String> changed = new ArrayList<>(base);
        if (at < base.size()) {
            changed.set(at, word);
        } else {
            changed.add(word);
        }
        return changed;
    }

    private static void combine(Set<List<String>> all) {
        String[] pairs = {"3 b", "3 b 4 x", "3", "x b", "3 b x y", "nan b", ""};
        for (String pair : pairs) {
            options(all, "ZADD zset", 3, pair, "NX", "xx", "GT", "LT", "CH", "INCR");
        }
        String[] ranges = {"BYSCORE", "bylex", "REV", "WITHSCORES", "LIMIT 0 1", "LIMIT 2 -1", "LIMIT 1", "LIMIT x 1"};
        for (String bounds : List.of("0 -1", "(1 2", "[a [b", "- +")) {
            options(all, "ZRANGE zset " + bounds, 3, "", ranges);
            options(all, "ZRANGESTORE dst zset " + bounds, 2, "", ranges);
            for (String name :
                    List.of("ZREVRANGE", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE", "ZRANGEBYLEX", "ZREVRANGEBYLEX")) {
                options(all, name + " lex " + bounds, 2, "", ranges);
            }
        }
        String[] algebra = {
            "WEIGHTS 1 2",
            "weights 1",
            "WEIGHTS x 1",
            "WEIGHTS nan 1",
            "WEIGHTS inf 0",
            "WEIGHTS",
            "AGGREGATE MAX",
            "aggregate min",
            "AGGREGATE x",
            "AGGREGATE",
            "WITHSCORES",
            "LIMIT 1",
            "LIMIT -1"
        };
        for (String name : List.of("ZUNION", "ZINTER", "ZDIFF", "ZINTERCARD")) {
            options(all, name + " 2 zset lex", 2, "", algebra);
        }
        for (String name : List.of("ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE")) {
            options(all, name + " dst 2 zset lex", 2, "", algebra);
        }
        options(all, "SINTERCARD 2 set ints", 2, "", "LIMIT 1", "LIMIT 0", "LIMIT -1", "LIMIT x", "LIMIT", "x");
        options(
                all,
                "LPOS list 3",
                2,
                "",
                "RANK 1 RANK -1 RANK 0 RANK x RANK COUNT 0 COUNT 1 COUNT -1 COUNT MAXLEN 0 MAXLEN 2 MAXLEN -1"
                        .split(" (?=[A-Z])"));
        for (String name : List.of("LMPOP 2 nosuch list LEFT", "ZMPOP 2 nosuch zset MIN")) {
            options(all, name, 2, "", "COUNT 1", "COUNT 0", "COUNT -1", "COUNT x", "COUNT", "LEFT", "MAX");
        }
        for (String name : List.of("HSCAN hash", "SSCAN set", "ZSCAN zset", "HSCAN nosuch", "ZSCAN string")) {
            for (String cursor : List.of("0", "x", "-1", "18446744073709551616")) {
                options(all, name + " " + cursor, 2, "", "MATCH *", "COUNT 1", "COUNT 0", "COUNT x", "MATCH", "x y");
            }
        }
        for (String key : KEYS) {
            options(
                    all,
                    "SORT " + key,
                    2,
                    "",
                    ("BY nosort;BY w*;BY;LIMIT 0 2;LIMIT -1 -1;LIMIT x 1;LIMIT 1;ASC;DESC;ALPHA;GET #;GET w*;GET;"
                                    + "STORE dst;STORE")
                            .split(";"));
        }
        options(all, "SORT_RO ints", 2, "", "BY w*", "LIMIT 0 1", "DESC", "STORE dst", "STORE", "x");
    }

    /** The options in every order, up to {@code most} of them, also twice the same. */
    private static void options(Set<List<String>> all, String begin, int most, String end, String... options) {
        all.add(words(begin + " " + end));
        if (most > 0) {
            for (String option : options) {
                options(all, begin + " " + option, most - 1, end, options);
            }
        }
    }

    /** Random elements without end, which nobody can wait for. */
    private static boolean neverEnds(List<String> request) {
        return request.size() > 2
                && request.get(2).matches("-\\d{10,19}")
                && !OUT_OF_RANGE.contains(request.get(2))
                && (request.get(0) + " " + request.get(1))
                        .matches("SRANDMEMBER (ints|set)|HRANDFIELD (hash|wide)|ZRANDMEMBER (zset|lex)");
    }

    /** What the real server is too old for. */
    private static boolean isNewer(List<String> request) {
        return request.get(0).equals("LPOS") && request.contains("-9223372036854775808")
                || request.get(0).matches("Z(REV)?RANK") && request.size() > 3;
    }

    private static List<String> lines(String text) {
        return text.strip().lines().toList();
    }

    private static List<String> words(String line) {
        return List.of(line.strip().split(" +"));
    }
}
