package io.duetdb.truth.talk;

import io.duetdb.engine.command.Command;
import io.duetdb.engine.commands.Families;
import io.duetdb.truth.Frame;
import io.duetdb.truth.Step;
import io.duetdb.truth.Syntax;
import io.duetdb.truth.Tally;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Counts what conversations reach: commands, options, errors, pushes by kind and protocol, what became of who waits. */
final class Notes implements Conversation.Listener {
    /** Commands that have an answer for each of their arguments. */
    private static final Set<String> MANY =
            Set.of("SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE", "SSUBSCRIBE", "SUNSUBSCRIBE");

    private static final Set<String> ANSWERS =
            Set.of("subscribe", "unsubscribe", "psubscribe", "punsubscribe", "ssubscribe", "sunsubscribe");

    private final Tally tally;
    private final Map<String, Set<String>> options = new HashMap<>();

    Notes(Tally tally) {
        this.tally = tally;
        for (Command command : Families.table().byId()) {
            Set<String> words = new TreeSet<>();
            if (!command.isContainer()) {
                Syntax.parse(command.syntax()).words(words);
            }
            options.put(command.name(), words);
        }
    }

    /** The words of a command's syntax that stand for themselves. */
    Set<String> options(String command) {
        return options.getOrDefault(command, Set.of());
    }

    @Override
    public void heard(Act act, Heard theirs, List<List<Step>> waited, boolean[] waits) {
        for (int i = 0; i < Conversation.CLIENTS; i++) {
            List<Frame> replies = new ArrayList<>();
            for (Frame frame : Streams.frames(theirs.text(i))) {
                if (frame.kind() == '>' || Streams.isMessage(frame) || ANSWERS.contains(Streams.head(frame))) {
                    push(frame);
                } else {
                    replies.add(frame);
                }
            }
            if (!waited.get(i).isEmpty() && !waits[i]) {
                ended(waited.get(i).get(0), theirs.gone()[i], replies);
            }
            if (i != act.client() && theirs.gone()[i]) {
                tally.note("a client gone by another's doing");
            }
        }
        commands(act, theirs, waited, waits);
    }

    private void push(Frame frame) {
        String kind = Streams.head(frame);
        if (kind.endsWith("message") && frame.elements().size() > 2) {
            String channel = frame.elements().get(frame.elements().size() - 2).text();
            if (channel.startsWith("__redis__")) {
                kind = "invalidate by message";
            } else if (channel.startsWith("__keyevent")) {
                kind = kind + " of event " + channel.substring(channel.indexOf(':') + 1);
            } else if (channel.startsWith("__keyspace")) {
                kind = kind + " of a key";
            }
        }
        if (kind.equals("invalidate") && frame.elements().get(1).isNil()) {
            kind = "invalidate everything";
        }
        tally.note((frame.kind() == '>' ? "push3 " : "push2 ") + kind);
    }

    private void ended(Step waiting, boolean gone, List<Frame> replies) {
        String how = gone
                ? "gone"
                : replies.isEmpty()
                        ? "muted"
                        : replies.get(0).isError()
                                ? replies.get(0).text().split(" ")[0]
                                : replies.get(0).isNil() ? "nil" : "served";
        tally.note("waited " + waiting.upper(0) + " " + how);
    }

    private void commands(Act act, Heard theirs, List<List<Step>> waited, boolean[] waits) {
        int client = act.client();
        if (act.kind() != Act.Kind.SAY) {
            tally.note(act.kind() == Act.Kind.LEAVE ? "left" : "lapse " + act.verb());
        }
        if (!waited.get(client).isEmpty() && waits[client]) {
            tally.note("said while waiting");
            return;
        }
        if (waits[client]) {
            tally.note("waits " + act.steps().get(act.steps().size() - 1).upper(0));
        }
        List<Frame> replies = new ArrayList<>(Streams.frames(theirs.text(client)));
        replies.removeIf(frame -> Streams.isMessage(frame));
        for (Step step : act.steps()) {
            String command = Templates.name(step.text().toUpperCase(Locale.ROOT));
            int answers = MANY.contains(step.upper(0)) ? Math.max(1, step.argv().length - 1) : 1;
            Frame reply = replies.isEmpty() ? new Frame('_', "", null) : replies.get(0);
            answers = reply.isError() || reply.kind() == '+' ? 1 : answers;
            replies.subList(0, Math.min(answers, replies.size())).clear();
            tally.count(step, command, reply, options(command));
            if (step.upper(0).equals("EXEC") && !reply.isError()) {
                tally.note(reply.isNil() ? "EXEC refused for a watched key" : "EXEC done");
            }
        }
    }
}
