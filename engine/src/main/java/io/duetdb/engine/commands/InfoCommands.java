package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Category;
import io.duetdb.engine.command.Command;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** INFO: figures of the running server. The sections themselves are in {@link InfoReport}. */
final class InfoCommands {
    static final List<Command> TABLE = List.of(command("INFO", InfoCommands::info)
            .since("1.0.0")
            .arity(-1)
            .flags(LOADING, STALE)
            .group(SERVER)
            .categories(Category.DANGEROUS)
            .syntax("[section [section ...]]")
            .complexity("O(N), N = commands and databases shown")
            .summary("Returns figures of the running server, by sections.")
            .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special"));

    private InfoCommands() {}

    /**
     * INFO. Replies text: a line for each section's title, a line for each field, an empty line between sections. No
     * argument or {@code default} means all but command statistics; {@code all} and {@code everything} mean all; unknown
     * sections are passed over.
     */
    static void info(Call call, Argv argv, Reply reply) {
        Set<InfoReport.Section> wanted = EnumSet.noneOf(InfoReport.Section.class);
        if (argv.count() == 1) {
            wanted.addAll(InfoReport.Section.DEFAULT);
        }
        for (int i = 1; i < argv.count(); i++) {
            if (argv.is(i, "DEFAULT")) {
                wanted.addAll(InfoReport.Section.DEFAULT);
            } else if (argv.is(i, "ALL") || argv.is(i, "EVERYTHING")) {
                wanted.addAll(EnumSet.allOf(InfoReport.Section.class));
            } else {
                for (InfoReport.Section section : InfoReport.Section.values()) {
                    if (argv.is(i, section.name())) {
                        wanted.add(section);
                    }
                }
            }
        }
        byte[] text = new InfoReport(call.services()).text(wanted).getBytes(StandardCharsets.UTF_8);
        reply.verbatim(text, 0, text.length);
    }
}
