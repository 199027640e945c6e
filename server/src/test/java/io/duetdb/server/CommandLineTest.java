package io.duetdb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.api.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flags and config files: redis.conf's grammar, and one helpful line for every mistake. */
final class CommandLineTest {
    private final Settings settings = InstanceOptions.settings();
    private final CommandLine line = new CommandLine(settings);

    @TempDir
    private Path folder;

    @Test
    void flagsAreDirectives() throws StartupException {
        line.read(
                "--port",
                "7000",
                "--bind",
                "127.0.0.1",
                "::1",
                "--maxmemory",
                "100mb",
                "--transport=NIO",
                "--PORT",
                "7001");
        assertThat(settings.number("port")).isEqualTo(7001);
        assertThat(settings.text("bind")).isEqualTo("127.0.0.1 ::1");
        assertThat(settings.number("maxmemory")).isEqualTo(100L << 20);
        assertThat(settings.text("transport")).isEqualTo("nio");
        assertThat(line.wish()).isEqualTo(CommandLine.Wish.START);
    }

    @Test
    void helpAndVersionAreWishes() throws StartupException {
        line.read("--version");
        assertThat(line.wish()).isEqualTo(CommandLine.Wish.VERSION);
        line.read("--port", "1", "--help");
        assertThat(line.wish()).isEqualTo(CommandLine.Wish.HELP);
        assertThat(Usage.help(settings)).contains("--port ", "a number from 0 to 65535, default 6379");
    }

    @Test
    void anUnknownFlagNamesTheNearestRightOne() {
        refused("unknown setting --prot; did you mean --port (a number from 0 to 65535, default 6379)?", "--prot", "1");
        refused("unknown setting --maxmemroy; did you mean --maxmemory", "--maxmemroy", "1");
        refused("unknown setting -port; did you mean --port", "-port", "1");
        refused("unknown setting --completely-else; --help lists all settings", "--completely-else", "x");
    }

    @Test
    void aBadValueNamesWhatIsAllowed() {
        refused("--port can't be '70000'; allowed: a number from 0 to 65535, default 6379", "--port", "70000");
        refused("--port can't be 'abc'; allowed: a number", "--port", "abc");
        refused("--port needs a value: a number", "--port");
        refused("--transport can't be 'fast'; allowed: auto, nio, epoll, io_uring", "--transport", "fast");
        refused("--maxmemory can't be 'lots'; allowed: bytes, or a size such as 100mb", "--maxmemory", "lots");
        refused("--activerehashing can't be 'maybe'; allowed: yes or no", "--activerehashing", "maybe");
    }

    @Test
    void aConfigFileIsReadFirstAndFlagsWin() throws Exception {
        Path included = folder.resolve("more.conf");
        Files.writeString(included, "maxmemory 1kb\n");
        Path file =
                write("# comment", "", "port 7000", "requirepass \"a b\\x41\\n\"", "include more.conf", "bind 'x y'");
        line.read(file.toString(), "--port", "7002");
        assertThat(settings.number("port")).isEqualTo(7002);
        assertThat(settings.text("requirepass")).isEqualTo("a bA\n");
        assertThat(settings.number("maxmemory")).isEqualTo(1024);
        assertThat(settings.text("bind")).isEqualTo("x y");
        assertThat(line.configFile()).isEqualTo(file.toString());
    }

    @Test
    void aMistakeInAFileNamesFileAndLine() throws Exception {
        Path file = write("port 7000", "prot 1");
        refused("unknown setting " + file + ":2: prot; did you mean port (", file.toString());
        Path open = write("requirepass \"open");
        refused(open + ":1: unbalanced quotes", open.toString());
        refused("can't read the config file /no/such/file", "/no/such/file");
        Path self = write("include duet.conf");
        refused("nested too deeply", self.toString());
    }

    @Test
    void theEnvironmentStandsBetweenFileAndFlags() throws Exception {
        Path file = write("port 7000", "timeout 1", "maxclients 5");
        line.read(
                Map.of(
                        "DUET_TIMEOUT", "2",
                        "DUET_MAXCLIENTS", "6",
                        "DUET_REST_TOKEN", "secret",
                        "DUET_BIO_CPULIST", "0-1",
                        "DUET_HEAP", "4g",
                        "DUET_BIND", "127.0.0.1 ::1",
                        "DUET_REQUIREPASS", "",
                        "DUET_SERVICE_HOST", "10.0.0.1",
                        "PORT", "1"),
                file.toString(),
                "--maxclients",
                "7");
        assertThat(settings.number("port")).isEqualTo(7000);
        assertThat(settings.number("timeout")).isEqualTo(2);
        assertThat(settings.number("maxclients")).isEqualTo(7);
        assertThat(settings.text("rest-token")).isEqualTo("secret");
        assertThat(settings.text("bio_cpulist")).isEqualTo("0-1");
        assertThat(settings.text("bind")).isEqualTo("127.0.0.1 ::1");
        assertThat(line.notes())
                .containsExactly(
                        "DUET_SERVICE_HOST in the environment is no setting and is left alone",
                        "bio_cpulist has no meaning here: threads are not bound to processors; use taskset");
    }

    @Test
    void aMistakeInTheEnvironmentNamesTheVariable() {
        assertThatThrownBy(() -> line.read(Map.of("DUET_PORT", "x")))
                .hasMessage("DUET_PORT can't be 'x'; allowed: a number from 0 to 65535, default 6379");
        assertThatThrownBy(() -> line.read(Map.of("DUET_REST_TOKN", "x")))
                .hasMessage("unknown setting DUET_REST_TOKN in the environment; did you mean DUET_REST_TOKEN?");
    }

    @Test
    void theWordBehindANameIsItsValue() throws StartupException {
        line.read("--requirepass", "--secret", "--port 7001", "--save", "--logfile", "x", "--pidfile='a b'", "--save");
        assertThat(settings.text("requirepass")).isEqualTo("--secret");
        assertThat(settings.number("port")).isEqualTo(7001);
        assertThat(settings.text("logfile")).isEqualTo("x");
        assertThat(settings.text("pidfile")).isEqualTo("'a b'");
        refused("--port needs a value before --bind: a number", "--port", "--bind", "x");
        refused("--port takes one value, not '1 2'", "--port", "1", "2");
    }

    @Test
    void whatIsNotPossibleMayBePutRightLater() throws Exception {
        line.read(
                write("daemonize yes", "syslog-enabled yes").toString(), "--daemonize", "no", "--syslog-enabled", "no");
        assertThat(settings.yes("daemonize")).isFalse();
        refused(
                "daemonize can't be 'yes'; allowed: only 'no', because Duet stays in the foreground",
                write("daemonize yes").toString());
        refused("--tls-port can't be '7000'; allowed: only '0', because Duet does not speak TLS", "--tls-port", "7000");
        refused("--unixsocket can't be '/x'; allowed: only '', because ", "--unixsocket", "/x");
    }

    @Test
    void linesThatAreNoSettings() throws Exception {
        line.read(write("user default on nopass sanitize-payload ~* &* +@all").toString());
        refused("user: users cannot be made", write("user alice on >x").toString());
        refused(":1: loadmodule: modules cannot", write("loadmodule x").toString());
        refused(":1: rename-command: commands keep", write("rename-command A B").toString());
    }

    @Test
    void whatHasNoMeaningIsSaidInOneLine() throws Exception {
        line.read(write("jemalloc-bg-thread yes", "hz 10", "activedefrag yes", "maxclients 9")
                .toString());
        assertThat(line.notes())
                .containsExactly("these settings have no meaning here (docs/settings.md says why):"
                        + " jemalloc-bg-thread, hz, activedefrag");
        assertThat(settings.text("activedefrag")).isEqualTo("yes");
    }

    @Test
    void includesMayBePatterns() throws Exception {
        Path more = Files.createDirectories(folder.resolve("conf.d"));
        Files.writeString(more.resolve("b.conf"), "timeout 2\nmaxclients 2\n");
        Files.writeString(more.resolve("a.conf"), "timeout 1\n");
        Files.writeString(more.resolve(".hidden.conf"), "timeout 3\n");
        line.read(write("include conf.d/*.conf", "include " + folder + "/none-*.conf")
                .toString());
        assertThat(settings.number("timeout")).isEqualTo(2);
        assertThat(settings.number("maxclients")).isEqualTo(2);
        Files.writeString(more.resolve("c.conf"), "timeout 4\n");
        line.read(write("include " + folder + "/con?.d/[c]*").toString());
        assertThat(settings.number("timeout")).isEqualTo(4);
    }

    @Test
    void whatIsRestoredIsSaidOnTheCommandLineOnly() throws Exception {
        line.read("--dir", folder.toString(), "--restore-backup", "first");
        assertThat(line.restores()).isTrue();
        assertThat(line.restoreBackup()).isEqualTo("first");
        assertThat(line.restoreTo()).isNull();
        refused(
                "restore-backup belongs on the command line",
                write("restore-backup x").toString());
        refused("--restore-backup needs the name of a backup", "--restore-backup");
        refused("--restore-to needs a time", "--restore-to", "--port", "1");
        refused("can't both be done", "--restore-to", "1", "--restore-backup", "x");
    }

    @Test
    void aFileThatIsNotThereMayBeMeantAsATool() {
        refused("did you mean duet check?", "chekc");
        refused("did you mean duet import?", "imprt");
        refused("can't read the config file", "duet.confx");
    }

    @Test
    void distanceCountsTypingMistakes() {
        assertThat(Usage.distance("port", "port")).isZero();
        assertThat(Usage.distance("prot", "port")).isEqualTo(1);
        assertThat(Usage.distance("pot", "port")).isEqualTo(1);
        assertThat(Usage.distance("", "port")).isEqualTo(4);
        assertThat(Usage.distance("kitten", "sitting")).isEqualTo(3);
    }

    private Path write(String... lines) throws IOException {
        return Files.write(folder.resolve("duet.conf"), List.of(lines));
    }

    private void refused(String text, String... args) {
        assertThatThrownBy(() -> new CommandLine(InstanceOptions.settings()).read(args))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(text)
                .hasMessageNotContaining("\n");
    }
}
