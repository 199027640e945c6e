package io.duetdb.persistence.tool;

import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Snapshot;

/**
 * A view on its way into a file: tells a meter of each key and, if asked to, hides the times to live of fields, which
 * Redis before 7.4 can't keep. Fields whose time is over are hidden with them, or they would come to life again.
 */
final class ToolView implements Snapshot {
    private final Snapshot view;
    private final Meter meter;
    private final boolean hide;
    private final long nowMs;
    private long seen;

    /** {@code hide}: whether times to live of fields are hidden; {@code nowMs}: which of them are over. */
    ToolView(Snapshot view, Meter meter, boolean hide, long nowMs) {
        this.view = view;
        this.meter = meter;
        this.hide = hide;
        this.nowMs = nowMs;
    }

    /** Number of fields with a time to live in a view. */
    static long mortalFields(Snapshot view) {
        long[] count = new long[1];
        if (view.hasFieldDeadlines()) {
            for (int db = 0; db < view.databases(); db++) {
                view.forEach(db, (key, offset, length, expireAtMs, value) -> {
                    if (value.type().equals("hash") && value.hasFieldDeadlines()) {
                        value.forEach(new Fields(count));
                    }
                });
            }
        }
        return count[0];
    }

    private static final class Fields implements ElementVisitor {
        private final long[] count;

        Fields(long[] count) {
            this.count = count;
        }

        @Override
        public void field(byte[] f, int fOffset, int fLength, byte[] v, int vOffset, int vLength, long expireAtMs) {
            count[0] += expireAtMs >= 0 ? 1 : 0;
        }
    }

    @Override
    public void forEach(int db, EntryVisitor visitor) {
        view.forEach(db, (key, offset, length, expireAtMs, value) -> {
            meter.at(++seen);
            if (!hide || !value.type().equals("hash") || !value.hasFieldDeadlines()) {
                visitor.entry(key, offset, length, expireAtMs, value);
                return;
            }
            Immortal immortal = new Immortal(value, nowMs);
            if (immortal.size() > 0) {
                visitor.entry(key, offset, length, expireAtMs, immortal);
            }
        });
    }

    @Override
    public int databases() {
        return view.databases();
    }

    @Override
    public long size(int db) {
        return view.size(db);
    }

    @Override
    public long sizeWithTtl(int db) {
        return view.sizeWithTtl(db);
    }

    @Override
    public boolean hasFieldDeadlines() {
        return !hide && view.hasFieldDeadlines();
    }

    @Override
    public long usedBytes() {
        return view.usedBytes();
    }

    @Override
    public long offset() {
        return view.offset();
    }

    @Override
    public long frozenAtMs() {
        return view.frozenAtMs();
    }

    @Override
    public byte[] digest() {
        return view.digest();
    }

    @Override
    public void close() {
        view.close();
    }

    /** A hash without times to live of its fields, and without the fields whose time is over. */
    private static final class Immortal implements ValueReader {
        private final ValueReader hash;
        private final long nowMs;

        Immortal(ValueReader hash, long nowMs) {
            this.hash = hash;
            this.nowMs = nowMs;
        }

        @Override
        public String type() {
            return hash.type();
        }

        @Override
        public long length() {
            return hash.length();
        }

        @Override
        public long size() {
            long[] alive = new long[1];
            forEach(new ElementVisitor() {
                @Override
                public void field(byte[] f, int fOffset, int fLength, byte[] v, int vOffset, int vLength, long at) {
                    alive[0]++;
                }
            });
            return alive[0];
        }

        @Override
        public boolean hasFieldDeadlines() {
            return false;
        }

        @Override
        public void forEach(ElementVisitor visitor) {
            hash.forEach(new ElementVisitor() {
                @Override
                public void field(byte[] f, int fOffset, int fLength, byte[] v, int vOffset, int vLength, long at) {
                    if (at < 0 || at > nowMs) {
                        visitor.field(f, fOffset, fLength, v, vOffset, vLength, -1);
                    }
                }
            });
        }

        @Override
        public void copy(long from, byte[] to, int offset, int length) {
            hash.copy(from, to, offset, length);
        }
    }
}
