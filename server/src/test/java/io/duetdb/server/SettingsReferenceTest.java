package io.duetdb.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Setting.Standing;
import io.duetdb.engine.kit.DocFile;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/settings.md says what the declarations say; {@code -Dduet.docs=write} writes it anew. */
final class SettingsReferenceTest {
    private static final Set<String> OWN = Set.of(
            "rest-port",
            "rest-token",
            "rest-readonly-token",
            "rest-token-file",
            "rest-max-request-size",
            "rest-head-timeout",
            "rest-body-timeout",
            "rest-idle-timeout",
            "transport",
            "backup-schedule",
            "backup-keep",
            "aof-ack",
            "aof-fsync-error",
            "aof-checksum",
            "aof-load-damaged",
            "aof-rewrite-space-check");

    @Test
    void theReferenceIsWhatTheDeclarationsSay() {
        DocFile.is("settings.md", reference(InstanceOptions.settings().declarations()), SettingsReferenceTest.class);
    }

    @Test
    void whatIsNotObeyedSaysWhy() {
        for (Setting setting : InstanceOptions.settings().declarations()) {
            assertThat(setting.doc()).as(setting.name()).isNotEmpty();
            assertThat(setting.why().isEmpty()).as(setting.name()).isEqualTo(setting.standing() == Standing.OBEYED);
            if (setting.standing() == Standing.LIMITED) {
                assertThat(setting.only()).as(setting.name()).contains(setting.initial());
            }
        }
    }

    private static String reference(List<Setting> all) {
        StringBuilder text = new StringBuilder(INTRODUCTION);
        section(text, all, "Duet's own", "These are not in redis.conf.", s -> OWN.contains(s.name()));
        section(
                text,
                all,
                "As in Redis",
                "Names, bounds and meaning are Redis'; where a default is another one, docs/differences.md says so.",
                s -> !OWN.contains(s.name()) && s.standing() == Standing.OBEYED);
        text.append("\n## One value only\n\nAny other value is refused with the reason.\n\n");
        text.append("| setting | value | why |\n|---|---|---|\n");
        sorted(all, s -> s.standing() == Standing.LIMITED)
                .forEach(s -> text.append("| ")
                        .append(names(s))
                        .append(" | ")
                        .append(s.only().stream()
                                .map(SettingsReferenceTest::code)
                                .collect(Collectors.joining(", ")))
                        .append(" | ")
                        .append(s.why())
                        .append(" |\n"));
        text.append(
                        "\n## Without effect\n\nTaken, checked, shown by CONFIG GET, and otherwise ignored, so that files made")
                .append(" for Redis work. The start says in\none line which of them it was given.\n\n");
        text.append("| why | settings |\n|---|---|\n");
        sorted(all, s -> s.standing() == Standing.IDLE)
                .collect(Collectors.groupingBy(
                        Setting::why,
                        java.util.TreeMap::new,
                        Collectors.mapping(SettingsReferenceTest::names, Collectors.joining(", "))))
                .forEach((why, names) -> text.append("| ")
                        .append(why)
                        .append(" | ")
                        .append(names)
                        .append(" |\n"));
        return text.toString();
    }

    private static java.util.stream.Stream<Setting> sorted(
            List<Setting> all, java.util.function.Predicate<Setting> which) {
        return all.stream().filter(which).sorted(Comparator.comparing(Setting::name));
    }

    private static void section(
            StringBuilder text,
            List<Setting> all,
            String title,
            String words,
            java.util.function.Predicate<Setting> which) {
        text.append("\n## ").append(title).append("\n\n").append(words).append("\n\n");
        text.append("| setting | default | values | CONFIG SET | meaning |\n|---|---|---|---|---|\n");
        sorted(all, which)
                .forEach(s -> text.append("| ")
                        .append(names(s))
                        .append(" | ")
                        .append(code(s.initial()))
                        .append(" | ")
                        .append(values(s))
                        .append(" | ")
                        .append(s.live() ? "yes" : "no")
                        .append(" | ")
                        .append(
                                s.doc().endsWith(".")
                                        ? s.doc().substring(0, s.doc().length() - 1)
                                        : s.doc())
                        .append(" |\n"));
    }

    private static String names(Setting setting) {
        return "`" + setting.name() + "`" + (setting.alias() == null ? "" : " (`" + setting.alias() + "`)");
    }

    private static String code(String value) {
        return value.isEmpty() ? "empty" : "`" + value + "`";
    }

    private static String values(Setting s) {
        return switch (s.kind()) {
            case INTEGER -> s.max() == Long.MAX_VALUE ? "from " + s.min() + " on" : s.min() + " to " + s.max();
            case OCTAL -> "octal";
            case MEMORY ->
                s.max() == Long.MAX_VALUE || s.max() == Setting.UNSIGNED_MAX
                        ? s.min() == 0 ? "bytes" : "bytes, from " + s.min() + " on"
                        : "bytes, " + s.min() + " to " + s.max();
            case MEMORY_OR_PERCENT -> "bytes or percent";
            case YES_NO -> "yes, no";
            case CHOICE, FLAGS -> String.join(", ", s.choices());
            case TEXT -> "text";
            case WORDS -> "words";
        };
    }

    private static final String INTRODUCTION = """
            # Settings

            One grammar in three places; the later one wins:

            1. a file in redis.conf's format, given as the first argument (and `-` as the last one reads more of it from
               standard input): a name and its values per line, `#` begins a comment, `"..."` with escapes and `'...'`
               without, `include` with patterns;
            2. the environment: `DUET_` and the name in upper case with underscores, `DUET_REST_TOKEN=secret`. Empty is as
               not given. `DUET_HEAP` and `DUET_JAVA_OPTS` are the launcher's;
            3. flags as redis-server has them: `--port 7000 --bind 127.0.0.1 ::1`, also `--port=7000`.

            `CONFIG GET` shows all of them, `CONFIG SET` changes those that say yes, all of a command or none, and
            `CONFIG REWRITE` writes the present values into the file it started with, comments and order kept.

            Without any setting Duet listens on the loopback only. `protected-mode` is as in Redis: on other addresses RESP is
            refused until there is a `requirepass`. REST asks for its token always.

            This page is made from the declarations; a test compares it.
            """;
}
