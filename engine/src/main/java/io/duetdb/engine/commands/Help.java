package io.duetdb.engine.commands;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The HELP subcommand of every container: Redis' lines where there are some, else made from the declarations. */
final class Help {
    private static final String MARGIN = "    ";

    private Help() {}

    /** HELP. Replies an array of statuses: each subcommand with its arguments, below it what it does. */
    static void reply(Call call, Argv argv, Reply reply) {
        Command container = call.services().table().find(argv, 0);
        if (container == null) {
            lines(argv, List.of(), reply);
            return;
        }
        Set<String> there = container.subcommands().stream()
                .map(sub -> sub.shortName().toUpperCase(Locale.ROOT))
                .collect(Collectors.toSet());
        @Nullable List<String> known = HelpTexts.lines(container.name(), there::contains);
        lines(argv, known == null ? declared(container) : known, reply);
    }

    private static List<String> declared(Command container) {
        List<String> lines = new ArrayList<>();
        for (Command sub : container.subcommands()) {
            if (!sub.shortName().equals("help")) {
                lines.add((sub.shortName().toUpperCase(Locale.ROOT) + " " + sub.syntax()).strip());
                lines.add(MARGIN + sub.summary());
            }
        }
        return lines;
    }

    /** Replies the frame of a help around {@code lines}. */
    static void lines(Argv argv, List<String> lines, Reply reply) {
        reply.array(lines.size() + 3);
        reply.simple(
                argv.text(0).toUpperCase(Locale.ROOT) + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
        for (String line : lines) {
            reply.simple(line);
        }
        reply.simple("HELP");
        reply.simple(MARGIN + "Prints this help.");
    }
}
