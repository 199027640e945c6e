package io.duetdb.persistence.aof;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.PersistenceFixture.Sent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** WAITAOF, as Redis 7.2 documents it. */
class WaitAofTest {
    @Test
    void argumentsAreChecked() {
        PersistenceFixture t = new PersistenceFixture().start();
        t.run("WAITAOF a 0 0").fails("ERR value is not an integer or out of range");
        t.run("WAITAOF 2 0 0").fails("ERR value is out of range, value must between 0 and 1");
        t.run("WAITAOF -1 0 0").fails("ERR value is out of range, value must between 0 and 1");
        t.run("WAITAOF 0 -1 0").fails("ERR value is out of range, must be positive");
        t.run("WAITAOF 0 0 x").fails("ERR timeout is not an integer or out of range");
        t.run("WAITAOF 0 0 -1").fails("ERR timeout is negative");
        t.run("WAITAOF 1 0 0").fails("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");
        t.run("WAITAOF 0 0 0").replies(List.of(1L, 0L));
    }

    @Test
    void waitsUntilTheDiskHasWhatTheClientWrote() {
        PersistenceFixture t = PersistenceFixture.appending();
        t.advance(2, SECONDS);
        t.run("SET a 1");
        t.settle();
        t.send("SET b 2");
        Sent waits = t.send("WAITAOF 1 0 0");
        assertThat(waits.left()).isFalse();
        t.advance(500, MILLISECONDS);
        assertThat(waits.left()).isFalse();
        t.other().send("WAITAOF 1 0 0").replies(List.of(1L, 0L));
        t.advance(1, SECONDS);
        waits.replies(List.of(1L, 0L));
    }

    @Test
    void endsWhenItsTimeIsOver() {
        PersistenceFixture t = PersistenceFixture.appending("appendfsync=no");
        t.send("SET b 2");
        Sent waits = t.send("WAITAOF 1 0 100");
        assertThat(waits.left()).isFalse();
        t.pass(101, MILLISECONDS);
        waits.replies(List.of(0L, 0L));
    }

    @Test
    void replicasNeverCome() {
        PersistenceFixture t = PersistenceFixture.appending("appendfsync=always");
        t.run("SET a 1");
        Sent waits = t.send("WAITAOF 1 1 200");
        t.settle();
        assertThat(waits.left()).isFalse();
        t.pass(201, MILLISECONDS);
        waits.replies(List.of(1L, 0L));
    }

    @Test
    void transactionsDoNotWait() {
        PersistenceFixture t = PersistenceFixture.appending("appendfsync=no");
        t.run("SET a 1");
        t.run("MULTI");
        t.run("WAITAOF 1 0 0");
        t.run("EXEC").replies(List.of(List.of(0L, 0L)));
    }

    @Test
    void clientsCanBeUnblocked() {
        PersistenceFixture t = PersistenceFixture.appending("appendfsync=no");
        PersistenceFixture.Other other = t.other();
        other.run("SET a 1");
        long id = (Long) other.run("CLIENT ID").value();
        Sent waits = other.send("WAITAOF 1 0 0");
        t.run("CLIENT UNBLOCK " + id).replies(1);
        t.settle();
        waits.replies(List.of(0L, 0L));
    }
}
