package io.duetdb.persistence.tool;

import io.duetdb.persistence.load.Amounts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a check found.
 *
 * @param parts each file
 * @param choices what can be done, when something is not whole
 * @param remarks what is worth knowing besides
 */
public record CheckReport(List<Part> parts, List<Choice> choices, List<String> remarks) {
    /** How far something is whole. */
    public enum State {
        WHOLE,
        /** Its end is missing, as a crash leaves it: a start mends that by itself. */
        TORN,
        /** Something in it is wrong: a start refuses it until somebody chooses. */
        DAMAGED
    }

    /**
     * Where something is wrong.
     *
     * @param stood the bytes there, readable
     */
    public record Damage(long offset, String stood, String cause) {}

    /** One file: what it is, and what is in it. */
    public record Part(
            String path,
            String what,
            State state,
            List<String> facts,
            @Nullable Damage damage) {}

    /**
     * Something that can be done.
     *
     * @param how by which words
     * @param keeps what would be there afterwards
     */
    public record Choice(String name, String how, String keeps) {}

    /** The worst state of all parts. */
    public State state() {
        State worst = State.WHOLE;
        for (Part part : parts) {
            worst = part.state.compareTo(worst) > 0 ? part.state : worst;
        }
        return worst;
    }

    /** The report as lines for a terminal. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            text.append(part.path).append(": ").append(part.what).append(": ");
            text.append(
                    switch (part.state) {
                        case WHOLE -> "whole";
                        case TORN -> "TORN";
                        case DAMAGED -> "DAMAGED";
                    });
            text.append('\n');
            for (String fact : part.facts) {
                text.append("  ").append(fact).append('\n');
            }
            Damage damage = part.damage;
            if (damage != null) {
                text.append("  at byte ").append(Amounts.number(damage.offset));
                text.append(": ").append(damage.cause).append('\n');
                text.append("  there stands ").append(damage.stood).append('\n');
            }
        }
        for (String remark : remarks) {
            text.append("note: ").append(remark).append('\n');
        }
        if (!choices.isEmpty()) {
            text.append("The choices:\n");
            for (Choice choice : choices) {
                text.append("  ")
                        .append(choice.name)
                        .append(": ")
                        .append(choice.keeps)
                        .append('\n');
                text.append("      ").append(choice.how).append('\n');
            }
        }
        return text.append(summary()).append('\n').toString();
    }

    private String summary() {
        return switch (state()) {
            case WHOLE -> parts.size() == 1 ? "It is whole." : "All " + parts.size() + " files are whole.";
            case TORN -> "The end is torn, as a crash leaves it; a start mends that by itself.";
            case DAMAGED -> "There is damage; nothing was changed.";
        };
    }
}
