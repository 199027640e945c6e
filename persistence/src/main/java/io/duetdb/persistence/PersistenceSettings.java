package io.duetdb.persistence;

import io.duetdb.engine.api.Setting;
import java.util.List;

/** The settings that persistence owns, by redis.conf's names. Data lives in memory only: whoever asks hears it. */
public final class PersistenceSettings {
    public static final String SAVE = "save";
    public static final String APPENDONLY = "appendonly";

    /** All of them, one line each. */
    public static final List<Setting> LIST = List.of(
            Setting.fixed(SAVE, "", "data is kept in memory only, nothing is saved"),
            Setting.fixed(APPENDONLY, "no", "data is kept in memory only, nothing is saved"));

    private PersistenceSettings() {}
}
