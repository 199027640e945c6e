package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.RedisServer;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.WireConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Transactions of several clients, and which keys a command changes for those who watch them, as a real redis-server. */
class DifferentialTransactionsTest {
    private static RedisServer redis;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(RedisServer.installed());
        redis = RedisServer.start();
    }

    @AfterAll
    static void end() {
        if (redis != null) {
            redis.close();
        }
    }

    /** One client of both servers. */
    private static final class Twin implements AutoCloseable {
        private final Engine engine;
        private final WireConnection wire = new WireConnection();
        private final Client duet;
        private final RespClient real;

        Twin(Engine engine) throws IOException {
            this.engine = engine;
            duet = engine.connect(wire);
            real = redis.connect();
        }

        Object duet(String line) throws IOException {
            Argv[] batch = {Argv.of(EngineFixture.words(line))};
            assertThat(engine.execute(duet, batch, 1)).as(line).isEqualTo(1);
            engine.beforeSleep();
            return wire.take();
        }

        Object real(String line) throws IOException {
            return real.run(line);
        }

        void both(String line) throws IOException {
            duet(line);
            real(line);
        }

        /** Runs some commands in a row on one of the two. Returns the last reply. */
        Object ask(boolean really, String... lines) throws IOException {
            Object last = null;
            if (!really) {
                for (String line : lines) {
                    last = duet(line);
                }
                return last;
            }
            for (String line : lines) {
                real.send(EngineFixture.words(line));
            }
            real.flush();
            for (int i = 0; i < lines.length; i++) {
                last = real.read();
            }
            return last;
        }

        @Override
        public void close() throws IOException {
            engine.disconnect(duet);
            real.close();
        }
    }

    private static void compare(List<Twin> clients, String... script) throws IOException {
        StringBuilder told = new StringBuilder();
        for (String step : script) {
            Twin client = clients.get(step.charAt(0) - 'A');
            String line = step.substring(2);
            told.append(step).append('\n');
            assertThat(client.duet(line)).as(told.toString()).isEqualTo(client.real(line));
        }
    }

    private static List<Twin> clients(int count) throws IOException {
        Engine engine = new EngineFixture("enable-debug-command=yes").engine();
        List<Twin> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(new Twin(engine));
        }
        all.get(0).both("FLUSHALL");
        return all;
    }

    private static void close(List<Twin> clients) throws IOException {
        for (Twin client : clients) {
            client.close();
        }
    }

    // ---- conversations

    @Test
    void conversations() throws IOException {
        List<Twin> all = clients(3);
        compare(
                all,
                "A EXEC",
                "A DISCARD",
                "A UNWATCH",
                "A MULTI x",
                "A WATCH",
                "A UNWATCH x",
                "A DISCARD x",
                "A EXEC x",
                "A MULTI",
                "A MULTI",
                "A WATCH k",
                "A SET k 1",
                "A EXEC x",
                "A EXEC",
                "A MULTI",
                "A SET k 1",
                "A INCR k",
                "A LPUSH k 1",
                "A GET nosuch",
                "A EXEC",
                "A MULTI",
                "A EXEC",
                "A MULTI",
                "A GET",
                "A GET k",
                "A EXEC",
                "A EXEC",
                "A MULTI",
                "A SELECT 1",
                "A SET k one",
                "A SELECT 99",
                "A EXEC",
                "A GET k",
                "A SELECT 0",
                "A GET k",
                "A WATCH k k j",
                "B SET k 9",
                "A MULTI",
                "A GET k",
                "A EXEC",
                "A WATCH k",
                "A UNWATCH",
                "B SET k 8",
                "A MULTI",
                "A GET k",
                "A UNWATCH",
                "A WATCH k",
                "A EXEC",
                "A WATCH k",
                "B EXPIRE k 100",
                "A MULTI",
                "A EXEC",
                "A WATCH k",
                "B EXPIRE nosuch 100",
                "A MULTI",
                "A EXEC",
                "A WATCH k",
                "B WATCH k",
                "C DEL k",
                "A MULTI",
                "A EXEC",
                "B MULTI",
                "B NOPE",
                "B EXEC",
                "A MULTI",
                "A SHUTDOWN NOSAVE",
                "A EXEC",
                "A MULTI",
                "A RESET",
                "A EXEC",
                "A WATCH k",
                "A RESET",
                "B SET k 1",
                "A MULTI",
                "A EXEC",
                "A MULTI",
                "A HGETALL nosuch",
                "A GET nosuch",
                "A EXEC",
                "A MULTI",
                "A MONITOR",
                "A WAIT 0 0",
                "A AUTH x",
                "A CLIENT GETNAME",
                "A CLIENT SETNAME me",
                "A EXEC",
                "A CLIENT GETNAME",
                "A MULTI",
                "A PING",
                "A DISCARD",
                "A WATCH k",
                "B FLUSHALL",
                "A MULTI",
                "A EXEC",
                "A WATCH k",
                "B FLUSHALL",
                "A MULTI",
                "A EXEC",
                "A WATCH k",
                "B SWAPDB 0 1",
                "A MULTI",
                "A EXEC",
                "A SET k 1",
                "A WATCH k",
                "B SWAPDB 0 0",
                "A MULTI",
                "A EXEC",
                "A WATCH k",
                "B SWAPDB 1 0",
                "A MULTI",
                "A EXEC");
        close(all);
    }

    @Test
    void whatWouldWaitAnswersAtOnce() throws IOException {
        List<Twin> all = clients(2);
        compare(
                all,
                "A MULTI",
                "A BLPOP k 0",
                "A BRPOP k j 0",
                "A BLMOVE k j LEFT LEFT 0",
                "A BRPOPLPUSH k j 0",
                "A BLMPOP 0 1 k LEFT",
                "A BZPOPMIN z 0",
                "A BZPOPMAX z 0",
                "A BZMPOP 0 1 z MIN",
                "A WAIT 0 0",
                "A LPUSH k 1 2 3",
                "A BLPOP k 0",
                "A BLMOVE k j LEFT RIGHT 0",
                "A BLPOP j k 0",
                "A ZADD z 1 m",
                "A BZPOPMIN z 0",
                "A EXEC",
                "A MULTI",
                "A BLPOP k -1",
                "A BLPOP k x",
                "A EXEC",
                "A MULTI",
                "A PUBLISH c m",
                "A PUBSUB CHANNELS",
                "A PUBSUB NUMPAT",
                "A EXEC");
        close(all);
    }

    @Test
    void randomConversations() throws IOException {
        for (long seed = 1; seed <= 5; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Twin> all = clients(3);
            StringBuilder told = new StringBuilder("seed " + seed + "\n");
            for (int i = 0; i < 1500; i++) {
                int who = random.nextInt(3);
                String line = step(random);
                told.append((char) ('A' + who)).append(' ').append(line).append('\n');
                Object expected = all.get(who).real(line);
                assertThat(all.get(who).duet(line)).as(told.toString()).isEqualTo(expected);
                if (told.length() > 4000) {
                    told.delete(0, 2000);
                }
            }
            close(all);
        }
    }

    private static String step(SplittableRandom random) {
        String key = "k" + random.nextInt(4);
        String another = "k" + random.nextInt(4);
        return switch (random.nextInt(24)) {
            case 0, 1, 2 -> "MULTI";
            case 3, 4, 5, 6 -> "EXEC";
            case 7 -> "DISCARD";
            case 8, 9 -> "WATCH " + key + " " + another;
            case 10 -> "UNWATCH";
            case 11 -> "SET " + key + " " + random.nextInt(10);
            case 12 -> "DEL " + key;
            case 13 -> "INCR " + key;
            case 14 -> "LPUSH " + key + " x";
            case 15 -> "GET " + key;
            case 16 -> "RENAME " + key + " " + another;
            case 17 -> "SELECT " + random.nextInt(2);
            case 18 -> "MOVE " + key + " " + random.nextInt(2);
            case 19 -> "COPY " + key + " " + another + (random.nextBoolean() ? " REPLACE" : "");
            case 20 -> "LMOVE " + key + " " + another + " LEFT RIGHT";
            case 21 -> random.nextInt(6) == 0 ? "SWAPDB 0 1" : "RPOP " + key;
            case 22 -> random.nextInt(6) == 0 ? "FLUSHDB" : "EXPIRE " + key + " 1000";
            default -> random.nextInt(4) == 0 ? "GET" : "PERSIST " + key;
        };
    }

    // ---- which keys a command changes

    @Test
    void watchedKeysAreChangedByTheSameCommands() throws IOException {
        List<Twin> all = clients(WatchTable.WATCHED.length + 1);
        Twin writer = all.get(all.size() - 1);
        List<String> wrong = new ArrayList<>();
        int compared = 0;
        for (String line : WatchTable.LINES) {
            if (!isKnown(line)) {
                continue; // not there yet
            }
            String expected = changedBy(all, writer, line, true);
            String found = changedBy(all, writer, line, false);
            if (!found.equals(expected)) {
                wrong.add(line + " changes " + found + " and should change " + expected);
            }
            compared++;
        }
        assertThat(wrong).isEmpty();
        assertThat(compared).isGreaterThan(300);
        close(all);
    }

    /** Which of the watched keys a command changes. */
    private static String changedBy(List<Twin> all, Twin writer, String line, boolean real) throws IOException {
        writer.ask(real, "FLUSHALL");
        writer.ask(real, known(WatchTable.BEFORE));
        for (int i = 0; i < WatchTable.WATCHED.length; i++) {
            String[] where = WatchTable.WATCHED[i].split("/");
            all.get(i).ask(real, "SELECT " + where[0], "WATCH " + where[1]);
        }
        writer.ask(real, line);
        StringBuilder changed = new StringBuilder();
        for (int i = 0; i < WatchTable.WATCHED.length; i++) {
            if (all.get(i).ask(real, "MULTI", "EXEC") == null) {
                changed.append(WatchTable.WATCHED[i]).append(' ');
            }
        }
        writer.ask(real, "SELECT 0");
        return changed.toString();
    }

    private static String[] known(String[] lines) {
        List<String> known = new ArrayList<>();
        for (String line : lines) {
            if (isKnown(line)) {
                known.add(line);
            }
        }
        return known.toArray(new String[0]);
    }

    private static boolean isKnown(String line) {
        return Families.table().findWithSubcommand(Argv.of(EngineFixture.words(line)), 0) != null;
    }
}
