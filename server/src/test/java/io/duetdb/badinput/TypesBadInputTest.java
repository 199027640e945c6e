package io.duetdb.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.duetdb.Duet;
import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandTable;
import io.duetdb.engine.command.Flags;
import io.duetdb.engine.command.Group;
import io.duetdb.engine.commands.Families;
import io.duetdb.engine.kit.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bad input to the types: {@link TypeRequests} to Duet and to a real redis-server, over keys of every type. Errors are the
 * same byte for byte and leave every key as it was; whatever is not refused leaves the same values on both.
 */
@Timeout(300)
final class TypesBadInputTest {
    /** Chance or tables decide what they reply; that they refuse the same requests is what counts. */
    private static final Set<String> BY_CHANCE =
            Set.of("SRANDMEMBER", "HRANDFIELD", "ZRANDMEMBER", "SPOP", "SSCAN", "HSCAN", "ZSCAN");

    /** The order of a set, or of a big hash, is each server's own. */
    private static final Set<String> UNORDERED =
            Set.of("SMEMBERS", "SUNION", "SINTER", "SDIFF", "HGETALL", "HKEYS", "HVALS", "SORT", "SORT_RO");

    private static final List<String> DIGESTS = digests();
    private static final CommandTable TABLE = Families.table();
    private static final int BATCH = 100;

    private Duet duet;
    private RedisServer redis;
    private RawClient ours;
    private RawClient theirs;

    private static List<String> digests() {
        List<String> words = new ArrayList<>(List.of("DEBUG", "DIGEST-VALUE"));
        words.addAll(TypeRequests.KEYS);
        return words;
    }

    @BeforeEach
    void start() throws IOException {
        assumeTrue(RedisServer.installed(), "no redis-server to compare with");
        duet = Duet.builder().respPort(0).start();
        redis = RedisServer.start();
        ours = new RawClient(duet.respPort());
        theirs = new RawClient(redis.port());
    }

    @AfterEach
    void end() throws IOException {
        if (theirs != null) {
            ours.close();
            theirs.close();
            redis.close();
            duet.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "3"})
    void badInputIsRefusedAsARealServerRefusesItAndLeavesEveryKey(String protocol) throws IOException {
        for (RawClient server : List.of(ours, theirs)) {
            ask(server, List.of("HELLO", protocol));
            ask(server, List.of("CONFIG", "SET", "list-max-listpack-size", TypeRequests.LISTPACK_ELEMENTS));
        }
        List<List<String>> requests = requests(Integer.parseInt(protocol));
        List<String> differences = new ArrayList<>();
        String untouched = untouched(theirs);
        assertThat(untouched(ours)).isEqualTo(untouched);
        int refused = 0;
        for (int from = 0; from < requests.size(); from += BATCH) {
            List<List<String>> batch = requests.subList(from, Math.min(requests.size(), from + BATCH));
            List<Answer> a = answers(ours, batch);
            List<Answer> b = answers(theirs, batch);
            for (int i = 0; i < batch.size(); i++) {
                String difference = difference(batch.get(i), a.get(i), b.get(i), untouched);
                if (difference != null) {
                    differences.add(BadInputTest.shown(batch.get(i) + ": " + difference + "\n    duet  "
                            + a.get(i).reply + "\n    redis " + b.get(i).reply));
                }
                refused += b.get(i).refuses() ? 1 : 0;
            }
        }
        assertThat(differences.stream().limit(40).toList())
                .as("%d differences of %d", differences.size(), requests.size())
                .isEmpty();
        assertThat(refused).isGreaterThan(10_000);
    }

    /** All requests, or every other one: what is not asked in one protocol is in the other. */
    private static List<List<String>> requests(int protocol) {
        List<List<String>> requests = new ArrayList<>();
        int i = protocol;
        for (List<String> request : TypeRequests.all()) {
            if (i++ % 2 == 0 || Boolean.getBoolean("duet.long")) {
                requests.add(request);
            }
        }
        return requests;
    }

    /** What came back, and the digests of all keys then. */
    private record Answer(String reply, String digests) {
        boolean refuses() {
            return reply.startsWith("-");
        }
    }

    private static String untouched(RawClient server) throws IOException {
        for (List<String> line : TypeRequests.STATE) {
            ask(server, line);
        }
        return ask(server, DIGESTS);
    }

    private static String ask(RawClient server, List<String> request) throws IOException {
        server.send(request);
        server.flush();
        return server.read();
    }

    /** Behind a command that writes the state is made anew. */
    private static List<Answer> answers(RawClient server, List<List<String>> batch) throws IOException {
        boolean[] renewed = new boolean[batch.size()];
        for (int i = 0; i < batch.size(); i++) {
            renewed[i] = i == 0 || writes(batch.get(i - 1).get(0));
            if (renewed[i]) {
                for (List<String> line : TypeRequests.STATE) {
                    server.send(line);
                }
            }
            server.send(batch.get(i));
            server.send(DIGESTS);
        }
        server.flush();
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            for (int line = 0; renewed[i] && line < TypeRequests.STATE.size(); line++) {
                server.read();
            }
            try {
                answers.add(new Answer(server.read(), server.read()));
            } catch (IOException e) {
                throw new IOException("at " + BadInputTest.shown(batch.get(i).toString()), e);
            }
        }
        return answers;
    }

    private static boolean writes(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        Command command = TABLE.find(bytes, 0, bytes.length);
        return command != null && command.is(Flags.WRITE);
    }

    private static String difference(List<String> request, Answer ours, Answer theirs, String untouched) {
        if (ours.refuses() || theirs.refuses()) {
            if (!ours.digests.equals(untouched) || !theirs.digests.equals(untouched)) {
                return "refused, but a key is another";
            }
            return ours.reply.equals(theirs.reply) ? null : "refused otherwise";
        }
        String name = request.get(0);
        if (!name.equals("SPOP") && !ours.digests.equals(theirs.digests)) {
            return "other values";
        }
        boolean same = ours.reply.equals(theirs.reply)
                || BY_CHANCE.contains(name)
                || name.startsWith("Z") && BadInputTest.sameScores(ours.reply, theirs.reply)
                || UNORDERED.contains(name) && lines(ours.reply).equals(lines(theirs.reply))
                || name.startsWith("SORT") && request.get(1).equals("set") && request.contains("LIMIT");
        return same ? null : "another reply";
    }

    private static String lines(String reply) {
        String[] lines = reply.split("\r\n");
        Arrays.sort(lines);
        return String.join("\n", lines);
    }

    /** Every command of the types has its requests, but those that wait and those the real server is too old for. */
    @Test
    void everyCommandOfTheTypesIsAsked() throws IOException {
        Set<String> asked = TypeRequests.all().stream()
                .map(request -> request.get(0).toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<Group> groups = Set.of(Group.LIST, Group.HASH, Group.SET, Group.SORTED_SET);
        for (Command command : Families.table().byId()) {
            boolean ours = groups.contains(command.group()) || command.name().startsWith("sort");
            if (ours && !command.is(Flags.BLOCKING) && !BadInputTest.isNew(theirs, command)) {
                assertThat(asked).contains(command.name());
            }
        }
    }

    // ---- long ones

    private static final String LONG = longText(1 << 20, 0);
    private static final String LONGER = longText((1 << 20) + 1, 7);

    private static String longText(int length, int shift) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + shift + (i >> 8));
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** A MiB of any bytes is L, another one M. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "RPUSH L L M x; LLEN L; LINDEX L 0; LPOS L M; LRANGE L 0 -1; LSET L 2 M; LINSERT L BEFORE M L; LREM L 0 M; "
                        + "LMOVE L M LEFT RIGHT; RPOP M; LTRIM L 0 0; RPOPLPUSH L L; LMPOP 1 L LEFT; LPUSHX M L",
                "HSET L L M M L; HGET L L; HSTRLEN L M; HMGET L M L; HEXISTS L M; HSETNX L L x; HINCRBY L L 1; "
                        + "HINCRBYFLOAT L n 1.5; HDEL L M; HGETALL M; HSCAN M 0; HRANDFIELD M",
                "SADD L L M x; SISMEMBER L L; SMISMEMBER L M y; SMOVE L M L; SCARD L; SREM L L M; SADD M M; SINTER L M; "
                        + "SUNIONSTORE L L M; SDIFF L M; SDIFFSTORE M L x; SINTERCARD 2 L M; SPOP nosuch",
                "ZADD L 1 L 2 M; ZSCORE L M; ZINCRBY L 1.5 L; ZRANK L L; ZRANGE L 0 -1; ZMSCORE L M L; ZREVRANK L M; "
                        + "ZADD M 0 L 0 M; ZRANGEBYLEX M [L +; ZLEXCOUNT M - (M; ZUNION 2 L M; ZREM L L; ZPOPMAX M; "
                        + "ZDIFFSTORE L 2 L M; ZADD L L x; ZRANGE L L M; ZRANGEBYSCORE L L M",
                "RPUSH L L M; SORT L ALPHA; SORT L BY L GET M STORE M; SORT L; SET w7 L; RPUSH n 7; SORT n GET w* GET L; "
                        + "SORT n BY L; SORT L LIMIT L M",
                "L L L; LPUSH L; HSET L L; ZADD L L; OBJECT L M; EXISTS L M; TYPE L"
            })
    void longKeysFieldsAndMembersAreTakenAsARealServerTakesThem(String script) throws IOException {
        for (String line : script.split(";")) {
            List<String> request = new ArrayList<>();
            for (String word : line.strip().split(" ")) {
                String bare = word.replaceAll("[\\[(]", "");
                String text = bare.equals("L") ? LONG : bare.equals("M") ? LONGER : bare;
                request.add(word.substring(0, word.length() - bare.length()) + text);
            }
            String a = ask(ours, request);
            String b = ask(theirs, request);
            boolean same = a.equals(b) || lines(a).equals(lines(b));
            assertThat(same)
                    .as("%s: duet %s, redis %s", line, begin(a), begin(b))
                    .isTrue();
            assertThat(ask(ours, List.of("DEBUG", "DIGEST-VALUE", LONG, LONGER, "n")))
                    .as(line)
                    .isEqualTo(ask(theirs, List.of("DEBUG", "DIGEST-VALUE", LONG, LONGER, "n")));
        }
    }

    private static String begin(String reply) {
        return BadInputTest.shown(reply.substring(0, Math.min(200, reply.length())));
    }
}
