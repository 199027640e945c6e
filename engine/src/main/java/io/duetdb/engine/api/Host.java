package io.duetdb.engine.api;

import java.util.List;

/** What commands ask of the outside. The server implements it; the engine never sees a file, a socket or a thread. */
public interface Host {
    /** A host without any outside: for tests and for engines embedded without a server. */
    Host NONE = new Host() {};

    /**
     * Ends the process, once what there is lasts; nothing that is asked from here on is answered.
     *
     * @param save whether a snapshot is to be written; never while data is being loaded
     * @param force whether it ends all the same when something could not be kept
     */
    default void shutdown(boolean save, boolean force) {
        throw new CommandError("ERR SHUTDOWN is not available: this instance is embedded, close it from the program");
    }

    /** Where data is kept beyond this process. */
    default Storage storage() {
        return Storage.NONE;
    }

    /**
     * Has another server run some requests: MIGRATE. The talk takes place beside the engine's thread.
     *
     * @param port where it listens; 0 is nowhere
     * @param timeoutMs how long nothing may happen at most, in any moment of the talk
     * @param requests in their order, owned by the errand from now on
     * @param first so many of them have to be answered with OK before the others are sent
     * @param here whether the caller cannot wait: the talk takes place now, on this thread, and has ended on return
     * @throws CommandError when this host has no way to others, or this thread may not be stopped
     */
    default Errand errand(String host, int port, long timeoutMs, List<Argv> requests, int first, boolean here) {
        throw new CommandError("ERR this instance has no way to other servers");
    }

    /** Writes the present settings back into the configuration file. */
    default void rewriteConfig() {
        throw new CommandError("ERR The server is running without a config file");
    }

    /** Fills {@code bytes} from a cryptographically strong source; for ACL GENPASS and run ids. */
    default void secureBytes(byte[] bytes) {
        throw new IllegalStateException("this host has no source of strong random bytes");
    }

    /** Stops the world for {@code ms}: DEBUG SLEEP, for tests of clients. Hosts that share their thread refuse. */
    default void sleep(long ms) {
        throw new CommandError("ERR DEBUG SLEEP is not available: this instance is embedded");
    }

    /** A figure of the process for INFO, or {@code fallback} when this host does not know it. */
    default long figure(Figure figure, long fallback) {
        return fallback;
    }

    /** A text of the process for INFO (operating system, executable ...), or empty. */
    default String text(Text text) {
        return "";
    }

    /** A bug was met while a command ran: to be logged with its stack. */
    default void bug(String what, Throwable cause) {
        throw new IllegalStateException(what, cause);
    }

    /**
     * A bug was met in the midst of a command that changes data, which may have been done by half. A host that keeps an
     * append-only file does not return from here: what was acknowledged is in the file, and neither the file nor memory
     * may go on from half a command.
     */
    default void halfDone(String what, Throwable cause) {}

    /** A message for the operator's log. */
    default void log(String message) {}

    /** Numbers that only the process knows. Sizes in bytes, times in microseconds. */
    enum Figure {
        PROCESS_ID,
        TCP_PORT,
        REST_PORT,
        RESIDENT_BYTES,
        HEAP_USED_BYTES,
        HEAP_MAX_BYTES,
        SYSTEM_MEMORY_BYTES,
        CPU_USER_US,
        CPU_SYSTEM_US,
        /** Of the thread that asks. */
        THREAD_USER_US,
        /** Of the thread that asks. */
        THREAD_SYSTEM_US,
        COLLECTOR_RUNS,
        COLLECTOR_TIME_US,
        NET_INPUT_BYTES,
        NET_OUTPUT_BYTES,
        NET_READS,
        NET_WRITES
    }

    /** Words that only the process knows. */
    enum Text {
        OS,
        JVM,
        MONOTONIC_CLOCK,
        EXECUTABLE,
        CONFIG_FILE,
        TRANSPORT
    }
}
