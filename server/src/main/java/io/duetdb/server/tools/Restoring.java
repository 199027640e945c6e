package io.duetdb.server.tools;

import io.duetdb.engine.api.Settings;
import io.duetdb.persistence.disk.Mailbox;
import io.duetdb.persistence.disk.NioDisk;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.tool.Meter;
import io.duetdb.persistence.tool.Restore;
import io.duetdb.persistence.tool.ToolException;
import io.duetdb.server.StartupException;
import io.duetdb.server.SystemClock;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Brings earlier data back before a server loads it. A class of its own: most starts don't. */
public final class Restoring {
    private Restoring() {}

    /** Brings back the backup of a name, or the state at a time, whichever is given; tells it on standard error. */
    public static void run(Settings settings, @Nullable String backup, @Nullable String time, Meter meter)
            throws StartupException {
        FolderInUse.refuse(settings);
        Outside outside = new Outside(
                settings,
                new SystemClock(),
                new NioDisk(),
                name -> {
                    throw new IllegalStateException("a restore needs no worker");
                },
                new Mailbox(() -> {}),
                new Outside.Log() {
                    @Override
                    public void notice(String message) {
                        System.err.println("duet: " + message);
                    }

                    @Override
                    public void warning(String message) {
                        System.err.println("duet: " + message);
                    }
                });
        Restore restore = new Restore(outside, meter);
        try {
            if (backup != null) {
                outside.log().notice(restore.backup(backup));
            } else if (time != null) {
                outside.log().notice(restore.toTime(Restore.time(time)));
            }
        } catch (ToolException e) {
            throw new StartupException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new StartupException("what was asked for can't be restored: " + e.getMessage());
        }
    }
}
