package io.duetdb.truth.talk;

import io.duetdb.truth.Frame;
import io.duetdb.truth.Normalisations;
import io.duetdb.truth.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is not compared byte for byte, and why. The list is {@link #rules}; nothing else softens a comparison. A rule
 * looks at what one client got in one step.
 */
final class TalkRules {
    /** What one client got in one step on both sides, and what it was waiting for before. */
    record Seen(
            Act act,
            int client,
            List<Step> waitedFor,
            String ours,
            String theirs,
            boolean oursGone,
            boolean theirsGone,
            boolean leftAll,
            int serves,
            boolean noLoop,
            boolean toldForOthers,
            boolean switchesWay,
            boolean forgot,
            boolean overwrites,
            boolean swaps,
            boolean mute) {
        boolean caused() {
            return act.client() == client;
        }

        /** Whether somebody who waited was served. */
        boolean served() {
            return serves > 0;
        }

        boolean says(String verb) {
            return act.steps().stream().anyMatch(step -> step.upper(0).equals(verb));
        }
    }

    /** A rule that spells a stream in the one way of several that mean the same. */
    interface Spelling {
        String spell(Seen seen, String stream);
    }

    /** A rule that says whether two streams mean the same. */
    interface Same {
        boolean test(Seen seen);
    }

    /** One entry of the list: a rule of either kind. */
    record Rule(
            String reason,
            @Nullable Spelling spelling,
            @Nullable Same same) {}

    private static final String OTHER_KEY = "a blocked command runs again over its keys in its own order";
    private static final String SERVING = "serving is a change";
    private static final String FORGOTTEN = "reads before tracking was off";
    private static final String OVERWRITTEN = "a value stored over another type's wakes who waits";
    private static final String BEHIND_SWAPDB = "behind what SWAPDB serves";
    private static final String OVERDUE = "overdue keys that SWAPDB brings";
    private static final String GONE_BY_NOW = "what who is served had sent behind comes a turn later";
    private static final String MUTE_END = "who wants no replies is closed all the same";

    /** Rules behind which the two sides are not in the same state: both have to begin anew. */
    static final Set<String> DIVIDING =
            Set.of(OTHER_KEY, SERVING, FORGOTTEN, OVERWRITTEN, BEHIND_SWAPDB, OVERDUE, GONE_BY_NOW, MUTE_END);

    private static final String NO_REDIRECT = "-ERR The client ID you want redirect to does not exist\r\n";

    /** A client by CLIENT INFO: its length differs. */
    private static final Pattern CLIENT_INFO = Pattern.compile("[$=]\\d+\r\n(txt:)?id=[^\r]*\r\n");

    private static final Set<String> ONE_KEY = Set.of("BLMOVE", "BRPOPLPUSH");

    private final Map<String, Rule> rules = new LinkedHashMap<>();
    private final Map<String, Long> used = new LinkedHashMap<>();

    /** The list. */
    TalkRules() {
        orders();
        spellings();
        places();
        states();
    }

    /** What has no order. */
    private void orders() {
        spelling(
                "patterns without an order",
                "what one publishing brings by several patterns comes in the order of a hash table",
                (seen, stream) -> Streams.patternsInOrder(stream));
        spelling(
                "channels left without an order",
                "UNSUBSCRIBE and its like without arguments leave the channels in the order of a hash table",
                (seen, stream) -> seen.leftAll() ? Streams.departuresInOrder(stream) : stream);
        spelling(
                "broadcasts without an order",
                "clients in broadcast mode are told in the order of their addresses in memory; what one receiver gets"
                        + " only differs where the way of one of them is broken, or where it is told for another one too"
                        + " and one of them with NOLOOP",
                (seen, stream) -> seen.noLoop() && seen.toldForOthers()
                        ? Streams.invalidationsSorted(stream)
                        : Streams.brokenLast(stream));
        spelling(
                "messages to who is served",
                "events of serving a client that listens to them stand before its reply or within it in 7.0.15,"
                        + " behind it from 7.2 on",
                (seen, stream) -> seen.waitedFor().isEmpty() || seen.caused()
                        ? stream
                        : Streams.patternsInOrder(Streams.apart(stream).messagesLast()));
        spelling(
                "served after SWAPDB",
                "keys that are ready after SWAPDB are served in the order of a hash table",
                (seen, stream) ->
                        seen.served() && seen.swaps() ? Streams.apart(stream).messagesSorted() : stream);
        spelling(
                "invalidations and events",
                "7.0.15 tells some commands' events before it invalidates the key (LPOP), others' behind; Duet always"
                        + " invalidates first. Each are compared in their own order",
                (seen, stream) -> Streams.invalidationsFirst(stream));
        spelling(
                "flushes among broadcasts",
                "broadcasts leave at the end of a turn; what who is served had sent behind 7.0.15 executes in the same"
                        + " turn, Duet in the next one: where it empties the databases, that is told first or last",
                (seen, stream) -> seen.served() ? Streams.flushesFirst(stream) : stream);
    }

    /** What is said in other words. */
    private void spellings() {
        spelling(
                "nil of a flush",
                "that everything is invalid 7.0.15 says by nil in the protocol of the client that asked for it, and not of"
                        + " the one that is told instead",
                (seen, stream) -> stream.replace("\r\ninvalidate\r\n$-1\r\n", "\r\ninvalidate\r\n_\r\n")
                        .replace(
                                "\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n$-1\r\n",
                                "\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n_\r\n"));
        spelling(
                "broken way of who is not tracked",
                "what a transaction invalidates for its own client 7.0.15 says at its end, and marks a broken way though"
                        + " tracking was switched off in between",
                (seen, stream) -> stream.replace("2\r\n$3\r\noff\r\n$15\r\nbroken_redirect\r\n", "1\r\n$3\r\noff\r\n"));
        spelling(
                "figures",
                "versions; addresses, buffers and ages of sockets, fields of one side",
                (seen, stream) -> changed(stream, TalkRules::plain));
        spelling(
                "channels without an order",
                "PUBSUB CHANNELS walks a hash table",
                (seen, stream) -> seen.caused() && seen.says("PUBSUB") ? changed(stream, TalkRules::sorted) : stream);
    }

    /** What stands elsewhere. */
    private void places() {
        same(
                "own messages come behind the reply",
                "a client's own messages stand before or within its reply in 7.0.15, behind it from 7.2 on; with"
                        + " several requests in one write, behind each one's own reply",
                this::messagesLast);
    }

    /** What happens otherwise. */
    private void states() {
        same(
                OTHER_KEY,
                "7.0.15 serves it from the key that became ready first; 7.2 runs it again, and it takes the first of"
                        + " its keys that has something, or fails because one before it is of another type. What is kept"
                        + " differs behind that",
                TalkRules::otherKey);
        same(
                SERVING,
                "7.0.15 says nothing of what it takes from a key to serve who waits; from 7.2 on that client has"
                        + " changed the key: who has read it since is told, and a broadcast with NOLOOP names another",
                seen -> seen.served()
                        && (seen.noLoop()
                                || seen.ours().length() > seen.theirs().length())
                        && alikeWithout(seen, Streams::withoutInvalidations));
        same(
                "the way at the end of a transaction",
                "what a transaction invalidates for its own client 7.0.15 says at its end, by the way that is set then;"
                        + " Duet by the one that was set when it happened",
                seen -> seen.caused()
                        && seen.switchesWay()
                        && seen.says("EXEC")
                        && alikeWithout(seen, Streams::withoutInvalidations));
        same(
                FORGOTTEN,
                "when nobody's reads are tracked and a client goes, Duet forgets all of them; 7.0.15 tells who is tracked"
                        + " again of what it read before",
                seen -> seen.forgot()
                        && seen.ours().length() < seen.theirs().length()
                        && alikeWithout(seen, Streams::withoutInvalidations));
        same(
                OVERWRITTEN,
                "7.0.15 does not wake who waits for a key when what a command stores takes the place of a value of"
                        + " another type",
                seen -> !seen.waitedFor().isEmpty()
                        && seen.overwrites()
                        && !seen.ours().isEmpty()
                        && Streams.apart(seen.theirs()).rest().isEmpty());
        same(
                BEHIND_SWAPDB,
                "several who are served after SWAPDB are served in the order of a hash table: one may have moved or taken"
                        + " what another gets, and what they had sent behind is executed in that order",
                seen -> seen.serves() > 1
                        && swapped(seen.act(), seen.swaps())
                        && (!seen.waitedFor().isEmpty()
                                        && !seen.ours().isEmpty()
                                        && !seen.theirs().isEmpty()
                                || Streams.apart(seen.ours())
                                        .rest()
                                        .equals(Streams.apart(seen.theirs()).rest())));
        same(
                OVERDUE,
                "whether keys that SWAPDB brings serve somebody 7.0.15 finds out by removing those whose time is over;"
                        + " Duet by a look, and they go with the next command that asks for them, or by themselves",
                seen -> swapped(seen.act(), seen.swaps())
                        && seen.theirs().contains("expired")
                        && alikeWithout(seen, Streams::withoutExpired));
        same(
                GONE_BY_NOW,
                "7.0.15 executes it in the same turn, Duet in the next one, when a client who quit meanwhile is gone and"
                        + " nothing can be redirected to it any more",
                seen -> seen.served()
                        && spelled(seen, seen.ours().replace(NO_REDIRECT, "+OK\r\n"))
                                .equals(spelled(seen, seen.theirs())));
        same(
                "who kills itself within a transaction",
                "gets no further elements of EXEC's array from 7.0.15 before it is closed, or only parts of some; and no"
                        + " messages from Duet, which would come behind the array",
                seen -> seen.caused()
                        && seen.oursGone()
                        && seen.says("EXEC")
                        && (cutShort(seen) || seen.mute() && seen.ours().isEmpty()));
        same(
                MUTE_END,
                "7.0.15 closes a connection when the reply to QUIT, or to CLIENT KILL of itself, has left, and waits"
                        + " for ever where none is sent",
                seen -> seen.caused()
                        && seen.oursGone()
                        && !seen.theirsGone()
                        && (seen.says("QUIT") || seen.says("CLIENT") || seen.says("EXEC"))
                        && seen.ours().equals(seen.theirs()));
    }

    private void spelling(String name, String reason, Spelling spelling) {
        rules.put(name, new Rule(reason, spelling, null));
    }

    private void same(String name, String reason, Same same) {
        rules.put(name, new Rule(reason, null, same));
    }

    /** The list: by name, why and how. */
    Map<String, Rule> rules() {
        return rules;
    }

    /** How often each rule was needed. */
    Map<String, Long> used() {
        return used;
    }

    /** The rule by which what differs means the same, or null. */
    @Nullable
    String accepts(Seen seen) {
        String name = seen.oursGone() == seen.theirsGone() && !misplaced(seen) ? spelledAlike(seen) : null;
        for (Map.Entry<String, Rule> rule : rules.entrySet()) {
            Same same = rule.getValue().same();
            boolean gone = seen.oursGone() == seen.theirsGone() || rule.getKey().equals(MUTE_END);
            if (name == null && same != null && gone && same.test(seen)) {
                name = rule.getKey();
            }
        }
        if (name != null) {
            used.merge(name, 1L, Long::sum);
        }
        return name;
    }

    /** Whether Duet's reply is what 7.0.15's begins with, which may end sooner. */
    private static boolean cutShort(Seen seen) {
        String ours = CLIENT_INFO.matcher(Streams.apart(seen.ours()).rest()).replaceAll("");
        String theirs = CLIENT_INFO.matcher(Streams.apart(seen.theirs()).rest()).replaceAll("");
        return !theirs.isEmpty()
                && ours.length() >= theirs.length()
                && ours.startsWith(theirs.substring(0, theirs.indexOf('\n')));
    }

    /** Whether databases may change places in a step of a client that has said so. They serve in a hash table's order. */
    static boolean swapped(Act act, boolean said) {
        return said
                && act.steps().stream()
                        .anyMatch(step ->
                                step.upper(0).equals("SWAPDB") || step.upper(0).equals("EXEC"));
    }

    /** Whether any of the requests that a client waits with could be served from several keys. */
    static boolean choosesKeys(List<Step> waitedFor) {
        return waitedFor.stream().anyMatch(request -> keys(request).size() > 1);
    }

    /**
     * Whether messages stand where only 7.0.15 puts them, so that even the same bytes would be wrong. Who wants no replies
     * has none that they could stand before or within.
     */
    static boolean misplaced(Seen seen) {
        if (!seen.caused()
                || seen.mute()
                || seen.act().kind() != Act.Kind.SAY
                || seen.act().steps().size() != 1) {
            return false;
        }
        Streams.Apart theirs = Streams.apart(seen.theirs());
        boolean replied = !theirs.rest().isEmpty() && theirs.rest().charAt(0) != '>';
        return replied && !theirs.messagesLast().equals(seen.theirs());
    }

    private @Nullable String spelledAlike(Seen seen) {
        String ours = seen.ours();
        String theirs = seen.theirs();
        for (Map.Entry<String, Rule> rule : rules.entrySet()) {
            Spelling spelling = rule.getValue().spelling();
            if (spelling != null) {
                ours = spelling.spell(seen, ours);
                theirs = spelling.spell(seen, theirs);
                if (ours.equals(theirs)) {
                    return rule.getKey();
                }
            }
        }
        return null;
    }

    /** A stream as all spellings together have it. */
    private String spelled(Seen seen, String stream) {
        String spelled = stream;
        for (Rule rule : rules.values()) {
            Spelling spelling = rule.spelling();
            spelled = spelling == null ? spelled : spelling.spell(seen, spelled);
        }
        return spelled;
    }

    private boolean messagesLast(Seen seen) {
        if (!seen.caused()) {
            return false;
        }
        boolean several = seen.act().steps().size() > 1;
        return alikeWithout(seen, stream -> stream)
                && !(several
                        && seen.ours()
                                .startsWith(String.join(
                                        "", Streams.apart(seen.ours()).messages())));
    }

    /** Whether both are the same without something, with messages behind the replies. */
    private boolean alikeWithout(Seen seen, UnaryOperator<String> without) {
        String ours = without.apply(seen.ours());
        String theirs = Streams.apart(without.apply(seen.theirs())).messagesLast();
        boolean several = seen.act().steps().size() > 1;
        return spelled(seen, several ? Streams.apart(ours).messagesLast() : ours)
                .equals(spelled(seen, theirs));
    }

    private static boolean otherKey(Seen seen) {
        return seen.waitedFor().stream().anyMatch(request -> otherKey(seen, keys(request)));
    }

    private static boolean otherKey(Seen seen, List<String> keys) {
        List<Frame> ours = Streams.frames(Streams.apart(seen.ours()).rest());
        List<Frame> theirs = Streams.frames(Streams.apart(seen.theirs()).rest());
        int at = 0; // where they differ: behind the replies to what was asked before
        while (at < ours.size()
                && at < theirs.size()
                && ours.get(at).toString().equals(theirs.get(at).toString())) {
            at++;
        }
        if (keys.size() < 2 || at == ours.size() || at == theirs.size()) {
            return false;
        }
        int their = keys.indexOf(Streams.head(theirs.get(at)));
        int our = keys.indexOf(Streams.head(ours.get(at)));
        boolean type = ours.get(at).isError() && ours.get(at).text().startsWith("WRONGTYPE");
        return their >= 0 && (our >= 0 && our < their || type && their > 0);
    }

    /** The keys that a blocking request waits for; none of one that is refused for its form. */
    private static List<String> keys(Step request) {
        if (ONE_KEY.contains(request.upper(0)) || request.argv().length < 3) {
            return List.of();
        }
        List<String> words = request.words();
        if (request.upper(0).contains("MPOP")) {
            boolean whole = words.size() > 3 && words.get(2).matches("\\d{1,3}");
            return whole ? words.subList(3, Math.min(words.size(), 3 + Integer.parseInt(words.get(2)))) : List.of();
        }
        return words.subList(1, words.size() - 1);
    }

    /** A stream with each of its frames changed; as it is where it cannot be read to its end. */
    private static String changed(String stream, UnaryOperator<Frame> change) {
        StringBuilder s = new StringBuilder();
        List<Frame> frames = Streams.whole(stream);
        frames.forEach(frame -> s.append(Streams.text(change.apply(frame))));
        return frames.isEmpty() ? stream : s.toString();
    }

    /** A frame without figures, whatever holds it. */
    private static Frame plain(Frame frame) {
        String text = frame.text();
        if (text != null && (text.startsWith("id=") || text.startsWith("txt:id="))) {
            return Normalisations.clients(frame);
        }
        if (!frame.isAggregate()) {
            return frame;
        }
        if (Streams.head(frame).equals("server")) {
            return Normalisations.hello(frame);
        }
        List<Frame> elements = new ArrayList<>();
        for (Frame element : frame.elements()) {
            elements.add(plain(element));
        }
        return frame.withElements(elements);
    }

    private static Frame sorted(Frame frame) {
        if (!frame.isAggregate()) {
            return frame;
        }
        List<Frame> elements = new ArrayList<>(frame.elements());
        elements.sort(Comparator.comparing(Frame::toString));
        return frame.withElements(elements);
    }
}
