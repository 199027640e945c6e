package io.duetdb.rest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads what came back on a connection as HTTP/1.1 responses, and fails on whatever REST.md does not allow them to be. */
final class StrictResponses {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) [A-Z][A-Za-z ]+");
    private static final Pattern FIELD = Pattern.compile("([A-Za-z-]+): ([ -~\\u00a0-\\u00ff]*)");
    private static final Pattern ERROR = Pattern.compile("(?s)[A-Z][A-Z0-9]* .+");
    private static final Set<Integer> STATUSES = Set.of(200, 204, 400, 401, 405, 408, 413, 431);

    private final JsonFactory factory = new JsonFactory();

    /** One response. */
    record Response(int status, boolean close, String body) {}

    /** All responses in {@code bytes}; {@code ended}: the connection is closed, so a body may end with it. */
    List<Response> read(String bytes, boolean ended) {
        List<Response> responses = new ArrayList<>();
        int at = 0;
        while (at < bytes.length()) {
            if (bytes.startsWith("HTTP/1.1 100 Continue\r\n\r\n", at)) {
                at += 25;
                continue;
            }
            int end = bytes.indexOf("\r\n\r\n", at);
            check(end > 0, "a head without end", bytes);
            Set<String> names = new HashSet<>();
            String[] lines = bytes.substring(at, end).split("\r\n", -1);
            var first = STATUS.matcher(lines[0]);
            check(first.matches(), "a status line", lines[0]);
            int status = Integer.parseInt(first.group(1));
            check(STATUSES.contains(status), "a status of REST.md", lines[0]);
            int length = -1;
            boolean chunked = false;
            boolean close = false;
            String type = "";
            for (int i = 1; i < lines.length; i++) {
                var field = FIELD.matcher(lines[i]);
                check(field.matches(), "a field", lines[i]);
                String name = field.group(1).toLowerCase(Locale.ROOT);
                String value = field.group(2);
                check(names.add(name), "a field that comes once", lines[i]);
                switch (name) {
                    case "content-length" -> length = Integer.parseInt(value);
                    case "transfer-encoding" -> chunked = value.equals("chunked");
                    case "connection" -> close = value.equals("close");
                    case "content-type" -> type = value;
                    default -> {}
                }
            }
            at = end + 4;
            check(length < 0 || !chunked, "one length", bytes);
            if (status == 204) {
                check(length < 0 && !chunked, "no body behind 204", bytes);
                responses.add(new Response(status, close, ""));
                continue;
            }
            check(length >= 0 || chunked || ended, "a length", bytes);
            boolean stream = type.equals("text/event-stream");
            check(stream || type.equals("application/json") || type.equals("application/octet-stream"), "a type", type);
            boolean bodiless = at == bytes.length() || bytes.startsWith("HTTP/1.1 ", at);
            String body = "";
            if (stream && !bodiless) {
                body = chunked ? unchunked(bytes.substring(at)) : bytes.substring(at);
                events(body);
                responses.add(new Response(status, true, body));
                return responses;
            }
            if (!bodiless) {
                int bodyEnd = length >= 0 ? at + length : bytes.length();
                check(bodyEnd <= bytes.length(), "a whole body", bytes);
                check(!chunked, "a short response whole", bytes);
                body = bytes.substring(at, bodyEnd);
                at = bodyEnd;
                body(status, type, body);
            }
            responses.add(new Response(status, close, body));
        }
        return responses;
    }

    /** The chunks of a stream, which may end without the last one. */
    private static String unchunked(String chunks) {
        StringBuilder s = new StringBuilder();
        int at = 0;
        while (at < chunks.length()) {
            int end = chunks.indexOf("\r\n", at);
            check(end > at, "a chunk", chunks);
            int size = Integer.parseInt(chunks.substring(at, end), 16);
            check(chunks.startsWith("\r\n", end + 2 + size), "a whole chunk", chunks);
            s.append(chunks, end + 2, end + 2 + size);
            at = end + 2 + size + 2;
        }
        return s.toString();
    }

    private static void events(String body) {
        check(body.endsWith("\n\n"), "whole events", body);
        for (String event : body.substring(0, body.length() - 2).split("\n\n", -1)) {
            check(event.startsWith("data: ") && event.indexOf('\n') < 0 && event.indexOf('\r') < 0, "an event", event);
        }
    }

    private void body(int status, String type, String body) {
        if (type.equals("application/octet-stream")) {
            check(status == 200 || (status == 400 && body.startsWith("-")), "RESP", body);
            return;
        }
        Object json = json(body);
        if (status != 200) {
            check(isError(json), "an error", body);
        } else if (json instanceof List<?> items) {
            for (Object item : items) {
                check(isResult(item) || isError(item), "an item", body);
            }
        } else {
            check(isResult(json), "a result", body);
        }
    }

    private static boolean isResult(Object json) {
        return json instanceof Map<?, ?> map && map.size() == 1 && map.containsKey("result");
    }

    private static boolean isError(Object json) {
        return json instanceof Map<?, ?> map
                && map.size() == 1
                && map.get("error") instanceof String line
                && ERROR.matcher(line).matches();
    }

    private Object json(String latin1) {
        byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), bytes)) {
            Object value = value(parser, parser.nextToken());
            check(parser.nextToken() == null, "one JSON value", latin1);
            return value;
        }
    }

    private static Object value(JsonParser parser, JsonToken token) {
        switch (token) {
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
                    list.add(value(parser, t));
                }
                return list;
            }
            case START_OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    map.put(name, value(parser, parser.nextToken()));
                }
                return map;
            }
            case VALUE_NULL -> {
                return null;
            }
            default -> {
                return parser.getString();
            }
        }
    }

    private static void check(boolean fine, String what, String where) {
        if (!fine) {
            throw new AssertionError("not " + what + ": " + where.substring(0, Math.min(2000, where.length())));
        }
    }
}
