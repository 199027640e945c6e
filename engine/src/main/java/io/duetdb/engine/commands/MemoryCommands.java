package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Command.container;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Host.Figure;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.command.Services;
import io.duetdb.engine.keyspace.Keyspace;
import io.duetdb.engine.memory.Kind;
import io.duetdb.engine.memory.PageMemory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** MEMORY: what keys and the server take. Figures are those of {@link MemoryFigures}. */
final class MemoryCommands {
    /** Blocks that PURGE frees at most: about a millisecond. The rest goes on by itself, as always. */
    private static final int PURGE_BUDGET = 4096;

    private static final long LITTLE = 5L << 20;
    private static final double PEAK_MUCH_HIGHER = 1.5;
    private static final double NEARLY_FULL = 0.9;

    private static final CommandFunctions FUNCTIONS = MemoryCommands::function;

    static final List<Command> TABLE = List.of(container("MEMORY")
            .since("4.0.0")
            .group(SERVER)
            .summary("Commands about memory.")
            .sub(command("USAGE", FUNCTIONS)
                    .since("4.0.0")
                    .arity(-3)
                    .flags(READONLY)
                    .keys(KeySpec.at(2).look())
                    .group(SERVER)
                    .syntax("key [SAMPLES count]")
                    .complexity("O(N), N = chunks of the value")
                    .summary("Returns the bytes that a key and its value take."))
            .sub(report("STATS", FUNCTIONS).complexity("O(N), N = databases").summary("Returns figures about memory."))
            .sub(report("DOCTOR", FUNCTIONS).complexity("O(1)").summary("Says in words what is wrong with memory."))
            .sub(report("MALLOC-STATS", FUNCTIONS)
                    .complexity("O(N), N = kinds of blocks")
                    .summary("Describes pages and blocks of the allocator."))
            .sub(command("PURGE", FUNCTIONS)
                    .since("4.0.0")
                    .arity(2)
                    .group(SERVER)
                    .complexity("O(1)")
                    .summary("Frees a part of what was deleted but not freed yet.")
                    .tips("request_policy:all_shards", "response_policy:all_succeeded"))
            .sub(command("HELP", FUNCTIONS)
                    .since("4.0.0")
                    .arity(2)
                    .flags(LOADING, STALE)
                    .group(SERVER)
                    .complexity("O(1)")
                    .summary("Lists the subcommands.")));

    private MemoryCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "USAGE" -> MemoryCommands::usage;
            case "STATS" -> MemoryCommands::stats;
            case "DOCTOR" -> MemoryCommands::doctor;
            case "MALLOC-STATS" -> MemoryCommands::mallocStats;
            case "PURGE" -> MemoryCommands::purge;
            case "HELP" -> Help::reply;
            default -> null;
        };
    }

    private static Command report(String name, CommandFunctions family) {
        return command(name, family)
                .since("4.0.0")
                .arity(2)
                .group(SERVER)
                .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special");
    }

    /** MEMORY USAGE. Replies bytes, counted and not sampled, whatever SAMPLES says; nil for a key that is not there. */
    static void usage(Call call, Argv argv, Reply reply) {
        for (int i = 3; i < argv.count(); i += 2) {
            if (!argv.is(i, "SAMPLES") || i + 1 == argv.count() || argv.integer(i + 1) < 0) {
                throw Errors.SYNTAX;
            }
        }
        long e = call.db().peek(argv, 2);
        if (e == 0) {
            reply.nil();
        } else {
            reply.integer(call.db().usedBytes(e));
        }
    }

    /** MEMORY STATS. Replies a map of numbers, in it one of each database that has keys. */
    static void stats(Call call, Argv argv, Reply reply) {
        Services services = call.services();
        Keyspace keyspace = services.keyspace();
        MemoryFigures f = MemoryFigures.of(services);
        int databases = 0;
        for (int i = 0; i < keyspace.count(); i++) {
            databases += keyspace.db(i).size() > 0 ? 1 : 0;
        }
        reply.map(27 + databases);
        number("peak.allocated", f.peak(), reply);
        number("total.allocated", f.used(), reply);
        number("startup.allocated", f.startup(), reply);
        number("replication.backlog", 0, reply);
        number("clients.slaves", 0, reply);
        number("clients.normal", 0, reply);
        number("cluster.links", 0, reply);
        number("aof.buffer", 0, reply);
        number("lua.caches", 0, reply);
        number("functions.caches", 0, reply);
        for (int i = 0; i < keyspace.count(); i++) {
            if (keyspace.db(i).size() > 0) {
                reply.text("db." + i);
                reply.map(2);
                number("overhead.hashtable.main", keyspace.db(i).tableBytes(), reply);
                number("overhead.hashtable.expires", 0, reply);
            }
        }
        number("overhead.total", f.overhead(), reply);
        number("keys.count", keyspace.size(), reply);
        number("keys.bytes-per-key", keyspace.size() == 0 ? 0 : f.grown() / keyspace.size(), reply);
        number("dataset.bytes", f.dataset(), reply);
        real("dataset.percentage", f.datasetPercent(), reply);
        real("peak.percentage", 100.0 * f.used() / f.peak(), reply);
        number("allocator.allocated", f.blocks(), reply);
        number("allocator.active", f.used(), reply);
        number("allocator.resident", f.held(), reply);
        real("allocator-fragmentation.ratio", f.fragmentation(), reply);
        number("allocator-fragmentation.bytes", f.used() - f.blocks(), reply);
        real("allocator-rss.ratio", f.heldRatio(), reply);
        number("allocator-rss.bytes", f.held() - f.used(), reply);
        real("rss-overhead.ratio", f.residentRatio(), reply);
        number("rss-overhead.bytes", f.resident() - f.held(), reply);
        real("fragmentation", (double) f.resident() / f.used(), reply);
        number("fragmentation.bytes", f.resident() - f.used(), reply);
    }

    private static void number(String name, long value, Reply reply) {
        reply.text(name);
        reply.integer(value);
    }

    private static void real(String name, double value, Reply reply) {
        reply.text(name);
        reply.real((float) value); // as Redis: floats
    }

    /** MEMORY DOCTOR. Replies text. */
    static void doctor(Call call, Argv argv, Reply reply) {
        Keyspace keyspace = call.services().keyspace();
        MemoryFigures f = MemoryFigures.of(call.services());
        if (f.used() < LITTLE) {
            text(
                    "Hi Sam, this instance is empty or is using very little memory, my issues detector can't be used in"
                            + " these conditions. Please, leave for your mission on Earth and fill it with some data."
                            + " The new Sam and I will be back to our programming as soon as I finished rebooting.\n",
                    reply);
            return;
        }
        StringBuilder issues = new StringBuilder();
        if (f.peak() > f.used() * PEAK_MUCH_HIGHER) {
            issues.append(" * Peak memory: once ")
                    .append(f.peak())
                    .append(" bytes were in use, now ")
                    .append(f.used())
                    .append(". The Java heap keeps what pages once took; it is used again when data grows.\n\n");
        }
        if (f.used() > keyspace.limitBytes() * NEARLY_FULL) {
            issues.append(" * Nearly full: ")
                    .append(f.used())
                    .append(" of at most ")
                    .append(keyspace.limitBytes())
                    .append(" bytes are in use. Commands that add data will be refused; raise maxmemory, and the heap"
                            + " (-Xmx) if that is not set.\n\n");
        }
        long collectorUs = call.services().host().figure(Figure.COLLECTOR_TIME_US, 0);
        long uptimeMs = Math.max(1, call.services().clock().uptimeMs());
        if (collectorUs / 10 > uptimeMs) { // more than a hundredth of the time
            issues.append(" * Garbage collector: it took more than 1% of the time since the start. Data is not its"
                    + " concern; what else lives in this process is.\n\n");
        }
        text(
                issues.length() == 0
                        ? "Hi Sam, I can't find any memory issue in your instance. I can only account for what occurs"
                                + " on this base.\n"
                        : "Sam, I detected a few issues in this Redis instance memory implants:\n\n" + issues
                                + "I'm here to keep you safe, Sam. I want to help you.\n",
                reply);
    }

    /** MEMORY MALLOC-STATS. Replies text: pages, and blocks by what they hold. */
    static void mallocStats(Call call, Argv argv, Reply reply) {
        PageMemory memory = call.services().keyspace().memory();
        StringBuilder s = new StringBuilder("___ Begin duet-pages statistics ___\n");
        s.append(String.format(
                Locale.ROOT,
                "page size: %d\npages in use: %d (of the present state %d)\nbytes: used %d, held %d, limit %d\n"
                        + "blocks: %d of %d bytes\n",
                PageMemory.PAGE_BYTES,
                memory.usedPlaces(),
                memory.presentPlaces(),
                memory.usedBytes(),
                memory.heldBytes(),
                memory.limitBytes(),
                memory.blockCount(),
                memory.blockBytes()));
        if (memory.checked()) {
            for (int kind = 0; kind < Kind.COUNT; kind++) {
                if (memory.blockCount(kind) > 0) {
                    s.append(String.format(
                            Locale.ROOT,
                            "  %-12s %d of %d bytes\n",
                            Kind.name(kind),
                            memory.blockCount(kind),
                            memory.blockBytes(kind)));
                }
            }
        }
        text(s.append("--- End duet-pages statistics ---\n").toString(), reply);
    }

    /** MEMORY PURGE. */
    static void purge(Call call, Argv argv, Reply reply) {
        call.services().keyspace().reclaim(PURGE_BUDGET);
        reply.ok();
    }

    private static void text(String text, Reply reply) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        reply.verbatim(bytes, 0, bytes.length);
    }
}
