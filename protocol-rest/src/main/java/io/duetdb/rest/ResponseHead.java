package io.duetdb.rest;

import io.duetdb.bytes.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes heads of responses, one after the other, into one array. */
final class ResponseHead {
    /** {@link #end}: the body comes in chunks. */
    static final int CHUNKED = -1;
    /** {@link #end}: no body and no word about one. */
    static final int NONE = -2;

    private static final byte[] OK = line("HTTP/1.1 200 OK");
    private static final byte[] JSON = line("Content-Type: application/json");
    private static final byte[] OCTETS = line("Content-Type: application/octet-stream");
    private static final byte[] EVENTS = text("Content-Type: text/event-stream\r\nCache-Control: no-cache\r\n");
    private static final byte[] LENGTH = text("Content-Length: ");
    private static final byte[] TRANSFER = line("Transfer-Encoding: chunked");
    private static final byte[] SYNC = text("upstash-sync-token: ");
    private static final byte[] CLOSE = line("Connection: close");
    private static final byte[] KEEP_ALIVE = line("Connection: keep-alive");
    private static final byte[] ALLOW = line("Allow: GET, POST, PUT, HEAD, OPTIONS");
    private static final byte[] CORS =
            text("Access-Control-Allow-Origin: *\r\n" + "Access-Control-Expose-Headers: upstash-sync-token\r\n");
    private static final byte[] PREFLIGHT = text(
            "Access-Control-Allow-Methods: GET, POST, PUT, HEAD, OPTIONS\r\n" + "Access-Control-Max-Age: 86400\r\n");
    private static final byte[] ALLOW_HEADERS = text("Access-Control-Allow-Headers: ");
    private static final byte[] ALLOWED_HEADERS =
            text("authorization, content-type, accept, cache-control, upstash-encoding, upstash-response-format,"
                    + " upstash-sync-token, upstash-telemetry-sdk, upstash-telemetry-runtime,"
                    + " upstash-telemetry-platform");
    private static final byte[] CRLF = text("\r\n");

    private final SyncToken sync;
    private byte[] bytes = new byte[1024];
    private int size;

    ResponseHead(SyncToken sync) {
        this.sync = sync;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] line(String text) {
        return text(text + "\r\n");
    }

    private static String reason(int status) {
        return switch (status) {
            case 204 -> "No Content";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 413 -> "Content Too Large";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 503 -> "Service Unavailable";
            default -> "Unknown";
        };
    }

    /** Starts a head with its status line. */
    ResponseHead start(int status) {
        size = 0;
        if (status == 200) {
            put(OK);
        } else {
            put(line("HTTP/1.1 " + status + " " + reason(status)));
        }
        if (status == 405) {
            put(ALLOW);
        }
        return this;
    }

    /** Says what the body is: JSON, or RESP's bytes. */
    ResponseHead type(boolean json) {
        put(json ? JSON : OCTETS);
        return this;
    }

    /** Says that the body is a stream of events, which nobody may keep. */
    ResponseHead events() {
        put(EVENTS);
        return this;
    }

    /** Adds the sync token for {@code offset}. */
    ResponseHead sync(long offset) {
        put(SYNC);
        put(sync.at(offset), 0, SyncToken.LENGTH);
        put(CRLF);
        return this;
    }

    /** Lets a page of any origin read the response. */
    ResponseHead cors() {
        put(CORS);
        return this;
    }

    /** Answers a browser's question beforehand, allowing the header names it asked for, or those the SDK sends. */
    ResponseHead preflight(byte[] b, int from, int to) {
        put(PREFLIGHT);
        put(ALLOW_HEADERS);
        if (from < to) {
            put(b, from, to - from);
        } else {
            put(ALLOWED_HEADERS);
        }
        put(CRLF);
        return this;
    }

    /** Says whether the connection goes on, where HTTP's version does not say so already. */
    ResponseHead connection(boolean persistent, boolean http10) {
        if (!persistent) {
            put(CLOSE);
        } else if (http10) {
            put(KEEP_ALIVE);
        }
        return this;
    }

    /** Ends the head; {@code length} is the body's, or {@link #CHUNKED} or {@link #NONE}. */
    ResponseHead end(long length) {
        if (length == CHUNKED) {
            put(TRANSFER);
        } else if (length != NONE) {
            put(LENGTH);
            room(20);
            size = Numbers.write(length, bytes, size);
            put(CRLF);
        }
        put(CRLF);
        return this;
    }

    /** The head's bytes, from 0 to {@link #size}. */
    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    private void put(byte[] from) {
        put(from, 0, from.length);
    }

    private void put(byte[] from, int offset, int length) {
        room(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
