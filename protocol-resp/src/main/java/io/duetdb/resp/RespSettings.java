package io.duetdb.resp;

import io.duetdb.engine.api.Setting;
import io.duetdb.wire.OutputLimits;
import java.util.List;

/** The settings of the RESP front-end, by redis.conf's names. */
public final class RespSettings {
    public static final String TCP_BACKLOG = "tcp-backlog";
    public static final String TCP_KEEPALIVE = "tcp-keepalive";
    public static final String TIMEOUT = "timeout";
    public static final String PROTECTED_MODE = "protected-mode";
    public static final String QUERY_LIMIT = "client-query-buffer-limit";
    public static final String OUTPUT_LIMIT = OutputLimits.SETTING;

    private static final int INT = Integer.MAX_VALUE;

    /** All of them, one line each. */
    public static final List<Setting> LIST = List.of(
            Setting.integer(TCP_BACKLOG, 511, 0, INT, "Connections that wait to be accepted"),
            Setting.integer(TCP_KEEPALIVE, 300, 0, INT, "Seconds between probes of silent peers; 0 = none")
                    .changeable(),
            Setting.integer(TIMEOUT, 0, 0, INT, "Seconds after which an idle connection is closed; 0 = never")
                    .changeable(),
            Setting.yesNo(PROTECTED_MODE, true, "Whether only this host may connect by RESP while there is no password")
                    .changeable(),
            Setting.memory(QUERY_LIMIT, 1L << 30, 1L << 20, Long.MAX_VALUE, "Unfinished requests of one connection")
                    .changeable(),
            Setting.words(
                            OUTPUT_LIMIT,
                            OutputLimits.INITIAL,
                            new OutputLimits.Form(),
                            "Unread replies, per class of clients: hard limit, soft limit, seconds above the soft one")
                    .linesOf(4)
                    .changeable());

    private RespSettings() {}
}
