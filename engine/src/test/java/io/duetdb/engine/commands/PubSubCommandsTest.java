package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ValueReply.Failure;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PubSubCommandsTest {
    private final EngineFixture t = new EngineFixture();
    private final EngineFixture.Other a = t.other();
    private final EngineFixture.Other b = t.other();

    private static List<Object> told(EngineFixture.Other who) {
        return who.connection().takeAll();
    }

    private static List<Object> ask(EngineFixture.Other who, String line) {
        assertThat(who.start(line)).isTrue();
        return told(who);
    }

    private static List<Object> list(Object... values) {
        return Arrays.asList(values);
    }

    private void isTold(EngineFixture.Other who, Object... messages) {
        assertThat(told(who)).containsExactly(messages);
    }

    // ---- messages

    @Test
    void whoIsSubscribedGetsWhatIsPublished() {
        a.run("SUBSCRIBE news").array("subscribe", "news", 1);
        t.run("PUBLISH news \"a\\x00b\\r\\n\"").replies(1);
        isTold(a, list("message", "news", "a\0b\r\n"));
        assertThat(a.connection().released()).as("it leaves with the turn").isEqualTo(2);
        t.run("PUBLISH News x").replies(0);
        t.run("PUBLISH \"\" x").replies(0);
        isTold(a);
    }

    @Test
    void channelsComeBeforePatternsAndThoseInTheirOrder() {
        ask(a, "PSUBSCRIBE n* *s * other?");
        ask(a, "SUBSCRIBE news");
        ask(b, "PSUBSCRIBE *");
        t.run("PUBLISH news x").replies(5);
        isTold(
                a,
                list("message", "news", "x"),
                list("pmessage", "n*", "news", "x"),
                list("pmessage", "*s", "news", "x"),
                list("pmessage", "*", "news", "x"));
        isTold(b, list("pmessage", "*", "news", "x"));
    }

    @Test
    void shardChannelsAreAWorldOfTheirOwn() {
        a.run("SSUBSCRIBE c").array("ssubscribe", "c", 1);
        a.run("SUBSCRIBE c").array("subscribe", "c", 1);
        ask(a, "PSUBSCRIBE *");
        t.run("SPUBLISH c x").replies(1);
        isTold(a, list("smessage", "c", "x"));
        t.run("PUBLISH c y").replies(2);
        isTold(a, list("message", "c", "y"), list("pmessage", "*", "c", "y"));
    }

    @Test
    void aMessageToOneselfComesBehindTheReply() {
        a.run("HELLO 3");
        ask(a, "SUBSCRIBE c");
        ask(a, "PSUBSCRIBE c*");
        assertThat(ask(a, "PUBLISH c x"))
                .containsExactly(2L, list("message", "c", "x"), list("pmessage", "c*", "c", "x"));
        ask(a, "SSUBSCRIBE c");
        assertThat(ask(a, "SPUBLISH c x")).containsExactly(1L, list("smessage", "c", "x"));
    }

    @Test
    void publishingHasNoEffectAndIsHeldUpByAPause() {
        ask(a, "SUBSCRIBE c");
        t.forget();
        t.run("PUBLISH c x");
        t.effects();
        isTold(a, list("message", "c", "x"));
        t.run("CLIENT PAUSE 100 WRITE");
        assertThat(ask(b, "PUBLISH c y")).isEmpty();
        EngineFixture.Other c = t.other();
        assertThat(ask(c, "SPUBLISH c y")).isEmpty();
        assertThat(ask(a, "SUBSCRIBE d")).hasSize(1);
        t.advance(101, MILLISECONDS).turn();
        isTold(b, 1L);
        isTold(c, 0L);
        isTold(a, list("message", "c", "y"));
    }

    @Test
    void aMessageGoesToThoseWhoAreSubscribedWhenItIsPublished() {
        ask(a, "SUBSCRIBE c");
        ask(b, "SUBSCRIBE c");
        EngineFixture.Other inside = t.other();
        inside.run("HELLO 3");
        for (String line :
                List.of("MULTI", "PUBLISH c 1", "SUBSCRIBE c", "PUBLISH c 2", "UNSUBSCRIBE c", "PUBLISH c 3", "EXEC")) {
            inside.start(line);
        }
        isTold(a, list("message", "c", "1"), list("message", "c", "2"), list("message", "c", "3"));
        isTold(b, list("message", "c", "1"), list("message", "c", "2"), list("message", "c", "3"));
        List<Object> all = told(inside);
        assertThat(all).endsWith(list("message", "c", "2"));
        assertThat(all).doesNotContain(list("message", "c", "1"), list("message", "c", "3"));
    }

    // ---- subscribing

    @Test
    void everyChannelIsConfirmedWithTheNumberOfSubscriptions() {
        assertThat(ask(a, "SUBSCRIBE x y x"))
                .containsExactly(list("subscribe", "x", 1L), list("subscribe", "y", 2L), list("subscribe", "x", 2L));
        assertThat(ask(a, "PSUBSCRIBE x *")).containsExactly(list("psubscribe", "x", 3L), list("psubscribe", "*", 4L));
        assertThat(ask(a, "SSUBSCRIBE x")).containsExactly(list("ssubscribe", "x", 1L));
        assertThat(ask(a, "UNSUBSCRIBE x nope"))
                .containsExactly(list("unsubscribe", "x", 3L), list("unsubscribe", "nope", 3L));
        assertThat(ask(a, "UNSUBSCRIBE")).containsExactly(list("unsubscribe", "y", 2L));
        assertThat(ask(a, "UNSUBSCRIBE")).containsExactly(list("unsubscribe", null, 2L));
        assertThat(ask(a, "PUNSUBSCRIBE"))
                .containsExactly(list("punsubscribe", "x", 1L), list("punsubscribe", "*", 0L));
        assertThat(ask(a, "PUNSUBSCRIBE")).containsExactly(list("punsubscribe", null, 0L));
        assertThat(ask(a, "GET k")).as("shard channels count too").first().isInstanceOf(Failure.class);
        assertThat(ask(a, "SUNSUBSCRIBE z x"))
                .containsExactly(list("sunsubscribe", "z", 1L), list("sunsubscribe", "x", 0L));
        assertThat(ask(a, "SUNSUBSCRIBE")).containsExactly(list("sunsubscribe", null, 0L));
        a.run("GET k").nil();
    }

    @Test
    void aSubscriberInResp2MayDoLittleElse() {
        ask(a, "SUBSCRIBE x");
        String rest = "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context";
        for (String line : List.of("GET x", "HELLO 3", "MONITOR", "PUBLISH x y", "SET x y", "SELECT 1")) {
            String name = line.split(" ", 2)[0].toLowerCase(java.util.Locale.ROOT);
            a.run(line).fails("ERR Can't execute '" + name + rest);
        }
        a.run("CLIENT LIST").fails("ERR Can't execute 'client|list" + rest);
        a.run("GET").fails("ERR wrong number of arguments for 'get' command");
        a.run("NOPE").fails("ERR unknown command 'NOPE', with args beginning with: ");
        a.run("PING").array("pong", "");
        a.run("PING hello").array("pong", "hello");
        a.run("PING a b").fails("ERR wrong number of arguments for 'ping' command");
        a.run("QUIT").replies("OK");
        assertThat(a.connection().closing()).isTrue();
        t.run("PUBLISH x 1").replies(0);
    }

    @Test
    void aSubscriberInResp3GoesOn() {
        a.run("HELLO 3");
        ask(a, "SUBSCRIBE x");
        a.run("SET k v").replies("OK");
        a.run("PING").replies("PONG");
        a.run("PING hello").replies("hello");
        a.run("HELLO 2");
        a.run("PING").array("pong", "");
        assertThat(ask(a, "GET k")).first().isInstanceOf(Failure.class);
        ask(a, "UNSUBSCRIBE");
        a.run("PING").replies("PONG");
    }

    @Test
    void resetEndsAllSubscriptions() {
        ask(a, "SUBSCRIBE x");
        ask(a, "PSUBSCRIBE x*");
        ask(a, "SSUBSCRIBE x");
        assertThat(ask(a, "RESET")).containsExactly("RESET");
        a.run("GET k").nil();
        t.run("PUBLISH x 1").replies(0);
        t.run("SPUBLISH x 1").replies(0);
        t.run("PUBSUB NUMPAT").replies(0);
        assertThat(a.connection().subscriber()).containsExactly(true, false);
    }

    @Test
    void whoIsGoneGetsNothing() {
        ask(a, "SUBSCRIBE x");
        ask(b, "PSUBSCRIBE x");
        t.run("PUBLISH x 1").replies(2);
        t.engine().disconnect(a.client());
        t.run("PUBLISH x 1").replies(1);
        t.run("CLIENT KILL TYPE pubsub").replies(1);
        assertThat(b.connection().aborted()).isTrue();
        t.run("PUBLISH x 1").replies(0);
        t.run("PUBSUB CHANNELS").array();
        t.run("PUBSUB NUMPAT").replies(0);
    }

    @Test
    void whoEndsItselfStillGetsTheReply() {
        a.run("HELLO 3");
        ask(a, "SUBSCRIBE x");
        a.run("CLIENT KILL TYPE pubsub").replies(0);
        assertThat(ask(a, "CLIENT KILL TYPE pubsub SKIPME no")).containsExactly(1L);
        assertThat(a.connection().closing()).isTrue();
        t.run("PUBLISH x 1").replies(0);
    }

    @Test
    void theConnectionLearnsWhetherItIsASubscribers() {
        ask(a, "SUBSCRIBE x y");
        ask(a, "SSUBSCRIBE z");
        assertThat(a.connection().subscriber()).containsExactly(true);
        ask(a, "UNSUBSCRIBE");
        assertThat(a.connection().subscriber()).containsExactly(true);
        ask(a, "SUNSUBSCRIBE");
        assertThat(a.connection().subscriber()).containsExactly(true, false);
        ask(a, "UNSUBSCRIBE x");
        assertThat(a.connection().subscriber()).containsExactly(true, false);
    }

    @Test
    void whoCannotBeSentMessagesCannotSubscribe() {
        a.connection().refuseMessages();
        for (String name : List.of("SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE", "SSUBSCRIBE")) {
            a.run(name + " x").fails("ERR " + name + " needs a connection that messages can be sent to");
        }
        a.run("SUNSUBSCRIBE").fails("ERR SUNSUBSCRIBE needs a connection that messages can be sent to");
        a.run("PUBLISH x 1").replies(0);
    }

    // ---- beside other modes

    @Test
    void messagesAndConfirmationsAreNoReplies() {
        assertThat(ask(a, "CLIENT REPLY OFF")).isEmpty();
        assertThat(ask(a, "SUBSCRIBE x y")).containsExactly(list("subscribe", "x", 1L), list("subscribe", "y", 2L));
        assertThat(ask(a, "PING")).isEmpty();
        assertThat(ask(a, "SUBSCRIBE")).isEmpty();
        t.run("PUBLISH x 1").replies(1);
        isTold(a, list("message", "x", "1"));
        assertThat(ask(a, "UNSUBSCRIBE")).hasSize(2);
        assertThat(ask(a, "CLIENT REPLY ON")).containsExactly("OK");
        assertThat(ask(a, "CLIENT REPLY SKIP")).isEmpty();
        assertThat(ask(a, "PSUBSCRIBE x")).containsExactly(list("psubscribe", "x", 1L));
        assertThat(ask(a, "PING")).containsExactly(list("pong", ""));
    }

    @Test
    void aTransactionMayPublishToItselfWhichComesBehindItsReply() {
        RawConnection client = new RawConnection(t.engine());
        for (String version : List.of("*", ">")) {
            client.run("MULTI");
            client.run("SUBSCRIBE x y");
            client.run("PUBLISH x 1");
            client.run("UNSUBSCRIBE y x");
            assertThat(client.run("EXEC"))
                    .isEqualTo(
                            "*3\r\n_3\r\n$9\r\nsubscribe\r\n$1\r\nx\r\n:1\r\n_3\r\n$9\r\nsubscribe\r\n$1\r\ny\r\n:2\r\n"
                                            .replace("_", version)
                                    + ":1\r\n"
                                    + "_3\r\n$11\r\nunsubscribe\r\n$1\r\ny\r\n:1\r\n_3\r\n$11\r\nunsubscribe\r\n$1\r\nx\r\n:0\r\n"
                                            .replace("_", version)
                                    + "_3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$1\r\n1\r\n".replace("_", version));
            client.run("HELLO 3");
        }
    }

    @Test
    void whoMonitorsSeesTheMessageBeforeTheCommand() {
        String when = "1700000000.000000 [0 127.0.0.1:50000] ";
        ask(a, "MONITOR");
        assertThat(ask(a, "SUBSCRIBE x")).containsExactly(list("subscribe", "x", 1L), when + "\"SUBSCRIBE\" \"x\"");
        t.run("PUBLISH x 1").replies(1);
        isTold(a, list("message", "x", "1"), when + "\"PUBLISH\" \"x\" \"1\"");
        assertThat((String) t.run("CLIENT LIST").value()).contains(" flags=OP ");
        ask(a, "RESET");
        b.run("HELLO 3");
        b.run("MONITOR");
        assertThat(ask(b, "PUBLISH x 1")).containsExactly(new Failure("ERR Replica can't interact with the keyspace"));
    }

    @Test
    void subscribersAreSeenInListsAndFigures() {
        ask(a, "SUBSCRIBE x y");
        ask(a, "PSUBSCRIBE z*");
        ask(a, "CLIENT NO-EVICT on");
        ask(b, "SSUBSCRIBE s t");
        ask(b, "PSUBSCRIBE z*");
        String lines = (String) t.run("CLIENT LIST TYPE pubsub").value();
        assertThat(lines.lines()).hasSize(2);
        assertThat(lines).contains(" flags=P db=0 sub=2 psub=1 ssub=0 multi=").contains(" sub=0 psub=1 ssub=2 multi=");
        assertThat(((String) t.run("CLIENT LIST TYPE normal").value()).lines()).hasSize(1);
        assertThat((String) t.run("INFO clients").value()).contains("pubsub_clients:2\r\n");
        assertThat((String) t.run("INFO stats").value())
                .contains("pubsub_channels:2\r\npubsub_patterns:1\r\npubsubshard_channels:2\r\n");
        t.run("CLIENT KILL TYPE pubsub SKIPME no").replies(2);
        assertThat((String) t.run("INFO stats").value())
                .contains("pubsub_channels:0\r\npubsub_patterns:0\r\npubsubshard_channels:0\r\n");
    }

    @Test
    void whatThereIsToHearCanBeAsked() {
        ask(a, "SUBSCRIBE x xy z");
        ask(b, "SUBSCRIBE x");
        ask(b, "PSUBSCRIBE x* y*");
        ask(b, "SSUBSCRIBE s");
        t.run("PUBSUB CHANNELS").array("x", "xy", "z");
        t.run("PUBSUB CHANNELS x*").array("x", "xy");
        t.run("PUBSUB CHANNELS [").array();
        t.run("PUBSUB CHANNELS x y")
                .fails("ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. Try PUBSUB HELP.");
        t.run("PUBSUB NUMSUB").array();
        t.run("PUBSUB NUMSUB x nope x").array("x", 2, "nope", 0, "x", 2);
        t.run("PUBSUB NUMPAT").replies(2);
        t.run("PUBSUB SHARDCHANNELS").array("s");
        t.run("PUBSUB SHARDNUMSUB s x").array("s", 1, "x", 0);
    }

    @Test
    void aThousandSubscribersGetTheSameBytes() {
        RawConnection[] subscribers = new RawConnection[1000];
        for (int i = 0; i < subscribers.length; i++) {
            subscribers[i] = new RawConnection(t.engine());
            if (i % 2 == 1) {
                subscribers[i].run("HELLO 3");
            }
            subscribers[i].run("SUBSCRIBE x");
        }
        t.run("PUBLISH x 1").replies(1000);
        for (int i = 0; i < subscribers.length; i++) {
            assertThat(subscribers[i].told())
                    .isEqualTo((i % 2 == 0 ? "*3" : ">3") + "\r\n$7\r\nmessage\r\n$1\r\nx\r\n$1\r\n1\r\n");
        }
    }
}
