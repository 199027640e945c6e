package io.duetdb.persistence.kit;

import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.kit.SimNodes.FileChange;
import io.duetdb.persistence.kit.SimNodes.FileNode;
import io.duetdb.persistence.kit.SimNodes.FolderNode;
import io.duetdb.persistence.kit.SimNodes.NameChange;
import io.duetdb.persistence.kit.SimNodes.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A disk in memory that keeps only what was forced. Bytes and names live twice: as a running process sees them, and as
 * they last; {@link #after} is the disk that a crash leaves. Calls are counted; any of them can be made to fail, or be
 * the last one that the process made.
 *
 * <p>A failed {@link DiskFile#force} forgets what it was to force, as Linux does: the process still sees the bytes, a
 * later force succeeds, and after a crash they are zeros or gone.
 */
public final class SimDisk implements Disk {
    /** The folder that exists from the beginning. */
    public static final String HOME = "/data";

    /** What a crash keeps of changes that were not forced. */
    public enum Survival {
        /** Everything that the process had done: it was killed, and the system lives on. */
        ALL,
        /** Nothing. */
        NONE,
        /**
         * Everything up to a random moment; or of each file what was written up to a moment of its own, cut within a
         * write, with zeros behind if its length lasted longer; and a random subset of names.
         */
        SUBSET,
        /**
         * Of each sector of 512 bytes what it held at a moment of its own, so that files have holes. More than a disk
         * does that keeps what the promise builds on: damage is to be found then, but not always to be survived.
         */
        HOLES,
        /** Everything but the last change, of which a write is cut at a random byte. */
        TORN
    }

    /** Calls of the system. */
    public enum Kind {
        SIZE,
        LIST,
        MAKE_FOLDER,
        CREATE,
        APPEND,
        READ,
        RENAME,
        DELETE,
        FORCE_FOLDER,
        FREE_BYTES,
        FILE_WRITE,
        FILE_READ,
        FILE_FORCE,
        FILE_TRUNCATE,
        FILE_SIZE;

        /** Whether a crash at such a call can leave something else than one at the call before. */
        public boolean changes() {
            return switch (this) {
                case MAKE_FOLDER, CREATE, RENAME, DELETE, FORCE_FOLDER, FILE_WRITE, FILE_FORCE, FILE_TRUNCATE -> true;
                default -> false;
            };
        }

        private boolean needsSpace() {
            return this == MAKE_FOLDER || this == CREATE || this == RENAME || this == FILE_WRITE;
        }
    }

    /** One call of the system, numbered from 1. */
    public record Call(long number, Kind kind, String path) {}

    /** Ways to fail. */
    public enum Fault {
        NO_SPACE("No space left on device"),
        IO_ERROR("Input/output error");

        private final String words;

        Fault(String words) {
            this.words = words;
        }
    }

    /** Decides which calls fail. */
    public interface Faults {
        /** How this call fails, or null. */
        Fault of(Call call);
    }

    /** Sees a call that changes something: after its change was made but not forced, before a force has any effect. */
    public interface Watcher {
        void calls(Call call);
    }

    /** The process is gone: no code of its own may catch this. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("the simulated process has crashed", null, false, false);
        }
    }

    private static final Faults NO_FAULTS = call -> null;

    private FolderNode root = new FolderNode();
    private long changes;
    private long calls;
    private long changingCalls;
    private long crashAt = Long.MAX_VALUE;
    private boolean dead;
    private Faults faults = NO_FAULTS;
    private Watcher watcher = call -> {};
    private Runnable duringForce = () -> {};
    private long capacity = Long.MAX_VALUE;

    /** An empty disk with the folder {@link #HOME}. */
    public SimDisk() {
        FolderNode home = new FolderNode();
        root.durable.put(HOME.substring(1), home);
        root.current.put(HOME.substring(1), home);
    }

    // ---- what tests do with it

    /** What is found on this disk after a crash now. This one stays as it is. */
    public SimDisk after(Survival survival, SplittableRandom random) {
        SimDisk found = new SimDisk();
        found.root = (FolderNode) new SimNodes.Cut(survival, random, root).after(root);
        found.capacity = capacity;
        return found;
    }

    /** Which calls fail from now on. */
    public void faults(Faults value) {
        faults = value;
    }

    /** Lets the n-th call from now on fail (1 = the next), and all that follow if {@code sticky}. */
    public void failAt(long n, Fault fault, boolean sticky) {
        long first = calls + n;
        faults = call -> {
            if (!sticky) {
                return call.number() == first ? fault : null;
            }
            boolean concerned = fault == Fault.IO_ERROR || call.kind().needsSpace();
            return call.number() >= first && concerned ? fault : null;
        };
    }

    /** Lets the n-th call of a kind from now on fail (1 = the next). */
    public void failAt(long n, Kind kind, Fault fault) {
        long[] left = {n};
        faults = call -> call.kind() == kind && --left[0] == 0 ? fault : null;
    }

    /** Lets nothing fail any more. */
    public void heal() {
        faults = NO_FAULTS;
    }

    /** How many bytes all files together may have. */
    public void capacity(long bytes) {
        capacity = bytes;
    }

    /** Tells somebody of every call that changes something. */
    public void watch(Watcher value) {
        watcher = value;
    }

    /** Runs something in the middle of every force of a file: what another thread does meanwhile. */
    public void duringForce(Runnable value) {
        duringForce = value;
    }

    /** The process crashes at the n-th call from now on that changes something (1 = the next). */
    public void crashAt(long n) {
        crashAt = changingCalls + n;
    }

    /** The process crashes now: every call throws {@link Crash} from now on. */
    public void kill() {
        dead = true;
    }

    /** Whether the process has crashed. */
    public boolean dead() {
        return dead;
    }

    /** Calls so far. */
    public long calls() {
        return calls;
    }

    /** Calls so far that changed something. */
    public long changingCalls() {
        return changingCalls;
    }

    /** A file's bytes as the process sees them. */
    public byte[] bytes(String path) {
        return find(path) instanceof FileNode file ? file.current.toArray() : null;
    }

    /** A file's bytes that last. */
    public byte[] durableBytes(String path) {
        return find(path) instanceof FileNode file ? file.durable.toArray() : null;
    }

    /** Puts a file there, lasting, with its folders. */
    public void put(String path, byte[] bytes) {
        FolderNode folder = root;
        String[] parts = parts(path);
        for (int i = 0; i < parts.length - 1; i++) {
            Node below = folder.current.get(parts[i]);
            if (below == null) {
                below = new FolderNode();
                folder.current.put(parts[i], below);
                folder.durable.put(parts[i], below);
            }
            folder = (FolderNode) below;
        }
        FileNode file = new FileNode();
        file.durable.put(0, bytes, 0, bytes.length);
        file.current = file.durable.copy();
        folder.current.put(parts[parts.length - 1], file);
        folder.durable.put(parts[parts.length - 1], file);
    }

    /** Paths of all files as the process sees them. */
    public List<String> files() {
        List<String> found = new ArrayList<>();
        collect(root, "", found);
        return found;
    }

    private static void collect(FolderNode folder, String path, List<String> found) {
        folder.current.forEach((name, node) -> {
            if (node instanceof FolderNode below) {
                collect(below, path + "/" + name, found);
            } else {
                found.add(path + "/" + name);
            }
        });
    }

    // ---- names

    @Override
    public boolean exists(String path) {
        if (dead) {
            throw new Crash();
        }
        return find(path) != null;
    }

    @Override
    public long size(String path) throws IOException {
        begin(Kind.SIZE, path);
        return file(path).current.length;
    }

    @Override
    public List<String> list(String folder) throws IOException {
        begin(Kind.LIST, folder);
        return List.copyOf(folder(folder).current.keySet());
    }

    @Override
    public void makeFolder(String path) throws IOException {
        Call call = begin(Kind.MAKE_FOLDER, path);
        if (find(path) instanceof FolderNode) {
            return;
        }
        name(path, new FolderNode(), true);
        done(call);
    }

    @Override
    public DiskFile create(String path) throws IOException {
        Call call = begin(Kind.CREATE, path);
        FileNode file = new FileNode();
        name(path, file, true);
        done(call);
        return new Open(file, path);
    }

    @Override
    public DiskFile append(String path) throws IOException {
        begin(Kind.APPEND, path);
        return new Open(file(path), path);
    }

    @Override
    public DiskFile read(String path) throws IOException {
        begin(Kind.READ, path);
        return new Open(file(path), path);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Call call = begin(Kind.RENAME, from);
        Node node = find(from);
        if (node == null) {
            throw new IOException(from + ": No such file or directory");
        }
        NameChange added = name(to, node, false);
        NameChange removed = name(from, null, false);
        removed.needs = added;
        done(call);
    }

    @Override
    public void delete(String path) throws IOException {
        Call call = begin(Kind.DELETE, path);
        if (find(path) != null) {
            name(path, null, false);
        }
        done(call);
    }

    @Override
    public void force(String folder) throws IOException {
        Call call = begin(Kind.FORCE_FOLDER, folder);
        FolderNode node = folder(folder);
        done(call);
        node.last();
    }

    @Override
    public long freeBytes(String folder) throws IOException {
        begin(Kind.FREE_BYTES, folder);
        return capacity == Long.MAX_VALUE ? 1L << 40 : Math.max(0, capacity - used());
    }

    private long used() {
        return files().stream()
                .mapToLong(path -> ((FileNode) find(path)).current.length)
                .sum();
    }

    private NameChange name(String path, Node node, boolean anew) throws IOException {
        int slash = path.lastIndexOf('/');
        FolderNode folder = folder(path.substring(0, Math.max(0, slash)));
        String name = path.substring(slash + 1);
        if (anew && folder.current.containsKey(name)) {
            throw new IOException(path + ": File exists");
        }
        NameChange change = new NameChange(++changes, folder, name, node);
        folder.change(change);
        return change;
    }

    private Node find(String path) {
        Node node = root;
        for (String part : parts(path)) {
            node = node instanceof FolderNode folder ? folder.current.get(part) : null;
        }
        return node;
    }

    private static String[] parts(String path) {
        String bare = path.startsWith("/") ? path.substring(1) : path;
        return bare.isEmpty() ? new String[0] : bare.split("/+");
    }

    private FileNode file(String path) throws IOException {
        Node node = find(path);
        if (node instanceof FileNode file) {
            return file;
        }
        throw new IOException(path + ": " + (node == null ? "No such file or directory" : "Is a directory"));
    }

    private FolderNode folder(String path) throws IOException {
        Node node = find(path);
        if (node instanceof FolderNode folder) {
            return folder;
        }
        throw new IOException(path + ": " + (node == null ? "No such file or directory" : "Not a directory"));
    }

    // ---- calls

    private Call begin(Kind kind, String path) throws IOException {
        Call call = count(kind, path);
        Fault fault = faults.of(call);
        if (fault != null) {
            throw new IOException(path + ": " + fault.words);
        }
        return call;
    }

    private Call count(Kind kind, String path) {
        if (dead) {
            throw new Crash();
        }
        return new Call(++calls, kind, path);
    }

    private void done(Call call) {
        changingCalls++;
        watcher.calls(call);
        if (changingCalls >= crashAt) {
            dead = true;
        }
        if (dead) {
            throw new Crash();
        }
    }

    /** An open file. */
    private final class Open implements DiskFile {
        private final FileNode file;
        private final String path;
        private long position;
        private boolean closed;
        private Fault owed;

        Open(FileNode file, String path) {
            this.file = file;
            this.path = path;
        }

        private void open() throws IOException {
            if (closed) {
                throw new IOException(path + ": used after it was closed");
            }
        }

        @Override
        public int write(byte[] bytes, int offset, int length) throws IOException {
            open();
            Call call = count(Kind.FILE_WRITE, path);
            Fault fault = owed != null ? owed : faults.of(call);
            int taken = fault == null ? (int) Math.min(length, Math.max(0, room())) : 0;
            if (fault == Fault.NO_SPACE && owed == null) {
                taken = length / 2; // the system takes what there is room for, and says why with the next call
                owed = fault;
            } else {
                owed = null;
            }
            if (taken == 0 && length > 0) {
                owed = null;
                throw new IOException((fault == null ? Fault.NO_SPACE : fault).words);
            }
            byte[] part = new byte[taken];
            System.arraycopy(bytes, offset, part, 0, taken);
            file.change(new FileChange(++changes, file.current.length, part, false));
            done(call);
            return taken;
        }

        private long room() {
            return capacity == Long.MAX_VALUE ? Long.MAX_VALUE : capacity - used();
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            open();
            count(Kind.FILE_READ, path);
            fail(Kind.FILE_READ);
            long left = file.current.length - position;
            if (left <= 0) {
                return length == 0 ? 0 : -1;
            }
            int came = (int) Math.min(length, left);
            System.arraycopy(file.current.array, (int) position, to, offset, came);
            position += came;
            return came;
        }

        @Override
        public void seek(long to) {
            position = to;
        }

        @Override
        public void force() throws IOException {
            open();
            Call call = count(Kind.FILE_FORCE, path);
            Fault fault = faults.of(call);
            int count = file.pending.size();
            done(call);
            if (fault != null) {
                file.pending.subList(0, count).clear();
                throw new IOException(fault.words);
            }
            List<FileChange> covered = List.copyOf(file.pending.subList(0, count));
            duringForce.run();
            if (dead) {
                throw new Crash();
            }
            int still = 0;
            while (still < file.pending.size() && covered.contains(file.pending.get(still))) {
                still++;
            }
            file.lasts(still);
        }

        @Override
        public void truncate(long size) throws IOException {
            open();
            Call call = count(Kind.FILE_TRUNCATE, path);
            fail(Kind.FILE_TRUNCATE);
            file.change(new FileChange(++changes, size, new byte[0], true));
            position = Math.min(position, size);
            owed = null;
            done(call);
        }

        @Override
        public long size() throws IOException {
            open();
            count(Kind.FILE_SIZE, path);
            fail(Kind.FILE_SIZE);
            return file.current.length;
        }

        /** Fails the call that was just counted, if it is to. */
        private void fail(Kind kind) throws IOException {
            Fault fault = faults.of(new Call(calls, kind, path));
            if (fault != null) {
                throw new IOException(fault.words);
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
