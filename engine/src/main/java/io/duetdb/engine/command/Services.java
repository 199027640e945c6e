package io.duetdb.engine.command;

import io.duetdb.engine.acl.Users;
import io.duetdb.engine.api.Host;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.blocking.BlockedClients;
import io.duetdb.engine.client.Clients;
import io.duetdb.engine.client.Pushes;
import io.duetdb.engine.events.KeyspaceEvents;
import io.duetdb.engine.keyspace.Keyspace;
import io.duetdb.engine.pubsub.PubSub;
import io.duetdb.engine.stats.Stats;
import io.duetdb.engine.tracking.Tracking;
import io.duetdb.engine.tx.WatchedKeys;

/**
 * The mechanisms behind the commands that administer.
 *
 * @param table all commands
 * @param keyspace all databases
 * @param users who may do what
 * @param clients who is connected
 * @param pushes messages on their way to clients
 * @param watched keys that transactions watch
 * @param blocked clients that wait for keys
 * @param tracking keys that clients keep
 * @param pubsub who is subscribed to what
 * @param settings the joined table of settings
 * @param stats counters
 * @param events who hears of key events
 * @param host the outside
 * @param clock time
 * @param random chance
 * @param effects where effects go, and their offset
 * @param runId 40 hexadecimal digits, anew at each start
 */
public record Services(
        CommandTable table,
        Keyspace keyspace,
        Users users,
        Clients clients,
        Pushes pushes,
        WatchedKeys watched,
        BlockedClients blocked,
        Tracking tracking,
        PubSub pubsub,
        Settings settings,
        Stats stats,
        KeyspaceEvents events,
        Host host,
        TurnClock clock,
        RandomSource random,
        EffectStream effects,
        String runId) {}
