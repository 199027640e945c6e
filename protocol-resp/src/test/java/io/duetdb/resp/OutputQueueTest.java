package io.duetdb.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutputQueueTest {
    @Test
    void whatLeavesIsWhatWasWrittenAndNotCutOff() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
            ChannelHandlerContext context = channel.pipeline().firstContext();
            OutputQueue queue = new OutputQueue(
                    UnpooledByteBufAllocator.DEFAULT,
                    new SpareBuffers(UnpooledByteBufAllocator.DEFAULT),
                    Long.MAX_VALUE);
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            ByteArrayOutputStream left = new ByteArrayOutputStream();
            for (int i = 0; i < 200; i++) {
                switch (random.nextInt(3)) {
                    case 0 -> {
                        byte[] b = new byte[random.nextInt(random.nextInt(10) == 0 ? 300_000 : 400)];
                        random.nextBytes(b);
                        queue.write(b, 0, b.length);
                        expected.writeBytes(b);
                    }
                    case 1 -> {
                        long held = queue.held();
                        long cut = queue.position() - (long) (random.nextDouble() * held);
                        queue.truncate(cut);
                        byte[] kept = Arrays.copyOf(expected.toByteArray(), (int) cut);
                        expected.reset();
                        expected.writeBytes(kept);
                    }
                    default -> {
                        long to = queue.released() + (long) (random.nextDouble() * (queue.held() + 1));
                        queue.release(to, context, context.voidPromise(), null);
                        channel.flushOutbound();
                        drain(channel, left);
                        assertThat(left.size()).isEqualTo((int) to);
                    }
                }
                assertThat(queue.position()).isEqualTo(expected.size());
            }
            queue.release(queue.position(), context, context.voidPromise(), null);
            channel.flushOutbound();
            drain(channel, left);
            assertThat(left.toByteArray()).as("seed %d", seed).isEqualTo(expected.toByteArray());
            assertThat(queue.held()).isZero();
            queue.close();
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void smallMessagesForOneWhoLagsBehindTakeLittleMoreThanTheirBytes() {
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        ChannelHandlerContext context = channel.pipeline().firstContext();
        OutputQueue queue = new OutputQueue(
                UnpooledByteBufAllocator.DEFAULT, new SpareBuffers(UnpooledByteBufAllocator.DEFAULT), Long.MAX_VALUE);
        byte[] message = new byte[50];
        for (int i = 0; i < 10_000; i++) {
            message[0] = (byte) i;
            queue.write(message, 0, message.length);
            queue.release(queue.position(), context, context.voidPromise(), null);
        }
        channel.flushOutbound();
        long capacity = 0;
        for (int i = 0; i < 10_000; i++) {
            ByteBuf buffer = channel.readOutbound();
            capacity += buffer.capacity();
            assertThat(buffer.readableBytes()).isEqualTo(50);
            assertThat(buffer.getByte(buffer.readerIndex())).isEqualTo((byte) i);
            buffer.release();
        }
        assertThat(capacity).isLessThan(2 * 10_000 * 50);
        channel.finishAndReleaseAll();
    }

    private static void drain(EmbeddedChannel channel, ByteArrayOutputStream left) {
        ByteBuf buffer;
        while ((buffer = channel.readOutbound()) != null) {
            byte[] b = new byte[buffer.readableBytes()];
            buffer.readBytes(b);
            left.writeBytes(b);
            buffer.release();
        }
    }

    @Test
    void moreThanMayWaitIsDroppedAndMarked() {
        OutputQueue queue = new OutputQueue(
                UnpooledByteBufAllocator.DEFAULT, new SpareBuffers(UnpooledByteBufAllocator.DEFAULT), 1000);
        queue.write(new byte[1000], 0, 1000);
        assertThat(queue.overflowed()).isFalse();
        queue.write(new byte[1], 0, 1);
        assertThat(queue.overflowed()).isTrue();
        assertThat(queue.position()).isEqualTo(1001);
    }
}
