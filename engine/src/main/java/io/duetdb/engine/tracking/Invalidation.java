package io.duetdb.engine.tracking;

import io.duetdb.engine.api.Message;
import io.duetdb.engine.api.Reply;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * That keys were changed, or all of them, in the two forms in which clients are told: a push of RESP3, and a message of
 * a channel for those who speak RESP2 and are subscribed.
 */
final class Invalidation {
    private static final byte[] INVALIDATE = ascii("invalidate");
    private static final byte[] MESSAGE = ascii("message");
    private static final byte[] CHANNEL = ascii("__redis__:invalidate");
    private static final byte[] BROKEN = ascii("tracking-redir-broken");

    private static final long OVERHEAD_BYTES = 96;
    private static final long KEY_BYTES = 24;

    private final byte @Nullable [][] keys;
    private final boolean shared;
    private @Nullable Message push;
    private @Nullable Message published;

    /** Of these keys, which must not be changed any more; null for all. {@code shared}: several clients are told. */
    Invalidation(byte @Nullable [][] keys, boolean shared) {
        this.keys = keys;
        this.shared = shared;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The form for who speaks RESP3. */
    Message push() {
        Message present = push;
        if (present == null) {
            present = new Form(false);
            push = present;
        }
        return present;
    }

    /** The form for who is subscribed and is told instead of another client. */
    Message published() {
        Message present = published;
        if (present == null) {
            present = new Form(true);
            published = present;
        }
        return present;
    }

    private final class Form extends Message {
        private final boolean ofChannel;

        Form(boolean ofChannel) {
            this.ofChannel = ofChannel;
        }

        @Override
        public boolean shared() {
            return shared;
        }

        @Override
        public long bytes() {
            long bytes = OVERHEAD_BYTES;
            byte[][] changed = keys;
            if (changed != null) {
                for (byte[] key : changed) {
                    bytes += KEY_BYTES + key.length;
                }
            }
            return bytes;
        }

        @Override
        public void write(Reply reply) {
            if (ofChannel) {
                reply.push(3);
                reply.bulk(MESSAGE);
                reply.bulk(CHANNEL);
            } else {
                reply.push(2);
                reply.bulk(INVALIDATE);
            }
            byte[][] changed = keys;
            if (changed == null) {
                reply.nil();
                return;
            }
            reply.array(changed.length);
            for (byte[] key : changed) {
                reply.bulk(key);
            }
        }
    }

    /** That the client which was to be told instead is gone: for who speaks RESP3. */
    static Message brokenRedirection(long id) {
        return new Message() {
            @Override
            public boolean shared() {
                return false;
            }

            @Override
            public void write(Reply reply) {
                reply.push(2);
                reply.bulk(BROKEN);
                reply.integer(id);
            }
        };
    }
}
