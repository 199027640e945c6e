package io.duetdb.rdb;

import java.nio.charset.StandardCharsets;

/**
 * Reads an RDB file of versions 1 to {@link RdbTypes#VERSION_MAX}, item by item, each checked before it is believed.
 * Where the version has a checksum the last call of {@link #next} compares it; nothing that was read is certain before.
 *
 * <p>Function libraries are refused by name; what modules keep beside the keys is skipped. Bytes behind the end are left
 * in the input, except that nothing may follow in versions without a checksum, so that a digit of the version can't be
 * damaged unseen.
 */
public final class RdbFileReader {
    /** Receives what a file holds. */
    public interface Target {
        /** A fact about the file. Arrays are valid during the call only. */
        void aux(byte[] name, int nameLength, byte[] value, int valueLength);

        /** How many keys a database will have, as the file says: not to be believed. */
        default void sizes(int db, long keys, long expires) {}

        /** A module has kept something beside the keys, which was skipped. */
        default void module(String name) {}

        /**
         * A key of this name will be handed over by {@link #key}, among the next few: for those who want to look ahead.
         * Arrays are valid during the call only.
         */
        default void announce(int db, byte[] key, int keyLength) {}

        /**
         * A key, whose value stands next in the input and is to be read by {@link RdbReader#value} of {@code value}, by
         * {@link RdbSink#NOTHING} if it is of no interest.
         *
         * @param expireAtMs absolute time, or -1
         * @param idleS seconds since its last use, or -1
         * @param frequency LFU counter, or -1
         */
        void key(
                int db,
                byte[] key,
                int keyLength,
                long expireAtMs,
                long idleS,
                int frequency,
                int type,
                RdbReader value);
    }

    private static final int SHOWN_MAX = 64;

    /** Short strings are handed over so many at a time, announced first. */
    private static final int BATCH = 32;

    private static final int BATCHED_MAX = 1024;

    private final RdbInput in;
    private final RdbReader reader;
    private final Target target;
    private final RdbText text = new RdbText();
    private final RdbText other = new RdbText();
    private final int version;
    private final RdbText[] keys = new RdbText[BATCH];
    private final byte[] values = new byte[BATCH * BATCHED_MAX];
    private final int[] lengths = new int[BATCH];
    private final long[] deadlines = new long[BATCH];
    private final long[] idles = new long[BATCH];
    private final int[] counters = new int[BATCH];
    private int batched;
    private int db;
    private long expireAtMs = -1;
    private long idleS = -1;
    private int frequency = -1;
    private boolean ended;

    private RdbFileReader(RdbInput in, Target target) {
        this.in = in;
        this.target = target;
        this.reader = new RdbReader(in);
        for (int i = 0; i < BATCH; i++) {
            keys[i] = new RdbText();
        }
        in.beginChecksum();
        this.version = head();
    }

    /**
     * A reader of a file from its beginning, of which it reads the head.
     *
     * @throws RdbFormatException when it is no RDB file, or of another version
     */
    public static RdbFileReader of(RdbInput in, Target target) {
        return new RdbFileReader(in, target);
    }

    private int head() {
        byte[] head = new byte[RdbTypes.HEAD];
        for (int i = 0; i < head.length; i++) {
            if (in.atEnd()) {
                throw new RdbFormatException("it is no RDB file: it has only " + i + " bytes");
            }
            head[i] = (byte) in.readByte();
        }
        String shown = new String(head, StandardCharsets.ISO_8859_1);
        if (shown.startsWith("VALKEY")) {
            throw new RdbFormatException("it is a snapshot of Valkey 9 or later, whose format is not supported;"
                    + " Valkey 8 and Redis up to 7.4 write one that is");
        }
        int number = 0;
        for (int i = 0; i < head.length; i++) {
            boolean right = i < RdbTypes.MAGIC.length ? head[i] == RdbTypes.MAGIC[i] : head[i] >= '0' && head[i] <= '9';
            if (!right) {
                throw new RdbFormatException("it is no RDB file: it doesn't begin with REDIS and four digits");
            }
            number = i < RdbTypes.MAGIC.length ? 0 : 10 * number + head[i] - '0';
        }
        if (number < 1 || number > RdbTypes.VERSION_MAX) {
            throw new RdbFormatException("it is of version " + number + " of the format; versions 1 to "
                    + RdbTypes.VERSION_MAX + " (Redis up to 7.4, Valkey up to 8) can be read");
        }
        return number;
    }

    /** The file's version. */
    public int version() {
        return version;
    }

    /** Bytes read so far. */
    public long position() {
        return in.position();
    }

    /**
     * Reads the next item, or some keys at once. Returns false when the file has ended and its checksum is right.
     *
     * @throws RdbFormatException naming what is wrong; {@link #position} says where
     */
    public boolean next() {
        try {
            return item();
        } catch (RdbFormatException e) {
            handOver(); // what stands whole before the damage is of use to those who save what can be saved
            throw e;
        }
    }

    private boolean item() {
        while (!ended) {
            int code = in.readByte();
            if (version < RdbTypes.VERSION_CHECKSUM && !RdbTypes.isOld(code)) {
                throw new RdbFormatException("there is something in it (" + code + ") that version " + version
                        + " of the format doesn't have");
            }
            switch (code) {
                case RdbTypes.EXPIRE_MS -> expireAtMs = deadline(reader.eightBytes());
                case RdbTypes.EXPIRE_S -> expireAtMs = deadline(reader.fourBytes() * 1000L);
                case RdbTypes.IDLE -> idleS = reader.length();
                case RdbTypes.FREQUENCY -> frequency = in.readByte();
                case RdbTypes.STRING -> {
                    if (string()) {
                        return true;
                    }
                }
                case RdbTypes.END -> {
                    handOver();
                    end();
                }
                default -> {
                    handOver();
                    if (code < RdbTypes.SLOT) {
                        reader.read(text);
                        key(text, code, takeDeadline(), takeIdle(), takeCounter());
                    } else {
                        fact(code);
                    }
                    return true;
                }
            }
        }
        return false;
    }

    /** What is before the epoch is over; -1 says that there is none, as in Redis. */
    private static long deadline(long ms) {
        return ms < -1 ? 0 : ms;
    }

    private void fact(int code) {
        switch (code) {
            case RdbTypes.AUX -> {
                reader.read(text);
                reader.read(other);
                target.aux(text.bytes, text.length, other.bytes, other.length);
            }
            case RdbTypes.SIZES -> target.sizes(db, reader.length(), reader.length());
            case RdbTypes.DATABASE -> database(reader.length());
            case RdbTypes.MODULE_AUX -> target.module(reader.skipModule());
            case RdbTypes.SLOT -> {
                reader.length();
                reader.length();
                reader.length();
            }
            default -> { // FUNCTION, or FUNCTION_PRE_GA, which begins with the library's name
                reader.read(text);
                throw functions(text.bytes, text.length);
            }
        }
    }

    private static RdbFormatException functions(byte[] bytes, int length) {
        String source = shown(bytes, length);
        int at = source.indexOf("name=");
        String name = at < 0 ? source : source.substring(at + 5).split("[^A-Za-z0-9_]", 2)[0];
        return new RdbFormatException("it holds the function library \"" + name
                + "\", and functions are not supported: delete it (FUNCTION DELETE " + name
                + ") where the file is made");
    }

    private void database(long number) {
        if (number > Integer.MAX_VALUE) {
            throw new RdbFormatException("the number of a database is out of range");
        }
        db = (int) number;
    }

    /** Reads a key and its string. Returns whether keys were handed over. */
    private boolean string() {
        int i = batched;
        RdbText name = keys[i];
        reader.read(name);
        reader.view(other);
        if (name.length > BATCHED_MAX || other.length > BATCHED_MAX) {
            handOver();
            reader.hold(other.bytes, other.offset, other.length);
            key(name, RdbTypes.STRING, takeDeadline(), takeIdle(), takeCounter());
            keys[i] = name.length > BATCHED_MAX ? new RdbText() : name;
            return true;
        }
        System.arraycopy(other.bytes, other.offset, values, i * BATCHED_MAX, other.length);
        lengths[i] = other.length;
        deadlines[i] = takeDeadline();
        idles[i] = takeIdle();
        counters[i] = takeCounter();
        batched++;
        if (batched < BATCH) {
            return false;
        }
        handOver();
        return true;
    }

    /** Hands over the keys that were kept back. */
    private void handOver() {
        int n = batched;
        batched = 0;
        for (int i = 0; i < n; i++) {
            target.announce(db, keys[i].bytes, keys[i].length);
        }
        for (int i = 0; i < n; i++) {
            reader.hold(values, i * BATCHED_MAX, lengths[i]);
            key(keys[i], RdbTypes.STRING, deadlines[i], idles[i], counters[i]);
        }
    }

    private long takeDeadline() {
        long at = expireAtMs;
        expireAtMs = -1;
        return at;
    }

    private long takeIdle() {
        long seconds = idleS;
        idleS = -1;
        return seconds;
    }

    private int takeCounter() {
        int counter = frequency;
        frequency = -1;
        return counter;
    }

    private void key(RdbText name, int type, long at, long idle, int counter) {
        try {
            target.key(db, name.bytes, name.length, at, idle, counter, type, reader);
            reader.release();
        } catch (RdbFormatException e) {
            throw new RdbFormatException(
                    "the key \"" + shown(name.bytes, name.length) + "\" of database " + db + ": " + e.getMessage());
        }
    }

    private void end() {
        ended = true;
        if (expireAtMs != -1 || idleS != -1 || frequency != -1) {
            throw new RdbFormatException("it ends where a key is announced");
        }
        if (version < RdbTypes.VERSION_CHECKSUM) {
            if (!in.atEnd()) {
                throw new RdbFormatException("bytes follow its end, which is not so in version " + version);
            }
            return;
        }
        long found = in.checksum();
        long said = reader.eightBytes();
        if (said != 0 && said != found) {
            throw new RdbFormatException("its checksum is wrong: something in it was damaged after it was written");
        }
    }

    /** The beginning of some bytes for people: ASCII, the others escaped. */
    private static String shown(byte[] bytes, int length) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < Math.min(length, SHOWN_MAX); i++) {
            int c = bytes[i] & 0xFF;
            if (c >= ' ' && c < 0x7F && c != '"' && c != '\\') {
                s.append((char) c);
            } else {
                s.append("\\x").append(Character.forDigit(c >>> 4, 16)).append(Character.forDigit(c & 0xF, 16));
            }
        }
        return length > SHOWN_MAX ? s.append("...").toString() : s.toString();
    }
}
