/** Snapshots: frozen views written as RDB files, by SAVE, BGSAVE, save points, and as the base of a rewrite. */
@NullMarked
package io.duetdb.persistence.snapshot;

import org.jspecify.annotations.NullMarked;
