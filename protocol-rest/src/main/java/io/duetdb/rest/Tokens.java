package io.duetdb.rest;

import org.jspecify.annotations.Nullable;

/** Says whose token a request carries, in a time that does not depend on how much of it is right. */
final class Tokens {
    /** No token of ours. */
    static final int NOBODY = 0;
    /** The token for everything: user {@code default}. */
    static final int STANDARD = 1;
    /** The token for reading: user {@code default_ro}. */
    static final int READ_ONLY = 2;

    private final byte[] standard;
    private final byte @Nullable [] readOnly;

    Tokens(RestOptions options) {
        standard = RestOptions.bytes(options.token());
        String second = options.readOnlyToken();
        readOnly = second == null || second.isEmpty() ? null : RestOptions.bytes(second);
    }

    /** Whose token the given bytes are. */
    int user(byte[] b, int from, int to) {
        boolean first = same(standard, b, from, to);
        boolean second = readOnly != null && same(readOnly, b, from, to);
        return first ? STANDARD : second ? READ_ONLY : NOBODY;
    }

    private static boolean same(byte[] secret, byte[] b, int from, int to) {
        int length = to - from;
        int different = secret.length ^ length;
        for (int i = 0; i < secret.length; i++) {
            different |= secret[i] ^ (i < length ? b[from + i] : 0);
        }
        return different == 0;
    }
}
