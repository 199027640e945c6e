package io.duetdb.truth.talk;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.tx.Transaction;
import io.duetdb.truth.LocalDuet;
import io.duetdb.truth.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The clients of a Duet in this JVM. Their requests, turns and departures go the way they take behind sockets: what a
 * client sends while it waits stays in a queue until the engine says that it may go on, and a connection that the
 * engine has ended is told to be gone at the end of the turn.
 */
final class DuetParty implements AutoCloseable {
    /** Turns after which the engine must have come to rest. */
    private static final int TURNS_MAX = 1_000;

    private final LocalDuet duet = new LocalDuet();
    private final List<Party> parties = new ArrayList<>();
    private final long[] ids = new long[Conversation.CLIENTS];
    private final TalkBugs.@Nullable Bug bug;

    /** A fresh Duet with a planted bug or none. */
    DuetParty(TalkBugs.@Nullable Bug bug) throws Exception {
        this.bug = bug;
        for (int i = 0; i < Conversation.CLIENTS; i++) {
            parties.add(new Party(duet.connect(i)));
        }
        parties.get(0).pending.add(argv("DEBUG", "SET-ACTIVE-EXPIRE", "0"));
        turns(parties.get(0));
        for (Party party : parties) {
            party.link.disconnect();
        }
    }

    /** A client: its connection, and what it has sent that was not executed yet. */
    private static final class Party {
        private LocalDuet.Link link;
        private final Deque<Argv> pending = new ArrayDeque<>();
        private boolean waiting;

        Party(LocalDuet.Link link) {
            this.link = link;
        }
    }

    /** Sets the time, in microseconds since the epoch. */
    void time(long wallUs) {
        duet.time(wallUs);
    }

    /** Connects a client that is to have a certain number, which is higher than all before. */
    void connect(int client, long id) {
        Party party = parties.get(client);
        LocalDuet.Link link = duet.connect(client);
        while (link.client().id() < id) {
            link.disconnect();
            link = duet.connect(client);
        }
        if (link.client().id() > id) {
            throw new AssertionError("client " + link.client().id() + " instead of " + id);
        }
        party.link = link;
        party.pending.clear();
        party.waiting = false;
        ids[client] = id;
        party.pending.add(argv("CLIENT", "ID")); // as the other side's did
        turns(party);
        link.take();
    }

    /** Whether a client's command is under way without a reply. */
    boolean waits(int client) {
        return parties.get(client).link.client().suspended();
    }

    /** Whether a client gets no replies for now. */
    boolean mute(int client) {
        return ((ClientState) parties.get(client).link.client()).muted();
    }

    /** Whether a client's requests are being queued. */
    boolean queues(int client) {
        Client state = parties.get(client).link.client();
        Transaction transaction = ((ClientState) state).transaction();
        return transaction != null && transaction.open();
    }

    /** Does a step; the time is {@code endUs} at its end. */
    Heard act(Act act, long endUs) {
        if (bug != null) {
            return bug.act(this, act, endUs);
        }
        return perform(act, endUs);
    }

    /** Does a step as it should be. */
    Heard perform(Act act, long endUs) {
        Party party = parties.get(act.client());
        if (act.kind() == Act.Kind.LEAVE) {
            party.link.disconnect();
            turns(null);
        } else {
            for (byte[][] request : RedisParty.requests(act, ids)) {
                party.pending.add(Argv.of(request));
            }
            turns(party);
        }
        if (act.kind() == Act.Kind.LAPSE) {
            time(endUs);
            turns(null);
        }
        byte[][] bytes = new byte[parties.size()][];
        boolean[] gone = new boolean[parties.size()];
        for (int i = 0; i < bytes.length; i++) {
            boolean left = act.kind() == Act.Kind.LEAVE && i == act.client();
            bytes[i] = left ? new byte[0] : parties.get(i).link.take();
            gone[i] = left || parties.get(i).link.closing();
        }
        return new Heard(bytes, gone);
    }

    private static Argv argv(String... words) {
        return Argv.of(Step.of(0, List.of(words)).argv());
    }

    /** Loop turns until there is nothing more to do; the first begins with what one client has sent. */
    private void turns(@Nullable Party first) {
        duet.own(engine -> {
            if (first != null) {
                run(engine, first);
            }
            int turns = 0;
            boolean again;
            do {
                Set<Party> resumed = new LinkedHashSet<>();
                for (Client one = engine.resume(); one != null; one = engine.resume()) {
                    one.connection().resume();
                    resumed.add(of(one));
                }
                again = goOn(engine, resumed);
                duet.endTurn();
                again |= endings();
                if (++turns > TURNS_MAX) {
                    throw new AssertionError("the engine does not come to rest");
                }
            } while (again || engine.nextDutyInMs() == 0);
        });
    }

    private Party of(Client client) {
        return parties.stream()
                .filter(party -> party.link.client() == client)
                .findFirst()
                .orElseThrow();
    }

    /** Clients whose requests may run go on, in the order in which the engine named them. Returns whether any does. */
    private static boolean goOn(Engine engine, Set<Party> resumed) {
        boolean any = false;
        for (Party party : resumed) {
            if (party.link.takeResumed() && party.waiting) {
                party.waiting = false;
                run(engine, party);
                any = true;
            }
        }
        return any;
    }

    /** Connections that the engine has ended are gone now. Returns whether any is. */
    private boolean endings() {
        boolean any = false;
        for (Party party : parties) {
            if (party.link.closing() && !party.pending.isEmpty()) {
                party.pending.clear();
            }
            if (party.link.endOnce()) {
                party.link.disconnect();
                any = true;
            }
        }
        return any;
    }

    private static void run(Engine engine, Party party) {
        while (!party.pending.isEmpty() && !party.waiting && !party.link.closing()) {
            Argv[] batch = party.pending.stream().limit(Engine.BATCH_MAX).toArray(Argv[]::new);
            int done = party.link.execute(engine, batch, batch.length);
            for (int i = 0; i < done; i++) {
                party.pending.remove();
            }
            if (done < batch.length) {
                party.waiting = !party.link.client().closing();
                return;
            }
        }
    }

    @Override
    public void close() {
        duet.close();
    }
}
