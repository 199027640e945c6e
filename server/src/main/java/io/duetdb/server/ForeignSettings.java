package io.duetdb.server;

import io.duetdb.engine.api.Setting;
import java.util.ArrayList;
import java.util.List;

/**
 * Settings of redis.conf about what Duet has not or is not: its files are to work here, so each is either taken without
 * effect or refused with the reason. Names, bounds and defaults are Redis' own.
 */
final class ForeignSettings {
    private static final int INT = Integer.MAX_VALUE;
    private static final long MOST = Long.MAX_VALUE;
    private static final int PORT_MAX = 65535;

    private static final String JAVA_MEMORY = "memory is the JVM's, Redis' allocator is not used";
    private static final String NO_FORK = "Duet does not fork";
    private static final String ONE_LOOP = "one event loop serves all sockets";
    private static final String NO_REPLICATION = "there is no replication";
    private static final String NO_CLUSTER = "there is no cluster";
    private static final String NO_TLS = "there is no TLS";
    private static final String TLS_REMEDY =
            "Duet does not speak TLS; put a proxy that does (stunnel, HAProxy, nginx) in front of it";
    private static final String NO_CRASH_LOG = "the JVM writes its own report when it crashes";
    private static final String NO_TITLE = "a JVM cannot change its process title";
    private static final String NO_SYSLOG = "Duet does not write to syslog; run it under a service manager that does";
    private static final String NO_PINNING = "threads are not bound to processors; use taskset";

    /** All of them, one line each. */
    static final List<Setting> TABLE = joined();

    private ForeignSettings() {}

    private static List<Setting> joined() {
        List<Setting> all = new ArrayList<>(256);
        process(all);
        sockets(all);
        end(all);
        memory(all);
        replication(all);
        cluster(all);
        tls(all);
        return List.copyOf(all);
    }

    private static void process(List<Setting> all) {
        all.add(Setting.yesNo("daemonize", false, "Whether the server goes to the background")
                .only("Duet stays in the foreground; start it with & or by a service manager", "no"));
        all.add(Setting.choice("supervised", "How a service manager is told", "upstart", "systemd", "auto", "no")
                .initially("no")
                .only("Duet sends no signal to a service manager; let systemd use Type=exec", "no", "auto"));
        all.add(Setting.choice("loglevel", "What is logged", "debug", "verbose", "notice", "warning")
                .initially("notice")
                .idle("Duet logs warnings only")
                .changeable());
        all.add(Setting.yesNo("syslog-enabled", false, "Whether syslog is written")
                .only(NO_SYSLOG, "no"));
        all.add(Setting.text("syslog-ident", "redis", "Name in syslog").idle("syslog is not written"));
        all.add(Setting.choice(
                        "syslog-facility",
                        "Facility of syslog",
                        "user",
                        "local0",
                        "local1",
                        "local2",
                        "local3",
                        "local4",
                        "local5",
                        "local6",
                        "local7")
                .initially("local0")
                .idle("syslog is not written"));
        all.add(Setting.yesNo("always-show-logo", false, "Whether the logo is shown")
                .idle("there is no logo"));
        all.add(idle("crash-log-enabled", true, "Whether a crash is logged", NO_CRASH_LOG));
        all.add(idle("crash-memcheck-enabled", true, "Whether a crash tests memory", NO_CRASH_LOG));
        all.add(Setting.yesNo("set-proc-title", true, "Whether the process has a title")
                .idle(NO_TITLE));
        all.add(Setting.text("proc-title-template", "{title} {listen-addr} {server-mode}", "The process title")
                .idle(NO_TITLE)
                .changeable());
        all.add(Setting.choice("enable-protected-configs", "Who may set dir and dbfilename", "no", "yes", "local")
                .only("dir and dbfilename are chosen at the start", "no"));
    }

    private static void sockets(List<Setting> all) {
        all.add(Setting.text("unixsocket", "", "Path of a Unix domain socket")
                .only("Duet listens on TCP ports only; use bind 127.0.0.1", ""));
        all.add(Setting.octal("unixsocketperm", 0, 0, 0777, "Mode of the socket's file")
                .idle("there is no Unix socket"));
        all.add(Setting.text("bind-source-addr", "", "Address that connections go out from")
                .idle(NO_REPLICATION)
                .changeable());
        all.add(Setting.integer("socket-mark-id", 0, 0, 4_294_967_295L, "Mark of listening sockets")
                .only("sockets are not marked", "0"));
        all.add(Setting.integer("io-threads", 1, 1, 128, "Threads for sockets").idle(ONE_LOOP));
        all.add(Setting.yesNo("io-threads-do-reads", false, "Whether these threads read")
                .idle(ONE_LOOP));
        for (String name : List.of("server_cpulist", "bio_cpulist", "aof_rewrite_cpulist", "bgsave_cpulist")) {
            all.add(Setting.text(name, "", "Processors to run on").idle(NO_PINNING));
        }
    }

    private static void end(List<Setting> all) {
        String nothing = "nothing is saved, so nothing can be saved at the end";
        for (String name : List.of("shutdown-on-sigint", "shutdown-on-sigterm")) {
            all.add(Setting.flags(name, "What the signal does", "default", "save", "nosave", "now", "force")
                    .only(
                            nothing,
                            "default",
                            "nosave",
                            "now",
                            "force",
                            "nosave now",
                            "nosave force",
                            "now force",
                            "nosave now force")
                    .changeable());
        }
        all.add(number("shutdown-timeout", 10, 0, INT, "Seconds that replicas have at the end", NO_REPLICATION));
        all.add(Setting.text("ignore-warnings", "", "Warnings that do not end the start")
                .idle("there are no such warnings")
                .changeable());
    }

    private static void memory(List<Setting> all) {
        all.add(idle("jemalloc-bg-thread", true, "Whether memory is returned by a thread", JAVA_MEMORY));
        all.add(idle("activedefrag", false, "Whether memory is defragmented", JAVA_MEMORY));
        all.add(Setting.memory("active-defrag-ignore-bytes", 100 << 20, 1, MOST, "Fragmentation that is left")
                .idle(JAVA_MEMORY)
                .changeable());
        all.add(number("active-defrag-threshold-lower", 10, 0, 1000, "Percentage to begin at", JAVA_MEMORY));
        all.add(number("active-defrag-threshold-upper", 100, 0, 1000, "Percentage of most effort", JAVA_MEMORY));
        all.add(number("active-defrag-cycle-min", 1, 1, 99, "Least effort", JAVA_MEMORY));
        all.add(number("active-defrag-cycle-max", 25, 1, 99, "Most effort", JAVA_MEMORY));
        all.add(number("active-defrag-max-scan-fields", 1000, 1, MOST, "Fields looked at", JAVA_MEMORY));
        all.add(Setting.yesNo("disable-thp", true, "Whether huge pages are off").idle(NO_FORK));
        all.add(Setting.choice("oom-score-adj", "Whom the kernel ends first", "no", "yes", "relative", "absolute")
                .idle("there is one process, and it keeps its score")
                .changeable());
        all.add(Setting.words("oom-score-adj-values", "0 200 800", new OomScores(), "Scores of the processes")
                .idle("there is one process, and it keeps its score")
                .changeable());
    }

    private static void replication(List<Setting> all) {
        all.add(Setting.words("replicaof", "", new Replicaof(), "The server whose copy this is")
                .also("slaveof")
                .only("Duet cannot be a replica; leave it out", ""));
        text(all, NO_REPLICATION, "masteruser", "masterauth");
        all.add(also("replica-serve-stale-data", "slave-serve-stale-data", true));
        all.add(also("replica-read-only", "slave-read-only", true));
        all.add(also("replica-lazy-flush", "slave-lazy-flush", false));
        all.add(also("replica-ignore-maxmemory", "slave-ignore-maxmemory", true));
        all.add(idle("replica-ignore-disk-write-errors", false, "About replicas", NO_REPLICATION));
        all.add(idle("replica-announced", true, "About replicas", NO_REPLICATION));
        all.add(Setting.integer("replica-priority", 100, 0, INT, "About replicas")
                .also("slave-priority")
                .idle(NO_REPLICATION)
                .changeable());
        all.add(Setting.text("replica-announce-ip", "", "About replicas")
                .also("slave-announce-ip")
                .idle(NO_REPLICATION)
                .changeable());
        all.add(Setting.integer("replica-announce-port", 0, 0, PORT_MAX, "About replicas")
                .also("slave-announce-port")
                .idle(NO_REPLICATION)
                .changeable());
        all.add(Setting.integer("min-replicas-to-write", 0, 0, INT, "Replicas without which writes are refused")
                .also("min-slaves-to-write")
                .only("there are no replicas to wait for; leave it out", "0")
                .changeable());
        all.add(Setting.integer("min-replicas-max-lag", 10, 0, INT, "About replicas")
                .also("min-slaves-max-lag")
                .idle(NO_REPLICATION)
                .changeable());
        all.add(Setting.integer("repl-ping-replica-period", 10, 1, INT, "About replicas")
                .also("repl-ping-slave-period")
                .idle(NO_REPLICATION)
                .changeable());
        all.add(number("repl-timeout", 60, 1, INT, "About replicas", NO_REPLICATION));
        all.add(number("repl-backlog-ttl", 3600, 0, MOST, "About replicas", NO_REPLICATION));
        all.add(number("repl-diskless-sync-delay", 5, 0, INT, "About replicas", NO_REPLICATION));
        all.add(number("repl-diskless-sync-max-replicas", 0, 0, INT, "About replicas", NO_REPLICATION));
        all.add(Setting.memory("repl-backlog-size", 1 << 20, 1, MOST, "About replicas")
                .idle(NO_REPLICATION)
                .changeable());
        all.add(idle("repl-diskless-sync", true, "About replicas", NO_REPLICATION));
        all.add(idle("repl-disable-tcp-nodelay", false, "About replicas", NO_REPLICATION));
        all.add(Setting.choice("repl-diskless-load", "About replicas", "disabled", "on-empty-db", "swapdb")
                .idle(NO_REPLICATION)
                .changeable());
    }

    private static void cluster(List<Setting> all) {
        all.add(Setting.yesNo("cluster-enabled", false, "Whether this is a node of a cluster")
                .only("Duet is one node that holds all slots; leave it out", "no"));
        all.add(Setting.text("cluster-config-file", "nodes.conf", "About clusters")
                .idle(NO_CLUSTER));
        all.add(Setting.integer("cluster-port", 0, 0, PORT_MAX, "About clusters")
                .idle(NO_CLUSTER));
        all.add(number("cluster-node-timeout", 15_000, 0, MOST, "About clusters", NO_CLUSTER));
        all.add(number("cluster-migration-barrier", 1, 0, INT, "About clusters", NO_CLUSTER));
        all.add(Setting.integer("cluster-replica-validity-factor", 10, 0, INT, "About clusters")
                .also("cluster-slave-validity-factor")
                .idle(NO_CLUSTER)
                .changeable());
        all.add(Setting.yesNo("cluster-replica-no-failover", false, "About clusters")
                .also("cluster-slave-no-failover")
                .idle(NO_CLUSTER)
                .changeable());
        all.add(Setting.memory("cluster-link-sendbuf-limit", 0, 0, Setting.UNSIGNED_MAX, "About clusters")
                .idle(NO_CLUSTER)
                .changeable());
        for (String name : List.of("cluster-announce-port", "cluster-announce-tls-port", "cluster-announce-bus-port")) {
            all.add(number(name, 0, 0, PORT_MAX, "About clusters", NO_CLUSTER));
        }
        text(all, NO_CLUSTER, "cluster-announce-ip", "cluster-announce-hostname", "cluster-announce-human-nodename");
        all.add(idle("cluster-require-full-coverage", true, "About clusters", NO_CLUSTER));
        all.add(idle("cluster-allow-reads-when-down", false, "About clusters", NO_CLUSTER));
        all.add(idle("cluster-allow-pubsubshard-when-down", true, "About clusters", NO_CLUSTER));
        all.add(idle("cluster-allow-replica-migration", true, "About clusters", NO_CLUSTER));
        all.add(Setting.choice(
                        "cluster-preferred-endpoint-type", "About clusters", "ip", "hostname", "unknown-endpoint")
                .idle(NO_CLUSTER)
                .changeable());
    }

    private static void tls(List<Setting> all) {
        all.add(Setting.integer("tls-port", 0, 0, PORT_MAX, "The port RESP is served at with TLS")
                .only(TLS_REMEDY, "0")
                .changeable());
        for (String name : List.of("tls-replication", "tls-cluster")) {
            all.add(Setting.yesNo(name, false, "Where TLS is used")
                    .only(TLS_REMEDY, "no")
                    .changeable());
        }
        for (String name : List.of(
                "tls-cert-file",
                "tls-key-file",
                "tls-key-file-pass",
                "tls-client-cert-file",
                "tls-client-key-file",
                "tls-client-key-file-pass",
                "tls-dh-params-file",
                "tls-ca-cert-file",
                "tls-ca-cert-dir")) {
            all.add(Setting.text(name, "", "Keys for TLS").only(TLS_REMEDY, "").changeable());
        }
        text(all, NO_TLS, "tls-protocols", "tls-ciphers", "tls-ciphersuites");
        all.add(Setting.choice("tls-auth-clients", "About TLS", "no", "yes", "optional")
                .initially("yes")
                .idle(NO_TLS)
                .changeable());
        all.add(idle("tls-prefer-server-ciphers", false, "About TLS", NO_TLS));
        all.add(idle("tls-session-caching", true, "About TLS", NO_TLS));
        all.add(number("tls-session-cache-size", 20_480, 0, INT, "About TLS", NO_TLS));
        all.add(number("tls-session-cache-timeout", 300, 0, INT, "About TLS", NO_TLS));
    }

    private static Setting idle(String name, boolean initial, String doc, String why) {
        return Setting.yesNo(name, initial, doc).idle(why).changeable();
    }

    private static Setting also(String name, String alias, boolean initial) {
        return idle(name, initial, "About replicas", NO_REPLICATION).also(alias);
    }

    private static Setting number(String name, long initial, long min, long max, String doc, String why) {
        return Setting.integer(name, initial, min, max, doc).idle(why).changeable();
    }

    private static void text(List<Setting> all, String why, String... names) {
        for (String name : names) {
            all.add(Setting.text(name, "", "As in Redis").idle(why).changeable());
        }
    }

    /** The form of {@code replicaof}: host and port, or {@code no one}. */
    private static final class Replicaof implements Setting.Form {
        @Override
        public String normalise(List<String> words, String present) {
            if (words.size() != 2) {
                throw new IllegalArgumentException("wrong number of arguments");
            }
            boolean none = words.get(0).equalsIgnoreCase("no") && words.get(1).equalsIgnoreCase("one");
            return none ? "" : String.join(" ", words);
        }
    }

    /** The form of {@code oom-score-adj-values}: three numbers. */
    private static final class OomScores implements Setting.Form {
        private static final int COUNT = 3;
        private static final int MAX = 2000;

        @Override
        public String normalise(List<String> words, String present) {
            if (words.size() != COUNT) {
                throw new IllegalArgumentException("wrong number of arguments");
            }
            for (String word : words) {
                if (!inRange(word)) {
                    throw new IllegalArgumentException(
                            "Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
                }
            }
            return String.join(" ", words);
        }

        private static boolean inRange(String word) {
            try {
                return Math.abs(Integer.parseInt(word)) <= MAX;
            } catch (NumberFormatException e) {
                return false;
            }
        }
    }
}
