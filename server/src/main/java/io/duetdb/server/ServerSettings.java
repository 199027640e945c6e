package io.duetdb.server;

import io.duetdb.engine.api.Setting;
import java.util.List;

/** The settings of the server itself; those of engine and front ends stand with what they set. */
final class ServerSettings {
    static final String BIND = "bind";
    static final String PORT = "port";
    static final String REST_PORT = "rest-port";
    static final String REST_TOKEN = "rest-token";
    static final String REST_READONLY_TOKEN = "rest-readonly-token";
    static final String REST_TOKEN_FILE = "rest-token-file";
    static final String TRANSPORT = "transport";
    static final String DIR = "dir";
    static final String LOGFILE = "logfile";
    static final String PIDFILE = "pidfile";

    /** Stands first in {@code --help} and in the reference. */
    static final List<Setting> TABLE = List.of(
            Setting.words(
                    BIND,
                    "127.0.0.1 -::1",
                    new BindForm(),
                    "Addresses to listen on, for RESP and REST: * = all, -address = if this machine has it, empty = none."),
            Setting.integer(PORT, 6379, 0, 65535, "The port RESP is served at; 0 = none."),
            Setting.integer(REST_PORT, 8079, 0, 65535, "The port REST is served at; 0 = none."),
            Setting.text(REST_TOKEN, "", "The token REST asks for; without one, the start chooses and prints one."),
            Setting.text(REST_READONLY_TOKEN, "", "A second REST token, for reading only; chosen as the first."),
            Setting.text(REST_TOKEN_FILE, "", "File in dir that keeps chosen tokens between starts; empty = none."),
            Setting.choice(
                    TRANSPORT, "How sockets are served; auto = epoll on Linux.", "auto", "nio", "epoll", "io_uring"),
            Setting.text(DIR, ".", "The working directory, where files are written when you ask for files.")
                    .isProtected(),
            Setting.text(LOGFILE, "", "The file that all output goes to, appended; empty = the terminal."),
            Setting.text(PIDFILE, "", "The file that holds the process id while the server runs."));

    private ServerSettings() {}

    /** The form of {@code bind}: at most 16 addresses. */
    static final class BindForm implements Setting.Form {
        private static final int ADDRESSES_MAX = 16;

        @Override
        public String normalise(List<String> words, String present) {
            if (words.size() > ADDRESSES_MAX) {
                throw new IllegalArgumentException("Too many bind addresses specified.");
            }
            return String.join(" ", words).trim();
        }
    }
}
