package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ClientCommandsTest {
    private static final String SPACES = "cannot contain spaces, newlines or special characters.";

    private final EngineFixture t = new EngineFixture();

    @Test
    void idsAscend() {
        long first = (Long) t.run("CLIENT ID").value();
        long second = (Long) t.other().run("CLIENT ID").value();
        assertThat(second).isGreaterThan(first);
        t.run("CLIENT ID x").fails("ERR wrong number of arguments for 'client|id' command");
    }

    @Test
    void namesAreOneWord() {
        t.run("CLIENT GETNAME").nil();
        t.run("CLIENT SETNAME worker-1").replies("OK");
        t.run("CLIENT GETNAME").replies("worker-1");
        t.run("CLIENT SETNAME \"a b\"").fails("ERR Client names " + SPACES);
        t.run("CLIENT SETNAME \"a\\n\"").fails("ERR Client names " + SPACES);
        t.run("CLIENT SETNAME \"\\xe9\"").fails("ERR Client names " + SPACES);
        t.run("CLIENT GETNAME").replies("worker-1");
        t.run("CLIENT SETNAME \"\"").replies("OK");
        t.run("CLIENT GETNAME").nil();
    }

    @Test
    void librariesSayWhoTheyAre() {
        t.run("CLIENT SETINFO lib-name duet-client").replies("OK");
        t.run("CLIENT SETINFO LIB-VER 1.2.3").replies("OK");
        t.run("CLIENT SETINFO LIB-VER \"1 2\"").fails("ERR LIB-VER " + SPACES);
        t.run("CLIENT SETINFO other x").fails("ERR Unrecognized option 'other'");
    }

    @Test
    void helpListsWhatThereIs() {
        List<?> lines = (List<?>) t.run("CLIENT HELP").value();
        assertThat(lines).first().isEqualTo("CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
        assertThat(lines.toString()).contains("SETNAME <name>", "GETNAME", "Prints this help.");
        t.run("CLIENT NOPE").fails("ERR unknown subcommand 'NOPE'. Try CLIENT HELP.");
        t.run("CLIENT").fails("ERR wrong number of arguments for 'client' command");
    }

    private String line(String command) {
        return (String) t.run(command).value();
    }

    @Test
    void theListTellsAllThatIsKnown() {
        EngineFixture.Other other = t.other();
        t.run("CLIENT SETNAME bob");
        t.run("CLIENT SETINFO lib-name duet");
        t.advance(5, TimeUnit.SECONDS);
        t.run("SELECT 3");
        String mine = "id=1 addr=127.0.0.1:50000 laddr=127.0.0.1:6379 fd=-1 name=bob age=5 idle=0 flags=N db=3 sub=0"
                + " psub=0 ssub=0 multi=-1 watch=0 qbuf=0 qbuf-free=0 argv-mem=%d multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0"
                + " tot-mem=%d events=r cmd=client|%s user=default redir=-1 resp=2 lib-name=duet lib-ver=\n";
        String others = "id=2 addr=127.0.0.1:50000 laddr=127.0.0.1:6379 fd=-1 name= age=5 idle=5 flags=N db=0 sub=0"
                + " psub=0 ssub=0 multi=-1 watch=0 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0"
                + " tot-mem=1024 events=r cmd=NULL user=default redir=-1 resp=2 lib-name= lib-ver=\n";
        assertThat(line("CLIENT INFO")).isEqualTo(String.format(mine, 10, 1034, "info"));
        assertThat(line("CLIENT LIST")).isEqualTo(String.format(mine, 10, 1034, "list") + others);
        assertThat(line("CLIENT LIST ID 2 77 1")).startsWith(others).contains("\nid=1 ");
        assertThat(line("CLIENT LIST TYPE normal")).hasLineCount(2);
        assertThat(line("CLIENT LIST TYPE pubsub")).isEmpty();
        assertThat(other.connection().aborted()).isFalse();
    }

    @Test
    void othersAreKilledByWhatIsKnownOfThem() {
        EngineFixture.Other a = t.other();
        t.run("CLIENT KILL ID 77").replies(0);
        t.run("CLIENT KILL ID 2").replies(1);
        assertThat(a.connection().aborted()).isTrue();
        assertThat(line("CLIENT LIST")).hasLineCount(1);
        EngineFixture.Other b = t.other();
        t.advance(10, TimeUnit.SECONDS);
        EngineFixture.Other c = t.other();
        t.run("CLIENT KILL MAXAGE 10").replies(1);
        assertThat(b.connection().aborted()).isTrue();
        assertThat(c.connection().aborted()).isFalse();
        t.run("CLIENT KILL USER default SKIPME yes").replies(1);
        t.run("CLIENT KILL ADDR 127.0.0.1:50000 LADDR 127.0.0.1:6379").replies(0);
        t.run("CLIENT KILL LADDR 127.0.0.1:6379 SKIPME no TYPE normal").replies(1);
        assertThat(t.connection().closing()).as("after its reply").isTrue();
    }

    @Test
    void theOldFormKillsByAddressAlone() {
        t.run("CLIENT KILL 1.1.1.1:5").fails("ERR No such client");
        t.run("CLIENT KILL 127.0.0.1:50000").replies("OK");
        assertThat(t.connection().closing()).isTrue();
    }

    @Test
    void repliesAreSwitchedOffAndSkipped() {
        EngineFixture.Other c = t.other();
        assertThat(silent(c, "CLIENT REPLY OFF", "PING", "NOPE", "GET", "CLIENT REPLY foo", "CLIENT REPLY SKIP"))
                .isTrue();
        c.run("CLIENT REPLY ON").replies("OK");
        assertThat(silent(c, "CLIENT REPLY SKIP", "PING")).isTrue();
        c.run("PING").replies("PONG");
        assertThat(silent(c, "CLIENT REPLY SKIP", "CLIENT REPLY SKIP", "NOPE")).isTrue();
        c.run("PING").replies("PONG");
        assertThat(silent(c, "CLIENT REPLY SKIP")).isTrue();
        c.run("CLIENT REPLY ON").replies("OK");
        assertThat(silent(c, "CLIENT REPLY SKIP", "RESET")).isTrue();
        c.run("PING").replies("PONG");
        assertThat(silent(c, "CLIENT REPLY OFF")).isTrue();
        c.run("RESET").replies("RESET");
        c.run("PING").replies("PONG");
        assertThat(silent(c, "CLIENT REPLY SKIP", "SET k v")).isTrue();
        c.run("GET k").replies("v");
    }

    private static boolean silent(EngineFixture.Other client, String... lines) {
        for (String line : lines) {
            if (!client.start(line) || client.connection().pending() > 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void readsOfAClientThatAskedForItLeaveNoTrace() {
        t.run("SET k v");
        t.run("SET other v");
        t.run("CLIENT NO-TOUCH on").replies("OK");
        t.advance(100, TimeUnit.SECONDS);
        t.run("GET k").replies("v");
        assertThat(idle("k")).isEqualTo(100);
        t.run("TOUCH k").replies(1);
        assertThat(idle("k")).as("TOUCH means it").isZero();
        t.advance(100, TimeUnit.SECONDS);
        t.run("CLIENT NO-TOUCH off");
        t.run("GET k");
        assertThat(idle("k")).isZero();
        t.run("CLIENT NO-TOUCH x").fails("ERR syntax error");
        t.run("CLIENT NO-EVICT on").replies("OK");
        t.run("CLIENT NO-TOUCH on").replies("OK");
        assertThat(line("CLIENT INFO")).contains(" flags=eT ");
        t.run("RESET");
        assertThat(line("CLIENT INFO")).contains(" flags=N ");
    }

    private int idle(String key) {
        String text = line("DEBUG OBJECT " + key);
        Matcher m = Pattern.compile("lru_seconds_idle:(\\d+)").matcher(text);
        assertThat(m.find()).as(text).isTrue();
        return Integer.parseInt(m.group(1));
    }
}
