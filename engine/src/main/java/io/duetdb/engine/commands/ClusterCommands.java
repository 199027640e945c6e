package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Command.container;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.CLUSTER;

import io.duetdb.bytes.Crc16;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import java.util.List;

/**
 * CLUSTER and its kin, as a server answers that is no node of a cluster: that it is none. Clients ask to find out. Only
 * KEYSLOT needs no cluster to be answered.
 */
final class ClusterCommands {
    private static final CommandError DISABLED = new CommandError("ERR This instance has cluster support disabled");

    private static final String VARIES = "nondeterministic_output";
    private static final String SLOTS_SYNTAX = "slot [slot ...]";
    private static final String RANGES_SYNTAX = "start-slot end-slot [start-slot end-slot ...]";

    static final List<Command> TABLE = List.of(
            container("CLUSTER")
                    .since("3.0.0")
                    .group(CLUSTER)
                    .summary("Commands for nodes of a cluster.")
                    .sub(admin("ADDSLOTS", "3.0.0", -3).syntax(SLOTS_SYNTAX))
                    .sub(admin("ADDSLOTSRANGE", "7.0.0", -4).syntax(RANGES_SYNTAX))
                    .sub(admin("BUMPEPOCH", "3.0.0", 2).tips(VARIES))
                    .sub(refused("COUNT-FAILURE-REPORTS", "3.0.0", 3)
                            .flags(ADMIN, STALE)
                            .tips(VARIES)
                            .syntax("node-id"))
                    .sub(refused("COUNTKEYSINSLOT", "3.0.0", 3).flags(STALE).syntax("slot"))
                    .sub(admin("DELSLOTS", "3.0.0", -3).syntax(SLOTS_SYNTAX))
                    .sub(admin("DELSLOTSRANGE", "7.0.0", -4).syntax(RANGES_SYNTAX))
                    .sub(admin("FAILOVER", "3.0.0", -2).syntax("[FORCE | TAKEOVER]"))
                    .sub(admin("FLUSHSLOTS", "3.0.0", 2))
                    .sub(admin("FORGET", "3.0.0", 3).syntax("node-id"))
                    .sub(refused("GETKEYSINSLOT", "3.0.0", 4)
                            .flags(STALE)
                            .tips(VARIES)
                            .syntax("slot count"))
                    .sub(refused("HELP", "5.0.0", 2).flags(LOADING, STALE))
                    .sub(refused("INFO", "3.0.0", 2).flags(STALE).tips(VARIES))
                    .sub(command("KEYSLOT", ClusterCommands::keyslot)
                            .since("3.0.0")
                            .arity(3)
                            .flags(STALE)
                            .group(CLUSTER)
                            .syntax("key")
                            .complexity("O(N), N = bytes of the key")
                            .summary("Returns the hash slot of a key."))
                    .sub(refused("LINKS", "7.0.0", 2).flags(STALE).tips(VARIES))
                    .sub(admin("MEET", "3.0.0", -4).syntax("ip port [cluster-bus-port]"))
                    .sub(refused("MYID", "3.0.0", 2).flags(STALE))
                    .sub(refused("MYSHARDID", "7.2.0", 2).flags(LOADING, STALE))
                    .sub(refused("NODES", "3.0.0", 2).flags(STALE).tips(VARIES))
                    .sub(refused("REPLICAS", "5.0.0", 3)
                            .flags(ADMIN, STALE)
                            .tips(VARIES)
                            .syntax("node-id"))
                    .sub(admin("REPLICATE", "3.0.0", 3).syntax("node-id"))
                    .sub(refused("RESET", "3.0.0", -2)
                            .flags(ADMIN, NOSCRIPT, STALE)
                            .syntax("[HARD | SOFT]"))
                    .sub(admin("SAVECONFIG", "3.0.0", 2))
                    .sub(admin("SET-CONFIG-EPOCH", "3.0.0", 3).syntax("config-epoch"))
                    .sub(admin("SETSLOT", "3.0.0", -4)
                            .syntax("slot <IMPORTING node-id | MIGRATING node-id | NODE node-id | STABLE>"))
                    .sub(refused("SHARDS", "7.0.0", 2).flags(STALE).tips(VARIES))
                    .sub(refused("SLAVES", "3.0.0", 3)
                            .flags(ADMIN, STALE)
                            .tips(VARIES)
                            .syntax("node-id"))
                    .sub(refused("SLOTS", "3.0.0", 2).flags(STALE).tips(VARIES)),
            connection("ASKING", FAST),
            connection("READONLY", FAST, LOADING, STALE),
            connection("READWRITE", FAST, LOADING, STALE));

    private ClusterCommands() {}

    /** A subcommand that changes a cluster. */
    private static Command admin(String name, String since, int arity) {
        return refused(name, since, arity).flags(ADMIN, STALE, NO_ASYNC_LOADING);
    }

    private static Command refused(String name, String since, int arity) {
        return command(name, ClusterCommands::disabled)
                .since(since)
                .arity(arity)
                .group(CLUSTER)
                .complexity("O(1)")
                .summary("Is refused: this server is no node of a cluster.");
    }

    private static Command connection(String name, int... flags) {
        return refused(name, "3.0.0", 1).flags(flags).categories(Category.CONNECTION);
    }

    /** CLUSTER, ASKING, READONLY, READWRITE. There is no cluster: an error. */
    static void disabled(Call call, Argv argv, Reply reply) {
        throw DISABLED;
    }

    /** CLUSTER KEYSLOT. Replies 0 to 16383: CRC16 of the key, or of what stands between its first braces. */
    static void keyslot(Call call, Argv argv, Reply reply) {
        reply.integer(Crc16.slot(argv.array(2), argv.offset(2), argv.length(2)));
    }
}
