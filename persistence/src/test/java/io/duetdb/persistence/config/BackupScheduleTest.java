package io.duetdb.persistence.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.duetdb.engine.api.Settings;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BackupScheduleTest {
    @ParameterizedTest
    @CsvSource({
        "hourly,            2026-11-21T03:00:00Z, 2026-11-21T04:00:00Z",
        "hourly,            2026-11-21T03:00:01Z, 2026-11-21T04:00:00Z",
        "hourly :30,        2026-11-21T03:29:59Z, 2026-11-21T03:30:00Z",
        "hourly :30,        2026-11-21T03:30:00Z, 2026-11-21T04:30:00Z",
        "daily 03:00,       2026-11-21T02:59:59Z, 2026-11-21T03:00:00Z",
        "daily 03:00,       2026-11-21T03:00:00Z, 2026-11-22T03:00:00Z",
        "daily,             2026-02-28T12:00:00Z, 2026-03-01T00:00:00Z",
        "weekly,            2026-11-21T12:00:00Z, 2026-11-22T00:00:00Z",
        "weekly monday,     2026-11-21T12:00:00Z, 2026-11-23T00:00:00Z",
        "weekly wednesday 23:30, 2026-11-21T12:00:00Z, 2026-11-25T23:30:00Z",
        "every 6h,          2026-11-21T03:10:00Z, 2026-11-21T09:10:00Z",
        "every 15m,         2026-11-21T03:10:00Z, 2026-11-21T03:25:00Z",
        "every 2d,          2026-11-21T03:10:00Z, 2026-11-23T03:10:00Z"
    })
    void theNextBackupIsDueWhereTheWordsSay(String words, String last, String due) {
        BackupSchedule schedule = BackupSchedule.of(words);
        assertThat(schedule).isNotNull();
        assertThat(Instant.ofEpochMilli(schedule.after(Instant.parse(last).toEpochMilli())))
                .isEqualTo(Instant.parse(due));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sometimes",
                "hourly 30",
                "hourly :60",
                "hourly :30 x",
                "daily 24:00",
                "daily 3:00:00",
                "daily noon",
                "weekly someday",
                "weekly sunday 03:00 x",
                "every",
                "every h",
                "every 0h",
                "every 6",
                "every -1h",
                "every 6y",
                "every 99999999h"
            })
    void whatIsNoScheduleIsRefusedWithTheGrammar(String words) {
        assertThatThrownBy(() -> BackupSchedule.of(words))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("daily [HH:MM]");
    }

    @Test
    void theSettingTakesItsWordsInAnyCaseAndNoneForNever() {
        Settings settings = new Settings(PersistenceSettings.LIST);
        assertThat(settings.text(PersistenceSettings.BACKUP_SCHEDULE)).isEmpty();
        settings.set(PersistenceSettings.BACKUP_SCHEDULE, "Daily 03:00");
        assertThat(settings.text(PersistenceSettings.BACKUP_SCHEDULE)).isEqualTo("daily 03:00");
        settings.set(PersistenceSettings.BACKUP_SCHEDULE, "");
        assertThat(settings.text(PersistenceSettings.BACKUP_SCHEDULE)).isEmpty();
        assertThatThrownBy(() -> settings.set(PersistenceSettings.BACKUP_SCHEDULE, "dayly"))
                .hasMessageContaining("write hourly [:MM]");
    }
}
