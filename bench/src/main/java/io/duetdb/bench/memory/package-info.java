/** Micro-benchmarks of the page memory: what an access, a block and a view cost. Run by {@code bench/jmh memory}. */
@NullMarked
package io.duetdb.bench.memory;

import org.jspecify.annotations.NullMarked;
