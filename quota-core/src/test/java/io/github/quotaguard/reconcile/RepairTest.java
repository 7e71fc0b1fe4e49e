package io.github.quotaguard.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quotaguard.Upload;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.RepairStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RepairTest extends ReconciledTest {

    private static final ReconcileOptions OPTIONS =
            ReconcileOptions.builder().actor("ops").reason("incident 7").build();

    private List<Entry> entries() {
        return store.entries(ACCOUNT, 0, 1_000).items();
    }

    @Test
    void shouldRecordTheImageOfWhichNothingWasRecorded() {
        there("photo", 438_407, "image");

        RepairReport report = reconciler.repair(ACCOUNT, OPTIONS);

        assertThat(report.outcome()).isEqualTo(RepairOutcome.REPAIRED);
        assertThat(report.corrected(DriftKind.NOT_RECORDED)).isEqualTo(new DriftCount(1, 0, 438_407));
        assertThat(used()).isEqualTo(438_407);
        assertThat(entries()).singleElement().satisfies(entry -> {
            assertThat(entry.kind()).isEqualTo(EntryKind.ADOPT);
            assertThat(entry.actor()).isEqualTo("ops");
            assertThat(entry.reason()).isEqualTo("0 -> 438407 bytes: incident 7");
        });
        assertConsistent(reconciler.diagnose(ACCOUNT));
        assertThat(reconciler.repair(ACCOUNT, OPTIONS).outcome()).isEqualTo(RepairOutcome.CONSISTENT);
        assertThat(entries()).hasSize(1);
    }

    @Test
    void shouldRepairEveryKindOfDrift() {
        uploadedAndThere(0, 100, 10);
        files.subList(10, 15).clear();
        files.set(0, file(ACCOUNT, "f0", 25, "image", clock.instant()));
        files.set(1, file(ACCOUNT, "f1", 10, "text", clock.instant()));
        there("new", 7, null);

        for (int batch : new int[] {2, 500}) {
            RepairReport report = reconciler.repair(
                    ACCOUNT, ReconcileOptions.builder().batchSize(batch).build());
            assertThat(report.left()).isEmpty();
            assertConsistent(reconciler.diagnose(ACCOUNT));
        }
        assertThat(used()).isEqualTo(93 * 10 + 25 + 10 + 7);
    }

    @Test
    void shouldLeaveWhatItShouldAndForceWhatItMay() {
        uploadedAndThere(0, 100, 10);
        files.subList(0, 6).clear();
        there("new", 7, null);

        RepairReport braked = reconciler.repair(ACCOUNT, OPTIONS);

        assertThat(braked.outcome()).isEqualTo(RepairOutcome.BRAKED);
        assertThat(used()).isEqualTo(1_000);
        RepairReport forced =
                reconciler.repair(ACCOUNT, ReconcileOptions.builder().force().build());
        assertThat(forced.outcome()).isEqualTo(RepairOutcome.REPAIRED);
        assertThat(forced.corrected(DriftKind.GONE)).isEqualTo(new DriftCount(6, 60, 0));
        assertThat(used()).isEqualTo(947);
    }

    /** Five percent may go, of the files and of the bytes. */
    @Test
    void shouldBrakeAboveFivePercentAndForAnEmptyInventory() {
        uploadedAndThere(0, 99, 10);
        upload("large", 1_000);
        there("large", 1_000, "image");
        files.subList(0, 5).clear();
        assertThat(reconciler.diagnose(ACCOUNT).isBraked()).isFalse();
        files.subList(0, 1).clear();
        assertThat(reconciler.diagnose(ACCOUNT).isBraked()).isTrue();
        files.add(file(ACCOUNT, "f5", 10, "image", clock.instant()));
        files.removeIf(file -> file.id().file().equals("large"));
        files.add(file(ACCOUNT, "f0", 10, "image", clock.instant()));
        assertThat(reconciler.diagnose(ACCOUNT).isBraked())
                .as("half of the bytes")
                .isTrue();
        files.clear();

        assertThat(reconciler.repair(ACCOUNT, OPTIONS).outcome()).isEqualTo(RepairOutcome.BRAKED);

        assertThat(used()).isEqualTo(1_990);
    }

    /** An inventory that lost all sizes takes away as much as one that lost files. */
    @Test
    void shouldBrakeWhereFilesShrinkByMoreThanFivePercent() {
        uploadedAndThere(0, 20, 10);
        for (int i = 0; i < 2; i++) {
            files.set(i, file(ACCOUNT, "f" + i, 5, "image", clock.instant()));
        }
        assertThat(reconciler.diagnose(ACCOUNT).isBraked()).isFalse();
        files.set(2, file(ACCOUNT, "f2", 9, "image", clock.instant()));

        assertThat(reconciler.repair(ACCOUNT, OPTIONS).outcome()).isEqualTo(RepairOutcome.BRAKED);
    }

    @Test
    void shouldGoOnBehindATenantWhoseNameCanBeNone() {
        FileInventory strange = new FileInventory() {
            @Override
            public Stream<StoredFile> list(AccountId account) {
                return Stream.of(file("z", "f", 4, null, clock.instant().minus(Duration.ofDays(1))));
            }

            @Override
            public Stream<String> tenants() {
                return Stream.of("a/b", "z");
            }
        };

        assertThat(Reconciler.of(store, strange).repairAll(OPTIONS))
                .isEqualTo(new ReconcileSummary(1, 0, 1, 1, 0, 0, 1, false));
    }

    /** What vanishes between the diagnosis and the repair is not removed past what was diagnosed. */
    @Test
    void shouldRemoveNoMoreThanWasDiagnosed() {
        uploadedAndThere(0, 100, 10);
        StoredFile gone = files.remove(0);
        ReconcileListener vanishing = new ReconcileListener() {};
        int[] lists = new int[1];
        Reconciler shrinking = Reconciler.of(store, new FileInventory() {
            @Override
            public Stream<StoredFile> list(AccountId account) {
                lists[0]++;
                if (lists[0] > 2) {
                    files.clear();
                }
                return inventory.list(account);
            }

            @Override
            public List<StoredFile> find(AccountId account, Set<FileVersion> ids) {
                return inventory.find(account, ids);
            }
        });
        lists[0] = 1;

        RepairReport report = shrinking.repair(
                ACCOUNT, ReconcileOptions.builder().listener(vanishing).build());

        assertThat(gone.bytes()).isEqualTo(10);
        assertThat(report.corrected(DriftKind.GONE).files()).isEqualTo(1);
        assertThat(used()).isEqualTo(990);
    }

    /** A bucket may take longer to be listed than a lease lasts. */
    @Test
    void shouldCorrectWhatItTookLongToSearchFor() {
        there("new", 7, null);
        Reconciler slow = Reconciler.of(store, account -> {
            clock.advance(Duration.ofMinutes(6));
            return inventory.list(account);
        });

        assertThat(slow.repair(ACCOUNT, OPTIONS).left()).isEmpty();

        assertThat(used()).isEqualTo(7);
    }

    @Test
    void shouldChangeNothingInADryRun() {
        there("photo", 10, null);

        RepairReport report =
                reconciler.repair(ACCOUNT, ReconcileOptions.builder().dryRun().build());

        assertThat(report.outcome()).isEqualTo(RepairOutcome.DRY_RUN);
        assertThat(report.found().of(DriftKind.NOT_RECORDED).files()).isEqualTo(1);
        assertThat(used()).isZero();
    }

    @Test
    void shouldRepairATenantOneAtATime() {
        RepairStore repairs = store.repairs().orElseThrow();
        assertThat(repairs.lease(ACCOUNT, Duration.ofMinutes(1), Duration.ZERO)).isPresent();

        assertThatThrownBy(() -> reconciler.repair(ACCOUNT, OPTIONS))
                .isInstanceOf(RepairBusyException.class)
                .hasMessageContaining("being repaired");
        assertThat(reconciler.repairAll(OPTIONS).skipped()).isZero();
        there("photo", 1, null);
        assertThat(reconciler.repairAll(OPTIONS).skipped()).isEqualTo(1);
        clock.advance(Duration.ofMinutes(2));
        assertThat(reconciler.repairAll(OPTIONS).repaired()).isEqualTo(1);
    }

    @Test
    void shouldRepairAllTenantsKnownToTheStoreOrTheInventory() {
        stored(Upload.of("a", "f", 1));
        stored(Upload.of("b/c", "f", 2));
        files.add(file("b/c", "f", 2, null, clock.instant()));
        files.add(file("z", "f", 4, null, clock.instant().minus(Duration.ofDays(1))));
        List<String> failed = new ArrayList<>();
        List<RepairReport> reports = new ArrayList<>();
        ReconcileListener listener = new ReconcileListener() {
            @Override
            public void onRepaired(RepairReport report) {
                reports.add(report);
            }

            @Override
            public void onFailed(AccountId account, RuntimeException failure) {
                failed.add(account + ": " + failure.getMessage());
            }
        };

        ReconcileSummary summary = reconciler.repairAll(
                ReconcileOptions.builder().listener(listener).build());

        assertThat(summary).isEqualTo(new ReconcileSummary(3, 1, 2, 1, 1, 0, 0, false));
        assertThat(reports).extracting(report -> report.account().path()).containsExactly("a", "b", "z");
        assertThat(store.usage(AccountId.of("z")).total().usedBytes()).isEqualTo(4);
        assertThat(reconciler
                        .repairAll(ReconcileOptions.builder()
                                .startAfter("a")
                                .force()
                                .build())
                        .accounts())
                .isEqualTo(2);
        assertThat(failed).isEmpty();
    }

    @Test
    void shouldGoOnWithTheOthersWhenOneFails() {
        stored(Upload.of("a", "f", 1));
        stored(Upload.of("b", "f", 1));
        Reconciler failing = Reconciler.of(store, account -> {
            if (account.path().equals("a")) {
                throw new IllegalStateException("no such bucket");
            }
            return Stream.of(file("b", "f", 1, null, clock.instant()));
        });

        assertThat(failing.repairAll(OPTIONS)).isEqualTo(new ReconcileSummary(1, 1, 0, 0, 0, 0, 1, false));
        assertThat(failing.diagnoseAll(OPTIONS)).isEqualTo(new ReconcileSummary(1, 1, 0, 0, 0, 0, 1, false));
    }

    @Test
    void shouldLetTenantsRestThatWereLookedAt() {
        uploadedAndThere(0, 1, 1);
        ReconcileOptions resting =
                ReconcileOptions.builder().rest(Duration.ofHours(1)).build();
        assertThat(reconciler.diagnoseAll(resting).accounts()).isEqualTo(1);
        assertThat(reconciler.diagnoseAll(resting)).isEqualTo(new ReconcileSummary(0, 0, 0, 0, 0, 1, 0, false));
        assertThat(reconciler.repairAll(resting).skipped()).isEqualTo(1);
        clock.advance(Duration.ofHours(2));

        assertThat(reconciler.repairAll(resting).accounts()).isEqualTo(1);
    }

    @Test
    void shouldExpireWhatWasLeftBehind() {
        guard.reserve(Upload.of(ACCOUNT, "held", 10));
        clock.advance(Duration.ofHours(1));

        assertThat(reconciler.repair(ACCOUNT, OPTIONS).outcome()).isEqualTo(RepairOutcome.CONSISTENT);

        assertThat(store.usage(AccountId.of(ACCOUNT)).total().reservedBytes()).isZero();
    }
}
