package io.duetdb.engine.config;

import io.duetdb.bytes.Glob;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Settings;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Settings by name or pattern, as CONFIG GET finds them. */
public final class ConfigLookup {
    private final Settings settings;
    private final Map<String, String> found = new LinkedHashMap<>();

    /** A lookup that has found nothing so far. */
    public ConfigLookup(Settings settings) {
        this.settings = settings;
    }

    /**
     * Adds what an argument names: a setting, shown under the name as it was asked for, or all that match a glob
     * pattern; without regard to case. What was found before is not found again.
     */
    public void add(Argv argv, int index) {
        byte[] pattern = argv.bytes(index);
        String word = new String(pattern, StandardCharsets.ISO_8859_1);
        if (Glob.isLiteral(pattern, 0, pattern.length)) {
            String name = word.toLowerCase(Locale.ROOT);
            if (settings.find(name) != null) {
                put(word, name);
            }
            return;
        }
        for (String name : settings.names()) {
            byte[] b = name.getBytes(StandardCharsets.ISO_8859_1);
            if (Glob.matches(pattern, 0, pattern.length, b, 0, b.length, true)) {
                put(name, name);
            }
        }
    }

    private void put(String shown, String name) {
        for (String other : found.keySet()) {
            if (other.equalsIgnoreCase(shown)) {
                return;
            }
        }
        found.put(shown, settings.text(name));
    }

    /** Values by names as they are to be shown, in the order of finding. */
    public Map<String, String> found() {
        return found;
    }
}
