package io.duetdb.persistence.load;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.persistence.aof.Annotation;
import io.duetdb.persistence.disk.DiskFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the commands of an append-only file piece by piece and says what it finds: commands in batches, checksums with
 * whether they are right, times, other remarks, and how the file ends. It judges nothing and changes nothing.
 *
 * <p>In a file that has shown a checksum so far, so one of Duet's, every byte must be as Duet writes it. In others,
 * what Redis overlooks is read as Redis reads it, and counted ({@link #oddities}).
 *
 * <p>Allocates nothing per command: a batch are places in one buffer, which holds at least one whole command.
 */
public final class AofReader implements AutoCloseable {
    // The buffer, and the file's bytes in it:
    //
    //   [ 0 .. summed .. at .. end )        buffer[0] is the file's byte `base`
    //
    // `at` is where the next item begins; while an item is parsed it stays there. `summed` is how far the checksum has
    // come; it never passes `at`, so that the checksum of what was read whole is known when the file ends in the middle
    // of an item.
    // Invariant: bytes move only in fill(), which is called with an empty batch.

    /** What {@link #next} found. */
    public enum Found {
        /** Commands: {@link #batch}, {@link #count}. */
        COMMANDS,
        /** A line that claims to be a checksum: {@link #annotation}, {@link #annotationIsRight}. */
        CHECKSUM,
        /** A line with the time of what follows: {@link #timeS}. */
        TIME,
        /** Another line that begins with {@code #}: {@link #remark}. */
        REMARK,
        /** Something that can't stand here: {@link #problem}, {@link #problemAt}. Nothing follows. */
        MALFORMED,
        /** The file ends in the middle of a command or line. Nothing follows. */
        TORN,
        /** The file ends behind a command or line, or here begins what was not to be read. Nothing follows. */
        END
    }

    /** Longest line that Redis skips, CRLF included. */
    static final int LINE_MAX = 1023;

    private static final int BUFFER = 256 * 1024;
    private static final int BUFFER_MAX = Integer.MAX_VALUE - 16;
    private static final int DIGITS_MAX = 18;

    private static final int WHOLE = 0;
    private static final int MORE = 1;
    private static final int BAD = 2;
    private static final int BEYOND = 3;
    private static final byte[] TIME = {'#', 'T', 'S', ':'};

    private final DiskFile file;
    private final long origin;
    private final long limit;
    private final long bulkMax;
    private final CRC32C crc = new CRC32C();
    private final Argv[] batch = new Argv[Engine.BATCH_MAX];
    private final long[] starts = new long[Engine.BATCH_MAX];
    private byte[] buffer;
    private long base;
    private int summed;
    private int at;
    private int end;
    private boolean fileEnded;
    private int count;

    private int parsed;
    private int parsePosition;
    private long number;

    private long itemStart;
    private @Nullable Annotation annotation;
    private boolean annotationIsRight;
    private int crcBeforeLine;
    private long timeS;
    private String remark = "";
    private String problem = "";
    private long problemAt;

    private boolean own;
    private boolean inMulti;
    private long wholeUpTo;
    private long commands;
    private long effects;
    private long oddities;
    private long firstOddityAt = -1;
    private long lastOddityAt = -1;
    private String firstOddity = "";

    /**
     * A reader of an open file, which it closes.
     *
     * @param origin where the commands begin
     * @param limit where to stop; the file counts as ended there
     * @param bulkMax longest argument in bytes
     */
    public AofReader(DiskFile file, long origin, long limit, long bulkMax) throws IOException {
        this.file = file;
        this.origin = origin;
        this.limit = Math.min(limit, file.size());
        buffer = new byte[(int) Math.max(LINE_MAX, Math.min(BUFFER, this.limit - origin))];
        this.bulkMax = Math.min(bulkMax, BUFFER_MAX - 64);
        for (int i = 0; i < batch.length; i++) {
            batch[i] = new Argv();
        }
        file.seek(origin);
        base = origin;
        wholeUpTo = origin;
    }

    // ---- what was found

    /** Reads on. What it found before is not valid any more. */
    public Found next() throws IOException {
        count = 0;
        while (true) {
            Found found = item();
            if (found != null) {
                return found;
            }
        }
    }

    /** The commands that were found; the first {@link #count} are valid. */
    public Argv[] batch() {
        return batch;
    }

    /** Number of commands in the batch. */
    public int count() {
        return count;
    }

    /** Offset in the file of a command of the batch. */
    public long start(int index) {
        return starts[index];
    }

    /** Offset in the file of the line that was found, or of what is torn or malformed. */
    public long itemStart() {
        return itemStart;
    }

    /** Offset in the file behind what was found last. */
    public long position() {
        return base + at;
    }

    /** The checksum that was found, or null when its line is none that Duet writes. */
    public @Nullable Annotation annotation() {
        return annotation;
    }

    /** Whether the checksum that was found stands where it says and is that of all bytes before it. */
    public boolean annotationIsRight() {
        return annotationIsRight;
    }

    /** CRC-32C of the file's bytes before {@link #position}. */
    public int crc() {
        sum();
        return (int) crc.getValue();
    }

    /** CRC-32C of the file's bytes before the line that was found. */
    public int crcBeforeLine() {
        return crcBeforeLine;
    }

    /** The time that was found, in seconds since the epoch. */
    public long timeS() {
        return timeS;
    }

    /** The line that was found, without its end. */
    public String remark() {
        return remark;
    }

    /** What is wrong, for people. */
    public String problem() {
        return problem;
    }

    /** Offset in the file of what is wrong. */
    public long problemAt() {
        return problemAt;
    }

    /** Whether a checksum was met: the file is one of Duet's. */
    public boolean own() {
        return own;
    }

    /** Whether what was found stands between MULTI and EXEC. */
    public boolean inMulti() {
        return inMulti;
    }

    /** Offset in the file behind the last item that was found outside of MULTI and EXEC: where it may be cut. */
    public long wholeUpTo() {
        return wholeUpTo;
    }

    /** Commands found so far. */
    public long commands() {
        return commands;
    }

    /** Effects among the commands found so far: all but MULTI, EXEC and SELECT. */
    public long effects() {
        return effects;
    }

    /** How often something was read as Redis reads it, though it should not be so. */
    public long oddities() {
        return oddities;
    }

    /** What the first of the {@link #oddities} was, with its offset; empty when there was none. */
    public String firstOddity() {
        return firstOddityAt < 0 ? "" : firstOddity + " at offset " + firstOddityAt;
    }

    // ---- items

    /** Reads one item; null when there may be more for the batch. */
    private @Nullable Found item() throws IOException {
        if (at == end) {
            return count > 0 ? Found.COMMANDS : fill() ? null : ended(Found.END);
        }
        byte kind = buffer[at];
        if (kind == '*') {
            return command();
        }
        if (count > 0) {
            return Found.COMMANDS;
        }
        if (kind == '#') {
            return line();
        }
        return malformed("a command should begin here with '*'", at);
    }

    private @Nullable Found command() throws IOException {
        Argv argv = batch[count];
        int result = parse(argv);
        if (result == WHOLE) {
            starts[count++] = base + at;
            at = parsed;
            note(argv);
            return count == batch.length ? Found.COMMANDS : null;
        }
        if (count > 0) {
            return Found.COMMANDS; // what is not whole comes again with the next call
        }
        if (result == BAD) {
            itemStart = base + at;
            return Found.MALFORMED;
        }
        return result != BEYOND && fill() ? null : ended(Found.TORN);
    }

    /** Counts a command, and follows MULTI and EXEC. */
    private void note(Argv argv) {
        commands++;
        int name = argv.length(0);
        if (name == 5 && argv.count() == 1 && argv.is(0, "MULTI")) {
            inMulti = true;
        } else if (name == 4 && argv.count() == 1 && argv.is(0, "EXEC")) {
            inMulti = false;
        } else if (name != 6 || argv.count() != 2 || !argv.is(0, "SELECT")) {
            effects++;
        }
        if (!inMulti) {
            wholeUpTo = base + at;
        }
    }

    private @Nullable Found line() throws IOException {
        int from = at;
        int stop = Math.min(end, from + LINE_MAX);
        int feed = from;
        while (feed < stop && buffer[feed] != '\n') {
            feed++;
        }
        if (feed == stop) {
            if (feed - from == LINE_MAX) {
                return malformed("a line is longer than " + LINE_MAX + " bytes", from);
            }
            return fill() ? null : ended(Found.TORN);
        }
        boolean crlf = buffer[feed - 1] == '\r';
        itemStart = base + from;
        Found found = line(from, crlf ? feed - 1 : feed, crlf);
        at = feed + 1;
        if (!inMulti) {
            wholeUpTo = base + at;
        }
        return found;
    }

    private Found line(int from, int to, boolean crlf) {
        sum();
        crcBeforeLine = (int) crc.getValue();
        if (Annotation.claims(buffer, from, to - from) && origin == 0) {
            own = true;
            annotation = crlf ? Annotation.parse(buffer, from, to - from) : null;
            annotationIsRight =
                    annotation != null && annotation.offset() == base + from && annotation.crc() == crcBeforeLine;
            return Found.CHECKSUM;
        }
        if (to - from > TIME.length && Arrays.equals(buffer, from, from + TIME.length, TIME, 0, TIME.length)) {
            long seconds = 0;
            int p = from + TIME.length;
            while (p < to && p - from < DIGITS_MAX && buffer[p] >= '0' && buffer[p] <= '9') {
                seconds = seconds * 10 + buffer[p++] - '0';
            }
            if (p == to) {
                timeS = seconds;
                return Found.TIME;
            }
        }
        remark = new String(buffer, from, Math.min(to - from, 100), StandardCharsets.ISO_8859_1);
        return Found.REMARK;
    }

    private Found malformed(String what, int where) {
        itemStart = base + at;
        problem = what;
        problemAt = base + where;
        return Found.MALFORMED;
    }

    private Found ended(Found how) {
        sum();
        itemStart = base + at;
        return how;
    }

    // ---- commands

    private int bad(String what, int where) {
        problem = what;
        problemAt = base + where;
        return BAD;
    }

    /** Parses the command at {@code at}; when it is whole, {@code parsed} is the position behind it. */
    private int parse(Argv argv) {
        argv.wrap(buffer);
        parsePosition = at + 1;
        int result = number("number of arguments");
        if (result != WHOLE) {
            return result;
        }
        if (number < 1 || number > Integer.MAX_VALUE) {
            return bad("a command has " + number + " arguments", at);
        }
        int arguments = (int) number;
        for (int i = 0; i < arguments; i++) {
            result = bulk(argv);
            if (result != WHOLE) {
                return result;
            }
        }
        parsed = parsePosition;
        return WHOLE;
    }

    private int bulk(Argv argv) {
        int p = parsePosition;
        if (p >= end) {
            return MORE;
        }
        if (buffer[p] != '$') {
            return bad("an argument should begin here with '$'", p);
        }
        parsePosition = p + 1;
        int result = number("length of an argument");
        if (result != WHOLE) {
            return result;
        }
        if (number > bulkMax) {
            return bad("an argument says it has " + number + " bytes, proto-max-bulk-len is " + bulkMax, p);
        }
        int from = parsePosition;
        int length = (int) number;
        if (end - from - 2 < length) { // what lies behind the file's end is not to be waited for in a growing buffer
            return base + from + length + 2 > limit ? BEYOND : MORE;
        }
        int close = from + length;
        if (buffer[close] != '\r' || buffer[close + 1] != '\n') {
            boolean zeros = buffer[close] == 0 && buffer[close + 1] == 0;
            if (own || zeros) {
                return bad("an argument does not end where it says", close);
            }
            odd("an argument does not end where it says", close);
        }
        argv.add(from, length);
        parsePosition = close + 2;
        return WHOLE;
    }

    /** Reads the number at {@code parsePosition} and the end of its line. */
    private int number(String of) {
        int p = parsePosition;
        int from = p;
        long value = 0;
        byte[] b = buffer;
        int stop = Math.min(end, p + DIGITS_MAX);
        while (p < stop && b[p] >= '0' && b[p] <= '9') {
            value = value * 10 + b[p++] - '0';
        }
        if (p + 1 >= end) {
            return MORE;
        }
        if (p == from) {
            return bad("the " + of + " is no number", p);
        }
        if (b[p] != '\r' || b[p + 1] != '\n') {
            return looseEnd(of, p, value);
        }
        number = value;
        parsePosition = p + 2;
        return WHOLE;
    }

    /** A line goes on behind its number: Redis overlooks that. */
    private int looseEnd(String of, int from, long value) {
        if (own) {
            return bad("the " + of + " is no number", from);
        }
        int p = from;
        int stop = Math.min(end, from + 128);
        while (p < stop && buffer[p] != '\n') {
            if (buffer[p] == 0) {
                return bad("the " + of + " is no number", p);
            }
            p++;
        }
        if (p == end) {
            return MORE;
        }
        if (p == stop) {
            return bad("the " + of + " is no number", from);
        }
        odd("the " + of + " has more than digits", from);
        number = value;
        parsePosition = p + 1;
        return WHOLE;
    }

    private void odd(String what, int where) {
        long offset = base + where;
        if (firstOddityAt < 0) {
            firstOddityAt = offset;
            firstOddity = what;
        }
        if (offset > lastOddityAt) { // a command that was not whole is parsed again
            lastOddityAt = offset;
            oddities++;
        }
    }

    // ---- bytes

    /** Brings the checksum up to the next item. */
    private void sum() {
        if (origin == 0 && summed < at) {
            crc.update(buffer, summed, at - summed);
        }
        summed = at;
    }

    /** Reads on; what is not parsed yet stays. Returns whether anything came. The batch must be empty. */
    private boolean fill() throws IOException {
        assert count == 0 : "a batch refers to the buffer";
        if (fileEnded) {
            return false;
        }
        sum();
        System.arraycopy(buffer, at, buffer, 0, end - at);
        base += at;
        end -= at;
        at = 0;
        summed = 0;
        fileEnded = base + end >= limit;
        if (end == buffer.length && !fileEnded) {
            if (end >= BUFFER_MAX) {
                throw new IOException("a command has more than 2 GB");
            }
            buffer = Arrays.copyOf(buffer, (int) Math.min(BUFFER_MAX, 2L * end));
        }
        int before = end;
        while (end < buffer.length && !fileEnded) {
            int wanted = (int) Math.min(buffer.length - end, limit - base - end);
            int n = file.read(buffer, end, wanted);
            end += Math.max(0, n);
            fileEnded = n < 0 || base + end >= limit;
        }
        return end > before;
    }

    /** Goes on at another place further on, as if nothing were wrong. For what is to be read in spite of damage. */
    void skipTo(long offset) throws IOException {
        sum();
        while (base + end < offset) {
            at = end;
            if (!fill()) {
                return;
            }
        }
        at = (int) Math.max(at, offset - base);
        count = 0;
        inMulti = false;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
