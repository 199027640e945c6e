package io.duetdb.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.logging.InternalLogger;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NettyLoggersTest {
    private static final String NAME = "io.duetdb.test.netty";

    private final List<LogRecord> seen = new ArrayList<>();
    private final Logger jdk = Logger.getLogger(NAME);
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            seen.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private final InternalLogger logger = new NettyLoggers().newInstance(NAME);

    @BeforeEach
    void listen() {
        jdk.setUseParentHandlers(false);
        jdk.addHandler(handler);
    }

    @AfterEach
    void leave() {
        jdk.removeHandler(handler);
    }

    @Test
    void warningsAndErrorsReachTheLog() {
        logger.warn("a {} of {}", "warning", 1);
        logger.error("broken", new IllegalStateException("why"));
        assertThat(seen).extracting(LogRecord::getMessage).containsExactly("a warning of 1", "broken");
        assertThat(seen.get(1).getThrown()).hasMessage("why");
    }

    @Test
    void whatIsLessIsNotAskedFor() {
        assertThat(logger.isDebugEnabled()).isFalse();
        assertThat(logger.isInfoEnabled()).isFalse();
        logger.debug("detail");
        logger.info("news");
        assertThat(seen).isEmpty();
    }
}
