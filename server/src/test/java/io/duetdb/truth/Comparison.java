package io.duetdb.truth;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Both sides, freshly started, and the comparison of what they reply: steps go to redis-server as a pipeline, Duet's
 * clock is set to its time, then to Duet.
 */
final class Comparison implements AutoCloseable {
    /** Clients: the even ones begin in RESP2, the odd ones in RESP3. */
    static final int CLIENTS = 4;

    private static final Set<String> SORTS = Set.of("sort", "sort_ro");

    /** Commands of one client that are sent before replies are read, at most. */
    private static final int PIPELINE = 200;

    /** Settings that both sides have and that tell of the host, or of how the test starts them. */
    private static final Set<String> HOST_SETTINGS = Set.of(
            "port",
            "bind",
            "dir",
            "maxmemory",
            "maxclients",
            "save",
            "logfile",
            "pidfile",
            "daemonize",
            "io-threads",
            "enable-debug-command",
            "server_cpulist",
            "bind-source-addr",
            "proc-title-template",
            "oom-score-adj",
            "locale-collate");

    /** A reply that differs. */
    record Difference(Step step, byte[] ours, byte[] theirs) {
        /** What kind of difference it is: two of the same kind likely have the same cause. */
        String kind() {
            return kind(ours) + kind(theirs);
        }

        private static String kind(byte[] reply) {
            String text = Step.printable(reply);
            return text.startsWith("-") ? text.replaceAll("'[^']*'", "'...'") : text.substring(0, 1);
        }

        /** Both replies as text. */
        String text() {
            return "  " + step.text() + "\n    redis: " + Step.printable(theirs) + "\n    duet:  "
                    + Step.printable(ours);
        }
    }

    /** Hears of every reply of redis-server. */
    interface Listener {
        void replied(Step step, String command, Frame theirs);
    }

    private final RedisSide redis;
    private final DuetSide duet;
    private final Normalisations normalisations;
    private final Differences differences;
    private final NewerRules newer;
    private final ChanceRules chance;
    private final EncodingRules encodings;
    private final Function<Step, String> names;
    private final Map<Integer, List<Step>> queues = new HashMap<>();
    private final boolean[] resp3 = new boolean[CLIENTS];
    private long apartMs = 2;
    private boolean exactTimes;
    private Listener listener = (step, command, theirs) -> {};

    /** Starts both, Duet with a planted bug or none. */
    Comparison(Function<Step, String> names, Differences differences, PlantedBugs.@Nullable Bug bug) throws Exception {
        this.names = names;
        this.differences = differences;
        redis = new RedisSide(CLIENTS);
        duet = new DuetSide(CLIENTS, bug);
        Set<String> common = commonSettings();
        common.removeAll(HOST_SETTINGS);
        normalisations = new Normalisations(common);
        newer = new NewerRules(redis, duet);
        chance = new ChanceRules(redis);
        encodings = new EncodingRules(redis);
    }

    /** Names of settings that both sides have. */
    Set<String> commonSettings() throws Exception {
        Set<String> names = new TreeSet<>();
        List<Frame> all = redis.control("CONFIG", "GET", "*").elements();
        for (int i = 0; i < all.size(); i += 2) {
            names.add(all.get(i).text());
        }
        List<Frame> ours =
                Frame.parse(duet.run(0, Step.line(0, "CONFIG GET *").argv())).elements();
        Set<String> own = new TreeSet<>();
        for (int i = 0; i < ours.size(); i += 2) {
            own.add(ours.get(i).text());
        }
        names.retainAll(own);
        return names;
    }

    /** Those of some commands that redis-server does not have. */
    Set<String> unknownToRedis(List<String> commands) throws Exception {
        Set<String> unknown = new TreeSet<>();
        for (String command : commands) {
            if (redis.control("COMMAND", "INFO", command).elements().get(0).isNil()) {
                unknown.add(command);
            }
        }
        return unknown;
    }

    /** The list of what is normalised. */
    Normalisations normalisations() {
        return normalisations;
    }

    /** Whether all deadlines are given absolutely from here on, so that they must be equal to the millisecond. */
    void exactTimes(boolean value) {
        exactTimes = value;
    }

    /** Says which commands redis-server lacks. */
    void newer(Set<String> commands) {
        newer.commands(commands);
    }

    /** Says who hears of replies. */
    void listener(Listener value) {
        listener = value;
    }

    /** Runs steps in order on both; the first difference that is not accepted, or null. */
    @Nullable
    Difference run(List<Step> steps) throws Exception {
        int from = 0;
        while (from < steps.size()) {
            if (ruled(steps.get(from))) {
                Difference difference = modelled(steps.get(from++));
                if (difference != null) {
                    return difference;
                }
                continue;
            }
            int to = from + 1;
            while (to < steps.size()
                    && to - from < PIPELINE
                    && steps.get(to).client() == steps.get(from).client()
                    && !ruled(steps.get(to))) {
                to++;
            }
            Difference difference = pipeline(steps.subList(from, to));
            if (difference != null) {
                return difference;
            }
            from = to;
        }
        return null;
    }

    /** Whether a step is held against rules, by itself, because redis-server's own reply is not the measure. */
    private boolean ruled(Step step) {
        String command = names.apply(step);
        encodings.note(step, command);
        return newer.covers(step, command)
                || ChanceRules.COMMANDS.contains(command)
                || SORTS.contains(command)
                || encodings.covers(step, command);
    }

    /**
     * SORT of 7.0.15 asks errno whether a number was out of range, but doesn't clear it before: a number that was makes
     * the next SORTs fail too. A command that is refused clears it.
     */
    private NewerRules.Answer sort(Step step, String command) throws Exception {
        redis.control("INCRBYFLOAT", "nokey", "x");
        byte[] theirs = redis.run(step.client(), step.argv());
        Frame their = Frame.parse(theirs);
        return new NewerRules.Answer() {
            @Override
            public boolean accepts(byte[] ours, Frame reply) {
                return Arrays.equals(ours, theirs) || normalisations.same(command, step, reply, their);
            }

            @Override
            public byte[] text() {
                return theirs;
            }
        };
    }

    private NewerRules.@Nullable Answer rule(Step step) throws Exception {
        String command = names.apply(step);
        if (ChanceRules.COMMANDS.contains(command)) {
            return chance.answer(step, resp3[step.client()]);
        }
        if (SORTS.contains(command)) {
            return sort(step, command);
        }
        return encodings.covers(step, command) ? encodings.answer(step) : newer.answer(step, resp3[step.client()]);
    }

    private @Nullable Difference pipeline(List<Step> steps) throws Exception {
        int client = steps.get(0).client();
        List<byte[][]> commands = new ArrayList<>(steps.size());
        for (Step step : steps) {
            commands.add(step.argv());
        }
        long timeUs = redis.timeUs();
        long begin = System.nanoTime();
        List<byte[]> theirs = redis.run(client, commands);
        apartMs = Math.max(apartMs, (System.nanoTime() - begin) / 1_000_000 + 2);
        normalisations.toleranceMs(exactTimes ? -2 * apartMs : 2 * apartMs);
        duet.time(timeUs);
        List<byte[]> ours = duet.run(client, commands);
        for (int i = 0; i < steps.size(); i++) {
            if (!same(steps.get(i), ours.get(i), theirs.get(i))) {
                return new Difference(steps.get(i), ours.get(i), theirs.get(i));
            }
        }
        return null;
    }

    private @Nullable Difference modelled(Step step) throws Exception {
        if (queues.containsKey(step.client())) {
            return null;
        }
        long timeUs = redis.timeUs();
        NewerRules.Answer answer = rule(step);
        if (answer == null) {
            return null;
        }
        duet.time(timeUs);
        byte[] ours = duet.run(step.client(), step.argv());
        Frame reply = Frame.parse(ours);
        listener.replied(step, names.apply(step), reply);
        return answer.accepts(ours, reply) ? null : new Difference(step, ours, answer.text());
    }

    private boolean same(Step step, byte[] ours, byte[] theirs) {
        Frame their = Frame.parse(theirs);
        String command = names.apply(step);
        listener.replied(step, command, their);
        boolean queued = their.kind() == '+' && their.text().equals("QUEUED");
        List<Step> queue = queues.get(step.client());
        follow(step, command, their, queued);
        if (Arrays.equals(ours, theirs)) {
            return true;
        }
        Frame our = Frame.parse(ours);
        if (queue != null && command.equals("exec") && our.kind() == '*' && their.kind() == '*') {
            return sameAll(queue, our, their);
        }
        return normalisations.same(command, step, our, their) || differences.accept(command, their);
    }

    private boolean sameAll(List<Step> queue, Frame ours, Frame theirs) {
        if (ours.isNil()
                || theirs.isNil()
                || ours.elements().size() != theirs.elements().size()) {
            return ours.equals(theirs);
        }
        for (int i = 0; i < queue.size(); i++) {
            String command = names.apply(queue.get(i));
            Frame our = ours.elements().get(i);
            Frame their = theirs.elements().get(i);
            if (!normalisations.same(command, queue.get(i), our, their) && !differences.accept(command, their)) {
                return false;
            }
        }
        return true;
    }

    /** Follows what a command does to its client: transactions and the protocol's version. */
    private void follow(Step step, String command, Frame their, boolean queued) {
        int client = step.client();
        if (queued && queues.containsKey(client)) {
            queues.get(client).add(step);
        } else if (command.equals("multi") && !their.isError()) {
            queues.put(client, new ArrayList<>());
        } else if (command.equals("exec") || command.equals("discard") || command.equals("reset")) {
            boolean goesOn = their.isError()
                    && !their.text().startsWith("EXECABORT")
                    && their.text().toLowerCase(Locale.ROOT).contains("number of arguments");
            List<Step> queue = goesOn ? null : queues.remove(client);
            if (queue != null && their.kind() == '*' && !their.isNil()) {
                for (int i = 0; i < queue.size(); i++) {
                    version(client, names.apply(queue.get(i)), their.elements().get(i));
                }
            }
        }
        if (command.equals("config|set") && step.text().contains("-max-")) {
            encodings.loosen();
        }
        version(client, command, their);
    }

    private void version(int client, String command, Frame their) {
        if (command.equals("hello") && !their.isError() && (their.kind() == '%' || their.kind() == '*')) {
            resp3[client] = their.kind() == '%';
        } else if (command.equals("reset") && !their.isError()) {
            resp3[client] = false;
        }
    }

    @Override
    public void close() throws Exception {
        duet.close();
        redis.close();
    }
}
