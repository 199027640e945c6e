package io.duetdb.bench.compare;

import java.io.IOException;
import java.util.Locale;

/** One invocation of the program, as workloads see it: the options, and the two peers to start. */
record Session(Options options, Launch launch) {
    /** With servers as most rows want them. */
    Session(Options options) {
        this(options, Launch.IN_MEMORY);
    }

    /** The same with servers that are started otherwise. */
    Session with(Launch other) {
        return new Session(options, other);
    }

    /** Starts the server under test: Duet, or redis-server with {@code --self}. */
    ServerProcess startDuet() throws IOException, InterruptedException {
        return startDuet("");
    }

    /** As {@link #startDuet()}, with further JVM options. */
    ServerProcess startDuet(String jvmOptions) throws IOException, InterruptedException {
        return options.self()
                ? ServerProcess.redis("redis-too", options, launch)
                : ServerProcess.duet(options, jvmOptions, launch);
    }

    /** Starts the peer. */
    ServerProcess startPeer() throws IOException, InterruptedException {
        return ServerProcess.redis("redis", options, launch);
    }

    /** {@code full}, or {@code quick} in the short form. */
    long sized(long full, long quick) {
        return options.quick() ? quick : full;
    }

    /** A line about what is going on, beside the report. */
    void progress(String format, Object... arguments) {
        System.err.printf(Locale.ROOT, "  " + format + "%n", arguments);
    }
}
