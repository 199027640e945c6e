package io.duetdb.persistence.tool;

import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.load.Amounts;
import io.duetdb.persistence.load.AofReader;
import io.duetdb.persistence.load.TailScan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads a file of commands to its end, or to the first thing that is wrong, runs none of them, and says what it found. */
final class AofScan {
    private static final int REMARKS_MAX = 10;

    /** Commands read. */
    long commands;

    /** Checksums that were right. */
    long checksums;

    /** Offset behind the last right checksum. */
    long verifiedUpTo;

    /** Commands before it. */
    long verifiedCommands;

    /** Offset behind the last whole command, or the last whole transaction. */
    long wholeUpTo;

    /** The first and last time that stand in it, in seconds since the epoch, or -1. */
    long firstTimeS = -1;

    long lastTimeS = -1;

    /** What is wrong, or empty. */
    String problem = "";

    /** Where. */
    long problemAt;

    /** What is odd, but stops nobody. */
    final List<String> remarks = new ArrayList<>();

    private AofScan() {}

    /** Reads a file whose commands begin at {@code origin}, up to {@code limit}. */
    static AofScan of(Disk disk, String path, long origin, long limit, Meter meter) throws IOException {
        AofScan scan = new AofScan();
        scan.verifiedUpTo = origin;
        scan.wholeUpTo = origin;
        meter.begin("checking " + path, disk.size(path), "bytes");
        try (AofReader reader = new AofReader(disk.read(path), origin, limit, Integer.MAX_VALUE)) {
            boolean more = true;
            while (more) {
                more = scan.take(reader.next(), reader);
                meter.at(reader.position());
            }
            scan.commands = reader.commands();
            scan.wholeUpTo = reader.wholeUpTo();
            if (reader.oddities() > 0) {
                scan.remarks.add(Amounts.count(reader.oddities(), "place") + " not as Redis writes them, the first: "
                        + reader.firstOddity());
            }
        } finally {
            meter.end();
        }
        boolean swallowed = scan.problem.isEmpty()
                && limit == Long.MAX_VALUE
                && TailScan.annotation(disk, path, scan.verifiedUpTo, disk.size(path)) >= 0;
        if (swallowed) {
            scan.wrong(
                    "behind it a checksum was read as a part of something else: a length is wrong", scan.verifiedUpTo);
        }
        return scan;
    }

    private boolean take(AofReader.Found found, AofReader reader) {
        switch (found) {
            case CHECKSUM -> {
                if (!reader.annotationIsRight()) {
                    wrong(
                            "the checksum there is not that of the bytes between it and offset " + verifiedUpTo,
                            reader.itemStart());
                    return false;
                }
                checksums++;
                verifiedUpTo = reader.position();
                verifiedCommands = reader.commands();
            }
            case TIME -> {
                firstTimeS = firstTimeS < 0 ? reader.timeS() : firstTimeS;
                lastTimeS = reader.timeS();
            }
            case REMARK -> {
                if (remarks.size() < REMARKS_MAX) {
                    remarks.add("a line of which Duet knows nothing at byte " + Amounts.number(reader.itemStart())
                            + ": " + reader.remark());
                }
            }
            case MALFORMED -> {
                wrong(reader.problem(), reader.problemAt());
                return false;
            }
            case TORN -> {
                wrong("it ends in the middle of a command that begins there", reader.itemStart());
                return false;
            }
            case END -> {
                if (reader.inMulti()) {
                    wrong("it ends between MULTI, which stands there, and EXEC", reader.wholeUpTo());
                }
                return false;
            }
            default -> {}
        }
        return true;
    }

    private void wrong(String what, long offset) {
        problem = what;
        problemAt = offset;
    }
}
