package io.duetdb.engine.commands;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.kit.EngineFixture;
import org.junit.jupiter.api.Test;

class MoveCommandsTest {
    private static final String SAME = "ERR source and destination objects are the same";

    private final EngineFixture t = new EngineFixture();

    @Test
    void renameTakesTheTimeToLiveAlong() {
        t.run("SET a 5 EX 100");
        t.run("SET b other EX 7");
        t.run("SET c x");
        t.forget();
        t.run("RENAME a b").replies("OK");
        t.effects("RENAME a b");
        t.events("rename_from:a", "rename_to:b");
        t.run("GET b").replies("5");
        t.run("TTL b").replies(100);
        t.run("EXISTS a").replies(0);
        t.run("RENAME c b").replies("OK");
        t.run("TTL b").replies(-1);
        t.run("RENAME b b").replies("OK");
        t.run("SET e v EX 10");
        t.run("RENAME e f");
        t.forget();
        t.advance(11, SECONDS).turn();
        t.effects("DEL f");
        t.events("expired:f");
        t.run("DBSIZE").replies(1);
    }

    @Test
    void renamenxOnlyTakesAFreeName() {
        t.run("MSET a 1 b 2");
        t.forget();
        t.run("RENAMENX a b").replies(0);
        t.run("RENAMENX a a").replies(0);
        t.effects();
        t.events();
        t.run("RENAMENX a c").replies(1);
        t.effects("RENAMENX a c");
        t.events("rename_from:a", "rename_to:c");
        t.run("MGET a b c").array(null, "2", "1");
    }

    @Test
    void thereMustBeAKeyToRename() {
        t.run("SET b 2");
        t.forget();
        t.run("RENAME a b").fails("ERR no such key");
        t.run("RENAME a a").fails("ERR no such key");
        t.run("RENAMENX a b").fails("ERR no such key");
        t.run("RENAME a").fails("ERR wrong number of arguments for 'rename' command");
        t.effects();
        t.run("GET b").replies("2");
    }

    @Test
    void renameOntoAKeyWhoseTimeIsOverTellsThatItExpired() {
        t.run("SET a 1");
        t.run("SET b 2 PX 10");
        t.forget();
        t.clock().advance(1, SECONDS);
        t.run("RENAMENX a b").replies(1);
        t.effects("MULTI", "DEL b", "RENAMENX a b", "EXEC");
        t.events("expired:b", "rename_from:a", "rename_to:b");
    }

    @Test
    void encodingsSurviveEveryMove() {
        t.run("SET int 5");
        t.run("SET emb abc");
        t.run("SET raw abc");
        t.run("APPEND raw d");
        for (String form : new String[] {"int", "emb", "raw"}) {
            Object encoding = t.run("OBJECT ENCODING " + form).value();
            t.run("COPY " + form + " copy");
            t.run("OBJECT ENCODING copy").replies(encoding);
            t.run("RENAME copy renamed");
            t.run("OBJECT ENCODING renamed").replies(encoding);
            t.run("MOVE renamed 1");
            t.run("SELECT 1");
            t.run("OBJECT ENCODING renamed").replies(encoding);
            t.run("FLUSHDB");
            t.run("SELECT 0");
        }
    }

    @Test
    void moveChangesTheDatabaseAndKeepsTheTimeToLive() {
        t.run("SET k v EX 100");
        t.run("SET other 1");
        t.forget();
        t.run("MOVE k 3").replies(1);
        t.effects("MOVE k 3");
        t.events("move_from:k", "move_to:k");
        t.run("EXISTS k").replies(0);
        t.run("MOVE k 3").replies(0);
        t.run("SELECT 3");
        t.run("GET k").replies("v");
        t.run("TTL k").replies(100);
        t.forget();
        t.advance(101, SECONDS).turn();
        assertThat(t.effectLog().databases()).containsExactly(3);
        t.effects("DEL k");
        t.events("expired:k");
    }

    @Test
    void moveStopsAtAKeyOfThatNameAndAtWrongDatabases() {
        t.run("SET k v");
        t.run("SELECT 1");
        t.run("SET k w");
        t.run("SELECT 0");
        t.forget();
        t.run("MOVE k 1").replies(0);
        t.run("MOVE k 0").fails(SAME);
        t.run("MOVE k x").fails("ERR value is not an integer or out of range");
        t.run("MOVE k 16").fails("ERR DB index is out of range");
        t.run("MOVE k -1").fails("ERR DB index is out of range");
        t.run("MOVE k 99999999999").fails("ERR value is out of range, value must between -2147483648 and 2147483647");
        t.effects();
        t.events();
        t.run("GET k").replies("v");
    }

    @Test
    void copyMakesADouble() {
        t.run("SET a v EX 100");
        t.run("SET b w");
        t.forget();
        t.run("COPY a b").replies(0);
        t.run("COPY nothing c").replies(0);
        t.effects();
        t.events();
        t.run("COPY a b REPLACE").replies(1);
        t.run("COPY a c").replies(1);
        t.run("COPY a a DB 2").replies(1);
        t.effects("COPY a b REPLACE", "COPY a c", "COPY a a DB 2");
        t.events("copy_to:b", "copy_to:c", "copy_to:a");
        t.run("APPEND b x");
        t.run("MGET a b c").array("v", "vx", "v");
        t.run("TTL b").replies(100);
        t.run("SELECT 2");
        t.run("TTL a").replies(100);
        t.advance(101, SECONDS).turn();
        t.run("DBSIZE").replies(0);
        t.run("SELECT 0");
        t.run("DBSIZE").replies(0);
    }

    @Test
    void copyRefusesWhatIsWrong() {
        t.run("SET a v");
        t.forget();
        t.run("COPY a a").fails(SAME);
        t.run("COPY a a DB 0").fails(SAME);
        t.run("COPY a b FOO").fails("ERR syntax error");
        t.run("COPY a b DB").fails("ERR syntax error");
        t.run("COPY a b DB x").fails("ERR value is not an integer or out of range");
        t.run("COPY a b DB 16").fails("ERR DB index is out of range");
        t.run("COPY a").fails("ERR wrong number of arguments for 'copy' command");
        t.effects();
        t.events();
        t.run("KEYS *").array("a");
    }

    @Test
    void anExpiredKeyOfTheOtherDatabaseDoesNotTakeTheEffectThere() {
        t.run("SELECT 3");
        t.run("SET b old PX 10");
        t.run("SELECT 0");
        t.run("SET a v");
        t.forget();
        t.clock().advance(1, SECONDS);
        t.run("COPY a b DB 3").replies(1);
        assertThat(t.effectLog().databases()).containsExactly(3, 3, 0, 0);
        t.effects("MULTI", "DEL b", "COPY a b DB 3", "EXEC");
    }

    @Test
    void valuesOfEveryLengthFitBesideKeysOfEveryLength() {
        t.turn();
        long empty = t.engine().usedBytes();
        for (int value : new int[] {0, 5, 3000, 3950, 4060, 4096, 5000, 70_000, 2_200_000}) {
            for (int key : new int[] {1, 253, 254, 1000, 1024, 1025, 6000}) {
                String v = "v".repeat(value);
                String k = "k".repeat(key);
                t.run("SET a \"" + v + "\" EX 100").replies("OK");
                t.run("COPY a " + k).replies(1);
                t.run("RENAME " + k + " b").replies("OK");
                t.run("RENAME b " + k).replies("OK");
                t.run("RENAME " + k + " " + k + "2").replies("OK");
                t.run("GET " + k + "2").replies(v);
                t.run("SETRANGE " + k + "2 0 w");
                t.run("GET a").replies(v);
                t.run("TTL " + k + "2").replies(100);
                t.run("MOVE " + k + "2 1").replies(1);
                t.run("DBSIZE").replies(1);
                t.run("DEL a").replies(1);
                t.run("SELECT 1");
                t.run("DEL " + k + "2").replies(1);
                t.run("SELECT 0");
            }
        }
        t.run("FLUSHALL");
        for (int i = 0; i < 5000; i++) {
            t.turn();
        }
        assertThat(t.engine().usedBytes()).isEqualTo(empty);
    }

    @Test
    void aCopyThatDoesNotFitIsRefused() {
        EngineFixture small = new EngineFixture(1, 8L << 20, io.duetdb.engine.api.Host.NONE);
        small.run("SETRANGE a 0 " + "x".repeat(5 << 20)).replies(5 << 20);
        small.run("SET b old");
        small.run("COPY a b REPLACE").fails("OOM command not allowed when used memory > 'maxmemory'.");
        small.run("GET b").replies("old");
    }
}
