package io.duetdb.engine.pubsub;

import io.duetdb.engine.api.Message;
import io.duetdb.engine.api.Reply;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A published message as the subscribers of one channel, or of one pattern, get it. */
final class Published extends Message {
    static final byte[] MESSAGE = ascii("message");
    static final byte[] PMESSAGE = ascii("pmessage");
    static final byte[] SMESSAGE = ascii("smessage");

    private static final long OVERHEAD_BYTES = 128;

    private final byte[] word;
    private final byte @Nullable [] pattern;
    private final byte[] channel;
    private final byte[] payload;
    private final boolean shared;
    private final long bytes;

    /**
     * A message whose arrays are not changed any more.
     *
     * @param shared whether it goes to several clients
     * @param first whether no other message holds the same arrays
     */
    Published(byte[] word, byte @Nullable [] pattern, byte[] channel, byte[] payload, boolean shared, boolean first) {
        bytes = OVERHEAD_BYTES + (first ? channel.length + payload.length : 0);
        this.word = word;
        this.pattern = pattern;
        this.channel = channel;
        this.payload = payload;
        this.shared = shared;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public boolean shared() {
        return shared;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void write(Reply reply) {
        byte[] matched = pattern;
        reply.push(matched == null ? 3 : 4);
        reply.bulk(word);
        if (matched != null) {
            reply.bulk(matched);
        }
        reply.bulk(channel);
        reply.bulk(payload);
    }
}
