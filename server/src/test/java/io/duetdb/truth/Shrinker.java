package io.duetdb.truth;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failure short: first whole steps go, then arguments; each time both sides are started anew and must differ
 * again in a reply to the same command.
 */
final class Shrinker extends Reduction<Step> {
    private static final int ATTEMPTS = 500;
    private static final long NANOS = 90_000_000_000L;

    private final TruthMachine machine;
    private final TruthMachine.Failure failure;
    private final String command;
    private Comparison.Difference difference;

    Shrinker(TruthMachine machine, TruthMachine.Failure failure) {
        super(failure.steps(), ATTEMPTS, NANOS);
        this.machine = machine;
        this.failure = failure;
        command = machine.grammar().name(failure.difference().step());
        difference = failure.difference();
    }

    /** The shortest script found, as text and as a test. */
    String shrink() throws Exception {
        boolean again = differs(failure.steps());
        if (again) {
            tail();
            removeSteps();
            shortenArguments();
            removeSteps();
        }
        return (again ? "" : "The failure did not come again: it depends on what the sides are not given.\n") + script()
                + "\n" + javaTest();
    }

    @Override
    protected @Nullable List<Step> failing(List<Step> candidate) throws Exception {
        try (Comparison comparison = machine.open(failure.exactTimes())) {
            Comparison.Difference found = comparison.run(candidate);
            if (found == null
                    || !machine.grammar().name(found.step()).equals(command)
                    || !found.kind().equals(failure.difference().kind())) {
                return null;
            }
            difference = found;
            return candidate.subList(0, candidate.indexOf(found.step()) + 1);
        }
    }

    private void shortenArguments() throws Exception {
        for (int i = steps().size() - 1; i >= 0; i--) {
            for (int j = i < steps().size() ? steps().get(i).argv().length - 1 : 0; j > 0 && !tired(); j--) {
                List<String> words = steps().get(i).words();
                words.remove(j);
                if (with(i, words) || i >= steps().size()) {
                    if (i >= steps().size()) {
                        break;
                    }
                    continue;
                }
                for (String simple : new String[] {"a", "1"}) {
                    List<String> others = steps().get(i).words();
                    if (others.get(j).length() > 1) {
                        others.set(j, simple);
                        if (with(i, others) || i >= steps().size()) {
                            break;
                        }
                    }
                }
                if (i >= steps().size()) {
                    break;
                }
            }
        }
    }

    private boolean with(int index, List<String> words) throws Exception {
        return with(index, Step.of(steps().get(index).client(), words));
    }

    private String script() {
        StringBuilder s = new StringBuilder("seed " + failure.seed() + ", " + steps().size() + " steps of "
                + failure.steps().size() + " after " + attempts() + " attempts\n");
        for (Step step : steps().subList(Math.max(0, steps().size() - 40), steps().size())) {
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
        int first = steps().get(0).client();
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < steps().size(); i++) {
            Step step = steps().get(i);
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
            if (i == steps().size() - 1) {
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
