package io.duetdb.persistence.load;

import io.duetdb.engine.Engine;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.persistence.aof.Annotation;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.Outside;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One file of commands on its way into the engine, and the judgement of how far it is good.
 *
 * <p>What a right checksum covers is trusted. Behind the last one whole commands count too, when they lead to the end
 * of the file or to something torn; what is torn is cut. Something wrong with a checksum of Duet's behind it is damage,
 * which is not mended unasked, except for what a power cut leaves: pieces that the disk never got, near the end of the
 * last file.
 */
final class AofLoad implements AutoCloseable {
    /** What a piece led to. */
    enum State {
        GOES_ON,
        DONE,
        /** All is to be loaded again, this file only up to {@link #cutAt}: what stands behind it was run already. */
        AGAIN,
        /** The file is good up to {@link #cutAt}, and done when it is {@link #cut} there. */
        CUT
    }

    /** What to do with damage. */
    enum Policy {
        REFUSE,
        PREFIX,
        ALL
    }

    /**
     * How a file is to be read.
     *
     * @param last whether it is the last one, whose end may be torn
     * @param truncated whether a torn end may be cut
     * @param bulkMax longest argument in bytes
     */
    record Rules(boolean last, boolean truncated, Policy policy, long bulkMax) {}

    /** More than this is not taken for what a power cut left. */
    private static final long HOLES_WITHIN = 64 << 20;

    private static final int LOGGED_MAX = 10;
    private static final int PIECE_BYTES = 256 * 1024;

    private final Outside outside;
    private final Disk disk;
    private final Engine engine;
    private final LoadPlan.Part part;
    private final Rules rules;
    private final LoadProgress progress;
    private final AofReader reader;
    private final long limit;
    private final String cutReason;

    private long verified;
    private long verifiedWhole;
    private long verifiedEffects = -1;
    private long effectsUntilVerified;
    private long effectsBefore;
    private boolean damaged;
    private int logged;
    private long failed;

    private long cutAt = -1;
    private String reason = "";
    private long goodBytes;
    private int goodCrc;

    /**
     * Begins to load a part.
     *
     * @param origin where its commands begin
     * @param effects logical offset at which they begin, if the file does not say better
     * @param limit where it is to be cut, or its length
     * @param cutReason why it is to be cut there
     */
    AofLoad(
            Outside outside,
            Engine engine,
            LoadPlan.Part part,
            Rules rules,
            LoadProgress progress,
            long origin,
            long effects,
            long limit,
            String cutReason)
            throws LoadException {
        this.outside = outside;
        this.disk = outside.disk();
        this.engine = engine;
        this.part = part;
        this.rules = rules;
        this.progress = progress;
        this.effectsBefore = effects;
        this.limit = limit;
        this.cutReason = cutReason;
        verified = origin;
        verifiedWhole = origin;
        try {
            reader = new AofReader(disk.read(part.path()), origin, limit, rules.bulkMax);
        } catch (IOException e) {
            throw Refusals.unreadable(part.path(), e);
        }
    }

    /** Loads a piece. */
    State piece() throws LoadException {
        try {
            long until = reader.position() + PIECE_BYTES;
            State state = State.GOES_ON;
            while (state == State.GOES_ON && reader.position() < until) {
                state = one();
            }
            progress.part(reader.position());
            return state;
        } catch (IOException e) {
            throw Refusals.unreadable(part.path(), e);
        }
    }

    private State one() throws IOException, LoadException {
        switch (reader.next()) {
            case COMMANDS -> {
                return run();
            }
            case CHECKSUM -> {
                return checksum();
            }
            case TIME -> {} // of use to tools only
            case REMARK ->
                note("Skipped a line that begins with '#' at offset " + reader.itemStart()
                        + ", of which Duet knows nothing: " + reader.remark());
            case MALFORMED -> {
                return malformed();
            }
            case TORN -> {
                return torn("the file ends in the middle of a command");
            }
            case END -> {
                return end();
            }
        }
        return State.GOES_ON;
    }

    // ---- commands

    private State run() throws IOException, LoadException {
        Argv[] batch = reader.batch();
        int count = reader.count();
        engine.replayAhead(batch, count);
        for (int i = 0; i < count; i++) {
            try {
                engine.replay(batch[i]);
            } catch (CommandError e) {
                if (failed(batch[i], reader.start(i), String.valueOf(e.getMessage())) == State.AGAIN) {
                    return State.AGAIN;
                }
            }
        }
        progress.commands += count;
        return State.GOES_ON;
    }

    /** A command was refused by the engine. Redis overlooks that, but for commands that it does not know. */
    private State failed(Argv argv, long offset, String error) throws IOException, LoadException {
        if (error.startsWith("OOM")) {
            throw Refusals.memory(part.path(), offset, part.bytes());
        }
        boolean fatal = error.contains("unknown command") || error.contains("DB index is out of range");
        if (rules.policy == Policy.ALL || (!reader.own() && !fatal)) {
            failed++;
            note("The command '" + argv.text(0) + "' at offset " + offset + " changed nothing: " + error);
            return State.GOES_ON;
        }
        boolean unsaid = mayCut() && TailScan.annotation(disk, part.path(), offset, part.bytes()) < 0;
        if (reader.own() && (unsaid || rules.policy == Policy.PREFIX)) {
            cutAt = verifiedWhole;
            reason = "behind its last right checksum stands what Duet did not write: '" + argv.text(0) + "' at offset "
                    + offset + ", " + error;
            return State.AGAIN;
        }
        if (error.contains("DB index is out of range")) {
            boolean select = argv.count() == 2 && argv.is(0, "SELECT");
            String which = select ? "database " + argv.text(1) : "a database beyond these";
            throw Refusals.databasesOf(
                    part.path(), offset, which, outside.settings().number("databases"));
        }
        if (reader.own()) {
            String cause = "the command there, '" + argv.text(0) + "', can't be run: " + error;
            throw Refusals.damaged(part.path(), offset, part.bytes(), cause, verifiedWhole);
        }
        throw Refusals.command(part.path(), offset, argv.text(0), error);
    }

    private void note(String what) {
        if (logged++ < LOGGED_MAX) {
            outside.log().warning(part.path() + ": " + what);
        }
    }

    // ---- checksums

    private State checksum() throws IOException, LoadException {
        Annotation line = reader.annotation();
        if (line == null || (!reader.annotationIsRight() && line.crc() != reader.crcBeforeLine())) {
            return mismatch(line);
        }
        if (!reader.annotationIsRight()) {
            note("The checksum at offset " + reader.itemStart() + " is right, but says that it stands at "
                    + line.offset());
        }
        if (verifiedEffects >= 0 && line.effects() != effects()) {
            note("The checksum at offset " + reader.itemStart() + " speaks of " + line.effects()
                    + " effects, and there were " + effects());
        }
        verified = reader.position();
        verifiedWhole = reader.wholeUpTo();
        verifiedEffects = Math.max(line.effects(), verifiedEffects);
        effectsUntilVerified = reader.effects();
        return State.GOES_ON;
    }

    private State mismatch(@Nullable Annotation line) throws IOException, LoadException {
        long at = reader.itemStart();
        if (rules.policy == Policy.ALL) {
            damaged = true;
            note("The checksum at offset " + at + " is wrong");
            return State.GOES_ON;
        }
        boolean more = TailScan.annotation(disk, part.path(), reader.position(), part.bytes()) >= 0;
        boolean stale = line != null && line.offset() < verified;
        if (!more && stale && mayCut()) {
            return cut(verifiedWhole, "behind its last right checksum stands what was written before");
        }
        String cause = "the checksum there is not that of what stands between it and offset " + verified;
        return damage(at, at, cause);
    }

    /** Something is wrong at an offset, though right things may follow. */
    private State damage(long at, long until, String cause) throws IOException, LoadException {
        long end = Math.min(part.bytes(), until + Annotation.BYTES_MAX);
        long hole = mayCut() && part.bytes() - verifiedWhole <= HOLES_WITHIN
                ? TailScan.hole(disk, part.path(), verified, end, at, reader.itemStart())
                : -1;
        if (hole >= 0) {
            return cutBefore(hole, "the disk never got a piece of it, as after a power cut");
        }
        if (rules.policy == Policy.PREFIX) {
            return cut(verifiedWhole, cause);
        }
        throw Refusals.damaged(part.path(), at, part.bytes(), cause, verifiedWhole);
    }

    /** Keeps the whole commands before an offset, at which something is missing. Some of them may have been forced. */
    private State cutBefore(long at, String why) throws IOException, LoadException {
        if (at >= reader.wholeUpTo()) {
            return cut(reader.wholeUpTo(), why);
        }
        cutAt = at;
        reason = why;
        return State.AGAIN;
    }

    private boolean mayCut() {
        return rules.last && rules.truncated;
    }

    // ---- the end

    private State malformed() throws IOException, LoadException {
        long at = reader.problemAt();
        String cause = reader.problem();
        long next = TailScan.annotation(disk, part.path(), verified, part.bytes());
        if (rules.policy == Policy.ALL) {
            return skipOrCut(cause);
        }
        if (next >= 0) {
            return damage(at, next, cause);
        }
        boolean zeros = TailScan.onlyZeros(disk, part.path(), at, part.bytes());
        if (!zeros && !reader.own()) {
            if (rules.policy == Policy.PREFIX) {
                return cut(reader.wholeUpTo(), cause);
            }
            throw Refusals.damaged(part.path(), at, part.bytes(), cause, reader.wholeUpTo());
        }
        return torn(zeros ? "there are only zeros behind it" : cause);
    }

    private State torn(String cause) throws IOException, LoadException {
        if (rules.policy == Policy.ALL) {
            return skipOrCut(cause);
        }
        long swallowed = swallowed();
        if (swallowed >= 0) {
            return damage(reader.itemStart(), swallowed, "a command that begins there has no end: a length is wrong");
        }
        if (!mayCut() && rules.policy == Policy.REFUSE) {
            throw Refusals.torn(part.path(), reader.wholeUpTo(), part.bytes(), rules.last);
        }
        if (limit < part.bytes()) {
            return cut(reader.wholeUpTo(), cutReason);
        }
        return neverWritten() ? State.AGAIN : cut(reader.wholeUpTo(), cause);
    }

    private State end() throws IOException, LoadException {
        if (limit < part.bytes()) {
            return cut(reader.wholeUpTo(), cutReason); // the limit may lie between MULTI and EXEC
        }
        long swallowed = swallowed();
        if (swallowed >= 0 && rules.policy != Policy.ALL) {
            return damage(verified, swallowed, "a checksum was read as a part of something else: a length is wrong");
        }
        damaged |= swallowed >= 0;
        if (reader.inMulti()) {
            return torn("the file ends between MULTI and EXEC");
        }
        // No hole can be here: where a disk missed a piece of what we wrote, and the checksum at its end, the file
        // ends in the middle of something. Whole commands without a checksum are what Redis appended since.
        return done(reader.wholeUpTo());
    }

    /**
     * Whether a sector of the commands that no checksum covers is nothing but zeros: what is written at once and is as
     * long as a sector has a checksum, so the disk never got this one. All is to be loaded again, up to there.
     */
    private boolean neverWritten() throws IOException {
        if (!reader.own() || !mayCut() || rules.policy == Policy.ALL || limit < part.bytes()) {
            return false;
        }
        long at = TailScan.zeroSector(disk, part.path(), verified, reader.wholeUpTo());
        if (at >= 0) {
            cutAt = at;
            reason = "the disk never got the sector there, as after a power cut";
        }
        return at >= 0;
    }

    /** Offset of a checksum's line that was not met as such, behind the last right one; or -1. */
    private long swallowed() throws IOException {
        return limit < part.bytes() ? -1 : TailScan.annotation(disk, part.path(), verified, part.bytes());
    }

    /** Goes on at the next checksum, or ends where none is. */
    private State skipOrCut(String cause) throws IOException, LoadException {
        long to = TailScan.annotation(disk, part.path(), reader.itemStart() + 1, part.bytes());
        if (to < 0) {
            return cut(reader.wholeUpTo(), cause);
        }
        damaged = true;
        note("Left out what stands between offset " + reader.itemStart() + " and " + to + ": " + cause);
        if (reader.inMulti()) {
            engine.replay(Argv.of("EXEC"));
        }
        verified = to;
        reader.skipTo(to);
        return State.GOES_ON;
    }

    private State cut(long at, String why) {
        cutAt = at;
        reason = why;
        return at < reader.wholeUpTo() ? State.AGAIN : State.CUT;
    }

    /** Cuts the file where it is to be cut, and keeps the rest aside. */
    void cut() throws LoadException {
        String copy;
        try {
            goodCrc = crcAt(cutAt);
            reader.close();
            copy = Aside.cut(outside, part.path(), cutAt);
        } catch (IOException e) {
            throw new LoadException("Can't keep aside what stands behind offset " + cutAt + " of " + part.path() + " ("
                    + Amounts.bytes(part.bytes() - cutAt) + ", " + reason + "): " + e.getMessage()
                    + ". Nothing was changed. Make room on the disk and start again.");
        }
        goodBytes = cutAt;
        outside.log()
                .warning("Truncated " + part.path() + " at offset " + cutAt + " of " + part.bytes() + " bytes: "
                        + reason + ". What stood behind it is kept as " + copy + ".");
        report();
    }

    private State done(long bytes) throws IOException {
        goodBytes = bytes;
        goodCrc = crcAt(bytes);
        report();
        return State.DONE;
    }

    private int crcAt(long at) throws IOException {
        return reader.position() == at ? reader.crc() : TailScan.crc(disk, part.path(), at);
    }

    private void report() {
        if (reader.oddities() > 0) {
            outside.log()
                    .warning(
                            part.path() + ": " + reader.oddities() + " places are not as Redis writes them, the first: "
                                    + reader.firstOddity() + ". They were read as Redis reads them.");
        }
        if (failed > 0) {
            outside.log().warning(part.path() + ": " + failed + " commands changed nothing, because they failed.");
        }
    }

    // ---- what was found

    /** Where the file is to be cut. */
    long cutAt() {
        return cutAt;
    }

    /** Why it is to be cut. */
    String reason() {
        return reason;
    }

    /** Good length of the file. */
    long goodBytes() {
        return goodBytes;
    }

    /** CRC-32C of {@link #goodBytes}. */
    int goodCrc() {
        return goodCrc;
    }

    /** Whether checksums stand in the file. */
    boolean checked() {
        return reader.own();
    }

    /** Whether the file was loaded in spite of damage. */
    boolean damaged() {
        return damaged;
    }

    /** Logical offset of the effects at the end of what was loaded. */
    long effects() {
        return verifiedEffects < 0
                ? effectsBefore + reader.effects()
                : verifiedEffects + reader.effects() - effectsUntilVerified;
    }

    @Override
    public void close() throws LoadException {
        try {
            reader.close();
        } catch (IOException e) {
            throw Refusals.unreadable(part.path(), e);
        }
    }
}
