package io.duetdb.engine.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Documentation that is made by a test: the test fails when the file says something else than the code, and writes it
 * when it runs with {@code -Dduet.docs=write}.
 */
public final class DocFile {
    private static final boolean WRITE = "write".equals(System.getProperty("duet.docs"));

    private DocFile() {}

    /** {@code docs/<name>} is this text. {@code test} is the name of the test that makes it. */
    public static void is(String name, String text, Class<?> test) {
        Path file = docs().resolve(name);
        if (WRITE) {
            write(file, text);
        }
        compare(name, Files.exists(file) ? read(file) : "", text, test);
    }

    /**
     * In {@code docs/<name>} stands this text between the lines {@code <!-- begin part -->} and {@code <!-- end part
     * -->}; the rest of the file is written by hand.
     */
    public static void contains(String name, String part, String text, Class<?> test) {
        Path file = docs().resolve(name);
        String whole = read(file);
        String begin = "<!-- begin " + part + " -->\n";
        int from = whole.indexOf(begin) + begin.length();
        int to = whole.indexOf("<!-- end " + part + " -->");
        assertThat(to).as("%s has marks for %s", name, part).isGreaterThanOrEqualTo(from);
        if (WRITE) {
            write(file, whole.substring(0, from) + text + whole.substring(to));
        } else {
            compare(name, whole.substring(from, to), text, test);
        }
    }

    /** The whole text of {@code docs/<name>}. */
    public static String text(String name) {
        return read(docs().resolve(name));
    }

    private static void compare(String name, String present, String wanted, Class<?> test) {
        assertThat(present)
                .as(
                        "docs/%s is stale; make it anew with: mvn -am -pl server test -Dtest=%s -Dduet.docs=write"
                                + " -Dsurefire.failIfNoSpecifiedTests=false",
                        name, test.getSimpleName())
                .isEqualTo(wanted);
    }

    private static Path docs() {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !(Files.isDirectory(at.resolve("docs")) && Files.isDirectory(at.resolve("engine")))) {
            at = at.getParent();
        }
        assertThat(at)
                .as("the root of the sources, above the working directory")
                .isNotNull();
        return at.resolve("docs");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
