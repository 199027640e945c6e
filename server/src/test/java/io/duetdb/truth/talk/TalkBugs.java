package io.duetdb.truth.talk;

import io.duetdb.truth.Frame;
import io.duetdb.truth.Step;
import io.duetdb.truth.talk.Templates.Theme;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Bugs as they happen between clients, planted in front of a Duet: each changes what it is asked, or what its clients
 * get. A machine that does not find nearly all of them is not worth its time.
 */
final class TalkBugs {
    /** Does a step wrongly. */
    interface Bug {
        Heard act(DuetParty duet, Act act, long endUs);
    }

    /** Changes what a client got. */
    private interface Ear {
        String hear(Act act, int client, String text);
    }

    /** A bug, the commands it needs, what to talk about to find it, and how it is made for a conversation. */
    record Planted(String name, Set<String> commands, Set<Theme> topic, Supplier<Bug> make) {}

    private static final Set<Theme> TX = Set.of(Theme.TX);
    private static final Set<Theme> PUBSUB = Set.of(Theme.PUBLISH, Theme.SUBSCRIBE);
    private static final Set<Theme> BLOCK = Set.of(Theme.BLOCK, Theme.WRITE, Theme.LIFE);
    private static final Set<Theme> TRACK = Set.of(Theme.TRACK, Theme.READ, Theme.WRITE);
    private static final Set<Theme> EVENT = Set.of(Theme.EVENT, Theme.SUBSCRIBE, Theme.WRITE);
    private static final Set<Theme> LIFE = Set.of(Theme.LIFE);

    private TalkBugs() {}

    /** All of them. */
    static List<Planted> all() {
        List<Planted> all = new ArrayList<>();
        all.addAll(transactions());
        all.addAll(messages());
        all.addAll(waiting());
        all.addAll(caches());
        return all;
    }

    private static List<Planted> transactions() {
        return List.of(
                heard("EXEC's refusal is an absent string", "watch exec", TX, (act, client, text) -> {
                    boolean exec = act.client() == client && says(act, "EXEC");
                    return exec ? text.replace("*-1\r\n", "$-1\r\n") : text;
                }),
                asked(
                        "WATCH watches its first key only",
                        "watch exec",
                        TX,
                        words -> words.get(0).equals("WATCH") && words.size() > 2 ? words.subList(0, 2) : words),
                asked(
                        "UNWATCH forgets nothing",
                        "watch unwatch exec",
                        TX,
                        words -> words.equals(List.of("UNWATCH")) ? List.of("CLIENT", "NO-EVICT", "off") : words),
                new Planted("DISCARD goes on watching", Set.of("watch", "discard"), TX, DiscardKeepsWatching::new),
                new Planted("RESET goes on speaking RESP3", Set.of("reset", "hello"), LIFE, ResetKeepsProtocol::new));
    }

    private static List<Planted> messages() {
        return List.of(
                new Planted(
                        "PUBLISH counts no patterns", Set.of("publish", "psubscribe"), PUBSUB, CountsNoPatterns::new),
                heard(
                        "two patterns bring one message",
                        "publish psubscribe",
                        PUBSUB,
                        (act, client, text) -> says(act, "PUBLISH") ? without(text, new Repeated()) : text),
                heard(
                        "UNSUBSCRIBE of nothing says nothing",
                        "unsubscribe",
                        PUBSUB,
                        (act, client, text) -> without(
                                text,
                                frame -> Streams.head(frame).equals("unsubscribe")
                                        && frame.elements().get(1).isNil())),
                heard("own messages come before the reply", "publish subscribe", PUBSUB, (act, client, text) -> {
                    Streams.Apart apart = Streams.apart(text);
                    return act.client() == client ? String.join("", apart.messages()) + apart.rest() : text;
                }));
    }

    private static List<Planted> waiting() {
        return List.of(
                asked("BRPOP takes from the left", "brpop", BLOCK, words -> replaced(words, 0, "BRPOP", "BLPOP")),
                asked("BLMPOP ignores COUNT", "blmpop", BLOCK, words -> {
                    int at = words.get(0).equals("BLMPOP") ? words.lastIndexOf("COUNT") : -1;
                    return at > 0 ? words.subList(0, at) : words;
                }),
                asked("BZPOPMIN waits for its first key only", "bzpopmin", BLOCK, words -> {
                    boolean several = words.get(0).equals("BZPOPMIN") && words.size() > 3;
                    return several ? List.of(words.get(0), words.get(1), words.get(words.size() - 1)) : words;
                }),
                asked(
                        "CLIENT UNBLOCK ERROR is a timeout",
                        "client|unblock blpop",
                        BLOCK,
                        words -> words.size() == 4 && words.get(1).equals("UNBLOCK") ? words.subList(0, 3) : words));
    }

    private static List<Planted> caches() {
        return List.of(
                asked("NOLOOP is forgotten", "client|tracking", TRACK, words -> tracking(words, "NOLOOP")),
                asked(
                        "OPTIN tracks everything",
                        "client|tracking client|caching",
                        TRACK,
                        words -> tracking(words, "OPTIN")),
                heard(
                        "a flush invalidates nothing",
                        "client|tracking",
                        TRACK,
                        (act, client, text) -> without(
                                text,
                                frame -> Streams.head(frame).equals("invalidate")
                                        && frame.elements().get(1).isNil())),
                heard(
                        "RENAME tells no new name",
                        "config|set|notify-keyspace-events subscribe",
                        EVENT,
                        (act, client, text) -> without(
                                text,
                                frame -> Streams.isMessage(frame)
                                        && frame.toString().contains("rename_to"))),
                heard(
                        "an emptied list is not told",
                        "config|set|notify-keyspace-events subscribe",
                        EVENT,
                        (act, client, text) -> says(act, "LPOP") || says(act, "RPOP")
                                ? without(
                                        text,
                                        frame -> Streams.isMessage(frame)
                                                && frame.toString().contains("del"))
                                : text));
    }

    private static boolean says(Act act, String verb) {
        return act.steps().stream().anyMatch(step -> step.upper(0).equals(verb));
    }

    private static List<String> replaced(List<String> words, int at, String word, String other) {
        if (!words.get(at).equals(word)) {
            return words;
        }
        List<String> changed = new ArrayList<>(words);
        changed.set(at, other);
        return changed;
    }

    private static List<String> tracking(List<String> words, String option) {
        if (words.size() < 3 || !words.get(1).equals("TRACKING")) {
            return words;
        }
        List<String> changed = new ArrayList<>(words);
        changed.remove(option);
        return changed;
    }

    /** A stream without the frames that are like this. */
    private static String without(String text, Predicate<Frame> like) {
        StringBuilder kept = new StringBuilder();
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < bytes.length; ) {
            int length = Frame.length(bytes, at);
            if (!like.test(Frame.parse(Arrays.copyOfRange(bytes, at, at + length)))) {
                kept.append(text, at, at + length);
            }
            at += length;
        }
        return kept.toString();
    }

    private static Set<String> names(String commands) {
        return new LinkedHashSet<>(Arrays.asList(commands.split(" ")));
    }

    private static Planted asked(String name, String commands, Set<Theme> topic, UnaryOperator<List<String>> change) {
        return new Planted(name, names(commands), topic, () -> (duet, act, endUs) -> {
            List<Step> steps = new ArrayList<>();
            for (Step step : act.steps()) {
                steps.add(Step.of(step.client(), change.apply(step.words())));
            }
            return duet.perform(new Act(act.client(), act.kind(), steps), endUs);
        });
    }

    private static Planted heard(String name, String commands, Set<Theme> topic, Ear ear) {
        return new Planted(name, names(commands), topic, () -> (duet, act, endUs) -> {
            Heard heard = duet.perform(act, endUs);
            for (int i = 0; i < heard.bytes().length; i++) {
                heard.bytes()[i] = ear.hear(act, i, heard.text(i)).getBytes(StandardCharsets.ISO_8859_1);
            }
            return heard;
        });
    }

    /** Holds for a message that says the same as the one before. */
    private static final class Repeated implements Predicate<Frame> {
        private String last = "";

        @Override
        public boolean test(Frame frame) {
            String said = Streams.isMessage(frame)
                    ? frame.elements().get(frame.elements().size() - 1).toString()
                    : "";
            boolean again = !said.isEmpty() && said.equals(last);
            last = said;
            return again;
        }
    }

    private static final class CountsNoPatterns implements Bug {
        @Override
        public Heard act(DuetParty duet, Act act, long endUs) {
            Heard heard = duet.perform(act, endUs);
            String reply = heard.text(act.client());
            if (act.steps().size() == 1 && act.verb().equals("PUBLISH") && reply.startsWith(":")) {
                long count = 0;
                for (int i = 0; i < heard.bytes().length; i++) {
                    count += Streams.frames(heard.text(i)).stream()
                            .filter(frame -> Streams.head(frame).equals("message"))
                            .count();
                }
                String rest = reply.substring(reply.indexOf('\n') + 1);
                heard.bytes()[act.client()] = (":" + count + "\r\n" + rest).getBytes(StandardCharsets.ISO_8859_1);
            }
            return heard;
        }
    }

    private static final class DiscardKeepsWatching implements Bug {
        private final Map<Integer, List<String>> watched = new HashMap<>();

        @Override
        public Heard act(DuetParty duet, Act act, long endUs) {
            Heard heard = duet.perform(act, endUs);
            Step last = act.steps().isEmpty()
                    ? Step.line(0, "X")
                    : act.steps().get(act.steps().size() - 1);
            boolean ok = heard.text(act.client()).endsWith("+OK\r\n");
            if (last.upper(0).equals("WATCH") && ok) {
                watched.put(act.client(), last.words());
            } else if (last.upper(0).equals("DISCARD") && ok && watched.containsKey(act.client())) {
                Step again = Step.of(act.client(), watched.get(act.client()));
                duet.perform(new Act(act.client(), Act.Kind.SAY, List.of(again)), endUs);
            } else if (last.upper(0).matches("EXEC|UNWATCH|RESET|X")) {
                watched.remove(act.client());
            }
            return heard;
        }
    }

    private static final class ResetKeepsProtocol implements Bug {
        @Override
        public Heard act(DuetParty duet, Act act, long endUs) {
            Heard heard = duet.perform(act, endUs);
            if (act.client() % 2 == 1 && heard.text(act.client()).endsWith("+RESET\r\n")) {
                duet.perform(Act.of(act.client(), Act.Kind.SAY, "HELLO 3"), endUs);
            }
            return heard;
        }
    }
}
