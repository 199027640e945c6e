package io.duetdb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary directory with files of a server, which is gone with all that is in it when this is closed. */
final class Folder implements AutoCloseable {
    private static final List<String> NO_DATA = List.of("log", "gc.log");

    private final Path path;

    private Folder(Path path) {
        this.path = path;
    }

    /** A new empty one. */
    static Folder create() throws IOException {
        return new Folder(Files.createTempDirectory("duet-compare-"));
    }

    Path path() {
        return path;
    }

    /** Bytes of all data in a directory, logs left out. */
    static long bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            long bytes = 0;
            for (Path file : (Iterable<Path>) files::iterator) {
                if (Files.isRegularFile(file) && !NO_DATA.contains(String.valueOf(file.getFileName()))) {
                    bytes += Files.size(file);
                }
            }
            return bytes;
        }
    }

    /** Deletes a directory with all that is in it. */
    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        delete(path);
    }
}
