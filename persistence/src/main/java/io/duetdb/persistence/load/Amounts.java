package io.duetdb.persistence.load;

import java.util.Locale;

/** Numbers with their units, for people. */
public final class Amounts {
    private static final String[] UNITS = {"bytes", "KB", "MB", "GB", "TB"};
    private static final int STEP = 1024;

    private Amounts() {}

    /** A size: {@code 1.5 MB}. */
    public static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= STEP && unit < UNITS.length - 1) {
            value /= STEP;
            unit++;
        }
        return unit == 0 ? count(bytes, "byte") : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /** A number of things: {@code 1 key}, {@code 12,345 keys}. */
    public static String count(long number, String one) {
        return number(number) + " " + one + (number == 1 ? "" : "s");
    }

    /** A number with commas. */
    public static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
