package io.duetdb.truth.talk;

import io.duetdb.truth.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * One step of a conversation: what one client does before the next one's turn.
 *
 * @param steps the requests it sends in one write; a word {@code @id3} stands for the number of client 3
 */
record Act(int client, Kind kind, List<Step> steps) {
    /** What is done. */
    enum Kind {
        /** Requests are sent. */
        SAY('>'),
        /** A request is sent whose deadline or timeout is some milliseconds ahead, and these pass. */
        LAPSE('~'),
        /** The client closes its connection and comes back with another. */
        LEAVE('!');

        private final char sign;

        Kind(char sign) {
            this.sign = sign;
        }
    }

    /** The separator of a write's requests in {@link #text}. */
    private static final String BEHIND = " ; ";

    /** An act from lines, a request each. */
    static Act of(int client, Kind kind, String... lines) {
        List<Step> steps = new ArrayList<>();
        for (String line : lines) {
            steps.add(Step.line(client, line));
        }
        return new Act(client, kind, steps);
    }

    /** Reads what {@link #text} wrote: {@code 3> MULTI ; SET a 1}, {@code 3~ BLPOP a 0.002}, {@code 3!}. */
    static Act parse(String text) {
        int client = text.charAt(0) - '0';
        char sign = text.charAt(1);
        for (Kind kind : Kind.values()) {
            if (kind.sign == sign) {
                String rest = text.substring(2).trim();
                return of(client, kind, rest.isEmpty() ? new String[0] : rest.split(BEHIND));
            }
        }
        throw new IllegalArgumentException(text);
    }

    /** The act as a line that {@link #parse} reads. */
    String text() {
        StringBuilder s = new StringBuilder().append(client).append(kind.sign);
        for (int i = 0; i < steps.size(); i++) {
            s.append(i == 0 ? " " : BEHIND).append(steps.get(i).text());
        }
        return s.toString();
    }

    /** The first word of the first request, in upper case; the kind where nothing is said. */
    String verb() {
        return steps.isEmpty() ? kind.name() : steps.get(0).upper(0);
    }

    @Override
    public String toString() {
        return text();
    }
}
