/** Client-side caching: which clients keep which keys, and who is told that one has changed. */
@NullMarked
package io.duetdb.engine.tracking;

import org.jspecify.annotations.NullMarked;
