/** Data that goes from Duet to Redis and back: by files and by payloads. */
@NullMarked
package io.duetdb.interop;

import org.jspecify.annotations.NullMarked;
