package io.duetdb.truth;

import io.duetdb.truth.PlantedBugs.Planted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Planted bugs of lists, hashes, sets and sorted sets; see {@link PlantedBugs}. */
final class PlantedTypeBugs {
    private PlantedTypeBugs() {}

    /** All of them. */
    static List<Planted> all() {
        List<Planted> all = new ArrayList<>();
        all.addAll(lists());
        all.addAll(hashes());
        all.addAll(sets());
        all.addAll(sortedSets());
        return all;
    }

    private static List<Planted> lists() {
        return List.of(
                PlantedBugs.bug("LPUSH keeps the order it is given", "lpush", (door, client, argv) -> {
                    List<byte[]> words = new ArrayList<>(Arrays.asList(argv));
                    if (argv.length > 3) {
                        Collections.reverse(words.subList(2, words.size()));
                    }
                    return door.call(client, words.toArray(new byte[0][]));
                }),
                PlantedBugs.bug(
                        "LREM of a negative count begins at the head",
                        "lrem",
                        (door, client, argv) -> door.call(client, withoutSign(argv, 2))),
                PlantedBugs.bug("LINSERT AFTER inserts before", "linsert", (door, client, argv) -> {
                    int at = PlantedBugs.at(argv, "AFTER");
                    return at == 2 ? door.call(client, with(argv, 2, "BEFORE")) : door.call(client, argv);
                }),
                PlantedBugs.bug("LTRIM leaves one element", "ltrim", (door, client, argv) -> {
                    byte[] head =
                            argv.length == 4 ? door.call(client, PlantedBugs.bytes("LINDEX"), argv[1], zero()) : zero();
                    byte[] reply = door.call(client, argv);
                    boolean gone = reply[0] == '+'
                            && head[0] == '$'
                            && head[1] != '-'
                            && PlantedBugs.integer(door.call(client, PlantedBugs.bytes("EXISTS"), argv[1])) == 0;
                    if (gone) {
                        door.call(
                                client,
                                PlantedBugs.bytes("RPUSH"),
                                argv[1],
                                PlantedBugs.bytes(Frame.parse(head).text()));
                    }
                    return reply;
                }),
                PlantedBugs.bug(
                        "LPOS takes no rank",
                        "lpos",
                        (door, client, argv) -> door.call(client, withoutOption(argv, "RANK"))),
                PlantedBugs.bug("LPOP of count 0 pops nothing but says nil", "lpop", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    return new String(reply, java.nio.charset.StandardCharsets.US_ASCII).equals("*0\r\n")
                            ? PlantedBugs.text("*-1")
                            : reply;
                }),
                PlantedBugs.bug(
                        "SORT knows no DESC",
                        "sort",
                        (door, client, argv) -> door.call(client, PlantedBugs.without(argv, "DESC"))));
    }

    private static List<Planted> hashes() {
        return List.of(
                PlantedBugs.bug("HSET counts fields that were there", "hset", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    return reply[0] == ':' ? PlantedBugs.text(":" + (argv.length - 2) / 2) : reply;
                }),
                PlantedBugs.bug(
                        "HINCRBY wraps around",
                        "hincrby",
                        (door, client, argv) -> PlantedBugs.replaced(
                                door.call(client, argv), "-ERR increment or decrement would overflow", ":0")),
                PlantedBugs.bug(
                        "HSETNX sets",
                        "hsetnx",
                        (door, client, argv) ->
                                argv.length == 4 ? door.call(client, with(argv, 0, "HSET")) : door.call(client, argv)),
                PlantedBugs.bug("HSTRLEN counts characters to a zero byte", "hstrlen", (door, client, argv) -> {
                    byte[] value =
                            argv.length == 3 ? door.call(client, PlantedBugs.bytes("HGET"), argv[1], argv[2]) : zero();
                    String text = value[0] == '$' ? Frame.parse(value).text() : null;
                    return text != null && text.indexOf('\0') >= 0
                            ? PlantedBugs.text(":" + text.indexOf('\0'))
                            : door.call(client, argv);
                }));
    }

    private static List<Planted> sets() {
        return List.of(
                PlantedBugs.bug("SADD counts what was there", "sadd", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    return reply[0] == ':' ? PlantedBugs.text(":" + (argv.length - 2)) : reply;
                }),
                PlantedBugs.bug("SMOVE copies", "smove", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    if (reply[0] == ':' && reply[1] == '1') {
                        door.call(client, PlantedBugs.bytes("SADD"), argv[1], argv[3]);
                    }
                    return reply;
                }),
                PlantedBugs.bug(
                        "SINTERCARD has no limit",
                        "sintercard",
                        (door, client, argv) -> door.call(client, withoutOption(argv, "LIMIT"))),
                PlantedBugs.bug("SPOP takes a member and puts it back", "spop", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    if (argv.length == 2 && reply[0] == '$' && reply[1] != '-') {
                        door.call(
                                client,
                                PlantedBugs.bytes("SADD"),
                                argv[1],
                                PlantedBugs.bytes(Frame.parse(reply).text()));
                    }
                    return reply;
                }),
                PlantedBugs.bug("SRANDMEMBER repeats itself", "srandmember", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    Frame frame = Frame.parse(reply);
                    if (!frame.isAggregate() || frame.elements().size() < 2) {
                        return reply;
                    }
                    StringBuilder same =
                            new StringBuilder("*" + frame.elements().size() + "\r\n");
                    String first = frame.elements().get(0).text();
                    frame.elements()
                            .forEach(e -> same.append('$')
                                    .append(first.length())
                                    .append("\r\n")
                                    .append(first)
                                    .append("\r\n"));
                    return PlantedBugs.bytes(same.toString());
                }),
                PlantedBugs.bug("a set's listpack is called by another name", "object", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    boolean packed = Frame.parse(reply).toString().equals("$listpack");
                    boolean set =
                            packed && PlantedBugs.integer(door.call(client, PlantedBugs.bytes("SCARD"), argv[2])) >= 0;
                    return set ? PlantedBugs.bulk("ziplist") : reply;
                }));
    }

    private static List<Planted> sortedSets() {
        return List.of(
                PlantedBugs.bug(
                        "ZADD NX updates",
                        "zadd",
                        (door, client, argv) -> door.call(client, PlantedBugs.without(argv, "NX"))),
                PlantedBugs.bug("ZRANGEBYSCORE takes what ( leaves out", "zrangebyscore", (door, client, argv) -> {
                    byte[][] inclusive = argv.clone();
                    for (int i = 2; i < Math.min(4, argv.length); i++) {
                        if (argv[i].length > 1 && argv[i][0] == '(') {
                            inclusive[i] = Arrays.copyOfRange(argv[i], 1, argv[i].length);
                        }
                    }
                    return door.call(client, inclusive);
                }),
                PlantedBugs.bug("ZINCRBY replies the increment", "zincrby", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    return reply[0] == '$' ? PlantedBugs.bulk(new Step(0, argv).word(2)) : reply;
                }),
                PlantedBugs.bug("ZREVRANK counts from the lowest", "zrevrank", (door, client, argv) -> {
                    byte[] reply = door.call(client, argv);
                    return reply[0] == ':' ? door.call(client, with(argv, 0, "ZRANK")) : reply;
                }),
                PlantedBugs.bug("ZUNIONSTORE has no weights but 1", "zunionstore", (door, client, argv) -> {
                    int at = PlantedBugs.at(argv, "WEIGHTS");
                    byte[][] plain = argv.clone();
                    for (int i = at + 1;
                            at > 3 && i < argv.length && Character.isDigit(argv[i].length == 0 ? 'x' : argv[i][0]);
                            i++) {
                        plain[i] = PlantedBugs.bytes("1");
                    }
                    return door.call(client, plain);
                }),
                PlantedBugs.bug("ZPOPMIN pops the highest", "zpopmin", (door, client, argv) -> {
                    byte[] reply = door.call(client, PlantedBugs.bytes("EXISTS"), argv.length > 1 ? argv[1] : zero());
                    return PlantedBugs.integer(reply) == 1 && argv.length == 2
                            ? door.call(client, with(argv, 0, "ZPOPMAX"))
                            : door.call(client, argv);
                }),
                PlantedBugs.bug(
                        "ZRANGEBYLEX takes - and + for members",
                        "zrangebylex",
                        (door, client, argv) ->
                                argv.length > 3 && new Step(0, argv).word(3).equals("+")
                                        ? door.call(client, with(argv, 3, "[b"))
                                        : door.call(client, argv)));
    }

    private static byte[] zero() {
        return PlantedBugs.bytes("0");
    }

    private static byte[][] with(byte[][] argv, int index, String word) {
        byte[][] changed = argv.clone();
        changed[index] = PlantedBugs.bytes(word);
        return changed;
    }

    private static byte[][] withoutSign(byte[][] argv, int index) {
        boolean negative =
                argv.length > index && argv[index].length > 1 && argv[index].length < 10 && argv[index][0] == '-';
        return negative ? with(argv, index, new Step(0, argv).word(index).substring(1)) : argv;
    }

    private static byte[][] withoutOption(byte[][] argv, String option) {
        int at = PlantedBugs.at(argv, option);
        if (at < 0 || at + 1 >= argv.length) {
            return argv;
        }
        List<byte[]> words = new ArrayList<>(Arrays.asList(argv));
        words.subList(at, at + 2).clear();
        return words.toArray(new byte[0][]);
    }
}
