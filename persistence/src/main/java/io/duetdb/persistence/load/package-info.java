/** Loading at the start: which files hold the data, how far they are whole, and their way into the engine. */
@NullMarked
package io.duetdb.persistence.load;

import org.jspecify.annotations.NullMarked;
