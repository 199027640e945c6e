package io.duetdb.persistence.load;

import io.duetdb.persistence.aof.AofNames;
import io.duetdb.persistence.disk.Outside;
import java.io.IOException;

/** Removes what a process that ended in the middle of writing left behind: files that no list ever names. */
final class Leftovers {
    private Leftovers() {}

    /** Removes them; what can't be removed stays, with a word in the log. */
    static void remove(Outside outside) {
        AofNames names = new AofNames(outside);
        if (outside.disk().exists(names.folder())) {
            remove(outside, names.folder(), "temp-" + names.stem(), "");
        }
        String dir = outside.settings().text("dir");
        remove(outside, dir, "temp-rewriteaof-", ".aof");
    }

    private static void remove(Outside outside, String folder, String prefix, String suffix) {
        try {
            for (String name : outside.disk().list(folder)) {
                if (name.startsWith(prefix) && name.endsWith(suffix)) {
                    outside.disk().delete(folder + "/" + name);
                    outside.log().notice("Removed " + folder + "/" + name + ", which was never finished.");
                }
            }
        } catch (IOException e) {
            outside.log().warning("Can't remove unfinished files from " + folder + ": " + e.getMessage());
        }
    }
}
