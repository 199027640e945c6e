package io.duetdb.server;

import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.Settings;
import io.duetdb.server.tools.Restoring;
import io.duetdb.server.tools.Tools;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/**
 * Starts a server from the command line, prints what to paste, and waits for its end: a signal or SHUTDOWN. Few classes
 * stand on this path, and no lambda, regular expression or format string: each would cost the first reply milliseconds.
 */
public final class Main {
    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;

    /** Milliseconds after the start in which nothing may take time from the first requests. */
    private static final long QUIET_MS = 1_000;

    private Main() {}

    /** Starts a server with the given settings; the process ends with 0, or with 1 when it could not start. */
    public static void main(String[] args) {
        long startedNs = System.nanoTime();
        if (args.length > 0 && isTool(args[0])) {
            System.exit(Tools.main(args, ProgressBar.onStandardError()));
        }
        try {
            Settings settings = InstanceOptions.settings();
            CommandLine line = new CommandLine(settings);
            line.read(System.getenv(), args);
            switch (line.wish()) {
                case HELP -> System.out.print(Usage.help(settings));
                case VERSION -> System.out.println("duet " + version());
                case START -> serve(settings, line, startedNs);
            }
        } catch (StartupException e) {
            System.err.println("duet: " + e.getMessage());
            System.exit(1);
        }
    }

    /** Whether the first word names a tool, as {@link Tools#NAMES} has them; a server's start loads nothing of those. */
    private static boolean isTool(String word) {
        return word.equals("check") || word.equals("import") || word.equals("export") || word.equals("backup");
    }

    private static void serve(Settings settings, CommandLine line, long startedNs) throws StartupException {
        End end = new End();
        InstanceOptions options = new InstanceOptions(settings);
        options.configFile = line.configFile();
        options.onShutdown = end;
        options.onEndAtOnce = end.atOnce;
        options.files = true;
        options.respPort = port(settings, ServerSettings.PORT);
        options.restPort = port(settings, ServerSettings.REST_PORT);
        if (options.respPort < 0 && options.restPort < 0) {
            throw new StartupException("--port and --rest-port are both 0: there is nothing to serve");
        }
        String dir = settings.text(ServerSettings.DIR);
        if (!new File(dir).isDirectory()) {
            throw new StartupException("--dir " + dir + ": there is no such directory");
        }
        output(settings.text(ServerSettings.LOGFILE));
        for (String note : line.notes()) {
            System.err.println("duet: " + note);
        }
        if (line.restores()) {
            Restoring.run(settings, line.restoreBackup(), line.restoreTo(), ProgressBar.onStandardError());
        }
        options.blocks = new BlockKeeper(options.memoryLimitBytes);
        logDefaults();
        nettyDefaults();
        Instance instance = Instance.start(options);
        String pidFile = settings.text(ServerSettings.PIDFILE);
        Ending ending = new Ending(instance, pidFile);
        Runtime.getRuntime().addShutdownHook(ending);
        writePid(pidFile);
        if (instance.loading()) {
            LoadBar.await(instance, ending);
        }
        if (!ending.begun()) {
            System.out.print(welcome(instance, startedNs));
            System.out.flush();
        }
        end.await();
        System.exit(0);
    }

    /** Sends all output to a file, if one is named. */
    private static void output(String logFile) throws StartupException {
        if (logFile.isEmpty()) {
            return;
        }
        try {
            PrintStream file = new PrintStream(new FileOutputStream(logFile, true), true, StandardCharsets.UTF_8);
            System.setOut(file);
            System.setErr(file);
        } catch (IOException e) {
            throw new StartupException("--logfile " + logFile + " can't be opened: " + e.getMessage()
                    + "; name a file in a folder this user may write to, or leave it out");
        }
    }

    /** As in Redis, a pid file that cannot be written is no reason not to start. */
    private static void writePid(String pidFile) {
        if (!pidFile.isEmpty()) {
            try {
                Files.writeString(Path.of(pidFile), ProcessHandle.current().pid() + "\n");
            } catch (IOException e) {
                System.err.println("duet: --pidfile " + pidFile + " can't be written: " + e.getMessage());
            }
        }
    }

    /** What the start prints. */
    static String welcome(Instance instance, long startedNs) {
        Settings settings = instance.settings();
        return head(instance, startedNs)
                + Banner.text(
                        settings.text(ServerSettings.BIND),
                        instance.respPort(),
                        settings.text("requirepass"),
                        instance.restPort(),
                        instance.restToken(),
                        instance.restReadOnlyToken(),
                        memory(instance));
    }

    private static int port(Settings settings, String name) {
        int port = (int) settings.number(name);
        return port == 0 ? -1 : port;
    }

    /** One line for each message of the log: time, level, text. Whoever configures the JVM's logging is left alone. */
    private static void logDefaults() {
        defaultProperty("java.util.logging.SimpleFormatter.format", "%1$tF %1$tT %4$s: %5$s%6$s%n");
    }

    /**
     * What Netty would find out by itself, slowly: its ids come from walking all network interfaces. Whoever sets one of
     * these on the command line is left alone.
     */
    static void nettyDefaults() {
        if (System.getProperty("java.util.logging.config.file") == null
                && System.getProperty("java.util.logging.config.class") == null) {
            InternalLoggerFactory.setDefaultFactory(new NettyLoggers());
        }
        defaultProperty("io.netty.machineId", "00:00:00:00:00:01");
        defaultProperty("io.netty.processId", "1");
        defaultProperty("io.netty.leakDetection.level", "disabled");
        // Buffers for values up to this size stay with the loop; otherwise the arena's chunks behind them come and go,
        // and each new one is zeroed: 2.7 % of the time of answering values of 64 KB.
        defaultProperty("io.netty.allocator.maxCachedBufferCapacity", "131072");
        defaultProperty("io.netty.tryReflectionSetAccessible", "true"); // the manifest opens what it needs
    }

    /**
     * The first line of the log loads the table of time zones: 35 ms of processor time, which would be a stall of the
     * engine's thread in its first save. So this thread, which only waits, formats one for nobody.
     */
    private static void prepareLog() {
        System.getLogger("io.duetdb").isLoggable(System.Logger.Level.INFO);
        new SimpleFormatter().format(new LogRecord(Level.INFO, ""));
    }

    private static void defaultProperty(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    private static String head(Instance instance, long startedNs) {
        return "Duet " + version() + " is ready after " + (System.nanoTime() - startedNs) / 1_000_000 + " ms (process "
                + ProcessHandle.current().pid() + ", JDK " + System.getProperty("java.version") + ", "
                + instance.transport() + ")\n";
    }

    /** One line: how much data fits, and how to raise it. */
    private static String memory(Instance instance) {
        Settings settings = instance.settings();
        if (settings.number("maxmemory") != 0) {
            return "  Memory for data: " + size(settings.number("maxmemory")) + " (--maxmemory)";
        }
        long heap = Runtime.getRuntime().maxMemory();
        long machine = ProcessFigures.figure(Host.Figure.SYSTEM_MEMORY_BYTES, Long.MAX_VALUE);
        String more = Math.max(1, Math.min(2 * heap + GIB - 1, machine / 10 * 9) / GIB) + "g";
        long limit = InstanceOptions.defaultMemoryLimit();
        return "  Memory for data: " + size(limit) + ", " + limit * 100 / heap + " % of a heap of " + size(heap)
                + "; to change it: DUET_HEAP=" + more + " server/bin/duet, or java -Xmx" + more + " -jar duet.jar";
    }

    private static String size(long bytes) {
        if (bytes < GIB) {
            return bytes / MIB + " MB";
        }
        long tenths = bytes * 10 / GIB;
        return tenths / 10 + "." + tenths % 10 + " GB";
    }

    /** The version of this build, or {@code dev} when it runs from a folder of classes. */
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    /** The end of the process: SHUTDOWN asks the main thread for it, a signal starts {@link Ending}, where both close. */
    private static final class End implements Runnable {
        final Runnable atOnce = new AtOnce();
        private final CountDownLatch asked = new CountDownLatch(1);

        @Override
        public void run() {
            asked.countDown();
        }

        void await() {
            try {
                if (!asked.await(QUIET_MS, TimeUnit.MILLISECONDS)) {
                    prepareLog();
                    asked.await();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The end without any more: as if the process had been killed. */
    private static final class AtOnce implements Runnable {
        @Override
        public void run() {
            Runtime.getRuntime().halt(1);
        }
    }
}
