package io.duetdb.resp;

import io.duetdb.engine.api.Setting;
import java.util.List;

/** The settings of the RESP front-end, by redis.conf's names. */
public final class RespSettings {
    public static final String TCP_BACKLOG = "tcp-backlog";
    public static final String TCP_KEEPALIVE = "tcp-keepalive";
    public static final String QUERY_LIMIT = "client-query-buffer-limit";
    public static final String OUTPUT_LIMIT = "client-output-buffer-limit";

    /** All of them, one line each. */
    public static final List<Setting> LIST = List.of(
            Setting.integer(TCP_BACKLOG, 511, 1, Integer.MAX_VALUE, "Connections that wait to be accepted"),
            Setting.integer(TCP_KEEPALIVE, 300, 0, Integer.MAX_VALUE, "Seconds between probes of idle peers; 0 = none"),
            Setting.memory(QUERY_LIMIT, 1L << 30, 1L << 20, Long.MAX_VALUE, "Unfinished requests of one connection")
                    .changeable(),
            Setting.text(OUTPUT_LIMIT, OutputLimits.INITIAL, "Unread replies: class, hard, soft, seconds; repeated")
                    .changeable());

    private RespSettings() {}
}
