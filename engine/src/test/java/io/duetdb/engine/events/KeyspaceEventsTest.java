package io.duetdb.engine.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Key events as messages, and as the one who made the engine hears them. */
class KeyspaceEventsTest {
    private final EngineFixture t = new EngineFixture();
    private final EngineFixture.Other subscriber = t.other();

    @BeforeEach
    void subscribe() {
        subscriber.start("PSUBSCRIBE __key*__:*");
        subscriber.connection().takeAll();
    }

    private static List<Object> message(String channel, String payload) {
        return List.of("pmessage", "__key*__:*", channel, payload);
    }

    @Test
    void nothingIsPublishedUntilSomebodyAsks() {
        t.run("SET k v");
        assertThat(subscriber.connection().takeAll()).isEmpty();
        t.events("set:k");
    }

    @Test
    void theKeysMessageComesBeforeTheEvents() {
        t.run("CONFIG SET notify-keyspace-events KEA");
        t.run("SET k v");
        assertThat(subscriber.connection().takeAll())
                .containsExactly(message("__keyspace@0__:k", "set"), message("__keyevent@0__:set", "k"));
    }

    @Test
    void theSettingIsObeyedFromTheNextCommandOn() {
        t.run("CONFIG SET notify-keyspace-events Kn");
        t.run("SET k v");
        assertThat(subscriber.connection().takeAll()).containsExactly(message("__keyspace@0__:k", "new"));
        t.run("CONFIG SET notify-keyspace-events Em");
        t.run("SET j v");
        t.run("GET nothing");
        assertThat(subscriber.connection().takeAll()).containsExactly(message("__keyevent@0__:keymiss", "nothing"));
        t.run("CONFIG SET notify-keyspace-events \"\"");
        t.run("GET nothing");
        t.run("SET i v");
        assertThat(subscriber.connection().takeAll()).isEmpty();
        t.events("set:k", "set:j", "set:i"); // new and missed keys only go to who asked for them
    }

    @Test
    void letterNIsShownBesideLetterA() {
        t.run("CONFIG SET notify-keyspace-events KEAnm");
        t.run("CONFIG GET notify-keyspace-events");
        assertThat(t.settings().text("notify-keyspace-events")).isEqualTo("AnKEm");
        t.settings().set("notify-keyspace-events", "AnKEm");
        t.run("SET k v");
        assertThat(subscriber.connection().takeAll()).hasSize(4);
    }

    @Test
    void expiryOfFieldsIsToldAsOfKeys() {
        t.run("CONFIG SET notify-keyspace-events Eghx");
        t.run("HSET h a 1 b 2");
        t.run("HPEXPIRE h 10 FIELDS 1 a");
        t.run("HPEXPIRE h 20 FIELDS 1 b");
        t.run("HPERSIST h FIELDS 1 b");
        t.run("HPEXPIRE h 20 FIELDS 1 b");
        t.run("SET k v PX 10");
        t.advance(11, TimeUnit.MILLISECONDS).turn();
        t.advance(10, TimeUnit.MILLISECONDS).turn();
        assertThat(subscriber.connection().takeAll())
                .extracting(o -> ((List<?>) o).get(2) + " " + ((List<?>) o).get(3))
                .containsExactlyInAnyOrder(
                        "__keyevent@0__:hset h",
                        "__keyevent@0__:hexpire h",
                        "__keyevent@0__:hexpire h",
                        "__keyevent@0__:hpersist h",
                        "__keyevent@0__:hexpire h",
                        "__keyevent@0__:hexpired h",
                        "__keyevent@0__:expire k",
                        "__keyevent@0__:expired k",
                        "__keyevent@0__:hexpired h",
                        "__keyevent@0__:del h");
    }

    @Test
    void messagesComeBehindTheReplyOfWhoSetThemOff() {
        EngineFixture.Other both = t.other();
        both.start("HELLO 3");
        both.start("SUBSCRIBE __keyevent@0__:set");
        both.connection().takeAll();
        t.run("CONFIG SET notify-keyspace-events EA");
        both.start("SET k v");
        assertThat(both.connection().takeAll()).containsExactly("OK", List.of("message", "__keyevent@0__:set", "k"));
    }
}
