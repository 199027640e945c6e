package io.duetdb.rest;

import io.duetdb.engine.api.Settings;
import io.duetdb.wire.OutputLimits;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The streams of events of one server: the sink they share, their limits, and what is due to them as time passes, by the
 * engine's clock: a sign of life for all, the end for those that have left too much unread for too long.
 */
final class EventStreams {
    private static final long BEAT_NS = TimeUnit.SECONDS.toNanos(Limits.BEAT_SECONDS);

    private final RestServer server;
    private final EventReply reply = new EventReply();
    private final OutputLimits limits = new OutputLimits(PlatformDependent.maxDirectMemory());

    /** Who is due first stands first: each goes to the end when it has had its sign of life. */
    private final Set<EventStream> streams = new LinkedHashSet<>();

    private final Set<EventStream> slow = new LinkedHashSet<>();
    private long turn;

    EventStreams(RestServer server) {
        this.server = server;
        limits.set(OutputLimits.INITIAL);
    }

    /** Obeys the setting of all front-ends, now and when it changes. */
    void follow(Settings settings) {
        Settings.Listener listener = s -> limits.set(s.text(OutputLimits.SETTING));
        listener.changed(settings);
        settings.listen(OutputLimits.SETTING, listener);
    }

    RestEngine engine() {
        return server.engine();
    }

    /** The sink of all streams. */
    EventReply reply() {
        return reply;
    }

    /** What a stream may leave unread. */
    OutputLimits.Limit limit() {
        return limits.limit(true);
    }

    void log(String message) {
        server.engine().log(message);
    }

    long nowNs() {
        return server.engine().monotonicNs();
    }

    /** Streams open now. */
    int count() {
        return streams.size();
    }

    /** The number of the present turn. */
    long turn() {
        return turn;
    }

    void add(EventStream stream) {
        stream.beatAtNs = nowNs() + BEAT_NS;
        streams.add(stream);
    }

    void remove(EventStream stream) {
        streams.remove(stream);
        slow.remove(stream);
    }

    /** A peer takes nothing, and so many bytes are queued for it, which count among what all peers leave; or it does. */
    void stuck(RestConnection connection, boolean value, long bytes) {
        if (value) {
            server.stalled(connection, bytes);
        } else {
            server.flowing(connection);
        }
    }

    /** A stream leaves much unread, or does so no more. */
    void slow(EventStream stream, boolean value) {
        if (value) {
            slow.add(stream);
        } else {
            slow.remove(stream);
        }
    }

    /** The end of a turn: sees to what is due. */
    void turnEnds() {
        turn++;
        if (streams.isEmpty()) {
            return;
        }
        long now = nowNs();
        if (!slow.isEmpty()) {
            new ArrayList<>(slow).forEach(EventStream::check);
        }
        List<EventStream> beaten = null;
        Iterator<EventStream> first = streams.iterator();
        while (first.hasNext()) {
            EventStream stream = first.next();
            if (now - stream.beatAtNs < 0) {
                break;
            }
            first.remove();
            beaten = beaten == null ? new ArrayList<>() : beaten;
            beaten.add(stream);
        }
        if (beaten != null) {
            for (EventStream stream : beaten) {
                stream.beatAtNs = now + BEAT_NS;
                streams.add(stream);
                stream.beat();
            }
        }
    }

    /** Ends all responses in an orderly way; their connections are about to be closed. */
    void finish() {
        new ArrayList<>(streams).forEach(EventStream::finish);
    }
}
