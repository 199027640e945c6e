package io.duetdb.server;

import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import io.duetdb.server.tools.ToolHelp;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Words about settings for people: what each one allows, the nearest right name, the text of {@code --help}. */
public final class Usage {
    private static final int COLUMN = 32;
    private static final int WIDTH = 100;

    private Usage() {}

    /** What a setting's value may be, and its default, for instance {@code a number from 0 to 65535, default 6379}. */
    public static String allowed(Setting setting) {
        if (setting.standing() == Setting.Standing.LIMITED && setting.kind() != Setting.Kind.FLAGS) {
            return "only '" + String.join("' or '", setting.only()) + "', because " + setting.why();
        }
        String kind = switch (setting.kind()) {
            case INTEGER -> "a number" + range(setting);
            case OCTAL -> "an octal number";
            case MEMORY -> "bytes, or a size such as 100mb or 2gb" + range(setting);
            case MEMORY_OR_PERCENT -> "bytes, a size such as 100mb, or a percentage such as 5%";
            case YES_NO -> "yes or no";
            case CHOICE -> String.join(", ", setting.choices());
            case FLAGS -> "some of " + String.join(", ", setting.choices());
            case TEXT -> "text";
            case WORDS -> "words";
        };
        return kind + (setting.initial().isEmpty() ? "" : ", default " + setting.initial());
    }

    private static String range(Setting setting) {
        if (setting.max() == Long.MAX_VALUE || setting.max() == Setting.UNSIGNED_MAX) {
            return setting.min() <= 0 ? "" : " from " + setting.min() + " on";
        }
        return " from " + setting.min() + " to " + setting.max();
    }

    /** The name that is fewest typing mistakes away from {@code wrong}, or null when none is near. */
    public static @Nullable String nearest(String wrong, Collection<String> names) {
        return nearest(wrong, names, Math.max(2, wrong.length() / 3));
    }

    /** The name that is at most {@code mistakes} typing mistakes away from {@code wrong}, or null. */
    static @Nullable String nearest(String wrong, Collection<String> names, int mistakes) {
        String word = wrong;
        while (word.startsWith("-")) {
            word = word.substring(1);
        }
        String best = null;
        int bestDistance = mistakes + 1;
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

    /** The text of {@code --help}: how to start, then the settings with their values and sentences. */
    static String help(Settings settings) {
        StringBuilder text = new StringBuilder(16384)
                .append("Usage: duet [config file] [--setting value ...] [-]\n")
                .append("       duet check | import | export | backup ...\n\n")
                .append(ToolHelp.OVERVIEW)
                .append(
                        "Serves one keyspace by RESP and by REST. Settings have redis.conf's names, in the file, in the\n")
                .append("environment (DUET_REST_TOKEN) and as flags (--rest-token); the later of these wins:\n\n");
        for (Setting setting : settings.declarations()) {
            if (setting.standing() == Setting.Standing.OBEYED) {
                line(text, setting.name(), setting.doc(), allowed(setting));
            }
        }
        text.append("\nOf these only one value is possible so far:\n\n");
        for (Setting setting : settings.declarations()) {
            if (setting.standing() == Setting.Standing.LIMITED) {
                line(text, setting.name() + " " + shown(setting.initial()), setting.why(), "");
            }
        }
        text.append("\nTaken from files made for Redis, without effect (docs/settings.md says why):\n\n");
        idle(text, settings);
        return text.append("\n  --help, --version\n").toString();
    }

    private static String shown(String value) {
        return value.isEmpty() ? "''" : value;
    }

    private static void line(StringBuilder text, String name, String doc, String allowed) {
        int start = text.length();
        text.append("  --").append(name).append(' ');
        while (text.length() - start < COLUMN) {
            text.append(' ');
        }
        sentence(text, doc);
        if (!allowed.isEmpty()) {
            text.append(" [").append(allowed).append(']');
        }
        text.append('\n');
    }

    private static void idle(StringBuilder text, Settings settings) {
        int lineStart = text.length();
        text.append("  ");
        for (Setting setting : settings.declarations()) {
            if (setting.standing() == Setting.Standing.IDLE) {
                if (text.length() - lineStart + setting.name().length() > WIDTH) {
                    lineStart = text.length() + 1;
                    text.append("\n  ");
                }
                text.append(setting.name()).append(' ');
            }
        }
        text.append('\n');
    }
}
