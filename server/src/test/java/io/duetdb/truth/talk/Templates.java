package io.duetdb.truth.talk;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What clients say, by theme: lines {@code weight template}, with the words of {@link TalkWords}. A template behind a
 * {@code !} is not said within a transaction or while waiting, when its reply would come with another request's.
 */
final class Templates {
    /** What a request is about. */
    enum Theme {
        WRITE,
        READ,
        TX,
        BLOCK,
        LAPSE,
        PUBLISH,
        SUBSCRIBE,
        TRACK,
        EVENT,
        LIFE,
        ODD
    }

    /** One line. */
    record Template(int weight, boolean alone, String text, String command) {}

    private static final String[] WRITE = {
        "6 SET {str} {value}",
        "2 SET {str} {value} PXAT {past}",
        "2 SET {str} {value} EXAT {far}",
        "1 SETNX {str} {value}",
        "1 SET {str} {value} NX GET",
        "1 SET {str} {value} XX",
        "2 APPEND {str} {value}",
        "3 INCR n",
        "1 INCRBY {str} {int}",
        "1 GETSET {str} {value}",
        "2 GETDEL {str}",
        "1 GETEX {str} EXAT {past}",
        "1 GETEX {str} PERSIST",
        "2 MSET {str} {value} {str} {value}",
        "1 MSETNX {str} {value} {str} {value}",
        "1 SETRANGE {str} 3 x",
        "4 DEL {key}*",
        "2 UNLINK {key}*",
        "2 EXPIREAT {key} {past}",
        "2 EXPIREAT {key} {far}",
        "1 PEXPIRE {key} -1",
        "1 PERSIST {key}",
        "1 TOUCH {key}*",
        "5 RENAME {key} {key}",
        "2 RENAMENX {key} {key}",
        "4 MOVE {key} {db}",
        "2 COPY {key} {key}",
        "2 COPY {key} {key} REPLACE",
        "2 COPY {key} {key} DB 1 REPLACE",
        "9 LPUSH {list} {value}*",
        "9 RPUSH {list} {value}*",
        "2 LPUSHX {list} {value}",
        "2 RPUSHX {list} {value}",
        "4 LPOP {list}",
        "3 RPOP {list} {count}",
        "3 LMOVE {list} {list} {side} {side}",
        "2 RPOPLPUSH {list} {list}",
        "2 LMPOP 2 {list} {list} {side}",
        "1 LSET {list} 0 {value}",
        "1 LREM {list} 0 {value}",
        "1 LTRIM {list} 1 -1",
        "1 LTRIM {list} 5 1",
        "1 LINSERT {list} BEFORE v w",
        "2 SORT {list} ALPHA STORE {list}",
        "6 ZADD {zset} {score} {member}",
        "3 ZADD {zset} {score} {member} {score} {member}",
        "1 ZADD {zset} INCR {score} {member}",
        "2 ZREM {zset} {member}*",
        "2 ZPOPMIN {zset}",
        "2 ZPOPMAX {zset} {count}",
        "1 ZMPOP 2 {zset} {zset} {end} COUNT 2",
        "1 ZINCRBY {zset} 1 {member}",
        "2 ZRANGESTORE {zset} {zset} 0 -1",
        "2 ZUNIONSTORE {zset} 2 {zset} {zset}",
        "1 ZREMRANGEBYRANK {zset} 0 0",
        "2 HSET {hash} {field} {value}",
        "1 HDEL {hash} {field}*",
        "1 HINCRBY {hash} {field} 1",
        "2 SADD {set} {member}*",
        "1 SREM {set} {member}*",
        "1 SMOVE {set} {set} {member}",
        "1 SINTERSTORE {set} s s",
        "1 SDIFFSTORE {key} s s",
        "2 FLUSHALL",
        "2 FLUSHDB",
        "1 FLUSHALL ASYNC",
        "3 SWAPDB 0 1",
        "1 SWAPDB {db} {db}",
        "2 SELECT {db}",
        "1 SELECT 0"
    };
    private static final String[] READ = {
        "6 GET {str}", "3 MGET {key}*", "2 STRLEN {str}", "2 EXISTS {key}*", "2 TYPE {key}", "4 LRANGE {list} 0 -1",
        "2 LLEN {list}", "2 LINDEX {list} 0", "3 ZRANGE {zset} 0 -1", "2 ZCARD {zset}", "1 HGET {hash} {field}",
                "1 HLEN {hash}",
        "1 SCARD {set}", "1 SISMEMBER {set} {member}", "1 GETRANGE {str} 0 1", "1 ECHO {message}", "1 EXPIRETIME {key}"
    };
    private static final String[] TX = {
        "9 MULTI", "2 EXEC", "1 DISCARD", "9 WATCH {key}*", "3 WATCH {str} {list}", "2 UNWATCH"
    };
    private static final String[] BLOCK = {
        "8 BLPOP {list}* {timeout}",
        "6 BRPOP {list}* {timeout}",
        "6 BLMOVE {list} {list} {side} {side} {timeout}",
        "4 BRPOPLPUSH {list} {list} {timeout}",
        "4 BLMPOP {timeout} 2 {list} {list} {side}",
        "3 BLMPOP {timeout} 2 {list} {list} {side} COUNT {count}",
        "2 BLMPOP {timeout} {int} {list} {side}",
        "6 BZPOPMIN {zset}* {timeout}",
        "5 BZPOPMAX {zset}* {timeout}",
        "4 BZMPOP {timeout} 2 {zset} {zset} {end}",
        "2 BZMPOP {timeout} 1 {zset} {end} COUNT {count}",
        "1 BLPOP {list} {value} 0"
    };
    private static final String[] LAPSE = {
        "3 BLPOP {list}* {soon}",
        "2 BRPOP {list} {soon}",
        "2 BLMOVE {list} {list} {side} {side} {soon}",
        "2 BRPOPLPUSH {list} {list} {soon}",
        "2 BLMPOP {soon} 1 {list} {side}",
        "2 BZPOPMIN {zset}* {soon}",
        "1 BZPOPMAX {zset} {soon}",
        "2 BZMPOP {soon} 1 {zset} {end}",
        "5 SET {str} {value} PX {ms}",
        "5 PEXPIRE {key} {ms}"
    };
    private static final String[] PUBLISH = {
        "9 PUBLISH {plain} {message}",
        "4 SPUBLISH {shard} {message}",
        "!2 PUBSUB CHANNELS",
        "!2 PUBSUB CHANNELS {pattern}",
        "3 PUBSUB NUMSUB {channel}*",
        "1 PUBSUB NUMSUB",
        "3 PUBSUB NUMPAT",
        "!1 PUBSUB SHARDCHANNELS",
        "!1 PUBSUB SHARDCHANNELS s*",
        "2 PUBSUB SHARDNUMSUB {shard}*"
    };
    private static final String[] SUBSCRIBE = {
        "9 SUBSCRIBE {channel}*",
        "9 PSUBSCRIBE {pattern}*",
        "5 SSUBSCRIBE {shard}*",
        "3 UNSUBSCRIBE {channel}*",
        "1 UNSUBSCRIBE",
        "3 PUNSUBSCRIBE {pattern}*",
        "1 PUNSUBSCRIBE",
        "2 SUNSUBSCRIBE {shard}*",
        "1 SUNSUBSCRIBE",
        "2 PING",
        "1 PING {message}"
    };
    private static final String[] TRACK = {
        "9 CLIENT TRACKING ON",
        "3 CLIENT TRACKING ON BCAST",
        "3 CLIENT TRACKING ON BCAST PREFIX {prefix}",
        "2 CLIENT TRACKING ON BCAST PREFIX {prefix} PREFIX {prefix}",
        "4 CLIENT TRACKING ON OPTIN",
        "4 CLIENT TRACKING ON OPTOUT",
        "4 CLIENT TRACKING ON NOLOOP",
        "2 CLIENT TRACKING ON BCAST NOLOOP",
        "6 CLIENT TRACKING ON REDIRECT {client}",
        "3 CLIENT TRACKING ON REDIRECT {client} BCAST",
        "1 CLIENT TRACKING ON REDIRECT {client} OPTIN",
        "4 CLIENT TRACKING OFF",
        "1 CLIENT TRACKING ON OPTIN OPTOUT",
        "1 CLIENT TRACKING ON OPTIN BCAST",
        "1 CLIENT TRACKING ON PREFIX {prefix}",
        "1 CLIENT TRACKING ON REDIRECT {client} REDIRECT {client}",
        "1 CLIENT TRACKING MAYBE",
        "1 CLIENT TRACKING ON FOO",
        "1 CLIENT TRACKING OFF BCAST",
        "4 CLIENT CACHING YES",
        "4 CLIENT CACHING NO",
        "1 CLIENT CACHING MAYBE",
        "2 CLIENT GETREDIR",
        "4 CLIENT TRACKINGINFO"
    };
    private static final String[] EVENT = {
        "9 CONFIG SET notify-keyspace-events {flags}", "1 CONFIG GET notify-keyspace-events"
    };
    private static final String[] LIFE = {
        "5 CLIENT KILL ID {client}",
        "1 CLIENT KILL ID {client} SKIPME no",
        "1 CLIENT KILL TYPE pubsub",
        "9 CLIENT UNBLOCK {client}",
        "4 CLIENT UNBLOCK {client} TIMEOUT",
        "5 CLIENT UNBLOCK {client} ERROR",
        "1 CLIENT UNBLOCK {client} NOW",
        "4 RESET",
        "!2 HELLO 3",
        "!2 HELLO 2",
        "!1 HELLO",
        "!1 HELLO 4",
        "!1 HELLO 3 SETNAME {name}",
        "!3 CLIENT REPLY OFF",
        "!3 CLIENT REPLY SKIP",
        "!3 CLIENT REPLY ON",
        "!1 CLIENT REPLY MAYBE",
        "1 QUIT",
        "1 CLIENT SETNAME {name}",
        "1 CLIENT GETNAME",
        "2 CLIENT ID",
        "2 CLIENT INFO",
        "!2 CLIENT LIST",
        "!1 CLIENT LIST TYPE pubsub",
        "1 CLIENT NO-EVICT on"
    };
    private static final String[] ODD = {
        "3 NOSUCH {value}",
        "2 GET",
        "2 LPUSH {list}",
        "1 MULTI x",
        "1 EXEC x",
        "1 SUBSCRIBE",
        "1 CLIENT NOSUCH",
        "1 WATCH",
        "1 BLPOP {list}",
        "1 PUBLISH x",
        "1 DISCARD x",
        "1 UNWATCH x",
        "1 BLMOVE {list} {list} LEFT 0",
        "1 BZMPOP 0 0 {zset} MIN",
        "1 CLIENT TRACKING",
        "1 CLIENT UNBLOCK",
        "1 SPUBLISH x",
        "1 PUBSUB NOSUCH",
        "1 PSUBSCRIBE"
    };

    private static final Set<String> CONTAINERS = Set.of("CLIENT", "PUBSUB", "CONFIG", "OBJECT");

    private final Map<Theme, List<Template>> byTheme = new EnumMap<>(Theme.class);
    private final List<String> left = new ArrayList<>();

    /** The lines whose commands are among {@code known}. */
    Templates(Set<String> known) {
        String[][] all = {WRITE, READ, TX, BLOCK, LAPSE, PUBLISH, SUBSCRIBE, TRACK, EVENT, LIFE, ODD};
        for (Theme theme : Theme.values()) {
            List<Template> kept = new ArrayList<>();
            for (String line : all[theme.ordinal()]) {
                boolean alone = line.startsWith("!");
                String[] parts = line.substring(alone ? 1 : 0).split(" ", 2);
                Template template = new Template(Integer.parseInt(parts[0]), alone, parts[1], command(parts[1]));
                if (known.contains(template.command) || template.text.contains("NOSUCH")) {
                    kept.add(template);
                } else {
                    left.add(parts[1]);
                }
            }
            byTheme.put(theme, kept);
        }
    }

    /** The name of a request's command, {@code container|sub}. */
    static String name(String request) {
        String[] words = request.split(" ");
        boolean contained = CONTAINERS.contains(words[0]) && words.length > 1;
        return (contained ? words[0] + "|" + words[1] : words[0]).toLowerCase(Locale.ROOT);
    }

    /** The same, of a setting with its name. */
    static String command(String request) {
        String[] words = request.split(" ");
        return words[0].equals("CONFIG") && words.length > 2 ? name(request) + "|" + words[2] : name(request);
    }

    /** The lines of a theme. */
    List<Template> of(Theme theme) {
        return byTheme.get(theme);
    }

    /** All lines of commands that there are. */
    List<Template> all() {
        return byTheme.values().stream().flatMap(List::stream).toList();
    }

    /** Lines left out, because Duet doesn't know their commands. */
    List<String> left() {
        return left;
    }
}
