package io.duetdb.truth.talk;

import io.duetdb.truth.Reduction;
import io.duetdb.truth.Step;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failure short: first whole acts go, then requests of one write, then arguments; each time both sides begin
 * anew and must differ again in the same way.
 */
final class TalkShrinker extends Reduction<Act> {
    private static final int ATTEMPTS = 1_500;
    private static final long NANOS = 40_000_000_000L;

    private final TalkMachine machine;
    private final TalkMachine.Failure failure;
    private Conversation.Difference difference;

    TalkShrinker(TalkMachine machine, TalkMachine.Failure failure) {
        super(failure.acts(), ATTEMPTS, NANOS);
        this.machine = machine;
        this.failure = failure;
        difference = failure.difference();
    }

    /** The shortest script found, as text and as a test. */
    String shrink() throws Exception {
        boolean again = differs(failure.acts());
        if (again) {
            tail();
            removeSteps();
            shortenActs();
            removeSteps();
        }
        return (again ? "" : "The failure did not come again: it depends on what the sides are not given.\n")
                + script();
    }

    @Override
    protected @Nullable List<Act> failing(List<Act> candidate) throws Exception {
        try (Conversation conversation = machine.open()) {
            for (int i = 0; i < candidate.size() && !conversation.divided(); i++) {
                Conversation.Difference found = conversation.run(candidate.get(i));
                if (found != null) {
                    if (!found.kind().equals(failure.difference().kind())) {
                        return null;
                    }
                    difference = found;
                    return candidate.subList(0, i + 1);
                }
            }
        }
        return null;
    }

    private void shortenActs() throws Exception {
        for (int i = steps().size() - 1; i >= 0; i--) {
            for (int j = sayings(i) - 1; j >= 0 && sayings(i) > 1 && !tired(); j--) {
                if (j < sayings(i)) {
                    List<Step> fewer = new ArrayList<>(steps().get(i).steps());
                    fewer.remove(j);
                    with(i, fewer);
                }
            }
            for (int j = 0; j < sayings(i); j++) {
                shortenRequest(i, j);
            }
        }
    }

    private void shortenRequest(int act, int request) throws Exception {
        for (int word = 20; word > 0 && !tired(); word--) {
            if (request < sayings(act)
                    && word < steps().get(act).steps().get(request).argv().length) {
                List<Step> changed = new ArrayList<>(steps().get(act).steps());
                List<String> words = changed.get(request).words();
                words.remove(word);
                changed.set(request, Step.of(steps().get(act).client(), words));
                with(act, changed);
            }
        }
    }

    private int sayings(int act) {
        return act < steps().size() ? steps().get(act).steps().size() : 0;
    }

    private void with(int act, List<Step> said) throws Exception {
        Act old = steps().get(act);
        with(act, new Act(old.client(), old.kind(), said));
    }

    private String script() {
        StringBuilder s = new StringBuilder("seed " + failure.seed() + ", " + steps().size() + " steps of "
                + failure.acts().size() + " after " + attempts() + " attempts\n");
        StringBuilder test = new StringBuilder("    /** Found by the machine, seed " + failure.seed() + ". */\n"
                + "    @Test\n    void bothSayTheSame() throws Exception {\n        same(");
        List<Act> shown = steps().subList(Math.max(0, steps().size() - 40), steps().size());
        for (int i = 0; i < shown.size(); i++) {
            String line = shown.get(i).text();
            s.append("  ").append(line).append('\n');
            test.append(i == 0 ? "" : ",\n                ")
                    .append('"')
                    .append(line.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
        return s.append(difference.text()).append(test).append(");\n    }\n").toString();
    }
}
