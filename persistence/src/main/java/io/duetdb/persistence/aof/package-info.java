/** The append-only file: its manifest, its writing with checksums, its rewrite. */
@NullMarked
package io.duetdb.persistence.aof;

import org.jspecify.annotations.NullMarked;
