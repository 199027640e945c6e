package io.duetdb.server;

import java.nio.charset.StandardCharsets;

/** What the start prints: lines to paste into a shell, and how much memory there is. */
final class Banner {
    private static final String UNRESERVED = "-._~";
    private static final String HEX = "0123456789ABCDEF";

    private Banner() {}

    /**
     * The whole block. A port of -1 is not served and leaves its lines out.
     *
     * @param bind the first address listened on
     * @param readOnlyToken another REST token, or empty
     * @param memory the line about the memory limit
     */
    static String text(
            String bind,
            int port,
            String password,
            int restPort,
            String restToken,
            String readOnlyToken,
            String memory) {
        String host = host(bind);
        StringBuilder text = new StringBuilder(1024).append('\n');
        if (port >= 0) {
            text.append("  redis-cli");
            if (!host.equals("127.0.0.1")) {
                text.append(" -h ").append(host.indexOf(':') < 0 ? host : host.substring(1, host.length() - 1));
            }
            if (port != 6379) {
                text.append(" -p ").append(port);
            }
            if (!password.isEmpty()) {
                text.append(" --no-auth-warning -a ").append(quoted(password));
            }
            text.append("\n  export REDIS_URL=redis://");
            if (!password.isEmpty()) {
                text.append(':').append(percentEncoded(password)).append('@');
            }
            text.append(host).append(':').append(port).append('\n');
        }
        if (restPort >= 0) {
            String url = "http://" + host + ":" + restPort;
            text.append("  export UPSTASH_REDIS_REST_URL=").append(url);
            text.append("\n  export UPSTASH_REDIS_REST_TOKEN=").append(quoted(restToken));
            text.append("\n  curl -H ").append(quoted("Authorization: Bearer " + restToken));
            text.append(' ').append(url).append("/set/hello/world\n");
            if (!readOnlyToken.isEmpty()) {
                text.append("  # for reading only: UPSTASH_REDIS_REST_TOKEN=")
                        .append(quoted(readOnlyToken))
                        .append('\n');
            }
        }
        return text.append('\n').append(memory).append('\n').toString();
    }

    /** The address to reach an instance at that listens on {@code bind}: everywhere is reached here. */
    private static String host(String bind) {
        int end = bind.indexOf(' ');
        String first = end < 0 ? bind : bind.substring(0, end);
        if (first.startsWith("-")) {
            first = first.substring(1); // redis.conf: an address that may be missing on this host
        }
        if (first.isEmpty() || first.equals("*") || first.equals("0.0.0.0") || first.equals("::")) {
            return "127.0.0.1";
        }
        return first.indexOf(':') < 0 ? first : "[" + first + "]";
    }

    /** A word as the shell reads it back: bare when it is harmless, otherwise in quotes. */
    private static String quoted(String word) {
        boolean harmless = !word.isEmpty();
        StringBuilder text = new StringBuilder(word.length() + 2).append('\'');
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            harmless &= letterOrDigit(c) || UNRESERVED.indexOf(c) >= 0;
            if (c == '\'') {
                text.append("'\\'");
            }
            text.append(c);
        }
        return harmless ? word : text.append('\'').toString();
    }

    private static String percentEncoded(String word) {
        StringBuilder text = new StringBuilder(word.length());
        for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (letterOrDigit(c) || UNRESERVED.indexOf(c) >= 0) {
                text.append(c);
            } else {
                text.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
        return text.toString();
    }

    private static boolean letterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }
}
