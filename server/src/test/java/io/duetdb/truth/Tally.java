package io.duetdb.truth;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** What a series reached: calls and errors by command, errors by text, options, and whatever else is noted. */
public final class Tally {
    private final Map<String, long[]> calls = new TreeMap<>();
    private final Map<String, Long> errors = new TreeMap<>();
    private final Map<String, Set<String>> options = new TreeMap<>();
    private final Map<String, Long> notes = new TreeMap<>();
    private long total;
    private long failed;

    /** Counts a reply to a command that only looks at what another did: among the total and the encodings. */
    void countLook(String command, Frame reply) {
        total++;
        failed += reply.isError() ? 1 : 0;
        countEncoding(command, reply);
    }

    private void countEncoding(String command, Frame reply) {
        if (command.equals("object|encoding") && !reply.isError() && reply.text() != null) {
            note("encoding " + reply.text());
        }
    }

    /** Counts a reply. */
    public void count(Step step, String command, Frame reply, Set<String> words) {
        total++;
        long[] of = calls.computeIfAbsent(command, c -> new long[2]);
        of[0]++;
        if (reply.isError()) {
            of[1]++;
            failed++;
            errors.merge(general(reply.text()), 1L, Long::sum);
            return;
        }
        for (int i = 1; i < step.argv().length && !words.isEmpty(); i++) {
            if (step.argv()[i].length < 30 && words.contains(step.upper(i))) {
                options.computeIfAbsent(command, c -> new TreeSet<>()).add(step.upper(i));
            }
        }
        countEncoding(command, reply);
    }

    /** An error's text without what the user said. */
    private static String general(String line) {
        String text = Step.printable(line);
        text = text.replace("Can't", "Cannot").replaceAll("'[^']*'", "'...'").replaceAll("`[^`]*`", "`...`");
        return text.length() > 100 ? text.substring(0, 100) : text;
    }

    /** Commands that were run. */
    public long total() {
        return total;
    }

    /** Share of errors among all. */
    public double errorShare() {
        return (double) failed / Math.max(1, total);
    }

    /** How often a command ran. */
    public long calls(String command) {
        return calls.getOrDefault(command, new long[2])[0];
    }

    /** Share of errors among a command's calls. */
    public double errorShare(String command) {
        long[] of = calls.getOrDefault(command, new long[2]);
        return (double) of[1] / Math.max(1, of[0]);
    }

    /** Options of a command that were part of a call without an error. */
    public Set<String> options(String command) {
        return options.getOrDefault(command, Set.of());
    }

    /** Counts something that happened. */
    public void note(String what) {
        notes.merge(what, 1L, Long::sum);
    }

    /** How often something happened that begins so. */
    public long noted(String beginning) {
        return notes.entrySet().stream()
                .filter(e -> e.getKey().startsWith(beginning))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** How often an error came whose text, without what the user said, begins so. */
    public long errors(String beginning) {
        return errors.entrySet().stream()
                .filter(e -> e.getKey().startsWith(beginning))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** All counts as text: of {@code commands}, whose words that stand for themselves {@code words} knows. */
    public String report(Collection<String> commands, Function<String, Set<String>> words) {
        StringBuilder s = new StringBuilder();
        s.append(String.format("%d commands, %.1f %% errors%n", total, 100 * errorShare()));
        s.append(String.format("%n%-28s %9s %7s  options reached (missed)%n", "command", "calls", "errors"));
        Set<String> names = new TreeSet<>(calls.keySet());
        names.addAll(commands);
        for (String name : names) {
            Set<String> missed = new TreeSet<>(words.apply(name));
            missed.removeAll(options(name));
            s.append(String.format(
                    "%-28s %9d %6.1f%%  %s%s%n",
                    Step.printable(name.length() > 28 ? name.substring(0, 28) : name),
                    calls(name),
                    100 * errorShare(name),
                    String.join(" ", options(name)),
                    missed.isEmpty() ? "" : " (" + String.join(" ", missed) + ")"));
        }
        s.append(String.format("%nerrors by text%n"));
        errors.forEach((text, n) -> s.append(String.format("%9d  %s%n", n, text)));
        s.append(String.format("%nwhat happened%n"));
        notes.forEach((text, n) -> s.append(String.format("%9d  %s%n", n, text)));
        return s.toString();
    }
}
