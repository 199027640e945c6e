package io.duetdb.engine.command;

import org.jspecify.annotations.Nullable;

/**
 * What the commands of a family do. To link a reference to a method takes the JVM 0.25 ms, and there are 250 of them: a
 * first embedded instance took 226 ms when its start linked all, and 187 since a family names its functions in a switch,
 * whose cases are linked when they are asked for.
 */
@FunctionalInterface
public interface CommandFunctions {
    /** The function of a command by the last part of its name, in upper case; null when the family has no such command. */
    @Nullable
    CommandFunction named(String name);
}
