/** All databases: entries packed into pages, found by the segmented table, expired by the timing wheel. */
@NullMarked
package io.duetdb.engine.keyspace;

import org.jspecify.annotations.NullMarked;
