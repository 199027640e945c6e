package io.duetdb.engine.value;

import java.nio.charset.StandardCharsets;

/** In which shape a collection is kept, by Redis' own names. The ordinal stands in the word that refers to a value. */
public enum Encoding {
    /** Nothing there yet: a value that was just created. */
    NONE("none"),
    LISTPACK("listpack"),
    QUICKLIST("quicklist"),
    INTSET("intset"),
    HASHTABLE("hashtable"),
    SKIPLIST("skiplist"),
    /** A listpack whose fields have times to live. */
    LISTPACKEX("listpackex"),
    /** A hash table whose fields have times to live: {@code hashtable} to users. */
    HASHTABLEEX("hashtable");

    private static final Encoding[] ALL = values();

    private final String label;
    private final byte[] bytes;

    Encoding(String label) {
        this.label = label;
        this.bytes = label.getBytes(StandardCharsets.US_ASCII);
    }

    /** The name OBJECT ENCODING answers. */
    public String label() {
        return label;
    }

    /** The name's bytes. Not to be modified. */
    public byte[] bytes() {
        return bytes;
    }

    static Encoding of(int ordinal) {
        return ALL[ordinal];
    }
}
