package io.duetdb.wire;

import static io.duetdb.wire.DecoderKit.latin;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Message;
import io.duetdb.engine.api.Reply;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RespReplyTest {
    /** Keeps everything in one array. */
    static final class Memory implements Output {
        private byte[] bytes = new byte[1024];
        private int size;

        @Override
        public void write(byte[] b, int offset, int length) {
            if (bytes.length - size < length) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + length));
            }
            System.arraycopy(b, offset, bytes, size, length);
            size += length;
        }

        @Override
        public long position() {
            return size;
        }

        @Override
        public void truncate(long position) {
            assert position <= size;
            size = (int) position;
        }

        @Override
        public String toString() {
            return new String(bytes, 0, size, StandardCharsets.ISO_8859_1);
        }
    }

    private static String spelled(int version, Consumer<RespReply> what) {
        Memory out = new Memory();
        RespReply reply = new RespReply();
        reply.bind(out, version);
        what.accept(reply);
        reply.finish();
        return out.toString();
    }

    private static void check(Consumer<RespReply> what, String resp2, String resp3) {
        assertThat(spelled(2, what)).isEqualTo(resp2.replace("|", "\r\n"));
        assertThat(spelled(3, what)).isEqualTo(resp3.replace("|", "\r\n"));
    }

    private static void check(Consumer<RespReply> what, String both) {
        check(what, both, both);
    }

    @Test
    void scalars() {
        check(r -> r.ok(), "+OK|");
        check(r -> r.simple("PONG"), "+PONG|");
        check(r -> r.integer(0), ":0|");
        check(r -> r.integer(1023), ":1023|");
        check(r -> r.integer(1024), ":1024|");
        check(r -> r.integer(-1), ":-1|");
        check(r -> r.integer(Long.MIN_VALUE), ":-9223372036854775808|");
        check(r -> r.text("hello"), "$5|hello|");
        check(r -> r.text(""), "$0||");
        check(r -> r.bulk(-42), "$3|-42|");
        check(r -> r.bulk(1234567890123L), "$13|1234567890123|");
        check(r -> r.nil(), "$-1|", "_|");
        check(r -> r.nilArray(), "*-1|", "_|");
        check(r -> r.real(3.1), "$3|3.1|", ",3.1|");
        check(r -> r.real(Math.PI), "$17|3.141592653589793|", ",3.141592653589793|");
        check(r -> r.real(1234567.25), "$10|1234567.25|", ",1234567.25|");
        check(r -> r.real(Double.NEGATIVE_INFINITY), "$4|-inf|", ",-inf|");
        check(r -> r.real(17), "$2|17|", ",17|");
        check(r -> r.bool(true), ":1|", "#t|");
        check(r -> r.bool(false), ":0|", "#f|");
        check(r -> r.verbatim(latin("abc"), 0, 3), "$3|abc|", "=7|txt:abc|");
        check(
                r -> r.bigNumber(latin("123456789012345678901")),
                "$21|123456789012345678901|",
                "(123456789012345678901|");
        check(r -> r.error(latin("ERR a\r\nb")), "-ERR a  b|");
    }

    @Test
    void aggregates() {
        check(r -> r.array(0), "*0|");
        check(r -> r.array(5000), "*5000|");
        check(r -> r.map(3), "*6|", "%3|");
        check(r -> r.set(3), "*3|", "~3|");
        check(r -> r.push(3), "*3|", ">3|");
        check(r -> r.bool(r.pushFirst(3)), ":0|", ">3|#t|");
        assertThat(spelled(2, r -> r.bool(r.attribute(2)))).isEqualTo(":0\r\n");
        assertThat(spelled(3, r -> r.bool(r.attribute(2)))).isEqualTo("|2\r\n#t\r\n");
        check(
                r -> {
                    r.pairs(2);
                    r.pair();
                    r.text("a");
                    r.real(1);
                    r.pair();
                    r.text("b");
                    r.real(2.5);
                },
                "*4|$1|a|$1|1|$1|b|$3|2.5|",
                "*2|*2|$1|a|,1|*2|$1|b|,2.5|");
    }

    @Test
    void aBulkStringMayComeInParts() {
        byte[] big = new byte[20_000];
        Arrays.fill(big, (byte) 'x');
        check(
                r -> {
                    r.bulkParts(20_003);
                    r.part(latin("abc"), 0, 3);
                    r.part(big, 0, 20_000);
                    r.bulkParts(0);
                    r.bulkParts(2);
                    r.part(latin("abcd"), 1, 2);
                    r.part(latin("abcd"), 1, 0);
                },
                "$20003|abc" + "x".repeat(20_000) + "|$0||$2|bc|");
    }

    @Test
    void arraysOfOpenCountNestAndGrowPastTheScratch() {
        byte[] big = new byte[30_000];
        Arrays.fill(big, (byte) 'y');
        String value = "$30000|" + "y".repeat(30_000) + "|";
        check(
                r -> {
                    r.integer(7);
                    long outer = r.openArray();
                    for (int i = 0; i < 12; i++) {
                        long inner = r.openArray();
                        r.bulk(big);
                        r.nilArray();
                        r.closeArray(inner, 2);
                    }
                    long empty = r.openArray();
                    r.closeArray(empty, 0);
                    r.closeArray(outer, 13);
                    r.ok();
                },
                ":7|*13|" + ("*2|" + value + "*-1|").repeat(12) + "*0|+OK|",
                ":7|*13|" + ("*2|" + value + "_|").repeat(12) + "*0|+OK|");
    }

    @Test
    void rollingBackForgetsEvenWhatHasReachedTheOutput() {
        byte[] big = new byte[100_000];
        check(
                r -> {
                    r.ok();
                    long mark = r.mark();
                    r.array(3);
                    r.bulk(big);
                    r.integer(1);
                    r.rollback(mark);
                    r.error(latin("ERR no"));
                    mark = r.mark();
                    long open = r.openArray();
                    r.bulk(big);
                    assertThat(open).isEqualTo(1);
                    r.rollback(mark);
                    mark = r.mark();
                    r.bulkParts(5);
                    r.part(latin("ab"), 0, 2);
                    r.rollback(mark);
                    r.bulk(new byte[0]);
                },
                "+OK|-ERR no|$0||");
    }

    @Test
    void positionsAreAbsolute() {
        Memory out = new Memory();
        RespReply reply = new RespReply();
        reply.bind(out, 2);
        reply.ok();
        assertThat(reply.position()).isEqualTo(5);
        reply.finish();
        Memory other = new Memory();
        reply.bind(other, 3);
        assertThat(reply.position()).isZero();
        reply.nil();
        reply.finish();
        reply.bind(out, 2);
        assertThat(reply.position()).isEqualTo(5);
        assertThat(other.toString()).isEqualTo("_\r\n");
    }

    /** A message that notes how often it is spelled out. */
    private static final class Counted extends Message {
        private final boolean shared;
        private final byte[] payload;
        private int written;

        Counted(boolean shared, int bytes) {
            this.shared = shared;
            payload = new byte[bytes];
        }

        @Override
        public boolean shared() {
            return shared;
        }

        @Override
        public void write(Reply reply) {
            written++;
            reply.push(2);
            reply.bulk(latin("m"));
            reply.bulk(payload);
        }
    }

    @Test
    void aMessageForManyIsEncodedOncePerProtocol() {
        for (int bytes : new int[] {3, 100_000}) {
            Counted message = new Counted(true, bytes);
            RespReply reply = new RespReply();
            Memory[] outputs = new Memory[bytes < 1000 ? 1000 : 20];
            for (int i = 0; i < outputs.length; i++) {
                outputs[i] = new Memory();
                reply.bind(outputs[i], i % 2 + 2);
                reply.ok();
                reply.message(message);
                reply.ok();
                reply.finish();
            }
            assertThat(message.written).isEqualTo(2);
            String rest = "2\r\n$1\r\nm\r\n$" + bytes + "\r\n" + "\0".repeat(bytes) + "\r\n+OK\r\n";
            for (int i = 0; i < outputs.length; i += 7) {
                assertThat(outputs[i].toString().equals("+OK\r\n" + (i % 2 == 0 ? "*" : ">") + rest))
                        .as("receiver %d of %d bytes", i, bytes)
                        .isTrue();
            }
        }
    }

    @Test
    void aMessageForOneIsNotKept() {
        Counted message = new Counted(false, 3);
        Memory out = new Memory();
        RespReply reply = new RespReply();
        reply.bind(out, 3);
        reply.message(message);
        reply.finish();
        assertThat(out.toString()).isEqualTo(">2\r\n$1\r\nm\r\n$3\r\n\0\0\0\r\n");
        assertThat(message.kept(1)).isNull();
    }

    @Test
    void anyMixtureIsSpelledAsANaiveWriterWould() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            Memory out = new Memory();
            RespReply reply = new RespReply();
            reply.bind(out, 2);
            ByteArrayOutputStream naive = new ByteArrayOutputStream();
            for (int i = 0; i < 400; i++) {
                long mark = reply.mark();
                int length = naive.size();
                write(reply, naive, random, 0);
                if (random.nextInt(8) == 0) {
                    reply.rollback(mark);
                    byte[] kept = Arrays.copyOf(naive.toByteArray(), length);
                    naive.reset();
                    naive.writeBytes(kept);
                }
                assertThat(reply.position()).isEqualTo(naive.size());
                if (random.nextInt(50) == 0) {
                    reply.finish();
                }
            }
            reply.finish();
            assertThat(out.toString()).as("seed %d", seed).isEqualTo(naive.toString(StandardCharsets.ISO_8859_1));
        }
    }

    private static void write(Reply reply, ByteArrayOutputStream naive, Random random, int depth) {
        switch (random.nextInt(depth < 3 ? 6 : 4)) {
            case 0 -> {
                long value = random.nextLong() >> random.nextInt(64);
                reply.integer(value);
                naive.writeBytes(latin(":" + value + "\r\n"));
            }
            case 1 -> {
                byte[] b = new byte[random.nextInt(20) == 0 ? random.nextInt(90_000) : random.nextInt(300)];
                random.nextBytes(b);
                reply.bulk(b);
                naive.writeBytes(latin("$" + b.length + "\r\n"));
                naive.writeBytes(b);
                naive.writeBytes(latin("\r\n"));
            }
            case 2 -> {
                reply.nil();
                naive.writeBytes(latin("$-1\r\n"));
            }
            case 3 -> {
                reply.ok();
                naive.writeBytes(latin("+OK\r\n"));
            }
            case 4 -> {
                int n = random.nextInt(4);
                reply.array(n);
                naive.writeBytes(latin("*" + n + "\r\n"));
                for (int i = 0; i < n; i++) {
                    write(reply, naive, random, depth + 1);
                }
            }
            default -> {
                int n = random.nextInt(14);
                long token = reply.openArray();
                naive.writeBytes(latin("*" + n + "\r\n"));
                for (int i = 0; i < n; i++) {
                    write(reply, naive, random, depth + 1);
                }
                reply.closeArray(token, n);
            }
        }
    }
}
