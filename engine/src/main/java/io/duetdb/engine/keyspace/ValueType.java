package io.duetdb.engine.keyspace;

import java.nio.charset.StandardCharsets;

/** The types of values. The ordinal stands in an entry's first byte and in digests: Redis' own numbers. */
public enum ValueType {
    STRING("string"),
    LIST("list"),
    SET("set"),
    ZSET("zset"),
    HASH("hash");

    private static final ValueType[] ALL = values();

    private final String label;
    private final byte[] bytes;

    ValueType(String label) {
        this.label = label;
        this.bytes = label.getBytes(StandardCharsets.US_ASCII);
    }

    /** The name TYPE answers. */
    public String label() {
        return label;
    }

    /** The name's bytes. Not to be modified. */
    public byte[] bytes() {
        return bytes;
    }

    /** The type with a name that {@link #label} gave. */
    static ValueType named(String label) {
        for (ValueType type : ALL) {
            if (type.label.equals(label)) {
                return type;
            }
        }
        throw new IllegalArgumentException(label);
    }

    static ValueType of(int ordinal) {
        return ALL[ordinal];
    }
}
