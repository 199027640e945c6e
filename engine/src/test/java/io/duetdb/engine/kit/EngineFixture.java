package io.duetdb.engine.kit;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Settings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An engine in checked mode with a manual clock, read like a redis-cli session:
 *
 * <pre>
 *   t.run("SET k v").replies("OK");
 *   t.effects("SET k v");
 *   t.events("set:k");
 *   t.advance(11, SECONDS);
 * </pre>
 *
 * Words are split at spaces; a word in double quotes may hold spaces and the escapes \n \r \t \" \\ \xHH. Every
 * command is a loop turn of its own. Bugs are rethrown.
 */
public final class EngineFixture {
    private final ManualClock clock = new ManualClock();
    private final EffectLog effects = new EffectLog();
    private final List<String> events = new ArrayList<>();
    private final Engine engine;
    private final Settings settings;
    private final TestConnection connection = new TestConnection();
    private final Client client;

    /** A fresh engine with seed 1, 256 MB of memory and settings "name=value". */
    public EngineFixture(String... values) {
        this(1, 256L << 20, Host.NONE, values);
    }

    /** A fresh engine. */
    public EngineFixture(long seed, long memoryBytes, Host host, String... values) {
        settings = new Settings(Engine.settings());
        for (String value : values) {
            int at = value.indexOf('=');
            settings.set(value.substring(0, at), value.substring(at + 1));
        }
        engine = new Engine(EngineOptions.of(settings, clock, seed, memoryBytes)
                .withChecks()
                .withPropagator(effects)
                .withHost(host)
                .withEvents((event, db, key, offset, length) -> events.add(
                        event.label() + ":" + new String(key, offset, length, StandardCharsets.ISO_8859_1))));
        client = engine.connect(connection);
    }

    /** What a command replied. */
    public static final class Result {
        private final Object value;

        Result(Object value) {
            this.value = value;
        }

        /** The value: String, Long, Double, Boolean, List, Map, null or {@link ValueReply.Failure}. */
        public Object value() {
            return value;
        }

        /** The reply is this; ints stand for longs. */
        public void replies(Object expected) {
            assertThat(value).isEqualTo(widen(expected));
        }

        /** The reply is an array of these. */
        public void array(Object... expected) {
            assertThat(value).isEqualTo(widen(Arrays.asList(expected)));
        }

        /** The reply is nil. */
        public void nil() {
            assertThat(value).isNull();
        }

        /** The reply is this error line. */
        public void fails(String line) {
            assertThat(value).isEqualTo(new ValueReply.Failure(line));
        }

        private static Object widen(Object expected) {
            if (expected instanceof Integer i) {
                return i.longValue();
            }
            if (expected instanceof List<?> list) {
                List<Object> wide = new ArrayList<>();
                for (Object o : list) {
                    wide.add(widen(o));
                }
                return wide;
            }
            return expected;
        }
    }

    /** Another client of the same engine. */
    public final class Other {
        private final TestConnection otherConnection = new TestConnection();
        private final Client other = engine.connect(otherConnection);

        public Result run(String line) {
            return call(other, otherConnection, Argv.of(words(line)));
        }

        /** Begins a command that need not reply at once. Returns whether it was taken. */
        public boolean start(String line) {
            boolean ran = engine.execute(other, new Argv[] {Argv.of(words(line))}, 1) == 1;
            engine.beforeSleep();
            return ran;
        }

        public TestConnection connection() {
            return otherConnection;
        }

        public Client client() {
            return other;
        }
    }

    /** A second client. */
    public Other other() {
        return new Other();
    }

    /** Runs one command, split into words. */
    public Result run(String line) {
        return call(client, connection, Argv.of(words(line)));
    }

    /** Runs one command of exact bytes. */
    public Result run(byte[]... arguments) {
        return call(client, connection, Argv.of(arguments));
    }

    private Result call(Client who, TestConnection where, Argv argv) {
        int ran = engine.execute(who, new Argv[] {argv}, 1);
        assertThat(ran).isEqualTo(1);
        Object value = where.take();
        engine.beforeSleep();
        return new Result(value);
    }

    /** The effects since the last call of this are exactly these. */
    public void effects(String... expected) {
        assertThat(effects.take()).containsExactly(expected);
    }

    /** The key events since the last call of this are exactly these, each {@code name:key}. */
    public void events(String... expected) {
        assertThat(events).containsExactly(expected);
        events.clear();
    }

    /** Moves time on, without a loop turn. */
    public EngineFixture advance(long amount, TimeUnit unit) {
        clock.advance(amount, unit);
        return this;
    }

    /** A loop turn without requests: what was suspended or paused goes on, background work. */
    public EngineFixture turn() {
        Client resumed = engine.resume();
        while (resumed != null) {
            resumed.connection().resume();
            resumed = engine.resume();
        }
        engine.beforeSleep();
        return this;
    }

    /** Forgets effects and events so far. */
    public EngineFixture forget() {
        effects.take();
        events.clear();
        return this;
    }

    public ManualClock clock() {
        return clock;
    }

    public EffectLog effectLog() {
        return effects;
    }

    public Engine engine() {
        return engine;
    }

    public Settings settings() {
        return settings;
    }

    public Client client() {
        return client;
    }

    public TestConnection connection() {
        return connection;
    }

    /** Splits a line as the class comment says; characters are bytes (ISO 8859-1). */
    public static byte[][] words(String line) {
        List<byte[]> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted) {
                if (c == '"') {
                    quoted = false;
                } else if (c == '\\') {
                    char e = line.charAt(++i);
                    switch (e) {
                        case 'n' -> word.append('\n');
                        case 'r' -> word.append('\r');
                        case 't' -> word.append('\t');
                        case 'x' -> {
                            word.append((char) Integer.parseInt(line.substring(i + 1, i + 3), 16));
                            i += 2;
                        }
                        default -> word.append(e);
                    }
                } else {
                    word.append(c);
                }
            } else if (c == '"') {
                quoted = true;
                inWord = true;
            } else if (c == ' ') {
                if (inWord) {
                    words.add(word.toString().getBytes(StandardCharsets.ISO_8859_1));
                    word.setLength(0);
                    inWord = false;
                }
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (inWord) {
            words.add(word.toString().getBytes(StandardCharsets.ISO_8859_1));
        }
        return words.toArray(new byte[0][]);
    }
}
