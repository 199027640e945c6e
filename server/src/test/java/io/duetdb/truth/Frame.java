package io.duetdb.truth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A reply taken apart: its kind (the first byte), its text, its elements.
 *
 * @param kind the byte that begins it: {@code + - : $ * % ~ > _ , # = (}
 * @param text the line or bulk string, a character per byte; null when absent
 * @param elements values of an aggregate, keys and values in turn for a map
 */
public record Frame(char kind, String text, List<Frame> elements) {

    /** Takes a whole reply apart. */
    public static Frame parse(byte[] reply) {
        Cursor cursor = new Cursor(reply);
        Frame frame = cursor.frame();
        if (cursor.at != reply.length) {
            throw new IllegalStateException("more than one reply: " + Step.printable(reply));
        }
        return frame;
    }

    /** Length of the reply that begins at {@code from}. */
    public static int length(byte[] bytes, int from) {
        Cursor cursor = new Cursor(bytes);
        cursor.at = from;
        cursor.frame();
        return cursor.at - from;
    }

    /** Whether it is an error. */
    public boolean isError() {
        return kind == '-';
    }

    /** Whether it says that there is nothing, in whichever of the ways. */
    public boolean isNil() {
        return kind == '_' || text == null && kind == '$' || elements == null && kind == '*';
    }

    /** Whether it has elements. */
    public boolean isAggregate() {
        return elements != null;
    }

    /** A frame of the same kind with other text. */
    public Frame withText(String other) {
        return new Frame(kind, other, elements);
    }

    /** A frame of the same kind with other elements. */
    public Frame withElements(List<Frame> others) {
        return new Frame(kind, text, others);
    }

    @Override
    public String toString() {
        return kind + (text == null ? "" : text) + (elements == null ? "" : elements.toString());
    }

    /** The kind as a word, for the list of differences. */
    public String kindName() {
        return switch (kind) {
            case '+' -> "status";
            case '-' -> "error";
            case ':' -> "integer";
            case '$' -> isNil() ? "nil" : "bulk";
            case '*' -> isNil() ? "nil" : "array";
            case '_' -> "nil";
            case '%' -> "map";
            case '~' -> "set";
            case ',' -> "double";
            case '#' -> "boolean";
            case '=' -> "verbatim";
            case '>' -> "push";
            default -> "bignumber";
        };
    }

    private static final class Cursor {
        private final byte[] bytes;
        private int at;

        Cursor(byte[] bytes) {
            this.bytes = bytes;
        }

        private Frame frame() {
            char kind = (char) bytes[at++];
            String line = line();
            switch (kind) {
                case '$', '=' -> {
                    int length = Integer.parseInt(line);
                    if (length < 0) {
                        return new Frame(kind, null, null);
                    }
                    String text = new String(bytes, at, length, StandardCharsets.ISO_8859_1);
                    at += length + 2;
                    return new Frame(kind, text, null);
                }
                case '*', '~', '>', '%' -> {
                    int count = Integer.parseInt(line);
                    if (count < 0) {
                        return new Frame(kind, null, null);
                    }
                    List<Frame> elements = new ArrayList<>();
                    for (int i = 0; i < (kind == '%' ? 2 * count : count); i++) {
                        elements.add(frame());
                    }
                    return new Frame(kind, null, elements);
                }
                case '+', '-', ':', '_', ',', '#', '(' -> {
                    return new Frame(kind, line, null);
                }
                default -> throw new IllegalStateException("not RESP at " + (at - 1) + ": " + Step.printable(bytes));
            }
        }

        private String line() {
            int from = at;
            while (bytes[at] != '\r') {
                at++;
            }
            String line = new String(bytes, from, at - from, StandardCharsets.ISO_8859_1);
            at += 2;
            return line;
        }
    }
}
