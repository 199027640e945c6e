package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Command.container;
import static io.duetdb.engine.command.Flags.*;

import io.duetdb.bytes.Glob;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Message;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandFunction;
import io.duetdb.engine.command.CommandFunctions;
import io.duetdb.engine.command.Flags;
import io.duetdb.engine.command.Group;
import io.duetdb.engine.command.KeySpec;
import io.duetdb.engine.pubsub.Kind;
import io.duetdb.engine.pubsub.PubSub;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Publishing, and subscribing to what is published. */
final class PubSubCommands {
    private static final CommandError SSUBSCRIBE_NESTED =
            new CommandError("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");

    private static final CommandFunctions FUNCTIONS = PubSubCommands::function;

    static final List<Command> TABLE = List.of(
            subscribing("SUBSCRIBE", FUNCTIONS, "2.0.0", -2)
                    .syntax("channel [channel ...]")
                    .complexity("O(N), N = channels")
                    .summary("Subscribes this connection to channels."),
            subscribing("UNSUBSCRIBE", FUNCTIONS, "2.0.0", -1)
                    .syntax("[channel [channel ...]]")
                    .complexity("O(N), N = channels")
                    .summary("Ends this connection's subscriptions to channels, to all without arguments."),
            subscribing("PSUBSCRIBE", FUNCTIONS, "2.0.0", -2)
                    .syntax("pattern [pattern ...]")
                    .complexity("O(N), N = patterns")
                    .summary("Subscribes this connection to all channels that match a pattern."),
            subscribing("PUNSUBSCRIBE", FUNCTIONS, "2.0.0", -1)
                    .syntax("[pattern [pattern ...]]")
                    .complexity("O(N), N = patterns")
                    .summary("Ends this connection's subscriptions to patterns, to all without arguments."),
            subscribing("SSUBSCRIBE", FUNCTIONS, "7.0.0", -2)
                    .keys(KeySpec.range(1, -1, 1).with(KeySpec.NOT_KEY))
                    .syntax("shardchannel [shardchannel ...]")
                    .complexity("O(N), N = channels")
                    .summary("Subscribes this connection to shard channels."),
            subscribing("SUNSUBSCRIBE", FUNCTIONS, "7.0.0", -1)
                    .keys(KeySpec.range(1, -1, 1).with(KeySpec.NOT_KEY))
                    .syntax("[shardchannel [shardchannel ...]]")
                    .complexity("O(N), N = channels")
                    .summary("Ends this connection's subscriptions to shard channels, to all without arguments."),
            command("PUBLISH", FUNCTIONS)
                    .since("2.0.0")
                    .arity(3)
                    .flags(Flags.PUBSUB, LOADING, STALE, FAST, MAY_REPLICATE)
                    .group(Group.PUBSUB)
                    .syntax("channel message")
                    .complexity("O(N+M), N = subscribers of the channel, M = patterns")
                    .summary("Sends a message to all who are subscribed to a channel or to a pattern it matches."),
            command("SPUBLISH", FUNCTIONS)
                    .since("7.0.0")
                    .arity(3)
                    .flags(Flags.PUBSUB, LOADING, STALE, FAST, MAY_REPLICATE)
                    .keys(KeySpec.first().with(KeySpec.NOT_KEY))
                    .group(Group.PUBSUB)
                    .syntax("shardchannel message")
                    .complexity("O(N), N = subscribers of the channel")
                    .summary("Sends a message to all who are subscribed to a shard channel."),
            container("PUBSUB")
                    .since("2.8.0")
                    .group(Group.PUBSUB)
                    .summary("Which channels and patterns there are, and how many are subscribed to them.")
                    .sub(looking("CHANNELS", FUNCTIONS, "2.8.0", -2)
                            .syntax("[pattern]")
                            .complexity("O(N), N = channels")
                            .summary("Returns the channels that somebody is subscribed to."))
                    .sub(looking("NUMSUB", FUNCTIONS, "2.8.0", -2)
                            .syntax("[channel [channel ...]]")
                            .complexity("O(N), N = channels asked for")
                            .summary("Returns how many clients are subscribed to each of some channels."))
                    .sub(looking("NUMPAT", FUNCTIONS, "2.8.0", 2)
                            .complexity("O(1)")
                            .summary("Returns the number of patterns that somebody is subscribed to."))
                    .sub(looking("SHARDCHANNELS", FUNCTIONS, "7.0.0", -2)
                            .syntax("[pattern]")
                            .complexity("O(N), N = shard channels")
                            .summary("Returns the shard channels that somebody is subscribed to."))
                    .sub(looking("SHARDNUMSUB", FUNCTIONS, "7.0.0", -2)
                            .syntax("[shardchannel [shardchannel ...]]")
                            .complexity("O(N), N = channels asked for")
                            .summary("Returns how many clients are subscribed to each of some shard channels."))
                    .sub(command("HELP", FUNCTIONS)
                            .since("6.2.0")
                            .arity(2)
                            .flags(LOADING, STALE)
                            .group(Group.PUBSUB)
                            .complexity("O(1)")
                            .summary("Lists the subcommands.")));

    private PubSubCommands() {}

    private static @Nullable CommandFunction function(String name) {
        return switch (name) {
            case "SUBSCRIBE" -> PubSubCommands::subscribe;
            case "UNSUBSCRIBE" -> PubSubCommands::unsubscribe;
            case "PSUBSCRIBE" -> PubSubCommands::psubscribe;
            case "PUNSUBSCRIBE" -> PubSubCommands::punsubscribe;
            case "SSUBSCRIBE" -> PubSubCommands::ssubscribe;
            case "SUNSUBSCRIBE" -> PubSubCommands::sunsubscribe;
            case "PUBLISH" -> PubSubCommands::publish;
            case "SPUBLISH" -> PubSubCommands::spublish;
            case "CHANNELS" -> PubSubCommands::channels;
            case "NUMSUB" -> PubSubCommands::numsub;
            case "NUMPAT" -> PubSubCommands::numpat;
            case "SHARDCHANNELS" -> PubSubCommands::shardchannels;
            case "SHARDNUMSUB" -> PubSubCommands::shardnumsub;
            case "HELP" -> Help::reply;
            default -> null;
        };
    }

    /** What the commands have in common whose replies are messages. */
    private static Command subscribing(String name, CommandFunctions family, String since, int arity) {
        return command(name, family)
                .since(since)
                .arity(arity)
                .flags(Flags.PUBSUB, NOSCRIPT, LOADING, STALE, ALLOWED_WHEN_SUBSCRIBED, NO_REST)
                .group(Group.PUBSUB);
    }

    private static Command looking(String name, CommandFunctions family, String since, int arity) {
        return command(name, family)
                .since(since)
                .arity(arity)
                .flags(Flags.PUBSUB, LOADING, STALE)
                .group(Group.PUBSUB);
    }

    // ---- subscribing

    /**
     * How one channel of a request is answered: a push of the command's word, the channel and the number of
     * subscriptions that are left. Unlike replies it is not silenced by CLIENT REPLY.
     */
    private static final class Confirmation extends Message {
        private final byte[] word;
        private final byte @Nullable [] name;
        private final long count;

        Confirmation(String word, byte @Nullable [] name, long count) {
            this.word = word.getBytes(StandardCharsets.US_ASCII);
            this.name = name;
            this.count = count;
        }

        @Override
        public boolean shared() {
            return false;
        }

        @Override
        public void write(Reply reply) {
            reply.push(3);
            reply.bulk(word);
            if (name == null) {
                reply.nil();
            } else {
                reply.bulk(name);
            }
            reply.integer(count);
        }
    }

    private static void confirm(Call call, Reply reply, String word, Kind kind, byte @Nullable [] name) {
        ClientState client = call.client();
        long count = kind == Kind.SHARD ? client.shardChannels() : client.channels() + (long) client.patterns();
        Confirmation confirmation = new Confirmation(word, name, count);
        if (client.muted()) {
            call.services().pushes().add(client, confirmation);
        } else {
            confirmation.write(reply);
        }
    }

    private static PubSub forMessages(Call call, Argv argv) {
        if (!call.client().connection().takesMessages()) {
            String name = argv.text(0).toUpperCase(Locale.ROOT);
            throw new CommandError("ERR " + name + " needs a connection that messages can be sent to");
        }
        return call.services().pubsub();
    }

    private static void begin(Call call, Argv argv, Reply reply, Kind kind, String word) {
        PubSub pubsub = forMessages(call, argv);
        for (int i = 1; i < argv.count(); i++) {
            byte[] name = argv.bytes(i);
            pubsub.subscribe(call.client(), kind, name);
            confirm(call, reply, word, kind, name);
        }
    }

    private static void end(Call call, Argv argv, Reply reply, Kind kind, String word) {
        PubSub pubsub = forMessages(call, argv);
        List<byte[]> names = new ArrayList<>();
        if (argv.count() == 1) {
            names.addAll(pubsub.of(call.client(), kind));
        }
        for (int i = 1; i < argv.count(); i++) {
            names.add(argv.bytes(i));
        }
        if (names.isEmpty()) {
            confirm(call, reply, word, kind, null);
        }
        for (byte[] name : names) {
            pubsub.unsubscribe(call.client(), kind, name);
            confirm(call, reply, word, kind, name);
        }
    }

    /** SUBSCRIBE. Answers each channel by a push: the number in it counts channels and patterns together. */
    static void subscribe(Call call, Argv argv, Reply reply) {
        begin(call, argv, reply, Kind.CHANNEL, "subscribe");
    }

    /** UNSUBSCRIBE. Answers each channel by a push, whether it was subscribed to or not; without any, one with nil. */
    static void unsubscribe(Call call, Argv argv, Reply reply) {
        end(call, argv, reply, Kind.CHANNEL, "unsubscribe");
    }

    /** PSUBSCRIBE. Answers as SUBSCRIBE. A message that matches several patterns comes as often. */
    static void psubscribe(Call call, Argv argv, Reply reply) {
        begin(call, argv, reply, Kind.PATTERN, "psubscribe");
    }

    /** PUNSUBSCRIBE. Answers as UNSUBSCRIBE. */
    static void punsubscribe(Call call, Argv argv, Reply reply) {
        end(call, argv, reply, Kind.PATTERN, "punsubscribe");
    }

    /** SSUBSCRIBE. Answers as SUBSCRIBE, but only shard channels are counted. @throws CommandError within MULTI */
    static void ssubscribe(Call call, Argv argv, Reply reply) {
        if (!call.outermost()) {
            throw SSUBSCRIBE_NESTED;
        }
        begin(call, argv, reply, Kind.SHARD, "ssubscribe");
    }

    /** SUNSUBSCRIBE. Answers as UNSUBSCRIBE, but only shard channels are counted. */
    static void sunsubscribe(Call call, Argv argv, Reply reply) {
        end(call, argv, reply, Kind.SHARD, "sunsubscribe");
    }

    // ---- publishing

    /**
     * PUBLISH. Replies the number of messages that were sent. It has no effect: what is published is not kept, and Redis
     * tells only replicas of it.
     */
    static void publish(Call call, Argv argv, Reply reply) {
        PubSub pubsub = call.services().pubsub();
        reply.integer(pubsub.isEmpty() ? 0 : pubsub.publish(argv.bytes(1), argv.bytes(2)));
    }

    /** SPUBLISH. Replies the number of messages that were sent. */
    static void spublish(Call call, Argv argv, Reply reply) {
        PubSub pubsub = call.services().pubsub();
        reply.integer(pubsub.isEmpty() ? 0 : pubsub.publishToShard(argv.bytes(1), argv.bytes(2)));
    }

    // ---- looking

    private static void names(Call call, Argv argv, Reply reply, Kind kind) {
        if (argv.count() > 3) {
            throw CommandError.quoting(
                    "ERR unknown subcommand or wrong number of arguments for '", argv, 1, "'. Try PUBSUB HELP.");
        }
        List<byte[]> found = new ArrayList<>();
        call.services().pubsub().forEach(kind, name -> {
            if (argv.count() == 2
                    || Glob.matches(argv.array(2), argv.offset(2), argv.length(2), name, 0, name.length, false)) {
                found.add(name);
            }
        });
        reply.array(found.size());
        for (byte[] name : found) {
            reply.bulk(name);
        }
    }

    private static void counts(Call call, Argv argv, Reply reply, Kind kind) {
        PubSub pubsub = call.services().pubsub();
        reply.array(2 * (argv.count() - 2));
        for (int i = 2; i < argv.count(); i++) {
            reply.bulk(argv.array(i), argv.offset(i), argv.length(i));
            reply.integer(pubsub.subscribers(kind, argv.array(i), argv.offset(i), argv.length(i)));
        }
    }

    /** PUBSUB CHANNELS. Replies an array of names, those that match the pattern if there is one. */
    static void channels(Call call, Argv argv, Reply reply) {
        names(call, argv, reply, Kind.CHANNEL);
    }

    /** PUBSUB NUMSUB. Replies a flat array of channels and numbers; patterns don't count. */
    static void numsub(Call call, Argv argv, Reply reply) {
        counts(call, argv, reply, Kind.CHANNEL);
    }

    /** PUBSUB NUMPAT. Replies the number of different patterns. */
    static void numpat(Call call, Argv argv, Reply reply) {
        reply.integer(call.services().pubsub().count(Kind.PATTERN));
    }

    /** PUBSUB SHARDCHANNELS. Replies as PUBSUB CHANNELS. */
    static void shardchannels(Call call, Argv argv, Reply reply) {
        names(call, argv, reply, Kind.SHARD);
    }

    /** PUBSUB SHARDNUMSUB. Replies as PUBSUB NUMSUB. */
    static void shardnumsub(Call call, Argv argv, Reply reply) {
        counts(call, argv, reply, Kind.SHARD);
    }
}
