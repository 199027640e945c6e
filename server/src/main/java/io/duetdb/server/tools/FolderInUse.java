package io.duetdb.server.tools;

import io.duetdb.engine.api.Settings;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.server.StartupException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Finds a server that is appending to the files which a tool is about to put aside, Duet or Redis: what it wrote later
 * would be lost. Asks the system which files other processes have open; where it doesn't tell, nobody is found.
 */
final class FolderInUse {
    private FolderInUse() {}

    /** @throws StartupException naming the process that has the append-only file of a data folder open */
    static void refuse(Settings settings) throws StartupException {
        Path folder = Path.of(settings.text(ToolArguments.DIR), settings.text(PersistenceSettings.APPENDDIRNAME));
        String user = user(folder);
        if (user != null) {
            throw new StartupException(folder + " is in use by " + user + "; stop it first");
        }
    }

    /** Another process that has a file of a folder open, or null. */
    private static @Nullable String user(Path folder) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            Path real = folder.toRealPath();
            String own = Long.toString(ProcessHandle.current().pid());
            for (Path process : processes) {
                String id = String.valueOf(process.getFileName());
                if (!id.equals(own) && hasOpen(process, real)) {
                    return "process " + id + " ("
                            + Files.readString(process.resolve("comm")).trim() + ")";
                }
            }
        } catch (IOException | SecurityException e) {
            return null; // no such folder, no such system
        }
        return null;
    }

    private static boolean hasOpen(Path process, Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (Files.readSymbolicLink(file).startsWith(folder)) {
                    return true;
                }
            }
        } catch (IOException | SecurityException e) {
            return false; // it has ended, or is another user's
        }
        return false;
    }
}
