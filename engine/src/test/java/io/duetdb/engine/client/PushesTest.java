package io.duetdb.engine.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Message;
import io.duetdb.engine.api.Propagator;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.kit.EngineFixture;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PushesTest {
    private final EngineFixture t = new EngineFixture();
    private final EngineFixture.Other a = t.other();
    private final EngineFixture.Other b = t.other();
    private final Pushes pushes = new Pushes();

    private record Sized(long size) {
        Message message(long number) {
            return new Message() {
                @Override
                public long bytes() {
                    return size;
                }

                @Override
                public void write(Reply reply) {
                    reply.integer(number);
                }
            };
        }
    }

    private static ClientState state(EngineFixture.Other who) {
        return (ClientState) who.client();
    }

    private void deliver() {
        pushes.deliver(new ReplyGate(), Propagator.NONE, 0);
    }

    @Test
    void messagesComeInOrderToWhoIsThere() {
        Sized small = new Sized(10);
        for (int i = 0; i < 5; i++) {
            pushes.add(state(a), small.message(i));
            pushes.add(state(b), small.message(10 + i));
        }
        state(b).closing(true);
        deliver();
        assertThat(a.connection().takeAll()).isEqualTo(List.of(0L, 1L, 2L, 3L, 4L));
        assertThat(b.connection().takeAll()).isEmpty();
        assertThat(pushes.isEmpty()).isTrue();
        assertThat(pushes.nextLost()).isNull();
    }

    @Test
    void whoWouldHaveGotMoreThanMayWaitIsLost() {
        long part = Pushes.WAITING_BYTES_MAX / 8;
        for (int i = 0; i < 20; i++) {
            pushes.add(state(a), new Sized(part).message(i));
        }
        pushes.add(state(b), new Sized(1).message(1));
        deliver();
        List<Object> first = LongStream.range(0, 8).<Object>mapToObj(i -> i).toList();
        assertThat(a.connection().takeAll()).isEqualTo(first);
        assertThat(pushes.nextLost()).isSameAs(state(a));
        assertThat(pushes.nextLost()).isSameAs(state(b));
        assertThat(pushes.nextLost()).isNull();
        pushes.add(state(b), new Sized(1).message(2));
        deliver();
        assertThat(b.connection().takeAll()).containsExactly(2L);
    }

    @Test
    void oneMessageMayBeAsBigAsItIsAndCountsOnceForAll() {
        Message big = new Sized(2 * Pushes.WAITING_BYTES_MAX).message(1);
        pushes.add(state(a), big);
        deliver();
        Message half = new Sized(Pushes.WAITING_BYTES_MAX / 2).message(2);
        for (int i = 0; i < 10; i++) {
            pushes.add(state(a), half);
            pushes.add(state(b), half);
        }
        deliver();
        assertThat(a.connection().takeAll()).hasSize(11);
        assertThat(b.connection().takeAll()).hasSize(10);
        assertThat(pushes.nextLost()).isNull();
    }
}
