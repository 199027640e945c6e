package io.duetdb.persistence.config;

import io.duetdb.engine.api.Setting;
import java.util.List;

/** The form of a file's name: no path, so that files stay in the folder of the data. */
final class FileName implements Setting.Form {
    private final String name;

    FileName(String name) {
        this.name = name;
    }

    @Override
    public String normalise(List<String> words, String present) {
        String text = String.join(" ", words);
        if (text.isEmpty()) {
            throw new IllegalArgumentException(name + " can't be empty");
        }
        if (text.contains("/") || text.contains("\\")) {
            throw new IllegalArgumentException(name + " can't be a path, just a filename");
        }
        return text;
    }
}
