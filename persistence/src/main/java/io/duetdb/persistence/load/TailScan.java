package io.duetdb.persistence.load;

import io.duetdb.persistence.aof.Annotation;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Looks through the part of an append-only file that its commands don't explain. */
public final class TailScan {
    /** So many zeros in a row are taken for a piece of the file that the disk never got, or fewer at an edge. */
    private static final int HOLE_MIN = 16;

    private static final int EDGE_MIN = 4;

    private static final int SECTOR = 512;
    private static final byte[] NOTHING = new byte[SECTOR];
    private static final int PIECE = 1 << 20;

    private TailScan() {}

    /**
     * Offset of the first checksum's line at or behind {@code from} that stands where it says, or -1. A value that
     * holds the text of an append-only file is none: what it says of its place is not so.
     */
    public static long annotation(Disk disk, String path, long from, long to) throws IOException {
        byte[] buffer = new byte[(int) Math.min(PIECE, Math.max(0, to - from) + Annotation.BYTES_MAX)];
        try (DiskFile file = disk.read(path)) {
            file.seek(from);
            long base = from;
            int end = 0;
            while (true) {
                int n = base + end >= to
                        ? -1
                        : file.read(buffer, end, (int) Math.min(buffer.length - end, to - base - end));
                end += Math.max(0, n);
                boolean last = n < 0;
                int stop = last ? end : end - Annotation.BYTES_MAX;
                for (int i = 0; i < stop; i++) {
                    if (buffer[i] == '#' && isAnnotation(buffer, i, end, base + i)) {
                        return base + i;
                    }
                }
                if (last) {
                    return -1;
                }
                if (stop > 0) {
                    System.arraycopy(buffer, stop, buffer, 0, end - stop);
                    base += stop;
                    end -= stop;
                }
            }
        }
    }

    private static boolean isAnnotation(byte[] b, int at, int end, long offset) {
        int stop = Math.min(end, at + Annotation.BYTES_MAX);
        for (int i = at + 1; i < stop - 1; i++) {
            if (b[i] == '\r' && b[i + 1] == '\n') {
                Annotation read = Annotation.claims(b, at, i - at) ? Annotation.parse(b, at, i - at) : null;
                return read != null && read.offset() == offset;
            }
        }
        return false;
    }

    /** Whether there is nothing but zeros between the two offsets, and at least one. */
    static boolean onlyZeros(Disk disk, String path, long from, long to) throws IOException {
        return from < to && firstRun(disk, path, from, to, to - from, Long.MAX_VALUE) == from;
    }

    /**
     * Offset of a piece of the file between the two offsets that was never written, or -1: so many zeros, or a few that
     * begin or end where a sector or what was written before does. Where something else must stand than a zero, one is
     * enough, if it lies between a sector's edge and one of what was written at once.
     *
     * @param problemAt where something else must stand than does
     * @param itemStart where the command or line begins that it belongs to
     */
    static long hole(Disk disk, String path, long from, long to, long problemAt, long itemStart) throws IOException {
        long run = firstRun(disk, path, from, to, HOLE_MIN, EDGE_MIN);
        long few = problemAt < to ? fewZeros(disk, path, from, problemAt, itemStart) : -1;
        return run < 0 || few >= 0 && few < run ? few : run;
    }

    /**
     * Where the zeros around an offset begin, if the disk can have left them out: from a sector's edge to where the next
     * command or line begins, or from where one begins to a sector's edge. Else -1: they are a value's, which a wrong
     * length has brought there.
     */
    private static long fewZeros(Disk disk, String path, long from, long at, long itemStart) throws IOException {
        byte[] b = new byte[2 * HOLE_MIN];
        long begin = Math.max(from, at - HOLE_MIN);
        int length = 0;
        try (DiskFile file = disk.read(path)) {
            file.seek(begin);
            for (int n = 0; n >= 0 && length < b.length; length += Math.max(0, n)) {
                n = file.read(b, length, b.length - length);
            }
        }
        int first = (int) (at - begin);
        if (first + 1 < length && b[first] == '\r') {
            first++; // the second half of a line's end may be what is missing
        }
        if (first >= length || b[first] != 0) {
            return -1;
        }
        int end = first;
        while (first > 0 && b[first - 1] == 0) {
            first--;
        }
        while (end < length && b[end] == 0) {
            end++;
        }
        boolean startsThere = begin + first == from || begin + first == itemStart;
        boolean endsThere = end == length ? length < b.length : b[end] == '*' || b[end] == '#';
        for (int i = first; i <= end; i++) {
            if ((begin + i) % SECTOR == 0 && (i < end && endsThere || i > first && startsThere)) {
                return begin + first;
            }
        }
        return -1;
    }

    /** Offset of the first sector between the two offsets that holds nothing but zeros, or -1. */
    static long zeroSector(Disk disk, String path, long from, long to) throws IOException {
        byte[] sector = new byte[SECTOR];
        long at = (from + SECTOR - 1) / SECTOR * SECTOR;
        try (DiskFile file = disk.read(path)) {
            file.seek(at);
            int filled = 0;
            while (at + SECTOR <= to) {
                int n = file.read(sector, filled, SECTOR - filled);
                if (n < 0) {
                    return -1;
                }
                filled += n;
                if (filled == SECTOR) {
                    if (Arrays.mismatch(sector, NOTHING) < 0) {
                        return at;
                    }
                    filled = 0;
                    at += SECTOR;
                }
            }
        }
        return -1;
    }

    /** Where the first run of so many zeros begins, or of fewer at an edge; or -1. */
    private static long firstRun(Disk disk, String path, long from, long to, long enough, long enoughAtEdge)
            throws IOException {
        byte[] buffer = new byte[(int) Math.min(PIECE, Math.max(1, to - from))];
        long run = 0;
        try (DiskFile file = disk.read(path)) {
            file.seek(from);
            for (long at = from; at < to; ) {
                int n = file.read(buffer, 0, (int) Math.min(buffer.length, to - at));
                if (n < 0) {
                    return -1;
                }
                for (int i = 0; i < n; i++) {
                    run = buffer[i] == 0 ? run + 1 : 0;
                    long end = at + i + 1;
                    long begin = end - run;
                    boolean edge = begin == from || begin % SECTOR == 0 || end % SECTOR == 0;
                    if (run >= enough || (edge && run >= enoughAtEdge)) {
                        return begin;
                    }
                }
                at += n;
            }
        }
        return -1;
    }

    /** CRC-32C of a file's first {@code length} bytes. */
    static int crc(Disk disk, String path, long length) throws IOException {
        CRC32C crc = new CRC32C();
        byte[] buffer = new byte[(int) Math.min(PIECE, Math.max(1, length))];
        try (DiskFile file = disk.read(path)) {
            long left = length;
            while (left > 0) {
                int n = file.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (n < 0) {
                    throw new IOException("the file has become shorter while it was read");
                }
                crc.update(buffer, 0, n);
                left -= n;
            }
        }
        return (int) crc.getValue();
    }
}
