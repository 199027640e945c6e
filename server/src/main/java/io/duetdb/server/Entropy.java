package io.duetdb.server;

import java.io.FileInputStream;
import java.io.IOException;
import java.security.SecureRandom;

/**
 * Strong random bytes: seeds, tokens, run ids. Reads the system's source directly where there is one, because
 * {@link SecureRandom}'s first use loads a hundred classes on the way to the first reply.
 */
public final class Entropy {
    private static final String SOURCE = "/dev/urandom";
    private static final String HEX = "0123456789abcdef";

    private Entropy() {}

    /** Fills {@code bytes}. */
    public static void fill(byte[] bytes) {
        try (FileInputStream source = new FileInputStream(SOURCE)) {
            if (source.readNBytes(bytes, 0, bytes.length) == bytes.length) {
                return;
            }
        } catch (IOException e) {
            // No such device on this system: the JDK's own source below is as good, only slower to start.
        }
        new SecureRandom().nextBytes(bytes);
    }

    /** A random number for seeding what must not be predictable from outside. */
    public static long seed() {
        byte[] bytes = new byte[Long.BYTES];
        fill(bytes);
        long seed = 0;
        for (byte b : bytes) {
            seed = seed << 8 | b & 0xff;
        }
        return seed;
    }

    /** A secret of {@code bytes} random bytes in hexadecimal digits. */
    public static String token(int bytes) {
        byte[] random = new byte[bytes];
        fill(random);
        StringBuilder token = new StringBuilder(2 * bytes);
        for (byte b : random) {
            token.append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
        }
        return token.toString();
    }
}
