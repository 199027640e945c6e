package io.duetdb.bytes;

/**
 * Redis' glob patterns on bytes: {@code *}, {@code ?}, {@code [abc]}, {@code [a-z]}, {@code [^a]} and the escape
 * {@code \}. Semantics as {@code util.c}, stringmatchlen, its oddities included: an unclosed class ends with the
 * pattern, a range may stand backwards, ranges compare signed bytes, and the empty string matches only the empty
 * pattern.
 *
 * <p>Matching is a loop, not a recursion: at a mismatch only the last star is tried on a longer stretch, since a match
 * that needs an earlier star longer exists only if one with the earlier star short exists too. So the cost is at most
 * pattern x string steps, whatever the pattern.
 */
public final class Glob {
    private Glob() {}

    /** Whether all of the string matches all of the pattern. */
    public static boolean matches(
            byte[] pattern,
            int patternOffset,
            int patternLength,
            byte[] string,
            int offset,
            int length,
            boolean nocase) {
        int p = patternOffset;
        int patternEnd = patternOffset + patternLength;
        int s = offset;
        int end = offset + length;
        if (s == end) {
            return p == patternEnd;
        }
        int star = -1;
        int starred = 0;
        while (true) {
            if (s == end) {
                while (p < patternEnd && pattern[p] == '*') {
                    p++;
                }
                return p == patternEnd; // nothing is left for a longer stretch either
            }
            if (p < patternEnd && pattern[p] == '*') {
                star = ++p;
                starred = s;
                if (p == patternEnd) {
                    return true;
                }
                continue;
            }
            int next = p == patternEnd ? -1 : step(pattern, p, patternEnd, string[s], nocase);
            if (next >= 0) {
                p = next;
                s++;
            } else if (star < 0) {
                return false;
            } else {
                p = star;
                s = ++starred;
            }
        }
    }

    /** Whether a pattern has no special byte, so that only the string equal to it can match. */
    public static boolean isLiteral(byte[] pattern, int offset, int length) {
        for (int i = offset, end = offset + length; i < end; i++) {
            byte c = pattern[i];
            if (c == '*' || c == '?' || c == '[' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    /** Matches one byte against the pattern's unit at {@code p}: the position behind the unit, or -1. */
    private static int step(byte[] pattern, int p, int end, byte c, boolean nocase) {
        byte first = pattern[p];
        if (first == '?') {
            return p + 1;
        }
        if (first == '[') {
            return stepClass(pattern, p + 1, end, c, nocase);
        }
        int at = first == '\\' && end - p >= 2 ? p + 1 : p;
        byte wanted = pattern[at];
        return wanted == c || nocase && lower(wanted) == lower(c) ? at + 1 : -1;
    }

    private static int stepClass(byte[] pattern, int from, int end, byte c, boolean nocase) {
        int p = from;
        boolean not = p < end && pattern[p] == '^';
        if (not) {
            p++;
        }
        boolean match = false;
        while (p < end && pattern[p] != ']') {
            if (pattern[p] == '\\' && end - p >= 2) {
                match |= pattern[p + 1] == c; // as redis: an escaped byte in a class is compared with its case
                p += 2;
            } else if (end - p >= 3 && pattern[p + 1] == '-') {
                match |= inRange(pattern[p], pattern[p + 2], c, nocase);
                p += 3;
            } else {
                match |= pattern[p] == c || nocase && lower(pattern[p]) == lower(c);
                p++;
            }
        }
        if (match == not) {
            return -1;
        }
        return p < end ? p + 1 : end;
    }

    private static boolean inRange(byte a, byte b, byte c, boolean nocase) {
        int low = Math.min(a, b);
        int high = Math.max(a, b);
        int value = c;
        if (nocase) {
            low = lower(low);
            high = lower(high);
            value = lower(value);
        }
        return value >= low && value <= high;
    }

    private static int lower(int c) {
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    }
}
