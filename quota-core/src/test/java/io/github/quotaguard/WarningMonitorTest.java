package io.github.quotaguard;

import static io.github.quotaguard.QuotaSeverity.CRITICAL;
import static io.github.quotaguard.QuotaSeverity.EXCEEDED;
import static io.github.quotaguard.QuotaSeverity.WARNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.quotaguard.store.AccountId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told of, and when. */
class WarningMonitorTest extends MonitoredTest {

    @Test
    void shouldTellOnceOfEachLevelUntilItIsArmedAgain() {
        limit("acme", QuotaLimits.ofBytes(100));
        save("acme", "base", 79);
        look();
        assertThat(told).isEmpty();

        save("acme", "a", 1);
        look();
        save("acme", "b", 9);
        look();
        assertThat(severities()).containsExactly(WARNING);

        save("acme", "c", 1);
        look();
        save("acme", "d", 10);
        look();
        look();
        assertThat(severities()).containsExactly(WARNING, CRITICAL, EXCEEDED);

        unguarded.delete("acme", "d");
        unguarded.delete("acme", "b");
        look();
        save("acme", "e", 9);
        look();
        assertThat(severities())
                .as("81 and 90 of 100, critical is armed below 86")
                .endsWith(CRITICAL)
                .hasSize(4);

        unguarded.delete("acme", "base");
        look();
        save("acme", "base", 79);
        look();
        assertThat(severities()).hasSize(5);
        assertThat(told).extracting(WarningEvent::id).doesNotHaveDuplicates();
        assertThat(told.get(0).id()).isEqualTo("acme//BYTES-1-1");
        assertThat(told.get(0).raisedAt()).isEqualTo(TestClock.START);
    }

    @Test
    void shouldTellOnlyOfTheHighestLevelThatIsPassedAtOnce() {
        limit("acme", QuotaLimits.ofBytes(100));
        save("acme", "a", 50);
        look();
        save("acme", "b", 70);
        look();

        assertThat(told).singleElement().satisfies(event -> {
            assertThat(event.warning().severity()).isEqualTo(EXCEEDED);
            assertThat(event.warning().message()).isEqualTo("acme has used 120 B of 100 B (120.00%)");
        });
    }

    @Test
    void shouldWatchFilesAndCategoriesAndEveryAncestor() {
        limit("acme", QuotaLimits.ofBytes(100).withFiles(1));
        limit("acme/user-7", QuotaLimits.unlimited().withBytes("image", 100));
        unguarded
                .reserve(Upload.of("acme/user-7/phone", "photo", 90).category("image"))
                .commit();
        look();

        assertThat(told)
                .extracting(event -> event.warning().account() + " "
                        + event.warning().metricType() + " " + event.warning().severity())
                .containsExactlyInAnyOrder(
                        "acme BYTES CRITICAL", "acme FILES EXCEEDED", "acme/user-7 CATEGORY_BYTES CRITICAL");
    }

    @Test
    void shouldNotCountWhatIsOnlyReserved() {
        limit("acme", QuotaLimits.ofBytes(100));
        save("acme", "a", 79);
        Reservation reservation = unguarded.reserve(Upload.of("acme", "b", 21));
        look();
        assertThat(told).isEmpty();

        reservation.commit();
        look();
        assertThat(severities()).containsExactly(EXCEEDED);
    }

    @Test
    void shouldLookAgainAtOneAccountWhoseLimitHasChanged() {
        limit("acme", QuotaLimits.ofBytes(100));
        save("acme", "a", 50);
        look();
        limit("acme", QuotaLimits.ofBytes(60));

        look();
        assertThat(told).as("nothing was settled").isEmpty();
        monitor.evaluate("acme");
        look();
        assertThat(severities()).containsExactly(WARNING);

        limit("acme", QuotaLimits.ofBytes(1_000));
        monitor.evaluate("acme");
        limit("acme", QuotaLimits.ofBytes(60));
        monitor.evaluate("acme");
        look();
        assertThat(severities()).as("armed by the higher limit").containsExactly(WARNING, WARNING);
    }

    @Test
    void shouldArmALimitThatIsTakenAway() {
        limit("acme", QuotaLimits.ofBytes(100));
        save("acme", "a", 90);
        look();
        limit("acme", QuotaLimits.unlimited());
        monitor.evaluate("acme");
        limit("acme", QuotaLimits.ofBytes(100));
        monitor.evaluate("acme");
        look();

        assertThat(severities()).containsExactly(CRITICAL, CRITICAL);
    }

    @Test
    void shouldLookAtEveryAccountOfEveryTenant() {
        for (String account : List.of("acme/user-7", "acme/user-8", "corp")) {
            save(account, "a of " + account, 50);
        }
        look();
        for (String account : List.of("acme", "acme/user-7", "acme/user-8", "corp")) {
            limit(account, QuotaLimits.ofBytes(50));
        }
        monitor.evaluateAll();
        look();

        assertThat(told)
                .extracting(event -> event.warning().account().path())
                .containsExactlyInAnyOrder("acme", "acme/user-7", "acme/user-8", "corp");
    }

    @Test
    void shouldAskForLimitsPastTheCacheOfThePolicy() {
        QuotaPolicy caching = new QuotaPolicy() {
            @Override
            public QuotaLimits limits(AccountId account) {
                return QuotaLimits.unlimited();
            }

            @Override
            public QuotaLimits freshLimits(AccountId account) {
                return QuotaLimits.ofBytes(100);
            }
        };
        save("acme", "a", 80);
        WarningMonitor.builder(store)
                .policy(caching)
                .listener(told::add)
                .build()
                .run();

        assertThat(severities()).containsExactly(WARNING);
    }

    @Test
    void shouldReachBehindAPageOfTheLedger() {
        limit("acme", QuotaLimits.ofBytes(2_000));
        for (int i = 0; i < 1_100; i++) {
            save("acme/user-" + i % 7, "f" + i, 1);
        }
        limit("acme/user-7", QuotaLimits.ofBytes(1));
        save("acme/user-7", "last", 1);
        look();

        assertThat(told).extracting(WarningEvent::id).containsExactly("acme/user-7//BYTES-3-1");
        assertThat(store.warnings().orElseThrow().behind(null, 10).items()).isEmpty();
    }

    @Test
    void shouldRefuseAStoreThatCanNotRememberAndWhatIsMissing() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> WarningMonitor.builder(new ObservedStore(store))
                        .policy(policy)
                        .listener(told::add)
                        .build())
                .withMessageContaining("can not remember warnings");
        assertThatIllegalStateException()
                .isThrownBy(() -> WarningMonitor.builder(store).policy(policy).build());
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> WarningMonitor.builder(store).listener(told::add).build());
        WarningMonitor.Builder builder = WarningMonitor.builder(store);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.delay(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.interval(Duration.ofDays(2)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.lease(Duration.ofNanos(1)));
        assertThatNullPointerException().isThrownBy(() -> builder.delay(null)).withMessage("delay");
    }
}
