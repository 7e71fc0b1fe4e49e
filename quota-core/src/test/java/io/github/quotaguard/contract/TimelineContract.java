package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.LedgerStore;
import io.github.quotaguard.store.Timeline;
import io.github.quotaguard.store.TimelineQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What changed in an account over time, span by span. */
interface TimelineContract extends StoreFixture {

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.LEDGER)
    default void shouldSumUpWhatChangedInEachSpan() {
        ContractTenant tenant = ContractTenant.of(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        tenant.upload("before", 5).stored();
        clock().advance(Duration.ofHours(3));
        tenant.upload("photo", 100).stored();
        tenant.upload("peak", 1_000).stored();
        tenant.delete("peak");
        tenant.upload("other", 7).by(tenant.account("user-70")).stored();
        clock().advance(Duration.ofMinutes(105));
        tenant.delete("photo");
        tenant.upload("deep", 30).by(tenant.account("user-7/laptop")).stored();
        clock().advance(Duration.ofHours(2));
        tenant.upload("after", 10_000).stored();
        List<Entry> entries = tenant.entries();
        Instant from = hourOf(entries.get(1));
        Instant to = hourOf(entries.get(entries.size() - 1));

        for (AccountId account :
                List.of(tenant.root, tenant.user, tenant.account("user-7/laptop"), tenant.account("nobody"))) {
            for (Duration span : List.of(Duration.ofMinutes(15), LedgerCheck.HOUR)) {
                ledger.assertTimeline(account, from, to, span);
                ledger.assertTimeline(account, from.minus(Duration.ofDays(1)), to.plus(Duration.ofDays(1)), span);
            }
        }
        Timeline timeline = ledger.assertTimeline(tenant.user, from, to, LedgerCheck.HOUR);
        assertThat(timeline.usedBytes()).isEqualTo(35);
        assertThat(timeline.usedFiles()).isEqualTo(2);
        assertThat(timeline.spans().stream()
                        .mapToLong(Timeline.Span::addedBytes)
                        .sum())
                .isEqualTo(1_130);
        assertThat(timeline.spans().get(0).peakBytes()).hasValue(1_105);
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.LEDGER)
    default void shouldGiveTheSameSumsOfHoursThatAreRolledUp() {
        ContractTenant tenant = ContractTenant.of(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        for (int hour = 0; hour < 3; hour++) {
            tenant.upload("photo-" + hour, 100L << hour).category("image").stored();
            tenant.upload("note-" + hour, 10).stored();
            tenant.delete("note-" + hour);
            clock().advance(LedgerCheck.HOUR);
        }
        ledger.age();
        Instant from = hourOf(tenant.entries().get(0));
        Instant to = ledger.horizon();
        Timeline before = ledger.assertTimeline(tenant.user, from, to, LedgerCheck.HOUR);

        ledger.rollUpAll(to.minus(LedgerCheck.HOUR), 4);
        Timeline after = ledger.assertTimeline(tenant.user, from, to, LedgerCheck.HOUR);

        assertThat(after.spans()).extracting(Timeline.Span::isRolledUp).contains(true, false);
        assertThat(after.spans())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("peakBytes", "isRolledUp")
                .isEqualTo(before.spans());
        assertThat(after.usedBytes()).isEqualTo(before.usedBytes());
    }

    /** Told one after the other, 100 of one category and −99 of another would make a peak that never was. */
    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.LEDGER)
    default void shouldTellNoPeakBetweenTheRollUpsOfAnHour() {
        ContractTenant tenant = ContractTenant.of(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        tenant.upload("b", 100).category("b").stored();
        clock().advance(Duration.ofHours(10));
        tenant.delete("b");
        tenant.upload("a", 100).category("a").stored();
        tenant.upload("b2", 1).category("b").stored();
        ledger.age();
        List<Entry> entries = tenant.entries();
        Instant from = hourOf(entries.get(1));
        Instant to = ledger.horizon();
        assertThat(ledger.assertTimeline(tenant.user, from, to, LedgerCheck.HOUR)
                        .spans())
                .allSatisfy(span -> assertThat(span.peakBytes()).isPresent());

        ledger.rollUpAll(to, 100);

        assertThat(ledger.assertTimeline(tenant.user, from, to, LedgerCheck.HOUR)
                        .spans())
                .isNotEmpty()
                .allSatisfy(span -> assertThat(span.peakBytes()).isEmpty());
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.LEDGER)
    default void shouldStopAtTheLargestNumberWhereMoreWasAdded() {
        ContractTenant tenant = ContractTenant.of(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        for (int i = 0; i < 3; i++) {
            tenant.upload("huge-" + i, 1L << 62).stored();
            tenant.delete("huge-" + i);
        }
        ledger.age();
        Instant to = ledger.horizon();
        Duration century = Duration.ofDays(36_500);
        TimelineQuery query = new TimelineQuery(tenant.user, Instant.EPOCH, Instant.EPOCH.plus(century), century);
        LedgerStore store = store().ledger().orElseThrow();

        for (boolean isRolledUp : new boolean[] {false, true}) {
            if (isRolledUp) {
                ledger.rollUpAll(to, 4);
            }
            assertThat(store.timeline(query).spans().stream().map(Timeline.Span::addedBytes))
                    .containsExactly(Long.MAX_VALUE);
        }
    }

    @Test
    @Needs(Capability.LEDGER)
    default void shouldTellWhatIsUsedWhereNothingChanged() {
        ContractTenant tenant = ContractTenant.of(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        tenant.upload("photo", 100).stored();
        Instant hour = hourOf(tenant.entries().get(0));
        LedgerStore store = store().ledger().orElseThrow();

        assertThat(ledger.assertTimeline(
                        tenant.user, hour.minus(Duration.ofHours(2)), hour.minus(LedgerCheck.HOUR), LedgerCheck.HOUR))
                .isEqualTo(new Timeline(0, 0, List.of()));
        assertThat(store.timeline(new TimelineQuery(
                        tenant.user, hour.plus(Duration.ofDays(1)), hour.plus(Duration.ofDays(2)), LedgerCheck.HOUR)))
                .isEqualTo(new Timeline(100, 1, List.of()));
    }

    private static Instant hourOf(Entry entry) {
        return TimelineQuery.startOfSpan(entry.settledAt(), LedgerCheck.HOUR);
    }
}
