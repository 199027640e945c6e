package io.duetdb.persistence.kit;

import io.duetdb.engine.api.Propagator;
import io.duetdb.engine.kit.ManualClock;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.Workers;
import io.duetdb.persistence.kit.Plan.Trait;
import io.duetdb.persistence.kit.SimDisk.Call;
import io.duetdb.persistence.kit.SimDisk.Fault;
import io.duetdb.persistence.kit.SimDisk.Kind;
import io.duetdb.persistence.kit.SimDisk.Survival;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/**
 * Lives of processes by one seed: clients write, time passes, workers run when chance says so, the disk fails, processes
 * end, are killed, lose power and start again. At each call of the system that changes something, what every kind of
 * crash would leave is started and compared with the {@link Ledger}. The first thing that should not be is a {@link
 * Violation}, which says how to see it again.
 */
public final class SimLife {
    private static final int EVENTS_KEPT = 40;
    private static final int NESTED_MAX = 2;
    private static final List<Kind> FAILING = List.of(
            Kind.FILE_FORCE,
            Kind.FILE_FORCE,
            Kind.FILE_WRITE,
            Kind.RENAME,
            Kind.FORCE_FOLDER,
            Kind.CREATE,
            Kind.FILE_TRUNCATE);
    private static final List<Survival> CRASHES = List.of(Survival.ALL, Survival.NONE, Survival.SUBSET, Survival.TORN);

    /** Something that must not happen, with the seed that makes it happen again. */
    public static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;

        Violation(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private final Plan plan;
    private final SplittableRandom random;
    private final SplittableRandom crashRandom;
    private final SimCommands commands;
    private final Ledger ledger = new Ledger();
    private final Deque<String> events = new ArrayDeque<>();
    private final Map<Long, String> found = new HashMap<>();
    private final String[] values;
    private final ManualClock clock = new ManualClock();
    private UnaryOperator<Disk> diskWrapper = plain -> plain;
    private UnaryOperator<Workers> workersWrapper = plain -> plain;
    private UnaryOperator<Propagator> propagatorWrapper = plain -> plain;
    private PersistenceFixture t;
    private PersistenceFixture.Other other;
    private Survival starting;
    private int startRequired;
    private boolean stepping;
    private int nested;
    private boolean faulty;
    private int saving = -1;
    private int saved;
    private String policy;
    private long event;
    private long states;
    private long recoveries;
    private long asked;
    private long made;
    private Violation violation;

    /** A life by this plan. */
    public SimLife(Plan plan) {
        this.plan = plan;
        this.random = new SplittableRandom(plan.seed());
        this.crashRandom = random.split();
        this.commands = new SimCommands(random.split());
        List<String> all = new ArrayList<>(
                List.of("appendonly=yes", "appendfsync=" + plan.policy(), "save=", "auto-aof-rewrite-percentage=0"));
        if (plan.is(Trait.SNAPSHOTS)) {
            all.addAll(List.of("appendonly=no", "save=3600 1"));
        }
        all.addAll(plan.settings());
        values = all.toArray(new String[0]);
    }

    /** Plants something between persistence and the outside, in every process of this life. */
    public SimLife between(
            UnaryOperator<Disk> disks, UnaryOperator<Workers> workers, UnaryOperator<Propagator> effects) {
        diskWrapper = disks;
        workersWrapper = workers;
        propagatorWrapper = effects;
        return this;
    }

    /** States after crashes that were looked at. */
    public long states() {
        return states;
    }

    /** Starts that were needed for that: states with the same files are started once. */
    public long recoveries() {
        return recoveries;
    }

    /** Lives it. */
    public SimLife run() {
        try {
            t = process(random.nextLong(), new SimDisk(), clock);
            PersistenceFixture empty = new PersistenceFixture("appendonly=no", "save=").boot();
            ledger.begin(empty.digest(), 0);
            start(Survival.NONE);
            for (int i = 0; i < plan.turns(); i++) {
                event++;
                happens();
                check();
            }
            end();
            check();
        } catch (Violation seen) {
            throw seen;
        } catch (SimDisk.Crash | Exception | AssertionError unexpected) {
            if (violation != null) {
                throw violation;
            }
            throw violation(String.valueOf(unexpected), unexpected);
        }
        return this;
    }

    private PersistenceFixture process(long seed, SimDisk disk, ManualClock time) {
        return new PersistenceFixture(seed, disk, time, values).between(diskWrapper, workersWrapper, propagatorWrapper);
    }

    // ---- what happens

    private void happens() {
        int what = random.nextInt(1000);
        if (plan.is(Trait.FAILING) && random.nextInt(10) == 0) {
            fault();
        } else if (what < 550) {
            commandTurn();
        } else if (what < 700) {
            passes(1 + random.nextInt(120));
        } else if (what < (plan.is(Trait.FAILING) ? 910 : 940)) {
            steps(1 + random.nextInt(3));
        } else if (what < 970) {
            request(plan.is(Trait.SNAPSHOTS) ? "BGSAVE" : "BGREWRITEAOF");
        } else if (what < 985) {
            passes(1000 + random.nextInt(500));
        } else {
            rarely();
        }
        if (!plan.is(Trait.LAZY)) {
            steps(20);
        }
    }

    private void rarely() {
        if (plan.is(Trait.RESTARTING) && !faulty && random.nextBoolean()) {
            restart();
        } else if (plan.is(Trait.SWITCHING) && random.nextBoolean()) {
            String to = List.of("always", "everysec", "no").get(random.nextInt(3));
            execute("CONFIG SET appendfsync " + to, false);
            policy = to;
            turn();
        } else {
            request(random.nextInt(4) > 0 ? "BGSAVE" : "FLUSHALL");
        }
    }

    private void fault() {
        if (faulty) {
            heal();
            return;
        }
        Fault fault = random.nextBoolean() ? Fault.NO_SPACE : Fault.IO_ERROR;
        if (random.nextInt(3) == 0) {
            boolean sticky = random.nextBoolean();
            int n = 1 + random.nextInt(12);
            note("fault " + fault + (sticky ? " from" : " at") + " call " + n + " on");
            t.disk().failAt(n, fault, sticky);
        } else {
            Kind kind = FAILING.get(random.nextInt(FAILING.size()));
            int n = 1 + random.nextInt(2);
            note("fault " + fault + " at " + kind + " " + n);
            t.disk().failAt(n, kind, fault);
        }
        faulty = true;
    }

    private void heal() {
        note("the disk is whole again");
        t.disk().heal();
        faulty = false;
    }

    private void commandTurn() {
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            int kind = random.nextInt(20);
            if (kind == 0) {
                commands.transaction().forEach(line -> execute(line, false));
            } else if (kind < 3) {
                execute(commands.read(), false);
            } else {
                execute(commands.write(), kind < 8);
            }
        }
        turn();
    }

    private void request(String line) {
        boolean before = "1".equals(t.info("rdb_bgsave_in_progress"));
        execute(line, false);
        if (!before && "1".equals(t.info("rdb_bgsave_in_progress"))) {
            saving = ledger.size();
        } else if (line.equals("FLUSHALL")) {
            saving = -1; // its snapshot is given up, or there is another one
        }
        turn();
    }

    private void execute(String line, boolean byOther) {
        note((byOther ? "other: " : "") + (line.length() > 60 ? line.substring(0, 60) + "..." : line));
        PersistenceFixture.Sent sent = byOther ? other.execute(line) : t.execute(line);
        int before = ledger.size();
        ledger.did(
                line.length() > 60 ? line.substring(0, 60) : line,
                t.digest(),
                t.engine().offset());
        // While writing fails, who changes nothing is answered though he may have seen what isn't written.
        ledger.sent(sent, !plan.is(Trait.FAILING) || ledger.size() > before);
    }

    private void turn() {
        boolean within = stepping;
        stepping = false;
        t.turn();
        stepping = within;
        ledger.did("a turn", t.digest(), t.engine().offset());
        if (saving >= 0 && "0".equals(t.info("rdb_bgsave_in_progress"))) {
            saved = "ok".equals(t.info("rdb_last_bgsave_status")) ? saving : saved;
            saving = -1;
        }
        ledger.look(policy, clock.monotonicNs());
        ledger.errors().forEach(this::expected);
        if (t.bug() != null) {
            throw violation("a bug was met", t.bug());
        }
        check();
    }

    private void expected(Object error) {
        String line = String.valueOf(error);
        boolean ordinary = line.contains("no such key")
                || line.contains("WRONGTYPE")
                || line.contains("already in progress")
                || line.contains("can't BGSAVE right now")
                || line.contains("ERR value is not");
        boolean misconf = line.contains("MISCONF") || line.contains("EXECABORT");
        boolean failing = plan.is(Trait.FAILING) && (misconf || line.contains("ERR "));
        if (!ordinary && !failing) {
            throw violation("an error that nobody caused: " + line, null);
        }
    }

    private void passes(long ms) {
        note(ms + " ms pass");
        long left = ms;
        while (left > 0) {
            long step = Math.min(left, 40);
            clock.advance(step, TimeUnit.MILLISECONDS);
            left -= step;
            turn();
            if (!plan.is(Trait.LAZY)) {
                steps(20);
            }
        }
    }

    private void steps(int max) {
        int done = 0;
        while (done < max && step()) {
            done++;
            turn();
        }
    }

    private boolean step() {
        stepping = true;
        try {
            return t.step();
        } finally {
            stepping = false;
        }
    }

    /** A client writes while a worker forces a file. */
    private void meanwhile() {
        if (stepping && nested < NESTED_MAX && starting == null && random.nextInt(4) == 0) {
            nested++;
            try {
                note("(while a file is forced)");
                commandTurn();
            } finally {
                nested--;
                stepping = true;
            }
        }
    }

    // ---- ends and starts

    private void restart() {
        if (random.nextInt(3) == 0) {
            note("the process ends");
            t.disk().watch(call -> {});
            t.stop();
            startRequired = ledger.size();
            start(Survival.ALL);
            return;
        }
        Survival survival = CRASHES.get(random.nextInt(CRASHES.size()));
        note("crash " + survival);
        startRequired = required(survival);
        t.crash(survival);
        start(survival);
    }

    /** Starts a process on what is there, looking at crashes of the start itself. */
    private void start(Survival survival) {
        starting = survival;
        SimDisk disk = t.disk();
        disk.watch(this::looksAt);
        disk.duringForce(this::meanwhile);
        policy = plan.policy();
        String refused = t.tryStart();
        if (refused != null) {
            throw violation("the start is refused: " + refused, null);
        }
        String wrong = ledger.verify(t.digest(), startRequired);
        if (wrong != null) {
            throw violation("after the start: " + wrong, null);
        }
        starting = null;
        startRequired = 0;
        ledger.begin(t.digest(), t.engine().offset());
        saving = -1;
        saved = 0;
        other = t.other();
        execute("SELECT 0", false);
        other.execute("SELECT 3");
        turn();
        check();
    }

    private void end() {
        heal();
        for (int i = 0; i < 130 && (i < 30 || ledger.waiting() > 0); i++) {
            clock.advance(50, TimeUnit.MILLISECONDS);
            turn();
            steps(20);
        }
        if (ledger.waiting() > 0) {
            throw violation(ledger.waiting() + " replies never left", null);
        }
        if (!plan.is(Trait.SNAPSHOTS)) {
            goesOn();
        }
        t.disk().watch(call -> {});
        t.stop();
        startRequired = ledger.size();
        start(Survival.ALL);
    }

    /** When nothing fails any more, writes are taken within 5 s, and last. */
    private void goesOn() {
        execute("INCR last", false);
        turn();
        for (int i = 0; i < 120; i++) {
            clock.advance(50, TimeUnit.MILLISECONDS);
            turn();
            steps(20);
        }
        if (ledger.waiting() > 0) {
            throw violation("6 s after the last fault a write is not answered", null);
        }
        if (required(Survival.ALL) != ledger.size()) {
            throw violation(
                    "6 s after the last fault a write is refused: "
                            + t.persistence().refusal(),
                    null);
        }
        long durable = t.persistence().durableOffset();
        if (!policy.equals("no") && durable < t.engine().offset()) {
            String effects = "effects up to " + durable + " of " + t.engine().offset() + " last";
            throw violation("6 s after the last write " + effects, null);
        }
    }

    // ---- crashes

    private int required(Survival survival) {
        ledger.look(policy, clock.monotonicNs());
        if (plan.is(Trait.SNAPSHOTS)) {
            return saved;
        }
        return ledger.required(
                survival,
                policy,
                !plan.is(Trait.LAZY) && !plan.is(Trait.FAILING) && !plan.is(Trait.SWITCHING),
                t.persistence().durableOffset(),
                clock.monotonicNs());
    }

    /** A call of the process: what would be found if it were the last? */
    private void looksAt(Call call) {
        if (violation != null || crashRandom.nextDouble() >= plan.share()) {
            return;
        }
        boolean begins = starting != null;
        if (!begins) {
            ledger.did("within a turn", t.digest(), t.engine().offset());
        }
        if (plan.is(Trait.HOLES)) {
            holes(begins ? startRequired : required(Survival.NONE));
            return;
        }
        for (Survival survival : CRASHES) {
            int required = begins ? startRequired : required(survival);
            SimDisk image = t.disk().after(survival, crashRandom);
            states++;
            String problem = look(image, required);
            if (problem != null) {
                violation = violation(
                        "crash at call " + call.number() + " " + call.kind() + " " + call.path()
                                + (begins ? " of a start" : "")
                                + ", " + survival + " of what was not forced survives: " + problem + "\nfiles: "
                                + sizes(image),
                        null);
                return;
            }
        }
    }

    /** Files may have holes: what is found is counted, since the promise doesn't cover it. */
    private void holes(int required) {
        SimDisk image = t.disk().after(Survival.HOLES, crashRandom);
        states++;
        String problem = look(image, required);
        if (problem == null) {
            return;
        }
        if (!problem.contains("--aof-load-damaged prefix")) {
            made++;
            return;
        }
        asked++;
        PersistenceFixture next = process(1, image.after(Survival.ALL, crashRandom), new ManualClock());
        String refused = next.with("aof-load-damaged=prefix").tryStart();
        if (refused != null) {
            violation = violation("what is verified of a file with a hole is chosen: " + refused, null);
        } else if (ledger.verify(next.digest(), required) != null) {
            made++;
        }
    }

    /** Starts that asked the operator what to keep of a file with a hole. */
    public long asked() {
        return asked;
    }

    /** Starts that took a hole for data. */
    public long made() {
        return made;
    }

    private String look(SimDisk image, int required) {
        long print = fingerprint(image);
        String known = found.get(print);
        if (known == null) {
            recoveries++;
            PersistenceFixture next = process(1, image.after(Survival.ALL, crashRandom), new ManualClock());
            String refused = next.tryStart();
            known = refused != null ? "!the start is refused: " + refused : next.digest();
            if (refused == null && recoveries % 8 == 0) {
                String later = onceMore(next, known);
                known = later != null ? "!" + later : known;
            }
            found.put(print, known);
        }
        return known.startsWith("!") ? known.substring(1) : ledger.verify(known, required);
    }

    /** What was recovered is there once more after the next crash, with what was written then. */
    private String onceMore(PersistenceFixture next, String digest) {
        next.run("INCR later");
        if (plan.is(Trait.SNAPSHOTS)) {
            next.run("SAVE").replies("OK");
        }
        String then = next.digest();
        next.crash(Survival.ALL);
        String refused = next.tryStart();
        if (refused != null) {
            return "the start after the next is refused: " + refused;
        }
        return next.digest().equals(then)
                ? null
                : "the start after the next finds something else"
                        + (next.digest().equals(digest) ? ": one write less" : "");
    }

    private static long fingerprint(SimDisk image) {
        CRC32C sum = new CRC32C();
        long size = 0;
        for (String path : image.files()) {
            byte[] bytes = image.bytes(path);
            sum.update(path.getBytes(StandardCharsets.UTF_8));
            sum.update(bytes);
            size = size * 31 + bytes.length + path.length();
        }
        return sum.getValue() << 31 ^ size;
    }

    // ---- telling

    private static String sizes(SimDisk image) {
        StringBuilder text = new StringBuilder();
        for (String path : image.files()) {
            text.append(path).append(' ').append(image.bytes(path).length).append(" bytes; ");
        }
        return text.toString();
    }

    private void note(String what) {
        events.add(event + " " + what);
        if (events.size() > EVENTS_KEPT) {
            events.remove();
        }
    }

    private void check() {
        if (violation != null) {
            throw violation;
        }
    }

    private Violation violation(String what, Throwable cause) {
        List<String> log = t == null ? List.of() : t.log();
        return new Violation(
                "seed=" + plan.seed() + " " + plan + " " + Arrays.toString(values) + " event " + event + ": " + what
                        + "\nevents:\n  " + String.join("\n  ", events) + "\nlog:\n  "
                        + String.join("\n  ", log.subList(Math.max(0, log.size() - 20), log.size())),
                cause);
    }
}
