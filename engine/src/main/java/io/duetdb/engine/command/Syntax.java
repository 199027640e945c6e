package io.duetdb.engine.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a command as a tree, parsed from its syntax line: what COMMAND DOCS shows and what clients make their
 * hints of. The notation is that of Redis' documentation:
 *
 * <pre>
 *   key                    an argument            [x]              may be left out
 *   EX seconds             behind a token         [A | B]          one of them, or none
 *   KEEPTTL                a token by itself      &lt;A | B&gt;          one of them
 *   LIMIT offset count     several behind one     key [key ...]    once or more often
 *   ""                     an empty word
 * </pre>
 *
 * Names of groups, which the notation doesn't show, and types come from {@link SyntaxNames}.
 */
public final class Syntax {
    /** What kind of value an argument is; the labels are COMMAND DOCS'. */
    public enum Type {
        STRING,
        INTEGER,
        DOUBLE,
        KEY,
        PATTERN,
        UNIX_TIME,
        PURE_TOKEN,
        ONEOF,
        BLOCK;

        /** The name COMMAND DOCS shows. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * One argument, or a group of them.
     *
     * @param name its name
     * @param type its type
     * @param token the word before it, or the word that it is; null when there is none
     * @param optional whether it may be left out
     * @param multiple whether it may come several times
     * @param multipleToken whether its token is repeated then
     * @param arguments those of a group, empty otherwise
     */
    public record Argument(
            String name,
            Type type,
            @Nullable String token,
            boolean optional,
            boolean multiple,
            boolean multipleToken,
            List<Argument> arguments) {

        private Argument asOptional() {
            return new Argument(name, type, token, true, multiple, multipleToken, arguments);
        }

        private Argument asMultiple(boolean withToken) {
            return new Argument(name, type, token, optional, true, withToken, arguments);
        }

        private Argument behind(String word) {
            return new Argument(name, type, word, optional, multiple, multipleToken, arguments);
        }
    }

    /** The spelling of a word that is empty. */
    private static final String EMPTY = "\"\"";

    private final String command;
    private final String line;
    private final boolean hasKeys;
    private int at;

    private Syntax(Command command) {
        this.command = command.name();
        this.line = command.syntax();
        this.hasKeys = command.keySpecs().length > 0;
    }

    /** The arguments of a command, in their order. Parses anew at each call: for those who ask, not for every command. */
    public static List<Argument> of(Command command) {
        Syntax parser = new Syntax(command);
        List<List<Node>> all = parser.alternatives('\0');
        return all.size() == 1 ? parser.sequence(all.get(0)) : List.of(parser.oneOf(all));
    }

    // ---- words and brackets

    /** A word, or what stands in brackets: alternatives, each a row of nodes. {@code text} is its spelling. */
    private record Node(char bracket, String text, List<List<Node>> alternatives) {
        boolean isWord() {
            return bracket == 0;
        }

        boolean isDots() {
            return text.equals("...");
        }

        boolean isToken() {
            return isWord() && !isDots() && text.chars().noneMatch(Character::isLowerCase);
        }

        boolean isName() {
            return isWord() && !isDots() && !isToken();
        }
    }

    /** Reads up to {@code close}; 0 is the end of the line. */
    private List<List<Node>> alternatives(char close) {
        List<List<Node>> all = new ArrayList<>();
        List<Node> row = new ArrayList<>();
        while (at < line.length() && line.charAt(at) != close) {
            char c = line.charAt(at);
            if (c == ' ') {
                at++;
            } else if (c == '|') {
                at++;
                all.add(row);
                row = new ArrayList<>();
            } else if (c == '[' || c == '<') {
                int from = at++;
                List<List<Node>> inner = alternatives(c == '[' ? ']' : '>');
                row.add(new Node(c, line.substring(from, at), inner));
            } else {
                int from = at;
                while (at < line.length() && " []<>|".indexOf(line.charAt(at)) < 0) {
                    at++;
                }
                row.add(new Node('\0', line.substring(from, at), List.of()));
            }
        }
        at++; // behind the bracket
        all.add(row);
        return all;
    }

    private static String spelling(List<Node> nodes) {
        StringBuilder text = new StringBuilder();
        for (Node node : nodes) {
            text.append(node.text).append(' ');
        }
        return text.toString();
    }

    // ---- rows

    /** The arguments of a row. */
    private List<Argument> sequence(List<Node> row) {
        List<Argument> arguments = new ArrayList<>();
        List<Integer> begins = new ArrayList<>(); // where each argument begins in the row
        int i = 0;
        while (i < row.size()) {
            Node node = row.get(i);
            if (isRepetition(node)) {
                repeat(node, row, i, arguments, begins);
                i++;
                continue;
            }
            begins.add(i);
            if (node.isToken()) {
                int end = i + 1;
                while (end < row.size() && (row.get(end).isName() || row.get(end).bracket == '<')) {
                    end++;
                }
                arguments.add(behindToken(node.text, row.subList(i + 1, end)));
                i = end;
            } else {
                arguments.add(single(node));
                i++;
            }
        }
        return arguments;
    }

    private static boolean isRepetition(Node node) {
        if (node.bracket != '[') {
            return false;
        }
        List<Node> last = node.alternatives.get(node.alternatives.size() - 1);
        return node.alternatives.size() == 1 && last.get(last.size() - 1).isDots();
    }

    /**
     * Marks what a bracket with dots at {@code at} repeats: the arguments before it that are spelled the same; if there
     * are none, what stands in it is itself optional and repeated.
     */
    private void repeat(Node node, List<Node> row, int at, List<Argument> arguments, List<Integer> begins) {
        List<Node> inner = node.alternatives.get(0);
        List<Node> repeated = inner.subList(0, inner.size() - 1);
        int from = at - repeated.size();
        if (from < 0 || !spelling(row.subList(from, at)).equals(spelling(repeated))) {
            begins.add(at);
            arguments.add(group(sequence(repeated)).asOptional().asMultiple(false));
            return;
        }
        int first = arguments.size() - 1;
        while (first > 0 && begins.get(first) > from) {
            first--;
        }
        boolean withToken = row.get(from).isToken();
        List<Argument> tail = new ArrayList<>(arguments.subList(first, arguments.size()));
        arguments.subList(first, arguments.size()).clear();
        begins.subList(first + 1, begins.size()).clear();
        Argument last = tail.get(tail.size() - 1);
        boolean insideBlock = tail.size() == 1 && last.type == Type.BLOCK && begins.get(first) < from;
        if (insideBlock) { // STREAMS key [key ...]: the last of those behind the token
            List<Argument> parts = new ArrayList<>(last.arguments);
            parts.add(parts.remove(parts.size() - 1).asMultiple(false));
            arguments.add(block(parts, last.token));
        } else {
            arguments.add(group(tail).asMultiple(withToken));
        }
    }

    private Argument behindToken(String token, List<Node> nodes) {
        if (nodes.isEmpty()) {
            String word = token.equals(EMPTY) ? "" : token;
            return new Argument(SyntaxNames.ofToken(token), Type.PURE_TOKEN, word, false, false, false, List.of());
        }
        List<Argument> arguments = sequence(nodes);
        return arguments.size() == 1 ? arguments.get(0).behind(token) : block(arguments, token);
    }

    private Argument single(Node node) {
        if (node.isWord()) {
            Type type = SyntaxNames.type(command, node.text, hasKeys);
            return new Argument(node.text, type, null, false, false, false, List.of());
        }
        Argument argument = withoutTail(node);
        return node.bracket == '[' ? argument.asOptional() : argument;
    }

    /** What stands in brackets; {@code [A | B [A | B ...]]} is one of them, once or more often. */
    private Argument withoutTail(Node node) {
        List<List<Node>> all = node.alternatives;
        if (all.size() == 1) {
            return group(sequence(all.get(0)));
        }
        List<Node> last = all.get(all.size() - 1);
        Node tail = last.get(last.size() - 1);
        if (tail.bracket == '[' && tail.alternatives.size() == all.size() && tail.text.endsWith("...]")) {
            List<List<Node>> once = new ArrayList<>(all);
            once.set(all.size() - 1, last.subList(0, last.size() - 1));
            return oneOf(once).asMultiple(false);
        }
        return oneOf(all);
    }

    private Argument oneOf(List<List<Node>> alternatives) {
        List<Argument> arguments = new ArrayList<>();
        for (List<Node> alternative : alternatives) {
            arguments.add(group(sequence(alternative)));
        }
        String name = SyntaxNames.ofChoice(arguments);
        return new Argument(name, Type.ONEOF, null, false, false, false, List.copyOf(arguments));
    }

    private static Argument group(List<Argument> arguments) {
        return arguments.size() == 1 ? arguments.get(0) : block(arguments, null);
    }

    private static Argument block(List<Argument> arguments, @Nullable String token) {
        return new Argument(
                SyntaxNames.ofBlock(arguments), Type.BLOCK, token, false, false, false, List.copyOf(arguments));
    }
}
