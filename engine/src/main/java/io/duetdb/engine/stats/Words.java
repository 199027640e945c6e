package io.duetdb.engine.stats;

import java.nio.charset.StandardCharsets;

/** Texts as bytes. */
final class Words {
    private Words() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
