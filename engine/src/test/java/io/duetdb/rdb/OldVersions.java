package io.duetdb.rdb;

import static io.duetdb.rdb.OldRdb.bytes;
import static io.duetdb.rdb.OldRdb.join;
import static io.duetdb.rdb.OldRdb.length;
import static io.duetdb.rdb.OldRdb.listpack;
import static io.duetdb.rdb.OldRdb.little;
import static io.duetdb.rdb.OldRdb.packed;
import static io.duetdb.rdb.OldRdb.real;
import static io.duetdb.rdb.OldRdb.string;

import io.duetdb.engine.commands.Payloads;
import java.util.ArrayList;
import java.util.List;

/** For each version of the format a file with all that came with it and before, and the commands that make the same. */
final class OldVersions {
    /** Far away, in seconds. */
    static final long LATER_S = 1_900_000_000L;

    private final int version;
    private final boolean module;
    private final OldRdb file;
    private final List<String> commands = new ArrayList<>();

    private OldVersions(int version, boolean module) {
        this.version = version;
        this.module = module;
        this.file = new OldRdb(version);
    }

    /** A file of a version. */
    static OldVersions of(int version) {
        return of(version, version >= 9);
    }

    /** A file of a version, with what a module keeps beside the keys: Redis ends there if it hasn't the module. */
    static OldVersions of(int version, boolean module) {
        OldVersions made = new OldVersions(version, module);
        made.fill();
        return made;
    }

    /** The file. */
    byte[] file() {
        return file.end();
    }

    /** What makes the same data. */
    List<String> commands() {
        return commands;
    }

    private void key(int since, String command, int type, String key, byte[]... body) {
        if (version >= since) {
            file.key(type, key, body);
            commands.add(command);
        }
    }

    private void fill() {
        if (version >= 7) {
            file.aux("redis-ver", "3.2.0").aux("redis-bits", "64").aux("something", "unknown");
        }
        if (module) {
            // a module "bloom----" keeps a signed number, a string and a real number beside the keys
            byte[] id = join(
                    new byte[] {(byte) 0x81},
                    new byte[] {0x6E, 0x5A, 0x28, (byte) 0xA2, 0x6F, (byte) 0xBE, 0x00, 0x01});
            file.code(0xF7, id, length(2), length(1), length(1), length(7), length(5), string("text"));
            file.raw(length(4), real(1.5), length(3), little(0, 4), length(0));
        }
        file.db(0);
        if (version >= 7) {
            file.code(0xFB, length(20), length(5));
        }
        strings();
        collections();
        packedCollections();
        listpacks();
        file.db(9);
        commands.add("SELECT 9");
        if (version >= 9) {
            file.code(0xF8, length(100));
        }
        key(1, "SET other db", 0, "other", string("db"));
        if (version >= 9) {
            file.code(0xF9, new byte[] {5});
        }
        key(9, "SET counted 1", 0, "counted", string("1"));
        commands.add("SELECT 0");
    }

    private void strings() {
        String long1 = "abcabcabd".repeat(40);
        key(1, "SET s hello", 0, "s", string("hello"));
        key(1, "SET empty \"\"", 0, "empty", string(""));
        key(1, "SET i8 -100", 0, "i8", new byte[] {(byte) 0xC0, -100});
        key(1, "SET i16 -30000", 0, "i16", new byte[] {(byte) 0xC1}, little(-30000, 2));
        key(1, "SET i32 2000000000", 0, "i32", new byte[] {(byte) 0xC2}, little(2_000_000_000, 4));
        key(1, "SET packed " + long1, 0, "packed", packed(long1));
        key(1, "SET long " + "x".repeat(20_000), 0, "long", string("x".repeat(20_000)));
        file.code(0xFD, little(LATER_S, 4));
        key(1, "SET seconds v PXAT " + LATER_S + "000", 0, "seconds", string("v"));
        if (version >= 3) {
            file.code(0xFC, little(LATER_S * 1000 + 123, 8));
        }
        key(3, "SET ms v PXAT " + LATER_S + "123", 0, "ms", string("v"));
    }

    private void collections() {
        key(1, "RPUSH l a 1 b", 1, "l", length(3), string("a"), string("1"), string("b"));
        key(1, "SADD set a 5 c", 2, "set", length(3), string("a"), string("5"), string("c"));
        key(1, "SADD ints 1 2 300", 2, "ints", length(3), string("1"), string("2"), string("300"));
        byte[] scores = join(
                string("a"),
                new byte[] {3},
                bytes("2.5"),
                string("b"),
                new byte[] {(byte) 254},
                string("c"),
                new byte[] {(byte) 255});
        key(1, "ZADD z 2.5 a inf b -inf c", 3, "z", length(3), scores);
        key(1, "HSET h f v g 7", 4, "h", length(2), string("f"), string("v"), string("g"), string("7"));
        key(8, "ZADD z2 2.5 a -1 b", 5, "z2", length(2), string("a"), real(2.5), string("b"), real(-1));
    }

    private void packedCollections() {
        key(2, "HSET zipmap f v g 7", 9, "zipmap", Payloads.string(Payloads.zipmap(List.of("f", "v", "g", "7"))));
        key(2, "RPUSH ziplist a -5 b", 10, "ziplist", ziplist("a", "-5", "b"));
        key(2, "SADD intset -5 7 300", 11, "intset", Payloads.string(Payloads.intset(2, -5, 7, 300)));
        key(2, "ZADD zz 1 a 2.5 b", 12, "zz", ziplist("a", "1", "b", "2.5"));
        key(4, "HSET hz f v g 7", 13, "hz", ziplist("f", "v", "g", "7"));
        key(7, "RPUSH quick a b 12345", 14, "quick", length(2), ziplist("a", "b"), ziplist("12345"));
    }

    private static byte[] ziplist(String... elements) {
        return Payloads.string(Payloads.ziplist(List.of(elements)));
    }

    private void listpacks() {
        String word = "y".repeat(100);
        key(10, "HSET hl f v g 700000", 16, "hl", listpack("f", "v", "g", "700000"));
        key(10, "ZADD zl 1 a 2.5 b", 17, "zl", listpack("a", "1", "b", "2.5"));
        byte[] nodes = join(length(2), listpack("a", "100", word), length(1), string("plain"));
        key(10, "RPUSH quick2 a 100 " + word + " plain", 18, "quick2", length(2), nodes);
        key(11, "SADD sl a b 3", 20, "sl", listpack("a", "b", "3"));
        byte[] fields = join(
                length(1),
                string("f"),
                string("v"),
                length(0),
                string("g"),
                string("w"),
                length(501),
                string("k"),
                string("x"));
        key(12, "HSET mortal f v g w k x", 24, "mortal", little(LATER_S * 1000, 8), length(3), fields);
        mortal("mortal");
        String first = LATER_S + "000";
        String second = LATER_S + "500";
        key(
                12,
                "HSET mortal2 f v g w k x",
                25,
                "mortal2",
                little(LATER_S * 1000, 8),
                listpack("f", "v", first, "k", "x", second, "g", "w", "0"));
        mortal("mortal2");
    }

    private void mortal(String key) {
        if (version >= 12) {
            commands.add("HPEXPIREAT " + key + " " + LATER_S + "000 FIELDS 1 f");
            commands.add("HPEXPIREAT " + key + " " + LATER_S + "500 FIELDS 1 k");
        }
    }
}
