package io.duetdb.persistence.kit;

import io.duetdb.persistence.kit.SimDisk.Survival;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a process did, state by state, and what of it a crash must leave: the state that is found must be one of those it
 * went through, not one before what was acknowledged. States are digests of all data, so that half of a transaction, a
 * lost write before a kept one, or anything made up is none of them.
 */
final class Ledger {
    /** How long everysec may leave acknowledged writes to luck: a second, and the force that is due then. */
    private static final long EVERYSEC_NS = TimeUnit.MILLISECONDS.toNanos(1100);

    /** The data after one command. */
    private static final class State {
        final String digest;
        final long offset;
        final String what;
        long leftNs = -1;

        State(String digest, long offset, String what) {
            this.digest = digest;
            this.offset = offset;
            this.what = what;
        }
    }

    /** A command whose reply has not left. */
    private record Waiting(PersistenceFixture.Sent sent, int state, boolean promises) {}

    private final List<State> states = new ArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private final List<Object> errors = new ArrayList<>();
    private int acknowledged;
    private int lasting;

    /** A process begins with this data. */
    void begin(String digest, long offset) {
        states.clear();
        waiting.clear();
        acknowledged = 0;
        lasting = 0;
        states.add(new State(digest, offset, "the start"));
    }

    /** The data as it is now, after {@code what}. */
    void did(String what, String digest, long offset) {
        if (!digest.equals(last().digest)) {
            states.add(new State(digest, offset, what));
        }
    }

    /** A command was executed, after which the data was as last said; its reply may promise that this lasts. */
    void sent(PersistenceFixture.Sent sent, boolean promises) {
        waiting.add(new Waiting(sent, states.size() - 1, promises));
    }

    /** The error replies that have left since the last call of this. */
    List<Object> errors() {
        List<Object> taken = List.copyOf(errors);
        errors.clear();
        return taken;
    }

    /** Notes which replies have left by now; what they acknowledge must not be lost. */
    void look(String policy, long nowNs) {
        waiting.removeIf(one -> {
            if (!one.sent.left()) {
                return false;
            }
            if (one.sent.failed()) {
                errors.add(one.sent.value());
            } else if (one.promises) {
                acknowledged = Math.max(acknowledged, one.state);
                lasting = policy.equals("always") ? acknowledged : lasting;
                states.get(one.state).leftNs = Math.max(states.get(one.state).leftNs, nowNs);
            }
            return true;
        });
    }

    /** Commands whose replies have not left, though their connections live. */
    long waiting() {
        return waiting.stream().filter(one -> !one.sent.broken()).count();
    }

    private State last() {
        return states.get(states.size() - 1);
    }

    /** The first state that a crash may leave. */
    int required(Survival survival, String policy, boolean prompt, long durableOffset, long nowNs) {
        if (survival == Survival.ALL) {
            return acknowledged;
        }
        int required = lasting;
        for (int i = required; i <= acknowledged; i++) {
            State state = states.get(i);
            boolean due =
                    prompt && policy.equals("everysec") && state.leftNs >= 0 && nowNs - state.leftNs > EVERYSEC_NS;
            if (state.offset <= durableOffset || due) {
                required = i;
            }
        }
        return required;
    }

    /** What is wrong with finding this after a crash, or null. */
    String verify(String digest, int required) {
        for (int i = states.size() - 1; i >= required; i--) {
            if (states.get(i).digest.equals(digest)) {
                return null;
            }
        }
        for (int i = required - 1; i >= 0; i--) {
            if (states.get(i).digest.equals(digest)) {
                return "lost: found state " + i + " (after " + states.get(i).what + "), must be " + required
                        + " (after " + states.get(required).what + ") to " + (states.size() - 1);
            }
        }
        return "found a state that never was; expected one of " + required + " (after " + states.get(required).what
                + ") to " + (states.size() - 1) + " (after " + last().what + ")";
    }

    /** Number of the last state. */
    int size() {
        return states.size() - 1;
    }
}
