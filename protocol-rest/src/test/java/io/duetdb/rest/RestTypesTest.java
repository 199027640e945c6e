package io.duetdb.rest;

import static io.duetdb.rest.RestFixture.brief;
import static io.duetdb.rest.RestFixture.request;
import static io.duetdb.rest.RestFixture.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.EffectLog;
import io.duetdb.engine.kit.ManualClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How lists, hashes, sets and sorted sets look in JSON: integers are numbers, scores are strings, maps and pairs are flat
 * arrays, what is not there is null. Each script runs line by line in the body, in the path, and as one pipeline in base64.
 */
final class RestTypesTest {
    private static final Pattern STRING = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final String WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

    private final EffectLog effects = new EffectLog();
    private final Engine engine =
            new Engine(EngineOptions.of(new Settings(Engine.settings()), new ManualClock(), 1, 64L << 20)
                    .withPropagator(effects)
                    .withChecks());
    private final EmbeddedChannel channel = new EmbeddedChannel(new RestServer(
                    RestEngines.of(engine, () -> {}), RestOptions.of("secret").withReadOnlyToken("readers"))
            .newConnection());

    /** A command and the JSON that it answers; what begins with an exclamation mark is an error. */
    private record Line(String[] words, String json) {
        static List<Line> of(String script) {
            List<Line> lines = new ArrayList<>();
            for (String line : script.strip().split("\n")) {
                String[] parts = line.split(" => ", 2);
                lines.add(new Line(parts[0].split(" "), parts[1].replace("!WRONGTYPE", '!' + WRONG_TYPE)));
            }
            return lines;
        }

        boolean fails() {
            return json.startsWith("!");
        }

        String row() {
            StringBuilder row = new StringBuilder("[");
            for (String word : words) {
                row.append(row.length() > 1 ? "," : "").append('"').append(word).append('"');
            }
            return row.append(']').toString();
        }

        String path() {
            StringBuilder path = new StringBuilder();
            for (String word : words) {
                path.append('/');
                for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
                    path.append(Character.isLetterOrDigit(b) ? "" + (char) b : String.format("%%%02x", b & 0xff));
                }
            }
            return path.toString();
        }

        String item() {
            return fails() ? "{\"error\":\"" + json.substring(1) + "\"}" : "{\"result\":" + json + "}";
        }

        /** Every string of a result is encoded, but not the OK of a status. */
        String item64() {
            if (fails() || json.equals("\"OK\"")) {
                return item();
            }
            Matcher strings = STRING.matcher(json);
            return "{\"result\":" + strings.replaceAll(found -> '"' + encoded(found.group(1)) + '"') + "}";
        }
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private String send(String request) {
        channel.writeInbound(Unpooled.copiedBuffer(request, StandardCharsets.ISO_8859_1));
        StringBuilder s = new StringBuilder();
        for (int turn = 0; turn < 3; turn++) {
            engine.beforeSleep();
            channel.runScheduledPendingTasks();
            channel.runPendingTasks();
            for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
                s.append(part.toString(StandardCharsets.ISO_8859_1));
                part.release();
            }
        }
        return brief(s.toString());
    }

    private String get(String path) {
        return send(request("GET", path, "", ""));
    }

    private void answers(String script) {
        List<Line> lines = Line.of(script);
        for (Line line : lines) {
            assertThat(send(request("POST", "/", "", line.row())))
                    .as(line.row())
                    .isEqualTo((line.fails() ? "400 " : "200 ") + line.item());
        }
        flush();
        for (Line line : lines) {
            assertThat(get(line.path())).as(line.path()).isEqualTo((line.fails() ? "400 " : "200 ") + line.item());
        }
        flush();
        List<String> items = new ArrayList<>();
        lines.forEach(line -> items.add(line.item64()));
        List<String> rows = new ArrayList<>();
        lines.forEach(line -> rows.add(line.row()));
        String body = "[" + String.join(",", rows) + "]";
        String all = send(request("POST", "/pipeline", "Upstash-Encoding: base64\r\n", body));
        assertThat(all.replace("},{", "},\n{")).isEqualTo("200 [" + String.join(",\n", items) + "]");
    }

    private void flush() {
        assertThat(get("/flushall")).isEqualTo("200 {\"result\":\"OK\"}");
    }

    // ---- replies of each kind

    @Test
    void lists() {
        answers("""
                RPUSH l a b c => 3
                LPUSH l z => 4
                LPUSHX l y => 5
                RPUSHX nosuch y => 0
                RPUSHX l d => 6
                LRANGE l 0 -1 => ["y","z","a","b","c","d"]
                LRANGE nosuch 0 -1 => []
                LLEN l => 6
                LINDEX l 0 => "y"
                LINDEX l 99 => null
                LSET l 0 x => "OK"
                LSET l 99 x => !ERR index out of range
                LINSERT l BEFORE z w => 7
                LINSERT l AFTER nosuch w => -1
                LPOS l a => 3
                LPOS l nosuch => null
                LPOS l a COUNT 0 => [3]
                LPOS l nosuch COUNT 0 => []
                LREM l 0 w => 1
                LTRIM l 1 -1 => "OK"
                LPOP l => "z"
                RPOP l => "d"
                LPOP nosuch => null
                LPOP l 2 => ["a","b"]
                LPOP nosuch 2 => null
                LPOP l 0 => []
                RPUSH l d e => 3
                LMOVE l m LEFT RIGHT => "c"
                RPOPLPUSH l m => "e"
                LMOVE nosuch m LEFT RIGHT => null
                LMPOP 2 nosuch m LEFT COUNT 5 => ["m",["e","c"]]
                LMPOP 1 nosuch LEFT => null
                SET s v => "OK"
                LPUSH s x => !WRONGTYPE
                RPUSH l => !ERR wrong number of arguments for 'rpush' command
                """);
    }

    @Test
    void hashes() {
        answers("""
                HSET h f 1 g two => 2
                HSET h f 2 => 0
                HMSET h a b => "OK"
                HSETNX h f x => 0
                HSETNX h n x => 1
                HGET h f => "2"
                HGET h nosuch => null
                HGET nosuch f => null
                HMGET h f nosuch g => ["2",null,"two"]
                HMGET nosuch f g => [null,null]
                HGETALL nosuch => []
                HSTRLEN h g => 3
                HEXISTS h g => 1
                HLEN h => 4
                HDEL h n a nosuch => 2
                HGETALL h => ["f","2","g","two"]
                HKEYS h => ["f","g"]
                HVALS h => ["2","two"]
                HINCRBY h f 40 => 42
                HINCRBYFLOAT h f 0.5 => "42.5"
                HINCRBY h big 9007199254740993 => 9007199254740993
                HINCRBY h g 1 => !ERR hash value is not an integer
                HINCRBYFLOAT h g 1 => !ERR hash value is not a float
                HSET one f v => 1
                HRANDFIELD one => "f"
                HRANDFIELD nosuch => null
                HRANDFIELD one 5 => ["f"]
                HRANDFIELD one -2 => ["f","f"]
                HRANDFIELD one 1 WITHVALUES => ["f","v"]
                HRANDFIELD nosuch 1 => []
                HSCAN one 0 => ["0",["f","v"]]
                HSCAN one 0 NOVALUES => ["0",["f"]]
                HSCAN nosuch 0 => ["0",[]]
                LPUSH one x => !WRONGTYPE
                """);
    }

    @Test
    void fieldsWithTimesToLive() {
        answers("""
                HSET h a 1 b 2 => 2
                HEXPIRE h 100 FIELDS 2 a nosuch => [1,-2]
                HPEXPIRE h 1000 NX FIELDS 1 a => [0]
                HTTL h FIELDS 3 a b nosuch => [100,-1,-2]
                HPTTL h FIELDS 1 a => [100000]
                HPERSIST h FIELDS 2 a b => [1,-1]
                HEXPIREAT h 4000000000 FIELDS 1 a => [1]
                HEXPIRETIME h FIELDS 1 a => [4000000000]
                HPEXPIREAT h 4000000000500 FIELDS 1 a => [1]
                HPEXPIRETIME h FIELDS 1 a => [4000000000500]
                HEXPIRE h 0 FIELDS 1 b => [2]
                HEXPIRE nosuch 10 FIELDS 1 b => [-2]
                HTTL nosuch FIELDS 1 b => [-2]
                HSETEX h EX 100 FIELDS 2 c 3 d 4 => 1
                HSETEX h FNX FIELDS 1 c 9 => 0
                HGETEX h PERSIST FIELDS 2 c nosuch => ["3",null]
                HTTL h FIELDS 2 c d => [-1,100]
                HGETDEL h FIELDS 2 d nosuch => ["4",null]
                HGETDEL nosuch FIELDS 1 f => [null]
                HEXPIRE h x FIELDS 1 a => !ERR value is not an integer or out of range
                """);
    }

    @Test
    void sets() {
        answers("""
                SADD s a b c => 3
                SADD s a => 0
                SADD s => !ERR wrong number of arguments for 'sadd' command
                SCARD s => 3
                SISMEMBER s a => 1
                SMISMEMBER s a nosuch => [1,0]
                SMEMBERS nosuch => []
                SADD n 1 2 3 => 3
                SMEMBERS n => ["1","2","3"]
                SADD m 2 3 4 => 3
                SINTER n m => ["2","3"]
                SUNION n m => ["1","2","3","4"]
                SDIFF n m => ["1"]
                SDIFF nosuch => []
                SINTERCARD 2 n m LIMIT 1 => 1
                SINTERSTORE d n m => 2
                SUNIONSTORE d n m => 4
                SDIFFSTORE d n m => 1
                SMOVE n m 1 => 1
                SREM m 1 nosuch => 1
                SADD one x => 1
                SRANDMEMBER one => "x"
                SRANDMEMBER one -2 => ["x","x"]
                SRANDMEMBER nosuch => null
                SRANDMEMBER nosuch 2 => []
                SSCAN one 0 => ["0",["x"]]
                SPOP nosuch => null
                SPOP nosuch 2 => []
                SPOP one => "x"
                SADD one x => 1
                SPOP one 5 => ["x"]
                HSET s f v => !WRONGTYPE
                """);
    }

    @Test
    void sortedSets() {
        answers("""
                ZADD z 1 a 2.5 b 3 c => 3
                ZADD z CH 4 c => 1
                ZADD z NX INCR 1 a => null
                ZADD z INCR 1.5 a => "2.5"
                ZADD z XX 9 nosuch => 0
                ZADD z x y => !ERR value is not a valid float
                ZCARD z => 3
                ZSCORE z a => "2.5"
                ZSCORE z nosuch => null
                ZMSCORE z a nosuch => ["2.5",null]
                ZINCRBY z 0.5 a => "3"
                ZRANK z c => 2
                ZREVRANK z c => 0
                ZRANK z nosuch => null
                ZRANK z c WITHSCORE => [2,"4"]
                ZRANK nosuch c WITHSCORE => null
                ZCOUNT z (2.5 +inf => 2
                ZADD one inf x => 1
                ZSCORE one x => "inf"
                ZINCRBY one -inf x => !ERR resulting score is not a number (NaN)
                ZADD one -inf x => 0
                ZSCORE one x => "-inf"
                ZADD one 1e300 x 0.1 y => 1
                ZRANGE one 0 -1 WITHSCORES => ["y","0.1","x","1e+300"]
                ZADD r 7 x => 1
                ZRANDMEMBER r => "x"
                ZRANDMEMBER r -2 WITHSCORES => ["x","7","x","7"]
                ZRANDMEMBER nosuch => null
                ZRANDMEMBER nosuch 2 => []
                ZSCAN r 0 => ["0",["x","7"]]
                ZPOPMIN z => ["b","2.5"]
                ZPOPMAX z 2 => ["c","4","a","3"]
                ZPOPMIN nosuch => []
                ZADD z 1 a 2 b => 2
                ZMPOP 2 nosuch z MIN COUNT 5 => ["z",[["a","1"],["b","2"]]]
                ZMPOP 1 nosuch MIN => null
                ZREM r x nosuch => 1
                SET s v => "OK"
                ZRANGE s 0 -1 => !WRONGTYPE
                """);
    }

    @Test
    void rangesOfSortedSets() {
        answers("""
                ZADD z 2.5 b 3 a 4 c => 3
                ZRANGE z 0 -1 => ["b","a","c"]
                ZRANGE z 0 -1 WITHSCORES => ["b","2.5","a","3","c","4"]
                ZRANGE z 0 -1 REV => ["c","a","b"]
                ZRANGE z 2.5 (4 BYSCORE WITHSCORES => ["b","2.5","a","3"]
                ZRANGE z +inf -inf BYSCORE REV LIMIT 1 1 => ["a"]
                ZRANGE z x 1 BYSCORE => !ERR min or max is not a float
                ZRANGE nosuch 0 -1 => []
                ZREVRANGE z 0 0 WITHSCORES => ["c","4"]
                ZRANGEBYSCORE z -inf 3 LIMIT 0 1 => ["b"]
                ZREVRANGEBYSCORE z 3 -inf WITHSCORES => ["a","3","b","2.5"]
                ZADD l 0 a 0 b 0 c => 3
                ZRANGEBYLEX l [a (c => ["a","b"]
                ZREVRANGEBYLEX l + - LIMIT 0 2 => ["c","b"]
                ZRANGE l - + BYLEX LIMIT 1 1 => ["b"]
                ZRANGE l + [b BYLEX REV => ["c","b"]
                ZLEXCOUNT l - (c => 2
                ZRANGESTORE d z 0 1 => 2
                ZREMRANGEBYLEX l [a [a => 1
                ZREMRANGEBYRANK l 0 0 => 1
                ZREMRANGEBYSCORE l -inf +inf => 1
                """);
    }

    @Test
    void algebraOfSortedSets() {
        answers("""
                ZADD z 2.5 b 3 a 4 c => 3
                ZADD y 1 a 2 x => 2
                ZUNION 2 z y => ["x","b","a","c"]
                ZUNION 2 z y WEIGHTS 1 2 AGGREGATE MAX WITHSCORES => ["b","2.5","a","3","c","4","x","4"]
                ZINTER 2 z y WITHSCORES => ["a","4"]
                ZINTER 2 z nosuch => []
                ZINTERCARD 2 z y => 1
                ZDIFF 2 z y => ["b","c"]
                ZDIFF 2 z y WITHSCORES => ["b","2.5","c","4"]
                ZUNIONSTORE d 2 z y => 4
                ZINTERSTORE d 2 z y => 1
                ZDIFFSTORE d 2 z y => 2
                ZUNION 2 z y WEIGHTS 1 x => !ERR weight value is not a float
                """);
    }

    @Test
    void sorted() {
        answers("""
                RPUSH l 3 1 2 => 3
                SORT l => ["1","2","3"]
                SORT l DESC LIMIT 0 2 => ["3","2"]
                MSET w1 30 w2 20 w3 10 o1 one => "OK"
                SORT l BY w* => ["3","2","1"]
                SORT l BY w* GET # GET o* => ["3",null,"2",null,"1","one"]
                SORT l ALPHA STORE d => 3
                SORT_RO l => ["1","2","3"]
                SORT_RO l STORE d => !ERR syntax error
                SORT nosuch => []
                RPUSH t x => 1
                SORT t => !ERR One or more scores can't be converted into double
                """);
    }

    @Test
    void bytesThatAreNoTextStayWhatTheyAreInBase64() {
        String base64 = "Upstash-Encoding: base64\r\n";
        assertThat(get("/hset/h/%ff%00/%fe")).isEqualTo("200 {\"result\":1}");
        assertThat(send(request("POST", "/", base64, "[\"HGETALL\",\"h\"]")))
                .isEqualTo("200 {\"result\":[\"/wA=\",\"/g==\"]}");
        assertThat(get("/hgetall/h"))
                .isEqualTo("200 {\"result\":[\"" + utf8("\ufffd") + "\\u0000\",\"" + utf8("\ufffd") + "\"]}");
        assertThat(get("/zadd/z/1/OK/2/%c3%28")).isEqualTo("200 {\"result\":2}");
        assertThat(send(request("POST", "/pipeline", base64, "[[\"ZRANGE\",\"z\",0,-1,\"WITHSCORES\"]]")))
                .isEqualTo("200 [{\"result\":[\"T0s=\",\"MQ==\",\"wyg=\",\"Mg==\"]}]");
    }

    @Test
    void manyElementsAreOneReply() {
        StringBuilder rows = new StringBuilder("[\"RPUSH\",\"l\"");
        StringBuilder elements = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            rows.append(",\"element ").append(i).append('"');
            elements.append(i == 0 ? "" : ",").append("\"element ").append(i).append('"');
        }
        assertThat(send(request("POST", "/", "", rows.append(']').toString()))).isEqualTo("200 {\"result\":20000}");
        assertThat(get("/lrange/l/0/-1")).isEqualTo("200 {\"result\":[" + elements + "]}");
    }

    // ---- who may

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/lrange/k/0/1",
                "/llen/k",
                "/hget/k/f",
                "/hgetall/k",
                "/httl/k/fields/1/f",
                "/smembers/k",
                "/sinter/k/l",
                "/zrange/k/0/1",
                "/zunion/1/k",
                "/hscan/k/0",
                "/sscan/k/0",
                "/zscan/k/0"
            })
    void theReadOnlyTokenReads(String path) {
        assertThat(reader(path)).startsWith("200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/lpush/k/v",
                "/lpop/k",
                "/lmove/k/l/left/left",
                "/hset/k/f/v",
                "/hgetdel/k/fields/1/f",
                "/hexpire/k/1/fields/1/f",
                "/sadd/k/v",
                "/spop/k",
                "/sinterstore/k/l",
                "/zadd/k/1/v",
                "/zpopmin/k",
                "/zrangestore/k/l/0/1",
                "/sort/k",
                "/sort_ro/k"
            })
    void theReadOnlyTokenDoesNotWrite(String path) {
        assertThat(reader(path))
                .isEqualTo("400 {\"error\":\"NOPERM this user has no permissions to run the '" + path.split("/")[1]
                        + "' command or its subcommand\"}");
    }

    private String reader(String path) {
        return send("GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer readers\r\n\r\n");
    }

    // ---- where Upstash differs from Redis

    @Test
    void ranksMayBeLimited() {
        answers("""
                ZADD z 1 a 2 b 3 c 4 d => 4
                ZRANGE z 0 -1 LIMIT 1 2 => ["b","c"]
                ZRANGE z 0 -1 REV LIMIT 1 2 WITHSCORES => ["c","3","b","2"]
                ZRANGE z 1 2 LIMIT 1 5 => ["c"]
                ZRANGE z 0 -1 LIMIT 1 -1 => ["b","c","d"]
                ZRANGE z 0 -1 LIMIT 9 1 => []
                ZRANGE z 0 -1 LIMIT -1 1 => []
                ZRANGE z 0 -1 LIMIT 0 0 => []
                ZRANGE z 9223372036854775807 -9223372036854775808 LIMIT 1 1 => []
                ZRANGE z 0 -1 LIMIT x 1 => !ERR value is not an integer or out of range
                ZRANGESTORE d z 0 -1 LIMIT 2 2 => 2
                ZRANGE d 0 -1 => ["c","d"]
                ZRANGESTORE d z 0 -1 REV LIMIT 0 1 => 1
                ZRANGE d 0 -1 => ["d"]
                ZRANGESTORE d z 0 -1 LIMIT 9 1 => 0
                EXISTS d => 0
                ZRANGE z 1 4 BYSCORE LIMIT 1 2 => ["b","c"]
                ZRANGE nosuch 0 -1 LIMIT 1 2 => []
                """);
        String error = "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX";
        assertThat(get("/zrevrange/z/0/-1/limit/0/1")).isEqualTo("400 {\"error\":\"" + error + "\"}");
    }

    @Test
    void whatLimitedRanksStoredIsAnEffectThatEveryoneUnderstands() {
        get("/zadd/z/1/a/2/b/3/c/4/d");
        effects.take();
        get("/zrangestore/d/z/1/-1/limit/1/2");
        get("/zrangestore/d/z/-3/-1/rev/limit/1/1");
        get("/zrangestore/d/z/0/-1/limit/9/1");
        get("/zrangestore/d/z/0/-1/limit/9/1");
        get("/zrangestore/d/z/0/-1");
        assertThat(effects.take())
                .containsExactly("ZRANGESTORE d z 2 3", "ZRANGESTORE d z 2 2 REV", "DEL d", "zrangestore d z 0 -1");
    }

    @Test
    void aScanShowsTheTypes() {
        get("/rpush/l/a");
        get("/hset/h/f/v");
        get("/sadd/s/a");
        get("/zadd/z/1/a");
        for (String pair : List.of("l list", "h hash", "s set", "z zset")) {
            String[] words = pair.split(" ");
            assertThat(get("/scan/0/match/" + words[0] + "/withtype"))
                    .isEqualTo("200 {\"result\":[\"0\",[\"" + words[0] + "\",\"" + words[1] + "\"]]}");
            assertThat(get("/scan/0/type/" + words[1])).isEqualTo("200 {\"result\":[\"0\",[\"" + words[0] + "\"]]}");
        }
        assertThat(get("/copy/l/l")).isEqualTo("200 {\"result\":0}");
    }
}
