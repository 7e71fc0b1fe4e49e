package io.github.quotaguard.jdbc.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;

/** Times as people write them. */
final class Times {

    private Times() {}

    /** Reads a day, which stands for its beginning, or a time with its offset. */
    static Instant parse(String option, String text, ZoneId zone) {
        try {
            return text.contains("T")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDate.parse(text).atStartOfDay(zone).toInstant();
        } catch (DateTimeException e) {
            throw new UsageException("%s '%s' is no time: write a day, such as 2026-11-01, or 2026-11-01T08:30:00Z"
                    .formatted(option, text));
        }
    }

    static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new UsageException("--zone '%s' is no time zone: write UTC or Europe/Berlin".formatted(text));
        }
    }
}
