/** The engine's own settings and how CONFIG serves the joined table. */
@NullMarked
package io.duetdb.engine.config;

import org.jspecify.annotations.NullMarked;
