package io.duetdb.survival;

import io.duetdb.engine.kit.RespClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the keys of one writer hold after its first so many steps. A step is what must be whole: one command, or a
 * transaction. Each leaves something that tells how far the writer came, so that what a server holds after its restart
 * names the step it stands behind.
 */
final class Model {
    /** Steps go round: that many kinds there are. */
    private static final int KINDS = 10;

    private static final int LIST_MAX = 40;
    private static final int PAIRS_MAX = 20;

    private final String prefix;
    private final boolean transactions;
    private long steps;
    private final TreeMap<String, String> strings = new TreeMap<>();
    private List<String> list = new ArrayList<>();
    private List<String> pairs = new ArrayList<>();
    private final TreeMap<String, String> hash = new TreeMap<>();
    private final TreeMap<String, Long> zset = new TreeMap<>();
    private String member = "";
    private long halves;

    /** Nothing yet, for keys that begin with {@code prefix}; each step a transaction if so asked. */
    Model(String prefix, boolean transactions) {
        this.prefix = prefix;
        this.transactions = transactions;
    }

    private Model(Model other) {
        this(other.prefix, other.transactions);
        steps = other.steps;
        strings.putAll(other.strings);
        list.addAll(other.list);
        pairs.addAll(other.pairs);
        hash.putAll(other.hash);
        zset.putAll(other.zset);
        member = other.member;
        halves = other.halves;
    }

    Model copy() {
        return new Model(this);
    }

    long steps() {
        return steps;
    }

    private int kind(long step) {
        return transactions ? 5 : (int) (step % KINDS);
    }

    /** Whether a step is a transaction of several commands. */
    boolean isTransaction(long step) {
        return kind(step) == 5;
    }

    /** The commands of a step, without MULTI and EXEC. */
    List<String> commands(long step) {
        return switch (kind(step)) {
            case 0 -> List.of("SET " + prefix + "str " + step);
            case 1 -> List.of("RPUSH " + prefix + "list " + step);
            case 2 -> List.of("LTRIM " + prefix + "list -" + LIST_MAX + " -1");
            case 3 -> List.of("HSET " + prefix + "hash f" + step % 7 + " " + step);
            case 4 -> List.of("ZADD " + prefix + "zset " + step + " m" + step % 3);
            case 5 ->
                List.of(
                        "INCR " + prefix + "a",
                        "RPUSH " + prefix + "pairs " + step,
                        "LTRIM " + prefix + "pairs -" + PAIRS_MAX + " -1",
                        "INCR " + prefix + "b");
            case 6 -> List.of("SADD " + prefix + "set " + step);
            case 7 -> List.of("SPOP " + prefix + "set");
            case 8 -> List.of("INCRBYFLOAT " + prefix + "float 0.5");
            default -> List.of("SETEX " + prefix + "ttl 100000 " + step);
        };
    }

    /** The next step is done. */
    void apply() {
        long step = ++steps;
        String value = Long.toString(step);
        switch (kind(step)) {
            case 0 -> strings.put("str", value);
            case 1 -> list.add(value);
            case 2 -> list = last(list, LIST_MAX);
            case 3 -> hash.put("f" + step % 7, value);
            case 4 -> zset.put("m" + step % 3, step);
            case 5 -> {
                strings.merge("a", "1", Model::sum);
                pairs.add(value);
                pairs = last(pairs, PAIRS_MAX);
                strings.merge("b", "1", Model::sum);
            }
            case 6 -> member = value;
            case 7 -> member = "";
            case 8 -> {
                halves++;
                strings.put("float", halves % 2 == 0 ? "" + halves / 2 : halves / 2 + ".5");
            }
            default -> strings.put("ttl", value);
        }
    }

    private static String sum(String one, String other) {
        return Long.toString(Long.parseLong(one) + Long.parseLong(other));
    }

    private static List<String> last(List<String> all, int count) {
        return new ArrayList<>(all.subList(Math.max(0, all.size() - count), all.size()));
    }

    /** What the keys must hold. */
    String expected() {
        String scores = zset.entrySet().stream()
                .sorted((x, y) -> Long.compare(x.getValue(), y.getValue()))
                .map(e -> e.getKey() + ", " + e.getValue())
                .collect(Collectors.joining(", ", "[", "]"));
        return "str=" + strings.get("str") + " list=" + list + " hash=" + hash + " zset=" + scores + " a="
                + strings.get("a") + " pairs=" + pairs + " b=" + strings.get("b") + " set="
                + (member.isEmpty() ? List.of() : List.of(member)) + " float=" + strings.get("float") + " ttl="
                + strings.get("ttl");
    }

    /** Whether this is what was found in a server; asked of many, so it looks at what is quickly told first. */
    boolean holds(String found) {
        return found.startsWith("str=" + strings.get("str") + " ") && found.equals(expected());
    }

    /** What the keys hold in a server. */
    String found(RespClient client) throws IOException {
        TreeMap<String, String> fields = new TreeMap<>();
        List<?> flat = (List<?>) client.run("HGETALL " + prefix + "hash");
        for (int i = 0; i < flat.size(); i += 2) {
            fields.put((String) flat.get(i), (String) flat.get(i + 1));
        }
        return "str=" + client.run("GET " + prefix + "str") + " list=" + client.run("LRANGE " + prefix + "list 0 -1")
                + " hash=" + fields + " zset=" + client.run("ZRANGE " + prefix + "zset 0 -1 WITHSCORES") + " a="
                + client.run("GET " + prefix + "a") + " pairs=" + client.run("LRANGE " + prefix + "pairs 0 -1") + " b="
                + client.run("GET " + prefix + "b") + " set=" + client.run("SMEMBERS " + prefix + "set") + " float="
                + client.run("GET " + prefix + "float") + " ttl=" + client.run("GET " + prefix + "ttl");
    }
}
