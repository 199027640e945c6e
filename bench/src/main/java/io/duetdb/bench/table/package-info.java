/** How fast the engine's hash table is, without keys, entries and commands around it. */
@NullMarked
package io.duetdb.bench.table;

import org.jspecify.annotations.NullMarked;
