package io.duetdb.server;

import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import io.duetdb.server.tools.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fills the settings from file, environment and flags; what comes later wins. The command line has redis-server's
 * grammar: first, if you like, the path of a config file, then {@code --name value [value ...]}, and {@code -} at the end
 * for more config lines from standard input; {@code --name=value} is understood too. In the environment a setting is
 * {@code DUET_} and its name in upper case, with underscores.
 */
final class CommandLine {
    /** What the command line asks for besides settings. */
    enum Wish {
        START,
        HELP,
        VERSION
    }

    private static final String PREFIX = "DUET_";

    /** What the launcher makes of the environment. */
    private static final Set<String> LAUNCHER = Set.of("DUET_HEAP", "DUET_JAVA_OPTS");

    private static final int TYPING_MISTAKES = 2;
    private static final String RESTORE_BACKUP = "restore-backup";
    private static final String RESTORE_TO = "restore-to";

    private final Settings settings;
    private final Set<String> seen = new HashSet<>();
    private final Set<Setting> idle = new LinkedHashSet<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<Setting, StartupException> refusals = new LinkedHashMap<>();
    private @Nullable String configFile;
    private @Nullable String restoreBackup;
    private @Nullable String restoreTo;
    private Wish wish = Wish.START;

    /** A reader that fills {@code settings}. */
    CommandLine(Settings settings) {
        this.settings = settings;
    }

    /** Reads all arguments, without an environment; the first mistake ends it with a line for the user. */
    void read(String... args) throws StartupException {
        read(Map.of(), args);
    }

    /** Reads config file, environment and arguments, in this order; the first mistake ends it with a line for the user. */
    void read(Map<String, String> environment, String... args) throws StartupException {
        int from = 0;
        int to = args.length;
        if (args.length > 0 && !args[0].startsWith("-")) {
            configFile = Path.of(args[0]).toAbsolutePath().normalize().toString();
            configFile(args[0]);
            from = 1;
        }
        if (to > from && args[to - 1].equals("-")) {
            to--;
            ConfigFile.readStandardInput(this);
        }
        environment(environment);
        flags(args, from, to);
        if (wish == Wish.START && !refusals.isEmpty()) {
            throw refusals.values().iterator().next();
        }
    }

    /** A first word that is no file may be meant as a tool's name. */
    private void configFile(String path) throws StartupException {
        String tool = Files.exists(Path.of(path)) ? null : Usage.nearest(path, Tools.NAMES, TYPING_MISTAKES);
        if (tool != null) {
            throw new StartupException("can't read the config file " + path + "; did you mean duet " + tool + "?");
        }
        ConfigFile.read(path, this);
    }

    // ---- flags

    private void flags(String[] args, int from, int to) throws StartupException {
        int at = from;
        while (at < to) {
            String arg = args[at++];
            if (asksForHelp(arg)) {
                continue;
            }
            if (!arg.startsWith("--") || arg.length() == 2) {
                throw new StartupException(
                        arg.startsWith("-")
                                ? unknown("", arg)
                                : "unexpected argument '" + arg + "'; settings are given as --name value, see --help");
            }
            List<String> values = new ArrayList<>();
            String name = name(arg, values);
            if (values.isEmpty() && at < to && !(args[at].startsWith("--") && name.equals("save"))) {
                values.add(args[at++]); // as redis-server: the word behind a name is its value whatever it looks like
            }
            while (at < to && !args[at].startsWith("--")) {
                values.add(args[at++]);
            }
            if (values.isEmpty() && name.equals("save")) {
                values.add("");
            }
            if (!restore(name, values)) {
                apply("--", name, values);
            }
        }
    }

    /** Takes what is done once, at this start, and so is no setting. */
    private boolean restore(String name, List<String> values) throws StartupException {
        if (!name.equals(RESTORE_BACKUP) && !name.equals(RESTORE_TO)) {
            return false;
        }
        if (values.isEmpty() || values.get(0).startsWith("--")) {
            throw new StartupException("--" + name + " needs "
                    + (name.equals(RESTORE_TO)
                            ? "a time, such as 2026-11-21T03:00:00Z"
                            : "the name of a backup; duet backup list shows them"));
        }
        String value = String.join(" ", values);
        if (name.equals(RESTORE_TO)) {
            restoreTo = value;
        } else {
            restoreBackup = value;
        }
        if (restoreTo != null && restoreBackup != null) {
            throw new StartupException("--restore-backup and --restore-to can't both be done; give one of them");
        }
        return true;
    }

    /** The name in a flag; what stands in the same argument behind {@code =} or a blank goes to {@code values}. */
    private static String name(String arg, List<String> values) throws StartupException {
        int equals = arg.indexOf('=');
        int blank = arg.indexOf(' ');
        if (equals > 0 && (blank < 0 || equals < blank)) {
            values.add(arg.substring(equals + 1));
            return arg.substring(2, equals);
        }
        if (blank < 0) {
            return arg.substring(2);
        }
        List<String> words = ConfigFile.split(arg.substring(2));
        if (words.isEmpty()) {
            throw new StartupException("'" + arg + "': unbalanced quotes");
        }
        values.addAll(words.subList(1, words.size()));
        return words.get(0);
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

    // ---- environment

    private void environment(Map<String, String> environment) throws StartupException {
        for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
            String name = variable.getKey();
            if (!name.startsWith(PREFIX)
                    || LAUNCHER.contains(name)
                    || variable.getValue().isEmpty()) {
                continue;
            }
            String setting = name.substring(PREFIX.length()).toLowerCase(Locale.ROOT);
            if (settings.find(setting) == null) {
                setting = setting.replace('_', '-');
            }
            if (settings.find(setting) != null) {
                set(name, setting, List.of(variable.getValue()), variable.getValue());
                continue;
            }
            String nearest = Usage.nearest(setting, settings.names(), TYPING_MISTAKES);
            if (nearest != null) {
                throw new StartupException("unknown setting " + name + " in the environment; did you mean " + PREFIX
                        + nearest.toUpperCase(Locale.ROOT).replace('-', '_') + "?");
            }
            notes.add(name + " in the environment is no setting and is left alone");
        }
    }

    // ---- settings

    /** What was asked for; START unless {@code --help} or {@code --version} was among the arguments. */
    Wish wish() {
        return wish;
    }

    /** The config file's absolute path, or null. */
    @Nullable
    String configFile() {
        return configFile;
    }

    /** Whether earlier data is asked for. */
    boolean restores() {
        return restoreBackup != null || restoreTo != null;
    }

    /** The backup that is to become the data, or null. */
    @Nullable
    String restoreBackup() {
        return restoreBackup;
    }

    /** The time to go back to, as it was written, or null. */
    @Nullable
    String restoreTo() {
        return restoreTo;
    }

    /** Lines for the operator about what was given and has no effect. */
    List<String> notes() {
        List<String> all = new ArrayList<>(notes);
        if (idle.size() == 1) {
            Setting one = idle.iterator().next();
            all.add(one.name() + " has no meaning here: " + one.why());
        } else if (!idle.isEmpty()) {
            StringBuilder text = new StringBuilder("these settings have no meaning here (docs/settings.md says why):");
            for (Setting setting : idle) {
                text.append(text.charAt(text.length() - 1) == ':' ? " " : ", ").append(setting.name());
            }
            all.add(text.toString());
        }
        return all;
    }

    /** Sets one setting. {@code where} leads the name in messages: {@code "--"}, or file and line. */
    void apply(String where, String name, List<String> values) throws StartupException {
        String lower = name.toLowerCase(Locale.ROOT);
        if (settings.find(lower) == null) {
            directive(where, lower, name, values);
        } else {
            set(where + lower, lower, values, null);
        }
    }

    /** Lines of redis.conf that are no settings. */
    private void directive(String where, String lower, String name, List<String> values) throws StartupException {
        switch (lower) {
            case "include" -> {
                if (values.size() != 1) {
                    throw new StartupException(where + "include needs one file");
                }
                ConfigFile.include(Path.of(""), values.get(0), this, 1);
            }
            case "list-max-ziplist-entries", "list-max-ziplist-value" ->
                notes.add(lower + " has no meaning here, as in Redis since 3.2; see list-max-listpack-size");
            case "rename-command" ->
                throw new StartupException(where + "rename-command: commands keep their names; leave it out");
            case RESTORE_BACKUP, RESTORE_TO ->
                throw new StartupException(
                        where + lower + " belongs on the command line: in a file it would be done at" + " every start");
            case "loadmodule" ->
                throw new StartupException(where + "loadmodule: modules cannot be loaded; leave it out");
            case "sentinel" -> throw new StartupException(where + "sentinel: Duet is no sentinel; leave it out");
            case "user" -> {
                if (!isDefaultUser(values)) {
                    throw new StartupException(where + "user: users cannot be made; give the default user a password"
                            + " with requirepass");
                }
            }
            default -> throw new StartupException(unknown(where, name));
        }
    }

    /** The line that CONFIG REWRITE of Redis leaves in every file: what is the case anyway. */
    private static boolean isDefaultUser(List<String> values) {
        return values.contains("default")
                && Set.of("default", "on", "nopass", "sanitize-payload", "~*", "&*", "+@all")
                        .containsAll(values);
    }

    private void set(String shown, String name, List<String> values, @Nullable String text) throws StartupException {
        Setting setting = settings.find(name);
        if (setting == null) {
            throw new StartupException(unknown("", name));
        }
        if (values.isEmpty()) {
            throw new StartupException(shown + " needs a value: " + Usage.allowed(setting));
        }
        String value = String.join(" ", values);
        try {
            if (text == null) {
                settings.set(name, values, seen.contains(setting.name()));
            } else {
                settings.set(name, text);
            }
            seen.add(setting.name());
            refusals.remove(setting);
        } catch (IllegalArgumentException e) {
            StartupException refusal = refusal(shown, setting, values, value, e);
            if (setting.standing() != Setting.Standing.LIMITED) {
                throw refusal;
            }
            refusals.put(setting, refusal); // what comes later may still put it right
        }
        if (setting.standing() == Setting.Standing.IDLE) {
            idle.add(setting);
        }
    }

    private static StartupException refusal(
            String shown, Setting setting, List<String> values, String value, IllegalArgumentException why) {
        boolean manyWords = setting.kind() == Setting.Kind.WORDS || setting.kind() == Setting.Kind.FLAGS;
        if (setting.standing() == Setting.Standing.OBEYED && setting.kind() == Setting.Kind.WORDS) {
            return new StartupException(shown + " can't be '" + value + "': " + why.getMessage());
        }
        if (values.get(0).startsWith("--")) {
            return new StartupException(
                    shown + " needs a value before " + values.get(0) + ": " + Usage.allowed(setting));
        }
        if (values.size() > 1 && !manyWords) {
            return new StartupException(
                    shown + " takes one value, not '" + value + "'; a value with blanks needs quotes");
        }
        return new StartupException(shown + " can't be '" + value + "'; allowed: " + Usage.allowed(setting));
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
