package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errand;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ValueReply.Failure;
import io.duetdb.engine.kit.Waiting;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** MIGRATE without sockets: what it asks of the host, who waits meanwhile, and what becomes of the keys. */
class MigrateCommandsTest {
    private static final String GAVE_UP = "IOERR error or timeout reading to target instance";

    /** A talk that ends when the test says so. */
    private static final class Talk implements Errand {
        final String where;
        final List<String> requests = new ArrayList<>();
        final int first;
        final BitSet accepted = new BitSet();
        boolean ended;
        boolean abandoned;

        @Nullable
        CommandError error;

        Talk(String where, List<Argv> all, int first) {
            this.where = where;
            this.first = first;
            all.forEach(one -> requests.add(one.toString()));
        }

        void accept() {
            accepted.set(0, requests.size());
            ended = true;
        }

        void refuse(String line, int... taken) {
            for (int i : taken) {
                accepted.set(first + i);
            }
            error = new CommandError(line);
            ended = true;
        }

        @Override
        public boolean ended() {
            return ended;
        }

        @Override
        public void abandon() {
            abandoned = !ended;
        }

        @Override
        public boolean accepted(int request) {
            return accepted.get(request);
        }

        @Override
        public @Nullable CommandError error() {
            return error;
        }
    }

    private final List<Talk> talks = new ArrayList<>();

    private final EngineFixture t = new EngineFixture(1, 256L << 20, new Host() {
        @Override
        public Errand errand(String host, int port, long timeoutMs, List<Argv> requests, int first, boolean here) {
            Talk talk = new Talk(host + ":" + port + " " + timeoutMs, requests, first);
            talks.add(talk);
            if (here) {
                talk.accept();
            }
            return talk;
        }
    });

    private final Waiting clients = new Waiting(t);

    private Talk talk() {
        return talks.get(talks.size() - 1);
    }

    private Object reply(int client) {
        t.turn();
        t.turn();
        return clients.reply(client);
    }

    @Test
    void mistakesAreFoundBeforeAnybodyIsAsked() {
        t.run("SET k v");
        t.run("MIGRATE h 1 nokey 0 100").replies("NOKEY");
        t.run("MIGRATE h 1 \"\" 0 100 KEYS").replies("NOKEY");
        t.run("MIGRATE h 1 \"\" 0 100 KEYS a b").replies("NOKEY");
        t.run("MIGRATE h 1 k 0 100 KEYS a b")
                .fails("ERR When using MIGRATE KEYS option, the key argument must be set to the empty string");
        t.run("MIGRATE h 1 k 0 100 FOO").fails("ERR syntax error");
        t.run("MIGRATE h 1 k 0 100 AUTH").fails("ERR syntax error");
        t.run("MIGRATE h 1 k 0 100 AUTH2 user").fails("ERR syntax error");
        t.run("MIGRATE h 1 k x y FOO").fails("ERR syntax error");
        t.run("MIGRATE h 1 k x 100").fails("ERR value is not an integer or out of range");
        t.run("MIGRATE h 1 k 0 y").fails("ERR value is not an integer or out of range");
        t.run("MIGRATE h 1 k 0").fails("ERR wrong number of arguments for 'migrate' command");
        assertThat(talks).isEmpty();
    }

    @Test
    void whatTheOtherServerIsAsked() {
        t.run("SET k v");
        t.run("SET short x PX 5000");
        clients.begin("MIGRATE somewhere 7000 k 3 250 COPY");
        assertThat(talk().where).isEqualTo("somewhere:7000 250");
        assertThat(talk().first).isEqualTo(1);
        assertThat(talk().requests.get(0)).isEqualTo("SELECT 3");
        assertThat(talk().requests.get(1)).startsWith("RESTORE k 0 ");
        clients.begin("MIGRATE h 99999 k 0 100 AUTH secret");
        assertThat(talks).as("held by the first").hasSize(1);
        clients.disconnect(0);
        clients.disconnect(1);
        clients.begin("MIGRATE h nonsense \"\" 0 -1 AUTH2 me secret COPY REPLACE KEYS none short k");
        assertThat(talk().where).isEqualTo("h:0 1000");
        assertThat(talk().first).isEqualTo(2);
        assertThat(talk().requests).hasSize(4);
        assertThat(talk().requests.get(0)).isEqualTo("AUTH me secret");
        assertThat(talk().requests.get(2)).startsWith("RESTORE short 5000 ").endsWith(" REPLACE");
    }

    @Test
    void keysGoWhenTheOtherServerHasThem() {
        t.run("MSET a 1 b 2 c 3");
        t.forget();
        int mover = clients.begin("MIGRATE h 1 \"\" 0 100 KEYS a x b");
        assertThat(reply(mover)).isEqualTo(Waiting.WAITS);
        t.run("MGET a b c").array("1", "2", "3");
        assertThat((String) t.run("INFO clients").value()).contains("blocked_clients:1\r\n");
        talk().accept();
        assertThat(t.engine().nextDutyInMs()).isNotEqualTo(0);
        assertThat(reply(mover)).isEqualTo("OK");
        t.run("MGET a b c").array(null, null, "3");
        t.effects("DEL a b");
        t.events("del:a", "del:b");
        assertThat(clients.connection(mover).resumes()).isEqualTo(1);
        assertThat((String) t.run("INFO commandstats").value()).contains("cmdstat_migrate:calls=1,");
    }

    @Test
    void copiesStay() {
        t.run("SET k v");
        t.forget();
        int mover = clients.begin("MIGRATE h 1 k 0 100 COPY");
        talk().accept();
        assertThat(reply(mover)).isEqualTo("OK");
        t.run("GET k").replies("v");
        t.effects();
    }

    @Test
    void whatWasTakenGoesThoughTheRestWasRefused() {
        t.run("MSET a 1 b 2 c 3");
        t.forget();
        int mover = clients.begin("MIGRATE h 1 \"\" 0 100 KEYS a b c");
        talk().refuse("ERR Target instance replied with error: BUSYKEY Target key name already exists.", 0, 2);
        assertThat(reply(mover))
                .isEqualTo(
                        new Failure("ERR Target instance replied with error: BUSYKEY Target key name already exists."));
        t.run("MGET a b c").array(null, "2", null);
        t.effects("DEL a c");
        assertThat((String) t.run("INFO errorstats").value()).contains("errorstat_ERR:count=1");
    }

    @Test
    void whoWouldWriteAKeyOnItsWayWaitsAndNobodyElse() {
        t.run("MSET k v other v");
        t.run("SADD src a");
        t.forget();
        int mover = clients.begin("MIGRATE h 1 k 0 100");
        int setter = clients.begin("SET k new");
        int renamer = clients.begin("RENAME other k");
        int flusher = clients.begin("FLUSHALL");
        int storer = clients.begin("SORT src ALPHA STORE k");
        int again = clients.begin("MIGRATE h 1 k 0 100");
        assertThat(clients.begin("SET free v")).isEqualTo(6);
        assertThat(clients.reply(6)).isEqualTo("OK");
        t.run("COPY k copied").replies(1);
        t.run("GET k").replies("v");
        t.run("PUBLISH k hello").replies(0);
        t.run("SET k").fails("ERR wrong number of arguments for 'set' command");
        for (int client : List.of(mover, setter, renamer, flusher, storer, again)) {
            assertThat(reply(client)).isEqualTo(Waiting.WAITS);
        }
        assertThat(t.engine().nextDutyInMs()).as("nothing to do but wait").isEqualTo(-1);
        t.forget();
        talk().accept();
        assertThat(reply(mover)).isEqualTo("OK");
        assertThat(clients.reply(setter)).isEqualTo("OK");
        assertThat(clients.reply(renamer)).isEqualTo("OK");
        assertThat(clients.reply(flusher)).isEqualTo("OK");
        assertThat(clients.reply(storer)).isEqualTo(0L);
        assertThat(clients.reply(again)).isEqualTo("NOKEY");
        t.effects("DEL k", "SET k new", "RENAME other k", "FLUSHALL");
    }

    @Test
    void transactionsWaitWhenTheyWriteTheKey() {
        t.run("MSET k v other v");
        int mover = clients.begin("MIGRATE h 1 k 0 100");
        int writer = clients.begin("MULTI");
        int reader = clients.begin("MULTI");
        assertThat(List.of(clients.reply(writer), clients.reply(reader))).containsOnly("OK");
        clients.send(writer, "APPEND k x");
        clients.send(reader, "GET k");
        clients.send(reader, "SET other y");
        assertThat(clients.reply(writer)).isEqualTo("QUEUED");
        clients.connection(reader).takeAll();
        clients.send(writer, "EXEC");
        clients.send(reader, "EXEC");
        assertThat(clients.reply(reader)).isEqualTo(List.of("v", "OK"));
        assertThat(clients.reply(writer)).isEqualTo(Waiting.WAITS);
        talk().accept();
        assertThat(reply(mover)).isEqualTo("OK");
        assertThat(clients.reply(writer)).isEqualTo(List.of(1L));
        t.run("GET k").replies("x");
    }

    @Test
    void whoWaitsForAKeyIsServedWhenTheOtherIsFree() {
        t.run("RPUSH to x");
        int taker = clients.begin("BLMOVE from to LEFT RIGHT 0");
        int mover = clients.begin("MIGRATE h 1 to 0 100");
        int popper = clients.begin("BLPOP to 0");
        t.run("RPUSH from y").replies(1);
        assertThat(reply(taker)).isEqualTo(Waiting.WAITS);
        assertThat(reply(popper)).isEqualTo(Waiting.WAITS);
        talk().accept();
        assertThat(reply(mover)).isEqualTo("OK");
        assertThat(clients.reply(taker)).isEqualTo("y");
        assertThat(clients.reply(popper)).isEqualTo(List.of("to", "y"));
    }

    @Test
    void whoGoesLeavesTheKeyHere() {
        t.run("MSET k v l v");
        int mover = clients.begin("MIGRATE h 1 k 0 100");
        int setter = clients.begin("SET k new");
        clients.disconnect(mover);
        assertThat(talk().abandoned).isTrue();
        assertThat(reply(setter)).isEqualTo("OK");
        int killed = clients.begin("MIGRATE h 1 l 0 100");
        t.run("CLIENT KILL ID " + clients.id(killed)).replies(1);
        assertThat(talk().abandoned).isTrue();
        t.run("GET l").replies("v");
        t.run("SET l w").replies("OK");
    }

    @Test
    void whoIsUnblockedLeavesTheKeyHere() {
        t.run("SET k v");
        int mover = clients.begin("MIGRATE h 1 k 0 100");
        t.run("CLIENT UNBLOCK " + clients.id(mover)).replies(1);
        assertThat(clients.reply(mover)).isEqualTo(new Failure(GAVE_UP));
        assertThat(talk().abandoned).isTrue();
        clients.send(mover, "MIGRATE h 1 k 0 100");
        t.run("CLIENT UNBLOCK " + clients.id(mover) + " ERROR").replies(1);
        assertThat(clients.reply(mover)).isEqualTo(new Failure("UNBLOCKED client unblocked via CLIENT UNBLOCK"));
        t.run("GET k").replies("v");
        t.run("SET k w").replies("OK");
    }

    @Test
    void aKeyWhoseTimeIsOverMeanwhileIsNoMatter() {
        t.run("SET k v PX 50");
        t.run("SET l v");
        t.forget();
        int mover = clients.begin("MIGRATE h 1 \"\" 0 100 KEYS k l");
        t.advance(60, MILLISECONDS);
        talk().accept();
        assertThat(reply(mover)).isEqualTo("OK");
        t.run("EXISTS k l").replies(0);
        t.effects("MULTI", "DEL k", "DEL l", "EXEC");
    }

    @Test
    void theEndWaitsForTheEndOfAPause() {
        t.run("SET k v");
        int mover = clients.begin("MIGRATE h 1 k 0 100");
        t.run("CLIENT PAUSE 1000 WRITE");
        talk().accept();
        assertThat(reply(mover)).isEqualTo(Waiting.WAITS);
        t.run("GET k").replies("v");
        t.advance(1, SECONDS);
        assertThat(reply(mover)).isEqualTo("OK");
        t.run("GET k").nil();
    }

    @Test
    void aTransactionDoesNotWait() {
        t.run("SET k v");
        t.forget();
        t.run("MULTI");
        t.run("MIGRATE h 1 k 0 100").replies("QUEUED");
        t.run("GET k");
        t.run("EXEC").array("OK", null);
        t.effects("DEL k");
    }

    @Test
    void nothingGoesWhenTheDataBecomesAnEarlierState() {
        t.run("SET k old");
        try (Snapshot mark = t.engine().freeze()) {
            t.run("SET k new");
            int mover = clients.begin("MIGRATE h 1 k 0 100");
            t.engine().rollBack(mark);
            assertThat(reply(mover))
                    .isEqualTo(new Failure("IOERR the data here became an earlier state while keys were on their way"));
            t.run("GET k").replies("old");
        }
    }

    @Test
    void aHostWithoutSocketsSaysSo() {
        EngineFixture alone = new EngineFixture();
        alone.run("SET k v");
        alone.run("MIGRATE h 1 k 0 100").fails("ERR this instance has no way to other servers");
        alone.run("GET k").replies("v");
    }

    @Test
    void keysAmongTheArguments() {
        t.run("COMMAND GETKEYS MIGRATE h 1 k 0 1").array("k");
        t.run("COMMAND GETKEYS MIGRATE h 1 \"\" 0 1 AUTH keys KEYS a b").array("a", "b");
        t.run("COMMAND GETKEYS MIGRATE h 1 \"\" 0 1 AUTH2 keys keys COPY KEYS a b")
                .array("a", "b");
        t.run("COMMAND GETKEYS MIGRATE h 1 \"\" 0 1 KEYS").array("");
        t.run("COMMAND GETKEYS MIGRATE h 1 \"\" 0 1 AUTH2 x KEYS a").array("");
        t.run("COMMAND GETKEYS MIGRATE h 1 k 0 1 KEYS a").fails("ERR Invalid arguments specified for command");
        t.run("COMMAND GETKEYSANDFLAGS MIGRATE h 1 \"\" 0 1 FOO KEYS a")
                .array(List.of("a", List.of("RW", "access", "delete")));
    }

    @Test
    void passwordsAreNotShown() {
        t.run("CONFIG SET slowlog-log-slower-than 0");
        t.run("MIGRATE h 1 k 0 1 COPY AUTH2 user secret REPLACE");
        t.run("MIGRATE h 1 k 0 1 AUTH secret AUTH2 user");
        String log = String.valueOf(t.run("SLOWLOG GET 2").value());
        assertThat(log)
                .contains("COPY, AUTH2, (redacted), (redacted), REPLACE")
                .contains("AUTH, (redacted), AUTH2, user")
                .doesNotContain("secret");
    }
}
