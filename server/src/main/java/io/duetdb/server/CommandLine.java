package io.duetdb.server;

import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Fills the settings from the command line, which has redis-server's grammar: first, if you like, the path of a config
 * file, then {@code --name value [value ...]}; {@code --name=value} is understood too. What comes later wins.
 */
final class CommandLine {
    /** What the command line asks for besides settings. */
    enum Wish {
        START,
        HELP,
        VERSION
    }

    private final Settings settings;
    private @Nullable String configFile;
    private Wish wish = Wish.START;

    /** A reader that fills {@code settings}. */
    CommandLine(Settings settings) {
        this.settings = settings;
    }

    /** Reads all arguments; the first mistake ends it with a line for the user. */
    void read(String... args) throws StartupException {
        int at = 0;
        if (args.length > 0 && !args[0].startsWith("-")) {
            configFile = args[0];
            ConfigFile.read(args[0], this);
            at = 1;
        }
        while (at < args.length) {
            String arg = args[at++];
            if (asksForHelp(arg)) {
                continue;
            }
            if (!arg.startsWith("--")) {
                throw new StartupException(
                        arg.startsWith("-")
                                ? unknown("", arg)
                                : "unexpected argument '" + arg + "'; settings are given as --name value, see --help");
            }
            int equals = arg.indexOf('=');
            String name = arg.substring(2, equals > 0 ? equals : arg.length());
            List<String> values = new ArrayList<>();
            if (equals > 0) {
                values.add(arg.substring(equals + 1));
            }
            while (at < args.length && !args[at].startsWith("--")) {
                values.add(args[at++]);
            }
            apply("--", name, values);
        }
    }

    private boolean asksForHelp(String arg) {
        switch (arg) {
            case "--help", "-h" -> wish = Wish.HELP;
            case "--version", "-v" -> wish = Wish.VERSION;
            default -> {
                return false;
            }
        }
        return true;
    }

    /** What was asked for; START unless {@code --help} or {@code --version} was among the arguments. */
    Wish wish() {
        return wish;
    }

    /** The config file's path as it was given, or null. */
    @Nullable
    String configFile() {
        return configFile;
    }

    /** Sets one setting. {@code where} leads the name in messages: {@code "--"}, or file and line. */
    void apply(String where, String name, List<String> values) throws StartupException {
        String lower = name.toLowerCase(Locale.ROOT);
        Setting setting = settings.find(lower);
        if (setting == null) {
            throw new StartupException(unknown(where, name));
        }
        if (values.isEmpty()) {
            throw new StartupException(where + lower + " needs a value: " + Usage.allowed(setting));
        }
        String value = String.join(" ", values);
        try {
            settings.set(lower, value);
        } catch (IllegalArgumentException e) {
            throw new StartupException(where + lower + " can't be '" + value + "'; allowed: " + Usage.allowed(setting));
        }
    }

    private String unknown(String where, String name) {
        String nearest = Usage.nearest(name.toLowerCase(Locale.ROOT), settings.names());
        Setting setting = nearest == null ? null : settings.find(nearest);
        String hint = setting == null
                ? "--help lists all settings"
                : "did you mean " + (where.equals("--") || where.isEmpty() ? "--" : "") + nearest + " ("
                        + Usage.allowed(setting) + ")?";
        return "unknown setting " + where + name + "; " + hint;
    }
}
