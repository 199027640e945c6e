package io.duetdb.rest;

import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import java.util.List;

/** The settings of the HTTP side. Ports, addresses and tokens are the server's. */
public final class RestSettings {
    static final String MAX_REQUEST_SIZE = "rest-max-request-size";
    static final String HEAD_TIMEOUT = "rest-head-timeout";
    static final String BODY_TIMEOUT = "rest-body-timeout";
    static final String IDLE_TIMEOUT = "rest-idle-timeout";

    /** Their declarations. */
    public static final List<Setting> LIST = List.of(
            Setting.memory(
                    MAX_REQUEST_SIZE,
                    10L << 20,
                    1024,
                    1L << 30,
                    "The largest command and the largest reply over REST; a pipeline may be longer."),
            Setting.integer(HEAD_TIMEOUT, 15, 1, 3600, "Seconds until the head of a REST request must have arrived."),
            Setting.integer(BODY_TIMEOUT, 30, 1, 3600, "Seconds the body of a REST request may stand still."),
            Setting.integer(
                    IDLE_TIMEOUT,
                    300,
                    0,
                    86400,
                    "Seconds a REST connection may stay open between requests; 0 = for ever."));

    private RestSettings() {}

    /** The options that a joined table of settings asks for, with these tokens; an empty read-only token is none. */
    public static RestOptions options(Settings settings, String token, String readOnlyToken, long runId) {
        return RestOptions.of(token)
                .withReadOnlyToken(readOnlyToken.isEmpty() ? null : readOnlyToken)
                .withRunId(runId)
                .withMaxRequestBytes(settings.number(MAX_REQUEST_SIZE))
                .withTimeouts(
                        (int) settings.number(HEAD_TIMEOUT) * 1000,
                        (int) settings.number(BODY_TIMEOUT) * 1000,
                        (int) settings.number(IDLE_TIMEOUT) * 1000);
    }
}
