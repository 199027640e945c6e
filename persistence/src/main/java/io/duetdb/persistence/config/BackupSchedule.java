package io.duetdb.persistence.config;

import io.duetdb.engine.api.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * When backups are made without anybody asking, as the setting {@code backup-schedule} says it. Hours are UTC's: a
 * server's backups don't move when its country changes the clock. Immutable.
 *
 * @param text as CONFIG GET shows it
 * @param periodMs from one backup to the next
 * @param offsetMs where in a period the backup is due, periods beginning with the epoch; negative: a period after the last
 */
public record BackupSchedule(String text, long periodMs, long offsetMs) {
    private static final String GRAMMAR =
            "write hourly [:MM], daily [HH:MM], weekly [day] [HH:MM], every N followed by m, h or d, or \"\" for none";
    private static final long FROM_THE_LAST = -1;
    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final long DAY_MS = 24 * HOUR_MS;
    private static final long WEEK_MS = 7 * DAY_MS;
    private static final int DIGITS_MAX = 6;

    /** The days as they follow each other from the epoch on, which was a Thursday. */
    private static final List<String> DAYS =
            List.of("thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday");

    /** The schedule that a setting's text names, or null when it names none. */
    public static @Nullable BackupSchedule of(String text) {
        return text.isEmpty() ? null : parse(List.of(text.split(" ")));
    }

    /** When the next backup is due after one that was made, or missed, at a time: ms since the epoch. */
    public long after(long ms) {
        if (offsetMs < 0) {
            return ms + periodMs;
        }
        return Math.floorDiv(ms - offsetMs, periodMs) * periodMs + periodMs + offsetMs;
    }

    /** Reads the words of the setting. @throws IllegalArgumentException saying what they may be */
    static BackupSchedule parse(List<String> words) {
        String first = words.get(0).toLowerCase(Locale.ROOT);
        int count = words.size();
        return switch (first) {
            case "hourly" -> {
                String at = count == 1 ? ":00" : words.get(1);
                yield count > 2 || !at.startsWith(":")
                        ? refuse()
                        : new BackupSchedule("hourly " + at, HOUR_MS, timeMs("0" + at));
            }
            case "daily" -> {
                String at = count == 1 ? "00:00" : words.get(1);
                yield count > 2 ? refuse() : new BackupSchedule("daily " + at, DAY_MS, timeMs(at));
            }
            case "weekly" -> weekly(words);
            case "every" -> count == 2 ? every(words.get(1).toLowerCase(Locale.ROOT)) : refuse();
            default -> refuse();
        };
    }

    private static BackupSchedule weekly(List<String> words) {
        String day = words.size() > 1 ? words.get(1).toLowerCase(Locale.ROOT) : "sunday";
        String at = words.size() > 2 ? words.get(2) : "00:00";
        int index = DAYS.indexOf(day);
        if (index < 0 || words.size() > 3) {
            return refuse();
        }
        return new BackupSchedule("weekly " + day + " " + at, WEEK_MS, index * DAY_MS + timeMs(at));
    }

    private static BackupSchedule every(String length) {
        int digits = length.length() - 1;
        long unit = switch (length.charAt(digits)) {
            case 'm' -> MINUTE_MS;
            case 'h' -> HOUR_MS;
            case 'd' -> DAY_MS;
            default -> 0;
        };
        long number = number(length.substring(0, digits), DIGITS_MAX);
        if (unit == 0 || number < 1) {
            return refuse();
        }
        return new BackupSchedule("every " + length, number * unit, FROM_THE_LAST);
    }

    /** {@code HH:MM} in ms. */
    private static long timeMs(String text) {
        int colon = text.indexOf(':');
        long hours = colon < 0 ? -1 : number(text.substring(0, colon), 2);
        long minutes = colon < 0 ? -1 : number(text.substring(colon + 1), 2);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || text.length() != colon + 3) {
            throw new IllegalArgumentException(GRAMMAR);
        }
        return hours * HOUR_MS + minutes * MINUTE_MS;
    }

    /** A number of so many digits at most, or -1. */
    private static long number(String text, int digitsMax) {
        if (text.isEmpty() || text.length() > digitsMax) {
            return -1;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return -1;
            }
        }
        return Long.parseLong(text);
    }

    private static BackupSchedule refuse() {
        throw new IllegalArgumentException(GRAMMAR);
    }

    /** The form of {@code backup-schedule}. */
    static final class Form implements Setting.Form {
        @Override
        public String normalise(List<String> words, String present) {
            List<String> given = new ArrayList<>();
            for (String word : words) {
                if (!word.isEmpty()) {
                    given.add(word);
                }
            }
            return given.isEmpty() ? "" : parse(given).text();
        }
    }
}
