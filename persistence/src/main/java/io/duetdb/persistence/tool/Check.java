package io.duetdb.persistence.tool;

import io.duetdb.engine.api.Settings;
import io.duetdb.engine.api.Snapshot;
import io.duetdb.persistence.aof.Manifest;
import io.duetdb.persistence.backup.BackupFolder;
import io.duetdb.persistence.backup.Stamps;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.load.Amounts;
import io.duetdb.persistence.tool.CheckReport.Choice;
import io.duetdb.persistence.tool.CheckReport.Damage;
import io.duetdb.persistence.tool.CheckReport.Part;
import io.duetdb.persistence.tool.CheckReport.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says of files whether they are whole, and if not, where the damage is and what each choice would keep. Reads them
 * through once. Only what is not whole is loaded, into an engine of its own, once for each choice and by the very code
 * that a start runs, so that the figures are what a start would find. Changes nothing.
 */
public final class Check {
    private static final int STOOD_BYTES = 32;
    private static final int MANIFEST_MAX = 1 << 20;
    private static final int MS_PER_S = 1000;
    private static final List<String> SUFFIXES = List.of(".rdb", ".aof");

    private final Workshop shop;
    private final Disk disk;
    private final boolean load;
    private final List<Part> parts = new ArrayList<>();
    private final List<Choice> choices = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    /** {@code load}: whether what is whole is loaded too, which finds commands that can't be run. */
    public Check(Workshop shop, boolean load) {
        this.shop = shop;
        this.disk = shop.disk();
        this.load = load;
    }

    /** Looks at a file, an append-only file's folder, or a data folder. @throws IOException when it can't be read */
    public CheckReport of(String given) throws IOException {
        String path = Paths.trimmed(given);
        switch (Paths.kind(disk, path)) {
            case RDB, AOF -> single(path);
            case MANIFEST -> appendOnly(Paths.folder(path), Paths.name(path));
            case AOF_FOLDER -> appendOnly(path, String.valueOf(Paths.manifest(disk, path)));
            case FOLDER -> folder(path);
        }
        return new CheckReport(parts, choices, remarks);
    }

    private void folder(String path) throws IOException {
        Settings names = shop.tables().get();
        names.set("dir", path);
        DataFolder data = new DataFolder(shop.outside(names));
        int before = parts.size();
        for (String name : disk.list(path)) {
            String inside = path + "/" + name;
            if (Paths.isFolder(disk, inside)) {
                inner(inside, name);
            } else if (!name.startsWith("temp-") && SUFFIXES.stream().anyMatch(name::endsWith)) {
                single(inside);
            }
        }
        if (parts.size() == before) {
            throw new IOException(path + ": there is no snapshot and no append-only file in it");
        }
        if (disk.exists(data.snapshot()) && data.hasAppendOnly()) {
            remarks.add("a start with appendonly yes loads "
                    + Paths.name(data.names().folder()) + ", one without loads " + Paths.name(data.snapshot()));
        }
    }

    private void inner(String path, String name) throws IOException {
        String manifest = Paths.manifest(disk, path);
        if (manifest != null) {
            appendOnly(path, manifest);
        } else if (name.equals(BackupFolder.NAME)) {
            for (BackupFolder.Backup backup : new BackupFolder(disk, Paths.folder(path)).list()) {
                single(path + "/" + backup.name() + SUFFIXES.get(0));
            }
        }
    }

    // ---- one file by itself

    private void single(String path) throws IOException {
        Part part = file(path, "");
        parts.add(part);
        boolean commands = part.what().contains("commands");
        if (part.state() != State.WHOLE || load) {
            if (commands) {
                commandChoices(path, List.of(path), part.state() == State.WHOLE ? null : part);
            } else {
                snapshotChoices(path, part);
            }
        }
    }

    /** One file, whatever it is. {@code role}: what it is to others. */
    private Part file(String path, String role) throws IOException {
        long bytes = disk.size(path);
        boolean snapshot = Paths.kind(disk, path) == Paths.Kind.RDB;
        List<String> facts = new ArrayList<>();
        long origin = 0;
        String what = role;
        if (snapshot) {
            RdbScan scan = RdbScan.of(disk, path, shop.meter());
            what += "snapshot, " + Amounts.bytes(bytes);
            facts.add(facts(scan));
            if (!scan.problem.isEmpty()) {
                return new Part(path, what, State.DAMAGED, facts, damage(path, scan.position, scan.problem));
            }
            origin = scan.position;
            byte[] next = Paths.at(disk, path, origin, 1);
            boolean more = next.length > 0 && (next[0] == '*' || next[0] == '#');
            if (!more) {
                if (bytes > origin) {
                    remarks.add(
                            path + ": " + Amounts.bytes(bytes - origin) + " behind its end are not read by anybody");
                }
                return new Part(path, what, State.WHOLE, facts, null);
            }
            what += " and commands";
        } else {
            what += "commands, " + Amounts.bytes(bytes);
        }
        AofScan scan = AofScan.of(disk, path, origin, Long.MAX_VALUE, shop.meter());
        facts.add(facts(scan));
        for (String remark : scan.remarks) {
            remarks.add(path + ": " + remark);
        }
        if (scan.problem.isEmpty()) {
            return new Part(path, what, State.WHOLE, facts, null);
        }
        facts.add("whole commands up to byte " + Amounts.number(scan.wholeUpTo));
        return new Part(path, what, State.DAMAGED, facts, damage(path, scan.problemAt, scan.problem));
    }

    private Damage damage(String path, long offset, String cause) throws IOException {
        byte[] stood = Paths.at(disk, path, offset, STOOD_BYTES);
        return new Damage(
                offset, stood.length == 0 ? "nothing: the file ends" : Excerpt.quoted(stood, stood.length), cause);
    }

    private static String facts(RdbScan scan) {
        StringBuilder text = new StringBuilder();
        text.append("version ").append(scan.version).append(", ").append(Amounts.count(scan.keys, "key"));
        text.append(" in ").append(Amounts.count(scan.databases, "database"));
        text.append(", ").append(Amounts.number(scan.withTtl)).append(" with a time to live");
        String by = scan.facts.get("redis-ver");
        if (by != null) {
            text.append(", made by ")
                    .append(scan.facts.containsKey("duet-offset") ? "Duet as Redis " : "Redis ")
                    .append(by);
        }
        try {
            String made = scan.facts.get("ctime");
            text.append(made == null ? "" : " at " + Stamps.text(Long.parseLong(made) * MS_PER_S));
        } catch (NumberFormatException e) {
            text.append(" at no time");
        }
        return text.toString();
    }

    private static String facts(AofScan scan) {
        String text = Amounts.count(scan.commands, "command") + ", "
                + (scan.checksums == 0
                        ? "no checksums"
                        : Amounts.count(scan.checksums, "checksum") + ", which cover "
                                + Amounts.count(scan.verifiedCommands, "command") + " up to byte "
                                + Amounts.number(scan.verifiedUpTo));
        return scan.firstTimeS < 0
                ? text
                : text + ", times from " + Stamps.text(scan.firstTimeS * MS_PER_S) + " to "
                        + Stamps.text(scan.lastTimeS * MS_PER_S);
    }

    // ---- an append-only file of many parts

    private void appendOnly(String folder, String manifestName) throws IOException {
        String path = folder + "/" + manifestName;
        byte[] text = Paths.all(disk, path, MANIFEST_MAX);
        Manifest manifest;
        try {
            manifest = Manifest.parse(text);
        } catch (IllegalArgumentException e) {
            Damage damage = new Damage(0, Excerpt.quoted(text, text.length), String.valueOf(e.getMessage()));
            parts.add(new Part(path, "list of files", State.DAMAGED, List.of(), damage));
            choices.add(new Choice(
                    "abort",
                    "put the list right by hand, or restore it from a backup",
                    "nothing is loaded, nothing is changed"));
            return;
        }
        List<Manifest.Entry> listed = new ArrayList<>(manifest.increments());
        if (manifest.base() != null) {
            listed.add(0, manifest.base());
        }
        parts.add(
                new Part(path, "list of files, " + Amounts.count(listed.size(), "file"), State.WHOLE, List.of(), null));
        List<String> paths = new ArrayList<>();
        Part worst = null;
        for (int i = 0; i < listed.size(); i++) {
            String one = folder + "/" + listed.get(i).name();
            paths.add(one);
            Part part = listed(listed.get(i), one);
            parts.add(part);
            worst = worst == null && part.state() != State.WHOLE ? part : worst;
        }
        unlisted(folder, manifestName, manifest);
        if (worst != null || load) {
            commandChoices(folder, paths, worst);
        }
    }

    private Part listed(Manifest.Entry entry, String path) throws IOException {
        String role = entry.kind() == Manifest.Kind.BASE ? "base, " : "increment " + entry.sequence() + ", ";
        if (!disk.exists(path)) {
            Damage damage = new Damage(0, "nothing", "the file is missing, but the list names it");
            return new Part(path, role + "missing", State.DAMAGED, List.of(), damage);
        }
        return disk.size(path) == 0 ? new Part(path, role + "empty", State.WHOLE, List.of(), null) : file(path, role);
    }

    private void unlisted(String folder, String manifestName, Manifest manifest) throws IOException {
        for (String name : disk.list(folder)) {
            boolean known = name.equals(manifestName)
                    || manifest.base() != null && manifest.base().name().equals(name)
                    || manifest.increments().stream().anyMatch(e -> e.name().equals(name))
                    || manifest.history().stream().anyMatch(e -> e.name().equals(name));
            if (!known) {
                remarks.add(folder + "/" + name + " is in no list: nobody reads it");
            }
        }
    }

    // ---- what can be done

    private void snapshotChoices(String path, Part part) {
        Damage damage = part.damage();
        if (damage == null) {
            tryToLoad(path);
            return;
        }
        choices.add(new Choice(
                "keep what stands before the damage",
                "duet import --from " + path + " --keep-whole --dir <a folder>",
                part.facts().get(0)));
        abort();
    }

    private void abort() {
        choices.add(new Choice(
                "abort", "leave it so, and restore the file from a backup", "nothing is loaded, nothing is changed"));
    }

    private void tryToLoad(String path) {
        Trial trial = trial(path, List.of(path), "no");
        if (trial.refusal != null) {
            damageOf(path, trial.refusal);
        } else {
            remarks.add("it loads: " + Amounts.count(trial.keys, "key"));
        }
    }

    private void damageOf(String path, String refusal) {
        parts.add(new Part(path, "as a start loads it", State.DAMAGED, List.of(refusal), null));
    }

    /** Tries each policy; a start that needs none of them means that the end is just torn. */
    private void commandChoices(String path, List<String> files, @Nullable Part worst) {
        Trial plain = trial(path, files, "no");
        if (plain.refusal == null) {
            if (worst != null) {
                torn(worst, path, plain);
            } else {
                remarks.add("it loads: " + Amounts.count(plain.keys, "key"));
            }
            return;
        }
        if (worst == null) {
            damageOf(path, plain.refusal);
        }
        String start = "start with --appendonly yes --" + PersistenceSettings.LOAD_DAMAGED + " ";
        choice("keep the verified prefix", start + "prefix", trial(path, files, "prefix"));
        choice("load anyway", start + "all", trial(path, files, "all"));
        abort();
    }

    private void torn(Part worst, String path, Trial plain) {
        parts.replaceAll(part ->
                part == worst ? new Part(part.path(), part.what(), State.TORN, part.facts(), part.damage()) : part);
        choices.add(new Choice("start", "a start cuts the torn end and keeps it beside the file", plain.keeps()));
        choices.add(new Choice(
                "abort",
                "start with --" + PersistenceSettings.LOAD_TRUNCATED + " no",
                "nothing is loaded from " + path));
    }

    private void choice(String name, String how, Trial trial) {
        choices.add(new Choice(name, how, trial.refusal == null ? trial.keeps() : "can't be done: " + trial.refusal));
    }

    /**
     * What a start would make of it.
     *
     * @param refusal why it would not, or null
     */
    private record Trial(@Nullable String refusal, long keys, long commands, long bytes, long of) {
        String keeps() {
            return Amounts.count(keys, "key") + " by " + Amounts.count(commands, "command") + ", "
                    + Amounts.bytes(bytes) + " of " + Amounts.bytes(of);
        }
    }

    private Trial trial(String path, List<String> files, String policy) {
        Supplier<Settings> tables = () -> {
            Settings settings = shop.tables().get();
            settings.set(PersistenceSettings.LOAD_DAMAGED, policy);
            return settings;
        };
        try {
            Loaded loaded = new FileSource(shop.quiet(tables), path, false).read();
            Snapshot view = loaded.engine().freeze();
            long kept = 0;
            long all = 0;
            for (String file : files) {
                all += disk.exists(file) ? disk.size(file) : 0;
                kept += loaded.kept(file);
            }
            return new Trial(null, Loaded.keys(view), loaded.commands(), kept, all);
        } catch (ToolException | IOException e) {
            return new Trial(String.valueOf(e.getMessage()), 0, 0, 0, 0);
        }
    }
}
