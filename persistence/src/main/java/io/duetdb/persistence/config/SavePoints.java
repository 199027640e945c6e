package io.duetdb.persistence.config;

import io.duetdb.engine.api.Setting;
import java.util.List;

/** The form of {@code save}: pairs of seconds and changes. */
final class SavePoints implements Setting.Form {
    @Override
    public String normalise(List<String> words, String present) {
        if (words.size() % 2 != 0) {
            throw invalid();
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words.size(); i++) {
            long number;
            try {
                number = Long.parseLong(words.get(i));
            } catch (NumberFormatException e) {
                throw invalid();
            }
            if (number < (i % 2 == 0 ? 1 : 0)) {
                throw invalid();
            }
            text.append(i == 0 ? "" : " ").append(number);
        }
        return text.toString();
    }

    private static IllegalArgumentException invalid() {
        return new IllegalArgumentException("Invalid save parameters");
    }
}
