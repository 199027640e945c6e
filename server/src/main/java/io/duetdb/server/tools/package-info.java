/**
 * The other programs in the jar: {@code duet check}, {@code import}, {@code export}, {@code backup}, and what brings
 * earlier data back before a start. What they do to files is {@link io.duetdb.persistence.tool}'s; here are the words of
 * the terminal around it: arguments, help, exit codes, the socket to a running server, and whether a server is using the
 * folder.
 *
 * <p>They work where no server runs, in a process of their own, so they know of a server only what both need: which
 * settings there are, how a mistake is named, time and chance. The launcher knows them, and lends them the bar that it
 * draws on a terminal; nobody else does, and a server's start loads none of these classes.
 */
@NullMarked
package io.duetdb.server.tools;

import org.jspecify.annotations.NullMarked;
