package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.tuple;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Building a guard, deleting and finding. */
class UploadGuardTest {

    private final TestClock clock = new TestClock();
    private final ObservedStore store = new ObservedStore(new InMemoryUsageStore(clock));
    private final UploadGuard guard = UploadGuard.builder(store)
            .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
            .clock(clock)
            .build();

    @Test
    void shouldDeleteEveryVersionOfAFile() {
        save(Upload.of("acme/user-7", "photo-1", 100).version("v1"));
        save(Upload.of("acme/user-7", "photo-1", 50).version("v2"));

        DeleteResult gone = guard.delete("acme/user-7", "photo-1");

        assertThat(gone.freedBytes()).isEqualTo(150);
        assertThat(gone.deleted()).extracting(version -> version.id().version()).containsExactly("v1", "v2");
        assertThat(usage("acme")).isEqualTo(Usage.NONE);
        assertThat(usage("acme/user-7")).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldDeleteOneVersionAndKeepTheOthers() {
        save(Upload.of("acme", "photo-1", 100).version("v1"));
        save(Upload.of("acme", "photo-1", 50).version("v2"));

        assertThat(guard.delete("acme", "photo-1", "v1").freedBytes()).isEqualTo(100);
        assertThat(usage("acme")).isEqualTo(new Usage(50, 0, 1, 0));
    }

    @Test
    void shouldHaveNoEffectToDeleteTwice() {
        save(Upload.of("acme", "photo-1", 100));
        guard.delete("acme", "photo-1");

        DeleteResult again = guard.delete("acme", "photo-1");

        assertThat(again.deleted()).isEmpty();
        assertThat(again.freedBytes()).isZero();
        assertThat(usage("acme")).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldLeaveAloneAndReportWhatIsBeingUploaded() {
        save(Upload.of("acme", "photo-1", 100).version("v1"));
        Reservation underWay = guard.reserve(Upload.of("acme", "photo-1", 50).version("v2"));

        DeleteResult gone = guard.delete("acme", "photo-1");

        assertThat(gone.deleted()).extracting(version -> version.id().version()).containsExactly("v1");
        assertThat(gone.reserved()).containsExactly(underWay.allocation());
        assertThat(usage("acme").reservedBytes()).isEqualTo(50);
    }

    @Test
    void shouldNotFindTheFileOfAnotherAccount() {
        save(Upload.of("acme/user-7", "photo-1", 100));

        assertThat(guard.delete("acme/user-8", "photo-1").deleted()).isEmpty();
        assertThat(guard.delete("acme", "photo-1").deleted()).isEmpty();
        assertThat(guard.find("acme/user-8", "photo-1")).isEmpty();
        assertThat(guard.find("acme", "photo-1")).isEmpty();
        assertThat(guard.find("globex/user-7", "photo-1")).isEmpty();
        assertThat(guard.find("acme/user-7", "photo-1")).isPresent();
        assertThat(usage("acme")).isEqualTo(new Usage(100, 0, 1, 0));
    }

    @Test
    void shouldFindWhatBecameOfAVersionInEveryState() {
        assertThat(guard.find("acme", "video-9", "v2")).isEmpty();

        Reservation reservation =
                guard.reserve(Upload.ofUnknownSize("acme", "video-9").version("v2"));
        assertThat(guard.find("acme", "video-9", "v2")).contains(reservation.allocation());

        clock.advance(Duration.ofSeconds(1));
        reservation.commit(77);
        Allocation stored = guard.find("acme", "video-9", "v2").orElseThrow();
        assertThat(stored.state()).isEqualTo(AllocationState.COMMITTED);
        assertThat(stored.bytes()).isEqualTo(77);
        assertThat(stored.since()).isEqualTo(TestClock.START.plusSeconds(1));

        guard.delete("acme", "video-9");
        assertThat(guard.find("acme", "video-9", "v2").orElseThrow().state()).isEqualTo(AllocationState.DELETED);
        assertThat(guard.find("acme", "video-9")).isEmpty();
    }

    @Test
    void shouldFindTheVersionsThatAreStoredAndThoseUnderWay() {
        save(Upload.of("acme/user-7", "photo-1", 100).version("v1"));
        save(Upload.of("acme/user-7", "photo-1", 50).version("v2"));
        save(Upload.of("acme/user-7", "photo-1", 25).version("v3"));
        save(Upload.of("acme/user-7", "photo-2", 1));
        guard.delete("acme/user-7", "photo-1", "v2");
        guard.reserve(Upload.of("acme/user-7", "photo-1", 10).version("v4"));
        guard.reserve(Upload.of("acme/user-7", "photo-1", 10).version("v5")).release();

        assertThat(guard.versions("acme/user-7", "photo-1"))
                .extracting(version -> version.id().version(), Allocation::state, Allocation::bytes)
                .containsExactly(
                        tuple("v1", AllocationState.COMMITTED, 100L),
                        tuple("v3", AllocationState.COMMITTED, 25L),
                        tuple("v4", AllocationState.RESERVED, 10L));
    }

    @Test
    void shouldFindTheRandomVersionOfAnOverwrite() {
        save(Upload.of("acme", "photo-1", 100));
        Upload second = Upload.of("acme", "photo-1", 50).overwrite();
        save(second);

        assertThat(guard.versions("acme", "photo-1"))
                .singleElement()
                .satisfies(version ->
                        assertThat(version.id()).isEqualTo(second.spec().id()));
        assertThat(guard.find("acme", "photo-1").orElseThrow().state()).isEqualTo(AllocationState.DELETED);
    }

    @Test
    void shouldFindNoVersionsOfAnotherAccountOrOfNoFile() {
        save(Upload.of("acme/user-7", "photo-1", 100));

        assertThat(guard.versions("acme/user-8", "photo-1")).isEmpty();
        assertThat(guard.versions("acme", "photo-1")).isEmpty();
        assertThat(guard.versions("globex/user-7", "photo-1")).isEmpty();
        assertThat(guard.versions("acme/user-7", "photo-2")).isEmpty();
    }

    @Test
    void shouldPassOnThatTheStoreFailed() {
        store.breakDown();

        assertThatExceptionOfType(UsageStoreException.class)
                .isThrownBy(() -> guard.reserve(Upload.of("acme", "photo-1", 1)))
                .satisfies(failure -> assertThat(failure.isRetryable()).isTrue());
        assertThatExceptionOfType(UsageStoreException.class).isThrownBy(() -> guard.delete("acme", "photo-1"));
        assertThatExceptionOfType(UsageStoreException.class).isThrownBy(() -> guard.find("acme", "photo-1"));
    }

    @Test
    void shouldRefuseBadIdsBeforeAskingTheStore() {
        assertThatIllegalArgumentException().isThrownBy(() -> guard.delete("acme/", "photo-1"));
        assertThatIllegalArgumentException().isThrownBy(() -> guard.delete("acme", ""));
        assertThatIllegalArgumentException().isThrownBy(() -> guard.delete("acme", "photo-1", "v\u0000"));
        assertThatIllegalArgumentException().isThrownBy(() -> guard.find("", "photo-1"));
        assertThatIllegalArgumentException().isThrownBy(() -> guard.find("acme", "x".repeat(256)));
        assertThatIllegalArgumentException().isThrownBy(() -> guard.versions("acme/", "photo-1"));
        assertThatIllegalArgumentException().isThrownBy(() -> guard.versions("acme", ""));
        assertThat(store.calls()).isZero();
    }

    @Test
    void shouldNotBeBuiltWithoutAPolicyAndSayHowToAllowEverything() {
        UploadGuard.Builder builder = UploadGuard.builder(store);

        assertThatIllegalStateException()
                .isThrownBy(builder::build)
                .withMessageContaining("policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))");
    }

    @Test
    void shouldNotBeBuiltWithATimeToLiveThatNoReservationMayHave() {
        UploadGuard.Builder builder = UploadGuard.builder(store);

        for (Duration bad : new Duration[] {
            Duration.ZERO, Duration.ofNanos(-1), Duration.ofDays(7).plusNanos(1)
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.reservationTtl(bad))
                    .withMessageContaining("reservationTtl is " + bad);
        }
        assertThat(builder.reservationTtl(Duration.ofNanos(1)).reservationTtl(Duration.ofDays(7)))
                .isSameAs(builder);
    }

    @Test
    void shouldNameTheArgumentThatIsNull() {
        UploadGuard.Builder builder = UploadGuard.builder(store);

        assertThatNullPointerException()
                .isThrownBy(() -> UploadGuard.builder(null))
                .withMessage("store");
        assertThatNullPointerException().isThrownBy(() -> builder.policy(null)).withMessage("policy");
        assertThatNullPointerException().isThrownBy(() -> builder.clock(null)).withMessage("clock");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.reservationTtl(null))
                .withMessage("reservationTtl");
    }

    @Test
    void shouldHoldForTheTimeToLiveItWasBuiltWith() {
        UploadGuard hasty = UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                .reservationTtl(Duration.ofSeconds(90))
                .build();

        Reservation reservation = hasty.reserve(Upload.of("acme", "photo-1", 1));

        assertThat(reservation.deadline()).isEqualTo(TestClock.START.plusSeconds(90));
    }

    private void save(Upload upload) {
        guard.upload(upload, reservation -> "saved");
    }

    private Usage usage(String account) {
        return store.usage(AccountId.of(account)).total();
    }
}
