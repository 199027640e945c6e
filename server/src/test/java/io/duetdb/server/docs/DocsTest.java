package io.duetdb.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.Group;
import io.duetdb.engine.commands.Families;
import io.duetdb.engine.kit.DocFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/commands.md and parts of docs/differences.md are made of the declarations and of the lists that tests use. */
class DocsTest {
    /** The groups of which every command is there, or its absence is explained. */
    private static final Set<String> WHOLE_GROUPS = Set.of("string", "generic", "connection", "server");

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** One line of differences.md's first table, or of the list that the differential test accepts. */
    private record Difference(String command, String text) {}

    @Test
    void everyCommandIsInCommandsMd() throws IOException {
        Map<String, List<String>> differences = differences();
        StringBuilder doc = new StringBuilder("""
                # Commands

                Every command there is, made from the declarations in `engine.commands` by `DocsTest`. What it says of \
                other
                behaviour than Redis' is from [differences.md](differences.md), where the reasons stand, and the commands
                that are not there.
                """);
        for (Group group : Group.values()) {
            List<Command> members = Families.table().byId().stream()
                    .filter(command -> command.group() == group && !command.isContainer())
                    .sorted(Comparator.comparing(Command::name))
                    .toList();
            if (!members.isEmpty()) {
                doc.append("\n## ").append(title(group)).append("\n\n");
                for (Command command : members) {
                    describe(command, differences.getOrDefault(command.name(), List.of()), doc);
                }
            }
        }
        DocFile.is("commands.md", doc.toString(), DocsTest.class);
    }

    private static String title(Group group) {
        String label = group.label().replace('-', ' ');
        return Character.toUpperCase(label.charAt(0)) + label.substring(1);
    }

    private static void describe(Command command, List<String> differences, StringBuilder doc) {
        String call = (spelled(command.name()) + " " + command.syntax()).strip();
        doc.append("- **`").append(call).append("`** - ").append(command.summary());
        doc.append(" Since ").append(command.since()).append("; ");
        String cost = command.complexity();
        doc.append(cost).append(cost.endsWith(".") ? "\n" : ".\n");
        for (String difference : differences) {
            doc.append("  - ").append(difference).append('\n');
        }
    }

    private static String spelled(String name) {
        return name.replace('|', ' ').toUpperCase(Locale.ROOT);
    }

    // ---- differences

    /** Differences by command name: those written by hand that name commands, and those the differential test accepts. */
    private static Map<String, List<String>> differences() throws IOException {
        Map<String, List<String>> byCommand = new TreeMap<>();
        List<Difference> all = new ArrayList<>(byHand());
        for (String[] line : accepted()) {
            all.add(new Difference(line[0], "Where Redis 7.0 answers " + kind(line[1]) + ": " + line[2] + "."));
        }
        for (Command command : Families.table().byId()) {
            for (Difference difference : all) {
                if (names(difference.command.toLowerCase(Locale.ROOT), command.name())) {
                    byCommand
                            .computeIfAbsent(command.name(), name -> new ArrayList<>())
                            .add(difference.text);
                }
            }
        }
        return byCommand;
    }

    /** Whether a name or pattern of the lists means a command: {@code *} stands for anything, a container for its own. */
    private static boolean names(String pattern, String command) {
        String regex = Pattern.quote(pattern).replace("*", "\\E.*\\Q");
        return command.matches(regex) || command.startsWith(pattern + "|");
    }

    private static List<Difference> byHand() {
        List<Difference> rows = new ArrayList<>();
        String text = DocFile.text("differences.md");
        for (String line : text.substring(0, text.indexOf("## REST")).split("\n")) {
            String[] cells = line.split("(?<!\\\\)\\|", -1);
            if (cells.length < 6 || line.startsWith("|--") || line.startsWith("| where")) {
                continue;
            }
            Matcher code = CODE.matcher(cells[1]);
            while (code.find()) {
                String name = commandNamed(code.group(1));
                if (name != null) {
                    rows.add(new Difference(
                            name,
                            context(cells[1].strip()) + "Redis: " + cells[2].strip() + "; Duet: " + cells[3].strip()
                                    + "."));
                }
            }
        }
        return rows;
    }

    /** What a cell says besides naming commands. */
    private static String context(String cell) {
        return CODE.matcher(cell).replaceAll("").matches("(and|[ ,])*") ? "" : "(" + cell + ") ";
    }

    /** The command that begins a piece of code, with its subcommand if it has one; or null. */
    private static String commandNamed(String code) {
        if (!code.equals(code.toUpperCase(Locale.ROOT)) && !code.matches("[A-Z]+ .*")) {
            return null; // a setting's or a field's name
        }
        String[] words = code.toLowerCase(Locale.ROOT).split(" ");
        String found = null;
        for (Command command : Families.table().byId()) {
            boolean sub = words.length > 1 && command.name().equals(words[0] + "|" + words[1]);
            if (sub || found == null && command.name().equals(words[0])) {
                found = command.name();
            }
        }
        return found;
    }

    private static String kind(String kind) {
        return kind.matches("[aeiou].*") ? "an " + kind : "a " + kind;
    }

    private static List<String[]> accepted() throws IOException {
        return lines("/io/duetdb/truth/differences.txt");
    }

    /** Lines of a resource, split at bars; comments left out. No such resource: no lines. */
    private static List<String[]> lines(String resource) throws IOException {
        List<String[]> lines = new ArrayList<>();
        for (String line : text(resource).split("\n")) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] cells = line.split(" \\| ");
                for (int i = 0; i < cells.length; i++) {
                    cells[i] = cells[i].strip();
                }
                lines.add(cells);
            }
        }
        return lines;
    }

    private static String text(String resource) throws IOException {
        try (InputStream in = DocsTest.class.getResourceAsStream(resource)) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void acceptedDifferencesStandInDifferencesMd() throws IOException {
        StringBuilder table = new StringBuilder("| command | reply of Redis 7.0 | why |\n|---|---|---|\n");
        for (String[] line : accepted()) {
            table.append("| `")
                    .append(line[0].replace("|", " ").toUpperCase(Locale.ROOT))
                    .append("` | ");
            table.append(line[1]).append(" | ").append(line[2]).append(" |\n");
        }
        DocFile.contains("differences.md", "accepted", table.toString(), DocsTest.class);
    }

    // ---- what is not there

    @Test
    void whatIsNotThereIsNamedWithItsReason() throws IOException {
        Map<String, String> reasons = new LinkedHashMap<>();
        for (String[] line : lines("/io/duetdb/docs/absent.txt")) {
            reasons.put(line[0], line[1]);
        }
        Set<String> there =
                Families.table().byId().stream().map(c -> spelled(c.name())).collect(Collectors.toSet());
        Map<String, List<String>> absent = new LinkedHashMap<>();
        for (String line : text("/commands.tsv").split("\n")) {
            String[] fact = line.split("\t", -1);
            String name = fact[0].replace('|', ' ');
            if (line.startsWith("#") || !WHOLE_GROUPS.contains(fact[1]) || there.contains(name)) {
                continue;
            }
            String reason = reasons.getOrDefault(name, reasons.get(name.split(" ")[0]));
            assertThat(reason)
                    .as("the reason why there is no %s, in absent.txt", name)
                    .isNotNull();
            absent.computeIfAbsent(reason, r -> new ArrayList<>()).add("`" + name + "`");
        }
        StringBuilder table = new StringBuilder("| not there | why |\n|---|---|\n");
        absent.forEach((reason, names) -> table.append("| ")
                .append(String.join(", ", names))
                .append(" | ")
                .append(reason)
                .append(" |\n"));
        DocFile.contains("differences.md", "absent", table.toString(), DocsTest.class);
    }
}
