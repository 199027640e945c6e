package io.duetdb.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class LoopTurnTest {
    static Stream<Transport> transports() {
        return RespServerTest.transports();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void endsOnceBehindAllEventsOfATurn(Transport transport) throws Exception {
        IoEventLoopGroup group = transport.newGroup();
        try {
            EventLoop loop = group.next();
            List<String> seen = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch ended = new CountDownLatch(1);
            FakeDoor door = new FakeDoor();
            LoopTurn turn = new LoopTurn(loop, door, new TurnGuard() {
                @Override
                public void enter() {
                    seen.add("enter");
                }

                @Override
                public void leave() {
                    seen.add("leave");
                    ended.countDown();
                }
            });
            turn.addBefore(() -> seen.add("before"));
            turn.addAfter(() -> seen.add("after"));
            loop.execute(() -> {
                for (int i = 0; i < 3; i++) {
                    loop.execute(() -> {
                        turn.begin();
                        seen.add("event");
                    });
                }
                turn.begin();
                turn.begin();
                seen.add("event");
            });
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(seen).containsExactly("enter", "event", "event", "event", "event", "before", "after", "leave");
            assertThat(door.turns.get()).isEqualTo(1);
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void comesBackWhenTheEngineWantsIt(Transport transport) throws Exception {
        IoEventLoopGroup group = transport.newGroup();
        try {
            EventLoop loop = group.next();
            AtomicInteger turns = new AtomicInteger();
            CountDownLatch ten = new CountDownLatch(10);
            TurnDuties duties = new TurnDuties() {
                @Override
                public io.duetdb.engine.api.Client resume() {
                    return null;
                }

                @Override
                public void beforeSleep() {
                    turns.incrementAndGet();
                    ten.countDown();
                }

                @Override
                public long nextDutyInMs() {
                    int n = turns.get();
                    return n < 5 ? 0 : n < 10 ? 2 : -1;
                }
            };
            LoopTurn turn = new LoopTurn(loop, duties, TurnGuard.NONE);
            loop.execute(turn::begin);
            assertThat(ten.await(10, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 20; i++) {
                loop.submit(() -> {}).get();
            }
            assertThat(turns.get()).isEqualTo(10);
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anEarlierDutyTakesThePlaceOfALaterOne(Transport transport) throws Exception {
        IoEventLoopGroup group = transport.newGroup();
        try {
            EventLoop loop = group.next();
            long[] dutiesMs = {Long.MAX_VALUE / 2, 60_000, 5, 60_000, 5, -1};
            AtomicInteger turns = new AtomicInteger();
            CountDownLatch all = new CountDownLatch(dutiesMs.length);
            TurnDuties duties = new TurnDuties() {
                @Override
                public io.duetdb.engine.api.Client resume() {
                    return null;
                }

                @Override
                public void beforeSleep() {
                    turns.incrementAndGet();
                    all.countDown();
                }

                @Override
                public long nextDutyInMs() {
                    return dutiesMs[turns.get() - 1];
                }
            };
            LoopTurn turn = new LoopTurn(loop, duties, TurnGuard.NONE);
            for (int begun : new int[] {1, 2, 3, 5}) { // the fourth and the last come by themselves
                while (turns.get() < begun - 1) {
                    Thread.onSpinWait();
                }
                loop.execute(turn::begin);
            }
            assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }
}
