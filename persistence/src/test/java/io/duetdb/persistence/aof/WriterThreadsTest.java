package io.duetdb.persistence.aof;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Clock;
import io.duetdb.engine.api.Setting;
import io.duetdb.engine.api.Settings;
import io.duetdb.persistence.aof.Manifest.Entry;
import io.duetdb.persistence.config.PersistenceSettings;
import io.duetdb.persistence.disk.Mailbox;
import io.duetdb.persistence.disk.NioDisk;
import io.duetdb.persistence.disk.Outside;
import io.duetdb.persistence.disk.ThreadWorkers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real threads, real files and policies that change, every effect stands once and in order, and is vouched for. */
class WriterThreadsTest {
    private static final long SEED = 61;
    private static final int TURNS = Boolean.getBoolean("duet.long") ? 200_000 : 4_000;
    private static final Pattern NUMBER = Pattern.compile("RPUSH\r\n\\$1\r\nl\r\n\\$\\d+\r\n(\\d+)\r\n");

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final AtomicReference<Throwable> bug = new AtomicReference<>();
    private Manifest manifest = Manifest.EMPTY;
    private @Nullable String failure;

    @Test
    void everyEffectStandsOnceAndInOrder() throws Exception {
        Outside outside = outside();
        AofFolder files = new AofFolder(outside);
        files.make();
        LogWriter writer = new LogWriter(outside, new EffectEncoder(outside.clock()), new Listener());
        Entry first = files.nextIncrement();
        manifest = manifest.with(first);
        writer.begin(files.create(first, true, 0), 0);
        files.store(manifest);
        long offset = 0;
        long safe = 0;
        boolean rotationIsDue = false;
        for (int turn = 0; goesOn(turn); turn++) {
            int effects = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(20);
            for (int i = 0; i < effects; i++) {
                offset++;
                writer.add(0, Argv.of("RPUSH", "l", Long.toString(offset)));
            }
            outside.mailbox().runAll();
            writer.turnEnds(offset);
            if (random.nextInt(50) == 0) {
                writer.policy(LogWriter.Policy.values()[random.nextInt(3)]);
            }
            rotationIsDue |= random.nextInt(200) == 0;
            if (rotationIsDue && !writer.changing() && !writer.forcing()) {
                writer.rotate(files, manifest, files.nextIncrement(), true);
                rotationIsDue = false;
            }
            if (random.nextInt(1000) == 0) {
                writer.flush(offset);
                assertThat(writer.lasts()).isEqualTo(offset);
            }
            assertThat(writer.lasts()).isLessThanOrEqualTo(writer.written());
            assertThat(writer.written()).isGreaterThanOrEqualTo(safe).isLessThanOrEqualTo(offset);
            safe = writer.written();
        }
        writer.flush(offset);
        writer.close();
        assertThat(failure).isNull();
        assertThat(bug.get()).isNull();
        assertThat(manifest.increments()).hasSizeGreaterThan(3);
        assertThat(numbersInOrder()).as("seed %d", SEED).isEqualTo(offset);
    }

    /** Whether to take this turn: on a disk that is slow beside the loop, more are needed until files changed often. */
    private boolean goesOn(int turn) {
        boolean enough = manifest.increments().size() > 3 || turn >= 100 * TURNS;
        return failure == null && (turn < TURNS || !enough);
    }

    private Outside outside() {
        Setting dir = Setting.text("dir", folder.toString(), "Folder");
        Clock clock = new Clock() {
            @Override
            public long wallUs() {
                return 0;
            }

            @Override
            public long monotonicNs() {
                return System.nanoTime() * 100; // forces a hundred times a second
            }
        };
        Outside.Log log = new Outside.Log() {
            @Override
            public void notice(String message) {}

            @Override
            public void warning(String message) {
                bug.compareAndSet(null, new AssertionError(message));
            }
        };
        return new Outside(
                new Settings(PersistenceSettings.LIST, List.of(dir)),
                clock,
                new NioDisk(),
                new ThreadWorkers((worker, cause) -> bug.compareAndSet(null, cause)),
                new Mailbox(() -> {}),
                log);
    }

    private final class Listener implements LogTail.Listener {
        @Override
        public void failed(LogTail.Trouble what, IOException cause) {
            failure = what + ": " + cause.getMessage();
        }

        @Override
        public void changed(@Nullable Manifest stored, @Nullable String why) {
            failure = why;
            manifest = stored == null ? manifest : stored;
        }
    }

    /** Looks through all files. Returns the last number; numbers and checksums are right up to there. */
    private long numbersInOrder() throws IOException {
        long last = 0;
        for (Entry entry : manifest.increments()) {
            byte[] bytes = Files.readAllBytes(folder.resolve("appendonlydir").resolve(entry.name()));
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            Matcher number = NUMBER.matcher(text);
            while (number.find()) {
                assertThat(Long.parseLong(number.group(1))).isEqualTo(last + 1);
                last++;
            }
            CRC32C crc = new CRC32C();
            int done = 0;
            for (int at = text.indexOf("#DC1:"); at >= 0; at = text.indexOf("#DC1:", at + 1)) {
                Annotation line = Annotation.parse(bytes, at, text.indexOf("\r\n", at) - at);
                crc.update(bytes, done, at - done);
                done = at;
                assertThat(line).isNotNull();
                assertThat(line.offset()).isEqualTo(at);
                assertThat(line.crc()).isEqualTo((int) crc.getValue());
            }
            assertThat(text.indexOf("\r\n", done) + 2)
                    .as("the last checksum is the end")
                    .isEqualTo(text.length());
        }
        return last;
    }
}
