package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.client.ClientLine;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.Monitors;
import io.duetdb.engine.client.Pushes;
import io.duetdb.engine.config.EngineSettings;
import io.duetdb.engine.stats.LatencyEvents;
import io.duetdb.engine.stats.Slowlog;
import io.duetdb.engine.stats.Stats;

/**
 * Who looks at the commands that run: MONITOR, the slowlog, the latency monitor. The dispatcher asks {@link #closely}
 * once per command and compares each reading of the clock with {@link #slowNs}; all else happens only when there is
 * something to note.
 */
final class Watch {
    private final CommandTable table;
    private final TurnClock clock;
    private final Stats stats;
    private final Monitors monitors;
    private final Pushes pushes;
    private long slowerThanNs;
    private long slowNs;

    Watch(Services services) {
        this.table = services.table();
        this.clock = services.clock();
        this.stats = services.stats();
        this.monitors = services.clients().monitors();
        this.pushes = services.pushes();
        Settings settings = services.settings();
        settings.listen(EngineSettings.SLOWLOG_SLOWER_THAN, this::follow);
        settings.listen(EngineSettings.SLOWLOG_MAX_LEN, this::follow);
        settings.listen(EngineSettings.LATENCY_THRESHOLD, this::follow);
        settings.listen(EngineSettings.LATENCY_TRACKING, this::follow);
        follow(settings);
    }

    private void follow(Settings settings) {
        long slowerThanUs = settings.number(EngineSettings.SLOWLOG_SLOWER_THAN);
        long latencyMs = settings.number(EngineSettings.LATENCY_THRESHOLD);
        stats.slowlog().lengthMax(settings.number(EngineSettings.SLOWLOG_MAX_LEN));
        stats.latency().thresholdMs(latencyMs);
        stats.latencyTracking(settings.yes(EngineSettings.LATENCY_TRACKING));
        slowerThanNs = slowerThanUs < 0 ? Long.MAX_VALUE : times(slowerThanUs, 1000);
        slowNs = Math.min(slowerThanNs, latencyMs == 0 ? Long.MAX_VALUE : times(latencyMs, 1_000_000));
        monitors.closely(slowerThanUs >= 0 && slowerThanUs < Slowlog.EXACT_US);
    }

    private static long times(long value, long factor) {
        return value > Long.MAX_VALUE / factor ? Long.MAX_VALUE : value * factor;
    }

    /** Whether every command is to be looked at by itself. */
    boolean closely() {
        return monitors.closely();
    }

    /** A command or group of commands that took as long as this is to be handed to {@link #slow}. */
    long slowNs() {
        return slowNs;
    }

    /** Notes a command that took long. */
    void slow(ClientState client, Command command, Argv argv, long ns) {
        long seconds = clock.wallUs() / 1_000_000;
        if (ns >= slowerThanNs && !command.is(Flags.SKIP_SLOWLOG)) {
            stats.slowlog()
                    .add(new Redaction(command, argv), seconds, ns / 1000, ClientLine.address(client), client.name());
        }
        String event = command.is(Flags.FAST) ? LatencyEvents.FAST_COMMAND : LatencyEvents.COMMAND;
        stats.latency().happened(event, seconds, ns);
    }

    /**
     * Notes a group of cheap commands that together took long, requests {@code from} to {@code last} of a batch as far as
     * it goes: the one that brought most bytes stands for it.
     */
    void slowGroup(ClientState client, Argv[] batch, int from, int last, long ns) {
        Argv biggest = null;
        Command its = null;
        for (int i = from; i <= last && i < batch.length; i++) {
            Argv argv = batch[i];
            Command command = argv.count() == 0 ? null : table.findWithSubcommand(argv, 0);
            if (command != null && command.cheap() && (biggest == null || argv.bytes() > biggest.bytes())) {
                biggest = argv;
                its = command;
            }
        }
        if (biggest != null && its != null) {
            slow(client, its, biggest, ns);
        }
    }

    /** Tells those in MONITOR of a command that has run. */
    void ran(ClientState client, Command command, Argv argv) {
        if (!monitors.isEmpty() && !command.is(Flags.SKIP_MONITOR | Flags.ADMIN)) {
            byte[] line = new Redaction(command, argv)
                    .line(clock.wallUs(), client.db().index(), ClientLine.address(client));
            monitors.tell(line, pushes);
        }
    }
}
