package io.duetdb.server.tools;

import io.duetdb.engine.api.Settings;
import io.duetdb.persistence.backup.BackupFolder;
import io.duetdb.persistence.backup.Stamps;
import io.duetdb.persistence.disk.NioDisk;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.load.Amounts;
import io.duetdb.persistence.tool.Check;
import io.duetdb.persistence.tool.CheckReport;
import io.duetdb.persistence.tool.Meter;
import io.duetdb.persistence.tool.RemoteRedis;
import io.duetdb.persistence.tool.ToolException;
import io.duetdb.persistence.tool.Transfer;
import io.duetdb.persistence.tool.Workshop;
import io.duetdb.server.Entropy;
import io.duetdb.server.InstanceOptions;
import io.duetdb.server.StartupException;
import io.duetdb.server.SystemClock;
import io.duetdb.server.Usage;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tools in the same jar: {@code duet check}, {@code import}, {@code export}, {@code backup}. They work on files that no
 * server is using, in a process of their own, and end it with 0 when all is well, 1 when what was asked for can't be done
 * or is damaged, 2 when the arguments are wrong or nothing can be read.
 */
public final class Tools {
    /** Their names. */
    public static final List<String> NAMES = List.of("check", "import", "export", "backup");

    private static final int WELL = 0;
    private static final int NOT_WELL = 1;
    private static final int UNREADABLE = 2;

    private final PrintStream out;
    private final PrintStream err;
    private final Meter meter;

    /** Tools that write their results and their errors there. */
    Tools(PrintStream out, PrintStream err, Meter meter) {
        this.out = out;
        this.err = err;
        this.meter = meter;
    }

    /** Runs the tool that the first argument names, on this process's streams. Returns the exit code. */
    public static int main(String[] args, Meter meter) {
        return new Tools(System.out, System.err, meter).run(args);
    }

    /** Runs the tool that the first argument names. Returns the exit code. */
    int run(String... args) {
        try {
            return switch (args[0]) {
                case "check" -> check(args);
                case "import" -> importData(args);
                case "export" -> export(args);
                default -> backup(args);
            };
        } catch (StartupException e) {
            err.println("duet " + (String.valueOf(e.getMessage()).startsWith(args[0]) ? "" : args[0] + ": ")
                    + e.getMessage());
            return UNREADABLE;
        } catch (ToolException e) {
            err.println("duet " + args[0] + ": " + e.getMessage());
            return NOT_WELL;
        } catch (IOException e) {
            err.println("duet " + args[0] + ": " + e.getMessage());
            return UNREADABLE;
        } finally {
            out.flush();
        }
    }

    // ---- check

    private int check(String[] args) throws StartupException, IOException {
        ToolArguments given = new ToolArguments("check", List.of(), List.of("load")).read(args, 1);
        if (given.help()) {
            return help(ToolHelp.CHECK);
        }
        if (given.words().isEmpty()) {
            throw new StartupException(
                    "check needs a file or folder: duet check dump.rdb; duet check --help says more");
        }
        Workshop shop = shop(given);
        int worst = WELL;
        for (String path : given.words()) {
            CheckReport report = new Check(shop, given.has("load")).of(path);
            out.print(report.text());
            worst = report.state() == CheckReport.State.WHOLE ? worst : NOT_WELL;
        }
        return worst;
    }

    // ---- import and export

    private int importData(String[] args) throws StartupException, IOException, ToolException {
        ToolArguments given = new ToolArguments(
                        "import", List.of("from", "as", "db"), List.of("replace", "keep-whole", "skip-unsupported"))
                .read(args, 1);
        if (given.help()) {
            return help(ToolHelp.IMPORT);
        }
        noWords(given, "import");
        String from = given.needed("from", "a file, a folder, or redis://host:port");
        Transfer.Import how = new Transfer.Import();
        how.appendOnly = form(given.value("as"));
        how.replace = given.has("replace");
        how.keepWhole = given.has("keep-whole");
        how.skipUnsupported = given.has("skip-unsupported");
        how.onlyDb = given.number("db", -1);
        Settings settings = InstanceOptions.settings();
        given.apply(settings);
        FolderInUse.refuse(settings);
        Transfer transfer = new Transfer(shop(given));
        Transfer.Result result;
        if (RedisSocket.isAddress(from)) {
            RedisSocket.Address address = RedisSocket.address(from);
            how.onlyDb = address.db() >= 0 ? address.db() : how.onlyDb;
            try (RemoteRedis remote = RedisSocket.open(address)) {
                result = transfer.importLive(remote, how);
            }
        } else {
            result = transfer.importFiles(from, how);
        }
        done("Imported", result);
        return WELL;
    }

    private static boolean form(@Nullable String as) throws StartupException {
        if (as == null || as.equals("rdb")) {
            return false;
        }
        if (as.equals("aof")) {
            return true;
        }
        throw new StartupException("import: --as can't be '" + as + "'; allowed: rdb (a dump.rdb, the default) or aof"
                + " (an appendonlydir)");
    }

    private int export(String[] args) throws StartupException, IOException, ToolException {
        ToolArguments given = new ToolArguments(
                        "export", List.of("from", "to", "version"), List.of("replace", "drop-field-ttls"))
                .read(args, 1);
        if (given.help()) {
            return help(ToolHelp.EXPORT);
        }
        noWords(given, "export");
        String to = given.needed("to", "file.rdb");
        Settings settings = InstanceOptions.settings();
        given.apply(settings);
        String from = given.value("from");
        Transfer.Result result = new Transfer(shop(given))
                .export(
                        from == null ? settings.text(ToolArguments.DIR) : from,
                        to,
                        given.number("version", 10),
                        given.has("drop-field-ttls"),
                        given.has("replace"));
        done("Exported", result);
        return WELL;
    }

    private void done(String verb, Transfer.Result result) {
        out.println(verb + " " + Amounts.count(result.keys(), "key") + " from " + result.from() + " to " + result.path()
                + " (" + Amounts.bytes(result.bytes()) + ")");
        for (String remark : result.remarks()) {
            out.println("note: " + remark);
        }
    }

    private static void noWords(ToolArguments given, String tool) throws StartupException {
        if (!given.words().isEmpty()) {
            throw new StartupException(tool + ": unexpected argument '"
                    + given.words().get(0) + "'; duet " + tool + " --help says what there is");
        }
    }

    // ---- backup

    private int backup(String[] args) throws StartupException, IOException, ToolException {
        ToolArguments given = new ToolArguments("backup", List.of("name"), List.of()).read(args, 1);
        if (given.help()) {
            return help(ToolHelp.BACKUP);
        }
        List<String> known = List.of("list", "create", "restore");
        String what = given.words().isEmpty() ? "" : given.words().get(0);
        if (given.words().size() != 1 || !known.contains(what)) {
            String nearest = Usage.nearest(what, known);
            throw new StartupException("backup " + (what.isEmpty() ? "needs a word" : "knows no '" + what + "'") + ": "
                    + (nearest == null || what.isEmpty() ? "list or create" : "did you mean " + nearest + "?"));
        }
        return switch (what) {
            case "list" -> backups(given);
            case "create" -> {
                String name = given.value("name");
                done("Backed up", new Transfer(shop(given)).backup(name == null ? "" : name));
                yield WELL;
            }
            default ->
                throw new StartupException("backup restore: a backup is restored by the start of a server:"
                        + " duet --dir <folder> --restore-backup <name>");
        };
    }

    private int backups(ToolArguments given) throws StartupException, IOException {
        Settings settings = InstanceOptions.settings();
        given.apply(settings);
        BackupFolder folder = new BackupFolder(new NioDisk(), settings.text(ToolArguments.DIR));
        List<BackupFolder.Backup> all = folder.list();
        int width = 0;
        for (BackupFolder.Backup backup : all) {
            width = Math.max(width, backup.name().length());
        }
        for (BackupFolder.Backup backup : all) {
            out.println(backup.name() + " ".repeat(width - backup.name().length()) + "  "
                    + (backup.madeAtMs() < 0 ? "at an unknown time    " : Stamps.text(backup.madeAtMs())) + "  "
                    + Amounts.bytes(backup.bytes()) + (backup.automatic() ? ", by the schedule" : ""));
        }
        for (String name : folder.replaced()) {
            out.println(name + "/  data that was put aside");
        }
        out.println(
                all.isEmpty()
                        ? "There are no backups in " + folder.path() + "."
                        : Amounts.count(all.size(), "backup") + " in " + folder.path());
        return WELL;
    }

    // ---- what they share

    private int help(String text) {
        out.print(text);
        return WELL;
    }

    /** What tools are given here: this machine's disk and clock, and as much memory as the heap has. */
    private Workshop shop(ToolArguments given) throws StartupException {
        given.apply(InstanceOptions.settings()); // says what is wrong before anything is read
        List<String> said = new ArrayList<>();
        return new Workshop(
                () -> {
                    Settings settings = InstanceOptions.settings();
                    try {
                        given.apply(settings);
                    } catch (StartupException e) {
                        throw new IllegalStateException("it was right a moment ago", e);
                    }
                    return settings;
                },
                new SystemClock(),
                new NioDisk(),
                Entropy.seed(),
                InstanceOptions.defaultMemoryLimit(),
                meter,
                new Outside.Log() {
                    @Override
                    public void notice(String message) {}

                    @Override
                    public void warning(String message) {
                        if (!said.contains(message)) {
                            said.add(message);
                            err.println("duet: " + message);
                        }
                    }
                });
    }
}
