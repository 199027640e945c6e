/** The commands, by theme: in each file a table of declarations and the functions under it. */
@NullMarked
package io.duetdb.engine.commands;

import org.jspecify.annotations.NullMarked;
