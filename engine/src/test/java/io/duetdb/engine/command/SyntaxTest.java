package io.duetdb.engine.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.command.Syntax.Argument;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Syntax lines and their trees, each written in one line: ? may be left out, * repeated, ** with its token. */
class SyntaxTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "MGET; key [key ...]; key*",
                "BLPOP; key [key ...] timeout; key* timeout",
                "MSET; key value [key value ...]; (key value)*",
                "SINTERCARD; numkeys key [key ...] [LIMIT limit]; numkeys key* LIMIT=limit?",
                "EVAL; script numkeys [key [key ...]] [arg [arg ...]]; script numkeys key?* arg?*",
                "MEMORY; [section ...]; section?*",
                "ZADD; key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...];"
                        + " key {NX|XX}? {GT|LT}? CH? INCR? (score member)*",
                "ZRANGE; key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES];"
                        + " key start stop {BYSCORE|BYLEX}? REV? LIMIT=(offset count)? WITHSCORES?",
                "ZUNION; numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>];"
                        + " numkeys key* WEIGHTS=weight?* AGGREGATE={SUM|MIN|MAX}?",
                "SORT; key [BY pattern] [GET pattern [GET pattern ...]] [ASC | DESC];"
                        + " key BY=pattern? GET=pattern?** {ASC|DESC}?",
                "XREAD; [COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...];"
                        + " COUNT=count? BLOCK=milliseconds? STREAMS=key* id*",
                "XADD; key [NOMKSTREAM] [<MAXLEN | MINID> [= | ~] threshold [LIMIT count]] <* | id> field value"
                        + " [field value ...]; key NOMKSTREAM? ({MAXLEN|MINID} {=|~}? threshold LIMIT=count?)? {*|id}"
                        + " (field value)*",
                "GEOSEARCH; key <FROMMEMBER member | FROMLONLAT longitude latitude> [COUNT count [ANY]];"
                        + " key {FROMMEMBER=member|FROMLONLAT=(longitude latitude)} (COUNT=count ANY?)?",
                "CLIENT; <ip:port | <[ID client-id] | [SKIPME <YES | NO>]> [<[ID client-id] | [SKIPME <YES | NO>]> ...]>;"
                        + " {ip:port|{ID=client-id?|SKIPME={YES|NO}?}*}",
                "BITFIELD_RO; key [GET encoding offset [GET encoding offset ...]]; key GET=(encoding offset)?**",
                "BITFIELD; key [GET encoding offset | [OVERFLOW <WRAP | SAT | FAIL>] <SET encoding offset value | INCRBY"
                        + " encoding offset increment> [GET encoding offset | [OVERFLOW <WRAP | SAT | FAIL>]"
                        + " <SET encoding offset value | INCRBY encoding offset increment> ...]];"
                        + " key {GET=(encoding offset)|(OVERFLOW={WRAP|SAT|FAIL}? {SET=(encoding offset value)|"
                        + "INCRBY=(encoding offset increment)})}?*",
            })
    void linesBecomeTrees(String name, String line, String tree) {
        Command command =
                Command.command(name, (call, argv, reply) -> reply.ok()).syntax(line);
        assertThat(row(Syntax.of(command), " ")).isEqualTo(tree);
    }

    private static String row(List<Argument> arguments, String between) {
        return String.join(between, arguments.stream().map(SyntaxTest::one).toList());
    }

    private static String one(Argument a) {
        String value = switch (a.type()) {
            case PURE_TOKEN -> "";
            case ONEOF -> "{" + row(a.arguments(), "|") + "}";
            case BLOCK -> "(" + row(a.arguments(), " ") + ")";
            default -> a.name();
        };
        String token = a.token() == null ? "" : value.isEmpty() ? a.token() : a.token() + "=";
        return token + value + (a.optional() ? "?" : "") + (a.multiple() ? "*" : "") + (a.multipleToken() ? "*" : "");
    }
}
