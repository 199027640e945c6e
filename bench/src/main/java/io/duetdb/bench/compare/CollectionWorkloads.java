package io.duetdb.bench.compare;

import io.duetdb.bench.compare.Row.Workload;
import io.duetdb.bench.compare.Tool.Run;
import io.duetdb.bench.compare.Workloads.Fill;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Speed of commands that use up or pile up what they work on: every run begins on the same data. */
final class CollectionWorkloads {
    /** Runs of Duet before those that count: as many as it takes until none is faster than the one before by a tenth. */
    private static final int WARM_UPS_MAX = 8;

    private static final int WARM_UPS_MIN = 3;

    /** Both servers free what was deleted in this time, so that none of it falls into the run. */
    private static final long SETTLE_MS = 700;

    private CollectionWorkloads() {}

    /** redis-benchmark against both servers in turns; {@code key} is deleted and {@code fill} called before each run. */
    static Workload anew(String key, Fill fill, long requests, List<String> arguments) {
        return (row, session) -> {
            int rounds = session.options().rounds(row.rounds());
            long n = session.sized(requests, requests / 2);
            if (session.options().profile()) {
                Workloads.profile(session, fill, arguments, n);
                return new Result(row.name(), row.goal(), new Series());
            }
            try (ServerProcess duet = session.startDuet();
                    ServerProcess peer = session.startPeer()) {
                List<Run> ours = new ArrayList<>();
                List<Run> theirs = new ArrayList<>();
                StringBuilder warmUp = new StringBuilder();
                double before = 0;
                double now = 1;
                for (int i = 0; i < WARM_UPS_MAX && (i < WARM_UPS_MIN || now > before * 1.1); i++) {
                    before = now;
                    now = run(duet, key, fill, arguments, n).perSecond();
                    warmUp.append(String.format(Locale.ROOT, " %.0fk", now / 1000));
                }
                run(peer, key, fill, arguments, n);
                for (int i = 0; i < rounds; i++) {
                    ours.add(run(duet, key, fill, arguments, n));
                    theirs.add(run(peer, key, fill, arguments, n));
                }
                return Workloads.compare(row, ours, theirs).detail("warm-up:%s /s", warmUp);
            }
        };
    }

    private static Run run(ServerProcess server, String key, Fill fill, List<String> arguments, long n)
            throws IOException, InterruptedException {
        try (RespClient client = new RespClient(server.port())) {
            client.run("DEL", key);
        }
        fill.fill(server);
        Thread.sleep(SETTLE_MS);
        return Tool.redisBenchmark(server, arguments, n);
    }
}
