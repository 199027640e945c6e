package io.duetdb.truth.talk;

import io.duetdb.truth.Frame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** What a client got, taken apart. */
final class Streams {
    /** The first words of what nobody asked for. */
    private static final Set<String> MESSAGES =
            Set.of("message", "pmessage", "smessage", "invalidate", "tracking-redir-broken");

    /** The first words of what says that a channel was left. */
    private static final Set<String> DEPARTURES = Set.of("unsubscribe", "punsubscribe", "sunsubscribe");

    /** The beginning of what invalidates keys, in either form. */
    private static final Pattern INVALIDATES =
            Pattern.compile("^.\\d\r\n(\\$10\r\ninvalidate|\\$21\r\ntracking|\\$7\r\nmessage\r\n\\$20\r\n__redis__)");

    private static final int HEAD_MAX = 4;

    private Streams() {}

    /** A stream's messages, wherever they stand, even within an array, and what is left without them. */
    record Apart(String rest, List<String> messages) {
        /** The rest, and all messages behind it. */
        String messagesLast() {
            return rest + String.join("", messages);
        }

        /** The rest, and all messages behind it, in the order of their bytes. */
        String messagesSorted() {
            return rest + String.join("", messages.stream().sorted().toList());
        }
    }

    /** Takes a stream apart. */
    static Apart apart(String stream) {
        byte[] bytes = stream.getBytes(StandardCharsets.ISO_8859_1);
        StringBuilder rest = new StringBuilder();
        List<String> messages = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int end;
            if (isMessage(stream, at)) {
                end = at + Frame.length(bytes, at);
                messages.add(stream.substring(at, end));
            } else {
                end = behindToken(stream, at);
                rest.append(stream, at, end);
            }
            at = end;
        }
        return new Apart(rest.toString(), messages);
    }

    /** A stream in which messages that one publishing brought by several patterns stand in the patterns' order. */
    static String patternsInOrder(String stream) {
        return runs(stream, Set.of("pmessage"), Streams::sameMessage, run -> {
            List<String> sorted = new ArrayList<>(run);
            sorted.sort(null);
            return sorted;
        });
    }

    /** A stream without what invalidates keys. */
    static String withoutInvalidations(String stream) {
        return runs(
                stream,
                MESSAGES,
                (one, other) -> true,
                run -> run.stream()
                        .filter(message -> !INVALIDATES.matcher(message).find())
                        .toList());
    }

    /** A stream without what says that keys have expired, and without what invalidates keys. */
    static String withoutExpired(String stream) {
        return runs(
                withoutInvalidations(stream),
                MESSAGES,
                (one, other) -> true,
                run -> run.stream()
                        .filter(message -> !message.contains("expired"))
                        .toList());
    }

    /** A stream in which, of messages that stand behind one another, those that invalidate come first. */
    static String invalidationsFirst(String stream) {
        return runs(stream, MESSAGES, (one, other) -> true, run -> {
            List<String> sorted = new ArrayList<>(run);
            sorted.sort(Comparator.comparing(
                    message -> !INVALIDATES.matcher(message).find()));
            return sorted;
        });
    }

    /** A stream in which, of invalidations that stand behind one another, those that tell of a broken way come last. */
    static String brokenLast(String stream) {
        return runs(stream, Set.of("invalidate", "tracking-redir-broken"), (one, other) -> true, run -> {
            List<String> sorted = new ArrayList<>(run);
            sorted.sort(Comparator.comparing(message -> message.contains("\r\ntracking-redir-broken\r\n")));
            return sorted;
        });
    }

    /** A stream in which invalidations that stand behind one another stand in the order of their bytes. */
    static String invalidationsSorted(String stream) {
        return runs(
                stream,
                Set.of("invalidate", "tracking-redir-broken"),
                (one, other) -> true,
                run -> run.stream()
                        .sorted(Comparator.comparing(message -> message.replace("$-1\r\n", "_\r\n")))
                        .toList());
    }

    /** A stream in which, of invalidations that stand behind one another, those of everything come first. */
    static String flushesFirst(String stream) {
        return runs(stream, Set.of("invalidate"), (one, other) -> true, run -> {
            List<String> sorted = new ArrayList<>(run);
            sorted.sort(
                    Comparator.comparing(message -> !message.endsWith("\r\n_\r\n") && !message.endsWith("$-1\r\n")));
            return sorted;
        });
    }

    private static boolean sameMessage(Frame one, Frame other) {
        return one.elements().subList(2, 4).equals(other.elements().subList(2, 4));
    }

    /** A stream in which what stands behind one another of what was left stands in order, the counts as they are. */
    static String departuresInOrder(String stream) {
        return runs(stream, DEPARTURES, (one, other) -> Streams.head(one).equals(Streams.head(other)), run -> {
            List<Frame> frames = new ArrayList<>(whole(String.join("", run)));
            List<Frame> names = new ArrayList<>();
            frames.forEach(frame -> names.add(frame.elements().get(1)));
            names.sort(Comparator.comparing(Frame::toString));
            List<String> sorted = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                List<Frame> old = frames.get(i).elements();
                sorted.add(text(frames.get(i).withElements(List.of(old.get(0), names.get(i), old.get(2)))));
            }
            return sorted;
        });
    }

    /** A stream in which each run of frames of these heads that belong together is replaced. */
    private static String runs(
            String stream,
            Set<String> heads,
            BiPredicate<Frame, Frame> together,
            UnaryOperator<List<String>> replacement) {
        byte[] bytes = stream.getBytes(StandardCharsets.ISO_8859_1);
        StringBuilder out = new StringBuilder();
        List<String> run = new ArrayList<>();
        Frame last = null;
        int at = 0;
        while (at < bytes.length) {
            boolean one = begins(stream, at, heads);
            int end = one ? at + Frame.length(bytes, at) : behindToken(stream, at);
            Frame frame = one ? Frame.parse(Arrays.copyOfRange(bytes, at, end)) : null;
            if (!run.isEmpty() && (frame == null || !together.test(last, frame))) {
                out.append(String.join("", replacement.apply(run)));
                run.clear();
            }
            if (frame == null) {
                out.append(stream, at, end);
            } else {
                run.add(stream.substring(at, end));
                last = frame;
            }
            at = end;
        }
        return out.append(run.isEmpty() ? "" : String.join("", replacement.apply(run)))
                .toString();
    }

    private static boolean isMessage(String stream, int at) {
        return begins(stream, at, MESSAGES);
    }

    /** Whether an array or push begins here whose first word is one of these. */
    private static boolean begins(String stream, int at, Set<String> heads) {
        char kind = stream.charAt(at);
        if (kind != '*' && kind != '>') {
            return false;
        }
        int line = stream.indexOf("\r\n", at);
        String count = stream.substring(at + 1, line);
        if (count.length() != 1 || count.charAt(0) > '0' + HEAD_MAX || stream.length() <= line + 2) {
            return false;
        }
        if (stream.charAt(line + 2) != '$') {
            return false;
        }
        int from = stream.indexOf("\r\n", line + 2) + 2;
        int to = stream.indexOf("\r\n", from);
        return to > from && heads.contains(stream.substring(from, to));
    }

    /** The position behind the header or scalar that begins at {@code at}. */
    private static int behindToken(String stream, int at) {
        int line = stream.indexOf("\r\n", at) + 2;
        char kind = stream.charAt(at);
        if (kind == '$' || kind == '=') {
            int length = Integer.parseInt(stream.substring(at + 1, line - 2));
            return length < 0 ? line : line + length + 2;
        }
        return line;
    }

    /** The frames of a stream as far as it can be read: messages within an array of 7.0.15 make its count wrong. */
    static List<Frame> frames(String stream) {
        List<Frame> frames = new ArrayList<>();
        read(stream, frames);
        return frames;
    }

    /** The frames of a stream in order, none of a stream that cannot be read to its end. */
    static List<Frame> whole(String stream) {
        List<Frame> frames = new ArrayList<>();
        return read(stream, frames) ? frames : List.of();
    }

    /** A frame as bytes, a character each. */
    static String text(Frame frame) {
        if (frame.isAggregate()) {
            int count = frame.kind() == '%'
                    ? frame.elements().size() / 2
                    : frame.elements().size();
            StringBuilder s =
                    new StringBuilder().append(frame.kind()).append(count).append("\r\n");
            frame.elements().forEach(element -> s.append(text(element)));
            return s.toString();
        }
        if (frame.text() == null) {
            return frame.kind() + "-1\r\n";
        }
        boolean counted = frame.kind() == '$' || frame.kind() == '=';
        return frame.kind() + (counted ? frame.text().length() + "\r\n" : "") + frame.text() + "\r\n";
    }

    private static boolean read(String stream, List<Frame> into) {
        byte[] bytes = stream.getBytes(StandardCharsets.ISO_8859_1);
        int at = 0;
        try {
            while (at < bytes.length) {
                int length = Frame.length(bytes, at);
                into.add(Frame.parse(Arrays.copyOfRange(bytes, at, at + length)));
                at += length;
            }
        } catch (IndexOutOfBoundsException | IllegalStateException e) {
            return false;
        }
        return true;
    }

    /** The first word of an array or push, or empty. */
    static String head(Frame frame) {
        if (!frame.isAggregate() || frame.elements().isEmpty()) {
            return "";
        }
        String word = frame.elements().get(0).text();
        return word == null ? "" : word;
    }

    /** Whether a frame is something that nobody asked for. */
    static boolean isMessage(Frame frame) {
        return (frame.kind() == '>' || frame.kind() == '*') && MESSAGES.contains(head(frame));
    }
}
