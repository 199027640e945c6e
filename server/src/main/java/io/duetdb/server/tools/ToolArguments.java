package io.duetdb.server.tools;

import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import io.duetdb.server.StartupException;
import io.duetdb.server.Usage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a tool: words, options with a value ({@code --to file} or {@code --to=file}), switches, and those
 * settings that have a meaning for files.
 */
final class ToolArguments {
    /** The setting that names the data folder. */
    static final String DIR = "dir";

    /** Settings that tools obey. */
    private static final List<String> SETTINGS = List.of(
            DIR,
            "databases",
            "dbfilename",
            "appendfilename",
            "appenddirname",
            "aof-load-truncated",
            "aof-load-damaged",
            "rdbcompression",
            "rdbchecksum");

    private final String tool;
    private final Set<String> options;
    private final Set<String> switches;
    private final Map<String, String> values = new HashMap<>();
    private final Map<String, String> settings = new HashMap<>();
    private final Set<String> on = new HashSet<>();
    private final List<String> words = new ArrayList<>();
    private boolean help;

    /** For a tool with these options, which take a value, and switches, which don't; names without dashes. */
    ToolArguments(String tool, List<String> options, List<String> switches) {
        this.tool = tool;
        this.options = Set.copyOf(options);
        this.switches = Set.copyOf(switches);
    }

    /** Reads the arguments from {@code from} on. */
    ToolArguments read(String[] args, int from) throws StartupException {
        for (int i = from; i < args.length; i++) {
            String arg = args[i];
            if (arg.equals("--help") || arg.equals("-h")) {
                help = true;
            } else if (!arg.startsWith("-") || arg.equals("-")) {
                words.add(arg);
            } else if (!arg.startsWith("--")) {
                throw unknown(arg);
            } else {
                int equals = arg.indexOf('=');
                String name = arg.substring(2, equals < 0 ? arg.length() : equals);
                if (switches.contains(name)) {
                    if (equals >= 0) {
                        throw new StartupException(tool + ": --" + name + " takes no value");
                    }
                    on.add(name);
                    continue;
                }
                if (!options.contains(name) && !SETTINGS.contains(name)) {
                    throw unknown(arg.substring(0, equals < 0 ? arg.length() : equals));
                }
                if (equals < 0 && (i + 1 == args.length || args[i + 1].startsWith("--"))) {
                    throw new StartupException(tool + ": --" + name + " needs a value");
                }
                String value = equals < 0 ? args[++i] : arg.substring(equals + 1);
                (options.contains(name) ? values : settings).put(name, value);
            }
        }
        return this;
    }

    private StartupException unknown(String arg) {
        List<String> known = new ArrayList<>(options);
        known.addAll(switches);
        known.addAll(SETTINGS);
        known.sort(null);
        String nearest = Usage.nearest(arg, known);
        return new StartupException(tool + ": unknown option " + arg + "; "
                + (nearest == null ? "duet " + tool + " --help lists all" : "did you mean --" + nearest + "?"));
    }

    /** Whether help is asked for. */
    boolean help() {
        return help;
    }

    /** What is no option. */
    List<String> words() {
        return words;
    }

    /** Whether a switch was given. */
    boolean has(String name) {
        return on.contains(name);
    }

    /** The value of an option, or null. */
    @Nullable
    String value(String name) {
        return values.get(name);
    }

    /** The value of an option that must be there. */
    String needed(String name, String what) throws StartupException {
        String value = values.get(name);
        if (value == null) {
            throw new StartupException(tool + " needs --" + name + " " + what + "; duet " + tool + " --help says more");
        }
        return value;
    }

    /** The number that an option names, or {@code absent}. */
    int number(String name, int absent) throws StartupException {
        String value = values.get(name);
        if (value == null) {
            return absent;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new StartupException(tool + ": --" + name + " can't be '" + value + "'; it is a number from 0 on");
    }

    /** Gives the settings that were named their values. */
    void apply(Settings table) throws StartupException {
        for (Map.Entry<String, String> given : settings.entrySet()) {
            Setting setting = table.find(given.getKey());
            try {
                table.set(given.getKey(), given.getValue());
            } catch (IllegalArgumentException e) {
                throw new StartupException(tool + ": --" + given.getKey() + " can't be '" + given.getValue() + "'"
                        + (setting == null ? "" : "; allowed: " + Usage.allowed(setting)));
            }
        }
    }
}
