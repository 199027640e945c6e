package io.duetdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Embedded without ports: no threads, own worlds, given time and chance. */
final class DuetTest {
    @Test
    void commandsAnswerWithJavaValues() {
        try (Duet duet = Duet.start()) {
            assertThat(duet.execute("PING")).isEqualTo("PONG");
            assertThat(duet.execute("ECHO", "grüße")).isEqualTo("grüße");
            assertThat(duet.executeBytes(bytes("ECHO"), new byte[] {0, -1})).isEqualTo(new byte[] {0, -1});
        }
    }

    @Test
    void anErrorIsAnException() {
        try (Duet duet = Duet.start()) {
            assertThatThrownBy(() -> duet.execute("NOSUCH", "x"))
                    .isInstanceOf(DuetException.class)
                    .hasMessageStartingWith("ERR unknown command 'NOSUCH'");
            assertThatThrownBy(() -> duet.execute("ECHO"))
                    .hasMessage("ERR wrong number of arguments for 'echo' command");
            assertThat(duet.execute("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void aClosedInstanceRefuses() {
        Duet duet = Duet.start();
        duet.close();
        duet.close();
        assertThatThrownBy(() -> duet.execute("PING")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void quitEndsAConnectionNotTheInstance() {
        try (Duet duet = Duet.start()) {
            assertThat(duet.execute("QUIT")).isEqualTo("OK");
            assertThat(duet.execute("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void noThreadsAreStartedWithoutPorts() {
        Set<Thread> before = threads();
        try (Duet duet = Duet.start()) {
            duet.execute("PING");
            Set<Thread> during = threads();
            during.removeAll(before);
            assertThat(during).isEmpty();
        }
    }

    @Test
    void instancesAreWorldsOfTheirOwn() {
        List<Duet> many = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                many.add(Duet.start());
            }
            for (int i = 0; i < many.size(); i++) {
                many.get(i).execute("SET", "who", "instance " + i);
            }
            for (int i = 0; i < many.size(); i++) {
                assertThat(many.get(i).execute("GET", "who")).isEqualTo("instance " + i);
            }
        } finally {
            many.forEach(Duet::close);
        }
    }

    @Test
    void clientsOfOneInstanceShareItsKeysButNotTheirDatabase() {
        try (Duet duet = Duet.start();
                DuetClient other = duet.connect()) {
            other.execute("SELECT", "3");
            other.execute("SET", "k", "in 3");
            assertThat(duet.execute("GET", "k")).isNull();
            duet.execute("SELECT", "3");
            assertThat(duet.execute("GET", "k")).isEqualTo("in 3");
        }
    }

    @Test
    void timePassesWhenItIsTold() {
        ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
        try (Duet duet = Duet.builder().clock(clock).start()) {
            duet.execute("SET", "k", "v", "PX", "10000");
            clock.advance(Duration.ofMillis(9_999));
            assertThat(duet.execute("PTTL", "k")).isEqualTo(1L);
            clock.advance(Duration.ofMillis(2)); // a key lives through the millisecond of its deadline
            assertThat(duet.execute("GET", "k")).isNull();
            assertThat(duet.execute("DBSIZE")).isEqualTo(0L);
        }
    }

    @Test
    void theSameSeedMakesTheSameChoices() {
        assertThat(randomKeys(7)).isEqualTo(randomKeys(7)).isNotEqualTo(randomKeys(8));
    }

    private static List<Object> randomKeys(long seed) {
        try (Duet duet = Duet.builder().seed(seed).start()) {
            for (int i = 0; i < 1000; i++) {
                duet.execute("SET", "key:" + i, "v");
            }
            List<Object> keys = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                keys.add(String.valueOf(duet.execute("RANDOMKEY")));
            }
            return keys;
        }
    }

    @Test
    void aMemoryLimitRefusesWritesAndNothingElse() {
        try (Duet duet = Duet.builder().memoryLimit(2 << 20).start()) {
            String value = "x".repeat(10_000);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1000; i++) {
                            duet.execute("SET", "key:" + i, value);
                        }
                    })
                    .hasMessageStartingWith("OOM command not allowed");
            assertThat(duet.execute("GET", "key:0")).isEqualTo(value);
            assertThat(duet.execute("DEL", "key:0")).isEqualTo(1L);
        }
    }

    @Test
    void threadsMayShareAnInstance() throws InterruptedException {
        try (Duet duet = Duet.start()) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < 5_000; i++) {
                        duet.execute("INCR", "n");
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(duet.execute("GET", "n")).isEqualTo("20000");
        }
    }

    @Test
    void settingsAreCheckedWhenTheyAreGiven() {
        assertThatThrownBy(() -> Duet.builder().setting("databases", "many"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Duet.builder().setting("no-such-setting", "1"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Set<Thread> threads() {
        return new HashSet<>(Thread.getAllStackTraces().keySet());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
