package io.duetdb.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class SpareBuffersTest {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final SpareBuffers spares = new SpareBuffers(allocator);

    private long allocated() {
        return allocator.metric().usedDirectMemory();
    }

    @Test
    void whatIsGivenBackIsTakenAgainAndIsEmpty() {
        ByteBuf first = spares.take();
        first.writeZero(100);
        spares.give(first);
        ByteBuf again = spares.take();
        assertThat(again).isSameAs(first);
        assertThat(again.readableBytes()).isZero();
        assertThat(again.writableBytes()).isEqualTo(SpareBuffers.BYTES);
        spares.give(again);
        spares.close();
        assertThat(allocated()).isZero();
    }

    @Test
    void fewAreKept() {
        ByteBuf[] many = new ByteBuf[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = spares.take();
        }
        for (ByteBuf buffer : many) {
            spares.give(buffer);
        }
        assertThat(allocated()).isEqualTo(16 * SpareBuffers.BYTES);
        spares.close();
        assertThat(allocated()).isZero();
    }

    @Test
    void whatSomebodyElseReadsIsNotTakenAgain() {
        ByteBuf read = spares.take();
        read.writeZero(100);
        ByteBuf slice = read.readRetainedSlice(50);
        spares.give(read);
        ByteBuf other = spares.take();
        assertThat(other).isNotSameAs(read);
        slice.release();
        spares.give(other);
        spares.close();
        assertThat(allocated()).isZero();
    }

    @Test
    void othersAndThoseWhoComeLateGoToTheAllocator() {
        spares.give(allocator.directBuffer(4096));
        assertThat(allocated()).isZero();
        ByteBuf late = spares.take();
        spares.close();
        spares.give(late);
        assertThat(allocated()).isZero();
    }
}
