package io.duetdb.persistence.aof;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Clock;
import io.duetdb.wire.CommandEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Spells effects as the append-only file holds them: RESP requests, SELECT before the first of a file and where the
 * database changes, and, where asked for, the time in seconds before the first of a second. Allocates nothing but room.
 * Engine's thread.
 */
final class EffectEncoder {
    private static final byte[] SELECT = "*2\r\n$6\r\nSELECT\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TIME = "#TS:".getBytes(StandardCharsets.US_ASCII);
    private static final int NUMBER_MAX = 20;
    private static final long US = 1_000_000;

    private final Clock clock;
    private boolean stamps;
    private boolean turnBegins = true;
    private int selected = -1;
    private long stampedS;

    EffectEncoder(Clock clock) {
        this.clock = clock;
    }

    /** Says whether times are written. */
    void stamps(boolean value) {
        stamps = value;
    }

    /** What comes next stands at the beginning of a file. */
    void fileBegins() {
        selected = -1;
        stampedS = 0;
    }

    /** The turn is over: nothing that belongs together is under way, so that a time may stand here. */
    void turnEnds() {
        turnBegins = true;
    }

    /** Adds an effect. */
    void add(int db, Argv effect, Batch to) {
        if (turnBegins) {
            turnBegins = false;
            if (stamps) {
                stamp(to);
            }
        }
        if (db != selected) {
            select(db, to);
        }
        to.reserve(Math.toIntExact(CommandEncoder.length(effect)));
        to.length = CommandEncoder.write(effect, to.bytes, to.length);
    }

    private void stamp(Batch to) {
        long nowS = clock.wallUs() / US;
        if (nowS <= stampedS) {
            return;
        }
        stampedS = nowS;
        to.reserve(TIME.length + NUMBER_MAX + 2);
        word(TIME, to);
        to.length = Numbers.write(nowS, to.bytes, to.length);
        lineEnds(to);
    }

    private void select(int db, Batch to) {
        selected = db;
        to.reserve(SELECT.length + 2 * (NUMBER_MAX + 2));
        word(SELECT, to);
        to.length = CommandEncoder.header('$', Numbers.length(db), to.bytes, to.length);
        to.length = Numbers.write(db, to.bytes, to.length);
        lineEnds(to);
    }

    private static void word(byte[] word, Batch to) {
        System.arraycopy(word, 0, to.bytes, to.length, word.length);
        to.length += word.length;
    }

    private static void lineEnds(Batch to) {
        to.bytes[to.length++] = '\r';
        to.bytes[to.length++] = '\n';
    }
}
