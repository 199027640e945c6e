package io.duetdb.engine.keyspace;

import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.memory.View;

/**
 * Reads the values of a frozen view and believes nothing of a view that was taken back: a length of garbage may be two
 * billion, and a chain of elements may have no end then. So between any two elements it is looked whether the view lives.
 */
final class FrozenReader implements Snapshot.ValueReader, ElementVisitor {
    private static final ElementVisitor NOBODY = new ElementVisitor() {};

    private final View view;
    private final EntryReader reader;
    private ElementVisitor visitor = NOBODY;

    FrozenReader(View view, EntryReader reader) {
        this.view = view;
        this.reader = reader;
    }

    /** Stands at another entry from now on. */
    FrozenReader at(long e) {
        reader.at(e);
        return this;
    }

    @Override
    public String type() {
        String type = reader.type();
        view.validate();
        return type;
    }

    @Override
    public long length() {
        long length = reader.length();
        view.validate();
        return length;
    }

    @Override
    public long size() {
        long size = reader.size();
        view.validate();
        return size;
    }

    @Override
    public boolean hasFieldDeadlines() {
        boolean mortal = reader.hasFieldDeadlines();
        view.validate();
        return mortal;
    }

    @Override
    public void copy(long from, byte[] to, int offset, int length) {
        reader.copy(from, to, offset, length);
        view.validate();
    }

    @Override
    public void forEach(ElementVisitor to) {
        visitor = to;
        reader.forEach(this);
    }

    @Override
    public void element(byte[] b, int offset, int length) {
        view.validate();
        visitor.element(b, offset, length);
        view.validate(); // whoever saw it may have taken its time, and the next one is read now
    }

    @Override
    public void field(byte[] f, int fOffset, int fLength, byte[] v, int vOffset, int vLength, long expireAtMs) {
        view.validate();
        visitor.field(f, fOffset, fLength, v, vOffset, vLength, expireAtMs);
        view.validate();
    }

    @Override
    public void member(byte[] b, int offset, int length, double score) {
        view.validate();
        visitor.member(b, offset, length, score);
        view.validate();
    }
}
