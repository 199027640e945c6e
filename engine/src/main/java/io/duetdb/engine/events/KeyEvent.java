package io.duetdb.engine.events;

/** Keyspace events by their Redis names, each with its class letter of notify-keyspace-events. */
public enum KeyEvent {
    SET("set", '$'),
    SETRANGE("setrange", '$'),
    APPEND("append", '$'),
    INCRBY("incrby", '$'),
    DECRBY("decrby", '$'),
    INCRBYFLOAT("incrbyfloat", '$'),
    DEL("del", 'g'),
    EXPIRE("expire", 'g'),
    PERSIST("persist", 'g'),
    RENAME_FROM("rename_from", 'g'),
    RENAME_TO("rename_to", 'g'),
    MOVE_FROM("move_from", 'g'),
    MOVE_TO("move_to", 'g'),
    COPY_TO("copy_to", 'g'),
    RESTORE("restore", 'g'),
    EXPIRED("expired", 'x'),
    EVICTED("evicted", 'e'),
    NEW("new", 'n'),
    KEYMISS("keymiss", 'm');

    private final String label;
    private final char type;

    KeyEvent(String label, char type) {
        this.label = label;
        this.type = type;
    }

    /** The name subscribers see. */
    public String label() {
        return label;
    }

    /** The class letter that notify-keyspace-events selects it by. */
    public char type() {
        return type;
    }
}
