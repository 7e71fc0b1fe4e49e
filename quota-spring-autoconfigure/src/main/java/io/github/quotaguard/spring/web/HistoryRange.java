package io.github.quotaguard.spring.web;

import io.github.quotaguard.HistoryPoint;
import io.github.quotaguard.HistoryStep;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.store.AccountId;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which part of a history is asked for. A date is the beginning of that day by the clocks of the zone. */
final class HistoryRange {

    /** With the day in which the range ends, 30. */
    private static final int DAYS_BEFORE = 29;

    private final Instant from;
    private final Instant to;
    private final HistoryStep step;
    private final ZoneId zone;

    private HistoryRange(Instant from, Instant to, HistoryStep step, ZoneId zone) {
        this.from = from;
        this.to = to;
        this.step = step;
        this.zone = zone;
    }

    /** Without any parameters, today and the 29 days before it in UTC, day by day. */
    static HistoryRange of(
            InstantSource clock,
            @Nullable String from,
            @Nullable String to,
            @Nullable String step,
            @Nullable String zone) {
        ZoneId zoneId = zone(zone);
        HistoryStep historyStep = step(step);
        Instant end = to == null ? clock.instant() : time("to", to, zoneId);
        Instant start = from == null ? daysBefore(end, zoneId) : time("from", from, zoneId);
        return new HistoryRange(start, end, historyStep, zoneId);
    }

    List<HistoryPoint> read(QuotaService quotas, AccountId account) {
        try {
            return quotas.history(account.path(), from, to, step, zone);
        } catch (IllegalArgumentException e) {
            throw QuotaApiException.invalid("range");
        } catch (UnsupportedOperationException e) {
            throw QuotaApiException.unsupported("history");
        }
    }

    private static ZoneId zone(@Nullable String zone) {
        try {
            return zone == null ? ZoneOffset.UTC : ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw QuotaApiException.invalid("zone");
        }
    }

    private static HistoryStep step(@Nullable String step) {
        return Arrays.stream(HistoryStep.values())
                .filter(value -> value.name().equals(step == null ? HistoryStep.DAY.name() : step))
                .findFirst()
                .orElseThrow(() -> QuotaApiException.invalid("step"));
    }

    private static Instant time(String parameter, String value, ZoneId zone) {
        try {
            return value.indexOf('T') < 0
                    ? LocalDate.parse(value).atStartOfDay(zone).toInstant()
                    : OffsetDateTime.parse(value).toInstant();
        } catch (DateTimeException e) {
            throw QuotaApiException.invalid(parameter);
        }
    }

    private static Instant daysBefore(Instant end, ZoneId zone) {
        try {
            LocalDate lastDay = end.minusNanos(1).atZone(zone).toLocalDate();
            return lastDay.minusDays(DAYS_BEFORE).atStartOfDay(zone).toInstant();
        } catch (DateTimeException e) {
            throw QuotaApiException.invalid("to");
        }
    }
}
