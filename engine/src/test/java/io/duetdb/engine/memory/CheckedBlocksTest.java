package io.duetdb.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.api.BlockSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Each mistake that checked mode knows, made once. */
class CheckedBlocksTest {
    private final PageMemory memory = new PageMemory(BlockSource.PLAIN, 1L << 30, true);
    private final long block = memory.allocate(20, Kind.ENTRY);
    private final long run = memory.allocatePages(2, Kind.TABLE_DIRECTORY);

    private static void caught(ThrowingCallable mistake, String words) {
        assertThatThrownBy(mistake).isInstanceOf(AssertionError.class).hasMessageContaining(words);
    }

    @Test
    void readingOrWritingBeyondTheSizeAskedFor() {
        memory.putInt(block + 16, 1);
        caught(() -> memory.putInt(block + 17, 1), "bytes 17 to 21 of a block of 20");
        caught(() -> memory.getLong(block + 13), "bytes 13 to 21 of a block of 20");
        caught(() -> memory.getByte(block - 1), "bytes -1 to 0");
        caught(() -> memory.copyIn(block + 1, new byte[20], 0, 20), "bytes 1 to 21");
        caught(() -> memory.equals(block, new byte[21], 0, 21), "bytes 0 to 21");
        caught(() -> memory.fill(block, 21, 0), "bytes 0 to 21");
        caught(() -> memory.array(block + 20), "bytes 20 to 21");
        assertThat(memory.capacity(block)).isEqualTo(20);
    }

    @Test
    void usingAFreeBlock() {
        long other = memory.allocate(20, Kind.ENTRY);
        memory.free(block);
        caught(() -> memory.getInt(block), "the block is free");
        caught(() -> memory.putInt(block, 0), "the block is free");
        caught(() -> memory.free(block), "the block is free");
        memory.free(other);
        caught(() -> memory.free(other), "its page is free");
        caught(() -> memory.getInt(other), "its page is free");
    }

    @Test
    void freedBlocksArePoisoned() {
        memory.allocate(20, Kind.ENTRY);
        memory.putLong(block, 0x1111);
        memory.free(block);
        assertThat(memory.rawLong(block)).isEqualTo(0xDBDBDBDBDBDBDBDBL);
        long again = memory.allocate(20, Kind.ENTRY);
        assertThat(again).isEqualTo(block);
        assertThat(memory.getLong(again)).isEqualTo(0xDBDBDBDBDBDBDBDBL);
    }

    @Test
    void strayReferences() {
        caught(() -> memory.getInt(0), "it is null");
        caught(() -> memory.free(0), "it is null");
        caught(() -> memory.getInt(-8), "it is no address");
        caught(() -> memory.getInt(1L << 40), "it is no address");
        caught(() -> memory.getInt(1L << 36), "its page is free");
        caught(() -> memory.getInt(64), "holds records");
        caught(() -> memory.free(block + 8), "it lies inside a block");
        caught(() -> memory.check(block + 8, Kind.ENTRY), "it lies inside a block");
        caught(() -> memory.free(run + 8), "no run begins there");
        caught(() -> memory.free(run + PageMemory.PAGE_BYTES), "no run begins there");
        caught(() -> memory.getLong(run + PageMemory.PAGE_BYTES - 4), "leave the page");
    }

    @Test
    void takingAKindForAnother() {
        memory.check(block, Kind.ENTRY);
        memory.check(run, Kind.TABLE_DIRECTORY);
        caught(() -> memory.check(block, Kind.CHUNK), "it is of kind entry, not chunk");
        caught(() -> memory.check(run, Kind.CHUNK), "it is of kind table directory, not chunk");
        View view = memory.freeze();
        memory.free(block);
        view.memory().check(block, Kind.ENTRY);
        caught(() -> view.memory().check(block, Kind.CHUNK), "it is of kind entry, not chunk");
        caught(() -> view.memory().getInt(block + 20), "of a block of 20");
    }

    @Test
    void anOverwrittenHeader() {
        memory.rawLong(block - 8, 0);
        caught(() -> memory.getInt(block), "header was overwritten");
        caught(memory::verify, "header was overwritten");
    }

    @Test
    void leaksAreCountedByKind() {
        assertThat(memory.blockCount(Kind.ENTRY)).isOne();
        assertThat(memory.blockBytes(Kind.ENTRY)).isEqualTo(20);
        assertThat(memory.leaks()).isEqualTo("entry: 1 blocks, 20 bytes\ntable directory: 1 blocks, 32768 bytes\n");
        memory.free(block);
        memory.free(run);
        assertThat(memory.leaks()).isEmpty();
    }

    @Test
    void uncheckedModeStillRefusesADoubleFree() {
        PageMemory plain = new PageMemory(BlockSource.PLAIN, 1L << 30, false);
        long a = plain.allocate(100, Kind.TEST);
        plain.allocate(100, Kind.TEST);
        plain.free(a);
        assertThatThrownBy(() -> plain.free(a)).hasMessageContaining("double free");
    }
}
