/**
 * All of the engine that other modules may see, besides its door {@code io.duetdb.engine.Engine}: requests in
 * ({@link io.duetdb.engine.api.Argv}), answers out ({@link io.duetdb.engine.api.Reply}), and what is given to the engine
 * instead of taken by it (clock, chance, blocks of memory, propagation, the host).
 */
@NullMarked
package io.duetdb.engine.api;

import org.jspecify.annotations.NullMarked;
