package io.duetdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.api.CommandError;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Replies as Java values: what each meaning becomes, nested, cut back, and as an error. */
final class ReplyValueTest {
    private final ReplyValue reply = new ReplyValue();

    @Test
    void scalarsBecomeTheirJavaValues() {
        reply.ok();
        assertThat(reply.take(false)).isEqualTo("OK");
        reply.integer(7);
        assertThat(reply.take(false)).isEqualTo(7L);
        reply.nil();
        assertThat(reply.take(false)).isNull();
        reply.nilArray();
        assertThat(reply.take(false)).isNull();
        reply.real(1.5);
        assertThat(reply.take(false)).isEqualTo(1.5);
        reply.bool(true);
        assertThat(reply.take(false)).isEqualTo(true);
        reply.bulk("größe".getBytes(StandardCharsets.UTF_8));
        assertThat(reply.take(false)).isEqualTo("größe");
        reply.bulk(12);
        assertThat(reply.take(true)).isEqualTo(new byte[] {'1', '2'});
        reply.bulkParts(4);
        reply.part(new byte[] {'x', 'a', 'b'}, 1, 2);
        reply.part(new byte[] {'c', 'd'}, 0, 2);
        assertThat(reply.take(false)).isEqualTo("abcd");
    }

    @Test
    void aggregatesNest() {
        reply.array(3);
        reply.map(1);
        reply.text("k");
        reply.set(2);
        reply.integer(1);
        reply.integer(2);
        reply.pairs(1);
        reply.pair();
        reply.text("m");
        reply.real(2);
        long token = reply.openArray();
        reply.nil();
        reply.nil();
        reply.closeArray(token, 2);
        assertThat(reply.take(false))
                .isEqualTo(List.of(Map.of("k", Set.of(1L, 2L)), List.of(List.of("m", 2.0)), Arrays.asList(null, null)));
        assertThat(reply.isEmpty()).isTrue();
    }

    @Test
    void rollingBackForgetsWhatWasTold() {
        reply.array(2);
        reply.integer(1);
        long mark = reply.mark();
        reply.array(5);
        reply.integer(9);
        reply.rollback(mark);
        reply.error(new CommandError("ERR no"));
        List<?> values = (List<?>) reply.take(false);
        assertThat(values.get(0)).isEqualTo(1L);
        assertThat(values.get(1))
                .isInstanceOfSatisfying(
                        DuetException.class, e -> assertThat(e.code()).isEqualTo("ERR"));
    }

    @Test
    void anErrorIsThrown() {
        reply.error(new CommandError("WRONGTYPE Operation"));
        assertThatThrownBy(() -> reply.take(false))
                .isInstanceOf(DuetException.class)
                .hasMessage("WRONGTYPE Operation");
        assertThat(reply.isEmpty()).isTrue();
    }
}
