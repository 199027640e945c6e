package io.duetdb.rest;

import java.nio.charset.StandardCharsets;

/**
 * Arguments from a request's target: path segments, and query parameters as key and value. Segments are split before they
 * are decoded, so {@code %2F} is a slash inside an argument.
 */
final class PathForm {
    /** Endpoints: a command in the body, a command in the path, and the named ones. */
    static final int ROOT = 0;

    static final int COMMAND = 1;
    static final int PIPELINE = 2;
    static final int MULTI_EXEC = 3;
    static final int EVENTS = 4;

    private static final byte[] NAME_PIPELINE = ascii("pipeline");
    private static final byte[] NAME_MULTI_EXEC = ascii("multi-exec");
    private static final byte[] NAME_SUBSCRIBE = ascii("subscribe");
    private static final byte[] NAME_PSUBSCRIBE = ascii("psubscribe");
    private static final byte[] NAME_MONITOR = ascii("monitor");
    private static final byte[] TOKEN = ascii("_token");

    private PathForm() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Where the query begins, behind its question mark, or {@code end + 1} when there is none. */
    static int query(byte[] b, int start, int end) {
        int i = start;
        while (i < end && b[i] != '?') {
            i++;
        }
        return i + 1;
    }

    /** Where the path's first segment begins: any number of slashes may stand before it. */
    static int firstSegment(byte[] b, int start, int end) {
        int i = start;
        while (i < end && b[i] == '/') {
            i++;
        }
        return i;
    }

    /** Where the path ends without one closing slash. */
    static int lastSegment(byte[] b, int first, int end) {
        return end > first && b[end - 1] == '/' ? end - 1 : end;
    }

    /** Which endpoint the segments between {@code first} and {@code end} name. */
    static int endpoint(byte[] b, int first, int end) {
        if (first >= end) {
            return ROOT;
        }
        if (is(b, first, end, NAME_PIPELINE)) {
            return PIPELINE;
        }
        if (is(b, first, end, NAME_MULTI_EXEC)) {
            return MULTI_EXEC;
        }
        int segment = first;
        while (segment < end && b[segment] != '/') {
            segment++;
        }
        boolean events = is(b, first, segment, NAME_SUBSCRIBE)
                || is(b, first, segment, NAME_PSUBSCRIBE)
                || is(b, first, segment, NAME_MONITOR);
        return events ? EVENTS : COMMAND;
    }

    private static boolean is(byte[] b, int from, int to, byte[] name) {
        if (to - from != name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (b[from + i] != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** Appends each segment as an argument. False when an escape is malformed. */
    static boolean path(byte[] b, int first, int end, Rows rows) {
        int from = first;
        for (int i = first; i <= end; i++) {
            if (i == end || b[i] == '/') {
                rows.beginArgument();
                if (!decode(b, from, i, false, rows)) {
                    return false;
                }
                rows.endArgument();
                from = i + 1;
            }
        }
        return true;
    }

    /**
     * Appends each parameter's key and, behind an equals sign, its value as arguments, the token left out. False when an
     * escape is malformed.
     */
    static boolean parameters(byte[] b, int start, int end, Rows rows) {
        int from = start;
        for (int i = start; i <= end; i++) {
            if (i < end && b[i] != '&') {
                continue;
            }
            if (i > from && !parameter(b, from, i, rows)) {
                return false;
            }
            from = i + 1;
        }
        return true;
    }

    private static boolean parameter(byte[] b, int from, int to, Rows rows) {
        int equals = equalsSign(b, from, to);
        rows.beginArgument();
        if (!decode(b, from, equals, true, rows)) {
            return false;
        }
        rows.endArgument();
        if (rows.dropLast(TOKEN) || equals == to) {
            return true;
        }
        rows.beginArgument();
        boolean fine = decode(b, equals + 1, to, true, rows);
        rows.endArgument();
        return fine;
    }

    /** Makes the token in the query the only argument of {@code to}, or none if there is no token. */
    static void token(byte[] b, int start, int end, Rows to) {
        int from = start;
        for (int i = start; i <= end; i++) {
            if (i < end && b[i] != '&') {
                continue;
            }
            int equals = equalsSign(b, from, i);
            to.reset();
            to.beginArgument();
            boolean fine = decode(b, from, equals, true, to);
            to.endArgument();
            if (fine && to.dropLast(TOKEN) && equals < i) {
                to.beginArgument();
                if (decode(b, equals + 1, i, true, to)) {
                    to.endArgument();
                }
                return;
            }
            from = i + 1;
        }
        to.reset();
    }

    private static int equalsSign(byte[] b, int from, int to) {
        int i = from;
        while (i < to && b[i] != '=') {
            i++;
        }
        return i;
    }

    private static boolean decode(byte[] b, int from, int to, boolean plusIsSpace, Rows rows) {
        int plain = from;
        for (int i = from; i < to; i++) {
            byte c = b[i];
            if (c != '%' && !(plusIsSpace && c == '+')) {
                continue;
            }
            rows.append(b, plain, i - plain);
            if (c == '+') {
                rows.append((byte) ' ');
            } else {
                boolean whole = i + 2 < to;
                int high = whole ? digit(b[i + 1]) : -1;
                int low = whole ? digit(b[i + 2]) : -1;
                if (high < 0 || low < 0) {
                    return false;
                }
                rows.append((byte) (high << 4 | low));
                i += 2;
            }
            plain = i + 1;
        }
        rows.append(b, plain, to - plain);
        return true;
    }

    private static int digit(byte c) {
        return Character.digit((char) (c & 0xFF), 16);
    }
}
