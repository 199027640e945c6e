package io.duetdb.engine.api;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The joined table of all settings and their present values. Filled before the engine starts (flags, files), afterwards
 * read and changed on the engine's thread only. Hot code keeps a copy of its value and listens for changes.
 */
public final class Settings {
    private static final class Value {
        final Setting setting;
        String text;
        final List<Listener> listeners = new ArrayList<>();

        Value(Setting setting) {
            this.setting = setting;
            this.text = setting.initial();
        }
    }

    /** Hears of a change after it was made. */
    public interface Listener {
        /** The setting has a new value now. An IllegalArgumentException refuses it: the old value is put back. */
        void changed(Settings settings);
    }

    private final Map<String, Value> values = new LinkedHashMap<>();

    /** A table of the given lists, all values at their defaults. A name declared twice is a bug. */
    @SafeVarargs
    public Settings(List<Setting>... lists) {
        for (List<Setting> list : lists) {
            for (Setting setting : list) {
                if (values.put(setting.name(), new Value(setting)) != null) {
                    throw new IllegalArgumentException("setting declared twice: " + setting.name());
                }
            }
        }
    }

    /** All names in the order of declaration. */
    public Collection<String> names() {
        return values.keySet();
    }

    /** The declaration of a name in lower case, or null. */
    public @Nullable Setting find(String name) {
        Value value = values.get(name);
        return value == null ? null : value.setting;
    }

    /** The present value as CONFIG GET shows it. */
    public String text(String name) {
        return value(name).text;
    }

    /** The present value of a number or memory size. */
    public long number(String name) {
        return Long.parseLong(value(name).text);
    }

    /** The present value of a switch. */
    public boolean yes(String name) {
        return value(name).text.equals("yes");
    }

    /** Calls {@code listener} after every change of a setting. */
    public void listen(String name, Listener listener) {
        value(name).listeners.add(listener);
    }

    /**
     * Gives a setting a new value and tells the listeners; if one refuses, the old value is back.
     *
     * @throws IllegalArgumentException in words for the user: what the value must be
     */
    public void set(String name, String text) {
        Value value = value(name);
        String old = value.text;
        value.text = value.setting.normalise(text);
        int told = 0;
        try {
            for (; told < value.listeners.size(); told++) {
                value.listeners.get(told).changed(this);
            }
        } catch (IllegalArgumentException refused) {
            value.text = old;
            for (int i = 0; i < told; i++) {
                value.listeners.get(i).changed(this);
            }
            throw refused;
        }
    }

    private Value value(String name) {
        Value value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no such setting: " + name);
        }
        return value;
    }
}
