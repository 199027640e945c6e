package io.duetdb.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Figures of processes and cores from {@code /proc}. Times are in milliseconds of processor time (10 ms steps). */
final class Proc {
    private static final long MS_PER_TICK = 10;

    private Proc() {}

    /** User and system time a process has used so far, all its threads together. */
    static long cpuMs(long pid) {
        long[] fields = stat("/proc/" + pid + "/stat");
        return (fields[11] + fields[12]) * MS_PER_TICK;
    }

    /** User and system time of this process' children that have ended and were waited for. */
    static long childrenCpuMs() {
        long[] fields = stat("/proc/self/stat");
        return (fields[13] + fields[14]) * MS_PER_TICK;
    }

    /** Time a core spent on anything (user, nice, system, interrupts) since the machine started. */
    static long coreBusyMs(int core) {
        for (String line : lines("/proc/stat")) {
            if (line.startsWith("cpu" + core + " ")) {
                String[] f = line.split(" +");
                long ticks = 0;
                for (int i : new int[] {1, 2, 3, 6, 7}) {
                    ticks += Long.parseLong(f[i]);
                }
                return ticks * MS_PER_TICK;
            }
        }
        return 0;
    }

    /** Resident bytes of a process. */
    static long rssBytes(long pid) {
        for (String line : lines("/proc/" + pid + "/status")) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        return 0;
    }

    /** The command line of a process, arguments separated by blanks. */
    static String commandLine(long pid) {
        return String.join("\n", lines("/proc/" + pid + "/cmdline"))
                .replace('\0', ' ')
                .trim();
    }

    /** The processor's name, the kernel and the load of the machine: what a reader needs beside the figures. */
    static String machine() {
        String model = "unknown processor";
        int cores = 0;
        for (String line : lines("/proc/cpuinfo")) {
            if (line.startsWith("model name")) {
                model = line.substring(line.indexOf(':') + 1).trim();
                cores++;
            }
        }
        return model + " x " + cores + ", Linux "
                + lines("/proc/sys/kernel/osrelease").get(0) + ", load "
                + lines("/proc/loadavg").get(0);
    }

    /** The numeric fields of a stat file after the command's name, which may hold blanks: index 0 is the state. */
    private static long[] stat(String file) {
        String text = lines(file).get(0);
        String[] words = text.substring(text.lastIndexOf(')') + 2).split(" ");
        long[] fields = new long[words.length];
        for (int i = 1; i < words.length; i++) {
            fields[i] = words[i].length() > 18 ? Long.MAX_VALUE : Long.parseLong(words[i]);
        }
        return fields;
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
