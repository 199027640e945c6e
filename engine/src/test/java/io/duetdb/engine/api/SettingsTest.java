package io.duetdb.engine.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private final Settings settings = new Settings(
            List.of(Setting.integer("a", 1, 0, 100, "").also("old-a"), Setting.integer("b", 2, 0, 100, "")),
            List.of(Setting.words("many", "x 1", (words, present) -> String.join(" ", words), "")
                    .linesOf(2)));
    private final List<String> heard = new ArrayList<>();

    private static Settings.Change to(String name, String text) {
        return new Settings.Change(name, text);
    }

    @Test
    void changesAreMadeTogetherBeforeAnybodyHears() {
        settings.listen("a", s -> heard.add(s.text("a") + s.text("b")));
        settings.listen("b", s -> heard.add(s.text("a") + s.text("b")));
        settings.change(List.of(to("a", "3"), to("b", "4")));
        assertThat(heard).containsExactly("34", "34");
    }

    @Test
    void aValueThatCannotBePutsAllBack() {
        settings.listen("a", s -> heard.add(s.text("a")));
        assertThatThrownBy(() -> settings.change(List.of(to("a", "3"), to("b", "x"))))
                .isInstanceOfSatisfying(
                        Settings.Refused.class, e -> assertThat(e.setting()).isEqualTo("b"));
        assertThat(settings.number("a")).isEqualTo(1);
        assertThat(heard).isEmpty();
    }

    @Test
    void aListenerWhoRefusesPutsAllBackAndTheOthersHearIt() {
        settings.listen("a", s -> heard.add("a" + s.text("a")));
        settings.listen("b", s -> {
            if (s.number("b") == 9) {
                throw new IllegalArgumentException("not nine");
            }
        });
        assertThatThrownBy(() -> settings.change(List.of(to("old-a", "3"), to("b", "9"))))
                .isInstanceOfSatisfying(
                        Settings.Refused.class, e -> assertThat(e.setting()).isEqualTo("b"))
                .hasMessage("not nine");
        assertThat(settings.number("a")).isEqualTo(1);
        assertThat(settings.number("b")).isEqualTo(2);
        assertThat(heard).containsExactly("a3", "a1");
    }

    @Test
    void linesOfAFileAddUp() {
        settings.set("many", List.of("y", "2"), false);
        settings.set("many", List.of("z 3 z 4"), true);
        assertThat(settings.text("many")).isEqualTo("y 2 z 3 z 4");
        settings.set("many", List.of(""), true);
        assertThat(settings.text("many")).isEmpty();
    }

    @Test
    void aNameDeclaredTwiceIsABug() {
        List<Setting> one = List.of(Setting.text("a", "", "").also("b"));
        List<Setting> other = List.of(Setting.text("b", "", ""));
        assertThatThrownBy(() -> new Settings(one, other)).hasMessageContaining("declared twice: b");
    }
}
