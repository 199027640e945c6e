package io.duetdb.engine.client;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;

/** What a client may call itself: the list of clients is lines of words. */
public final class ClientNames {
    private static final CommandError BAD_NAME =
            new CommandError("ERR Client names cannot contain spaces, newlines or special characters.");

    private ClientNames() {}

    /** Checks a client's name. @throws CommandError when it holds anything but visible ASCII */
    public static void check(Argv argv, int index) {
        if (!isWord(argv, index)) {
            throw BAD_NAME;
        }
    }

    /** Whether an argument is empty or visible ASCII. */
    public static boolean isWord(Argv argv, int index) {
        for (int i = 0; i < argv.length(index); i++) {
            byte c = argv.byteAt(index, i);
            if (c < '!' || c > '~') {
                return false;
            }
        }
        return true;
    }
}
