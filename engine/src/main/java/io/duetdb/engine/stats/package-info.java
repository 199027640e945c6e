/** Counters that INFO, SLOWLOG and LATENCY show. */
@NullMarked
package io.duetdb.engine.stats;

import org.jspecify.annotations.NullMarked;
