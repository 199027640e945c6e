package io.duetdb.survival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A disk in a file, with a file system of its own whose power can be cut: by the kernel's doing all is gone then that
 * was not forced, and who still writes is told of an error. Tests that ask for one are skipped where there is no root,
 * no loop device, no ext4 or no Python.
 */
final class LoopDisk implements AutoCloseable {
    private static final long BYTES = 192L << 20; // of which the file takes what is used
    private static final long FREE_SECONDS_MAX = 10;

    /** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH, when told, and the monotonic clock afterwards. */
    private static final String CUT = """
            import fcntl, os, struct, sys, time
            folder = os.open(sys.argv[1], os.O_RDONLY)
            print("ready", flush=True)
            sys.stdin.readline()
            fcntl.ioctl(folder, 0x8004587d, struct.pack("I", 2))
            print(time.monotonic_ns(), flush=True)
            """;

    private final Path image;
    private final Path folder;
    private final Thread atExit = new Thread(this::detach);

    /**
     * A power cut, by the monotonic clock. Without power a server would have answered nobody after it began; this one
     * lives on, and the kernel tells the force that is under way that all went well where it did not: a program of
     * twenty lines that appends and calls fdatasync was told so in 17 of 120 cuts, always after the cut had begun. So what
     * was acknowledged before it began must be there, and no more.
     *
     * @param beganNs before the kernel was asked
     * @param doneNs when the kernel was done
     */
    record Cut(long beganNs, long doneNs) {}

    private LoopDisk(Path place) throws IOException {
        image = place.resolve("image");
        folder = Files.createDirectory(place.resolve("disk"));
    }

    /** An empty one, mounted; its files are in an empty folder {@code place}. Skips the test where that can't be. */
    static LoopDisk mounted(Path place) throws IOException, InterruptedException {
        Tools.assumeThere("mkfs.ext4", "mount", "umount", "losetup", "python3");
        assumeThat(System.getProperty("user.name"))
                .as("who mounts file systems")
                .isEqualTo("root");
        LoopDisk disk = new LoopDisk(place);
        try (RandomAccessFile file = new RandomAccessFile(disk.image.toFile(), "rw")) {
            file.setLength(BYTES);
        }
        Tools.must("mkfs.ext4", "-q", "-F", disk.image.toString());
        Tools.Ran mount = disk.mount();
        assumeThat(mount.code())
                .as("mounting by a loop device: %s", mount.output())
                .isZero();
        Runtime.getRuntime().addShutdownHook(disk.atExit);
        return disk;
    }

    private Tools.Ran mount() throws IOException, InterruptedException {
        return Tools.run("mount", "-t", "ext4", "-o", "loop", image.toString(), folder.toString());
    }

    /** Where its files are. */
    Path folder() {
        return folder;
    }

    /**
     * Cuts the power at once. Nothing can be written until {@link #again}.
     *
     * @param before what is done just before
     * @return when it was cut
     */
    Cut cut(Runnable before) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(String.valueOf(Tools.find("python3")), "-c", CUT, folder.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader said = process.inputReader()) {
            assertThat(said.readLine()).isEqualTo("ready");
            before.run();
            long fromNs = System.nanoTime();
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            String answer = String.join("\n", said.lines().toList());
            assumeThat(answer).as("shutting an ext4 down").matches("[0-9]+");
            long cutNs = Long.parseLong(answer);
            assertThat(cutNs).as("when it was cut").isBetween(fromNs, System.nanoTime());
            return new Cut(fromNs, cutNs);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** The power is back. Nobody may be using the disk. */
    void again() throws IOException, InterruptedException {
        long from = System.nanoTime();
        Tools.Ran umount = Tools.run("umount", folder.toString());
        while (umount.code() != 0 && System.nanoTime() - from < TimeUnit.SECONDS.toNanos(FREE_SECONDS_MAX)) {
            TimeUnit.MILLISECONDS.sleep(10); // a process that was killed lets go of its files a moment later
            umount = Tools.run("umount", folder.toString());
        }
        assertThat(umount.code()).as(umount.output()).isZero();
        Tools.Ran mount = mount();
        assertThat(mount.code()).as(mount.output()).isZero();
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        detach();
    }

    /** Leaves nothing mounted and no loop device taken, whoever still uses it. */
    private void detach() {
        boolean interrupted = Thread.interrupted();
        try {
            Tools.run("umount", "-l", folder.toString());
            for (String line :
                    Tools.run("losetup", "-j", image.toString()).output().split("\n")) {
                if (line.startsWith("/dev/loop")) {
                    Tools.run("losetup", "-d", line.substring(0, line.indexOf(':')));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
