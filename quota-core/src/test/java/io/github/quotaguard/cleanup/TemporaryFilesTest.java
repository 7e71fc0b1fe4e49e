package io.github.quotaguard.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.contract.SettableClock;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.KeepResult;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TemporaryFilesTest {

    private final SettableClock clock = new SettableClock();
    private final InMemoryUsageStore store = new InMemoryUsageStore(clock);
    private final UploadGuard guard = UploadGuard.builder(store)
            .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
            .clock(clock)
            .build();
    private final Set<String> files = ConcurrentHashMap.newKeySet();
    private final TemporaryFiles temporary = TemporaryFiles.of(store, file -> files.remove(file.file()));

    private void upload(String account, String file, long bytes, Instant retainUntil) {
        guard.reserve(Upload.of(account, file, bytes).retainUntil(retainUntil)).commit();
        files.add(file);
    }

    private Instant hour() {
        return clock.instant().plus(Duration.ofHours(1));
    }

    private long used(String account) {
        return store.usage(AccountId.of(account)).total().usedBytes();
    }

    @Test
    void shouldCleanUpWhatTheDryRunHasNamed() {
        for (int i = 0; i < 25; i++) {
            upload("a", "a" + i, 10, hour());
            upload("b/c", "b" + i, 1, hour());
        }
        upload("a", "later", 5, hour().plus(Duration.ofDays(1)));
        clock.advance(Duration.ofHours(2));

        CleanupResult dry =
                temporary.cleanup(CleanupRequest.builder().dryRun().batchSize(7).build());
        assertThat(dry.isDryRun()).isTrue();
        assertThat(files).hasSize(51);
        CleanupResult real =
                temporary.cleanup(CleanupRequest.builder().batchSize(10).build());

        assertThat(real.cleanedCount()).isEqualTo(50).isEqualTo(dry.cleanedCount());
        assertThat(real.freedSpace()).isEqualTo(275).isEqualTo(dry.freedSpace());
        assertThat(real.cleanedAttachments()).containsExactlyInAnyOrderElementsOf(dry.cleanedAttachments());
        assertThat(real.failures()).isEmpty();
        assertThat(real.hasMore()).isFalse();
        assertThat(files).containsExactly("later");
        assertThat(used("a") + used("b")).isEqualTo(5);
    }

    @Test
    void shouldStopAtTheMaximumAndStayInTheAccount() {
        for (int i = 0; i < 5; i++) {
            upload("a/b", "b" + i, 1, hour());
            upload("a/c", "c" + i, 1, hour());
        }
        clock.advance(Duration.ofHours(2));

        CleanupResult some = temporary.cleanup(
                CleanupRequest.builder().account("a/b").maxFiles(3).batchSize(2).build());
        assertThat(some.cleanedCount()).isEqualTo(3);
        assertThat(some.hasMore()).isTrue();
        CleanupResult rest = temporary.cleanup(
                CleanupRequest.builder().account("a/b").batchSize(1).build());

        assertThat(rest.cleanedCount()).isEqualTo(2);
        assertThat(rest.hasMore()).isFalse();
        assertThat(files).hasSize(5).allMatch(file -> file.startsWith("c"));
    }

    @Test
    void shouldLeaveChargedWhatCanNotBeDeletedAndGoOn() {
        upload("a", "good", 1, hour());
        upload("a", "bad", 2, hour());
        clock.advance(Duration.ofHours(2));
        TemporaryFiles failing = TemporaryFiles.of(store, file -> {
            if (file.file().equals("bad")) {
                throw new IOException("the disk is read-only");
            }
            files.remove(file.file());
        });

        CleanupResult result = failing.cleanup(CleanupRequest.all());

        assertThat(result.cleanedCount()).isEqualTo(1);
        assertThat(result.failures()).hasSize(1).containsValue("java.io.IOException: the disk is read-only");
        assertThat(used("a")).isEqualTo(2);
        assertThat(temporary.keep("a", "bad")).isEqualTo(KeepResult.LOST);
        assertThat(temporary.cleanup(CleanupRequest.all()).cleanedCount()).isZero();
        clock.advance(Duration.ofHours(1));
        assertThat(temporary.cleanup(CleanupRequest.all()).cleanedCount()).isEqualTo(1);
        assertThat(used("a")).isZero();
    }

    @Test
    void shouldFreeWhatWasDeletedBesideADeletionThatFailsWithAnError() {
        upload("a", "good", 1, hour());
        upload("a", "bad", 2, hour());
        upload("a", "late", 4, hour());
        clock.advance(Duration.ofHours(2));
        TemporaryFiles failing = TemporaryFiles.of(store, file -> {
            if (file.file().equals("bad")) {
                throw new NoClassDefFoundError("Bucket");
            }
        });

        CleanupResult result = failing.cleanup(CleanupRequest.all());

        assertThat(result.freedSpace()).isEqualTo(5);
        assertThat(result.failures()).containsValue("java.lang.NoClassDefFoundError: Bucket");
    }

    @Test
    void shouldDeleteSeveralAtOnce() {
        for (int i = 0; i < 8; i++) {
            upload("a", "a" + i, 1, hour());
        }
        clock.advance(Duration.ofHours(2));
        CyclicBarrier together = new CyclicBarrier(4);

        CleanupResult result = TemporaryFiles.of(store, file -> together.await(20, TimeUnit.SECONDS))
                .cleanup(CleanupRequest.builder().concurrency(4).build());

        assertThat(result.cleanedCount()).isEqualTo(8);
        assertThat(result.failures()).isEmpty();
    }

    @Test
    void shouldKeepWhatIsWanted() {
        upload("a", "wanted", 1, hour());

        assertThat(temporary.keep("a", "wanted")).isEqualTo(KeepResult.KEPT);

        clock.advance(Duration.ofHours(2));
        assertThat(temporary.cleanup(CleanupRequest.all()).cleanedCount()).isZero();
        assertThat(files).containsExactly("wanted");
    }

    @Test
    void shouldRefuseRequestsThatAreNotAllowed() {
        CleanupRequest.Builder builder = CleanupRequest.builder();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.batchSize(0))
                .withMessage("batch size is 0, allowed are 1 to 1000");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxFiles(1_000_001));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.concurrency(65));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.account(""));
    }
}
