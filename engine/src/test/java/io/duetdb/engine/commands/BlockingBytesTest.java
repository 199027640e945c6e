package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What three clients are told, byte by byte, by the engine and by a real redis-server. */
class BlockingBytesTest {
    /** Each line: a client's number and its command, or the ms that pass. */
    private static final String SCRIPT = """
            0 BLPOP k 0
            1 BRPOP none k 0
            2 RPUSH k a b c
            0 BLMOVE k d LEFT RIGHT 0
            0 BRPOPLPUSH none d 0
            2 RPUSH none x
            1 BLMPOP 0 2 none d LEFT COUNT 9
            0 BLMPOP 0 1 l RIGHT COUNT 9
            1 BLMPOP 0 1 l LEFT
            2 LPUSH l a b c
            2 ZADD z 1.5 a 2 b 3e20 c -1 d
            0 BZPOPMIN z 0
            0 BZPOPMAX none y 0
            1 BZMPOP 0 2 none y MIN COUNT 2
            2 BZMPOP 0 1 z MAX COUNT 5
            2 ZADD y 1 a 2 b inf c
            0 BLPOP k 0.01
            1 BLMOVE k d LEFT LEFT 0.01
            100
            0 BRPOPLPUSH k d 0.01
            1 BLMPOP 0.01 1 k LEFT
            100
            0 BZPOPMIN y 0.01
            1 BZMPOP 0.01 1 y MIN
            100
            2 FLUSHALL
            2 SET s text
            0 BLPOP none s 0
            0 BLMOVE s d LEFT LEFT 0
            0 BZPOPMIN s 0
            0 BZMPOP 0 1 s MIN
            0 BLMOVE k s LEFT LEFT 0
            2 RPUSH k a
            2 LRANGE k 0 -1
            2 MULTI
            2 BLPOP q 0
            2 BRPOP q 0
            2 BLMOVE q w LEFT LEFT 0
            2 BRPOPLPUSH q w 0
            2 BLMPOP 0 1 q LEFT
            2 BZPOPMIN q 0
            2 BZPOPMAX q 0
            2 BZMPOP 0 1 q MIN
            2 BLPOP q x
            2 BLPOP s 0
            2 BLPOP
            2 EXEC
            2 MULTI
            2 BLPOP q 0
            2 BLMOVE q w LEFT LEFT 0
            2 RPUSH q a b
            2 BLMOVE q w LEFT LEFT 0
            2 BLPOP q 0
            2 EXEC
            """;

    private static final class Raw {
        private final Socket socket;

        Raw(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
        }

        void send(String line) throws IOException {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }

        String told() throws IOException {
            byte[] bytes =
                    socket.getInputStream().readNBytes(socket.getInputStream().available());
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void theSameIsTold(int protocol) throws IOException {
        assumeTrue(RedisServer.installed(), "redis-server is not installed: nothing to compare with");
        EngineFixture t = new EngineFixture();
        try (RedisServer server = RedisServer.start();
                RespClient control = server.connect()) {
            List<Raw> theirs = List.of(new Raw(server.port()), new Raw(server.port()), new Raw(server.port()));
            List<RawConnection> ours = List.of(
                    new RawConnection(t.engine()), new RawConnection(t.engine()), new RawConnection(t.engine()));
            for (int i = 0; i < 3; i++) {
                theirs.get(i).send("HELLO " + protocol);
                ours.get(i).run("HELLO " + protocol);
                settle(control);
                theirs.get(i).told();
            }
            for (String step : SCRIPT.lines().toList()) {
                String[] words = step.split(" ", 2);
                if (words.length == 1) {
                    control.run("DEBUG SLEEP 0." + words[0]);
                    t.advance(Long.parseLong(words[0]), TimeUnit.MILLISECONDS).turn();
                } else {
                    theirs.get(Integer.parseInt(words[0])).send(words[1]);
                    ours.get(Integer.parseInt(words[0])).send(words[1]);
                }
                settle(control);
                for (int i = 0; i < 3 && !step.contains("0.01"); i++) { // whose time may be over or not, there
                    assertThat(ours.get(i).told())
                            .as("%s: client %d", step, i)
                            .isEqualTo(theirs.get(i).told());
                }
            }
            for (Raw one : theirs) {
                one.socket.close();
            }
        }
    }

    /** Lets redis-server's loop turn often enough to have read and answered everything. */
    private static void settle(RespClient control) throws IOException {
        for (int i = 0; i < 4; i++) {
            control.run("PING");
        }
    }
}
