package io.duetdb.truth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Bugs as they happen, planted in front of a Duet: each changes what a command is asked, does or replies. A driver that
 * does not find nearly all of them is not worth its time.
 */
final class PlantedBugs {
    /** The Duet behind a bug. */
    interface Door {
        /** Runs a command as it should be. */
        byte[] call(int client, byte[]... argv);

        /** Runs a command of words. */
        default byte[] call(int client, String... words) {
            return call(client, Step.of(client, List.of(words)).argv());
        }
    }

    /** Runs a command wrongly. */
    interface Bug {
        byte[] run(Door door, int client, byte[][] argv);
    }

    /** A bug, the commands it needs, and what it does. */
    record Planted(String name, Set<String> commands, Bug bug) {}

    private PlantedBugs() {}

    static Planted bug(String name, String commands, Bug bug) {
        Set<String> needed = new LinkedHashSet<>(Arrays.asList(commands.split(" ")));
        return new Planted(name, needed, (door, client, argv) -> {
            boolean named = needed.contains(new String(argv[0], StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT));
            return named ? bug.run(door, client, argv) : door.call(client, argv);
        });
    }

    /** All of them. */
    static List<Planted> all() {
        List<Planted> all = new ArrayList<>();
        all.addAll(strings());
        all.addAll(deadlines());
        all.addAll(keys());
        all.addAll(PlantedTypeBugs.all());
        return all;
    }

    private static List<Planted> strings() {
        return List.of(
                bug("GETRANGE stops a byte early", "getrange", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    String text = Frame.parse(reply).text();
                    return reply[0] != '$' || text.length() < 2 ? reply : bulk(text.substring(0, text.length() - 1));
                }),
                bug(
                        "SET keeps the deadline",
                        "set",
                        (door, client, argv) ->
                                argv.length == 3 ? door.call(client, plus(argv, "KEEPTTL")) : door.call(client, argv)),
                bug("SET drops KEEPTTL", "set", (door, client, argv) -> door.call(client, without(argv, "KEEPTTL"))),
                bug("SET XX GET says OK", "set", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    return reply[0] == '$' && reply[1] != '-' && at(argv, "XX") > 0 ? text("+OK") : reply;
                }),
                bug(
                        "INCR has an error text of its own",
                        "incr",
                        (door, client, argv) -> replaced(
                                door.call(client, argv),
                                "-ERR value is not an integer or out of range",
                                "-ERR value is not an integer")),
                bug(
                        "INCRBY wraps around",
                        "incrby",
                        (door, client, argv) -> replaced(
                                door.call(client, argv),
                                "-ERR increment or decrement would overflow",
                                ":-9223372036854775808")),
                bug(
                        "DECRBY takes the lowest number",
                        "decrby",
                        (door, client, argv) ->
                                replaced(door.call(client, argv), "-ERR decrement would overflow", ":0")),
                bug("SETRANGE fills with spaces", "setrange", PlantedBugs::setrangeWithSpaces),
                bug("MSETNX sets what it can", "msetnx", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    for (int i = 1; reply[0] == ':' && reply[1] == '0' && i + 1 < argv.length; i += 2) {
                        door.call(client, bytes("SETNX"), argv[i], argv[i + 1]);
                    }
                    return reply;
                }),
                bug("APPEND replies what it added", "append", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    return reply[0] == ':' ? text(":" + argv[2].length) : reply;
                }),
                bug("strings of 44 bytes are raw", "object", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    boolean embedded = new String(reply, StandardCharsets.US_ASCII).contains("embstr");
                    return embedded && integer(door.call(client, bytes("STRLEN"), argv[2])) == 44 ? bulk("raw") : reply;
                }),
                bug(
                        "GET replies RESP2's nil to everybody",
                        "get",
                        (door, client, argv) -> replaced(door.call(client, argv), "_", "$-1")),
                bug(
                        "GETDEL forgets to delete",
                        "getdel",
                        (door, client, argv) ->
                                argv.length == 2 ? door.call(client, bytes("GET"), argv[1]) : door.call(client, argv)));
    }

    private static List<Planted> deadlines() {
        return List.of(
                bug(
                        "GETEX ignores PERSIST",
                        "getex",
                        (door, client, argv) -> door.call(client, without(argv, "PERSIST"))),
                bug(
                        "EXPIRE GT takes keys without a deadline",
                        "expire",
                        (door, client, argv) -> argv.length == 4
                                        && at(argv, "GT") == 3
                                        && integer(door.call(client, bytes("TTL"), argv[1])) == -1
                                ? door.call(client, Arrays.copyOf(argv, 3))
                                : door.call(client, argv)),
                bug(
                        "PEXPIREAT LT refuses keys without a deadline",
                        "pexpireat",
                        (door, client, argv) -> argv.length == 4
                                        && at(argv, "LT") == 3
                                        && integer(door.call(client, bytes("TTL"), argv[1])) == -1
                                ? text(":0")
                                : door.call(client, argv)),
                bug("EXPIRETIME rounds down", "expiretime", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    long ms = argv.length == 2 ? integer(door.call(client, bytes("PEXPIRETIME"), argv[1])) : -1;
                    return ms > 0 ? text(":" + ms / 1000) : reply;
                }),
                bug(
                        "SETEX takes 0 seconds",
                        "setex",
                        (door, client, argv) ->
                                argv.length == 4 && new String(argv[2], StandardCharsets.US_ASCII).equals("0")
                                        ? door.call(client, bytes("SET"), argv[1], argv[3])
                                        : door.call(client, argv)),
                bug("PERSIST says 1 for any key", "persist", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    return reply[0] == ':' && integer(door.call(client, bytes("EXISTS"), argv[1])) == 1
                            ? text(":1")
                            : reply;
                }));
    }

    private static List<Planted> keys() {
        return List.of(
                bug("RENAME loses the deadline", "rename", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    if (reply[0] == '+') {
                        door.call(client, bytes("PERSIST"), argv[2]);
                    }
                    return reply;
                }),
                bug(
                        "COPY overwrites",
                        "copy",
                        (door, client, argv) -> door.call(client, argv.length < 3 ? argv : plus(argv, "REPLACE"))),
                bug("DEL counts what is not there", "del", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    return reply[0] == ':' ? text(":" + (argv.length - 1)) : reply;
                }),
                bug("EXISTS counts a key once", "exists", (door, client, argv) -> {
                    Set<String> keys = new LinkedHashSet<>();
                    Step step = new Step(client, argv);
                    for (int i = 1; i < argv.length; i++) {
                        keys.add(step.word(i));
                    }
                    List<String> words = new ArrayList<>(List.of("EXISTS"));
                    words.addAll(keys);
                    return door.call(client, words.toArray(new String[0]));
                }),
                bug(
                        "FLUSHDB empties all",
                        "flushdb",
                        (door, client, argv) ->
                                door.call(client, argv.length == 1 ? new byte[][] {bytes("FLUSHALL")} : argv)),
                bug("KEYS takes patterns in lower case", "keys", (door, client, argv) -> {
                    byte[][] lower = argv.clone();
                    if (argv.length == 2) {
                        lower[1] = bytes(new Step(0, argv).word(1).replace("?", "*"));
                    }
                    return door.call(client, lower);
                }),
                bug("SCAN ignores TYPE", "scan", (door, client, argv) -> {
                    int at = at(argv, "TYPE");
                    byte[][] all = argv.clone();
                    if (at > 1 && at + 1 < all.length) {
                        all[at + 1] = bytes("string");
                    }
                    return door.call(client, all);
                }),
                bug("SWAPDB says OK and does nothing", "swapdb", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    return reply[0] == '+' ? door.call(client, argv) : reply;
                }),
                bug("MOVE loses the deadline", "move", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    if (reply[0] == ':' && reply[1] == '1') {
                        door.call(client, bytes("COPY"), argv[1], argv[1], bytes("DB"), argv[2]);
                        door.call(client, bytes("SELECT"), bytes("15"));
                        door.call(client, bytes("SELECT"), bytes("0"));
                    }
                    return reply;
                }));
    }

    private static byte[] setrangeWithSpaces(Door door, int client, byte[][] argv) {
        long before = argv.length == 4 ? integer(door.call(client, bytes("STRLEN"), argv[1])) : -1;
        byte[] reply = door.call(client, argv);
        if (reply[0] != ':' || before < 0 || integer(reply) - argv[3].length <= before) {
            return reply;
        }
        StringBuilder value = new StringBuilder(
                Frame.parse(door.call(client, bytes("GET"), argv[1])).text());
        for (int i = (int) before; i < value.length() - argv[3].length; i++) {
            value.setCharAt(i, ' ');
        }
        door.call(client, bytes("SET"), argv[1], bytes(value.toString()), bytes("KEEPTTL"));
        return reply;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] text(String line) {
        return bytes(line + "\r\n");
    }

    static byte[] bulk(String value) {
        return bytes("$" + value.length() + "\r\n" + value + "\r\n");
    }

    static long integer(byte[] reply) {
        Frame frame = Frame.parse(reply);
        return frame.kind() == ':' ? Long.parseLong(frame.text()) : -100;
    }

    static byte[] replaced(byte[] reply, String line, String other) {
        return new String(reply, StandardCharsets.ISO_8859_1).equals(line + "\r\n") ? text(other) : reply;
    }

    static int at(byte[][] argv, String word) {
        Step step = new Step(0, argv);
        for (int i = 1; i < argv.length; i++) {
            if (step.upper(i).equals(word)) {
                return i;
            }
        }
        return -1;
    }

    private static byte[][] plus(byte[][] argv, String word) {
        byte[][] more = Arrays.copyOf(argv, argv.length + 1);
        more[argv.length] = bytes(word);
        return more;
    }

    static byte[][] without(byte[][] argv, String word) {
        int at = at(argv, word);
        if (at < 0) {
            return argv;
        }
        List<byte[]> rest = new ArrayList<>(Arrays.asList(argv));
        rest.remove(at);
        return rest.toArray(new byte[0][]);
    }
}
