package io.duetdb.persistence.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.ManualClock;
import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.persistence.kit.BentDisk;
import io.duetdb.persistence.kit.PersistenceFixture;
import io.duetdb.persistence.kit.SimDisk;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process has appended, the next one loads, and goes on from there. */
class LifeTest {
    private static final String FOLDER = SimDisk.HOME + "/appendonlydir/";
    private static final String INCREMENT = FOLDER + "appendonly.aof.1.incr.aof";

    private static PersistenceFixture machine(String... values) {
        String[] all = new String[values.length + 2];
        all[0] = "appendonly=yes";
        all[1] = "enable-debug-command=yes";
        System.arraycopy(values, 0, all, 2, values.length);
        return new PersistenceFixture(all);
    }

    private static boolean warned(PersistenceFixture t) {
        return t.log().stream().anyMatch(line -> line.startsWith("warning"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"always", "everysec", "no"})
    void aLifeIsLoadedWithoutAWordAndGoesOn(String policy) {
        PersistenceFixture t =
                machine("appendfsync=" + policy, "aof-timestamp-enabled=yes").start();
        Random random = new Random(21);
        AofCommands commands = new AofCommands(random);
        for (int life = 0; life < 6; life++) {
            for (int i = 0; i < 150; i++) {
                if (random.nextInt(20) == 0) {
                    t.run("SELECT " + random.nextInt(3));
                } else if (random.nextInt(10) == 0) {
                    t.run("MULTI");
                    t.run(commands.next());
                    t.run(commands.next());
                    t.run("EXEC");
                } else {
                    t.run(commands.next());
                }
            }
            if (life == 3) {
                t.run("BGREWRITEAOF");
                t.settle();
            }
            String digest = t.digest();
            long offset = t.engine().offset();
            if (life % 2 == 0) {
                t.crash(SimDisk.Survival.ALL);
            } else {
                t.stop();
            }
            t.log().clear();
            t.start();
            assertThat(t.digest()).as("seed 21, life %d", life).isEqualTo(digest);
            assertThat(t.engine().offset()).as("seed 21, life %d", life).isEqualTo(offset);
            assertThat(t.log()).as("seed 21, life %d", life).noneMatch(line -> line.startsWith("warning"));
        }
    }

    @Test
    void theAppendOnlyFileIsLoadedAgainByCommand() {
        PersistenceFixture t = machine().start();
        t.run("SELECT 3");
        t.run("SET a 1");
        t.run("SELECT 0");
        t.run("SET b 1 EX 1000");
        String digest = t.digest();
        t.run("DEBUG LOADAOF").replies("OK");
        assertThat(t.digest()).isEqualTo(digest);
        t.run("SET c 1").replies("OK");
        digest = t.digest();
        t.crash(SimDisk.Survival.ALL).start();
        assertThat(t.digest()).isEqualTo(digest);
        assertThat(warned(t)).isTrue(); // "loaded by DEBUG LOADAOF", as Redis warns
    }

    /** Redis ends the process here. */
    @Test
    void withoutAnAppendOnlyFileTheCommandFailsAndTheDataStays() {
        PersistenceFixture t = new PersistenceFixture("enable-debug-command=yes").start();
        t.run("SET a 1");
        t.run("DEBUG LOADAOF").fails("ERR Error trying to load the AOF files, check server logs.");
        t.run("GET a").replies("1");
        t.run("DEBUG LOADAOF now")
                .fails("ERR unknown subcommand or wrong number of arguments for 'LOADAOF'. Try DEBUG HELP.");
    }

    /** Behind a checksum, a sector of nothing but zeros would be taken for one that the disk never got. */
    @Test
    void aFileThatBeganWithChecksumsGoesOnWithThem() {
        PersistenceFixture t = machine().start();
        t.run("SET a 1");
        t.stop();
        t.with("aof-checksum=no").start();
        t.run("SET".getBytes(ISO_8859_1), "zeros".getBytes(ISO_8859_1), new byte[4096])
                .replies("OK");
        t.run("SET b 2");
        t.crash(SimDisk.Survival.ALL).start();
        t.run("MGET a b").replies(List.of("1", "2"));
        t.run("STRLEN zeros").replies(4096);
        assertThat(t.disk().files()).noneMatch(name -> name.contains(".torn-"));

        t.run("BGREWRITEAOF");
        t.settle();
        t.run("SET".getBytes(ISO_8859_1), "zeros".getBytes(ISO_8859_1), new byte[4096]);
        t.run("SET c 3");
        assertThat(new String(t.disk().bytes(INCREMENT.replace(".1.", ".2.")), ISO_8859_1))
                .doesNotContain("#DC1:");
        t.crash(SimDisk.Survival.ALL).start();
        t.run("MGET a b c").replies(List.of("1", "2", "3"));
    }

    @Test
    void aDamagedFileThatWasLoadedIsWrittenAnew() {
        PersistenceFixture t = machine("appendfsync=always").start();
        t.run("SET a text");
        t.run("SET b more");
        t.stop();
        byte[] bytes = t.disk().bytes(INCREMENT);
        int at = new String(bytes, ISO_8859_1).indexOf("text");
        bytes[at] = 'T';
        t.disk().put(INCREMENT, bytes);
        assertThat(t.tryStart()).contains("is damaged at offset").contains("--aof-load-damaged all");
        t.with("aof-load-damaged=all").start();
        t.run("MGET a b");
        t.settle();
        String digest = t.digest();
        t.stop();
        t.with("aof-load-damaged=no");
        t.log().clear();
        t.start();
        assertThat(t.digest()).isEqualTo(digest);
        t.run("GET a").replies("Text");
    }

    @Test
    void theFileThatIsAppendedToIsNeverCut() {
        boolean[] bent = {false};
        PersistenceFixture t = machine("appendfsync=always", "aof-load-damaged=prefix")
                .between(
                        disk -> new BentDisk(disk) {
                            @Override
                            protected DiskFile bend(DiskFile file, String path) {
                                return bent[0] && path.equals(INCREMENT) ? new Misread(file) : file;
                            }
                        },
                        plain -> plain,
                        plain -> plain)
                .start();
        t.run("SET a text");
        t.run("SET b more");
        byte[] before = t.disk().bytes(INCREMENT);
        bent[0] = true;
        t.run("DEBUG LOADAOF").fails("ERR Error trying to load the AOF files, check server logs.");
        bent[0] = false;
        t.run("MGET a b").replies(List.of("text", "more"));
        assertThat(t.disk().bytes(INCREMENT)).isEqualTo(before);
        t.run("SET c 3");
        t.stop();
        t.start();
        t.run("MGET a b c").replies(List.of("text", "more", "3"));
    }

    /** A file in which a word is read wrong. */
    private static final class Misread extends BentDisk.BentFile {
        Misread(DiskFile file) {
            super(file);
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int n = super.read(to, offset, length);
            int at = n < 0 ? -1 : new String(to, offset, n, ISO_8859_1).indexOf("text");
            if (at >= 0) {
                to[offset + at] = 'T';
            }
            return n;
        }
    }

    @ParameterizedTest
    @EnumSource(SimDisk.Survival.class)
    void givingUpLaterFilesSurvivesACrashAtEveryStep(SimDisk.Survival survival) {
        byte[] first = new AofBuilder().run("SET a 1").annotate().bytes();
        int verified = first.length;
        first = new AofBuilder()
                .run("SET a 1")
                .annotate()
                .run("SET b text")
                .annotate()
                .bytes();
        first[new String(first, ISO_8859_1).indexOf("text")] = 'T';
        byte[] second = new AofBuilder().run("SET c 1").annotate().bytes();
        boolean ended = false;
        for (int n = 1; !ended; n++) {
            SimDisk disk = new SimDisk();
            disk.put(
                    FOLDER + "appendonly.aof.manifest",
                    "file one seq 1 type i\nfile two seq 2 type i\n".getBytes(ISO_8859_1));
            disk.put(FOLDER + "one", first);
            disk.put(FOLDER + "two", second);
            PersistenceFixture t =
                    new PersistenceFixture(n, disk, new ManualClock(), "appendonly=yes", "aof-load-damaged=prefix");
            disk.crashAt(n);
            try {
                t.start();
                ended = true;
            } catch (SimDisk.Crash crash) {
                t.crash(survival).start();
            }
            t.run("GET a").replies("1");
            t.run("GET b").nil();
            t.run("GET c").nil();
            assertThat(t.disk().bytes(FOLDER + "one").length)
                    .as("crash at %d", n)
                    .isGreaterThanOrEqualTo(verified);
            assertThat(t.disk().files()).as("crash at %d", n).anyMatch(name -> name.contains("one.torn-"));
        }
    }
}
