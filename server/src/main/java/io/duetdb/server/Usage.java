package io.duetdb.server;

import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Words about settings for people: what each one allows, the nearest right name, the text of {@code --help}. */
final class Usage {
    private static final int COLUMN = 32;

    private Usage() {}

    /** What a setting's value may be, and its default, for instance {@code a number from 0 to 65535, default 6379}. */
    static String allowed(Setting setting) {
        if (setting.kind() == Setting.Kind.CHOICE && setting.choices().size() == 1) {
            return "only '" + setting.initial() + "', because " + setting.doc();
        }
        String kind = switch (setting.kind()) {
            case INTEGER -> "a number" + range(setting);
            case MEMORY -> "bytes, or a size such as 100mb or 2gb" + range(setting);
            case YES_NO -> "yes or no";
            case CHOICE -> String.join(", ", setting.choices());
            case TEXT -> "text";
        };
        return kind + (setting.initial().isEmpty() ? "" : ", default " + setting.initial());
    }

    private static String range(Setting setting) {
        if (setting.max() == Long.MAX_VALUE) {
            return setting.min() <= 0 ? "" : " from " + setting.min() + " on";
        }
        return " from " + setting.min() + " to " + setting.max();
    }

    /** The name that is fewest typing mistakes away from {@code wrong}, or null when none is near. */
    static @Nullable String nearest(String wrong, Collection<String> names) {
        String word = wrong;
        while (word.startsWith("-")) {
            word = word.substring(1);
        }
        String best = null;
        int bestDistance = Math.max(2, word.length() / 3) + 1;
        for (String name : names) {
            int distance = distance(word, name);
            if (distance < bestDistance) {
                best = name;
                bestDistance = distance;
            }
        }
        return best;
    }

    /** Number of letters to insert, delete, replace or swap with their neighbour to turn one word into the other. */
    static int distance(String a, String b) {
        int[][] table = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    table[i][j] = i + j;
                    continue;
                }
                int replaced = table[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int best = Math.min(replaced, 1 + Math.min(table[i - 1][j], table[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                table[i][j] = swapped ? Math.min(best, table[i - 2][j - 2] + 1) : best;
            }
        }
        return table[a.length()][b.length()];
    }

    private static void sentence(StringBuilder text, String doc) {
        int end = doc.endsWith(".") ? doc.length() - 1 : doc.length();
        text.append(Character.toUpperCase(doc.charAt(0))).append(doc, 1, end);
    }

    /** The text of {@code --help}: how to start, then every setting with its values and its sentence. */
    static String help(Settings settings) {
        StringBuilder text = new StringBuilder(4096)
                .append("Usage: duet [config file] [--setting value ...]\n\n")
                .append("Serves one keyspace by RESP and by REST. Settings, by redis.conf's names:\n\n");
        for (String name : settings.names()) {
            Setting setting = settings.find(name);
            if (setting == null) {
                continue;
            }
            int start = text.length();
            text.append("  --").append(name).append(' ');
            while (text.length() - start < COLUMN) {
                text.append(' ');
            }
            sentence(text, setting.doc());
            if (setting.kind() != Setting.Kind.CHOICE || setting.choices().size() > 1) {
                text.append(" [").append(allowed(setting)).append(']');
            }
            text.append('\n');
        }
        return text.append("\n  --help, --version\n").toString();
    }
}
