package io.duetdb.engine.command;

import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.events.KeyspaceEvents;
import io.duetdb.engine.keyspace.Database;
import io.duetdb.engine.keyspace.KeyspaceListener;

/** What the keyspace does by itself, passed on: to the effects of the present unit, to who watches keys, as events. */
final class KeyspaceNews implements KeyspaceListener {
    private final Dispatcher dispatcher;
    private final KeyspaceEvents events;

    KeyspaceNews(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
        this.events = dispatcher.services().events();
    }

    @Override
    public void expired(Database db, byte[] key, int offset, int length) {
        ExecutionUnit unit = dispatcher.unit();
        Effects effects = unit.effects();
        effects.database(db.index());
        effects.byTime(EffectNames.DEL).arg(key, offset, length);
        if (!unit.changes().quiet()) {
            unit.changes().expired(unit.present(), db, key, offset, length);
        }
        events.event(KeyEvent.EXPIRED, db.index(), key, offset, length);
    }

    @Override
    public void fieldExpired(
            Database db, byte[] key, int offset, int length, byte[] field, int fieldOffset, int fieldLength) {
        Effects effects = dispatcher.unit().effects();
        effects.database(db.index());
        effects.byTime(EffectNames.HDEL).arg(key, offset, length).arg(field, fieldOffset, fieldLength);
    }

    @Override
    public void fieldsExpired(Database db, byte[] key, boolean emptied) {
        ExecutionUnit unit = dispatcher.unit();
        if (!unit.changes().quiet()) {
            unit.changes().fieldsExpired(unit.present(), db, key);
        }
        events.event(KeyEvent.HEXPIRED, db.index(), key, 0, key.length);
        if (emptied) {
            events.event(KeyEvent.DEL, db.index(), key, 0, key.length);
        }
    }

    @Override
    public void created(Database db, byte[] key, int offset, int length) {
        events.event(KeyEvent.NEW, db.index(), key, offset, length);
    }

    @Override
    public void missed(Database db, byte[] key, int offset, int length) {
        events.event(KeyEvent.KEYMISS, db.index(), key, offset, length);
    }
}
