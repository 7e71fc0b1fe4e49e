package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.QuotaSeverity;
import io.github.quotaguard.QuotaWarning;
import io.github.quotaguard.StorageQuota;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.store.MetricType;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** Seven weeks of a customer with two plans: grace, upgrade and downgrade, and what is refused, allowed and warned. */
interface GraceStory extends StoreFixture {

    QuotaLimits BASIC = QuotaLimits.ofBytes(1_000).withSoftBytes(800, Duration.ofDays(7));
    QuotaLimits PRO = QuotaLimits.ofBytes(5_000).withSoftBytes(4_000, Duration.ofDays(14));

    /** The customer, the plan and the calendar. */
    final class Customer {

        private final String account = "customer-" + UUID.randomUUID();
        private final AtomicReference<QuotaLimits> plan = new AtomicReference<>(BASIC);
        private final ContractClock clock;
        private final UploadGuard guard;
        private final QuotaService service;
        private int today;

        private Customer(StoreFixture fixture) {
            QuotaPolicy policy = any -> plan.get();
            clock = fixture.clock();
            guard = UploadGuard.builder(fixture.store())
                    .policy(policy)
                    .clock(() -> Instant.EPOCH)
                    .build();
            service = QuotaService.of(fixture.store(), policy);
        }

        private void onDay(int day) {
            clock.advance(Duration.ofDays(day - today));
            today = day;
        }

        private void moveTo(QuotaLimits other) {
            plan.set(other);
        }

        private void stores(String file, long bytes) {
            guard.reserve(Upload.of(account, file, bytes)).commit();
        }

        private void replaces(String file, long bytes) {
            guard.reserve(Upload.of(account, file, bytes).overwrite()).commit();
        }

        private void deletes(String file) {
            assertThat(guard.delete(account, file).deleted()).isNotEmpty();
        }

        private void isRefused(String file, long bytes, MetricType by) {
            QuotaExceededException refusal =
                    catchThrowableOfType(QuotaExceededException.class, () -> stores(file, bytes));
            assertThat(refusal).as("refusal of %s on day %s", file, today).isNotNull();
            assertThat(refusal.violations())
                    .as("day %s", today)
                    .anySatisfy(violation -> assertThat(violation.metric()).isEqualTo(by));
        }

        private void isWarned(Tuple... warnings) {
            assertThat(service.warnings(account))
                    .as("warnings on day %s", today)
                    .extracting(QuotaWarning::metricType, QuotaWarning::severity)
                    .containsExactlyInAnyOrder(warnings);
        }

        private StorageQuota sees() {
            return service.storageQuota(account);
        }
    }

    @Test
    @Checks(
            value = {Rule.GRACE, Rule.LIMITS, Rule.STORES_CLOCK},
            byChance = {Rule.LEDGER, Rule.ATOMIC})
    default void shouldAccompanyACustomerThroughGraceUpgradeAndDowngrade() {
        Tuple aboveSoft = tuple(MetricType.SOFT_BYTES, QuotaSeverity.WARNING);
        Tuple graceOver = tuple(MetricType.SOFT_BYTES, QuotaSeverity.EXCEEDED);
        Customer customer = new Customer(this);

        customer.onDay(0); // 700 of 800 on the basic plan
        customer.stores("archive", 700);
        customer.isWarned();
        assertThat(customer.sees().graceEndsAt()).isEmpty();

        customer.onDay(2); // 900: a week of grace begins
        customer.stores("photos", 200);
        customer.isWarned(aboveSoft, tuple(MetricType.BYTES, QuotaSeverity.CRITICAL));
        Instant firstEnd = customer.sees().graceEndsAt().orElseThrow();

        customer.onDay(5); // 950: up to the limit itself and no further
        customer.isRefused("film", 200, MetricType.BYTES);
        customer.stores("notes", 50);
        assertThat(customer.sees().isGraceOver()).isFalse();

        customer.onDay(9); // the grace is over: only what shrinks
        customer.isRefused("film", 1, MetricType.SOFT_BYTES);
        customer.isWarned(graceOver, tuple(MetricType.BYTES, QuotaSeverity.CRITICAL));
        assertThat(customer.sees().isGraceOver()).isTrue();
        customer.replaces("archive", 650);
        assertThat(customer.sees().usedQuota()).isEqualTo(900);

        customer.onDay(10); // an upgrade ends all that at once
        customer.moveTo(PRO);
        customer.isWarned();
        customer.stores("film", 3_000);
        assertThat(customer.sees().graceEndsAt()).isEmpty();

        customer.onDay(20); // 4,400 of 4,000: two weeks, to day 34
        customer.stores("sequel", 500);
        customer.isWarned(aboveSoft, tuple(MetricType.BYTES, QuotaSeverity.WARNING));
        assertThat(customer.sees().graceEndsAt().orElseThrow()).isAfter(firstEnd);

        customer.onDay(21); // a downgrade deletes nothing, and the grace that runs stays
        customer.moveTo(BASIC);
        customer.isRefused("song", 1, MetricType.BYTES);
        customer.isWarned(aboveSoft, tuple(MetricType.BYTES, QuotaSeverity.EXCEEDED));
        customer.deletes("film");
        customer.deletes("sequel");
        customer.stores("song", 60);
        assertThat(customer.sees().usedQuota()).isEqualTo(960);

        customer.onDay(33);
        customer.stores("poem", 1);

        customer.onDay(34);
        customer.isRefused("verse", 1, MetricType.SOFT_BYTES);
        customer.isWarned(graceOver, tuple(MetricType.BYTES, QuotaSeverity.CRITICAL));
        customer.deletes("photos"); // 761: below the soft limit, and all is well again
        customer.isWarned();
        customer.stores("verse", 39);
        assertThat(customer.sees().graceEndsAt()).isEmpty();

        customer.onDay(47); // 801: another grace
        customer.stores("letter", 1);
        customer.isWarned(aboveSoft, tuple(MetricType.BYTES, QuotaSeverity.WARNING));
        assertThat(customer.sees().isGraceOver()).isFalse();
        Conservation.assertHolds(store(), customer.account);
    }
}
