package io.duetdb.truth;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failure short: first whole steps go, in halves, quarters and so on (delta debugging), then arguments, each
 * time both sides are started anew and must differ again in a reply to the same command.
 */
final class Shrinker {
    private static final int ATTEMPTS = 500;
    private static final long NANOS = 90_000_000_000L;

    private final TruthMachine machine;
    private final TruthMachine.Failure failure;
    private final String command;
    private final long until = System.nanoTime() + NANOS;
    private List<Step> steps;
    private Comparison.Difference difference;
    private int attempts;

    Shrinker(TruthMachine machine, TruthMachine.Failure failure) {
        this.machine = machine;
        this.failure = failure;
        command = machine.grammar().name(failure.difference().step());
        steps = failure.steps();
        difference = failure.difference();
    }

    /** The shortest script found, as text and as a test. */
    String shrink() throws Exception {
        boolean again = differs(steps);
        if (again) {
            tail();
            removeSteps();
            shortenArguments();
            removeSteps();
        }
        return (again ? "" : "The failure did not come again: it depends on what the sides are not given.\n") + script()
                + "\n" + javaTest();
    }

    private boolean differs(List<Step> candidate) throws Exception {
        attempts++;
        try (Comparison comparison = machine.open(failure.exactTimes())) {
            Comparison.Difference found = comparison.run(candidate);
            if (found == null
                    || !machine.grammar().name(found.step()).equals(command)
                    || !found.kind().equals(failure.difference().kind())) {
                return false;
            }
            difference = found;
            steps = new ArrayList<>(candidate.subList(0, candidate.indexOf(found.step()) + 1));
            return true;
        }
    }

    private boolean tired() {
        return attempts > ATTEMPTS || System.nanoTime() > until;
    }

    /** Often the end alone fails. */
    private void tail() throws Exception {
        for (int n = 5; n < steps.size() && !tired(); n *= 4) {
            if (differs(steps.subList(steps.size() - n, steps.size()))) {
                return;
            }
        }
    }

    private void removeSteps() throws Exception {
        for (int size = Math.max(1, steps.size() / 2); ; size /= 2) {
            for (int from = steps.size() - size; from >= 0 && !tired(); from -= size) {
                List<Step> rest = new ArrayList<>(steps.subList(0, Math.min(from, steps.size())));
                rest.addAll(steps.subList(Math.min(steps.size(), from + size), steps.size()));
                if (!rest.isEmpty()) {
                    differs(rest);
                }
                from = Math.min(from, steps.size());
            }
            if (size <= 1) {
                return;
            }
        }
    }

    private void shortenArguments() throws Exception {
        for (int i = steps.size() - 1; i >= 0; i--) {
            for (int j = i < steps.size() ? steps.get(i).argv().length - 1 : 0; j > 0 && !tired(); j--) {
                List<String> words = steps.get(i).words();
                words.remove(j);
                if (i < steps.size() && with(i, words) || i >= steps.size()) {
                    continue;
                }
                for (String simple : new String[] {"a", "1"}) {
                    List<String> others = steps.get(i).words();
                    if (others.get(j).length() > 1) {
                        others.set(j, simple);
                        if (with(i, others) || i >= steps.size()) {
                            break;
                        }
                    }
                }
                if (i >= steps.size()) {
                    break;
                }
            }
        }
    }

    private boolean with(int index, List<String> words) throws Exception {
        List<Step> changed = new ArrayList<>(steps);
        changed.set(index, Step.of(steps.get(index).client(), words));
        return differs(changed);
    }

    private String script() {
        StringBuilder s = new StringBuilder("seed " + failure.seed() + ", " + steps.size() + " steps of "
                + failure.steps().size() + " after " + attempts + " attempts\n");
        for (Step step : steps.subList(Math.max(0, steps.size() - 40), steps.size())) {
            s.append("  ")
                    .append(step.client())
                    .append("> ")
                    .append(step.text())
                    .append('\n');
        }
        return s.append(difference.text()).append('\n').toString();
    }

    /** The failure as a test to paste; the expectation is redis-server's reply. */
    private String javaTest() {
        StringBuilder s = new StringBuilder("    /** Found by the truth machine, seed " + failure.seed() + ". */\n"
                + "    @Test\n    void answersAsRedisServerDoes() {\n        EngineFixture t = new EngineFixture();\n");
        int first = steps.get(0).client();
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            boolean own = step.client() == first;
            if (!own && !others.contains(step.client())) {
                others.add(step.client());
                s.append("        EngineFixture.Other other" + step.client() + " = t.other();\n");
            }
            String line = step.text().replace("\\", "\\\\").replace("\"", "\\\"");
            s.append("        ")
                    .append(own ? "t" : "other" + step.client())
                    .append(".run(\"")
                    .append(line)
                    .append("\")");
            if (i == steps.size() - 1) {
                s.append(expectation());
            }
            s.append(";\n");
        }
        String test = s.append("    }\n").toString();
        return test.length() > 3000 ? "(too long for a test)\n" : test;
    }

    private String expectation() {
        Frame theirs;
        try {
            theirs = Frame.parse(difference.theirs());
        } catch (RuntimeException e) {
            return "";
        }
        return theirs.isError()
                ? ".fails(" + literal(theirs) + ")"
                : theirs.isNil()
                        ? ".nil()"
                        : theirs.isAggregate()
                                ? ".array(" + elements(theirs) + ")"
                                : ".replies(" + literal(theirs) + ")";
    }

    private static String elements(Frame frame) {
        List<String> parts = new ArrayList<>();
        frame.elements().forEach(e -> parts.add(literal(e)));
        return String.join(", ", parts);
    }

    private static String literal(@Nullable Frame frame) {
        if (frame == null || frame.isNil()) {
            return "null";
        }
        return frame.isAggregate()
                ? "List.of(" + elements(frame) + ")"
                : frame.kind() == ':'
                        ? frame.text() + (frame.text().length() > 9 ? "L" : "")
                        : '"' + Step.printable(frame.text()).replaceAll("\\\\x(..)", "\\\\u00$1") + '"';
    }
}
