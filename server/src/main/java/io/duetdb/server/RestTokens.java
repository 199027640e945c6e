package io.duetdb.server;

import io.duetdb.engine.api.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The tokens REST asks for: those that were given; otherwise the ones kept in a file of {@code dir}, if the user asked
 * for one; otherwise random ones, of this start only.
 *
 * @param standard for everything
 * @param readOnly for reading only; empty = none
 */
record RestTokens(String standard, String readOnly) {
    private static final int TOKEN_BYTES = 16;

    /**
     * The tokens that the settings ask for. Embedded instances get none for reading only unless one is given.
     *
     * @throws StartupException when the file cannot be read or written
     */
    static RestTokens of(Settings settings, boolean embedded) throws StartupException {
        String standard = settings.text(ServerSettings.REST_TOKEN);
        String readOnly = settings.text(ServerSettings.REST_READONLY_TOKEN);
        String file = settings.text(ServerSettings.REST_TOKEN_FILE);
        if (standard.isEmpty() || readOnly.isEmpty() && !embedded) {
            RestTokens chosen = file.isEmpty()
                    ? random()
                    : kept(Path.of(settings.text(ServerSettings.DIR)).resolve(file));
            standard = standard.isEmpty() ? chosen.standard : standard;
            readOnly = readOnly.isEmpty() && !embedded ? chosen.readOnly : readOnly;
        }
        return new RestTokens(standard, readOnly);
    }

    private static RestTokens random() {
        return new RestTokens(Entropy.token(TOKEN_BYTES), Entropy.token(TOKEN_BYTES));
    }

    private static RestTokens kept(Path file) throws StartupException {
        try {
            if (Files.exists(file)) {
                List<String> lines = Files.readAllLines(file);
                if (lines.size() != 2 || lines.get(0).isBlank() || lines.get(1).isBlank()) {
                    throw new StartupException("--rest-token-file " + file + " does not hold two tokens, one per line;"
                            + " remove it to have new ones chosen");
                }
                return new RestTokens(lines.get(0).trim(), lines.get(1).trim());
            }
            RestTokens chosen = random();
            create(file);
            Files.write(file, (chosen.standard + "\n" + chosen.readOnly + "\n").getBytes(StandardCharsets.US_ASCII));
            return chosen;
        } catch (IOException e) {
            throw new StartupException("--rest-token-file " + file + " can't be read or written: " + e.getMessage());
        }
    }

    /** Nobody but the owner may read it, from its first moment on. */
    private static void create(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (UnsupportedOperationException e) {
            Files.createFile(file); // this file system has no such permissions
        }
    }
}
