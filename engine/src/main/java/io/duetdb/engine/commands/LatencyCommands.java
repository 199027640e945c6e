package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Command.container;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.config.EngineSettings;
import io.duetdb.engine.stats.LatencyDoctor;
import io.duetdb.engine.stats.LatencyEvents;
import io.duetdb.engine.stats.LatencyGraph;
import io.duetdb.engine.stats.LatencyHistogram;
import io.duetdb.engine.stats.Stats;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** LATENCY: events that took long, and how long each command takes. */
final class LatencyCommands {
    private static final CommandFunctions FUNCTIONS = LatencyCommands::function;

    static final List<Command> TABLE = List.of(container("LATENCY")
            .since("2.8.13")
            .group(SERVER)
            .summary("Events that took long, and how long each command takes.")
            .sub(of("LATEST", FUNCTIONS, "2.8.13", 2)
                    .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .complexity("O(1)")
                    .summary("Returns the latest and the longest time of each kind of event."))
            .sub(of("HISTORY", FUNCTIONS, "2.8.13", 3)
                    .syntax("event")
                    .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .complexity("O(1)")
                    .summary("Returns the times of a kind of event."))
            .sub(of("RESET", FUNCTIONS, "2.8.13", -2)
                    .syntax("[event [event ...]]")
                    .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                    .complexity("O(1)")
                    .summary("Forgets the times of some kinds of events, or of all."))
            .sub(of("GRAPH", FUNCTIONS, "2.8.13", 3)
                    .syntax("event")
                    .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .complexity("O(1)")
                    .summary("Draws the times of a kind of event."))
            .sub(of("DOCTOR", FUNCTIONS, "2.8.13", 2)
                    .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .complexity("O(1)")
                    .summary("Reports on what was slow, and gives advice."))
            .sub(of("HISTOGRAM", FUNCTIONS, "7.0.0", -2)
                    .syntax("[command [command ...]]")
                    .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .complexity("O(N), N = commands")
                    .summary("Returns how many calls of each command took how long."))
            .sub(command("HELP", FUNCTIONS)
                    .since("2.8.13")
                    .arity(2)
                    .flags(LOADING, STALE)
                    .group(SERVER)
                    .complexity("O(1)")
                    .summary("Lists the subcommands.")));

    private LatencyCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "LATEST" -> LatencyCommands::latest;
            case "HISTORY" -> LatencyCommands::history;
            case "RESET" -> LatencyCommands::reset;
            case "GRAPH" -> LatencyCommands::graph;
            case "DOCTOR" -> LatencyCommands::doctor;
            case "HISTOGRAM" -> LatencyCommands::histogram;
            case "HELP" -> Help::reply;
            default -> null;
        };
    }

    private static Command of(String name, CommandFunctions family, String since, int arity) {
        return command(name, family)
                .since(since)
                .arity(arity)
                .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                .group(SERVER);
    }

    private static LatencyEvents events(Call call) {
        return call.services().stats().latency();
    }

    private static long nowSeconds(Call call) {
        return call.nowMs() / 1000;
    }

    /** LATENCY LATEST. Replies an array of [event, seconds since the epoch, latest ms, longest ms]. */
    static void latest(Call call, Argv argv, Reply reply) {
        List<String> names = events(call).names();
        reply.array(names.size());
        for (String name : names) {
            LatencyEvents.Series series = events(call).series(name);
            reply.array(4);
            reply.text(name);
            if (series == null) {
                throw new IllegalStateException("an event without samples: " + name);
            }
            int last = series.size() - 1;
            reply.integer(series.seconds(last));
            reply.integer(series.ms(last));
            reply.integer(series.maxMs());
        }
    }

    /** LATENCY HISTORY. Replies an array of [seconds since the epoch, ms], the oldest first. */
    static void history(Call call, Argv argv, Reply reply) {
        LatencyEvents.Series series = events(call).series(argv.text(2));
        int size = series == null ? 0 : series.size();
        reply.array(size);
        for (int i = 0; series != null && i < size; i++) {
            reply.array(2);
            reply.integer(series.seconds(i));
            reply.integer(series.ms(i));
        }
    }

    /** LATENCY RESET. Replies the number of events that were forgotten. */
    static void reset(Call call, Argv argv, Reply reply) {
        int count = 0;
        if (argv.count() == 2) {
            count = events(call).resetAll();
        }
        for (int i = 2; i < argv.count(); i++) {
            count += events(call).reset(argv.text(i)) ? 1 : 0;
        }
        reply.integer(count);
    }

    /** LATENCY GRAPH. Replies text. @throws CommandError when there are no samples */
    static void graph(Call call, Argv argv, Reply reply) {
        LatencyEvents.Series series = events(call).series(argv.text(2));
        if (series == null) {
            throw CommandError.quoting("ERR No samples available for event '", argv, 2, "'");
        }
        verbatim(LatencyGraph.draw(argv.text(2), series, nowSeconds(call)), reply);
    }

    /** LATENCY DOCTOR. Replies text. */
    static void doctor(Call call, Argv argv, Reply reply) {
        long slowerThanUs = call.services().settings().number(EngineSettings.SLOWLOG_SLOWER_THAN);
        verbatim(LatencyDoctor.report(events(call), slowerThanUs, nowSeconds(call)), reply);
    }

    private static void verbatim(String text, Reply reply) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        reply.verbatim(bytes, 0, bytes.length);
    }

    /**
     * LATENCY HISTOGRAM. Replies a map: by command, how many calls were counted, and a map of times in µs with the number
     * of calls that took up to so long. Commands that were not called are left out; a container stands for all in it.
     */
    static void histogram(Call call, Argv argv, Reply reply) {
        Stats stats = call.services().stats();
        List<Command> wanted = new ArrayList<>();
        if (argv.count() == 2) {
            addCalled(call.services().table().byId(), stats, wanted);
        }
        for (int i = 2; i < argv.count(); i++) {
            Command command = find(call, argv.text(i));
            if (command != null) {
                addCalled(List.of(command), stats, wanted);
                addCalled(command.subcommands(), stats, wanted);
            }
        }
        reply.map(wanted.size());
        for (Command command : wanted) {
            LatencyHistogram histogram = stats.command(command.id()).histogram();
            reply.text(command.name());
            if (histogram == null) {
                throw new IllegalStateException("no calls of " + command);
            }
            distribution(histogram, reply);
        }
    }

    private static @Nullable Command find(Call call, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (Command command : call.services().table().byId()) {
            if (command.name().equals(lower)) {
                return command;
            }
        }
        return null;
    }

    private static void addCalled(List<Command> from, Stats stats, List<Command> to) {
        for (Command command : from) {
            if (stats.command(command.id()).histogram() != null) {
                to.add(command);
            }
        }
    }

    private static void distribution(LatencyHistogram histogram, Reply reply) {
        int levels = 0;
        long before = 0;
        for (int level = 0; level < LatencyHistogram.levels(); level++) {
            levels += histogram.upTo(level) > before ? 1 : 0;
            before = histogram.upTo(level);
        }
        reply.map(2);
        reply.text("calls");
        reply.integer(histogram.total());
        reply.text("histogram_usec");
        reply.map(levels);
        before = 0;
        for (int level = 0; level < LatencyHistogram.levels(); level++) {
            long count = histogram.upTo(level);
            if (count > before) {
                reply.integer(LatencyHistogram.levelUs(level));
                reply.integer(count);
            }
            before = count;
        }
    }
}
