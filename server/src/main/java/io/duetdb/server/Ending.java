package io.duetdb.server;

import java.io.File;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * The shutdown hook: every way out of a running server comes through here. An orderly end is a success, the process ends
 * with 0; with 1 when it could not start, or when data was left behind.
 *
 * <p>What was acknowledged and is in the append-only file lasts first; only the snapshot that the setting {@code save}
 * asks for takes its time. When it can't be written, the process stays and tries again, serving nobody, because memory is
 * the only place where its data is. A second signal ends it all the same.
 */
final class Ending extends Thread {
    private static final long AGAIN_NS = 1_000_000_000;

    private final Instance instance;
    private final String pidFile;
    private volatile boolean begun;
    private volatile boolean failed;
    private volatile boolean kept;

    /** The end of an instance; {@code pidFile} is removed, unless it is empty. */
    Ending(Instance instance, String pidFile) {
        super("duet-end");
        this.instance = instance;
        this.pidFile = pidFile;
    }

    /** Whether the process ends. */
    boolean begun() {
        return begun;
    }

    /** The process is to end with 1. */
    void failed() {
        failed = true;
    }

    @Override
    public void run() {
        begun = true;
        instance.ending();
        instance.stop();
        kept = instance.appendOnly();
        if (instance.writesAtEnd()) {
            NextSignal.run(this::leave);
        }
        boolean told = false;
        while (true) {
            try {
                instance.finish();
                break;
            } catch (IOException e) {
                if (kept) {
                    say("not all could be kept at the end: " + e.getMessage()
                            + ". What was acknowledged is in the append-only file.");
                    failed = true;
                    break;
                }
                if (!told) {
                    told = true;
                    say("the snapshot could not be written: " + e.getMessage()
                            + ". Trying again every second until it can, because the data is nowhere else;"
                            + " a second signal ends without it.");
                }
                LockSupport.parkNanos(this, AGAIN_NS);
            }
        }
        halt(failed);
    }

    /** A second signal: what is in the append-only file lasts by now, and nothing else is waited for. */
    private void leave() {
        if (!kept) {
            say("ended by a second signal before the snapshot was written");
        }
        halt(failed || !kept);
    }

    private void halt(boolean withFailure) {
        if (!pidFile.isEmpty()) {
            new File(pidFile).delete();
        }
        Runtime.getRuntime().halt(withFailure ? 1 : 0);
    }

    private static void say(String line) {
        System.err.println("duet: " + line);
    }
}
