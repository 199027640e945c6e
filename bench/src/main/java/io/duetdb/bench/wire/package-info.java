/** Micro-benchmarks of the bytes on the wire: decoder, reply sink, keyed hash, numbers. */
@NullMarked
package io.duetdb.bench.wire;

import org.jspecify.annotations.NullMarked;
