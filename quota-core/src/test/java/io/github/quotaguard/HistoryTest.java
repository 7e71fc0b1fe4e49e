package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.contract.SettableClock;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.LedgerStore;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HistoryTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final ZoneId KOLKATA = ZoneId.of("Asia/Kolkata");
    private static final ZoneId LORD_HOWE = ZoneId.of("Australia/Lord_Howe");

    private final SettableClock clock = new SettableClock(Instant.parse("2026-03-01T00:00:00Z"));
    private final InMemoryUsageStore store = new InMemoryUsageStore(clock);
    private final QuotaPolicy policy = QuotaPolicy.fixed(QuotaLimits.unlimited());
    private final UploadGuard guard =
            UploadGuard.builder(store).policy(policy).clock(clock).build();
    private final QuotaService quotas = QuotaService.of(store, policy);

    private void at(String time) {
        clock.advance(Duration.between(clock.instant(), Instant.parse(time)));
    }

    private void store(String file, long bytes) {
        guard.reserve(Upload.of("acme", file, bytes)).commit();
    }

    private void store(String file, String category, long bytes) {
        guard.reserve(Upload.of("acme", file, bytes).category(category)).commit();
    }

    private List<HistoryPoint> history(String from, String to, HistoryStep step, ZoneId zone) {
        return quotas.history("acme", Instant.parse(from), Instant.parse(to), step, zone);
    }

    private static HistoryPoint.Known known(HistoryPoint point) {
        assertThat(point).isInstanceOf(HistoryPoint.Known.class);
        return (HistoryPoint.Known) point;
    }

    @Test
    void shouldTellWhatWasUsedAddedAndRemovedDayByDay() {
        at("2026-03-02T10:00:00Z");
        store("a", 10);
        at("2026-03-03T23:59:59.999999Z");
        store("b", 20);
        at("2026-03-04T00:00:00Z");
        guard.delete("acme", "a");
        store("c", 400);
        guard.delete("acme", "c");
        at("2026-03-06T12:00:00Z");
        store("d", 1);

        List<HistoryPoint> days =
                history("2026-03-02T17:00:00Z", "2026-03-05T00:00:01Z", HistoryStep.DAY, ZoneOffset.UTC);

        ZonedDateTime first = ZonedDateTime.parse("2026-03-02T00:00:00Z");
        assertThat(days)
                .containsExactly(
                        new HistoryPoint.Known(first, first.plusDays(1), 10, 1, 10, 0, 1, 0, 10),
                        new HistoryPoint.Known(first.plusDays(1), first.plusDays(2), 30, 2, 20, 0, 1, 0, 30),
                        new HistoryPoint.Known(first.plusDays(2), first.plusDays(3), 20, 1, 400, 410, 1, 2, 420),
                        new HistoryPoint.Known(first.plusDays(3), first.plusDays(4), 20, 1, 0, 0, 0, 0, 20));
    }

    @Test
    void shouldCountWhatADayBeginsWithIntoItsPeak() {
        store("a", 100);
        at("2026-03-02T10:00:00Z");
        guard.delete("acme", "a");

        assertThat(known(history("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z", HistoryStep.DAY, ZoneOffset.UTC)
                                .get(0))
                        .peakBytes())
                .isEqualTo(100);
    }

    @Test
    void shouldTellThePeakOfHourlyBalancesWhereTheLedgerIsRolledUp() {
        at("2026-03-02T00:10:00Z");
        store("b", "b", 100);
        at("2026-03-02T10:10:00Z");
        guard.delete("acme", "b");
        store("a", "a", 100);
        at("2026-03-02T10:50:00Z");
        store("b2", "b", 1);
        at("2026-03-20T00:00:00Z");

        for (String zone : List.of("Z", "Europe/Berlin", "+05:30")) {
            HistoryPoint.Known day =
                    known(history("2026-03-02T01:00:00Z", "2026-03-02T18:00:00Z", HistoryStep.DAY, ZoneId.of(zone))
                            .get(0));
            assertThat(day.peakBytes()).as(zone).isEqualTo(101);
        }
        store.ledger().orElseThrow().rollUp("acme", Instant.parse("2026-03-03T00:00:00Z"), 100);
        for (String zone : List.of("Z", "Europe/Berlin", "+05:30")) {
            HistoryPoint.Known day =
                    known(history("2026-03-02T01:00:00Z", "2026-03-02T18:00:00Z", HistoryStep.DAY, ZoneId.of(zone))
                            .get(0));
            assertThat(day.peakBytes()).as(zone).isEqualTo(101);
        }
        assertThat(known(history("2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z", HistoryStep.HOUR, ZoneOffset.UTC)
                                .get(0))
                        .peakBytes())
                .isEqualTo(101);
    }

    @Test
    void shouldStopAtTheLargestNumberWhereMoreWasAddedAndRemoved() {
        for (int i = 0; i < 3; i++) {
            store("huge", 1L << 62);
            guard.delete("acme", "huge");
            clock.advance(Duration.ofHours(1));
        }
        store("left", 10);
        clock.advance(Duration.ofDays(1));
        guard.delete("acme", "left");

        List<HistoryPoint> month =
                history("2026-03-01T00:00:00Z", "2026-03-20T00:00:00Z", HistoryStep.MONTH, ZoneOffset.UTC);

        assertThat(known(month.get(0)).addedBytes()).isEqualTo(Long.MAX_VALUE);
        assertThat(known(month.get(0)).removedBytes()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldFollowTheClockOfTheZone() {
        assertThat(history("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", HistoryStep.HOUR, BERLIN))
                .hasSize(23);
        assertThat(history("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", HistoryStep.HOUR, BERLIN))
                .hasSize(25);
        assertThat(history("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", HistoryStep.DAY, BERLIN))
                .hasSize(1);
        assertThat(history("2026-01-31T23:00:00Z", "2026-04-01T00:00:00Z", HistoryStep.MONTH, BERLIN))
                .extracting(point -> point.start().toString())
                .containsExactly(
                        "2026-02-01T00:00+01:00[Europe/Berlin]",
                        "2026-03-01T00:00+01:00[Europe/Berlin]",
                        "2026-04-01T00:00+02:00[Europe/Berlin]");
    }

    @Test
    void shouldPutEachEntryIntoTheDayOfTheZone() {
        at("2026-03-28T22:59:59Z");
        store("before", 1);
        at("2026-03-28T23:00:00Z");
        store("first", 10);
        at("2026-03-29T21:59:59Z");
        store("last", 100);
        at("2026-03-29T22:00:00Z");
        store("after", 1_000);

        HistoryPoint.Known day = known(history("2026-03-29T12:00:00Z", "2026-03-29T13:00:00Z", HistoryStep.DAY, BERLIN)
                .get(0));

        assertThat(day.bytes()).isEqualTo(111);
        assertThat(day.addedBytes()).isEqualTo(110);
        assertThat(Duration.between(day.start(), day.end())).hasHours(23);
    }

    /** Where clocks move by half an hour, an hour has 30 or 90 minutes there, and none is left out or counted twice. */
    @Test
    void shouldStepFromOneFullHourToTheNextWhereClocksMoveByHalfAnHour() {
        for (String day : List.of("2026-04-04T00:00:00Z", "2026-10-03T00:00:00Z")) {
            List<HistoryPoint> hours =
                    history(day, Instant.parse(day).plus(2, ChronoUnit.DAYS).toString(), HistoryStep.HOUR, LORD_HOWE);

            for (int i = 1; i < hours.size(); i++) {
                assertThat(hours.get(i).start()).isEqualTo(hours.get(i - 1).end());
            }
            assertThat(hours.stream()
                            .filter(hour ->
                                    !Duration.between(hour.start(), hour.end()).equals(Duration.ofHours(1))))
                    .isNotEmpty()
                    .allSatisfy(hour -> assertThat(
                                    Duration.between(hour.start(), hour.end()).toMinutes())
                            .isIn(30L, 90L));
        }
    }

    @Test
    void shouldSayWhatIsUnavailableWhereAStepCutsAnHourThatIsRolledUp() {
        at("2026-03-02T18:10:00Z");
        store("a", 10);
        at("2026-03-05T18:40:00Z");
        store("b", 20);
        at("2026-03-06T12:00:00Z");
        store("c", 40);
        at("2026-03-20T00:00:00Z");
        assertThat(history("2026-03-02T00:00:00Z", "2026-03-06T20:00:00Z", HistoryStep.DAY, KOLKATA))
                .allSatisfy(HistoryTest::known);
        LedgerStore ledger = store.ledger().orElseThrow();

        ledger.rollUp("acme", Instant.parse("2026-03-06T00:00:00Z"), 100);

        List<HistoryPoint> days = history("2026-03-01T19:00:00Z", "2026-03-06T20:00:00Z", HistoryStep.DAY, KOLKATA);
        assertThat(days)
                .extracting(day ->
                        day.start().getDayOfMonth() + " " + day.getClass().getSimpleName())
                .containsExactly(
                        "2 Unavailable", "3 Unavailable", "4 Known", "5 Unavailable", "6 Unavailable", "7 Known");
        assertThat(known(days.get(2)).bytes()).isEqualTo(10);
        assertThat(known(days.get(5)).bytes()).isEqualTo(70);
        assertThat(history("2026-03-01T19:00:00Z", "2026-03-06T20:00:00Z", HistoryStep.DAY, BERLIN))
                .extracting(day -> known(day).bytes())
                .containsExactly(0L, 10L, 10L, 10L, 30L, 70L);
    }

    @Test
    void shouldRefuseWhatHasNoStepsOrTooMany() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> history("2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z", HistoryStep.DAY, BERLIN));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> history("2026-03-02T00:00:00Z", "2028-03-02T00:00:00Z", HistoryStep.HOUR, BERLIN))
                .withMessageContaining("more than 10000 steps");
        assertThat(history(
                        "2026-03-02T00:00:00Z",
                        Instant.parse("2026-03-02T00:00:00Z")
                                .plus(10_000, ChronoUnit.HOURS)
                                .toString(),
                        HistoryStep.HOUR,
                        ZoneOffset.UTC))
                .hasSize(10_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> quotas.history("acme", Instant.MIN, Instant.MAX, HistoryStep.MONTH, BERLIN));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> history(
                        "2026-03-02T00:00:00Z",
                        "2026-03-03T00:00:00Z",
                        HistoryStep.DAY,
                        ZoneOffset.ofHoursMinutes(1, 7)));
    }

    @Test
    void shouldSayThatAStoreKeepsNoLedger() {
        ObservedStore plain = new ObservedStore(store) {
            @Override
            public Optional<LedgerStore> ledger() {
                return Optional.empty();
            }
        };
        QuotaService service = QuotaService.of(plain, policy);

        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> service.ledger("acme", LedgerQuery.newest(1)))
                .withMessageContaining("UsageStore.ledger() is empty");
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> service.history("acme", Instant.EPOCH, clock.instant(), HistoryStep.MONTH, BERLIN));
    }
}
