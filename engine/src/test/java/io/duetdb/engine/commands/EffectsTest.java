package io.duetdb.engine.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.duetdb.engine.command.Command;
import io.duetdb.engine.command.CommandTable;
import io.duetdb.engine.command.EffectNames;
import io.duetdb.engine.command.Flags;
import io.duetdb.engine.kit.EngineFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each write propagates, exactly. The clock stands at 1700000000000 ms; {@code s} holds "text", {@code n} 5,
 * {@code t} "timed" with a deadline at 1700000100000; {@code li} is the list a b c,
 * {@code se} the set of these, {@code one} that of m; {@code z} has a, b and c with scores 1 to 3.
 * {@code h} has the fields a = 1 and b = 2, {@code x} a field f = 7 with that deadline.
 */
class EffectsTest {
    /** Request, an arrow, and the effects, separated by semicolons; nothing behind the arrow: no effect. */
    private static final String TABLE = """
            SET k v -> SET k v
            set K v -> set K v
            SET s v -> SET s v
            SET k v EX 10 -> SET k v PXAT 1700000010000
            SET k v px 10 -> SET k v PXAT 1700000000010
            SET k v EXAT 1700000010 -> SET k v PXAT 1700000010000
            SET k v PXAT 1700000000001 -> SET k v PXAT 1700000000001
            SET k v PXAT 5 -> SET k v PXAT 5; DEL k
            SET t v KEEPTTL -> SET t v KEEPTTL
            SET s v GET -> SET s v
            SET s v XX GET -> SET s v XX
            SET k v GET NX -> SET k v NX
            SET s v GET EX 1 -> SET s v PXAT 1700000001000
            SET s v GET KEEPTTL -> SET s v KEEPTTL
            SET s v NX ->
            SET k v XX ->
            SET k v XX GET ->
            SET k v EX 0 ->
            SORT li ALPHA STORE d -> SORT li ALPHA STORE d
            SORT li ALPHA ->
            SORT k STORE d ->
            SORT k STORE s -> SORT k STORE s
            SETNX k v -> SETNX k v
            SETNX s v ->
            SETEX k 10 v -> SET k v PXAT 1700000010000
            SETEX k 0 v ->
            PSETEX k 10 v -> SET k v PXAT 1700000000010
            GETSET k v -> SET k v
            GETSET t v -> SET t v
            GETDEL s -> DEL s
            GETDEL k ->
            DELEX s -> DEL s
            DELEX k ->
            DELEX n IFNE other -> DEL n
            DELEX s IFEQ other ->
            DELEX s FOO bar ->
            SET s v IFNE other KEEPTTL GET -> SET s v KEEPTTL
            SET s v IFEQ other ->
            SET k v IFNE other -> SET k v
            SET k v IFDEQ 0000000000000000 ->
            GETEX s ->
            GETEX t ->
            GETEX k EX 10 ->
            GETEX s EX 10 -> PEXPIREAT s 1700000010000
            GETEX s PX 10 -> PEXPIREAT s 1700000000010
            GETEX s EXAT 1700000010 -> PEXPIREAT s 1700000010000
            GETEX s PXAT 1700000010001 -> PEXPIREAT s 1700000010001
            GETEX s PXAT 1 -> DEL s
            GETEX t PERSIST -> PERSIST t
            GETEX s PERSIST ->
            MSET k 1 s 2 -> MSET k 1 s 2
            MSETNX k 1 l 2 -> MSETNX k 1 l 2
            MSETNX k 1 s 2 ->
            APPEND k v -> APPEND k v
            APPEND s v -> APPEND s v
            INCR n -> INCR n
            INCR s ->
            DECR k -> DECR k
            INCRBY n 3 -> INCRBY n 3
            DECRBY n 3 -> DECRBY n 3
            INCRBY n x ->
            INCRBYFLOAT n 1.5 -> SET n 6.5 KEEPTTL
            INCRBYFLOAT k 0.10 -> SET k 0.1 KEEPTTL
            INCRBYFLOAT s 1 ->
            SETRANGE k 1 x -> SETRANGE k 1 x
            SETRANGE s 0 x -> SETRANGE s 0 x
            SETRANGE s 0 "" ->
            SETRANGE k -1 x ->
            ZADD k 1 m -> ZADD k 1 m
            ZADD z 1 a 5 b -> ZADD z 1 a 5 b
            ZADD z 1 a ->
            ZADD z NX 5 a ->
            ZADD z GT CH 5 a -> ZADD z GT CH 5 a
            ZADD z INCR 5 a -> ZADD z INCR 5 a
            ZADD z x a ->
            ZINCRBY z 5 a -> ZINCRBY z 5 a
            ZINCRBY z 0 a ->
            ZREM z a k -> ZREM z a k
            ZREM z a b c -> ZREM z a b c
            ZREM z k ->
            ZPOPMIN z -> ZPOPMIN z
            ZPOPMAX z 5 -> ZPOPMAX z 5
            ZPOPMIN z 0 ->
            ZPOPMIN k ->
            ZMPOP 2 k z MIN -> ZPOPMIN z 1
            ZMPOP 1 z MAX COUNT 5 -> ZPOPMAX z 3
            ZMPOP 1 k MAX ->
            BZPOPMIN k z 0 -> ZPOPMIN z
            BZPOPMAX z 0 -> ZPOPMAX z
            BZMPOP 0 2 k z MIN -> ZPOPMIN z 1
            BZMPOP 0 1 z MAX COUNT 5 -> ZPOPMAX z 3
            ZREMRANGEBYRANK z 0 0 -> ZREMRANGEBYRANK z 0 0
            ZREMRANGEBYSCORE z -inf inf -> ZREMRANGEBYSCORE z -inf inf
            ZREMRANGEBYSCORE z 7 9 ->
            ZREMRANGEBYLEX z - + -> ZREMRANGEBYLEX z - +
            ZRANGESTORE k z 0 1 -> ZRANGESTORE k z 0 1
            ZRANGESTORE s z 7 9 -> ZRANGESTORE s z 7 9
            ZRANGESTORE k z 7 9 ->
            ZUNIONSTORE k 2 z z -> ZUNIONSTORE k 2 z z
            ZINTERSTORE s 2 z k -> ZINTERSTORE s 2 z k
            ZINTERSTORE k 2 z k ->
            ZDIFFSTORE z 1 z -> ZDIFFSTORE z 1 z
            DEL s k n -> DEL s k n
            DEL k ->
            UNLINK s -> UNLINK s
            UNLINK k ->
            EXPIRE s 10 -> PEXPIREAT s 1700000010000
            PEXPIRE s 10 -> PEXPIREAT s 1700000000010
            EXPIREAT s 1700000010 -> PEXPIREAT s 1700000010000
            PEXPIREAT s 1700000010001 -> PEXPIREAT s 1700000010001
            EXPIRE k 10 ->
            EXPIRE s 0 -> DEL s
            EXPIRE s -1 -> DEL s
            PEXPIRE s -1 -> DEL s
            EXPIREAT s 1 -> DEL s
            PEXPIREAT s 1700000000000 -> DEL s
            EXPIRE s 10 XX ->
            EXPIRE s 10 NX -> PEXPIREAT s 1700000010000
            EXPIRE t 10 GT ->
            EXPIRE t 10 LT -> PEXPIREAT t 1700000010000
            EXPIRE t 1000 GT -> PEXPIREAT t 1700001000000
            EXPIRE s x ->
            PERSIST t -> PERSIST t
            PERSIST s ->
            RENAME s k -> RENAME s k
            RENAME t s -> RENAME t s
            RENAME k s ->
            RENAMENX s k -> RENAMENX s k
            RENAMENX s n ->
            MOVE s 1 -> MOVE s 1
            MOVE k 1 ->
            COPY s k -> COPY s k
            COPY s k DB 2 -> COPY s k DB 2
            COPY s n REPLACE -> COPY s n REPLACE
            RESTORE s 0 damaged REPLACE ->
            RESTORE-ASKING s 0 damaged REPLACE ->
            MIGRATE h 1 s 0 100 ->
            COPY s n ->
            COPY k l ->
            LPUSH li x y -> LPUSH li x y
            lpush k x -> lpush k x
            LPUSH s x ->
            RPUSH li x -> RPUSH li x
            RPUSH k x y -> RPUSH k x y
            LPUSHX li x -> LPUSHX li x
            LPUSHX k x ->
            RPUSHX li x y -> RPUSHX li x y
            RPUSHX k x ->
            LPOP li -> LPOP li
            LPOP li 2 -> LPOP li 2
            LPOP li 9 -> LPOP li 9
            LPOP li 0 ->
            LPOP k ->
            RPOP li -> RPOP li
            RPOP li 3 -> RPOP li 3
            RPOP k 3 ->
            LSET li 0 x -> LSET li 0 x
            LSET li 9 x ->
            LTRIM li 0 1 -> LTRIM li 0 1
            LTRIM li 5 9 -> LTRIM li 5 9
            LTRIM li 0 -1 ->
            LREM li 0 a -> LREM li 0 a
            LREM li 0 z ->
            LINSERT li BEFORE b x -> LINSERT li BEFORE b x
            LINSERT li BEFORE z x ->
            LMOVE li k LEFT RIGHT -> LMOVE li k LEFT RIGHT
            LMOVE li li LEFT LEFT -> LMOVE li li LEFT LEFT
            LMOVE k li LEFT RIGHT ->
            RPOPLPUSH li k -> RPOPLPUSH li k
            RPOPLPUSH k li ->
            LMPOP 2 k li LEFT -> LPOP li 1
            LMPOP 1 li RIGHT COUNT 9 -> RPOP li 3
            LMPOP 1 k LEFT ->
            BLPOP k li 0 -> LPOP li
            BRPOP li 0 -> RPOP li
            BLMPOP 0 2 k li LEFT -> LPOP li 1
            BLMPOP 0 1 li RIGHT COUNT 9 -> RPOP li 3
            BLMOVE li k LEFT right 0 -> LMOVE li k LEFT right
            BRPOPLPUSH li k 0 -> RPOPLPUSH li k
            SADD k a b -> SADD k a b
            sadd se a new -> sadd se a new
            SADD se a ->
            SADD s a ->
            SREM se a x -> SREM se a x
            SREM se a b c -> SREM se a b c
            SREM se x ->
            SMOVE se k a -> SMOVE se k a
            SMOVE se se a ->
            SMOVE se k x ->
            SPOP one -> SREM one m
            SPOP one 1 -> DEL one
            SPOP se 9 -> DEL se
            SPOP se 0 ->
            SPOP k ->
            SPOP k 3 ->
            SINTERSTORE k se one ->
            SINTERSTORE s se one -> SINTERSTORE s se one
            SINTERSTORE k se se -> SINTERSTORE k se se
            SUNIONSTORE k se one -> SUNIONSTORE k se one
            SUNIONSTORE s k -> SUNIONSTORE s k
            SUNIONSTORE k s ->
            SDIFFSTORE se se one -> SDIFFSTORE se se one
            SDIFFSTORE se se se -> SDIFFSTORE se se se
            SDIFFSTORE k se se ->
            HSET h c 3 -> HSET h c 3
            HSET h a 5 b 6 -> HSET h a 5 b 6
            HSET h a ->
            HSET s a 1 ->
            HSETNX h c 1 -> HSETNX h c 1
            HSETNX h a 1 ->
            HMSET h a 1 -> HMSET h a 1
            HDEL h a z -> HDEL h a z
            HDEL h a b -> HDEL h a b
            HDEL h z ->
            HINCRBY h a 2 -> HINCRBY h a 2
            HINCRBY h a x ->
            HINCRBYFLOAT h a 0.50 -> HSET h a 1.5
            HINCRBYFLOAT k a 3 -> HSET k a 3
            HINCRBYFLOAT x f 1.5 -> HSETEX x KEEPTTL FIELDS 1 f 8.5
            HINCRBYFLOAT h a inf ->
            HEXPIRE h 10 FIELDS 2 a z -> HPEXPIREAT h 1700000010000 FIELDS 1 a
            HEXPIRE h 0 FIELDS 1 a -> HDEL h a
            HEXPIRE h 10 XX FIELDS 1 a ->
            HEXPIRE x 1000 LT FIELDS 1 f ->
            HEXPIRE k 10 FIELDS 1 f ->
            HPEXPIRE h 10 NX FIELDS 1 a -> HPEXPIREAT h 1700000000010 FIELDS 1 a
            HEXPIREAT h 1700000010 FIELDS 2 b a -> HPEXPIREAT h 1700000010000 FIELDS 2 b a
            HPEXPIREAT h 5 FIELDS 3 a b z -> HDEL h a b
            HPERSIST x FIELDS 1 f -> HPERSIST x FIELDS 1 f
            HPERSIST h FIELDS 1 a ->
            HGETEX h FIELDS 1 a ->
            HGETEX h EX 10 FIELDS 2 a z -> HPEXPIREAT h 1700000010000 FIELDS 1 a
            HGETEX x PERSIST FIELDS 1 f -> HPERSIST x FIELDS 1 f
            HGETEX h PXAT 1 FIELDS 1 a -> HDEL h a
            HSETEX h EX 10 FIELDS 1 a 5 -> HSETEX h PXAT 1700000010000 FIELDS 1 a 5
            HSETEX h FNX FIELDS 1 a 5 ->
            HSETEX h FXX FIELDS 1 a 5 -> HSET h a 5
            HSETEX x KEEPTTL FIELDS 1 f 5 -> HSETEX x KEEPTTL FIELDS 1 f 5
            HSETEX h EXAT 1 FIELDS 2 a 5 z 1 -> HDEL h a
            HGETDEL h FIELDS 3 a z b -> HDEL h a b
            HGETDEL h FIELDS 1 z ->
            SWAPDB 0 1 -> SWAPDB 0 1
            SWAPDB 1 99 ->
            FLUSHDB -> FLUSHDB
            FLUSHDB ASYNC -> FLUSHDB ASYNC
            FLUSHALL -> FLUSHALL
            flushall sync -> flushall sync
            """;

    private static List<String> rows() {
        return TABLE.lines().toList();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void eachWritePropagatesExactlyThis(String row) {
        String[] sides = row.split(" ->");
        EngineFixture t = new EngineFixture();
        assertThat(t.clock().nowMs()).isEqualTo(1_700_000_000_000L);
        t.run("SET s text");
        t.run("SET n 5");
        t.run("SET t timed PXAT 1700000100000");
        t.run("RPUSH li a b c");
        t.run("SADD se a b c");
        t.run("SADD one m");
        t.run("ZADD z 1 a 2 b 3 c");
        t.run("HSET h a 1 b 2");
        t.run("HSETEX x PXAT 1700000100000 FIELDS 1 f 7");
        t.forget();
        t.run(sides[0]);
        t.effects(sides.length == 1 ? new String[0] : sides[1].strip().split("; "));
    }

    @Test
    void effectsNameTheirDatabase() {
        EngineFixture t = new EngineFixture();
        t.run("SELECT 3");
        t.run("SET k v");
        assertThat(t.effectLog().databases()).containsExactly(3);
    }

    @Test
    void anOverdueKeyIsDeletedBeforeWhatMetIt() {
        EngineFixture t = new EngineFixture();
        t.run("SET k v PX 10");
        t.forget();
        t.advance(11, TimeUnit.MILLISECONDS).run("APPEND k w").replies(1);
        t.effects("MULTI", "DEL k", "APPEND k w", "EXEC");
        t.run("PEXPIRE k 10");
        t.forget();
        t.advance(11, TimeUnit.MILLISECONDS).run("GET k").nil();
        t.effects("DEL k");
    }

    @Test
    void overdueKeysThatNobodyMeetsAreDeletedOneByOne() {
        EngineFixture t = new EngineFixture();
        t.run("SET a v PX 10");
        t.run("SET b v PX 11");
        t.forget();
        t.advance(20, TimeUnit.MILLISECONDS).turn();
        t.effects("DEL a", "DEL b");
    }

    @Test
    void everyWriteCommandHasARow() {
        Set<String> tested = new TreeSet<>();
        rows().forEach(row -> tested.add(row.split(" ")[0].toLowerCase(Locale.ROOT)));
        tested.add("migrate"); // which needs another server: MigrateCommandsTest
        List<String> missing = new ArrayList<>();
        for (Command command : Families.table().byId()) {
            if (command.is(Flags.WRITE) && !tested.contains(command.name())) {
                missing.add(command.name());
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void anEngineNeedsEveryCommandThatEffectsAreMadeOf() {
        assertThatCode(() -> EffectNames.check(Families.table())).doesNotThrowAnyException();
        assertThatIllegalStateException()
                .isThrownBy(() -> EffectNames.check(new CommandTable()))
                .withMessage("effects are made of DEL, which is no command that writes");
    }
}
