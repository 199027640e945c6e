package io.duetdb.truth;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A command's syntax line as a tree: {@code key [NX | XX] [EX seconds] <MIN | MAX> [key ...]}. Words in upper case and
 * signs stand for themselves, others name an argument.
 */
public sealed interface Syntax {

    /** A word that stands for itself. */
    record Word(String text) implements Syntax {}

    /** An argument of the user's choice. */
    record Argument(String name) implements Syntax {}

    /** One after the other. */
    record Sequence(List<Syntax> parts) implements Syntax {}

    /** One of several. */
    record Choice(List<Syntax> parts) implements Syntax {}

    /** There or not; {@code repeated} = any number of times. */
    record Optional(Syntax part, boolean repeated) implements Syntax {}

    /** Parses a line. */
    static Syntax parse(String line) {
        Parser parser = new Parser(line.replace("[", " [ ")
                .replace("]", " ] ")
                .replace("<", " < ")
                .replace(">", " > ")
                .replace("|", " | ")
                .trim()
                .split("\\s+"));
        Syntax tree = parser.choice();
        if (parser.at < parser.tokens.length) {
            throw new IllegalArgumentException("does not end: " + line + " at " + parser.tokens[parser.at]);
        }
        return tree;
    }

    /** Adds all words that stand for themselves. */
    default void words(Set<String> into) {
        if (this instanceof Word w) {
            into.add(w.text);
        } else if (this instanceof Sequence s) {
            s.parts.forEach(p -> p.words(into));
        } else if (this instanceof Choice c) {
            c.parts.forEach(p -> p.words(into));
        } else if (this instanceof Optional o) {
            o.part.words(into);
        }
    }

    /** A descent over the line's tokens. */
    final class Parser {
        private final String[] tokens;
        private int at;

        Parser(String[] tokens) {
            this.tokens = tokens.length == 1 && tokens[0].isEmpty() ? new String[0] : tokens;
        }

        private boolean next(String token) {
            return at < tokens.length && tokens[at].equals(token);
        }

        private Syntax choice() {
            List<Syntax> parts = new ArrayList<>();
            parts.add(sequence());
            while (next("|")) {
                at++;
                parts.add(sequence());
            }
            return parts.size() == 1 ? parts.get(0) : new Choice(parts);
        }

        private Syntax sequence() {
            List<Syntax> parts = new ArrayList<>();
            while (at < tokens.length && !next("]") && !next(">") && !next("|")) {
                parts.add(part(parts));
            }
            return parts.size() == 1 ? parts.get(0) : new Sequence(parts);
        }

        private Syntax part(List<Syntax> before) {
            String token = tokens[at++];
            if (token.equals("[")) {
                Syntax inner = choice();
                expect("]");
                return inner instanceof Sequence s && s.parts.get(s.parts.size() - 1) instanceof Dots
                        ? new Optional(new Sequence(s.parts.subList(0, s.parts.size() - 1)), true)
                        : new Optional(inner, false);
            }
            if (token.equals("<")) {
                Syntax inner = choice();
                expect(">");
                return inner;
            }
            if (token.equals("...")) {
                return new Dots();
            }
            boolean word = token.chars().noneMatch(c -> c >= 'a' && c <= 'z');
            return word ? new Word(token) : new Argument(token);
        }

        private void expect(String token) {
            if (!next(token)) {
                throw new IllegalArgumentException("expected " + token + " at " + at + " of " + List.of(tokens));
            }
            at++;
        }
    }

    /** The mark of a repetition; only inside brackets, at their end. */
    record Dots() implements Syntax {}
}
