package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What docs/differences.md says of the types is so, of Duet and of a real redis-server 7.0. */
class TypeDifferencesTest {
    private final EngineFixture t = new EngineFixture();

    /** Commands, the last of which redis-server answers with the first text and Duet with the second. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // 200 pairs of one member
                "ZADD z PAIRS; OBJECT ENCODING z | listpack | skiplist",
                "ZADD z 1 a; SORT z ALPHA; OBJECT ENCODING z | skiplist | listpack",
                "ZADD z 0.1 a; ZSCORE z a | 0.10000000000000001 | 0.1",
                "ZINCRBY z 0.1 a | 0.10000000000000001 | 0.1",
                "ZADD z 0.1 a; ZSCAN z 0 | [0, [a, 0.10000000000000001]] | [0, [a, 0.1]]",
                "ZADD z PAIRS; ZADD z 0.1 a; ZSCAN z 0 | [0, [a, 0.10000000000000001]] | [0, [a, 0.10000000000000001]]",
                "SADD s a b; OBJECT ENCODING s | hashtable | listpack",
                "RPUSH l a; OBJECT ENCODING l | quicklist | listpack",
                // a list of many nodes that keeps the two at its ends
                "CONFIG SET list-max-listpack-size 4; RPUSH l 1 2 3 4 5 6 7 8 9; LREM l 0 5; LTRIM l 3 6; LREM l 0 6; "
                        + "LREM l 0 7; OBJECT ENCODING l | quicklist | listpack"
            })
    void readsOtherwise(String commands, String theirs, String ours) throws IOException {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect()) {
            Object a = null;
            Object b = null;
            for (String command :
                    commands.replace("PAIRS", "1 a ".repeat(200).strip()).split(";")) {
                a = t.run(command.strip()).value();
                b = redis.run(command.strip());
            }
            assertThat(String.valueOf(b)).as("redis-server").isEqualTo(theirs);
            assertThat(String.valueOf(a).replace(".0]", "]")).as("Duet").isEqualTo(ours);
        }
    }

    @Test
    void moreByChanceThanAReplyHoldsIsRefusedWhereThereIsAKey() {
        t.run("SADD s a");
        t.run("ZADD z 1 a");
        t.run("HSET h f v");
        t.run("SRANDMEMBER s -2147483648").fails("ERR value is out of range");
        t.run("ZRANDMEMBER z -2147483648").fails("ERR value is out of range");
        t.run("HRANDFIELD h -16777217").fails("ERR value is out of range");
        for (String command : List.of("SRANDMEMBER", "ZRANDMEMBER", "HRANDFIELD")) {
            t.run(command + " nosuch -9223372036854775807").array();
        }
        t.run("HRANDFIELD s -16777217").fails("WRONGTYPE Operation against a key holding the wrong kind of value");
        t.run("HRANDFIELD nosuch -4611686018427387904 WITHVALUES").fails("ERR value is out of range");
        t.run("HRANDFIELD nosuch -4611686018427387903 WITHVALUES").array();
    }
}
