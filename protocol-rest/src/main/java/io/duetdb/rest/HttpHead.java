package io.duetdb.rest;

import java.nio.charset.StandardCharsets;

/**
 * The head of an HTTP/1.1 request, read strictly and without making objects. What two servers on the way could read
 * differently is refused: bare line feeds, folded lines, spaces before colons, control characters, two lengths, a length
 * beside a transfer coding, codings other than exactly {@code chunked}, other targets than a path. All positions are in
 * the array that was scanned and hold until it changes.
 */
final class HttpHead {
    /*
     * Why not Netty's HttpObjectDecoder: it skips control characters before the request line, joins folded lines before
     * anybody can see them, drops Content-Length beside Transfer-Encoding, takes "0x", blanks and trailing garbage in
     * chunk sizes, and makes about 15 objects per request. A validator in front of it would have to find the ends of
     * bodies too, and two parsers that disagree about that are the hole that smuggling needs. A test compares: what this
     * parser accepts, Netty's reads as the same requests.
     */

    /** The head is not complete yet. */
    static final int MORE = 0;
    /** {@link #scan}: the head must be refused. */
    static final int BAD = -1;
    /** {@link #scan}: the head is too long. */
    static final int TOO_LONG = -2;

    /** {@link #method}: what a request may ask for. */
    static final int GET = 1;

    static final int POST = 2;
    static final int PUT = 3;
    static final int HEAD = 4;
    static final int OPTIONS = 5;
    static final int OTHER = 6;

    private static final byte[] CONTENT_LENGTH = lower("content-length");
    private static final byte[] CONTENT_LENGTH_LIKE = lower("content_length");
    private static final byte[] TRANSFER_ENCODING = lower("transfer-encoding");
    private static final byte[] TRANSFER_ENCODING_LIKE = lower("transfer_encoding");
    private static final byte[] HOST = lower("host");
    private static final byte[] CONNECTION = lower("connection");
    private static final byte[] EXPECT = lower("expect");
    private static final byte[] AUTHORIZATION = lower("authorization");
    private static final byte[] ORIGIN = lower("origin");
    private static final byte[] REQUEST_HEADERS = lower("access-control-request-headers");
    private static final byte[] UPSTASH_ENCODING = lower("upstash-encoding");
    private static final byte[] RESPONSE_FORMAT = lower("upstash-response-format");
    private static final byte[] RESPONSE_FORMAT_DOCS = lower("upstash-reponse-format");

    private static final byte[] CHUNKED = lower("chunked");
    private static final byte[] CONTINUE = lower("100-continue");
    private static final byte[] BASE64 = lower("base64");
    private static final byte[] JSON = lower("json");
    private static final byte[] RESP2 = lower("resp2");
    private static final byte[] CLOSE = lower("close");
    private static final byte[] KEEP_ALIVE = lower("keep-alive");
    private static final byte[] BEARER = lower("bearer ");
    private static final byte[] HTTP_1 = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);

    /** Characters of a token (RFC 9110 5.6.2), a bit per ASCII character. */
    private static final long TOKEN_LOW = bits("!#$%&'*+-.0123456789", 0);

    private static final long TOKEN_HIGH = bits("ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~", 64);
    /** Characters of a host with port (RFC 3986 3.2.2). */
    private static final long HOST_LOW = bits("!$%&'()*+,-.0123456789:;", 0) | 1L << '=';

    private static final long HOST_HIGH = bits("ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz~", 64);

    private int scanned;
    private int method;
    private int targetStart;
    private int targetEnd;
    private boolean http10;
    private long contentLength;
    private boolean chunked;
    private boolean close;
    private boolean keepAlive;
    private boolean expectContinue;
    private boolean expectOther;
    private int hosts;
    private int authorizations;
    private int tokenStart;
    private int tokenEnd;
    private boolean origin;
    private int requestHeadersStart;
    private int requestHeadersEnd;
    private boolean base64;
    private boolean resp2;
    private boolean formatUnknown;

    private static byte[] lower(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static long bits(String characters, int from) {
        long bits = 0;
        for (int i = 0; i < characters.length(); i++) {
            bits |= 1L << characters.charAt(i) - from;
        }
        return bits;
    }

    private static boolean in(long low, long high, int c) {
        return c >= 0 && (c < 64 ? (low >>> c & 1) != 0 : (high >>> c - 64 & 1) != 0);
    }

    // ---- finding the end

    /** Expects a new head. */
    void reset() {
        scanned = 0;
    }

    /**
     * Looks for the head's end and refuses bytes that may not stand in one. Returns the position behind it, or
     * {@link #MORE}, {@link #BAD}, {@link #TOO_LONG}. When more bytes have come, {@code from} may have moved.
     */
    int scan(byte[] b, int from, int end) {
        int limit = (int) Math.min(end, (long) from + Limits.HEAD);
        for (int i = from + scanned; i < limit; i++) {
            int c = b[i];
            if (c >= 0x20 && c != 0x7F || c < 0 || c == '\t') {
                continue;
            }
            if (c != '\r' || i == from) {
                return BAD;
            }
            if (i + 1 >= limit) {
                break;
            }
            if (b[++i] != '\n') {
                return BAD;
            }
            if (i + 2 < limit && b[i + 1] == '\r' && b[i + 2] == '\n') {
                return i + 3;
            }
        }
        // Four bytes are looked at again next time: the end may be cut anywhere. A LF's CR belongs to it.
        scanned = Math.max(0, limit - from - 4);
        if (scanned > 0 && b[from + scanned] == '\n') {
            scanned--;
        }
        return end - from >= Limits.HEAD ? TOO_LONG : MORE;
    }

    // ---- reading it

    /** Reads the head that {@link #scan} found between {@code from} and {@code end}. False when it must be refused. */
    boolean parse(byte[] b, int from, int end) {
        clear();
        int lineEnd = lineEnd(b, from);
        if (lineEnd - from > Limits.REQUEST_LINE || !requestLine(b, from, lineEnd)) {
            return false;
        }
        int fields = 0;
        int at = lineEnd + 2;
        while (at < end - 2) {
            lineEnd = lineEnd(b, at);
            if (++fields > Limits.FIELDS || !field(b, at, lineEnd)) {
                return false;
            }
            at = lineEnd + 2;
        }
        boolean hostFine = hosts == 1 || (hosts == 0 && http10);
        boolean lengthFine = !chunked || (contentLength < 0 && !http10);
        return hostFine && lengthFine && authorizations <= 1 && !expectOther;
    }

    private void clear() {
        contentLength = -1;
        chunked = false;
        close = false;
        keepAlive = false;
        expectContinue = false;
        expectOther = false;
        hosts = 0;
        authorizations = 0;
        tokenStart = 0;
        tokenEnd = 0;
        origin = false;
        requestHeadersStart = 0;
        requestHeadersEnd = 0;
        base64 = false;
        resp2 = false;
        formatUnknown = false;
    }

    private static int lineEnd(byte[] b, int from) {
        int i = from;
        while (b[i] != '\r') {
            i++;
        }
        return i;
    }

    private boolean requestLine(byte[] b, int from, int end) {
        int space = from;
        while (space < end && in(TOKEN_LOW, TOKEN_HIGH, b[space])) {
            space++;
        }
        if (space == from || space == end || b[space] != ' ') {
            return false;
        }
        method = methodOf(b, from, space - from);
        targetStart = space + 1;
        int i = targetStart;
        while (i < end && b[i] != ' ') {
            if (b[i] == '#' || b[i] == '\t') {
                return false;
            }
            i++;
        }
        targetEnd = i;
        if (targetEnd == targetStart || b[targetStart] != '/') {
            return false;
        }
        return version(b, i + 1, end);
    }

    private boolean version(byte[] b, int from, int end) {
        if (end - from != 8) {
            return false;
        }
        for (int i = 0; i < HTTP_1.length; i++) {
            if (b[from + i] != HTTP_1[i]) {
                return false;
            }
        }
        http10 = b[from + 7] == '0';
        return http10 || b[from + 7] == '1';
    }

    private static int methodOf(byte[] b, int at, int length) {
        return switch (length) {
            case 3 ->
                b[at] == 'G' && b[at + 1] == 'E' && b[at + 2] == 'T'
                        ? GET
                        : b[at] == 'P' && b[at + 1] == 'U' && b[at + 2] == 'T' ? PUT : OTHER;
            case 4 ->
                b[at] == 'P' && b[at + 1] == 'O' && b[at + 2] == 'S' && b[at + 3] == 'T'
                        ? POST
                        : b[at] == 'H' && b[at + 1] == 'E' && b[at + 2] == 'A' && b[at + 3] == 'D' ? HEAD : OTHER;
            case 7 -> new String(b, at, length, StandardCharsets.ISO_8859_1).equals("OPTIONS") ? OPTIONS : OTHER;
            default -> OTHER;
        };
    }

    /** One field line. Also used for trailers, through {@link #trailer}. */
    private boolean field(byte[] b, int from, int end) {
        int colon = nameEnd(b, from, end);
        if (colon < 0) {
            return false;
        }
        int start = colon + 1;
        int stop = end;
        while (start < stop && (b[start] == ' ' || b[start] == '\t')) {
            start++;
        }
        while (stop > start && (b[stop - 1] == ' ' || b[stop - 1] == '\t')) {
            stop--;
        }
        switch (colon - from) {
            case 4 -> {
                if (is(b, from, colon, HOST)) {
                    hosts++;
                    return host(b, start, stop);
                }
            }
            case 6 -> {
                if (is(b, from, colon, EXPECT)) {
                    expectContinue = is(b, start, stop, CONTINUE);
                    expectOther |= !expectContinue;
                } else if (is(b, from, colon, ORIGIN)) {
                    origin = true;
                }
            }
            case 10 -> {
                if (is(b, from, colon, CONNECTION)) {
                    connection(b, start, stop);
                }
            }
            case 13 -> {
                if (is(b, from, colon, AUTHORIZATION)) {
                    authorization(b, start, stop);
                }
            }
            case 14, 17 -> {
                return framing(b, from, colon, start, stop);
            }
            case 16, 22, 23 -> extension(b, from, colon, start, stop);
            case 30 -> {
                if (is(b, from, colon, REQUEST_HEADERS)) {
                    requestHeadersStart = start;
                    requestHeadersEnd = stop;
                }
            }
            default -> {}
        }
        return true;
    }

    /** The position of the colon behind a well-formed field name, or -1. */
    private static int nameEnd(byte[] b, int from, int end) {
        int colon = from;
        while (colon < end && in(TOKEN_LOW, TOKEN_HIGH, b[colon])) {
            colon++;
        }
        return colon == from || colon == end || b[colon] != ':' ? -1 : colon;
    }

    private boolean framing(byte[] b, int from, int colon, int start, int stop) {
        if (is(b, from, colon, CONTENT_LENGTH)) {
            return length(b, start, stop);
        }
        if (is(b, from, colon, TRANSFER_ENCODING)) {
            boolean fine = !chunked && is(b, start, stop, CHUNKED);
            chunked = true;
            return fine;
        }
        return !is(b, from, colon, CONTENT_LENGTH_LIKE) && !is(b, from, colon, TRANSFER_ENCODING_LIKE);
    }

    private boolean length(byte[] b, int start, int stop) {
        if (contentLength >= 0 || start == stop || stop - start > 18) {
            return false;
        }
        long value = 0;
        for (int i = start; i < stop; i++) {
            int digit = b[i] - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            value = value * 10 + digit;
        }
        contentLength = value;
        return true;
    }

    private static boolean host(byte[] b, int start, int stop) {
        for (int i = start; i < stop; i++) {
            if (!in(HOST_LOW, HOST_HIGH, b[i])) {
                return false;
            }
        }
        return true;
    }

    private void connection(byte[] b, int start, int stop) {
        int from = start;
        for (int i = start; i <= stop; i++) {
            if (i < stop && b[i] != ',') {
                continue;
            }
            int to = i;
            while (from < to && (b[from] == ' ' || b[from] == '\t')) {
                from++;
            }
            while (to > from && (b[to - 1] == ' ' || b[to - 1] == '\t')) {
                to--;
            }
            close |= is(b, from, to, CLOSE);
            keepAlive |= is(b, from, to, KEEP_ALIVE);
            from = i + 1;
        }
    }

    private void authorization(byte[] b, int start, int stop) {
        authorizations++;
        tokenStart = start;
        tokenEnd = start;
        if (stop - start > BEARER.length && is(b, start, start + BEARER.length, BEARER)) {
            tokenStart = start + BEARER.length;
            while (tokenStart < stop && b[tokenStart] == ' ') {
                tokenStart++;
            }
            tokenEnd = stop;
        }
    }

    private void extension(byte[] b, int from, int colon, int start, int stop) {
        if (is(b, from, colon, UPSTASH_ENCODING)) {
            base64 = is(b, start, stop, BASE64);
        } else if (is(b, from, colon, RESPONSE_FORMAT) || is(b, from, colon, RESPONSE_FORMAT_DOCS)) {
            resp2 = is(b, start, stop, RESP2);
            formatUnknown = !resp2 && !is(b, start, stop, JSON);
        }
    }

    /** Whether a line of a chunked body's trailer may stand there: well-formed, and nothing that frames or routes. */
    static boolean trailer(byte[] b, int from, int end) {
        int colon = nameEnd(b, from, end);
        return colon >= 0
                && !is(b, from, colon, CONTENT_LENGTH)
                && !is(b, from, colon, TRANSFER_ENCODING)
                && !is(b, from, colon, HOST)
                && !is(b, from, colon, AUTHORIZATION);
    }

    private static boolean is(byte[] b, int from, int to, byte[] lower) {
        if (to - from != lower.length) {
            return false;
        }
        for (int i = 0; i < lower.length; i++) {
            int c = b[from + i];
            if (c >= 'A' && c <= 'Z') {
                c += 'a' - 'A';
            }
            if (c != lower[i]) {
                return false;
            }
        }
        return true;
    }

    // ---- what was read

    /** GET, POST, PUT, HEAD, OPTIONS or OTHER. */
    int method() {
        return method;
    }

    /** Where the target begins, with a slash. */
    int targetStart() {
        return targetStart;
    }

    int targetEnd() {
        return targetEnd;
    }

    /** Whether a request in HTTP/1.0 is answered: its client knows no chunks. */
    boolean http10() {
        return http10;
    }

    /** Length of the body, or -1 when none was given. */
    long contentLength() {
        return contentLength;
    }

    boolean chunked() {
        return chunked;
    }

    /** Whether the connection is to go on after the response. */
    boolean persistent() {
        return !close && (!http10 || keepAlive);
    }

    /** Whether the client waits for a go-ahead before it sends the body. */
    boolean expectsContinue() {
        return expectContinue && !http10;
    }

    /** Whether there was an Authorization field: then its token counts, not the one in the query. */
    boolean hasAuthorization() {
        return authorizations > 0;
    }

    /** The bearer token; empty when there was another scheme. */
    int tokenStart() {
        return tokenStart;
    }

    int tokenEnd() {
        return tokenEnd;
    }

    /** Whether a browser sent this on behalf of a page. */
    boolean hasOrigin() {
        return origin;
    }

    /** The value of Access-Control-Request-Headers; empty when there was none. */
    int requestHeadersStart() {
        return requestHeadersStart;
    }

    int requestHeadersEnd() {
        return requestHeadersEnd;
    }

    /** Whether strings in the response are to be encoded. Unknown encodings are ignored. */
    boolean base64() {
        return base64;
    }

    /** Whether the response is to be the raw RESP2 reply. */
    boolean resp2() {
        return resp2;
    }

    /** Whether a response format was asked for that does not exist. */
    boolean formatUnknown() {
        return formatUnknown;
    }
}
