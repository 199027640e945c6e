package io.duetdb.persistence.config;

import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import java.util.List;

/** The form of {@code save}: pairs of seconds and changes. */
public final class SavePoints implements Setting.Form {
    private static final long NS_PER_S = 1_000_000_000L;

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

    /** The present value of the setting, as numbers. */
    public static final class Points {
        private long[] numbers = {};

        /** Those that are set, now and after every change. */
        public Points(Settings settings) {
            settings.listen(PersistenceSettings.SAVE, this::read);
            read(settings);
        }

        private void read(Settings settings) {
            String text = settings.text(PersistenceSettings.SAVE);
            String[] words = text.isEmpty() ? new String[0] : text.split(" ", -1);
            long[] read = new long[words.length];
            for (int i = 0; i < words.length; i++) {
                read[i] = Long.parseLong(words[i]);
            }
            numbers = read;
        }

        /** Whether there are none. */
        public boolean isEmpty() {
            return numbers.length == 0;
        }

        /**
         * Time until the first of them asks for a snapshot after so many changes and so much time since the last one: 0 =
         * it does, -1 = none will without further changes.
         */
        public long dueInNs(long changes, long sinceNs) {
            long due = -1;
            for (int i = 0; i < numbers.length; i += 2) {
                if (changes >= numbers[i + 1]) {
                    long left = Math.max(0, Math.min(numbers[i], Integer.MAX_VALUE) * NS_PER_S - sinceNs);
                    due = due < 0 ? left : Math.min(due, left);
                }
            }
            return due;
        }
    }
}
