package io.github.quotaguard.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quotaguard.Upload;
import io.github.quotaguard.store.Category;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DiagnosisTest extends ReconciledTest {

    @Test
    void shouldFindTheImageOfWhichNothingWasRecorded() {
        there("photo", 438_407, "image");

        DriftReport report = reconciler.diagnose(ACCOUNT);

        assertThat(report.isConsistent()).isFalse();
        assertThat(report.recorded()).isZero();
        assertThat(report.actual()).isEqualTo(438_407);
        assertThat(report.difference()).isEqualTo(438_407);
        assertThat(report.categories()).containsExactly(new CategoryDrift(new Category("image"), 0, 438_407));
        assertThat(report.of(DriftKind.NOT_RECORDED)).isEqualTo(new DriftCount(1, 0, 438_407));
        assertThat(report.samples())
                .singleElement()
                .satisfies(drift -> assertThat(drift.id().file()).isEqualTo("photo"));
        assertThat(used()).isZero();
    }

    @Test
    void shouldFindNothingWhereRecordsAndFilesAgree() {
        uploadedAndThere(0, 1_200, 10);
        for (int batch : new int[] {1, 7, 500}) {
            DriftReport report = reconciler.diagnose(
                    ACCOUNT, ReconcileOptions.builder().batchSize(batch).build());
            assertConsistent(report);
            assertThat(report.files()).isEqualTo(1_200);
            assertThat(report.actual()).isEqualTo(12_000).isEqualTo(report.recorded());
        }
    }

    @Test
    void shouldTellWhatIsGoneDifferentAndNotRecordedByCategory() {
        uploadedAndThere(0, 30, 10);
        files.remove(3);
        files.remove(3);
        files.set(0, file(ACCOUNT, "f0", 25, "image", clock.instant()));
        files.set(1, file(ACCOUNT, "f1", 10, "text", clock.instant()));
        there("new", 7, null);

        for (int batch : new int[] {1, 2, 500}) {
            DriftReport report = reconciler.diagnose(
                    ACCOUNT, ReconcileOptions.builder().batchSize(batch).build());
            assertThat(report.of(DriftKind.GONE)).isEqualTo(new DriftCount(2, 20, 0));
            assertThat(report.of(DriftKind.DIFFERENT)).isEqualTo(new DriftCount(2, 20, 35));
            assertThat(report.of(DriftKind.NOT_RECORDED)).isEqualTo(new DriftCount(1, 0, 7));
            assertThat(report.categories())
                    .containsExactly(
                            new CategoryDrift(null, 0, 7),
                            new CategoryDrift(new Category("image"), 300, 285),
                            new CategoryDrift(new Category("text"), 0, 10));
            assertThat(report.samples()).hasSize(5);
        }
    }

    @Test
    void shouldLeaveUploadsUnderWayAlone() {
        guard.reserve(Upload.of(ACCOUNT, "held", 10));
        there("held", 10, null);
        files.add(file(ACCOUNT, "just stored", 20, null, clock.instant().minusSeconds(60)));
        upload("deleted", 30);
        there("deleted", 30, "image");
        guard.delete(ACCOUNT, "deleted");

        DriftReport report = reconciler.diagnose(ACCOUNT);

        assertConsistent(report);
        assertThat(report.inFlight()).isEqualTo(1);
        assertThat(report.young()).isEqualTo(2);
        clock.advance(Duration.ofHours(1));
        report = reconciler.diagnose(ACCOUNT);
        assertThat(report.of(DriftKind.NOT_RECORDED).files()).isEqualTo(2);
        assertThat(report.of(DriftKind.LEFT_BEHIND)).isEqualTo(new DriftCount(1, 10, 0));
    }

    /** The category is the inventory's to tell; an account below the one that it names is the more exact. */
    @Test
    void shouldTakeWhatTheInventoryDoesNotTellAsItIsRecorded() {
        stored(Upload.of(ACCOUNT + "/laptop", "photo", 10).category("image"));
        there("photo", 10, null);

        DriftReport report = reconciler.diagnose(ACCOUNT);

        assertConsistent(report);
        assertThat(report.categories()).containsExactly(new CategoryDrift(new Category("image"), 10, 10));
    }

    @Test
    void shouldLookAtAnAccountAndWhatIsBelowAlone() {
        stored(Upload.of(ACCOUNT + "/a", "one", 1));
        stored(Upload.of(ACCOUNT + "/a/deep", "two", 2));
        stored(Upload.of(ACCOUNT + "/ab", "three", 4));

        assertThat(reconciler.diagnose(ACCOUNT + "/a").of(DriftKind.GONE)).isEqualTo(new DriftCount(2, 3, 0));
        assertThat(reconciler.diagnose(ACCOUNT).of(DriftKind.GONE)).isEqualTo(new DriftCount(3, 7, 0));
    }

    @Test
    void shouldCountWhatAnInventoryListsTwiceAsDriftOfNoFile() {
        uploadedAndThere(0, 3, 10);
        files.add(files.get(0));

        assertConsistent(reconciler.diagnose(ACCOUNT));
    }

    /** A short list would look as if files were gone. */
    @Test
    void shouldEndWithWhatTheInventoryThrows() {
        uploadedAndThere(0, 3, 10);
        FileInventory broken =
                account -> Stream.concat(files.stream().limit(1), Stream.of(1).map(broke -> {
                    throw new IllegalStateException("the bucket is not there");
                }));

        assertThatIllegalStateException()
                .isThrownBy(() -> Reconciler.of(store, broken).diagnose(ACCOUNT))
                .withMessage("the bucket is not there");
        assertThatIllegalStateException()
                .isThrownBy(() -> Reconciler.of(
                                store, account -> Stream.of(file("other", "photo", 1, null, clock.instant())))
                        .diagnose(ACCOUNT))
                .withMessageContaining("list the account's own");
    }

    @Test
    void shouldStopBetweenBatchesWhenCancelledOrInterrupted() {
        uploadedAndThere(0, 10, 1);
        ReconcileOptions cancelled =
                ReconcileOptions.builder().batchSize(1).cancelWhen(() -> true).build();

        assertThatThrownBy(() -> reconciler.diagnose(ACCOUNT, cancelled)).isInstanceOf(CancellationException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> reconciler.diagnose(ACCOUNT)).isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
