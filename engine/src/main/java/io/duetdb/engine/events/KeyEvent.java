package io.duetdb.engine.events;

/** Keyspace events by their Redis names, each with its class letter of notify-keyspace-events. */
public enum KeyEvent {
    SET("set", '$'),
    SETRANGE("setrange", '$'),
    APPEND("append", '$'),
    INCRBY("incrby", '$'),
    DECRBY("decrby", '$'),
    INCRBYFLOAT("incrbyfloat", '$'),
    LPUSH("lpush", 'l'),
    RPUSH("rpush", 'l'),
    LPOP("lpop", 'l'),
    RPOP("rpop", 'l'),
    LINSERT("linsert", 'l'),
    LSET("lset", 'l'),
    LREM("lrem", 'l'),
    LTRIM("ltrim", 'l'),
    SORTSTORE("sortstore", 'l'),
    HSET("hset", 'h'),
    HDEL("hdel", 'h'),
    HINCRBY("hincrby", 'h'),
    HINCRBYFLOAT("hincrbyfloat", 'h'),
    HEXPIRE("hexpire", 'h'),
    HPERSIST("hpersist", 'h'),
    HEXPIRED("hexpired", 'h'),
    SADD("sadd", 's'),
    SREM("srem", 's'),
    SPOP("spop", 's'),
    SINTERSTORE("sinterstore", 's'),
    SUNIONSTORE("sunionstore", 's'),
    SDIFFSTORE("sdiffstore", 's'),
    ZADD("zadd", 'z'),
    ZINCR("zincr", 'z'),
    ZREM("zrem", 'z'),
    ZREMRANGEBYSCORE("zremrangebyscore", 'z'),
    ZREMRANGEBYRANK("zremrangebyrank", 'z'),
    ZREMRANGEBYLEX("zremrangebylex", 'z'),
    ZPOPMIN("zpopmin", 'z'),
    ZPOPMAX("zpopmax", 'z'),
    ZUNIONSTORE("zunionstore", 'z'),
    ZINTERSTORE("zinterstore", 'z'),
    ZDIFFSTORE("zdiffstore", 'z'),
    ZRANGESTORE("zrangestore", 'z'),
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
