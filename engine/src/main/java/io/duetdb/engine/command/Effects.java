package io.duetdb.engine.command;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Propagator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one execution unit did, as commands that do the same again: deterministic, without times relative to now and
 * without chance. Collected while the unit runs, handed to the {@link Propagator} when the outermost one ends, between
 * MULTI and EXEC when they are several. While nobody listens effects are only counted.
 *
 * <p>Used as a builder: {@code effects.command(SREM).key(argv, 1).arg(member)}; an effect ends where the next begins.
 */
public final class Effects {
    private static final Argv MULTI = Argv.of("MULTI");
    private static final Argv EXEC = Argv.of("EXEC");

    private static final int LARGE = 64 * 1024;
    private static final int POOLED = 1024;

    /** One effect with a buffer of its own, reused. */
    private static final class Effect {
        final Argv argv = new Argv();
        byte[] buffer = new byte[256];
        int length;
        int db;

        @Nullable
        Argv verbatim;

        void begin(int database) {
            db = database;
            length = 0;
            verbatim = null;
            argv.wrap(buffer);
        }

        void reserve(int more) {
            if (buffer.length - length < more) {
                buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
                argv.moveTo(buffer);
            }
        }
    }

    private final EffectStream stream;
    private final List<Effect> pool = new ArrayList<>();
    private int count;
    private int byTime;
    private boolean listening;
    private int db;

    Effects(EffectStream stream) {
        this.stream = stream;
    }

    /** Starts a unit. */
    void begin() {
        count = 0;
        byTime = 0;
        listening = stream.propagator().listening();
    }

    /** Effects begun from now on belong to this database. */
    void database(int index) {
        db = index;
    }

    /** Begins an effect; {@code name} is the command's, one of {@link EffectNames}. */
    public Effects command(byte[] name) {
        Effect effect = next();
        return effect == null ? this : arg(name, 0, name.length);
    }

    /** Begins an effect that nobody asked for: a key or field whose time is over goes. */
    Effects byTime(byte[] name) {
        byTime++;
        return command(name);
    }

    /** A copy of a key of the request. */
    public Effects key(Argv argv, int index) {
        return arg(argv, index);
    }

    /** A copy of an argument of the request. */
    public Effects arg(Argv argv, int index) {
        if (listening) {
            Effect effect = pool.get(count - 1);
            int length = argv.length(index);
            effect.reserve(length);
            argv.copy(index, 0, effect.buffer, effect.length, length);
            effect.argv.add(effect.length, length);
            effect.length += length;
        }
        return this;
    }

    /** A copy of some bytes. */
    public Effects arg(byte[] bytes, int from, int length) {
        if (listening) {
            Effect effect = pool.get(count - 1);
            effect.reserve(length);
            System.arraycopy(bytes, from, effect.buffer, effect.length, length);
            effect.argv.add(effect.length, length);
            effect.length += length;
        }
        return this;
    }

    /** A word. */
    public Effects arg(byte[] bytes) {
        return arg(bytes, 0, bytes.length);
    }

    /** A number in decimal. */
    public Effects arg(long value) {
        if (listening) {
            Effect effect = pool.get(count - 1);
            effect.reserve(20);
            int end = Numbers.write(value, effect.buffer, effect.length);
            effect.argv.add(effect.length, end - effect.length);
            effect.length = end;
        }
        return this;
    }

    /** The request itself is the effect. {@code lasting}: it stays valid until the unit ends, no copy is needed. */
    void verbatim(Argv argv, boolean lasting) {
        Effect effect = next();
        if (effect == null) {
            return;
        }
        if (lasting) {
            effect.verbatim = argv;
            return;
        }
        for (int i = 0; i < argv.count(); i++) {
            arg(argv, i);
        }
    }

    private @Nullable Effect next() {
        count++;
        if (!listening) {
            return null;
        }
        if (pool.size() < count) {
            pool.add(new Effect());
        }
        Effect effect = pool.get(count - 1);
        effect.begin(db);
        return effect;
    }

    /** Ends the unit: hands the effects over. {@code wrap}: several belong together (not those of a cycle). */
    void end(boolean wrap) {
        int n = count;
        count = 0;
        hand(n, wrap);
        if (n > byTime) {
            stream.ofCommand();
        }
    }

    private void hand(int n, boolean wrap) {
        if (!listening) {
            stream.advance(n);
            return;
        }
        Propagator propagator = stream.propagator();
        boolean multi = wrap && n > 1;
        if (multi) {
            propagator.propagate(pool.get(0).db, MULTI, stream.offset());
        }
        for (int i = 0; i < n; i++) {
            Effect effect = pool.get(i);
            Argv verbatim = effect.verbatim;
            propagator.propagate(effect.db, verbatim == null ? effect.argv : verbatim, stream.advance(1));
            effect.verbatim = null;
            if (effect.buffer.length > LARGE) {
                effect.buffer = new byte[256]; // a big value passed through: don't keep its room
            }
        }
        if (multi) {
            propagator.propagate(pool.get(n - 1).db, EXEC, stream.offset());
        }
        if (pool.size() > POOLED) {
            pool.subList(POOLED, pool.size()).clear();
        }
    }

    /** The bytes of an effect's command name or option. For constants. */
    public static byte[] word(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }
}
