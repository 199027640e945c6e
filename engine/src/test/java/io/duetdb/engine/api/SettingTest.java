package io.duetdb.engine.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What values of each kind look like, and what is said to others; each line was asked of redis-server. */
class SettingTest {
    private static final List<Setting> KINDS = List.of(
            Setting.integer("integer", 0, -2, 100, ""),
            Setting.octal("octal", 0, 0, 0777, ""),
            Setting.memory("memory", 0, 10, Long.MAX_VALUE, ""),
            Setting.memory("unsigned", 0, 0, Setting.UNSIGNED_MAX, ""),
            Setting.memoryOrPercent("percent", 0, ""),
            Setting.yesNo("switch", true, ""),
            Setting.choice("choice", "", "a", "bC"),
            Setting.flags("flags", "", "none", "save", "now", "force"),
            Setting.text("text", "", ""),
            Setting.yesNo("limited", false, "").only("because", "no"));

    private static Setting kind(String name) {
        return Objects.requireNonNull(new Settings(KINDS).find(name));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "integer  | 5                    | 5",
                "integer  | -2                   | -2",
                "octal    | 755                  | 755",
                "memory   | 10                   | 10",
                "memory   | 10b                  | 10",
                "memory   | 1k                   | 1000",
                "memory   | 1KB                  | 1024",
                "memory   | 2m                   | 2000000",
                "memory   | 2Mb                  | 2097152",
                "memory   | 3g                   | 3000000000",
                "memory   | 3gb                  | 3221225472",
                "unsigned | 18446744073709551615 | 18446744073709551615",
                "unsigned | 99999999999999999999 | 18446744073709551615",
                "unsigned | ''                   | 0",
                "unsigned | b                    | 0",
                "percent  | 5%                   | 5%",
                "percent  | 0%                   | 0",
                "percent  | 1kb                  | 1024",
                "switch   | YES                  | yes",
                "choice   | BC                   | bC",
                "flags    | now save             | save now",
                "flags    | none FORCE           | force",
                "flags    | none                 | none",
                "text     | ' a b '              | ' a b '",
                "limited  | No                   | no"
            })
    void aValueIsKeptInOneForm(String name, String value, String kept) {
        assertThat(kind(name).normalise(value)).isEqualTo(kept);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "integer | x          | argument couldn't be parsed into an integer",
                "integer | +1         | argument couldn't be parsed into an integer",
                "integer | 01         | argument couldn't be parsed into an integer",
                "integer | 1.0        | argument couldn't be parsed into an integer",
                "integer | ''         | argument couldn't be parsed into an integer",
                "integer | 101        | argument must be between -2 and 100 inclusive",
                "octal   | 8          | argument couldn't be parsed as an octal number",
                "octal   | 1000       | argument must be between 0 and 777 inclusive",
                "memory  | 9          | argument must be between 10 and 9223372036854775807 inclusive",
                "memory  | 9223372036854775808 | argument must be between 10 and 9223372036854775807 inclusive",
                "memory  | 20000000000gb | argument must be between 10 and 9223372036854775807 inclusive",
                "memory  | -1         | argument must be a memory value",
                "memory  | 1tb        | argument must be a memory value",
                "memory  | 1 mb       | argument must be a memory value",
                "memory  | 1.5mb      | argument must be a memory value",
                "percent | 101%       | percentage argument must be less or equal to 100",
                "percent | -1%        | argument must be a memory or percent value",
                "percent | x          | argument must be a memory or percent value",
                "switch  | maybe      | argument must be 'yes' or 'no'",
                "choice  | c          | argument(s) must be one of the following: a, bC",
                "flags   | save  now  | argument(s) must be one of the following: none, save, now, force",
                "flags   | ''         | argument(s) must be one of the following: none, save, now, force",
                "limited | yes        | argument must be 'no': because",
                "limited | maybe      | argument must be 'yes' or 'no'"
            })
    void whatIsNotUnderstoodIsRefusedInRedisWords(String name, String value, String words) {
        assertThatThrownBy(() -> kind(name).normalise(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(words);
    }
}
