/** Channels, patterns and who listens to them. */
@NullMarked
package io.duetdb.engine.pubsub;

import org.jspecify.annotations.NullMarked;
