/** The disk and the threads that persistence is given: everything it asks of the outside, and the real form of it. */
@NullMarked
package io.duetdb.persistence.disk;

import org.jspecify.annotations.NullMarked;
