package io.duetdb.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.persistence.tool.Meter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ProgressBarTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long nowNs;
    private final Meter bar = new ProgressBar(new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> nowNs);

    private String shown() {
        String text = bytes.toString(StandardCharsets.UTF_8);
        bytes.reset();
        return text;
    }

    @Test
    void whatIsQuickShowsNothing() {
        bar.begin("reading x", 1000, "bytes");
        nowNs += 300_000_000;
        bar.at(900);
        bar.end();
        assertThat(shown()).isEmpty();
    }

    @Test
    void longWorkIsOneLineThatIsDrawnAnewAndGoesAtItsEnd() {
        bar.begin("reading x", 3 << 20, "bytes");
        nowNs += 1_000_000_000;
        bar.at(1 << 20);
        assertThat(shown()).isEqualTo("\r\u001b[Kreading x [########................] 33 % of 3.0 MB, 2 s left");
        nowNs += 10_000_000;
        bar.at(2 << 20);
        assertThat(shown()).isEmpty();
        nowNs += 100_000_000;
        bar.at(2 << 20);
        assertThat(shown()).startsWith("\r\u001b[Kreading x [################........] 67 % of 3.0 MB");
        bar.end();
        assertThat(shown()).isEqualTo("\r\u001b[K");
    }

    @Test
    void workOfUnknownLengthCountsUp() {
        bar.begin("reading there:6379", 0, "keys");
        nowNs += 1_000_000_000;
        for (int i = 1; i <= 1600; i++) {
            bar.at(i);
        }
        assertThat(shown()).startsWith("\r\u001b[Kreading there:6379 ").contains(" keys");
    }
}
