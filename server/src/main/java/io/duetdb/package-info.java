/**
 * Duet inside a Java program: {@link io.duetdb.Duet} is an instance with or without ports, {@link io.duetdb.DuetClient}
 * executes commands on it in the caller's thread.
 *
 * <pre>{@code
 * try (Duet duet = Duet.start()) {
 *     duet.execute("SET", "greeting", "hello");
 * }
 * }</pre>
 */
@NullMarked
package io.duetdb;

import org.jspecify.annotations.NullMarked;
