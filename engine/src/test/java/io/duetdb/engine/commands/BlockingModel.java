package io.duetdb.engine.commands;

import io.duetdb.engine.kit.ValueReply.Failure;
import io.duetdb.engine.kit.Waiting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Lists, strings and clients that wait for lists, as plainly as can be: every question is answered by looking at all. */
final class BlockingModel {
    private static final Failure WRONGTYPE =
            new Failure("WRONGTYPE Operation against a key holding the wrong kind of value");
    private static final Failure NO_SUCH_KEY = new Failure("ERR no such key");

    private record Wait(int client, List<String> words, List<String> keys, long deadlineMs) {}

    private final Map<String, Deque<String>> lists = new HashMap<>();
    private final Set<String> strings = new HashSet<>();
    private final TreeMap<Long, Wait> waits = new TreeMap<>(); // by when they began
    private final Map<Integer, Object> replies = new HashMap<>();
    private final List<String> ready = new ArrayList<>();
    private long lastOrder;

    /** What a client was told since the last call. */
    Object reply(int client) {
        return replies.containsKey(client) ? replies.remove(client) : Waiting.WAITS;
    }

    boolean waits(int client) {
        return waits.values().stream().anyMatch(wait -> wait.client == client);
    }

    int blocked() {
        return waits.size();
    }

    long blockingKeys() {
        return waits.values().stream().flatMap(w -> w.keys.stream()).distinct().count();
    }

    long timeouts() {
        return waits.values().stream().filter(w -> w.deadlineMs != 0).count();
    }

    /** The elements of a list, or null where there is none. */
    List<String> list(String key) {
        return lists.containsKey(key) ? new ArrayList<>(lists.get(key)) : null;
    }

    boolean isString(String key) {
        return strings.contains(key);
    }

    void gone(int client) {
        waits.values().removeIf(wait -> wait.client == client);
    }

    boolean unblock(int client) {
        boolean blocked = waits(client);
        if (blocked) {
            gone(client);
            replies.put(client, null);
        }
        return blocked;
    }

    void time(long nowMs) {
        for (Wait wait : List.copyOf(waits.values())) {
            if (wait.deadlineMs != 0 && wait.deadlineMs <= nowMs) {
                unblock(wait.client);
            }
        }
    }

    void run(int client, List<String> words, long nowMs) {
        List<String> keys = keys(words);
        if (keys.isEmpty()) {
            replies.put(client, write(words));
        } else {
            Object reply = take(words, keys, false);
            if (Waiting.WAITS.equals(reply)) {
                String timeout = words.get(0).equals("BLMPOP") ? words.get(1) : words.get(words.size() - 1);
                long ms = Math.round(Double.parseDouble(timeout) * 1000);
                waits.put(++lastOrder, new Wait(client, words, keys, ms == 0 ? 0 : nowMs + ms));
            } else {
                replies.put(client, reply);
            }
        }
        serve();
    }

    /** A transaction: nobody waits within it, and nobody is served before its end. Returns its replies. */
    List<Object> exec(List<List<String>> requests) {
        List<Object> all = new ArrayList<>();
        for (List<String> words : requests) {
            List<String> keys = keys(words);
            Object reply = keys.isEmpty() ? write(words) : take(words, keys, false);
            all.add(Waiting.WAITS.equals(reply) ? null : reply);
        }
        serve();
        return all;
    }

    private void serve() {
        while (!ready.isEmpty()) {
            serve(ready.remove(0));
        }
    }

    private void serve(String key) {
        for (Map.Entry<Long, Wait> one : List.copyOf(waits.entrySet())) {
            Wait wait = one.getValue();
            if (lists.containsKey(key) && wait.keys.contains(key)) {
                Object reply = take(wait.words, wait.keys, true);
                if (!Waiting.WAITS.equals(reply)) {
                    waits.remove(one.getKey());
                    replies.put(wait.client, reply);
                }
            }
        }
    }

    /** The keys a command waits for; none when it does not wait. */
    private static List<String> keys(List<String> words) {
        return switch (words.get(0)) {
            case "BLPOP", "BRPOP" -> words.subList(1, words.size() - 1);
            case "BLMPOP" -> words.subList(3, 3 + Integer.parseInt(words.get(2)));
            case "BLMOVE", "BRPOPLPUSH" -> words.subList(1, 2);
            default -> List.of();
        };
    }

    private Object take(List<String> words, List<String> keys, boolean again) {
        for (String key : keys) {
            if (strings.contains(key)) {
                if (!again) {
                    return WRONGTYPE;
                }
            } else if (lists.containsKey(key)) {
                return switch (words.get(0)) {
                    case "BLPOP" -> List.of(key, pop(key, true));
                    case "BRPOP" -> List.of(key, pop(key, false));
                    case "BLMPOP" -> {
                        int where = 3 + keys.size();
                        List<String> taken = new ArrayList<>();
                        for (int n = Integer.parseInt(words.get(where + 2)); n > 0 && lists.containsKey(key); n--) {
                            taken.add(pop(key, words.get(where).equals("LEFT")));
                        }
                        yield List.of(key, taken);
                    }
                    case "BLMOVE" ->
                        move(
                                key,
                                words.get(2),
                                words.get(3).equals("LEFT"),
                                words.get(4).equals("LEFT"));
                    default -> move(key, words.get(2), false, true);
                };
            }
        }
        return Waiting.WAITS;
    }

    private String pop(String key, boolean head) {
        String value = removed(key, head);
        changed(key);
        return value;
    }

    private String removed(String key, boolean head) {
        Deque<String> list = lists.get(key);
        String value = head ? list.removeFirst() : list.removeLast();
        if (list.isEmpty()) {
            lists.remove(key);
        }
        return value;
    }

    private Object move(String from, String to, boolean fromHead, boolean toHead) {
        if (strings.contains(from) || lists.containsKey(from) && strings.contains(to)) {
            return WRONGTYPE;
        }
        if (!lists.containsKey(from)) {
            return null;
        }
        String value = removed(from, fromHead);
        push(to, List.of(value), toHead); // first the push is told
        changed(from);
        return value;
    }

    private void push(String key, List<String> values, boolean head) {
        Deque<String> list = lists.computeIfAbsent(key, k -> new ArrayDeque<>());
        for (String value : values) {
            if (head) {
                list.addFirst(value);
            } else {
                list.addLast(value);
            }
        }
        changed(key);
    }

    /** A key is noted when it is of the type that is waited for: here all wait for lists. */
    private void changed(String key) {
        if (lists.containsKey(key)
                && !ready.contains(key)
                && waits.values().stream().anyMatch(w -> w.keys.contains(key))) {
            ready.add(key);
        }
    }

    private Object write(List<String> words) {
        String key = words.get(1);
        switch (words.get(0)) {
            case "DEL":
                changed(key);
                return strings.remove(key) | lists.remove(key) != null ? 1L : 0L;
            case "SET":
                lists.remove(key);
                strings.add(key);
                changed(key);
                return "OK";
            case "LMOVE":
                return move(
                        key,
                        words.get(2),
                        words.get(3).equals("LEFT"),
                        words.get(4).equals("LEFT"));
            case "RENAME":
                return rename(key, words.get(2));
            default:
                if (strings.contains(key)) {
                    return WRONGTYPE;
                }
                push(key, words.subList(2, words.size()), words.get(0).equals("LPUSH"));
                return (long) lists.get(key).size();
        }
    }

    private Object rename(String from, String to) {
        if (!lists.containsKey(from) && !strings.contains(from)) {
            return NO_SUCH_KEY;
        }
        if (!from.equals(to)) {
            lists.remove(to);
            strings.remove(to);
            if (strings.remove(from)) {
                strings.add(to);
            } else {
                lists.put(to, lists.remove(from));
            }
            changed(from);
            changed(to);
        }
        return "OK";
    }

    @Override
    public String toString() {
        return lists + " " + strings + " " + Collections.unmodifiableCollection(waits.values());
    }
}
