package io.duetdb.engine;

import io.duetdb.engine.api.BlockSource;
import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Propagator;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.events.KeyEventListener;

/**
 * All that is given to an engine: it takes nothing for itself.
 *
 * @param settings the joined table of settings, {@link Engine#settings} among them
 * @param clock time
 * @param seed seed of all chance, and of the run id
 * @param hashKey0 first half of the key of the keyspace's hash; secret, or an attacker could flood the table
 * @param hashKey1 second half
 * @param blocks where memory comes from
 * @param memoryLimitBytes limit of memory when the setting maxmemory is 0
 * @param checked whether memory checks every access; for tests
 * @param propagator who receives effects
 * @param events who hears of key events
 * @param host the outside
 */
public record EngineOptions(
        Settings settings,
        Clock clock,
        long seed,
        long hashKey0,
        long hashKey1,
        BlockSource blocks,
        long memoryLimitBytes,
        boolean checked,
        Propagator propagator,
        KeyEventListener events,
        Host host) {

    /** Options for an engine by itself: plain blocks, no propagation, no host. */
    public static EngineOptions of(Settings settings, Clock clock, long seed, long memoryLimitBytes) {
        return new EngineOptions(
                settings,
                clock,
                seed,
                seed * 0x9E3779B97F4A7C15L + 1,
                ~seed,
                BlockSource.PLAIN,
                memoryLimitBytes,
                false,
                Propagator.NONE,
                KeyEventListener.NONE,
                Host.NONE);
    }

    /** With another receiver of effects. */
    public EngineOptions withPropagator(Propagator value) {
        return new EngineOptions(
                settings, clock, seed, hashKey0, hashKey1, blocks, memoryLimitBytes, checked, value, events, host);
    }

    /** With somebody who hears of key events. */
    public EngineOptions withEvents(KeyEventListener value) {
        return new EngineOptions(
                settings, clock, seed, hashKey0, hashKey1, blocks, memoryLimitBytes, checked, propagator, value, host);
    }

    /** With another outside. */
    public EngineOptions withHost(Host value) {
        return new EngineOptions(
                settings,
                clock,
                seed,
                hashKey0,
                hashKey1,
                blocks,
                memoryLimitBytes,
                checked,
                propagator,
                events,
                value);
    }

    /** With another source of blocks. */
    public EngineOptions withBlocks(BlockSource value) {
        return new EngineOptions(
                settings, clock, seed, hashKey0, hashKey1, value, memoryLimitBytes, checked, propagator, events, host);
    }

    /** With a secret hash key. */
    public EngineOptions withHashKey(long first, long second) {
        return new EngineOptions(
                settings, clock, seed, first, second, blocks, memoryLimitBytes, checked, propagator, events, host);
    }

    /** With memory that checks every access. */
    public EngineOptions withChecks() {
        return new EngineOptions(
                settings, clock, seed, hashKey0, hashKey1, blocks, memoryLimitBytes, true, propagator, events, host);
    }
}
