package io.duetdb.bench.compare;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.duetdb.bench.compare.Row.Workload;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * A minute of overwrites with 64 bytes at P 16: no collector may run. The server is asked through its own management
 * beans what each thread allocated.
 */
final class SteadyWorkload {
    private SteadyWorkload() {}

    /** Collector runs in the minute (15 seconds in the short form). */
    static Workload overwrites() {
        return (row, session) -> {
            if (session.options().self()) {
                throw new IOException("redis-server has no collector to watch");
            }
            List<String> set = List.of("-t", "set", "-c", "50", "-P", "16", "-r", "1000000", "-d", "64");
            try (ServerProcess duet = session.startDuet(GcLog.OPTION);
                    JMXConnector connector = connect(duet.pid())) {
                Loader.of(duet.port(), 64).load(0, 1_000_000);
                Tool.redisBenchmark(duet, set, 3_000_000);
                double rate = Tool.redisBenchmark(duet, set, 3_000_000).perSecond();
                long n = (long) (rate * session.sized(60, 15));
                ThreadMXBean threads = threads(connector.getMBeanServerConnection());
                GcLog log = GcLog.of(duet);
                Map<Long, Long> before = allocated(threads);
                long start = System.nanoTime();
                Tool.Run run = Tool.redisBenchmark(duet, set, n);
                double seconds = (System.nanoTime() - start) / 1e9;
                Map<Long, Long> after = allocated(threads);
                GcLog.Pauses pauses = log.pauses();
                long total = after.entrySet().stream()
                        .mapToLong(e -> e.getValue() - before.getOrDefault(e.getKey(), 0L))
                        .sum();
                return new Result(row.name(), row.goal(), new Series(pauses.count()))
                        .columns(pauses.count() + " runs", "-")
                        .detail(
                                "%d SET in %.1f s, %.3f us of CPU each; all threads allocated %.0f KB/s; collector: %s",
                                n, seconds, run.cpuUsPerOp(), total / seconds / 1024, pauses)
                        .detail("bytes per command by thread: %s", top(threads, before, after, n));
            }
        };
    }

    @SuppressWarnings("BanJNDI") // The URL comes from our own child, whose beans are all we ask.
    private static JMXConnector connect(long pid) throws IOException {
        try {
            VirtualMachine vm = VirtualMachine.attach(Long.toString(pid));
            try {
                return JMXConnectorFactory.connect(new JMXServiceURL(vm.startLocalManagementAgent()));
            } finally {
                vm.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException(e);
        }
    }

    private static ThreadMXBean threads(MBeanServerConnection connection) throws IOException {
        return ManagementFactory.newPlatformMXBeanProxy(
                connection, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
    }

    private static Map<Long, Long> allocated(ThreadMXBean threads) {
        long[] ids = threads.getAllThreadIds();
        long[] bytes = threads.getThreadAllocatedBytes(ids);
        Map<Long, Long> all = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            all.put(ids[i], bytes[i]);
        }
        return all;
    }

    private static String top(ThreadMXBean threads, Map<Long, Long> before, Map<Long, Long> after, long commands) {
        List<Map.Entry<Long, Long>> grown = new ArrayList<>();
        after.forEach((id, bytes) -> grown.add(Map.entry(id, bytes - before.getOrDefault(id, 0L))));
        grown.sort(Comparator.comparing(Map.Entry<Long, Long>::getValue).reversed());
        StringBuilder s = new StringBuilder();
        for (Map.Entry<Long, Long> entry : grown.subList(0, Math.min(4, grown.size()))) {
            var thread = threads.getThreadInfo(entry.getKey());
            s.append(String.format(
                    Locale.ROOT,
                    "%s%s %.3f",
                    s.length() == 0 ? "" : ", ",
                    thread == null ? "(ended)" : thread.getThreadName(),
                    entry.getValue() / (double) commands));
        }
        return s.toString();
    }
}
