package io.duetdb.clients;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A program that runs until somebody ends it: what it says is awaited, what it shall hear is typed. */
final class Conversation implements AutoCloseable {
    private static final long WAIT_NS_MAX = TimeUnit.SECONDS.toNanos(20);

    private final Process process;
    private final StringBuilder said = new StringBuilder();
    private int read;

    /** Starts the program; its errors come among what it says. */
    Conversation(String... command) throws IOException {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** Waits until it has said {@code text}, and returns what it said up to there, from the last such place on. */
    String until(String text) throws IOException {
        long begun = System.nanoTime();
        InputStream in = process.getInputStream();
        while (said.indexOf(text, read) < 0) {
            boolean alive = process.isAlive();
            if (in.available() > 0) {
                said.append(new String(in.readNBytes(in.available()), StandardCharsets.ISO_8859_1));
            } else if (!alive || System.nanoTime() - begun > WAIT_NS_MAX) {
                throw new AssertionError("waited for '" + text + "', but it said only:\n" + said.substring(read));
            } else {
                LockSupport.parkNanos(1_000_000);
            }
        }
        int end = said.indexOf(text, read) + text.length();
        String passage = said.substring(read, end);
        read = end;
        return passage;
    }

    /** Types {@code text}. */
    void type(String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        process.getOutputStream().flush();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
