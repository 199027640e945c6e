/** Keyspace events by their Redis names. */
@NullMarked
package io.duetdb.engine.events;

import org.jspecify.annotations.NullMarked;
