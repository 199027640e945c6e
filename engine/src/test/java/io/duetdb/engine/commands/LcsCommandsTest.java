package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LcsCommandsTest {
    private final EngineFixture t = new EngineFixture();

    @Test
    void findsWhatTwoStringsShare() {
        t.run("MSET a ohmytext b mynewtext");
        t.run("LCS a b").replies("mytext");
        t.run("LCS a b LEN").replies(6);
        Object matches = List.of(List.of(List.of(4L, 7L), List.of(5L, 8L)), List.of(List.of(2L, 3L), List.of(0L, 1L)));
        t.run("LCS a b IDX").replies(Map.of("matches", matches, "len", 6L));
        t.run("LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN")
                .replies(Map.of("matches", List.of(List.of(List.of(4L, 7L), List.of(5L, 8L), 4L)), "len", 6L));
        t.run("LCS a nothing").replies("");
        t.run("LCS nothing b LEN").replies(0);
        t.run("LCS nothing none IDX").replies(Map.of("matches", List.of(), "len", 0L));
    }

    @Test
    void optionsAndSizesAreChecked() {
        t.run("MSET a ohmytext b mynewtext");
        t.run("LCS a b LEN IDX").fails("ERR If you want both the length and indexes, please just use IDX.");
        t.run("LCS a b FOO").fails("ERR syntax error");
        t.run("LCS a b MINMATCHLEN").fails("ERR syntax error");
        t.run("LCS a b MINMATCHLEN x").fails("ERR value is not an integer or out of range");
        t.run("LCS a").fails("ERR wrong number of arguments for 'lcs' command");
        t.run("SETRANGE a 11999 x");
        t.run("SETRANGE b 11999 x");
        t.run("LCS a b LEN").fails("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
        t.run("SETRANGE c 2000 x");
        t.run("LCS a c LEN").replies(2001);
    }

    @Test
    void theAnswersAreThoseOfARealServer() throws Exception {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        Random random = new Random(8);
        try (RedisServer server = RedisServer.start();
                RespClient redis = server.connect()) {
            redis.run("HELLO 3");
            for (int i = 0; i < 400; i++) {
                String set = "MSET a " + word(random) + " b " + word(random);
                t.run(set);
                redis.run(set);
                for (String options :
                        new String[] {"", " LEN", " IDX", " IDX WITHMATCHLEN MINMATCHLEN " + (random.nextInt(5) - 1)}) {
                    assertThat(t.run("LCS a b" + options).value())
                            .as("%s%s", set, options)
                            .isEqualTo(redis.run("LCS a b" + options));
                }
            }
        }
    }

    private static String word(Random random) {
        int letters = 1 + random.nextInt(4);
        StringBuilder s = new StringBuilder("\"");
        for (int i = random.nextInt(random.nextInt(8) == 0 ? 200 : 12); i > 0; i--) {
            s.append((char) ('a' + random.nextInt(letters)));
        }
        return s.append('"').toString();
    }
}
