/**
 * How commands are declared, found, checked and run: {@link io.duetdb.engine.command.Command} (a declaration),
 * {@link io.duetdb.engine.command.CommandTable}, {@link io.duetdb.engine.command.Dispatcher} (the way of every request),
 * {@link io.duetdb.engine.command.Call} (all that a handler may touch) and {@link io.duetdb.engine.command.Effects}.
 */
@NullMarked
package io.duetdb.engine.command;

import org.jspecify.annotations.NullMarked;
