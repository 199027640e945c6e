/** Append-only file and snapshots: how the keyspace outlives the process. */
@NullMarked
package io.duetdb.persistence;

import org.jspecify.annotations.NullMarked;
