package io.duetdb.persistence.disk;

import java.io.File;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The host's file system. Failures of a file that is open say what the system says and no more ("No space left on
 * device"), so that they can be quoted; failures that are about a name put the name in front.
 */
public final class NioDisk implements Disk {
    /** What an operating system says when it can't force folders; it lasts there, or nothing can be done about it. */
    private static final List<String> NOT_FOR_FOLDERS = List.of("Invalid argument", "Bad file descriptor");

    /** A call of the system that has a path. */
    private interface Call<T> {
        T run(Path path) throws IOException;
    }

    @Override
    public boolean exists(String path) {
        try {
            return Files.exists(Path.of(path));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    @Override
    public long size(String path) throws IOException {
        return named(path, Files::size);
    }

    @Override
    public List<String> list(String folder) throws IOException {
        return named(folder, path -> {
            List<String> names = new ArrayList<>(); // not by a stream: every start lists a folder
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
                for (Path entry : entries) {
                    names.add(name(entry));
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
            Collections.sort(names);
            return names;
        });
    }

    private static String name(Path path) {
        Path last = path.getFileName();
        return last == null ? "" : last.toString();
    }

    @Override
    public void makeFolder(String path) throws IOException {
        named(path, folder -> {
            if (!Files.isDirectory(folder)) {
                Files.createDirectory(folder);
            }
            return folder;
        });
    }

    @Override
    public DiskFile create(String path) throws IOException {
        return named(
                path,
                at -> new NioFile(
                        at, FileChannel.open(at, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), true, 0));
    }

    @Override
    public DiskFile append(String path) throws IOException {
        return named(path, at -> new NioFile(at, FileChannel.open(at, StandardOpenOption.WRITE), true, Files.size(at)));
    }

    @Override
    public DiskFile read(String path) throws IOException {
        return named(path, at -> new NioFile(at, FileChannel.open(at, StandardOpenOption.READ), false, 0));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        named(
                from,
                path -> Files.move(
                        path, Path.of(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING));
    }

    @Override
    public void delete(String path) throws IOException {
        named(path, Files::deleteIfExists);
    }

    @Override
    public void force(String folder) throws IOException {
        if (File.separatorChar == '\\') {
            return; // Windows opens no folder, and keeps names by itself
        }
        try {
            named(folder, path -> {
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                    channel.force(true);
                }
                return path;
            });
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            if (NOT_FOR_FOLDERS.stream().noneMatch(message::endsWith)) {
                throw e;
            }
        }
    }

    @Override
    public long freeBytes(String folder) throws IOException {
        return named(folder, path -> Files.getFileStore(path).getUsableSpace());
    }

    /**
     * Runs a call that is about a path. An interrupt of the calling thread waits until it is done: it would close the
     * folder that is being forced.
     */
    private static <T> T named(String path, Call<T> call) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return call.run(Path.of(path));
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } catch (InvalidPathException e) {
            throw new IOException(path + ": not a name for a file here: " + e.getReason(), e);
        } catch (IOException e) {
            throw new IOException(path + ": " + words(e), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What the system says of a failure; the JDK turns some of its messages into types whose message is the path. */
    static String words(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "No such file or directory";
        }
        if (failure instanceof AccessDeniedException) {
            return "Permission denied";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "File exists";
        }
        if (failure instanceof NotDirectoryException) {
            return "Not a directory";
        }
        if (failure instanceof DirectoryNotEmptyException) {
            return "Directory not empty";
        }
        String reason = failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
        return orName(reason, failure);
    }

    private static String orName(@Nullable String reason, IOException failure) {
        return reason == null || reason.isBlank() ? failure.getClass().getSimpleName() : reason;
    }
}
