package io.duetdb.wire;

import static io.duetdb.wire.DecoderKit.encode;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.duetdb.engine.api.Argv;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Decoding and answering allocate nothing once warm, also when requests are cut by the ends of reads. */
class WireAllocationTest {
    private static final class Sink implements Output {
        private final byte[] bytes = new byte[1 << 20];
        private long position;

        @Override
        public void write(byte[] b, int offset, int length) {
            System.arraycopy(b, offset, bytes, (int) (position & 0xFFFF), length);
            position += length;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void truncate(long to) {
            position = to;
        }
    }

    private final WireBuffers buffers = new WireBuffers();
    private final RespDecoder decoder = new RespDecoder(buffers, new DecoderLimits());
    private final RespReply reply = new RespReply();
    private final Sink sink = new Sink();
    private long commands;

    private void round(byte[] pipeline, int step) {
        for (int at = 0; at < pipeline.length; at += step) {
            int n = Math.min(step, pipeline.length - at);
            System.arraycopy(pipeline, at, buffers.query(), 0, n);
            decoder.input(buffers.query(), 0, n);
            reply.bind(sink, 2);
            int count;
            while ((count = decoder.decode(WireBuffers.BATCH_MAX, true)) > 0) {
                for (int i = 0; i < count; i++) {
                    Argv argv = buffers.batch()[i];
                    long mark = reply.mark();
                    reply.integer(argv.count());
                    reply.rollback(mark);
                    reply.bulk(argv.array(1), argv.offset(1), argv.length(1));
                    reply.real(i * 0.5);
                    reply.bulk((long) i);
                    commands++;
                }
                decoder.executed(count);
            }
            reply.finish();
            decoder.keep();
        }
    }

    @Test
    void nothingIsAllocatedPerCommand() {
        byte[] pipeline = new byte[0];
        for (int i = 0; i < 500; i++) {
            pipeline = RespDecoderTest.concat(pipeline, encode("SET", "key:" + i, "v".repeat(i % 80)));
        }
        for (int i = 0; i < 200; i++) {
            round(pipeline, i % 2 == 0 ? pipeline.length : 1500 + i);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        commands = 0;
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < 2000; i++) {
            round(pipeline, i % 2 == 0 ? pipeline.length : 1500 + i % 100);
        }
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        assertThat(commands).isEqualTo(1_000_000);
        assertThat(allocated).as("bytes over a million commands").isLessThan(4096);
    }
}
