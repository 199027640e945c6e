package io.duetdb.persistence.tool;

/** Bytes as people can read them. */
final class Excerpt {
    private static final int SHOWN_MAX = 40;

    private Excerpt() {}

    /** The first bytes of an array in quotes, what is no letter as {@code \xHH}. */
    static String quoted(byte[] bytes, int length) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < Math.min(length, SHOWN_MAX); i++) {
            int c = bytes[i] & 0xFF;
            switch (c) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n");
                case '"', '\\' -> text.append('\\').append((char) c);
                default -> {
                    if (c >= ' ' && c < 0x7F) {
                        text.append((char) c);
                    } else {
                        text.append("\\x")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    }
                }
            }
        }
        return text.append(length > SHOWN_MAX ? "\"..." : "\"").toString();
    }
}
