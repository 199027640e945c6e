package io.duetdb.truth.talk;

import io.duetdb.truth.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Both sides with the same clients, who know nothing yet, and the comparison of what they get. Clients have the same
 * numbers on both sides; whoever is gone on both is back at once.
 */
final class Conversation implements AutoCloseable {
    /** Clients: the even ones begin in RESP2, the odd ones in RESP3. */
    static final int CLIENTS = 5;

    /** What differs. */
    record Difference(Act act, int client, Heard ours, Heard theirs) {
        /** What kind of difference it is: two of the same kind likely have the same cause. */
        String kind() {
            return (client == act.client() ? "itself " : "another ") + kind(ours) + "/" + kind(theirs);
        }

        private String kind(Heard heard) {
            String text = Step.printable(heard.bytes()[client]);
            String head = text.startsWith("-")
                    ? text.substring(0, Math.min(20, text.length()))
                    : text.isEmpty() ? "" : text.substring(0, 1);
            String word = Streams.frames(heard.text(client)).stream()
                    .filter(frame -> frame.isAggregate())
                    .map(Streams::head)
                    .findFirst()
                    .orElse("");
            return head + word + (heard.gone()[client] ? " gone" : "");
        }

        /** What everybody who got something else got, as text. */
        String text() {
            StringBuilder s = new StringBuilder("  ").append(act.text()).append('\n');
            for (int i = 0; i < CLIENTS; i++) {
                if (i == client || !ours.same(theirs, i)) {
                    s.append("    client ").append(i).append(" of redis: ").append(text(theirs, i));
                    s.append("    client ").append(i).append(" of duet:  ").append(text(ours, i));
                }
            }
            return s.toString();
        }

        private static String text(Heard heard, int client) {
            return Step.printable(heard.bytes()[client]) + (heard.gone()[client] ? " (gone)" : "") + "\n";
        }
    }

    /** Hears of every step. */
    interface Listener {
        void heard(Act act, Heard theirs, List<List<Step>> waited, boolean[] waits);
    }

    private final RedisParty redis;
    private final DuetParty duet;
    private final TalkRules rules;
    private final boolean[] leftAll = new boolean[CLIENTS];
    private final boolean[] overwrites = new boolean[CLIENTS];
    private boolean noLoop;
    private final boolean[] switches = new boolean[CLIENTS];
    private boolean redirects;
    private boolean broadcasts;
    private boolean untracked;
    private boolean someoneGone;
    private final boolean[] swaps = new boolean[CLIENTS];
    private final boolean[] mute = new boolean[CLIENTS];
    private final List<List<Step>> waitsFor = new ArrayList<>();
    private Listener listener = (act, theirs, waited, waits) -> {};
    private boolean divided;

    /** Both sides begin anew; Duet with a planted bug or none. */
    Conversation(RedisParty redis, TalkRules rules, TalkBugs.@Nullable Bug bug) throws Exception {
        this.redis = redis;
        this.rules = rules;
        redis.begin();
        duet = new DuetParty(bug);
        for (int i = 0; i < CLIENTS; i++) {
            waitsFor.add(new ArrayList<>());
        }
        boolean[] all = new boolean[CLIENTS];
        Arrays.fill(all, true);
        Difference difference = join(all);
        if (difference != null) {
            throw new AssertionError("differs before it begins\n" + difference.text());
        }
    }

    /** Says who hears of the steps. */
    void listener(Listener value) {
        listener = value;
    }

    /** Whether a client waits for a key. */
    boolean waits(int client) {
        return duet.waits(client);
    }

    /** Whether a client's requests are being queued. */
    boolean queues(int client) {
        return duet.queues(client);
    }

    /** Whether an accepted difference has left the sides with other data, so that both must begin anew. */
    boolean divided() {
        return divided;
    }

    /** Does steps in order; the first difference that is not accepted, or null. Ends where the sides are divided. */
    @Nullable
    Difference run(List<Act> acts) throws Exception {
        for (Act act : acts) {
            Difference difference = run(act);
            if (difference != null || divided) {
                return difference;
            }
        }
        return null;
    }

    /** Does a step on both sides; the difference, unless there is none or it is accepted. */
    @Nullable
    Difference run(Act act) throws Exception {
        duet.time(redis.timeUs());
        Heard theirs = redis.act(act);
        Heard ours = duet.act(act, redis.timeUs());
        List<List<Step>> waited = new ArrayList<>();
        waitsFor.forEach(steps -> waited.add(List.copyOf(steps)));
        follow(act);
        boolean[] waits = new boolean[CLIENTS];
        int served = 0;
        boolean unheard = false;
        for (int i = 0; i < CLIENTS; i++) {
            waits[i] = !theirs.gone()[i] && duet.waits(i);
            if (!waited.get(i).isEmpty()) {
                boolean silent = Streams.apart(theirs.text(i)).rest().isEmpty();
                served += silent && waits[i] ? 0 : 1;
                unheard |= silent && !waits[i] && !theirs.gone()[i] && mayDiffer(act, waited.get(i));
            }
        }
        if (unheard) {
            divided = true;
            return null;
        }
        Difference difference = compare(act, ours, theirs, waited, served);
        divided |= served > 1 && TalkRules.swapped(act, swaps[act.client()]);
        if (difference != null || divided) {
            return difference;
        }
        listener.heard(act, theirs, waited, waits);
        for (boolean gone : theirs.gone()) {
            someoneGone |= gone;
            untracked |= gone;
        }
        return join(theirs.gone());
    }

    /** Whether somebody who wants no replies may be served with something else: nobody hears with what. */
    private boolean mayDiffer(Act act, List<Step> waitedFor) {
        return overwrites[act.client()] || swaps[act.client()] || TalkRules.choosesKeys(waitedFor);
    }

    private @Nullable Difference compare(Act act, Heard ours, Heard theirs, List<List<Step>> waited, int served) {
        Difference found = null;
        for (int i = 0; i < CLIENTS; i++) {
            TalkRules.Seen seen = new TalkRules.Seen(
                    act,
                    i,
                    waited.get(i),
                    ours.text(i),
                    theirs.text(i),
                    ours.gone()[i],
                    theirs.gone()[i],
                    leftAll[i],
                    served,
                    noLoop,
                    redirects && broadcasts,
                    redirects && switches[i],
                    untracked && someoneGone,
                    overwrites[act.client()],
                    swaps[act.client()],
                    mute[i] || duet.mute(i));
            if (ours.same(theirs, i) && !TalkRules.misplaced(seen)) {
                continue;
            }
            String rule = rules.accepts(seen);
            if (rule != null && TalkRules.DIVIDING.contains(rule)) {
                divided = true;
                return null;
            }
            if (rule == null && found == null) {
                found = new Difference(act, i, ours, theirs);
            }
        }
        return found;
    }

    /** Notes which request each client waits with, and what was said so far that rules ask for. */
    private void follow(Act act) {
        for (Step step : act.steps()) {
            String verb = step.upper(0);
            leftAll[act.client()] |= verb.endsWith("UNSUBSCRIBE") && step.argv().length == 1;
            overwrites[act.client()] |= verb.endsWith("STORE") || verb.equals("SORT");
            swaps[act.client()] |= verb.equals("SWAPDB");
            untracked |= verb.equals("RESET")
                    || step.upper(1).equals("TRACKING") && step.upper(2).equals("OFF");
            if (verb.equals("CLIENT") && step.upper(1).equals("REPLY")) {
                mute[act.client()] = !step.upper(2).equals("ON");
            }
            if (verb.equals("MULTI") || verb.equals("CLIENT")) {
                switches[act.client()] |= step.upper(1).equals("TRACKING");
                switches[act.client()] &= !verb.equals("MULTI");
            }
            redirects |= step.words().contains("REDIRECT");
            broadcasts |= step.words().contains("BCAST");
            noLoop |= step.words().contains("NOLOOP");
        }
        for (int i = 0; i < CLIENTS; i++) {
            if (!duet.waits(i)) {
                waitsFor.get(i).clear();
            }
        }
        if (duet.waits(act.client())) {
            act.steps().stream()
                    .filter(step -> TalkGrammar.BLOCKING.contains(step.upper(0)))
                    .forEach(waitsFor.get(act.client())::add);
        }
    }

    /** Connects those who are gone. */
    private @Nullable Difference join(boolean[] gone) throws Exception {
        for (int i = 0; i < CLIENTS; i++) {
            if (gone[i]) {
                mute[i] = false;
                duet.connect(i, redis.connect(i));
            }
        }
        Difference difference = null;
        for (int i = 1; i < CLIENTS && difference == null; i += 2) {
            difference = gone[i] ? run(Act.of(i, Act.Kind.SAY, "HELLO 3")) : null;
        }
        return difference;
    }

    @Override
    public void close() {
        duet.close();
    }
}
