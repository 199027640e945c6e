package io.duetdb.truth;

import io.duetdb.bytes.Doubles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is not compared byte for byte, and why: replies without an order, chance, figures of the host, and time between
 * the two servers. Errors and nils are never normalised. The list is {@link #rules}; nothing else softens a comparison.
 */
public final class Normalisations {
    /** Whether two replies to the same command mean the same. */
    interface Same {
        boolean test(Step step, Frame ours, Frame theirs);
    }

    /** One entry of the list. */
    record Rule(String reason, Same same) {}

    private static final Pattern CLIENT_FIGURES = Pattern.compile(
            " ?\\b(id|cmd|addr|laddr|fd|age|idle|qbuf|qbuf-free|argv-mem|multi-mem|rbs|rbp|obl|oll|omem|tot-mem|events"
                    + "|lib-name|lib-ver|watch|io-thread|tot-net-in|tot-net-out|tot-cmds)=[^ \n]*");

    private final Map<String, Rule> rules = new TreeMap<>();
    private final Set<String> settings;
    private long toleranceMs;

    /** The list; {@code settings} are the names of settings that both sides have and that do not tell of the host. */
    Normalisations(Set<String> settings) {
        this.settings = settings;
        rule(
                "no order is promised",
                changed(Normalisations::sorted),
                "keys",
                "smembers",
                "sunion",
                "sinter",
                "sdiff",
                "hkeys",
                "hvals",
                "command|list",
                "pubsub|channels");
        rule("no order is promised; a map's pairs stay together", changed(Normalisations::sortedPairs), "hgetall");
        rule(
                "a walk stands elsewhere in each: one that ends with its first step has the same keys, of others the shape",
                this::scan,
                "scan",
                "sscan",
                "hscan",
                "zscan");
        rule(
                "7.0.15 prints scores with 17 digits, 7.2 with as few as tell them",
                (step, a, b) -> sameScores(a, b),
                "zscore",
                "zmscore",
                "zincrby",
                "zadd",
                "zrange",
                "zrevrange",
                "zrangebyscore",
                "zrevrangebyscore",
                "zpopmin",
                "zpopmax",
                "zmpop",
                "zunion",
                "zinter",
                "zdiff");
        rule(
                "a set has no order where SORT is to bring about none, and equal weights leave it open",
                Normalisations::sameSort,
                "sort",
                "sort_ro");
        rule("chance", (step, a, b) -> a.kind() == b.kind(), "randomkey");
        rule("one value can be dumped in several encodings", (step, a, b) -> a.kind() == b.kind(), "dump");
        rule(
                "clocks apart by what passed while a batch ran, and seconds by what is rounded off",
                this::near,
                "ttl",
                "pttl",
                "expiretime",
                "pexpiretime");
        rule(
                "time itself",
                (step, a, b) ->
                        a.isAggregate() && b.isAggregate() && a.elements().size() == 2,
                "time");
        rule(
                "idle time is counted in seconds of each side's clock, which go on while the other waits",
                (step, a, b) -> a.kind() == b.kind(),
                "object|idletime");
        rule("a counter that grows by chance", (step, a, b) -> a.kind() == b.kind(), "object|freq");
        rule("numbers that sockets got", (step, a, b) -> a.kind() == b.kind(), "client|id");
        rule(
                "addresses, buffers and ages of sockets, fields and flags (T, and e after RESET) of 7.2",
                changed(Normalisations::clients),
                "client|info");
        Same lines = changed(Normalisations::clients);
        rule(
                "as client|info, lines without an order; which numbers the clients of ID got is each side's own affair",
                (step, a, b) -> step.upper(2).equals("ID") ? a.kind() == b.kind() : lines.test(step, a, b),
                "client|list");
        rule("versions and a socket's number", changed(Normalisations::hello), "hello");
        rule(
                "figures of the host and fields of one side: the sections and the keyspace's lines are compared",
                this::info,
                "info");
        rule(
                "settings that only one side has, or that tell of the host, are left out; no order is promised",
                changed(this::commonSettings),
                "config|get");
        rule(
                "bytes that an implementation needs",
                (step, a, b) -> a.kind() == b.kind(),
                "memory|usage",
                "memory|stats",
                "memory|purge");
        rule("the number of commands one side has", (step, a, b) -> a.kind() == b.kind(), "command|count", "command");
        rule(
                "how long each side takes",
                (step, a, b) -> a.kind() == b.kind(),
                "slowlog|get",
                "slowlog|len",
                "latency|latest",
                "latency|history",
                "latency|histogram",
                "latency|graph",
                "latency|reset");
        rule(
                "flags and categories without an order; hints, notes, and subcommands and options that one side lacks",
                changed(this::commandInfo),
                "command|info");
        rule("names of commands that one side lacks", (step, a, b) -> a.kind() == b.kind(), "command|list");
        rule("descriptions are written anew", (step, a, b) -> a.kind() == b.kind(), "command|docs");
        rule("a picture by chance, and the version", (step, a, b) -> a.kind() == b.kind(), "lolwut");
        rule(
                "an offset that counts effects here and bytes there",
                changed(f -> f.elements() == null
                        ? f
                        : f.withElements(
                                List.of(f.elements().get(0), f.elements().get(2)))),
                "role");
        rule("a node's own name", (step, a, b) -> a.kind() == b.kind(), "cluster|myid");
    }

    private void rule(String reason, Same same, String... commands) {
        for (String command : commands) {
            rules.put(command, new Rule(reason, same));
        }
    }

    /** The list: by command, why and how. */
    Map<String, Rule> rules() {
        return rules;
    }

    /** How far the two clocks may be apart at most. */
    void toleranceMs(long value) {
        toleranceMs = value;
    }

    /** Whether two replies to a command are the same after what is normalised for it. */
    boolean same(String command, Step step, Frame ours, Frame theirs) {
        if (ours.equals(theirs)) {
            return true;
        }
        Rule rule = rules.get(command);
        return rule != null
                && !ours.isError()
                && !theirs.isError()
                && ours.isNil() == theirs.isNil()
                && ours.kind() == theirs.kind()
                && rule.same.test(step, ours, theirs);
    }

    private static Same changed(UnaryOperator<Frame> change) {
        return (step, ours, theirs) -> change.apply(ours).equals(change.apply(theirs));
    }

    private static Frame sorted(Frame frame) {
        if (frame.elements() == null) {
            return frame;
        }
        List<Frame> elements = new ArrayList<>(frame.elements());
        elements.sort(Comparator.comparing(Frame::toString));
        return frame.withElements(elements);
    }

    private static Frame sortedPairs(Frame frame) {
        if (frame.elements() == null) {
            return frame;
        }
        List<Frame> pairs = new ArrayList<>();
        for (int i = 0; i + 1 < frame.elements().size(); i += 2) {
            pairs.add(new Frame('*', null, frame.elements().subList(i, i + 2)));
        }
        return sorted(frame.withElements(pairs));
    }

    private boolean scan(Step step, Frame ours, Frame theirs) {
        String ourNext = ours.elements().get(0).text();
        String theirNext = theirs.elements().get(0).text();
        boolean keys = step.upper(0).equals("SCAN");
        if (step.word(keys ? 1 : 2).equals("0") && ourNext.equals("0") && theirNext.equals("0")) {
            boolean pairs = step.upper(0).equals("HSCAN") || step.upper(0).equals("ZSCAN");
            Frame our = ours.elements().get(1);
            Frame their = theirs.elements().get(1);
            return pairs
                    ? sameScores(sortedPairs(our), sortedPairs(their))
                    : sorted(our).equals(sorted(their));
        }
        return ours.elements().size() == 2 && ours.elements().get(1).isAggregate();
    }

    /** Whether two texts are one number, ours spelled as 7.2 spells it. */
    static boolean sameNumber(@Nullable String ours, @Nullable String theirs) {
        if (ours == null || theirs == null) {
            return false;
        }
        try {
            double value = Double.parseDouble(theirs);
            return Double.parseDouble(ours) == value && Doubles.text(value).equals(ours);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Whether two replies are the same but for the digits of numbers. */
    static boolean sameScores(Frame ours, Frame theirs) {
        if (ours.isAggregate() != theirs.isAggregate() || ours.kind() != theirs.kind()) {
            return false;
        }
        if (!ours.isAggregate()) {
            return ours.equals(theirs)
                    || (ours.kind() == '$' || ours.kind() == ',') && sameNumber(ours.text(), theirs.text());
        }
        boolean same = ours.elements().size() == theirs.elements().size();
        for (int i = 0; same && i < ours.elements().size(); i++) {
            same = sameScores(ours.elements().get(i), theirs.elements().get(i));
        }
        return same;
    }

    /** What SORT leaves open: nothing, the order, or with LIMIT which elements there are. */
    private static boolean sameSort(Step step, Frame ours, Frame theirs) {
        if (ours.elements() == null
                || ours.elements().size() != theirs.elements().size()) {
            return false;
        }
        boolean by = false;
        boolean sorted = true;
        boolean alpha = false;
        boolean limit = false;
        boolean get = false;
        for (int i = 2; i < step.argv().length; i++) {
            switch (step.upper(i)) {
                case "BY" -> {
                    by = true;
                    sorted &= i + 1 < step.argv().length && step.word(i + 1).contains("*");
                }
                case "ALPHA" -> alpha = true;
                case "LIMIT" -> limit = true;
                case "GET" -> get = true;
                default -> {}
            }
        }
        boolean zeros = alpha
                && Stream.concat(ours.elements().stream(), theirs.elements().stream())
                        .anyMatch(e -> e.text() == null
                                || e.text().isEmpty()
                                || e.text().indexOf('\0') >= 0);
        boolean open = by && (alpha || !sorted) || zeros; // text ends at a zero byte, so that some of it is equal
        return open && (limit || get || sorted(ours).equals(sorted(theirs)));
    }

    private boolean near(Step step, Frame ours, Frame theirs) {
        long a = Long.parseLong(ours.text());
        long b = Long.parseLong(theirs.text());
        String command = step.upper(0);
        boolean exact = toleranceMs < 0 && command.endsWith("EXPIRETIME");
        long apart = exact ? 0 : command.startsWith("P") ? Math.abs(toleranceMs) : 1 + Math.abs(toleranceMs) / 1000;
        return a >= 0 && b >= 0 && Math.abs(a - b) <= apart;
    }

    /** What CLIENT INFO and LIST say of clients, without what tells of sockets and of the host, without an order. */
    public static Frame clients(Frame frame) {
        if (frame.text() == null) {
            return frame;
        }
        Set<String> lines = new TreeSet<>();
        String text = frame.kind() == '=' ? frame.text().substring(4) : frame.text();
        for (String line : text.split("\n")) {
            String bare = CLIENT_FIGURES
                    .matcher(line)
                    .replaceAll("")
                    .trim()
                    .replaceAll("(?<=flags=\\w{0,12})[uU]", "") // just served; by a Unix socket
                    .replaceAll("(flags=\\w*?)e?T?(?= )", "$1")
                    .replace("flags= ", "flags=N ");
            if (!bare.contains("name=control")) {
                lines.add(bare);
            }
        }
        return frame.withText(lines.toString());
    }

    /** HELLO's reply without versions and numbers. */
    public static Frame hello(Frame frame) {
        if (frame.elements() == null) {
            return frame;
        }
        List<Frame> kept = new ArrayList<>();
        for (int i = 0; i + 1 < frame.elements().size(); i += 2) {
            String name = frame.elements().get(i).text();
            kept.add(frame.elements().get(i));
            kept.add(
                    name.equals("id") || name.equals("version")
                            ? new Frame('_', "", null)
                            : frame.elements().get(i + 1));
        }
        return frame.withElements(kept);
    }

    private boolean info(Step step, Frame ours, Frame theirs) {
        List<String> their = sections(theirs.text());
        List<String> our = sections(ours.text());
        their.removeIf(line -> line.startsWith("# ") && !our.contains(line));
        return our.equals(their);
    }

    private static List<String> sections(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\r\n")) {
            if (line.matches("db\\d+:.*")) {
                lines.add(line.replaceAll(",avg_ttl=.*", ""));
            } else if (line.startsWith("# ") && !line.equals("# Modules")) {
                lines.add(line);
            }
        }
        return lines;
    }

    private Frame commonSettings(Frame frame) {
        if (frame.elements() == null) {
            return frame;
        }
        List<Frame> kept = new ArrayList<>();
        for (int i = 0; i + 1 < frame.elements().size(); i += 2) {
            if (settings.contains(frame.elements().get(i).text())) {
                kept.add(frame.elements().get(i));
                kept.add(frame.elements().get(i + 1));
            }
        }
        return sortedPairs(frame.withElements(kept));
    }

    private Frame commandInfo(Frame frame) {
        List<Frame> commands = new ArrayList<>();
        if (frame.elements().size() > 40) {
            return new Frame('*', "all", null); // those of one side
        }
        for (Frame command : frame.elements()) {
            commands.add(oneCommand(command));
        }
        return frame.withElements(commands);
    }

    private Frame oneCommand(Frame command) {
        if (command.elements() == null) {
            return command;
        }
        List<Frame> parts = new ArrayList<>(command.elements());
        if (parts.get(0).text().matches("z(rev)?rank")) {
            parts.set(1, new Frame('_', "", null)); // 7.2 lets them have an option
        }
        parts.set(2, sorted(parts.get(2)));
        parts.set(6, sorted(parts.get(6)));
        parts.set(7, new Frame('_', "", null));
        parts.set(8, new Frame('*', parts.get(8).toString().replaceAll("\\$notes, \\$[^,]*, ", ""), null));
        parts.set(9, new Frame('_', "", null));
        return command.withElements(parts);
    }
}
