package io.duetdb.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Message;
import io.duetdb.engine.api.Reply;
import io.duetdb.wire.RespReply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BroadcastTest {
    private static final int RECEIVERS = 4;
    private static final int STEPS = 400;

    private final RespReply encoder = new RespReply();

    /** A bulk string for many. */
    private static final class Text extends Message {
        private final byte[] text;

        Text(byte[] text) {
            this.text = text;
        }

        @Override
        public void write(Reply reply) {
            reply.bulk(text);
        }
    }

    /** A queue, its peer, and what the peer must have got. */
    private static final class Receiver {
        final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        final ByteArrayOutputStream expected = new ByteArrayOutputStream();
        final ByteArrayOutputStream got = new ByteArrayOutputStream();
        final OutputQueue queue;

        Receiver(UnpooledByteBufAllocator allocator) {
            queue = new OutputQueue(allocator, new SpareBuffers(allocator), Long.MAX_VALUE);
        }

        void release(long position) {
            queue.release(position, channel.pipeline().firstContext(), channel.voidPromise(), null);
            channel.flushOutbound();
        }

        void takeAll() {
            for (ByteBuf buffer = channel.readOutbound(); buffer != null; buffer = channel.readOutbound()) {
                byte[] bytes = new byte[buffer.readableBytes()];
                buffer.readBytes(bytes);
                got.writeBytes(bytes);
                buffer.release();
            }
        }
    }

    @Test
    void everyReceiverGetsItsOwnMixtureAndNoMemoryStays() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
            Broadcast broadcast = new Broadcast(allocator, 2);
            Receiver[] receivers = new Receiver[RECEIVERS];
            Arrays.setAll(receivers, i -> new Receiver(allocator));
            for (int i = 0; i < STEPS; i++) {
                step(random, broadcast, receivers);
            }
            for (Receiver receiver : receivers) {
                receiver.release(receiver.queue.position());
                receiver.takeAll();
                assertThat(receiver.got.toByteArray()).as("seed %d", seed).isEqualTo(receiver.expected.toByteArray());
                assertThat(receiver.queue.held()).isZero();
            }
            broadcast.close();
            assertThat(allocator.metric().usedDirectMemory())
                    .as("seed %d", seed)
                    .isZero();
        }
    }

    private void step(Random random, Broadcast broadcast, Receiver[] receivers) {
        Receiver one = receivers[random.nextInt(RECEIVERS)];
        switch (random.nextInt(8)) {
            case 0 -> {
                byte[] own = bytes(random, random.nextInt(300));
                one.queue.write(own, 0, own.length);
                one.expected.writeBytes(own);
            }
            case 1 -> {
                int cut = (int) (one.queue.position() - (long) (random.nextDouble() * one.queue.held()));
                one.queue.truncate(cut);
                byte[] kept = Arrays.copyOf(one.expected.toByteArray(), cut);
                one.expected.reset();
                one.expected.writeBytes(kept);
            }
            case 2 -> one.release(one.queue.released() + (long) (random.nextDouble() * (one.queue.held() + 1)));
            case 3 -> one.takeAll();
            case 4 -> broadcast.turnEnded();
            default -> {
                Message message = new Text(bytes(random, random.nextInt(random.nextInt(20) == 0 ? 50_000 : 200)));
                byte[] encoded = encoder.encoded(message, 2);
                boolean all = random.nextBoolean();
                for (Receiver receiver : receivers) {
                    if (all || random.nextBoolean()) {
                        broadcast.send(message, encoder, receiver.queue);
                        receiver.expected.writeBytes(encoded);
                    }
                }
            }
        }
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void messagesInARowAreCopiedOnceForAll() {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        Broadcast broadcast = new Broadcast(allocator, 2);
        Receiver[] receivers = new Receiver[1000];
        Arrays.setAll(receivers, i -> new Receiver(allocator));
        for (int turn = 0; turn < 3; turn++) {
            for (int i = 0; i < 100; i++) {
                Message message = new Text(new byte[200]);
                for (Receiver receiver : receivers) {
                    broadcast.send(message, encoder, receiver.queue);
                }
            }
            assertThat(allocator.metric().usedDirectMemory()).isLessThan(100_000);
            for (Receiver receiver : receivers) {
                receiver.release(receiver.queue.position());
                receiver.takeAll();
                assertThat(receiver.got.size()).isEqualTo((turn + 1) * 100 * 208);
            }
        }
        broadcast.close();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void whoTakesNothingKeepsLittleMoreThanWhatItIsOwed() {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        Broadcast broadcast = new Broadcast(allocator, 2);
        Receiver slow = new Receiver(allocator);
        Receiver quick = new Receiver(allocator);
        for (int i = 0; i < 10_000; i++) {
            for (int j = 0; j < 20; j++) {
                broadcast.send(new Text(new byte[50]), encoder, quick.queue);
            }
            broadcast.send(new Text(new byte[50]), encoder, slow.queue);
            slow.release(slow.queue.position());
            quick.release(quick.queue.position());
            quick.takeAll();
            broadcast.turnEnded();
        }
        assertThat(allocator.metric().usedDirectMemory()).isLessThan(10_000 * 60 + 100_000);
        slow.takeAll();
        assertThat(slow.got.size()).isEqualTo(10_000 * 57);
        broadcast.close();
    }
}
