/** Clients that wait for a key, first come first served. */
@NullMarked
package io.duetdb.engine.blocking;

import org.jspecify.annotations.NullMarked;
