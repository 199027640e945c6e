package io.duetdb.server;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errand;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.api.Storage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The outside of one instance: its process, its log, its end. */
final class ServerHost implements Host {
    private final Settings settings;
    private final Clock clock;
    private final @Nullable String configFile;
    private final @Nullable Runnable onShutdown;

    /** The instance, once it is made. */
    @Nullable
    Instance instance;

    /** Where data is kept. */
    Storage storage = Storage.NONE;

    /** The instance's sockets, when it has some; set once they are open. */
    @Nullable
    Ports ports;

    /** Asks the engine's thread for a turn, from any thread; set by the instance. */
    volatile Runnable wake = () -> {};

    /** Where lines of the log go. */
    final ServerLog log = new ServerLog();

    private final Errands errands = new Errands(() -> wake.run(), log);

    ServerHost(Settings settings, Clock clock, @Nullable String configFile, @Nullable Runnable onShutdown) {
        this.settings = settings;
        this.clock = clock;
        this.configFile = configFile;
        this.onShutdown = onShutdown;
    }

    @Override
    public Storage storage() {
        return storage;
    }

    @Override
    public void shutdown(boolean save, boolean force) {
        Instance ended = instance;
        if (onShutdown == null || ended == null) {
            throw new CommandError(
                    "ERR SHUTDOWN is not available: this instance is embedded, close it from the program");
        }
        ended.shutdown(save, force);
        onShutdown.run();
    }

    @Override
    public Errand errand(String host, int port, long timeoutMs, List<Argv> requests, int first, boolean here) {
        if (here && onShutdown == null) {
            throw new CommandError("ERR this instance is embedded, and MIGRATE would stop the program's threads here;"
                    + " send it outside of MULTI");
        }
        return errands.begin(host, port, timeoutMs, requests, first, here);
    }

    @Override
    public void rewriteConfig() {
        if (configFile == null) {
            Host.super.rewriteConfig();
            return;
        }
        try {
            ConfigRewrite.rewrite(Path.of(configFile), settings);
        } catch (IOException | SecurityException e) {
            log("CONFIG REWRITE of " + configFile + " failed: " + e);
            throw new CommandError("ERR Rewriting config file: " + reason(e));
        }
    }

    private static String reason(Exception e) {
        return e instanceof FileSystemException file && file.getReason() != null
                ? file.getReason()
                : e instanceof AccessDeniedException ? "Permission denied" : String.valueOf(e.getMessage());
    }

    @Override
    public void sleep(long ms) {
        if (onShutdown == null) {
            Host.super.sleep(ms); // others may live on this thread
            return;
        }
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void secureBytes(byte[] bytes) {
        Entropy.fill(bytes);
    }

    @Override
    public long figure(Figure figure, long fallback) {
        Ports open = ports;
        return switch (figure) {
            case TCP_PORT -> open == null ? 0 : Math.max(0, open.respPort());
            case REST_PORT -> open == null ? 0 : Math.max(0, open.restPort());
            case NET_INPUT_BYTES -> open == null ? 0 : open.bytesRead();
            case NET_OUTPUT_BYTES -> open == null ? 0 : open.bytesWritten();
            case NET_READS -> open == null ? 0 : open.reads();
            case NET_WRITES -> open == null ? 0 : open.writes();
            default -> ProcessFigures.figure(figure, fallback);
        };
    }

    @Override
    public String text(Text text) {
        return switch (text) {
            case OS ->
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch");
            case JVM -> System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
            case MONOTONIC_CLOCK -> clock instanceof SystemClock ? "System.nanoTime" : "given";
            case EXECUTABLE -> System.getProperty("java.home") + "/bin/java";
            case CONFIG_FILE -> configFile == null ? "" : configFile;
            case TRANSPORT -> ports == null ? "" : ports.transport();
        };
    }

    /** Ends the talks with other servers; their threads are gone when this returns. */
    void close() {
        errands.close();
    }

    @Override
    public void bug(String what, Throwable cause) {
        log.bug(what, cause);
    }

    @Override
    public void halfDone(String what, Throwable cause) {
        Instance present = instance;
        if (present != null) {
            present.halfDone(what, cause);
        }
    }

    @Override
    public void log(String message) {
        log.warning(message);
    }
}
