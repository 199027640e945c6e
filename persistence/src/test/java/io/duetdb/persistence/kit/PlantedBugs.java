package io.duetdb.persistence.kit;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Propagator;
import io.duetdb.persistence.disk.Disk;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.disk.Workers;
import io.duetdb.persistence.kit.BentDisk.BentFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** Mistakes that somebody might make in persistence, each planted between it and the outside: the simulation's exam. */
public final class PlantedBugs {
    private static final String INCREMENT = ".incr.aof";
    private static final String BASE = ".base.rdb";
    private static final String MANIFEST = "manifest";

    /** A mistake: what it is, and how it is planted. */
    public record Bug(
            String what, UnaryOperator<Disk> disk, UnaryOperator<Workers> workers, UnaryOperator<Propagator> effects) {}

    private PlantedBugs() {}

    /** All of them. */
    public static List<Bug> all() {
        List<Bug> all = new ArrayList<>();
        forces(all);
        failures(all);
        names(all);
        bytes(all);
        effects(all);
        workers(all);
        return all;
    }

    private static Bug onDisk(String what, UnaryOperator<Disk> disk) {
        return new Bug(what, disk, plain -> plain, plain -> plain);
    }

    private static Bug onFiles(String what, BiFunction<DiskFile, String, DiskFile> bend) {
        return onDisk(what, plain -> new BentDisk(plain) {
            @Override
            protected DiskFile bend(DiskFile file, String path) {
                return bend.apply(file, path);
            }
        });
    }

    private static Bug onEffects(String what, UnaryOperator<Propagator> effects) {
        return new Bug(what, plain -> plain, plain -> plain, effects);
    }

    private static DiskFile unforced(DiskFile file) {
        return new BentFile(file) {
            @Override
            public void force() {}
        };
    }

    // ---- forces

    private static void forces(List<Bug> all) {
        all.add(onFiles("increments are not forced", (f, path) -> path.contains(INCREMENT) ? unforced(f) : f));
        all.add(onFiles("the manifest is not forced", (f, path) -> path.contains(MANIFEST) ? unforced(f) : f));
        all.add(onFiles(
                "the base is not forced",
                (f, path) -> path.contains(INCREMENT) || path.contains(MANIFEST) ? f : unforced(f)));
        all.add(onFiles("every second force is left out", (f, path) -> new BentFile(f) {
            private int count;

            @Override
            public void force() throws IOException {
                if (++count % 2 != 0) {
                    file.force();
                }
            }
        }));
        all.add(onDisk("no folder is forced", plain -> new BentDisk(plain) {
            @Override
            public void force(String folder) {}
        }));
        all.add(onDisk("the folder above the new one is not forced", plain -> new BentDisk(plain) {
            @Override
            public void force(String folder) throws IOException {
                if (folder.endsWith("appendonlydir")) {
                    disk.force(folder);
                }
            }
        }));
        all.add(onFiles("the force comes before the last write", (f, path) -> new BentFile(f) {
            private byte[] late = new byte[0];

            private void flush() throws IOException {
                byte[] bytes = late;
                late = new byte[0];
                for (int at = 0; at < bytes.length; ) {
                    at += file.write(bytes, at, bytes.length - at);
                }
            }

            @Override
            public int write(byte[] bytes, int offset, int length) throws IOException {
                if (!path.contains(INCREMENT)) {
                    return file.write(bytes, offset, length);
                }
                flush();
                late = java.util.Arrays.copyOfRange(bytes, offset, offset + length);
                return length;
            }

            @Override
            public void force() throws IOException {
                file.force();
                flush();
            }
        }));
    }

    // ---- what is done about failures

    private static void failures(List<Bug> all) {
        all.add(onFiles("a failed force is taken for a good one", (f, path) -> new BentFile(f) {
            @Override
            public void force() {
                try {
                    file.force();
                } catch (IOException ignored) {
                    // that is the mistake
                }
            }
        }));
        all.add(onFiles("a short write is taken for a whole one", (f, path) -> new BentFile(f) {
            @Override
            public int write(byte[] bytes, int offset, int length) throws IOException {
                file.write(bytes, offset, length);
                return length;
            }
        }));
        all.add(onFiles("a failed write is taken for a good one", (f, path) -> new BentFile(f) {
            @Override
            public int write(byte[] bytes, int offset, int length) {
                try {
                    return file.write(bytes, offset, length);
                } catch (IOException ignored) {
                    return length;
                }
            }
        }));
        all.add(onFiles("nothing is cut", (f, path) -> new BentFile(f) {
            @Override
            public void truncate(long size) {}
        }));
        all.add(onFiles("one byte too much is cut", (f, path) -> new BentFile(f) {
            @Override
            public void truncate(long size) throws IOException {
                file.truncate(Math.max(0, size - 1));
            }
        }));
        all.add(onFiles("one byte too little is cut", (f, path) -> new BentFile(f) {
            @Override
            public void truncate(long size) throws IOException {
                file.truncate(Math.min(file.size(), size + 1));
            }
        }));
        all.add(onDisk("a failed rename is taken for a good one", plain -> new BentDisk(plain) {
            @Override
            public void rename(String from, String to) {
                try {
                    disk.rename(from, to);
                } catch (IOException ignored) {
                    // that is the mistake
                }
            }
        }));
    }

    // ---- names

    private static void names(List<Bug> all) {
        all.add(onDisk("a name is removed before it is given anew", plain -> new BentDisk(plain) {
            @Override
            public void rename(String from, String to) throws IOException {
                disk.delete(to);
                disk.rename(from, to);
            }
        }));
        all.add(onDisk("the manifest is overwritten in place", plain -> new BentDisk(plain) {
            @Override
            public void rename(String from, String to) throws IOException {
                if (!to.contains(MANIFEST) || !disk.exists(to)) {
                    disk.rename(from, to);
                    return;
                }
                byte[] bytes = new byte[(int) disk.size(from)];
                try (DiskFile in = disk.read(from);
                        DiskFile out = disk.append(to)) {
                    in.read(bytes, 0, bytes.length);
                    out.truncate(0);
                    out.write(bytes, 0, bytes.length);
                    out.force();
                }
                disk.delete(from);
            }
        }));
        all.add(onDisk("old files go before the new manifest is there", plain -> new BentDisk(plain) {
            @Override
            public void rename(String from, String to) throws IOException {
                if (to.contains(BASE)) {
                    String folder = to.substring(0, to.lastIndexOf('/'));
                    for (String name : disk.list(folder)) {
                        if (name.contains(BASE)) {
                            disk.delete(folder + "/" + name);
                        }
                    }
                }
                disk.rename(from, to);
            }
        }));
        all.add(onDisk("a new increment is the old one under another name", plain -> new BentDisk(plain) {
            private String last;

            @Override
            public DiskFile create(String path) throws IOException {
                if (!path.contains(INCREMENT)) {
                    return disk.create(path);
                }
                String old = last;
                last = path;
                DiskFile made = disk.create(path);
                if (old == null || !disk.exists(old)) {
                    return made;
                }
                made.close();
                return disk.append(old);
            }
        }));
        all.add(onDisk("an increment is emptied when it is opened again", plain -> new BentDisk(plain) {
            @Override
            public DiskFile append(String path) throws IOException {
                DiskFile file = disk.append(path);
                file.truncate(0);
                return file;
            }
        }));
        all.add(onDisk("the start overlooks the manifest", plain -> new BentDisk(plain) {
            @Override
            public boolean exists(String path) {
                return !path.endsWith(MANIFEST) && disk.exists(path);
            }
        }));
    }

    // ---- bytes

    private static Bug rewriting(String what, String where, UnaryOperator<byte[]> change) {
        return onFiles(what, (f, path) -> new BentFile(f) {
            @Override
            public int write(byte[] bytes, int offset, int length) throws IOException {
                byte[] part = java.util.Arrays.copyOfRange(bytes, offset, offset + length);
                byte[] other = path.contains(where) ? change.apply(part) : part;
                if (other.length == length) {
                    return file.write(other, 0, length);
                }
                int taken = file.write(other, 0, other.length);
                return taken == other.length ? length : Math.min(length, taken);
            }
        });
    }

    private static byte[] replace(byte[] bytes, String from, String to) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return text.replaceFirst(java.util.regex.Pattern.quote(from), to).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void bytes(List<Bug> all) {
        all.add(rewriting("checksums are wrong", INCREMENT, bytes -> {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            int at = text.indexOf("#DC1:");
            int digit = at < 0 ? -1 : text.indexOf(':', at + 5) + 1;
            if (digit > 0 && digit < bytes.length) {
                bytes[digit] = (byte) (bytes[digit] == '0' ? '1' : '0');
            }
            return bytes;
        }));
        all.add(rewriting("a transaction's EXEC is lost", INCREMENT, b -> replace(b, "*1\r\n$4\r\nEXEC\r\n", "")));
        all.add(rewriting("a transaction's MULTI is lost", INCREMENT, b -> replace(b, "*1\r\n$5\r\nMULTI\r\n", "")));
        all.add(rewriting("SELECT is left out", INCREMENT, b -> replace(b, "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n", "")));
        all.add(onFiles("the base lacks its end", (f, path) -> new BentFile(f) {
            @Override
            public int write(byte[] bytes, int offset, int length) throws IOException {
                boolean end = !path.contains(INCREMENT) && !path.contains(MANIFEST) && length > 9;
                return end ? file.write(bytes, offset, length - 9) + 9 : file.write(bytes, offset, length);
            }
        }));
        all.add(onFiles("a file is read without its last byte", (f, path) -> new BentFile(f) {
            private long position;

            @Override
            public void seek(long to) throws IOException {
                position = to;
                file.seek(to);
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                long left = file.size() - 1 - position;
                if (!path.contains(INCREMENT)) {
                    return file.read(to, offset, length);
                }
                if (left <= 0) {
                    return -1;
                }
                int came = file.read(to, offset, (int) Math.min(length, left));
                position += Math.max(0, came);
                return came;
            }
        }));
    }

    // ---- effects

    private static class Bent implements Propagator {
        final Propagator to;

        Bent(Propagator to) {
            this.to = to;
        }

        @Override
        public boolean listening() {
            return to.listening();
        }

        @Override
        public void propagate(int db, Argv effect, long offset) {
            to.propagate(db, effect, offset);
        }

        @Override
        public void turnEnds(long offset) {
            to.turnEnds(offset);
        }

        @Override
        public long safeOffset() {
            return to.safeOffset();
        }

        @Override
        public boolean failing() {
            return to.failing();
        }
    }

    private static void effects(List<Bug> all) {
        all.add(onEffects("replies never wait for the disk", plain -> new Bent(plain) {
            @Override
            public long safeOffset() {
                return Long.MAX_VALUE;
            }
        }));
        all.add(onEffects("replies leave one turn before the write", plain -> new Bent(plain) {
            private long before;

            @Override
            public void turnEnds(long offset) {
                to.turnEnds(before);
                before = offset;
            }

            @Override
            public long safeOffset() {
                return Long.MAX_VALUE;
            }
        }));
        all.add(onEffects("the database is forgotten", plain -> new Bent(plain) {
            @Override
            public void propagate(int db, Argv effect, long offset) {
                to.propagate(0, effect, offset);
            }
        }));
        all.add(onEffects("each fiftieth effect is lost", plain -> new Bent(plain) {
            private int count;

            @Override
            public void propagate(int db, Argv effect, long offset) {
                if (++count % 50 != 0) {
                    to.propagate(db, effect, offset);
                }
            }
        }));
        all.add(onEffects("each fiftieth effect is logged twice", plain -> new Bent(plain) {
            private int count;

            @Override
            public void propagate(int db, Argv effect, long offset) {
                to.propagate(db, effect, offset);
                if (++count % 50 == 0) {
                    to.propagate(db, effect, offset);
                }
            }
        }));
    }

    // ---- workers

    private static Bug onTasks(String what, BiFunction<Runnable, Integer, List<Runnable>> bend) {
        return new Bug(
                what,
                plain -> plain,
                plain -> name -> new Workers.Worker() {
                    private final Workers.Worker worker = plain.worker(name);
                    private int count;

                    @Override
                    public void execute(Runnable task) {
                        bend.apply(task, ++count).forEach(worker::execute);
                    }

                    @Override
                    public void close() {
                        worker.close();
                    }
                },
                plain -> plain);
    }

    private static void workers(List<Bug> all) {
        all.add(onTasks("a worker forgets each seventh task", (task, n) -> n % 7 == 0 ? List.of() : List.of(task)));
        all.add(onTasks("a worker does each seventh task twice", (task, n) -> {
            return n % 7 == 0 ? List.of(task, task) : List.of(task);
        }));
        all.add(new Bug(
                "a worker begins with the task that came last",
                plain -> plain,
                plain -> name -> {
                    Workers.Worker worker = plain.worker(name);
                    Deque<Runnable> tasks = new ArrayDeque<>();
                    return new Workers.Worker() {
                        @Override
                        public void execute(Runnable task) {
                            tasks.push(task);
                            worker.execute(() -> tasks.pop().run());
                        }

                        @Override
                        public void close() {
                            worker.close();
                        }
                    };
                },
                plain -> plain));
    }
}
