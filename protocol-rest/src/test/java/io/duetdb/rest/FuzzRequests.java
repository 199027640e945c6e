package io.duetdb.rest;

import java.util.List;
import java.util.Random;

/**
 * Requests for fuzzing, as Latin-1 text: an ordinary one of any route is composed, with oddities that a peer may send on
 * purpose (two lengths, codings, chunks that lie, folded lines, JSON that is none), and then some of its bytes are spoilt.
 */
final class FuzzRequests {
    private static final String[] METHODS = {
        "GET", "POST", "POST", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "get", "CONNECT", "TRACE", "PRI", ""
    };
    private static final String[] ROUTES = {
        "/", "/pipeline", "/pipeline", "/multi-exec", "/subscribe/ch", "/psubscribe/c*", "/monitor", "/publish/ch/m"
    };
    private static final String[] PATHS = {
        "//pipeline",
        "/pipeline/",
        "/./get/k",
        "/%70ing",
        "/get/%",
        "/get/%zz/k",
        "/ping?%",
        "/get/k?_token=",
        "/%00",
        "/set/a%2Fb/%ff?EX=10&NX",
        "/set/k?=&==&&%3d=%26",
        "/?_token=secret",
        "*",
        "http://x/ping",
        "/ping#a",
        "",
        "/" + "a/".repeat(300),
        "/echo/" + "x".repeat(3000),
        "/flushall",
        "/blpop/k/0",
        "/exec",
        "/xread/block/0/streams/s/0"
    };
    private static final String[] HEADERS = {
        "Host: y",
        "host:",
        "Content-Length: 5",
        "Content-Length: 0",
        "Content-Length: -1",
        "Content-Length: 5, 5",
        "Content-Length: 99999999999999999999",
        "Content-Length: 100000000",
        "Content-Length: 0x5",
        "Content-Length : 5",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding:\tchunked",
        "Transfer_Encoding: chunked",
        "Expect: 100-continue",
        "Expect: 200-ok",
        "Connection: close",
        "Connection: keep-alive, Upgrade",
        "Upgrade: h2c",
        "HTTP2-Settings: AAMAAABk",
        "Upstash-Encoding: base64",
        "Upstash-Encoding: rot13",
        "Upstash-Response-Format: resp2",
        "Upstash-Response-Format: xml",
        "Upstash-Reponse-Format: resp2",
        "upstash-sync-token: x",
        "Origin: http://a",
        "Access-Control-Request-Headers: a, b",
        "Authorization: Bearer other",
        "Authorization: Basic c2VjcmV0",
        "Upstash-Telemetry-Sdk: a,b",
        "Cookie: " + "c".repeat(500),
        "X: a\u0000b",
        "X: \u00ff",
        " folded",
        "X",
        ": y",
        "X-Forwarded-For: 1\rX: y",
        "A: b\nB: c",
        "Accept: text/event-stream",
        "Range: bytes=0-",
        "Te: trailers"
    };
    private static final String[] CHUNK_SIZES = {
        "0",
        "x",
        "",
        "-1",
        "+1",
        "0x1",
        "1 ",
        " 1",
        "ffffffff",
        "7fffffffffffffff",
        "10000000000000001",
        "1;a=b",
        "1;\n"
    };
    private static final String[] ARGUMENTS = {
        "k", "", "v\\u20ac", "\\ud83d", "\\u0000", "-1", "9223372036854775808", "0", "NX", "EX", "a b", "\u00c3\u00a9"
    };
    private static final String[] VALUES = {
        "null",
        "{}",
        "[]",
        "{\"a\":[1]}",
        "1e999",
        "-0",
        "01",
        "NaN",
        "tru",
        "'a'",
        "\"\\x\"",
        "\"\\ud800\"",
        "\u00ff",
        "\"\u0000\"",
        "1".repeat(1200),
        "//c",
        "/**/1",
        "\ufeff"
    };
    private static final String SPICE = "\r\n\t\u0000\u000b\u007f\u0080\u00ff :;,=&?%#/\\\"'[]{}0159aAgGxX+-.\u001b";

    private final Random random;
    private final List<String> commands;

    FuzzRequests(long seed, List<String> commands) {
        random = new Random(seed);
        this.commands = commands;
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private boolean one(int in) {
        return random.nextInt(in) == 0;
    }

    /** The next request, or several behind each other. */
    String next() {
        StringBuilder bytes = new StringBuilder();
        for (int i = one(8) ? 2 + random.nextInt(3) : 1; i > 0; i--) {
            bytes.append(request());
        }
        for (int i = one(2) ? 0 : 1 + random.nextInt(4); i > 0 && bytes.length() > 0; i--) {
            spoil(bytes);
        }
        return bytes.toString();
    }

    /** Bytes that were never a request. */
    String noise() {
        StringBuilder bytes = new StringBuilder();
        for (int i = random.nextInt(200); i > 0; i--) {
            bytes.append(one(3) ? SPICE.charAt(random.nextInt(SPICE.length())) : (char) random.nextInt(256));
        }
        return bytes.toString();
    }

    private void spoil(StringBuilder bytes) {
        int at = random.nextInt(bytes.length());
        switch (random.nextInt(6)) {
            case 0 -> bytes.setCharAt(at, SPICE.charAt(random.nextInt(SPICE.length())));
            case 1 -> bytes.insert(at, SPICE.charAt(random.nextInt(SPICE.length())));
            case 2 -> bytes.deleteCharAt(at);
            case 3 -> bytes.delete(at, Math.min(bytes.length(), at + random.nextInt(30)));
            case 4 -> bytes.insert(at, bytes.substring(at, Math.min(bytes.length(), at + random.nextInt(60))));
            default -> {
                if (one(4)) {
                    bytes.setLength(at);
                }
            }
        }
    }

    private String request() {
        String target = target();
        StringBuilder s = new StringBuilder(one(20) ? any(METHODS) : any("GET", "POST", "POST", "PUT", "HEAD"));
        s.append(one(50) ? any("\t", "  ", "") : " ").append(target);
        s.append(one(30) ? any("", " HTTP/1.0", " HTTP/2.0", " HTTP/1.10", " http/1.1", "\tHTTP/1.1") : " HTTP/1.1");
        s.append(one(60) ? any("\n", "\r", "\n\r") : "\r\n");
        if (!one(40)) {
            s.append("Host: x\r\n");
        }
        if (!one(15)) {
            s.append("Authorization: Bearer ")
                    .append(one(20) ? any("wrong", "readers", "") : "secret")
                    .append("\r\n");
        }
        for (int i = one(3) ? random.nextInt(3) : 0; i > 0; i--) {
            s.append(any(HEADERS)).append("\r\n");
        }
        String body = one(4) ? "" : body(target);
        if (one(4)) {
            s.append("Transfer-Encoding: chunked\r\n\r\n");
            chunks(s, body);
        } else {
            int length = one(15) ? random.nextInt(body.length() + 20) : body.length();
            if (!one(20)) {
                s.append("Content-Length: ").append(length).append("\r\n");
            }
            s.append("\r\n").append(body);
        }
        return s.toString();
    }

    private void chunks(StringBuilder s, String body) {
        int at = 0;
        while (at < body.length()) {
            int n = 1 + random.nextInt(body.length() - at);
            s.append(one(20) ? any(CHUNK_SIZES) : Integer.toHexString(n));
            s.append(one(30) ? any("\n", "\r", ";x\r\n", ";\"\r\n") : "\r\n");
            s.append(body, at, at + n).append(one(40) ? any("", "\n", "x") : "\r\n");
            at += n;
        }
        s.append(one(20) ? any(CHUNK_SIZES) : "0").append("\r\n");
        if (one(6)) {
            s.append(any("X: y\r\n", "Content-Length: 3\r\n", "X : y\r\n", " f\r\n", "Host: z\r\n", "X: y\n"));
        }
        s.append("\r\n");
    }

    private String target() {
        if (one(5)) {
            return any(PATHS);
        }
        if (one(2)) {
            return any(ROUTES);
        }
        StringBuilder path = new StringBuilder("/").append(commands.get(random.nextInt(commands.size())));
        for (int i = random.nextInt(4); i > 0; i--) {
            path.append('/').append(any("k", "1", "a%20b", "%e2%82%ac", "", "-1", "%00", "NX"));
        }
        return path.append(one(5) ? any("?", "?EX=5&NX", "?_token=secret", "?a=%", "?%ff", "?=") : "")
                .toString();
    }

    private String body(String target) {
        StringBuilder s = new StringBuilder();
        if (target.startsWith("/pipeline") || target.startsWith("/multi-exec")) {
            s.append('[');
            for (int i = random.nextInt(5); i > 0; i--) {
                s.append(row()).append(i > 1 ? "," : "");
            }
            s.append(']');
        } else {
            s.append(one(8) ? noise() : row());
        }
        for (int i = one(3) ? 1 + random.nextInt(3) : 0; i > 0; i--) {
            int at = random.nextInt(s.length() + 1);
            s.insert(at, one(2) ? any(VALUES) : any("[", "]", ",", "\"", "{", "}", ":", "\\", " "));
        }
        return s.toString();
    }

    private String row() {
        StringBuilder s = new StringBuilder("[\"");
        s.append(commands.get(random.nextInt(commands.size())).replace("/", "\",\""))
                .append('"');
        for (int i = random.nextInt(4); i > 0; i--) {
            s.append(',');
            switch (random.nextInt(6)) {
                case 0 -> s.append(random.nextInt(2000) - 1000);
                case 1 -> s.append(any("true", "false", "1.5", "1e3"));
                case 2 -> s.append(one(10) ? any(VALUES) : "7");
                default -> s.append('"').append(any(ARGUMENTS)).append('"');
            }
        }
        return s.append(']').toString();
    }
}
