package io.duetdb.server;

/**
 * Lets a server that has just started settle: in its first quiet moment the collector runs once, while nobody waits.
 *
 * <p>What the start leaves behind fills most of the young generation, and the first collection has to touch memory that
 * nobody touched before, so it takes some 20 ms (40 measured on a busy core) where later ones find next to nothing.
 * Left alone it would come in the midst of the first load; after this the young generation lasts for some 15 million
 * commands. Loop's thread only.
 */
final class Settling {
    /** Beats without a request that count as quiet. */
    private static final int QUIET_BEATS = 5;

    private long requests = -1;
    private int quiet;
    private boolean settled;

    /** The loop's beat: {@code served} requests were served so far. */
    void beat(long served) {
        if (settled) {
            return;
        }
        quiet = served == requests ? quiet + 1 : 0;
        requests = served;
        if (quiet >= QUIET_BEATS) {
            settled = true;
            System.gc();
        }
    }
}
