/** Backups: named snapshots in a folder of their own below the data, made by the clock. */
@NullMarked
package io.duetdb.persistence.backup;

import org.jspecify.annotations.NullMarked;
