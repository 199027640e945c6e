package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.events.KeyEventListener;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ManualClock;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.TestConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** All key events, new keys and misses included, in the order in which a real server tells them. */
class KeyEventsTest {
    private static final List<String> SCRIPT = """
            SET a 5
            SET a 6
            SET b x PX 100000
            RENAME a b
            SET c 1
            RENAMENX b c
            RENAMENX b b2
            RENAME b2 b2
            RENAME nothing x
            COPY b2 c
            COPY b2 c REPLACE
            COPY b2 c DB 3
            COPY b2 b2 DB 3
            COPY nothing y
            MOVE c 3
            MOVE c 5
            MOVE nothing 5
            SWAPDB 0 5
            SWAPDB 5 0
            SETRANGE b2 0 ""
            SETRANGE new 5 ""
            SETRANGE new 5 xx
            SETRANGE new 1 y
            GETRANGE new 1 2
            INCRBYFLOAT f 3.0
            INCRBYFLOAT f 1
            INCR f
            INCR counter
            GET nothing
            GETRANGE nothing 0 1
            STRLEN nothing
            EXISTS nothing a b2
            OBJECT ENCODING nothing
            OBJECT IDLETIME nothing
            TTL nothing
            PEXPIRETIME nothing
            TYPE nothing
            TOUCH nothing b2
            LCS nothing none
            GETDEL nothing
            GETDEL f
            GETEX nothing
            GETEX b2 EX 100
            GETEX b2 PERSIST
            APPEND p x
            APPEND p x
            MGET z b2 z
            SET q 1 XX
            SET q 1 XX GET
            SET q 1 NX GET
            GETSET r 1
            MSET x1 1 x1 2
            MSETNX x1 1 x2 2
            MSETNX x3 1 x4 2
            PERSIST nothing
            EXPIRE nothing 10
            EXPIRE b2 10
            EXPIRE b2 -1
            SETNX sn 1
            SETNX sn 1
            SETEX se 100 v
            ZADD z 1 a 2 b 3 c
            ZADD z 1 a 5 b
            ZADD z 1 a
            ZADD z XX 1 d
            ZADD y XX 1 d
            ZADD z INCR 1 a
            ZINCRBY z 1 a
            ZINCRBY z 0 a
            ZINCRBY y 1 a
            ZSCORE nothing a
            ZMSCORE nothing a
            ZCARD nothing
            ZRANK nothing a
            ZCOUNT nothing 0 1
            ZLEXCOUNT nothing - +
            ZRANGE nothing 0 1
            ZRANDMEMBER nothing
            ZRANDMEMBER nothing 3
            ZSCAN nothing 0
            ZREM nothing a
            ZREM z a b
            ZPOPMIN nothing
            ZMPOP 2 nothing z MIN
            ZADD z 1 a 2 b 3 c
            ZPOPMAX z
            ZPOPMIN z 5
            ZADD z 1 a 2 b 3 c 4 d
            ZRANGESTORE zr z 0 1
            ZRANGESTORE zr z 0 1
            ZRANGESTORE zr z 7 8
            ZRANGESTORE zr z 7 8
            ZRANGESTORE zr nothing 7 8
            ZUNIONSTORE zu 3 z y nothing
            ZINTERSTORE zi 2 z y
            ZINTERSTORE zi 2 z nothing
            ZDIFFSTORE zd 2 z y
            ZINTERCARD 2 nothing z
            ZUNION 2 nothing z
            ZDIFF 2 nothing z
            ZREMRANGEBYRANK z 0 0
            ZREMRANGEBYRANK z 7 8
            ZREMRANGEBYLEX z [b [b
            ZREMRANGEBYSCORE z -inf inf
            ZREMRANGEBYSCORE nothing -inf inf
            WAIT 0 0
            DEBUG POPULATE 2 pp
            HSET h a 1
            HSET h a 2 b 3
            HMSET h c 4
            HSET x1 a 1
            HSET h a
            HSETNX h a 1
            HSETNX h2 a 1
            HINCRBY h n 3
            HINCRBY h5 n 3
            HINCRBY h n x
            HINCRBYFLOAT h n 1.5
            HINCRBYFLOAT h6 n 1.5
            HDEL h zz
            HDEL h b
            HDEL h2 zz a
            HDEL nothing a
            HGET nothing a
            HGET h zz
            HMGET nothing a
            HGETALL nothing
            HKEYS nothing
            HVALS nothing
            HLEN nothing
            HSTRLEN nothing a
            HEXISTS nothing a
            HSCAN nothing 0
            HRANDFIELD nothing
            HRANDFIELD nothing 3
            RENAME h h3
            COPY h3 h4
            MOVE h3 3
            DEL h4 h5
            DEL x1 nothing sn
            UNLINK x3
            FLUSHDB
            SADD set a b 1
            SADD set a
            SADD ints 1 2
            SMOVE set other a
            SMOVE set other nothing
            SMOVE set set b
            SMOVE ints other 1
            SMOVE ints new 2
            SMEMBERS nothing
            SPOP nothing
            SPOP nothing 3
            SPOP set 0
            SPOP new
            SINTER set nothing other
            SINTERCARD 2 set nothing
            SUNIONSTORE sum set other nothing
            SUNIONSTORE sum set
            SINTERSTORE sum set nothing
            SINTERSTORE sum set nothing
            SDIFFSTORE sum set other
            SET text v EX 100
            SDIFFSTORE text set other
            SDIFFSTORE text nothing set
            SREM set b x
            SREM set 1
            SPOP other 100
            SPOP sum 1
            FLUSHDB
            """.lines().toList();

    private final List<String> events = new ArrayList<>();
    private final KeyEventListener listener = new KeyEventListener() {
        @Override
        public void event(KeyEvent event, int db, byte[] key, int offset, int length) {
            events.add(db + " " + event.label() + " " + new String(key, offset, length, StandardCharsets.ISO_8859_1));
        }

        @Override
        public boolean wants(KeyEvent event) {
            return true;
        }
    };

    @Test
    void eventsComeAsFromARealServer() throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        Engine engine = new Engine(EngineOptions.of(new Settings(Engine.settings()), new ManualClock(), 1, 64L << 20)
                .withChecks()
                .withEvents(listener));
        TestConnection connection = new TestConnection();
        Client client = engine.connect(connection);
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect();
                RespClient subscriber = server.connect()) {
            redis.run("CONFIG SET notify-keyspace-events KEAnm");
            subscriber.run("PSUBSCRIBE __keyevent@*");
            for (String line : SCRIPT) {
                Argv argv = Argv.of(EngineFixture.words(line));
                engine.execute(client, new Argv[] {argv}, 1);
                connection.take();
                engine.beforeSleep();
                redis.run(line);
                assertThat(events).as(line).isEqualTo(told(redis, subscriber));
                events.clear();
            }
        }
    }

    private static List<String> told(RespClient redis, RespClient subscriber) throws Exception {
        redis.run("PUBLISH __keyevent@0__:that all");
        List<String> told = new ArrayList<>();
        while (true) {
            List<?> message = (List<?>) subscriber.read();
            String channel = ((String) message.get(2)).substring("__keyevent@".length());
            if (channel.equals("0__:that")) {
                return told;
            }
            told.add(channel.replace("__:", " ") + " " + message.get(3));
        }
    }

    @Test
    void newKeysAndMissesAreOnlyToldWhenAskedFor() {
        EngineFixture t = new EngineFixture();
        t.run("GET k");
        t.run("SET k v");
        t.events("set:k");
    }
}
