/**
 * Programs that measure the engine inside their own process: freezing and walking a view beside writes, allocation per
 * command, hash flooding. {@code bench/inprocess} starts them by name.
 */
@NullMarked
package io.duetdb.bench.inprocess;

import org.jspecify.annotations.NullMarked;
