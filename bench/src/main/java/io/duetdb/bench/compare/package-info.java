/**
 * Duet beside redis-server: rows by name, paired and interleaved, with the rules that {@code docs/benchmarks.md} states.
 *
 * <p>Start at {@link io.duetdb.bench.compare.Compare}; the rows with their floors and aims stand in
 * {@link io.duetdb.bench.compare.Rows}. Nothing here knows Duet's classes: the servers are processes, their sockets and
 * their figures under {@code /proc}.
 */
@NullMarked
package io.duetdb.bench.compare;

import org.jspecify.annotations.NullMarked;
