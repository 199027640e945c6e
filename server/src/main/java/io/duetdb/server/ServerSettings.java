package io.duetdb.server;

import io.duetdb.engine.api.Setting;
import java.util.List;

/** The settings of the server itself; those of engine and front ends stand with what they set. */
final class ServerSettings {
    static final List<Setting> TABLE =
            List.of(Setting.text("dir", ".", "The working directory, where files are written when you ask for files."));

    private ServerSettings() {}
}
