/** Transactions: what a client has queued since MULTI, and the keys it watches. Knows neither clients nor commands. */
@NullMarked
package io.duetdb.engine.tx;

import org.jspecify.annotations.NullMarked;
