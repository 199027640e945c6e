package io.duetdb.server;

import com.sun.management.OperatingSystemMXBean;
import io.duetdb.engine.api.Host.Figure;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * What INFO wants to know of the process. Linux tells it in {@code /proc} within microseconds; elsewhere, and for the
 * collector, the JVM's management beans answer, whose classes are loaded by the first question only.
 */
final class ProcessFigures {
    /** The kernel counts CPU time in these units for user programs, whatever its own tick is. */
    private static final long US_PER_KERNEL_TICK = 10_000;

    private static final int USER_TICKS_FIELD = 11;

    private ProcessFigures() {}

    /** One figure, or {@code fallback} when this system does not tell. Any thread. */
    static long figure(Figure figure, long fallback) {
        return switch (figure) {
            case PROCESS_ID -> ProcessHandle.current().pid();
            case RESIDENT_BYTES -> kilobytes("/proc/self/status", "VmRSS:", fallback);
            case HEAP_USED_BYTES ->
                Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            case HEAP_MAX_BYTES -> Runtime.getRuntime().maxMemory();
            case SYSTEM_MEMORY_BYTES -> kilobytes("/proc/meminfo", "MemTotal:", systemMemory(fallback));
            case CPU_USER_US -> {
                long us = cpuUs("/proc/self/stat", USER_TICKS_FIELD, -1);
                yield us < 0 ? processCpuUs(fallback) : us;
            }
            case CPU_SYSTEM_US -> cpuUs("/proc/self/stat", USER_TICKS_FIELD + 1, fallback);
            case THREAD_USER_US -> cpuUs("/proc/thread-self/stat", USER_TICKS_FIELD, fallback);
            case THREAD_SYSTEM_US -> cpuUs("/proc/thread-self/stat", USER_TICKS_FIELD + 1, fallback);
            case COLLECTOR_RUNS -> collector(false);
            case COLLECTOR_TIME_US -> collector(true);
            default -> fallback;
        };
    }

    private static long kilobytes(String file, String field, long fallback) {
        String text = read(file);
        int at = text.indexOf(field);
        if (at < 0) {
            return fallback;
        }
        at += field.length();
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return number(text, at) * 1024;
    }

    private static long cpuUs(String file, int field, long fallback) {
        String text = read(file);
        int at = text.lastIndexOf(')'); // the process name may hold anything but ends here
        if (at < 0) {
            return fallback;
        }
        for (int i = 0; i <= field; i++) {
            at = text.indexOf(' ', at + 1);
        }
        return number(text, at + 1) * US_PER_KERNEL_TICK;
    }

    private static long number(String text, int from) {
        long value = 0;
        for (int at = from; at < text.length() && Character.isDigit(text.charAt(at)); at++) {
            value = value * 10 + (text.charAt(at) - '0');
        }
        return value;
    }

    private static String read(String file) {
        try (FileInputStream in = new FileInputStream(file)) {
            return new String(in.readNBytes(1 << 16), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // not Linux, or not allowed: the caller has another source or a fallback
        }
    }

    private static long processCpuUs(long fallback) {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean
                ? bean.getProcessCpuTime() / 1000
                : fallback;
    }

    private static long systemMemory(long fallback) {
        if (System.getProperty("os.name", "").startsWith("Linux")) {
            return fallback;
        }
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean
                ? bean.getTotalMemorySize()
                : fallback;
    }

    private static long collector(boolean time) {
        long sum = 0;
        for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
            sum += Math.max(0, time ? bean.getCollectionTime() * 1000 : bean.getCollectionCount());
        }
        return sum;
    }
}
