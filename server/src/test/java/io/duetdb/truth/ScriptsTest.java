package io.duetdb.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Commands that are not made at random, because they stop or mute somebody when they succeed, as scripts for both sides.
 * What remains of them here replies once and leaves everybody alive.
 */
class ScriptsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SHUTDOWN SAVE NOSAVE;SHUTDOWN FOO;SHUTDOWN ABORT;SHUTDOWN ABORT NOW;SHUTDOWN NOW FOO",
                "DEBUG ERROR text;DEBUG PROTOCOL string;DEBUG PROTOCOL integer;DEBUG PROTOCOL double;DEBUG PROTOCOL bignum;"
                        + "DEBUG PROTOCOL null;DEBUG PROTOCOL array;DEBUG PROTOCOL set;DEBUG PROTOCOL map;"
                        + "DEBUG PROTOCOL verbatim;DEBUG PROTOCOL true;DEBUG PROTOCOL false",
                "DEBUG NOSUCH;DEBUG DIGEST x;DEBUG SET-ACTIVE-EXPIRE 0;DEBUG SET-ACTIVE-EXPIRE 1;DEBUG OBJECT nokey",
                "DEBUG POPULATE 30;DBSIZE;GET key:7;DEBUG POPULATE 5 p 20;GET p:3;DEBUG POPULATE -1;DEBUG DIGEST",
                "CLIENT REPLY FOO;CLIENT REPLY;CLIENT PAUSE;CLIENT PAUSE abc;CLIENT PAUSE -1;CLIENT PAUSE 10 FOO;CLIENT UNPAUSE",
                "CLIENT KILL;CLIENT KILL 1.1.1.1:1;CLIENT KILL ID 999999;CLIENT KILL ID abc;CLIENT KILL FOO bar;"
                        + "CLIENT KILL TYPE foo;CLIENT KILL USER nobody",
                "SET k v;MIGRATE;MIGRATE h 1 k 0;MIGRATE h 1 nokey 0 10;MIGRATE h 1 k 0 10 FOO;MIGRATE h 1 k x 10;"
                        + "MIGRATE h 1 k 0 x;MIGRATE h 1 k 0 10 AUTH;MIGRATE h 1 k 0 10 AUTH2 a;MIGRATE h 1 k 0 10 KEYS k;"
                        + "MIGRATE 127.0.0.1 x nokey 0 10 COPY REPLACE AUTH a;COMMAND GETKEYS MIGRATE h 1 k 0 1 KEYS a;"
                        + "COMMAND GETKEYSANDFLAGS MIGRATE h 1 k 0 1 AUTH KEYS",
                "SAVE x;BGSAVE FOO;BGSAVE SCHEDULE x;BGREWRITEAOF x;LASTSAVE x;DEBUG RELOAD FOO"
            })
    void bothReplyAlike(String script) throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        for (int client = 0; client < 2; client++) {
            List<Step> steps = new ArrayList<>();
            steps.add(Step.line(1, "HELLO 3"));
            for (String line : script.split(";")) {
                steps.add(Step.line(client, line));
            }
            try (Comparison comparison =
                    new Comparison(step -> step.upper(0).toLowerCase(Locale.ROOT), new Differences(), null)) {
                Comparison.Difference difference = comparison.run(steps);
                assertThat(difference == null ? "" : difference.text()).isEmpty();
            }
        }
    }
}
