package io.duetdb.survival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.kit.RespClient;
import io.duetdb.engine.kit.ValueReply;
import io.duetdb.server.Instance;
import io.duetdb.server.InstanceOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * S13: an error of Duet's own in the midst of a command that has changed something already. With an append-only file
 * nothing goes on from there: the next start has all that was acknowledged, and nothing of that command.
 */
@Timeout(60)
final class HalfDoneTest {
    private static final int VALUE_BYTES = 100_000;
    private static final int VALUES = 200;

    @TempDir
    Path folder;

    /** Memory that fails when it is told to, as nothing in Duet expects it to. */
    private static final class Failing implements BlockSource {
        private volatile boolean planted;
        private final boolean error;

        Failing(boolean error) {
            this.error = error;
        }

        @Override
        public byte[] take(int bytes) {
            if (planted) {
                if (error) {
                    throw new StackOverflowError("planted");
                }
                throw new IllegalStateException("planted");
            }
            return new byte[bytes];
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true"})
    void halfACommandIsNowhereAfterAStart(boolean error, boolean transaction) throws Exception {
        Failing blocks = new Failing(error);
        CountDownLatch stopped = new CountDownLatch(1);
        InstanceOptions options = options();
        options.blocks = blocks;
        options.onEndAtOnce = stopped::countDown;
        try (Instance instance = Instance.start(options);
                RespClient client = new RespClient(instance.respPort())) {
            assertThat(client.run("SET before 1")).isEqualTo("OK");
            blocks.planted = true;
            String mset = "MSET" + " many%d " + "x".repeat(VALUE_BYTES);
            if (transaction) {
                client.run("MULTI");
                client.run("SET before 2");
            }
            client.send(words(mset));
            client.flush();
            assertThatThrownBy(() -> {
                        client.read();
                        if (transaction) {
                            client.run("EXEC");
                        }
                        client.run("GET before");
                    })
                    .isInstanceOf(IOException.class);
            assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
        }
        try (Instance instance = Instance.start(options());
                RespClient client = new RespClient(instance.respPort())) {
            assertThat(client.run("GET before")).isEqualTo("1");
            assertThat(client.run("DBSIZE")).isEqualTo(1L);
        }
    }

    @ParameterizedTest
    @CsvSource({"false"})
    void withoutAFileItGoesOnBecauseMemoryIsAllThereIs(boolean error) throws Exception {
        Failing blocks = new Failing(error);
        InstanceOptions options = options();
        options.settings.set("appendonly", "no");
        options.blocks = blocks;
        try (Instance instance = Instance.start(options);
                RespClient client = new RespClient(instance.respPort())) {
            assertThat(client.run("SET before 1")).isEqualTo("OK");
            blocks.planted = true;
            client.send(words("MSET many%d " + "x".repeat(VALUE_BYTES)));
            client.flush();
            assertThat(client.read()).isInstanceOf(ValueReply.Failure.class);
            assertThat(client.run("GET before")).isEqualTo("1");
        }
    }

    private InstanceOptions options() {
        Settings settings = InstanceOptions.settings();
        settings.set("dir", folder.toString());
        settings.set("appendonly", "yes");
        InstanceOptions options = new InstanceOptions(settings);
        options.files = true;
        options.embedded = true;
        options.respPort = 0;
        return options;
    }

    /** A command of many pairs, which needs more memory than there is at its beginning. */
    private static byte[][] words(String pattern) {
        String[] parts = pattern.split(" ");
        byte[][] words = new byte[1 + 2 * VALUES][];
        words[0] = parts[0].getBytes();
        for (int i = 0; i < VALUES; i++) {
            words[1 + 2 * i] = String.format(parts[1], i).getBytes();
            words[2 + 2 * i] = parts[2].getBytes();
        }
        return words;
    }
}
