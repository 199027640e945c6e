package io.duetdb.engine.config;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Changes of several settings at once: all of them or none, as CONFIG SET does. */
public final class ConfigChange {
    private static final String FAILED = "ERR CONFIG SET failed (possibly related to argument '";

    private final Settings settings;
    private final List<Settings.Change> changes = new ArrayList<>();

    /** A change of nothing so far. */
    public ConfigChange(Settings settings) {
        this.settings = settings;
    }

    /**
     * Adds a setting: its name as an argument, its value behind it.
     *
     * @throws CommandError if there is no such setting, if it cannot be changed now, or if it was added before
     */
    public void add(Argv argv, int index) {
        String name = argv.text(index).toLowerCase(Locale.ROOT);
        Setting setting = settings.find(name);
        if (setting == null) {
            throw CommandError.quoting(
                    "ERR Unknown option or number of arguments for CONFIG SET - '", argv, index, "'");
        }
        if (setting.change() != Setting.Change.LIVE) {
            throw failed(
                    argv,
                    index,
                    setting.change() == Setting.Change.NEVER
                            ? "can't set immutable config"
                            : "can't set protected config");
        }
        for (Settings.Change other : changes) {
            if (other.name().equals(name)) {
                throw failed(argv, index, "duplicate parameter");
            }
        }
        changes.add(new Settings.Change(name, argv.text(index + 1)));
    }

    /** Makes the changes in order. @throws CommandError if one is refused; then all values are as before */
    public void apply() {
        try {
            settings.change(changes);
        } catch (Settings.Refused refused) {
            throw new CommandError(FAILED + refused.setting() + "') - " + refused.getMessage());
        }
    }

    private static CommandError failed(Argv argv, int index, String why) {
        return CommandError.quoting(FAILED, argv, index, "') - " + why);
    }
}
