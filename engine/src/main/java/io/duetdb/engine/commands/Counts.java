package io.duetdb.engine.commands;

import io.duetdb.bytes.Numbers;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;

/** Counts among the arguments, where one error covers both what is no integer and what is too small. */
final class Counts {
    private Counts() {}

    /** An argument as an integer of at least {@code least}. @throws CommandError the given one, if it is anything else */
    static long atLeast(long least, Argv argv, int index, CommandError error) {
        if (!Numbers.isLong(argv.array(index), argv.offset(index), argv.length(index))) {
            throw error;
        }
        long count = argv.integer(index);
        if (count < least) {
            throw error;
        }
        return count;
    }
}
