/**
 * Tools over files that no server is using: what is whole, data in, data out, backups, back to an earlier time. Each works
 * on the {@link io.duetdb.persistence.disk.Disk} it is given, with an engine of its own where it needs one, and says what
 * it did in a value; words for the terminal are the launcher's.
 */
@NullMarked
package io.duetdb.persistence.tool;

import org.jspecify.annotations.NullMarked;
