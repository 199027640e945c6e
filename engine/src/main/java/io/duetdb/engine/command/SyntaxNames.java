package io.duetdb.engine.command;

import io.duetdb.engine.command.Syntax.Argument;
import io.duetdb.engine.command.Syntax.Type;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a syntax line doesn't say: types by the names of arguments, and the names of groups and symbols. */
final class SyntaxNames {
    private static final Set<String> KEYS =
            Set.of("key", "key1", "key2", "newkey", "destination", "source", "destkey", "sourcekey", "dst", "src");

    private static final Set<String> INTEGERS = Set.of(
            "count",
            "offset",
            "index",
            "index1",
            "index2",
            "numkeys",
            "milliseconds",
            "seconds",
            "port",
            "bit",
            "bits",
            "decrement",
            "increment",
            "cursor",
            "db",
            "destination-db",
            "weight",
            "frequency",
            "ttl",
            "len",
            "rank",
            "num-matches",
            "client-id",
            "protover",
            "numreplicas",
            "numlocal",
            "version",
            "limit",
            "slot",
            "start-slot",
            "end-slot",
            "config-epoch",
            "cluster-bus-port",
            "entries-read",
            "entries-added",
            "ms",
            "maxage",
            "maxlen",
            "samples",
            "min-idle-time",
            "min-match-len");

    private static final Set<String> DOUBLES =
            Set.of("score", "longitude", "latitude", "radius", "width", "height", "timeout");

    /** Where a name means something else in one command than elsewhere. */
    private static final Map<String, Type> BY_COMMAND = Map.ofEntries(
            Map.entry("incrbyfloat increment", Type.DOUBLE),
            Map.entry("hincrbyfloat increment", Type.DOUBLE),
            Map.entry("getrange start", Type.INTEGER),
            Map.entry("getrange end", Type.INTEGER),
            Map.entry("substr start", Type.INTEGER),
            Map.entry("substr end", Type.INTEGER),
            Map.entry("bitcount start", Type.INTEGER),
            Map.entry("bitcount end", Type.INTEGER),
            Map.entry("bitpos start", Type.INTEGER),
            Map.entry("bitpos end", Type.INTEGER),
            Map.entry("lrange start", Type.INTEGER),
            Map.entry("lrange stop", Type.INTEGER),
            Map.entry("ltrim start", Type.INTEGER),
            Map.entry("ltrim stop", Type.INTEGER),
            Map.entry("zrevrange start", Type.INTEGER),
            Map.entry("zrevrange stop", Type.INTEGER),
            Map.entry("zremrangebyrank start", Type.INTEGER),
            Map.entry("zremrangebyrank stop", Type.INTEGER),
            Map.entry("zcount min", Type.DOUBLE),
            Map.entry("zcount max", Type.DOUBLE),
            Map.entry("zrangebyscore min", Type.DOUBLE),
            Map.entry("zrangebyscore max", Type.DOUBLE),
            Map.entry("zrevrangebyscore min", Type.DOUBLE),
            Map.entry("zrevrangebyscore max", Type.DOUBLE),
            Map.entry("zremrangebyscore min", Type.DOUBLE),
            Map.entry("zremrangebyscore max", Type.DOUBLE),
            Map.entry("setbit value", Type.INTEGER),
            Map.entry("bitfield value", Type.INTEGER),
            Map.entry("xclaim min-idle-time", Type.STRING),
            Map.entry("xautoclaim min-idle-time", Type.STRING),
            Map.entry("wait timeout", Type.INTEGER),
            Map.entry("waitaof timeout", Type.INTEGER),
            Map.entry("client|pause timeout", Type.INTEGER),
            Map.entry("migrate timeout", Type.INTEGER));

    /** Names of choices by their first alternative. */
    private static final Map<String, String> CHOICES = Map.ofEntries(
            Map.entry("NX", "condition"),
            Map.entry("GT", "comparison"),
            Map.entry("EX", "expiration"),
            Map.entry("FNX", "condition"),
            Map.entry("ASYNC", "flush-type"),
            Map.entry("LEFT", "where"),
            Map.entry("BEFORE", "where"),
            Map.entry("ASC", "order"),
            Map.entry("BYTE", "unit"),
            Map.entry("M", "unit"),
            Map.entry("SUM", "aggregate"),
            Map.entry("FROMMEMBER", "from"),
            Map.entry("BYRADIUS", "by"),
            Map.entry("BYSCORE", "sortby"),
            Map.entry("MAXLEN", "strategy"),
            Map.entry("=", "operator"),
            Map.entry("MODULE", "filterby"),
            Map.entry("NOSAVE", "save-selector"),
            Map.entry("LIB-NAME", "attr"),
            Map.entry("WRITE", "mode"),
            Map.entry("HARD", "reset-type"));

    private static final Map<String, String> SYMBOLS =
            Map.of("*", "auto-id", "$", "new-id", "=", "equal", "~", "approximately", "\"\"", "empty-string");

    private SyntaxNames() {}

    /** The type of a plain argument of a command, by its name. A key that no key specification knows is a string. */
    static Type type(String command, String name, boolean hasKeys) {
        Type special = BY_COMMAND.get(command + " " + name);
        if (special != null) {
            return special;
        }
        if (KEYS.contains(name)) {
            return hasKeys ? Type.KEY : Type.STRING;
        }
        if (INTEGERS.contains(name)) {
            return Type.INTEGER;
        }
        if (DOUBLES.contains(name)) {
            return Type.DOUBLE;
        }
        if (name.startsWith("unix-time-")) {
            return Type.UNIX_TIME;
        }
        return name.equals("pattern") ? Type.PATTERN : Type.STRING;
    }

    /** The name of a token that stands by itself. */
    static String ofToken(String token) {
        String name = SYMBOLS.get(token);
        return name == null ? token.toLowerCase(Locale.ROOT) : name;
    }

    /** The name of a choice. */
    static String ofChoice(List<Argument> alternatives) {
        Argument first = alternatives.get(0);
        @Nullable String token = first.token();
        String name = token == null ? null : CHOICES.get(token);
        return name != null ? name : alternatives.stream().map(Argument::name).collect(Collectors.joining("-or-"));
    }

    /** The name of several arguments that belong together. */
    static String ofBlock(List<Argument> arguments) {
        return arguments.stream().map(Argument::name).collect(Collectors.joining("-"));
    }
}
