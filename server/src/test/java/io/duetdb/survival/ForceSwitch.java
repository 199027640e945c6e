package io.duetdb.survival;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Decides what becomes of a server's forcing of its files: it passes, stands still, or fails. A library that is
 * compiled here stands before the system's; tests that ask for it are skipped where there is no C compiler.
 */
final class ForceSwitch {
    private final Path library;
    private final Path mode;
    private final Path nextMode;

    private ForceSwitch(Path place) {
        library = place.resolve("force.so");
        mode = place.resolve("mode");
        nextMode = place.resolve("mode.next");
    }

    /** One that lets everything pass; its files are in a folder {@code place}. Skips the test where that can't be. */
    static ForceSwitch built(Path place) throws IOException, InterruptedException {
        Tools.assumeThere("cc");
        ForceSwitch made = new ForceSwitch(place);
        Path source = place.resolve("force.c");
        try (InputStream in = ForceSwitch.class.getResourceAsStream("force.c")) {
            Files.copy(in, source);
        }
        Tools.must("cc", "-shared", "-fPIC", "-o", made.library.toString(), source.toString(), "-ldl");
        made.pass();
        return made;
    }

    /** What starts a server under it: words for {@link Child#under}. */
    String[] words() {
        return new String[] {"env", "LD_PRELOAD=" + library, "FORCE_MODE_FILE=" + mode};
    }

    /** Files are forced from now on. */
    void pass() throws IOException {
        set("pass");
    }

    /** Whoever forces waits from now on, until something else is said. */
    void stall() throws IOException {
        set("stall");
    }

    /** Forcing fails from now on, and forces nothing. */
    void fail() throws IOException {
        set("fail");
    }

    private void set(String value) throws IOException {
        Files.writeString(nextMode, value);
        Files.move(nextMode, mode, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
