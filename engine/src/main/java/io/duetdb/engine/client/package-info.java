/** Connected users: their state, the table of them, and the gate through which their replies leave. */
@NullMarked
package io.duetdb.engine.client;

import org.jspecify.annotations.NullMarked;
