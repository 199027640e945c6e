package io.duetdb.engine;

import io.duetdb.bytes.KeyedHash;
import io.duetdb.engine.acl.User;
import io.duetdb.engine.acl.Users;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Propagator;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.engine.blocking.BlockedClients;
import io.duetdb.engine.client.ClientMemory;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.Clients;
import io.duetdb.engine.client.Dialect;
import io.duetdb.engine.client.Pushes;
import io.duetdb.engine.client.ReplyGate;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandTable;
import io.duetdb.engine.command.Dispatcher;
import io.duetdb.engine.command.EffectNames;
import io.duetdb.engine.command.EffectStream;
import io.duetdb.engine.command.Replay;
import io.duetdb.engine.command.Services;
import io.duetdb.engine.command.TurnClock;
import io.duetdb.engine.commands.Families;
import io.duetdb.engine.commands.Versions;
import io.duetdb.engine.config.EncodingSettings;
import io.duetdb.engine.config.EngineSettings;
import io.duetdb.engine.config.EventClasses;
import io.duetdb.engine.events.KeyEvent;
import io.duetdb.engine.events.KeyspaceEvents;
import io.duetdb.engine.keyspace.FrozenKeyspace;
import io.duetdb.engine.keyspace.KeyLoader;
import io.duetdb.engine.keyspace.Keyspace;
import io.duetdb.engine.pubsub.PubSub;
import io.duetdb.engine.stats.Stats;
import io.duetdb.engine.tracking.Tracking;
import io.duetdb.engine.tx.WatchedKeys;
import io.duetdb.engine.value.Limits;
import io.duetdb.rdb.RdbReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The engine's only public door: connect, execute, and the duties of a loop turn. Single-threaded: whoever calls must
 * own the engine for the time of the call (the event loop, or a caller under the instance's lock).
 *
 * <p>A turn is: any number of {@link #execute} calls, then {@link #beforeSleep}, after which replies have been released.
 */
public final class Engine {
    /** Requests that {@link #execute} takes at once, at most. */
    public static final int BATCH_MAX = Dispatcher.BATCH_MAX;

    /** Work between two looks at the clock: some ten microseconds each. */
    private static final int EXPIRE_STEP = 32;

    private static final int RECLAIM_STEP = 64;

    /** Background work per turn: the most when nobody asks anything, the least when turns follow closely. */
    private static final long BACKGROUND_NS_MAX = 500_000;

    private static final long BACKGROUND_NS_MIN = 20_000;
    private static final long SLICE_NS = 5_000_000;

    private final Keyspace keyspace;
    private final Services services;
    private final Dispatcher dispatcher;
    private final Replay replay;
    private final KeyLoader loader;
    private final ReplyGate gate = new ReplyGate();
    private final TurnClock clock;
    private final Stats stats;
    private final Clients clients = new Clients();
    private final Users users;
    private final EffectStream effects;
    private final Propagator propagator;
    private final long heapLimit;
    private boolean workLeft;
    private boolean served;
    private long turnEndedNs;

    /** Links what all commands do, which otherwise happens when each is called first: for who records a start. */
    public static void linkCommands() {
        Families.table().link();
    }

    /** An engine with empty databases. */
    public Engine(EngineOptions options) {
        Settings settings = options.settings();
        CommandTable table = Families.table();
        EffectNames.check(table);
        int commandCount = table.byId().size();
        RandomSource random = new RandomSource(options.seed());
        propagator = options.propagator();
        stats = new Stats(commandCount);
        clock = new TurnClock(options.clock());
        effects = new EffectStream(propagator, 0);
        long limit = settings.number(EngineSettings.MAXMEMORY);
        keyspace = new Keyspace(
                (int) settings.number(EngineSettings.DATABASES),
                options.blocks(),
                limit == 0 ? options.memoryLimitBytes() : limit,
                options.checked(),
                new KeyedHash(options.hashKey0(), options.hashKey1()),
                random,
                stats,
                clock.wallMs());
        stats.usedBytesAtStart = keyspace.usedBytes();
        users = new Users(new User(Users.DEFAULT, commandCount));
        users.defaultUser().allowEverything();
        users.add(readOnlyUser(table));
        Pushes pushes = new Pushes();
        KeyedHash names = keyspace.keyHash();
        PubSub pubsub = new PubSub(names, pushes);
        services = new Services(
                table,
                keyspace,
                users,
                clients,
                pushes,
                new WatchedKeys(keyspace.count(), names),
                new BlockedClients(keyspace.count(), names),
                new Tracking(names, clients, pushes, random),
                pubsub,
                settings,
                stats,
                new KeyspaceEvents(pubsub, options.events()),
                options.host(),
                clock,
                random,
                effects,
                runId(random));
        dispatcher = new Dispatcher(services, gate);
        replay = new Replay(services);
        loader = new KeyLoader(keyspace);
        heapLimit = options.memoryLimitBytes();
        clients.whenGone(this::forget);
        follow(settings);
    }

    /** The version of Redis whose commands and answers clients may expect. */
    public static String redisVersion() {
        return Versions.REDIS;
    }

    /** The settings the engine owns. */
    public static List<Setting> settings() {
        return EngineSettings.LIST;
    }

    private void follow(Settings settings) {
        settings.listen(EngineSettings.MAXMEMORY, s -> limit());
        settings.listen(EngineSettings.MAXMEMORY_CLIENTS, s -> limitClients());
        limitClients();
        settings.listen(EngineSettings.REQUIREPASS, s -> password(s));
        password(settings);
        settings.listen(EngineSettings.NOTIFY, this::events);
        events(settings);
        settings.listen(EngineSettings.TRACKING_KEYS, this::trackedKeys);
        trackedKeys(settings);
        for (Setting setting : EncodingSettings.LIST) {
            settings.listen(setting.name(), this::encodings);
        }
        encodings(settings);
    }

    private void encodings(Settings settings) {
        Limits limits = keyspace.limits();
        limits.hashListpackEntries = settings.number(EncodingSettings.HASH_ENTRIES);
        limits.hashListpackValue = settings.number(EncodingSettings.HASH_VALUE);
        limits.setIntsetEntries = settings.number(EncodingSettings.SET_INTSET_ENTRIES);
        limits.setListpackEntries = settings.number(EncodingSettings.SET_LISTPACK_ENTRIES);
        limits.setListpackValue = settings.number(EncodingSettings.SET_LISTPACK_VALUE);
        limits.zsetListpackEntries = settings.number(EncodingSettings.ZSET_ENTRIES);
        limits.zsetListpackValue = settings.number(EncodingSettings.ZSET_VALUE);
        limits.listListpackSize = (int) settings.number(EncodingSettings.LIST_SIZE);
    }

    private void events(Settings settings) {
        KeyspaceEvents events = services.events();
        events.publish(EventClasses.bits(settings.text(EngineSettings.NOTIFY)));
        boolean loading = replay.underWay();
        keyspace.tell(!loading && events.wants(KeyEvent.NEW), !loading && events.wants(KeyEvent.KEYMISS));
    }

    private void trackedKeys(Settings settings) {
        services.tracking().keysMax(settings.number(EngineSettings.TRACKING_KEYS));
    }

    /** Sets the limit of memory. What was saved may pass maxmemory, but not what the heap holds. */
    private void limit() {
        long asked = services.settings().number(EngineSettings.MAXMEMORY);
        boolean loading = replay.underWay();
        keyspace.limitBytes(asked == 0 ? heapLimit : loading ? Math.max(asked, heapLimit) : asked);
        limitClients();
    }

    /** Sets the limit of what clients may cost; a percentage is one of the limit of memory. */
    private void limitClients() {
        String asked = services.settings().text(EngineSettings.MAXMEMORY_CLIENTS);
        boolean percent = asked.endsWith("%");
        long number = Long.parseUnsignedLong(percent ? asked.substring(0, asked.length() - 1) : asked);
        long bytes = percent ? keyspace.limitBytes() / 100 * number : number;
        clients.memory().limit(bytes < 0 ? Long.MAX_VALUE : bytes);
    }

    private void password(Settings settings) {
        users.defaultUser().password(settings.text(EngineSettings.REQUIREPASS).getBytes(StandardCharsets.UTF_8));
    }

    private static User readOnlyUser(CommandTable table) {
        User user = new User(Users.READ_ONLY, table.byId().size());
        for (Command command : table.byId()) {
            boolean read = (command.categories() & Category.READ) != 0;
            boolean dangerous = (command.categories() & Category.DANGEROUS) != 0;
            boolean harmless = (command.categories() & (Category.CONNECTION | Category.WRITE)) == Category.CONNECTION;
            boolean walk = command.name().equals("scan"); // Upstash refuses it to this token, as KEYS
            if ((read || harmless) && !dangerous && !walk) {
                user.allow(command.id());
            }
        }
        return user;
    }

    private static String runId(RandomSource random) {
        StringBuilder s = new StringBuilder(40);
        for (int i = 0; i < 40; i++) {
            s.append(Character.forDigit(random.nextInt(16), 16));
        }
        return s.toString();
    }

    // ---- clients

    /** A new client of the RESP front-end or of a caller inside the JVM: the default user, Redis' dialect. */
    public Client connect(Connection connection) {
        User user = users.defaultUser();
        return connect(connection, user, Dialect.REDIS, user.noPassword() && user.enabled());
    }

    /** A new client of the REST front-end, whose token was checked: that user, Upstash's dialect. */
    public Client connectRest(Connection connection, boolean readOnly) {
        User user = readOnly ? users.get(Users.READ_ONLY) : users.defaultUser();
        return connect(connection, user == null ? users.defaultUser() : user, Dialect.UPSTASH, true);
    }

    /** A new client of Redis' dialect that is where another one is: its user, selected database, protocol and name. */
    public Client connectLike(Connection connection, Client other) {
        ClientState like = (ClientState) other;
        ClientState client = connect(connection, like.user(), Dialect.REDIS, like.authenticated());
        client.select(like.db());
        client.protocol(like.protocol());
        client.name(like.name());
        return client;
    }

    private ClientState connect(Connection connection, User user, Dialect dialect, boolean authenticated) {
        stats.connectionsReceived++;
        ClientState client = new ClientState(
                clients.nextId(), connection, dialect, user, authenticated, keyspace.db(0), clock.presentMs());
        clients.add(client);
        return client;
    }

    /** Whether another client would pass the limit of connections; then its connection gets an error and is closed. */
    public boolean full() {
        boolean full = clients.count() >= services.settings().number(EngineSettings.MAXCLIENTS);
        if (full) {
            stats.connectionsRejected++;
        }
        return full;
    }

    /** Forgets a client whose connection is gone. */
    public void disconnect(Client client) {
        ClientState state = (ClientState) client;
        state.closing(true);
        clients.remove(state);
    }

    private void forget(ClientState client) {
        services.blocked().remove(client);
        services.tracking().remove(client);
        services.pubsub().remove(client);
        client.endTransaction(services.watched());
    }

    // ---- requests

    /**
     * Runs the requests of one client in order, at most {@link #BATCH_MAX}. Each writes one reply into the client's
     * connection. Returns how many ran; see {@link Dispatcher#execute}.
     */
    public int execute(Client client, Argv[] batch, int count) {
        served = true;
        ClientState state = (ClientState) client;
        int ran = dispatcher.execute(state, batch, count);
        gate.leaveEarly(state, propagator, effects.offset());
        return ran;
    }

    /**
     * Queues a request of a client that cannot send MULTI itself, because its front end collects the transaction for it.
     * Copies it. Returns the error why it can't be queued, or null; then the front end should {@link #discard} the whole.
     */
    public @Nullable CommandError queue(Client client, Argv request) {
        return dispatcher.queue((ClientState) client, request);
    }

    /**
     * Runs what was queued by {@link #queue} as one, nobody else's requests in between. Writes one reply, the array of
     * all theirs or one error, or none yet while a pause holds it back: then the client is suspended. Returns 0 when the
     * client was closed.
     */
    public int exec(Client client) {
        served = true;
        ClientState state = (ClientState) client;
        int ran = dispatcher.exec(state);
        gate.leaveEarly(state, propagator, effects.offset());
        return ran;
    }

    /** Forgets what was queued by {@link #queue}; nothing when that is nothing. */
    public void discard(Client client) {
        ((ClientState) client).endTransaction(services.watched());
    }

    /**
     * A client whose command, which was suspended, paused or blocked, has ended now, so that its next requests may run. To be
     * called until it returns null: then there is no more to do in this turn.
     */
    public @Nullable Client resume() {
        return dispatcher.resume(SLICE_NS);
    }

    // ---- loading

    /**
     * Begins to load data by {@link #replay}. Clients are answered LOADING meanwhile, but for commands that may run
     * then; turns go on ending by {@link #beforeSleep}. No key expires, however long its deadline has passed.
     */
    public void beginLoading() {
        dispatcher.loading(true);
        replay.begin();
        events(services.settings());
        limit();
    }

    /**
     * Runs the next command of a stream of effects, as an append-only file holds it: writes, SELECT, and MULTI and EXEC
     * around what belongs together. Unlike a client's request it meets no limit of rights and not that of maxmemory,
     * counts in no statistics, and its own effects go nowhere. Time is the engine's clock's.
     *
     * @return whether everything replayed so far took place: false between MULTI and EXEC, whose commands run at EXEC.
     *     A stream may be cut wherever this was true
     * @throws io.duetdb.engine.api.CommandError when the command is unknown, doesn't change data, fails, or the heap
     *     has no room for it: loading should stop
     */
    public boolean replay(Argv effect) {
        return replay.run(effect);
    }

    /**
     * Loads what the next commands of a stream of effects will look up, at most {@link #BATCH_MAX}, so that their cache
     * misses overlap. Changes nothing.
     */
    public void replayAhead(Argv[] effects, int count) {
        replay.ahead(effects, count);
    }

    /**
     * Ends loading. Commands behind a MULTI without EXEC are dropped. Keys whose deadline passed meanwhile are gone for
     * clients from now on, and expire in the budgets of later turns.
     */
    public void endLoading() {
        replay.end();
        loader.replacing(false);
        dispatcher.loading(false);
        events(services.settings());
        limit();
    }

    /** Empties all databases, before something else is loaded. No effect, no event. */
    public void empty() {
        dispatcher.emptying();
        keyspace.flush(Keyspace.ALL);
    }

    /** Whether {@link #load} replaces keys that are there, until {@link #endLoading}; not at first. */
    public void replacing(boolean value) {
        loader.replacing(value);
    }

    /**
     * Makes a key from a snapshot, between {@link #beginLoading} and {@link #endLoading}. Counts in no statistics, has no
     * effect, tells nobody.
     *
     * @param expireAtMs absolute time, or -1; kept as it is, however long it is over
     * @param idleS seconds since its last use, or -1
     * @param frequency LFU counter, or -1
     * @return whether the key was made: false when its collection is empty
     * @throws io.duetdb.rdb.RdbFormatException when the value is damaged, there is no such database, or the key is there
     *     already and not to be replaced
     * @throws io.duetdb.engine.api.CommandError when the heap has no room for it
     */
    public boolean load(
            int db, byte[] key, int keyLength, long expireAtMs, long idleS, int frequency, int type, RdbReader value) {
        return loader.load(db, key, keyLength, expireAtMs, idleS, type, value);
    }

    /** Says that {@link #load} will be called for a key soon, so that several wait for memory together. May be left out. */
    public void announce(int db, byte[] key, int keyLength) {
        loader.announce(db, key, keyLength);
    }

    /** The stream of effects goes on from here, where an earlier process left it. Only before the first effect. */
    public void continueFrom(long offset) {
        effects.continueFrom(offset);
    }

    /** Number of changes since the engine's birth, as Redis counts them for save points. */
    public long changes() {
        return stats.changes;
    }

    // ---- the duties of a loop turn

    /**
     * Ends a loop turn: background work within its budget, effects to the propagator, then replies leave. Must be called
     * after requests were executed, and by {@link #nextDutyInMs} at the latest when there were none.
     */
    public void beforeSleep() {
        clock.open();
        background();
        propagator.turnEnds(effects.offset());
        gate.turnEnds(propagator, effects.offset(), effects.commandOffset());
        if (clients.memory().due(clock.monotonicNs())) {
            limitClientMemory();
        }
        turnEnded();
    }

    /**
     * Ends a turn on a thread that may let the replies of one client go but nobody else's, which leave with the next turn
     * on the thread of their sockets. Returns whether that should come at once: others have replies, or may go on.
     */
    public boolean beforeSleep(Client only) {
        clock.open();
        background();
        propagator.turnEnds(effects.offset());
        boolean others = gate.turnEndsFor((ClientState) only, propagator, effects.offset(), effects.commandOffset());
        turnEnded();
        return others || dispatcher.mayResume();
    }

    private void turnEnded() {
        dispatcher.storageRefuses(services.host().storage().refusal());
        stats.turn(clock.close(), clock.monotonicNs());
        turnEndedNs = clock.monotonicNs();
        served = false;
        if (stats.usedBytesPeak < keyspace.usedBytes()) {
            stats.usedBytesPeak = keyspace.usedBytes();
        }
    }

    /** Closes clients while all together cost more than they may: what has left by now does not count. */
    private void limitClientMemory() {
        long from = clock.monotonicNs();
        for (ClientState client : clients.memory().surplus()) {
            services.host()
                    .log("Evicting client: id=" + client.id() + " addr="
                            + client.connection().remoteAddress() + " tot-mem=" + ClientMemory.bytes(client));
            stats.evictedClients++;
            client.closing(true);
            clients.remove(client);
            client.connection().abort();
        }
        clock.tick();
        clients.memory().looked(from, clock.monotonicNs());
    }

    /**
     * Expires and frees within a budget. Replies of this turn wait for it, so when there are any it takes no more than
     * half of the time since the last turn: mass expiry under load slows requests by half at worst, and doesn't stop
     * them.
     */
    private void background() {
        long now = clock.monotonicNs();
        long share = served ? (now - turnEndedNs) / 2 : BACKGROUND_NS_MAX;
        long until = now + Math.max(BACKGROUND_NS_MIN, Math.min(BACKGROUND_NS_MAX, share));
        boolean more;
        do {
            int expired = dispatcher.expireCycle(EXPIRE_STEP);
            int reclaimed = keyspace.reclaim(RECLAIM_STEP);
            more = expired >= EXPIRE_STEP || reclaimed >= RECLAIM_STEP;
            if (more) {
                clock.tick();
            }
        } while (more && clock.monotonicNs() < until);
        stats.backgroundNs += clock.monotonicNs() - now;
        workLeft = more || dispatcher.busy() || dispatcher.mayResume();
        dispatcher.turnEnded();
    }

    /**
     * When {@link #beforeSleep} is wanted next though nobody asks anything: 0 = at once, there is work left; -1 = not
     * before the next request; otherwise ms.
     */
    public long nextDutyInMs() {
        if (workLeft) {
            return 0;
        }
        long pauseMs = dispatcher.pauseLeftMs();
        return sooner(dispatcher.nextTimeoutInMs(), pauseMs >= 0 ? pauseMs : keyspace.nextDeadlineInMs());
    }

    private static long sooner(long oneMs, long otherMs) {
        return oneMs < 0 ? otherMs : otherMs < 0 ? oneMs : Math.min(oneMs, otherMs);
    }

    // ---- snapshots and figures

    /** Whether a command is half done and goes on in later turns: a view that is frozen now would hold half of it. */
    public boolean suspended() {
        return dispatcher.busy();
    }

    /** Freezes all databases. Takes microseconds; memory that is written afterwards is copied page by page. */
    public Snapshot freeze() {
        return keyspace.freeze(effects.offset());
    }

    /** Makes a frozen state the present one again. The snapshot stays open. */
    public void rollBack(Snapshot snapshot) {
        keyspace.rollBack((FrozenKeyspace) snapshot);
        dispatcher.rolledBack();
    }

    /** Number of effects since the engine's birth: what sync tokens are made of. */
    public long offset() {
        return effects.offset();
    }

    /** 40 hexadecimal digits, anew for each engine. */
    public String runId() {
        return services.runId();
    }

    /** Bytes of page memory in use. */
    public long usedBytes() {
        return keyspace.usedBytes();
    }

    /** The limit in force for page memory, in bytes. */
    public long memoryLimitBytes() {
        return keyspace.limitBytes();
    }
}
