package io.duetdb.engine.value;

import io.duetdb.engine.api.ElementVisitor;

/** Placeholder. */
public final class ListValue implements Value {
    private final ValueSpace space;
    private long slot;

    /** A handle for values of {@code space}; {@link #at} comes first. */
    public ListValue(ValueSpace space) {
        this.space = space;
    }

    /** Sets this handle on the value whose word stands at {@code slot}. */
    public ListValue at(long slot) {
        this.slot = slot;
        return this;
    }

    @Override
    public long slot() {
        return slot;
    }

    @Override
    public long size() {
        return space.memory().getLong(slot) == 0 ? 0 : 1;
    }

    @Override
    public Encoding encoding() {
        return Encoding.NONE;
    }

    @Override
    public void forEach(ElementVisitor visitor) {}

    @Override
    public long blockBytes() {
        return 0;
    }

    @Override
    public long copy() {
        return 0;
    }

    @Override
    public void free() {}
}
