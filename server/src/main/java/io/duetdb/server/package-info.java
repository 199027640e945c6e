/**
 * The composition root: {@link io.duetdb.server.Main} reads the settings, builds one instance out of engine and front
 * ends, and gives it what the engine never takes by itself: time, chance, memory and the process.
 */
@NullMarked
package io.duetdb.server;

import org.jspecify.annotations.NullMarked;
