/**
 * The engine's door: {@link io.duetdb.engine.Engine} and what it is given ({@link io.duetdb.engine.EngineOptions}). Below
 * it, from top to bottom: {@code commands} (what users can ask), {@code command} (how a request is carried out),
 * {@code client}, {@code acl}, {@code config}, {@code events} (its mechanisms), {@code keyspace} (databases of keys with
 * deadlines), {@code memory} (the pages all of it lives in), and {@code api}, which front ends see too.
 *
 * <p>Nothing here has a thread, a lock, a socket, a file or a clock of its own. Whoever calls owns the engine for the time
 * of the call.
 */
@NullMarked
package io.duetdb.engine;

import org.jspecify.annotations.NullMarked;
