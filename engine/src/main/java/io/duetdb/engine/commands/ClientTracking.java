package io.duetdb.engine.commands;

import io.duetdb.bytes.PrefixMap;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Errors;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.client.ClientState;
import io.duetdb.engine.client.TrackingState;
import io.duetdb.engine.command.Call;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of CLIENT that client-side caches need: TRACKING, CACHING, TRACKINGINFO, GETREDIR. */
final class ClientTracking {
    private static final CommandError TWO_REDIRECTIONS =
            new CommandError("ERR A client can only redirect to a single other client");
    private static final CommandError NO_SUCH_REDIRECTION =
            new CommandError("ERR The client ID you want redirect to does not exist");
    private static final CommandError PREFIX_WITHOUT_BCAST =
            new CommandError("ERR PREFIX option requires BCAST mode to be enabled");
    private static final CommandError SWITCHES_BCAST =
            new CommandError("ERR You can't switch BCAST mode on/off before disabling tracking for this client, and"
                    + " then re-enabling it with a different mode.");
    private static final CommandError BCAST_WITH_OPTION =
            new CommandError("ERR OPTIN and OPTOUT are not compatible with BCAST");
    private static final CommandError TWO_OPTIONS =
            new CommandError("ERR You can't specify both OPTIN mode and OPTOUT mode");
    private static final CommandError SWITCHES_OPTION =
            new CommandError("ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and"
                    + " then re-enabling it with a different mode.");
    private static final CommandError OFF =
            new CommandError("ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or"
                    + " OPTOUT mode enabled");
    private static final CommandError YES_WITHOUT_OPTIN =
            new CommandError("ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
    private static final CommandError NO_WITHOUT_OPTOUT =
            new CommandError("ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");

    private static final int OPTIONS = TrackingState.OPT_IN | TrackingState.OPT_OUT;

    private ClientTracking() {}

    /** CLIENT TRACKING. Options are read whole, also for OFF; then ON checks whether they go together. */
    static void tracking(Call call, Argv argv, Reply reply) {
        ClientState client = call.client();
        long redirection = 0;
        int mode = 0;
        List<byte[]> prefixes = new ArrayList<>();
        for (int i = 3; i < argv.count(); i++) {
            boolean more = i + 1 < argv.count();
            if (more && argv.is(i, "REDIRECT")) {
                redirection = redirection(call, argv, ++i, redirection);
            } else if (more && argv.is(i, "PREFIX")) {
                prefixes.add(argv.bytes(++i));
            } else {
                mode |= option(argv, i);
            }
        }
        if (argv.is(2, "ON")) {
            check(client.tracking(), mode, prefixes);
            call.services().tracking().on(client, mode, redirection, prefixes);
        } else if (argv.is(2, "OFF")) {
            call.services().tracking().off(client);
        } else {
            throw Errors.SYNTAX;
        }
        reply.ok();
    }

    private static long redirection(Call call, Argv argv, int index, long before) {
        if (before != 0) {
            throw TWO_REDIRECTIONS;
        }
        long id = argv.integer(index);
        if (call.services().clients().get(id) == null) {
            throw NO_SUCH_REDIRECTION;
        }
        return id;
    }

    private static int option(Argv argv, int index) {
        if (argv.is(index, "BCAST")) {
            return TrackingState.BROADCAST;
        }
        if (argv.is(index, "OPTIN")) {
            return TrackingState.OPT_IN;
        }
        if (argv.is(index, "OPTOUT")) {
            return TrackingState.OPT_OUT;
        }
        if (argv.is(index, "NOLOOP")) {
            return TrackingState.NO_LOOP;
        }
        throw Errors.SYNTAX;
    }

    /** Checks whether the options of ON go together, and with what the client has asked for before. */
    private static void check(@Nullable TrackingState present, int mode, List<byte[]> prefixes) {
        boolean broadcast = (mode & TrackingState.BROADCAST) != 0;
        if (!broadcast && !prefixes.isEmpty()) {
            throw PREFIX_WITHOUT_BCAST;
        }
        if (present != null && present.is(TrackingState.BROADCAST) != broadcast) {
            throw SWITCHES_BCAST;
        }
        if (broadcast && (mode & OPTIONS) != 0) {
            throw BCAST_WITH_OPTION;
        }
        if ((mode & OPTIONS) == OPTIONS) {
            throw TWO_OPTIONS;
        }
        if (present != null && ((mode | present.mode()) & OPTIONS) == OPTIONS) {
            throw SWITCHES_OPTION;
        }
        if (!prefixes.isEmpty()) {
            checkOverlap(present == null ? List.of() : present.prefixes(), prefixes);
        }
    }

    /**
     * No key may begin with two prefixes of one client: it would be told twice. The first one that overlaps is refused,
     * with an old one or with one that was given behind it.
     */
    private static void checkOverlap(List<byte[]> old, List<byte[]> prefixes) {
        PrefixMap<byte[]> before = new PrefixMap<>();
        old.forEach(prefix -> before.put(prefix, prefix));
        PrefixMap<byte[]> behind = new PrefixMap<>();
        byte[] refused = null;
        int from = 0;
        for (int i = prefixes.size() - 1; i >= 0; i--) { // the last one found is the first of them
            byte[] prefix = prefixes.get(i);
            if (before.overlaps(prefix) || behind.overlaps(prefix)) {
                refused = prefix;
                from = i + 1;
            }
            behind.put(prefix, prefix);
        }
        if (refused != null) {
            refuseOverlap(refused, old, "an existing");
            refuseOverlap(refused, prefixes.subList(from, prefixes.size()), "another provided");
        }
    }

    private static void refuseOverlap(byte[] prefix, List<byte[]> others, String which) {
        for (byte[] other : others) {
            int common = Math.min(prefix.length, other.length);
            if (Arrays.equals(prefix, 0, common, other, 0, common)) {
                String line = "ERR Prefix '" + shown(prefix) + "' overlaps with " + which + " prefix '" + shown(other)
                        + "'. Prefixes for a single client must not overlap.";
                throw new CommandError(line.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
    }

    /** A prefix as Redis formats it: a zero byte ends a C string. */
    private static String shown(byte[] prefix) {
        String text = new String(prefix, StandardCharsets.ISO_8859_1);
        int end = text.indexOf(0);
        return end < 0 ? text : text.substring(0, end);
    }

    /** CLIENT CACHING. Stands for the next command of this client, or for the whole transaction that comes next. */
    static void caching(Call call, Argv argv, Reply reply) {
        TrackingState state = call.client().tracking();
        if (state == null) {
            throw OFF;
        }
        if (argv.is(2, "YES")) {
            if (!state.is(TrackingState.OPT_IN)) {
                throw YES_WITHOUT_OPTIN;
            }
        } else if (argv.is(2, "NO")) {
            if (!state.is(TrackingState.OPT_OUT)) {
                throw NO_WITHOUT_OPTOUT;
            }
        } else {
            throw Errors.SYNTAX;
        }
        state.caching(true);
        reply.ok();
    }

    /** CLIENT TRACKINGINFO. Replies a map: a set of flags, the id as CLIENT GETREDIR has it, an array of prefixes. */
    static void trackingInfo(Call call, Argv argv, Reply reply) {
        TrackingState state = call.client().tracking();
        List<String> flags = flags(state);
        List<byte[]> prefixes = state == null ? List.of() : state.prefixes();
        reply.map(3);
        reply.text("flags");
        reply.set(flags.size());
        for (String flag : flags) {
            reply.text(flag);
        }
        reply.text("redirect");
        reply.integer(state == null ? -1 : state.redirection());
        reply.text("prefixes");
        reply.array(prefixes.size());
        for (byte[] prefix : prefixes) {
            reply.bulk(prefix);
        }
    }

    private static List<String> flags(@Nullable TrackingState state) {
        List<String> flags = new ArrayList<>();
        if (state == null) {
            flags.add("off");
            return flags;
        }
        flags.add("on");
        if (state.is(TrackingState.BROADCAST)) {
            flags.add("bcast");
        }
        if (state.is(TrackingState.OPT_IN)) {
            flags.add("optin");
            if (state.caching()) {
                flags.add("caching-yes");
            }
        }
        if (state.is(TrackingState.OPT_OUT)) {
            flags.add("optout");
            if (state.caching()) {
                flags.add("caching-no");
            }
        }
        if (state.is(TrackingState.NO_LOOP)) {
            flags.add("noloop");
        }
        if (state.broken()) {
            flags.add("broken_redirect");
        }
        return flags;
    }

    /** CLIENT GETREDIR. Replies the id of the client that is told instead, 0 for none, -1 without tracking. */
    static void getRedir(Call call, Argv argv, Reply reply) {
        TrackingState state = call.client().tracking();
        reply.integer(state == null ? -1 : state.redirection());
    }
}
