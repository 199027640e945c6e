package io.duetdb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flags and config files: redis.conf's grammar, and one helpful line for every mistake. */
final class CommandLineTest {
    private final Settings settings = new Settings(List.of(
            Setting.integer("port", 6379, 0, 65535, "Port."),
            Setting.text("bind", "127.0.0.1", "Addresses."),
            Setting.memory("maxmemory", 0, 0, Long.MAX_VALUE, "Limit."),
            Setting.choice("transport", "How.", "auto", "nio", "epoll", "io_uring"),
            Setting.yesNo("activerehashing", true, "Ignored."),
            Setting.text("requirepass", "", "Password.")));
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
        assertThatThrownBy(() -> line.read(args))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(text)
                .hasMessageNotContaining("\n");
    }
}
