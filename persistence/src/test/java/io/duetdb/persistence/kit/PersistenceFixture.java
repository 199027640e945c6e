package io.duetdb.persistence.kit;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.Engine;
import io.duetdb.engine.EngineOptions;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Propagator;
import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.api.Storage;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.ManualClock;
import io.duetdb.engine.kit.ValueReply;
import io.duetdb.persistence.Persistence;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.Mailbox;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.disk.Workers;
import io.duetdb.persistence.load.LoadException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A process with an engine and its persistence on a simulated disk, in one thread with a manual clock:
 *
 * <pre>
 *   PersistenceFixture t = new PersistenceFixture("appendonly=yes", "appendfsync=always").start();
 *   t.run("SET k v").replies("OK");
 *   t.crash(SimDisk.Survival.NONE).start();
 *   t.run("GET k").replies("v");
 * </pre>
 *
 * {@link #run} sends a command and waits, as a client does: workers run and time passes until the reply has left. {@link
 * #send} doesn't wait; {@link #turn}, {@link #step} and {@link #advance} then say what happens. Words are those of {@link
 * EngineFixture}.
 */
public final class PersistenceFixture {
    private static final long PATIENCE_MS = 60_000;
    private static final long STEP_MS = 50;
    private static final int STEPS_MAX = 100_000;

    private String[] values;
    private final SplittableRandom random;
    private final ManualClock clock;
    private final List<String> log = new ArrayList<>();
    private SimDisk disk;
    private SimWorkers workers = new SimWorkers();
    private UnaryOperator<Disk> diskWrapper = plain -> plain;
    private UnaryOperator<Workers> workersWrapper = plain -> plain;
    private UnaryOperator<Propagator> propagatorWrapper = plain -> plain;
    private Settings settings;
    private Engine engine;
    private Persistence persistence;
    private SimConnection connection;
    private Client client;
    private boolean woken;
    private boolean up;
    private Throwable bug;

    /** A machine with an empty disk and seed 1. Nothing runs yet. Settings are {@code name=value}. */
    public PersistenceFixture(String... values) {
        this(1, new SimDisk(), new ManualClock(), values);
    }

    /** A machine with what is on this disk. */
    public PersistenceFixture(long seed, SimDisk disk, ManualClock clock, String... values) {
        this.values = values;
        this.disk = disk;
        this.clock = clock;
        this.random = new SplittableRandom(seed);
    }

    /** A process that keeps an append-only file, on an empty disk and at rest; further settings are {@code name=value}. */
    public static PersistenceFixture appending(String... more) {
        return new PersistenceFixture("appendonly=yes").with(more).start().settle();
    }

    /** Puts something between persistence and its disk, its workers, or the engine and persistence; before the start. */
    public PersistenceFixture between(
            UnaryOperator<Disk> disks, UnaryOperator<Workers> threads, UnaryOperator<Propagator> effects) {
        diskWrapper = disks;
        workersWrapper = threads;
        propagatorWrapper = effects;
        return this;
    }

    // ---- a life

    /** Starts a process and loads what is there, to the end. */
    public PersistenceFixture start() {
        String refused = tryStart();
        if (refused != null) {
            throw new AssertionError("the start was refused: " + refused + "\nlog:\n" + String.join("\n", log));
        }
        return this;
    }

    /** Changes settings for the processes that start from now on. */
    public PersistenceFixture with(String... more) {
        values = Stream.concat(Arrays.stream(values), Arrays.stream(more)).toArray(String[]::new);
        return this;
    }

    /** Starts a process. Returns why it refused to, or null. */
    public String tryStart() {
        boot();
        try {
            persistence.begin();
            for (int i = 0; persistence.loading(); i++) {
                if (i > STEPS_MAX) {
                    throw new AssertionError("loading does not end");
                }
                turn();
            }
        } catch (LoadException refused) {
            up = false;
            return String.valueOf(refused.getMessage());
        } catch (Refused refused) {
            up = false;
            return String.valueOf(refused.getCause().getMessage());
        }
        turn();
        return null;
    }

    /** Makes engine and persistence, and begins nothing: for tests that look at loading itself. */
    public PersistenceFixture boot() {
        settings = settings(values);
        workers = new SimWorkers();
        woken = false;
        bug = null;
        Mailbox mailbox = new Mailbox(() -> woken = true);
        Outside.Log outside = new Outside.Log() {
            @Override
            public void notice(String message) {
                log.add("notice: " + message);
            }

            @Override
            public void warning(String message) {
                log.add("warning: " + message);
            }
        };
        persistence = new Persistence(
                new Outside(settings, clock, diskWrapper.apply(disk), workersWrapper.apply(workers), mailbox, outside));
        engine = new Engine(EngineOptions.of(settings, clock, random.nextLong(), 256L << 20)
                .withChecks()
                .withPropagator(propagatorWrapper.apply(persistence))
                .withHost(new SimHost()));
        persistence.attach(engine);
        connection = new SimConnection();
        client = engine.connect(connection);
        up = true;
        return this;
    }

    private static Settings settings(String[] values) {
        List<Setting> own = new ArrayList<>();
        own.add(Setting.text("dir", SimDisk.HOME, "The working directory."));
        for (Setting setting : PersistenceSettings.LIST) {
            List<String> wanted = new ArrayList<>(List.of("yes", "no", setting.initial()));
            for (String value : values) {
                if (value.startsWith(setting.name() + "=")) {
                    wanted.add(value.substring(setting.name().length() + 1));
                }
            }
            boolean limited = setting.standing() == Setting.Standing.LIMITED;
            own.add(limited ? setting.only("", wanted.toArray(new String[0])) : setting);
        }
        Settings settings = new Settings(Engine.settings(), own);
        for (String value : values) {
            int at = value.indexOf('=');
            settings.set(value.substring(0, at), value.substring(at + 1));
        }
        return settings;
    }

    private final class SimHost implements Host {
        @Override
        public Storage storage() {
            return persistence;
        }

        @Override
        public void bug(String what, Throwable cause) {
            if (cause instanceof SimDisk.Crash crash) {
                throw crash;
            }
            bug = cause;
            throw new AssertionError(what, cause);
        }

        @Override
        public void log(String message) {
            log.add("notice: " + message);
        }
    }

    /** The process is gone, and the disk is as a crash of this kind leaves it. {@link #start} starts the next one. */
    public PersistenceFixture crash(SimDisk.Survival survival) {
        disk.kill();
        disk = disk.after(survival, random);
        up = false;
        return this;
    }

    /** The process ends in an orderly way. */
    public PersistenceFixture stop() {
        try {
            persistence.close();
        } catch (IOException e) {
            throw new AssertionError("the end failed", e);
        }
        assertThat(workers.open()).as("workers whose threads would go on").isEmpty();
        up = false;
        disk.kill();
        disk = disk.after(SimDisk.Survival.ALL, random);
        return this;
    }

    /** Whether a process runs. */
    public boolean up() {
        return up;
    }

    // ---- commands

    /** One command that was sent: its reply, once it has left. */
    public static final class Sent {
        private final SimConnection where;
        private final int index;

        Sent(SimConnection where, int index) {
            this.where = where;
            this.index = index;
        }

        /** Whether the reply has left the process. */
        public boolean left() {
            return where.released() > index;
        }

        /** Whether the connection was closed by the engine, so that no reply will come. */
        public boolean broken() {
            return where.aborted() && !left();
        }

        /** The reply that left. */
        public Object value() {
            if (!left()) {
                throw new AssertionError("the reply has not left");
            }
            return where.value(index);
        }

        /** The reply is this; ints stand for longs. */
        public void replies(Object expected) {
            assertThat(value()).isEqualTo(expected instanceof Integer i ? i.longValue() : expected);
        }

        /** The reply is nil. */
        public void nil() {
            assertThat(value()).isNull();
        }

        /** The reply is this error line. */
        public void fails(String line) {
            assertThat(value()).isEqualTo(new ValueReply.Failure(line));
        }

        /** Whether the reply is an error. */
        public boolean failed() {
            return value() instanceof ValueReply.Failure;
        }
    }

    /** Sends one command and ends the turn. */
    public Sent send(String line) {
        return send(client, connection, Argv.of(EngineFixture.words(line)));
    }

    /** Sends commands that run in one turn, as a pipeline. */
    public List<Sent> pipeline(String... lines) {
        List<Sent> all = new ArrayList<>();
        for (String line : lines) {
            all.add(execute(client, connection, Argv.of(EngineFixture.words(line))));
        }
        turn();
        return all;
    }

    /** Sends one command of exact bytes and ends the turn. */
    public Sent send(byte[]... arguments) {
        return send(client, connection, Argv.of(arguments));
    }

    private Sent send(Client who, SimConnection where, Argv argv) {
        Sent sent = execute(who, where, argv);
        turn();
        return sent;
    }

    /** Has one command run in the present turn, which {@link #turn} ends. */
    public Sent execute(String line) {
        return execute(client, connection, Argv.of(EngineFixture.words(line)));
    }

    private Sent execute(Client who, SimConnection where, Argv argv) {
        int index = where.sent();
        int ran = engine.execute(who, new Argv[] {argv}, 1);
        assertThat(ran).as("commands that ran of 1").isEqualTo(1);
        where.drain();
        return new Sent(where, index);
    }

    /** Sends one command and waits for its reply. */
    public Sent run(String line) {
        return await(send(line));
    }

    /** Sends one command of exact bytes and waits for its reply. */
    public Sent run(byte[]... arguments) {
        return await(send(arguments));
    }

    private Sent await(Sent sent) {
        long until = clock.monotonicNs() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (!sent.left()) {
            if (sent.broken() || clock.monotonicNs() > until) {
                throw new AssertionError("no reply " + (sent.broken() ? "will come" : "within " + PATIENCE_MS + " ms"));
            }
            if (workers.step(random) || woken) {
                turn();
            } else {
                pass(10, TimeUnit.MILLISECONDS);
            }
        }
        return sent;
    }

    /** Another client. */
    public final class Other {
        private final SimConnection own = new SimConnection();
        private final Client other = engine.connect(own);

        /** Has one command run in the present turn. */
        public Sent execute(String line) {
            return PersistenceFixture.this.execute(other, own, Argv.of(EngineFixture.words(line)));
        }

        /** Sends one command and ends the turn. */
        public Sent send(String line) {
            return PersistenceFixture.this.send(other, own, Argv.of(EngineFixture.words(line)));
        }

        /** Sends one command and waits for its reply. */
        public Sent run(String line) {
            return await(send(line));
        }
    }

    /** A second client of the present process. */
    public Other other() {
        return new Other();
    }

    // ---- turns and time

    /** Ends a turn: persistence works, clients go on, replies leave. */
    public void turn() {
        if (disk.dead()) {
            throw new SimDisk.Crash();
        }
        woken = false;
        try {
            persistence.work(clock.monotonicNs() + 1_000_000);
        } catch (LoadException e) {
            throw new Refused(e);
        }
        Client resumed = engine.resume();
        while (resumed != null) {
            resumed.connection().resume();
            resumed = engine.resume();
        }
        engine.beforeSleep();
        connection.drain();
    }

    /** Loading found in a turn that it can't go on. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(LoadException cause) {
            super(cause);
        }
    }

    /** Runs one task of a worker, chosen by chance. Returns whether there was one. */
    public boolean step() {
        return workers.step(random);
    }

    /** Workers and turns run until nothing is left to do at this moment. */
    public PersistenceFixture settle() {
        turn();
        for (int i = 0; workers.step(random) || woken || persistence.nextDutyInMs() == 0; i++) {
            if (i > STEPS_MAX) {
                throw new AssertionError("it does not come to rest: " + workers.names());
            }
            turn();
        }
        return this;
    }

    /** Lets time pass in steps, with everything that is due in between. */
    public PersistenceFixture advance(long amount, TimeUnit unit) {
        long left = unit.toMillis(amount);
        settle();
        while (left > 0) {
            long duty = persistence.nextDutyInMs();
            long step = Math.min(left, duty > 0 ? Math.min(duty, STEP_MS) : STEP_MS);
            clock.advance(step, TimeUnit.MILLISECONDS);
            left -= step;
            settle();
        }
        return this;
    }

    /** Lets time pass at once and ends a turn; no worker runs meanwhile. */
    public PersistenceFixture pass(long amount, TimeUnit unit) {
        clock.advance(amount, unit);
        turn();
        return this;
    }

    // ---- what there is

    /** The digest of all data, as DEBUG DIGEST computes it. */
    public String digest() {
        try (Snapshot view = engine.freeze()) {
            return HexFormat.of().formatHex(view.digest());
        }
    }

    /** Fields of INFO's section Persistence by name. */
    public String info(String field) {
        List<String> found = new ArrayList<>();
        persistence.info((name, value) -> {
            if (name.equals(field)) {
                found.add(value);
            }
        });
        return found.isEmpty() ? null : found.get(0);
    }

    public SimDisk disk() {
        return disk;
    }

    public SimWorkers workers() {
        return workers;
    }

    public ManualClock clock() {
        return clock;
    }

    public Engine engine() {
        return engine;
    }

    public Settings settings() {
        return settings;
    }

    public Persistence persistence() {
        return persistence;
    }

    public SimConnection connection() {
        return connection;
    }

    public SplittableRandom random() {
        return random;
    }

    /** What the operator was told so far, each beginning with {@code notice:} or {@code warning:}. */
    public List<String> log() {
        return log;
    }

    /** A bug that a command met, or null. */
    public Throwable bug() {
        return bug != null ? bug : workers.bug();
    }
}
