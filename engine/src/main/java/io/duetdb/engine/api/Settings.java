package io.duetdb.engine.api;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The joined table of all settings and their present values. Filled before the engine starts (file, environment, flags),
 * afterwards read and changed on the engine's thread only. Hot code keeps a copy of its value and listens for changes.
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

    /** A setting's name and the value it is to have, as CONFIG SET writes it. */
    public record Change(String name, String text) {}

    /** A change that cannot be; the message says in words for the user what the value must be. */
    public static final class Refused extends IllegalArgumentException {
        private static final long serialVersionUID = 1;
        private final String setting;

        Refused(String setting, IllegalArgumentException cause) {
            super(cause.getMessage(), cause);
            this.setting = setting;
        }

        /** The setting whose value was refused, by the name that was given. */
        public String setting() {
            return setting;
        }
    }

    private final Map<String, Value> values = new LinkedHashMap<>(512);
    private final List<Setting> declarations = new ArrayList<>();

    /** A table of the given lists, all values at their defaults. A name declared twice is a bug. */
    @SafeVarargs
    public Settings(List<Setting>... lists) {
        for (List<Setting> list : lists) {
            for (Setting setting : list) {
                Value value = new Value(setting);
                declarations.add(setting);
                put(setting.name(), value);
                String alias = setting.alias();
                if (alias != null) {
                    put(alias, value);
                }
            }
        }
    }

    private void put(String name, Value value) {
        if (values.put(name, value) != null) {
            throw new IllegalArgumentException("setting declared twice: " + name);
        }
    }

    /** All names in the order of declaration, older names too. */
    public Collection<String> names() {
        return values.keySet();
    }

    /** All declarations in their order. */
    public List<Setting> declarations() {
        return declarations;
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

    /** The present value of a number or memory size; what is more than a long can hold is the largest one. */
    public long number(String name) {
        String text = value(name).text;
        if (text.charAt(0) == '-') {
            return Long.parseLong(text);
        }
        long number = Long.parseUnsignedLong(text);
        return number < 0 ? Long.MAX_VALUE : number;
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
     * Gives a setting a new value, written as for CONFIG SET, and tells the listeners; if one refuses, the old value is
     * back.
     *
     * @throws IllegalArgumentException in words for the user: what the value must be
     */
    public void set(String name, String text) {
        change(List.of(new Change(name, text)));
    }

    /**
     * Gives a setting the value of a file's line. Of settings with many lines, {@code adds} says that earlier ones count.
     *
     * @throws IllegalArgumentException in words for the user: what the value must be
     */
    public void set(String name, List<String> words, boolean adds) {
        Value value = value(name);
        String old = value.text;
        List<String> all = new ArrayList<>(words);
        Setting.Kind kind = value.setting.kind();
        if (all.size() == 1 && (kind == Setting.Kind.WORDS || kind == Setting.Kind.FLAGS)) {
            all = split(all.get(0)); // one quoted argument may hold several words
        }
        if (adds && !all.isEmpty() && value.setting.wordsPerLine() > 0) {
            List<String> before = split(old);
            before.addAll(all);
            all = before;
        }
        value.text = value.setting.normalise(all, old);
        tell(List.of(value), List.of(old));
    }

    private static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int to = text.indexOf(' ', from);
            if (to < 0) {
                to = text.length();
            }
            words.add(text.substring(from, to));
            from = to + 1;
        }
        return words;
    }

    /** Makes all of the changes, in order, or none. @throws Refused if one cannot be; then all values are as before */
    public void change(List<Change> changes) {
        List<Value> changed = new ArrayList<>(changes.size());
        List<String> before = new ArrayList<>(changes.size());
        int done = 0;
        try {
            for (; done < changes.size(); done++) {
                Value value = value(changes.get(done).name);
                String text = value.setting.normalise(changes.get(done).text, value.text);
                changed.add(value);
                before.add(value.text);
                value.text = text;
            }
        } catch (IllegalArgumentException refused) {
            putBack(changed, before);
            throw new Refused(changes.get(done).name, refused);
        }
        tell(changed, before);
    }

    private void tell(List<Value> changed, List<String> before) {
        int told = 0;
        try {
            for (; told < changed.size(); told++) {
                tell(changed.get(told));
            }
        } catch (IllegalArgumentException refused) {
            putBack(changed, before);
            for (int i = 0; i <= told; i++) {
                tell(changed.get(i));
            }
            throw new Refused(changed.get(told).setting.name(), refused);
        }
    }

    private void tell(Value value) {
        for (int i = 0; i < value.listeners.size(); i++) {
            value.listeners.get(i).changed(this);
        }
    }

    private static void putBack(List<Value> changed, List<String> before) {
        for (int i = changed.size() - 1; i >= 0; i--) {
            changed.get(i).text = before.get(i);
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
