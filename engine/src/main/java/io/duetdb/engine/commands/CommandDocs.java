package io.duetdb.engine.commands;

import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.command.Syntax;
import io.duetdb.engine.command.Syntax.Argument;
import io.duetdb.engine.command.Syntax.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The reply of COMMAND DOCS: maps in the shape of Redis 7.2, made from a declaration and its syntax line. */
final class CommandDocs {
    /** Commands that Redis has for old clients' sake: since when, and what to use instead. */
    private static final Map<String, List<String>> DEPRECATED = Map.ofEntries(
            deprecated("getset", "6.2.0", "`SET` with the `!GET` argument"),
            deprecated("setnx", "2.6.12", "`SET` with the `NX` argument"),
            deprecated("setex", "2.6.12", "`SET` with the `EX` argument"),
            deprecated("psetex", "2.6.12", "`SET` with the `PX` argument"),
            deprecated("substr", "2.0.0", "`GETRANGE`"),
            deprecated("hmset", "4.0.0", "`HSET` with multiple field-value pairs"),
            deprecated("brpoplpush", "6.2.0", "`BLMOVE` with the `RIGHT` and `LEFT` arguments"),
            deprecated("rpoplpush", "6.2.0", "`LMOVE` with the `RIGHT` and `LEFT` arguments"),
            deprecated("quit", "7.2.0", "just closing the connection"),
            deprecated("cluster|slots", "7.0.0", "`CLUSTER SHARDS`"),
            deprecated("cluster|slaves", "5.0.0", "`CLUSTER REPLICAS`"),
            deprecated("zrevrange", "6.2.0", "`ZRANGE` with the `REV` argument"),
            deprecated("zrangebyscore", "6.2.0", "`ZRANGE` with the `BYSCORE` argument"),
            deprecated("zrevrangebyscore", "6.2.0", "`ZRANGE` with the `REV` and `BYSCORE` arguments"),
            deprecated("zrangebylex", "6.2.0", "`ZRANGE` with the `BYLEX` argument"),
            deprecated("zrevrangebylex", "6.2.0", "`ZRANGE` with the `REV` and `BYLEX` arguments"));

    private final Reply reply;
    private final int keySpecs;
    private int keysSeen;

    /** The specification of keys that patterns stand for, or -1. */
    private final int patternSpec;

    private static Map.Entry<String, List<String>> deprecated(String command, String since, String instead) {
        return Map.entry(command, List.of(since, instead));
    }

    private CommandDocs(Reply reply, KeySpec[] specs) {
        this.reply = reply;
        this.keySpecs = specs.length;
        int pattern = specs.length - 1;
        while (pattern >= 0 && (specs[pattern].find() != KeySpec.Find.UNKNOWN || !reads(specs[pattern]))) {
            pattern--;
        }
        this.patternSpec = pattern;
    }

    private static boolean reads(KeySpec spec) {
        return (spec.flags() & KeySpec.RO) != 0;
    }

    /** Replies a command's name and its documentation: one pair of a map. */
    static void pair(Command command, Reply reply) {
        reply.text(command.name());
        List<Argument> arguments = Syntax.of(command);
        List<Command> subcommands = command.subcommands();
        boolean complexity = !command.complexity().isEmpty();
        @Nullable List<String> deprecated = DEPRECATED.get(command.name());
        int fields = (deprecated == null ? 3 : 6)
                + (complexity ? 1 : 0)
                + (arguments.isEmpty() ? 0 : 1)
                + (subcommands.isEmpty() ? 0 : 1);
        reply.map(fields);
        text("summary", command.summary(), reply);
        text("since", command.since(), reply);
        text("group", command.group().label(), reply);
        if (complexity) {
            text("complexity", command.complexity(), reply);
        }
        if (deprecated != null) {
            reply.text("doc_flags");
            reply.set(1);
            reply.simple("deprecated");
            text("deprecated_since", deprecated.get(0), reply);
            text("replaced_by", deprecated.get(1), reply);
        }
        if (!arguments.isEmpty()) {
            new CommandDocs(reply, command.keySpecs()).arguments(arguments);
        }
        if (!subcommands.isEmpty()) {
            reply.text("subcommands");
            reply.map(subcommands.size());
            for (Command sub : subcommands) {
                pair(sub, reply);
            }
        }
    }

    private void arguments(List<Argument> arguments) {
        reply.text("arguments");
        reply.array(arguments.size());
        for (Argument argument : arguments) {
            argument(argument);
        }
    }

    private void argument(Argument argument) {
        boolean group = argument.type() == Type.ONEOF || argument.type() == Type.BLOCK;
        boolean pattern = argument.type() == Type.PATTERN && patternSpec >= 0;
        boolean key = pattern || argument.type() == Type.KEY && keySpecs > 0;
        if (pattern) {
            keysSeen = patternSpec;
        }
        @Nullable String token = argument.token();
        List<String> flags = flags(argument);
        int fields = 3 + (key ? 1 : 0) + (token == null ? 0 : 1) + (flags.isEmpty() ? 0 : 1);
        reply.map(fields);
        text("name", argument.name(), reply);
        text("type", argument.type().label(), reply);
        if (!group) {
            text("display_text", argument.name(), reply);
        }
        if (key) {
            reply.text("key_spec_index");
            reply.integer(Math.min(keysSeen++, keySpecs - 1));
        }
        if (token != null) {
            text("token", token, reply);
        }
        if (!flags.isEmpty()) {
            reply.text("flags");
            reply.set(flags.size());
            flags.forEach(reply::simple);
        }
        if (group) {
            arguments(argument.arguments());
        }
    }

    private static List<String> flags(Argument argument) {
        List<String> flags = new ArrayList<>();
        if (argument.optional()) {
            flags.add("optional");
        }
        if (argument.multiple()) {
            flags.add("multiple");
        }
        if (argument.multipleToken()) {
            flags.add("multiple_token");
        }
        return flags;
    }

    private static void text(String field, String value, Reply reply) {
        reply.text(field);
        reply.text(value);
    }
}
