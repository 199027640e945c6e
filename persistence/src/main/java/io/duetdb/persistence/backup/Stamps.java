package io.duetdb.persistence.backup;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as file names and people have them, always UTC. */
public final class Stamps {
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT);
    private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    private Stamps() {}

    /** A time as a part of a file's name: {@code 20261121T030000Z}. */
    public static String name(long ms) {
        return NAME.format(LocalDateTime.ofInstant(Instant.ofEpochMilli(ms), ZoneOffset.UTC));
    }

    /** The time that {@link #name} wrote, in ms, or -1 when it is none. */
    public static long parse(String name) {
        try {
            return LocalDateTime.parse(name, NAME).toInstant(ZoneOffset.UTC).toEpochMilli();
        } catch (DateTimeException e) {
            return -1;
        }
    }

    /** A time for people: {@code 2026-11-21 03:00:00 UTC}. */
    public static String text(long ms) {
        return TEXT.format(LocalDateTime.ofInstant(Instant.ofEpochMilli(ms), ZoneOffset.UTC)) + " UTC";
    }
}
