package io.duetdb.truth.talk;

import io.duetdb.truth.Step;
import io.duetdb.truth.talk.Templates.Template;
import io.duetdb.truth.talk.Templates.Theme;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Random steps of a conversation. Each client has a part: two do everything, two mostly wait for keys, one listens;
 * each run of steps between two beginnings puts weight on another theme.
 */
final class TalkGrammar {
    /** Commands that may wait for a key. */
    static final Set<String> BLOCKING =
            Set.of("BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP");

    private static final Set<String> SUBSCRIBING = Set.of("SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE");

    /** Weight of each client's turn. */
    private static final int[] TURNS = {32, 32, 13, 13, 10};

    private static final int EMPHASIS = 4;

    /** What a run may be about. */
    private static final List<Set<Theme>> TOPICS = List.of(
            Set.of(Theme.TX),
            Set.of(Theme.BLOCK, Theme.WRITE),
            Set.of(Theme.PUBLISH, Theme.SUBSCRIBE),
            Set.of(Theme.TRACK, Theme.READ, Theme.WRITE),
            Set.of(Theme.EVENT, Theme.SUBSCRIBE),
            Set.of(Theme.LIFE),
            Set.of());

    private static final Map<Theme, Integer> ACTOR = weights(30, 9, 14, 3, 2, 8, 2, 10, 3, 7, 2);
    private static final Map<Theme, Integer> WAITER = weights(15, 3, 8, 50, 9, 3, 1, 4, 1, 4, 1);
    private static final Map<Theme, Integer> LISTENER = weights(1, 1, 1, 1, 0, 2, 80, 2, 1, 7, 1);

    private final Random random;
    private final TalkWords words;
    private final Templates templates;
    private final boolean[] subscribed = new boolean[Conversation.CLIENTS];
    private final boolean[] muted = new boolean[Conversation.CLIENTS];
    private final boolean[] skipped = new boolean[Conversation.CLIENTS];
    private boolean caches;
    private boolean waits;
    private boolean broadcast;
    private boolean silent;
    private Set<Theme> topic = Set.of();
    private @Nullable Set<Theme> only;

    /** Steps of commands that are known. */
    TalkGrammar(long seed, Templates templates) {
        random = new Random(seed);
        words = new TalkWords(random);
        this.templates = templates;
    }

    private static Map<Theme, Integer> weights(int... values) {
        Map<Theme, Integer> map = new EnumMap<>(Theme.class);
        for (Theme theme : Theme.values()) {
            map.put(theme, values[theme.ordinal()]);
        }
        return map;
    }

    /** Every run is about this from here on. */
    void only(Set<Theme> value) {
        only = value;
    }

    /** A run begins: its first steps. */
    List<Act> begin() {
        topic = only != null ? only : TOPICS.get(random.nextInt(TOPICS.size()));
        Arrays.fill(subscribed, false);
        Arrays.fill(muted, false);
        caches = topic.contains(Theme.TRACK) || words.chance(50);
        broadcast = false;
        List<Act> acts = new ArrayList<>();
        if (words.chance(50)) {
            acts.add(Act.of(4, Act.Kind.SAY, "HELLO 3"));
        }
        boolean events =
                templates.of(Theme.EVENT).stream().anyMatch(t -> t.command().startsWith("config|set"));
        if (events && (topic.contains(Theme.EVENT) || words.chance(25))) {
            acts.add(Act.of(0, Act.Kind.SAY, "CONFIG SET notify-keyspace-events KEA"));
        }
        return acts;
    }

    /** The next step. */
    Act next(Conversation state) {
        int client = turn();
        for (int i = 0; i < 20 && state.waits(client) && (broadcast || !words.chance(5)); i++) {
            client = turn();
        }
        if (random.nextInt(topic.contains(Theme.LIFE) ? 60 : 250) == 0) {
            subscribed[client] = false;
            muted[client] = false;
            return new Act(client, Act.Kind.LEAVE, List.of());
        }
        waits = state.waits(client);
        silent = muted[client] || skipped[client];
        boolean free = !waits && !state.queues(client);
        if (free && templates.of(Theme.TX).size() > 3 && words.chance(topic.contains(Theme.TX) ? 10 : 3)) {
            return transaction(client);
        }
        Theme theme = theme(client);
        if (theme == Theme.LAPSE && !(free && !muted[client])) {
            theme = Theme.WRITE;
        }
        if (theme == Theme.LAPSE) {
            return new Act(client, Act.Kind.LAPSE, List.of(step(client, lapse(state))));
        }
        List<Step> steps = new ArrayList<>();
        add(steps, request(client, theme, state.queues(client)));
        boolean open = state.queues(client);
        while (words.chance(8) && steps.size() < 6 && !(broadcast && blocks(steps))) {
            open |= steps.get(steps.size() - 1).upper(0).equals("MULTI");
            waits |= blocks(steps);
            add(steps, request(client, theme(client), open));
        }
        return new Act(client, Act.Kind.SAY, steps);
    }

    /** What ends by itself; while somebody waits, no key's time. */
    private List<String> lapse(Conversation state) {
        List<String> said = draw(Theme.LAPSE, false);
        boolean anyone = false;
        for (int i = 0; i < Conversation.CLIENTS; i++) {
            anyone |= state.waits(i);
        }
        return anyone && !BLOCKING.contains(said.get(0)) ? words.of("EXISTS {key}") : said;
    }

    /**
     * Whether the rest of a write would run in a later turn. Nothing is left to run so where somebody is in broadcast
     * mode: when what a turn changed is told is each side's own affair.
     */
    private static boolean blocks(List<Step> steps) {
        return steps.stream().anyMatch(step -> BLOCKING.contains(step.upper(0)));
    }

    /**
     * Adds a request. One that may delete its destination without looking at it comes behind one that looks: 7.0.15
     * deletes a key whose time is over as if it were alive. One that sets a key whose time is over comes before one that
     * looks: else a request that waits for it and others would, as it runs again in Duet but not in 7.0.15.
     */
    private static void add(List<Step> steps, Step step) {
        List<String> words = step.words();
        String verb = step.upper(0);
        boolean sort = verb.equals("SORT");
        if (sort || verb.endsWith("STORE")) {
            steps.add(Step.of(step.client(), List.of("EXISTS", words.get(sort ? words.size() - 1 : 1))));
        }
        steps.add(step);
        if (words.contains("PXAT") || words.contains("EXAT")) {
            steps.add(Step.of(step.client(), List.of("EXISTS", words.get(1))));
        }
    }

    private int turn() {
        int n = random.nextInt(100);
        int client = 0;
        while (n >= TURNS[client]) {
            n -= TURNS[client++];
        }
        return client;
    }

    private Theme theme(int client) {
        Map<Theme, Integer> part = client == 4 ? LISTENER : client >= 2 ? WAITER : ACTOR;
        int total = 0;
        for (Theme theme : Theme.values()) {
            total += weight(part, theme, client);
        }
        int n = random.nextInt(total);
        for (Theme theme : Theme.values()) {
            n -= weight(part, theme, client);
            if (n < 0) {
                return theme;
            }
        }
        throw new IllegalStateException();
    }

    private int weight(Map<Theme, Integer> part, Theme theme, int client) {
        if (templates.of(theme).isEmpty()) {
            return 0;
        }
        int weight = part.get(theme) * (topic.contains(theme) ? EMPHASIS : 1);
        boolean strange = theme == Theme.SUBSCRIBE && client % 2 == 0 && client != 4; // RESP2: can do nothing else then
        return strange ? part.get(theme) / 2 : weight;
    }

    /** A request, or what ends a state that makes most requests pointless. */
    private Step request(int client, Theme theme, boolean open) {
        if (muted[client] && !open && words.chance(30)) {
            return known(client, "CLIENT REPLY ON", theme, open);
        }
        if (open && words.chance(25)) {
            return known(client, words.chance(88) ? "EXEC" : "DISCARD", theme, open);
        }
        if (subscribed[client] && client % 2 == 0 && client != 4 && words.chance(35)) {
            return known(
                    client, words.any("UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "RESET", "RESET"), theme, open);
        }
        Theme said = open && theme == Theme.TX && words.chance(70) ? Theme.WRITE : theme;
        return step(client, draw(said == Theme.LAPSE ? Theme.READ : said, open));
    }

    private Step known(int client, String line, Theme theme, boolean open) {
        boolean there = templates.all().stream().anyMatch(t -> t.command().equals(Templates.command(line)));
        return there ? step(client, List.of(line.split(" "))) : step(client, draw(theme, open));
    }

    /** A whole transaction in one write, sometimes with something wrong in it. */
    private Act transaction(int client) {
        List<Step> steps = new ArrayList<>();
        steps.add(Step.line(client, "MULTI"));
        for (int i = random.nextInt(5); i >= 0; i--) {
            Theme theme = theme(client);
            add(steps, step(client, draw(theme == Theme.LAPSE || theme == Theme.TX ? Theme.WRITE : theme, true)));
        }
        steps.add(Step.line(client, words.chance(92) ? "EXEC" : "DISCARD"));
        return new Act(client, Act.Kind.SAY, steps);
    }

    /** A request of a theme, of those that may be said now. */
    private List<String> draw(Theme theme, boolean open) {
        List<String> said = drawAny(theme, open);
        for (int i = 0; i < 50 && avoided(said); i++) {
            said = drawAny(theme, open);
        }
        return avoided(said) ? words.of("PING") : said;
    }

    /**
     * What is each side's own affair: SWAPDB where reads are tracked (Duet then forgets all of them and says so, 7.0.15
     * leaves clients with the other database's values), whether somebody who is killed by one who has just been served
     * still gets what he was sent in that turn, and which of its keys serves a client that nobody hears.
     */
    private boolean avoided(List<String> said) {
        boolean tracking = said.size() > 1 && said.get(1).equals("TRACKING");
        boolean killing = said.size() > 1 && said.get(1).equals("KILL");
        return said.get(0).equals(caches ? "SWAPDB" : "none")
                || tracking && !caches
                || killing && waits
                || silent && BLOCKING.contains(said.get(0));
    }

    private List<String> drawAny(Theme theme, boolean open) {
        List<Template> lines = new ArrayList<>(templates.of(theme));
        lines.removeIf(line -> (open || waits) && line.alone());
        if (lines.isEmpty()) {
            return words.of("PING");
        }
        int n = random.nextInt(lines.stream().mapToInt(Template::weight).sum());
        for (Template line : lines) {
            n -= line.weight();
            if (n < 0) {
                return words.of(line.text());
            }
        }
        throw new IllegalStateException();
    }

    private Step step(int client, List<String> request) {
        Step step = Step.of(client, request);
        String verb = step.upper(0);
        skipped[client] = step.upper(1).equals("REPLY") && step.upper(2).equals("SKIP");
        if (SUBSCRIBING.contains(verb)) {
            subscribed[client] = true;
        } else if (verb.equals("RESET") || verb.equals("QUIT")) {
            subscribed[client] = false;
            muted[client] = false;
        } else if (verb.equals("CLIENT") && step.upper(1).equals("REPLY")) {
            muted[client] = step.upper(2).equals("OFF");
            silent |= muted[client] || step.upper(2).equals("SKIP");
        }
        boolean tracking = verb.equals("CLIENT") && step.upper(1).equals("TRACKING");
        broadcast |= tracking && request.contains("BCAST");
        return step;
    }
}
