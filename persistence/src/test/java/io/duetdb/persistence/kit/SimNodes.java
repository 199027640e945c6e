package io.duetdb.persistence.kit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Files and folders of a simulated disk: what lasts, what a running process sees, and the changes in between, each with a
 * number that says when it was made. What a power cut leaves is computed from these.
 */
final class SimNodes {
    static final int SECTOR = 512;

    private SimNodes() {}

    /** A file or a folder. */
    sealed interface Node permits FileNode, FolderNode {}

    /** A change that may be lost. */
    abstract static class Change {
        final long number;

        Change(long number) {
            this.number = number;
        }
    }

    /** A change of a file's bytes: a write, or a cut when there are none. */
    static final class FileChange extends Change {
        final long at;
        final byte[] bytes;
        final boolean cut;

        FileChange(long number, long at, byte[] bytes, boolean cut) {
            super(number);
            this.at = at;
            this.bytes = bytes;
            this.cut = cut;
        }
    }

    /** A name that was taken away, or given to a node. A rename is two, the first of which never lasts alone. */
    static final class NameChange extends Change {
        final FolderNode folder;
        final String name;
        final Node node;
        NameChange needs;

        NameChange(long number, FolderNode folder, String name, Node node) {
            super(number);
            this.folder = folder;
            this.name = name;
            this.node = node;
        }

        void apply(Map<String, Node> names) {
            if (node == null) {
                names.remove(name);
            } else {
                names.put(name, node);
            }
        }
    }

    /** Bytes that can be written anywhere; gaps are zeros. */
    static final class Bytes {
        byte[] array = new byte[SECTOR];
        int length;

        void put(long at, byte[] from, int offset, int count) {
            int end = Math.toIntExact(at + count);
            if (end > array.length) {
                array = Arrays.copyOf(array, Math.max(end, array.length * 2));
            }
            System.arraycopy(from, offset, array, (int) at, count);
            length = Math.max(length, end);
        }

        void cut(long size) {
            if (size < length) {
                Arrays.fill(array, (int) size, length, (byte) 0);
                length = (int) size;
            }
        }

        void extend(long size) {
            if (size > length) {
                put(size - 1, new byte[1], 0, 1);
            }
        }

        void apply(FileChange change) {
            if (change.cut) {
                cut(change.at);
            } else {
                put(change.at, change.bytes, 0, change.bytes.length);
            }
        }

        Bytes copy() {
            Bytes copy = new Bytes();
            copy.array = Arrays.copyOf(array, Math.max(SECTOR, length));
            copy.length = length;
            return copy;
        }

        byte[] toArray() {
            return Arrays.copyOf(array, length);
        }
    }

    /** A file. */
    static final class FileNode implements Node {
        Bytes durable = new Bytes();
        Bytes current = new Bytes();
        final List<FileChange> pending = new ArrayList<>();

        void change(FileChange change) {
            pending.add(change);
            current.apply(change);
        }

        /** The oldest changes last now. */
        void lasts(int count) {
            for (int i = 0; i < count; i++) {
                durable.apply(pending.get(i));
            }
            pending.subList(0, count).clear();
        }
    }

    /** A folder. */
    static final class FolderNode implements Node {
        final Map<String, Node> durable = new TreeMap<>();
        final Map<String, Node> current = new TreeMap<>();
        final List<NameChange> pending = new ArrayList<>();

        void change(NameChange change) {
            pending.add(change);
            change.apply(current);
        }

        void last() {
            for (NameChange change : List.copyOf(pending)) {
                last(change);
            }
        }

        private void last(NameChange change) {
            NameChange needs = change.needs;
            if (needs != null && needs.folder.pending.contains(needs)) {
                needs.folder.last(needs);
            }
            pending.remove(change);
            change.apply(durable);
        }
    }

    /** Decides what of the pending changes a crash keeps, and makes the files as they are found afterwards. */
    static final class Cut {
        private final SimDisk.Survival survival;
        private final SplittableRandom random;
        private final IdentityHashMap<Node, Node> made = new IdentityHashMap<>();
        private final boolean inOrder;
        private final double kept;
        private final long lastKept;
        private final long torn;

        Cut(SimDisk.Survival survival, SplittableRandom random, FolderNode root) {
            this.survival = survival;
            this.random = random;
            List<Long> numbers = new ArrayList<>();
            collect(root, numbers, new IdentityHashMap<>());
            numbers.sort(null);
            boolean nothing = numbers.isEmpty();
            torn = nothing ? -1 : numbers.get(numbers.size() - 1);
            inOrder = survival == SimDisk.Survival.SUBSET && random.nextBoolean();
            kept = new double[] {0.1, 0.5, 0.9}[random.nextInt(3)];
            int last = random.nextInt(numbers.size() + 1);
            lastKept = last == 0 ? -1 : numbers.get(last - 1);
        }

        private static void collect(Node node, List<Long> numbers, IdentityHashMap<Node, Node> seen) {
            if (seen.put(node, node) != null) {
                return;
            }
            if (node instanceof FileNode file) {
                file.pending.forEach(change -> numbers.add(change.number));
            } else if (node instanceof FolderNode folder) {
                folder.pending.forEach(change -> numbers.add(change.number));
                folder.durable.values().forEach(below -> collect(below, numbers, seen));
                folder.current.values().forEach(below -> collect(below, numbers, seen));
            }
        }

        Node after(Node node) {
            Node done = made.get(node);
            if (done != null) {
                return done;
            }
            return node instanceof FileNode file ? file(file) : folder((FolderNode) node);
        }

        private boolean keeps(Change change) {
            return switch (survival) {
                case ALL -> true;
                case NONE -> false;
                case TORN -> change.number != torn;
                case SUBSET, HOLES -> inOrder ? change.number <= lastKept : random.nextDouble() < kept;
            };
        }

        private final IdentityHashMap<NameChange, Boolean> decided = new IdentityHashMap<>();

        private boolean keepsName(NameChange change) {
            Boolean known = decided.get(change);
            if (known == null) {
                NameChange needs = change.needs;
                boolean lasts = needs == null || !needs.folder.pending.contains(needs) || keepsName(needs);
                known = lasts && keeps(change);
                decided.put(change, known);
            }
            return known;
        }

        private FolderNode folder(FolderNode folder) {
            Map<String, Node> names = new TreeMap<>(folder.durable);
            for (NameChange change : folder.pending) {
                if (keepsName(change)) {
                    change.apply(names);
                }
            }
            FolderNode after = new FolderNode();
            made.put(folder, after);
            names.forEach((name, node) -> {
                Node below = after(node);
                after.durable.put(name, below);
                after.current.put(name, below);
            });
            return after;
        }

        private FileNode file(FileNode file) {
            FileNode after = new FileNode();
            made.put(file, after);
            boolean cached =
                    survival == SimDisk.Survival.ALL; // the system lives on, and with it what it failed to force
            after.durable = cached ? file.current.copy() : file.durable.copy();
            if (cached) {
                after.current = after.durable.copy();
                return after;
            }
            if (survival == SimDisk.Survival.HOLES) {
                sectors(file, after.durable);
            } else if (survival == SimDisk.Survival.SUBSET && !inOrder) {
                beginning(file, after.durable);
            } else {
                for (FileChange change : file.pending) {
                    if (keeps(change)) {
                        after.durable.apply(change);
                    } else if (survival == SimDisk.Survival.TORN && !change.cut) {
                        after.durable.put(change.at, change.bytes, 0, random.nextInt(change.bytes.length + 1));
                    }
                }
            }
            after.current = after.durable.copy();
            return after;
        }

        /** The oldest changes, the last of them cut at a sector, and perhaps zeros up to a later length. */
        private void beginning(FileNode file, Bytes to) {
            int moment = moment(file.pending.size());
            for (int i = 0; i < moment; i++) {
                to.apply(file.pending.get(i));
            }
            if (moment < file.pending.size() && !file.pending.get(moment).cut) {
                FileChange next = file.pending.get(moment);
                long end = next.at + random.nextInt(next.bytes.length + 1);
                long border = end / SECTOR * SECTOR;
                if (border > next.at) {
                    to.put(next.at, next.bytes, 0, (int) (border - next.at));
                }
            }
            boolean growing = file.pending.stream().skip(moment).noneMatch(change -> change.cut);
            if (growing && random.nextBoolean()) {
                to.extend(lengthAfter(file, moment + random.nextInt(file.pending.size() - moment + 1)));
            }
        }

        /** Every sector is as it was at some moment since the file was forced, and so is the length. */
        private void sectors(FileNode file, Bytes to) {
            int count = file.pending.size();
            if (count == 0) {
                return;
            }
            long end = to.length;
            for (FileChange change : file.pending) {
                end = Math.max(end, change.at + (change.cut ? 0 : change.bytes.length));
            }
            int[] moments = new int[(int) (end / SECTOR) + 1];
            for (int i = 0; i < moments.length; i++) {
                moments[i] = moment(count);
            }
            long length = lengthAfter(file, moment(count));
            for (int i = 0; i < count; i++) {
                FileChange change = file.pending.get(i);
                long from = change.at;
                long until = change.cut ? end : from + change.bytes.length;
                for (long at = from; at < until; ) {
                    long next = Math.min(until, (at / SECTOR + 1) * SECTOR);
                    if (moments[(int) (at / SECTOR)] > i) {
                        int size = (int) (next - at);
                        to.put(
                                at,
                                change.cut ? new byte[size] : change.bytes,
                                change.cut ? 0 : (int) (at - from),
                                size);
                    }
                    at = next;
                }
            }
            to.cut(length);
            to.extend(length);
        }

        private int moment(int count) {
            return random.nextDouble() < kept ? count : random.nextInt(count + 1);
        }

        private static long lengthAfter(FileNode file, int changes) {
            long length = file.durable.length;
            for (int i = 0; i < changes; i++) {
                FileChange change = file.pending.get(i);
                length = change.cut ? Math.min(length, change.at) : Math.max(length, change.at + change.bytes.length);
            }
            return length;
        }
    }
}
