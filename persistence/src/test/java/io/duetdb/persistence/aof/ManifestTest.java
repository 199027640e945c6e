package io.duetdb.persistence.aof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.persistence.aof.Manifest.Entry;
import io.duetdb.persistence.aof.Manifest.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The manifest reads and writes as redis-server 7.0.15's does; its texts here were written by that. */
class ManifestTest {
    private static final String NEW =
            "file appendonly.aof.1.base.rdb seq 1 type b\n" + "file appendonly.aof.1.incr.aof seq 1 type i\n";

    /** By a server with {@code aof-disable-auto-gc yes}, before and after BGREWRITEAOF. */
    private static final String BEFORE = "file appendonly.aof.1.base.rdb seq 1 type b\n"
            + "file appendonly.aof.h1 seq 7 type h\n"
            + "file appendonly.aof.h2 seq 6 type h\n"
            + "file appendonly.aof.1.incr.aof seq 1 type i\n"
            + "file appendonly.aof.2.incr.aof seq 2 type i\n"
            + "file appendonly.aof.5.incr.aof seq 5 type i\n";

    private static final String AFTER = "file appendonly.aof.2.base.rdb seq 2 type b\n"
            + "file appendonly.aof.1.incr.aof seq 1 type h\n"
            + "file appendonly.aof.2.incr.aof seq 2 type h\n"
            + "file appendonly.aof.5.incr.aof seq 5 type h\n"
            + "file appendonly.aof.1.base.rdb seq 1 type h\n"
            + "file appendonly.aof.h1 seq 7 type h\n"
            + "file appendonly.aof.h2 seq 6 type h\n"
            + "file appendonly.aof.6.incr.aof seq 6 type i\n";

    /** By a server with {@code appendfilename "od d\"'é.aof"}. */
    private static final String ODD = "file \"od d\\\"'\\xc3\\xa9.aof.1.base.rdb\" seq 1 type b\n"
            + "file \"od d\\\"'\\xc3\\xa9.aof.1.incr.aof\" seq 1 type i\n";

    @Test
    void textsOfRedisReadAndWriteTheSame() {
        for (String text : List.of(NEW, BEFORE, AFTER, ODD)) {
            assertThat(text(parse(text))).isEqualTo(text);
        }
    }

    @Test
    void aNewListIsWrittenAsRedisWritesIt() {
        Manifest made = new Manifest(new Entry("appendonly.aof.1.base.rdb", 1, Kind.BASE), List.of(), List.of())
                .with(new Entry("appendonly.aof.1.incr.aof", 1, Kind.INCREMENT));
        assertThat(text(made)).isEqualTo(NEW);
    }

    @Test
    void aRewriteMovesFilesToHistoryInRedisOrder() {
        Manifest rotated = parse(BEFORE).with(new Entry("appendonly.aof.6.incr.aof", 6, Kind.INCREMENT));
        Manifest rewritten = rotated.rewritten(new Entry("appendonly.aof.2.base.rdb", 2, Kind.BASE), 6);
        assertThat(text(rewritten)).isEqualTo(AFTER);
        assertThat(rewritten.withoutHistory().history()).isEmpty();
    }

    @Test
    void namesWithOddBytesComeBack() {
        StringBuilder name = new StringBuilder("é€ \"'");
        for (char c = 1; c < 128; c++) {
            name.append(c == '/' || c == '\\' ? "" : c);
        }
        Manifest made = new Manifest(null, List.of(), List.of(new Entry(name.toString(), 3, Kind.INCREMENT)));
        assertThat(Manifest.parse(made.text())).isEqualTo(made);
    }

    @Test
    void keysStandInAnyCaseAndOrderAndUnknownOnesAreIgnored() {
        Manifest read = parse("# made by hand\nTYPE incremental startoffset 9 Seq 4 FILE x.aof\r\n");
        assertThat(read).isEqualTo(new Manifest(null, List.of(), List.of(new Entry("x.aof", 4, Kind.INCREMENT))));
    }

    @Test
    void whatIsWrongIsNamed() {
        String form = "it must read: file <name> seq <number> type <b, h or i>";
        wrong("\n", form);
        wrong("file a seq 1\n", form);
        wrong("file a seq 1 type b c\n", form);
        wrong("file a seq 1 type b", "its end is missing, the manifest was cut off");
        wrong("file \"a seq 1 type b\n", "quotes don't match");
        wrong("file a seq 0 type b\n", "'0' is no number of a file; they begin with 1");
        wrong("file a seq x1 type b\n", "'x1' is no number of a file; they begin with 1");
        wrong("file a seq 1 type x\n", "'x' is no type of file; there are b, h and i");
        wrong("file a seq 1 tipe b\n", "name, number or type is missing");
        wrong("file ../a seq 1 type b\n", "'../a' is a path; only a file's name can stand there");
        assertThatThrownBy(() -> parse("")).hasMessage("the manifest is empty");
    }

    private static void wrong(String text, String what) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("line 1 of the manifest: " + what);
    }

    @Test
    void theOrderOfFilesIsChecked() {
        assertThatThrownBy(() -> parse(NEW + "file other seq 2 type b\n"))
                .hasMessage("line 3 of the manifest: a second base; there can be one only");
        assertThatThrownBy(() -> parse(NEW + "file other seq 1 type i\n"))
                .hasMessage("line 3 of the manifest: increment 1 comes behind 1; numbers must rise");
        assertThatThrownBy(() -> parse("file " + "a".repeat(1010) + " seq 1 type b\n"))
                .hasMessage("line 1 of the manifest: it is longer than 1024 bytes");
        assertThatThrownBy(() -> parse("file a\0b seq 1 type b\n"))
                .hasMessage("line 1 of the manifest: there is a zero byte in it");
    }

    private static Manifest parse(String text) {
        return Manifest.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Manifest manifest) {
        return new String(manifest.text(), StandardCharsets.UTF_8);
    }
}
