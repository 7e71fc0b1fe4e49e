package io.github.quotaguard;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final String ROOT = "io.github.quotaguard";

    /** What other people's code can name. A change here is a change of the public API: make it on purpose. */
    private static final String EXPORTED_TYPES = """
            io.github.quotaguard.AccountUsage
            io.github.quotaguard.Admission
            io.github.quotaguard.Admission$AlreadyStored
            io.github.quotaguard.Admission$Busy
            io.github.quotaguard.Admission$Conflict
            io.github.quotaguard.Admission$Granted
            io.github.quotaguard.Admission$Refused
            io.github.quotaguard.ByteCount
            io.github.quotaguard.Deletion
            io.github.quotaguard.Explanation
            io.github.quotaguard.Explanation$Decision
            io.github.quotaguard.FailurePolicy
            io.github.quotaguard.HistoryPoint
            io.github.quotaguard.HistoryPoint$Known
            io.github.quotaguard.HistoryPoint$Unavailable
            io.github.quotaguard.HistoryStep
            io.github.quotaguard.LedgerPage
            io.github.quotaguard.LedgerQuery
            io.github.quotaguard.MaintenanceResult
            io.github.quotaguard.QuotaBusyException
            io.github.quotaguard.QuotaExceededException
            io.github.quotaguard.QuotaException
            io.github.quotaguard.QuotaLimits
            io.github.quotaguard.QuotaListener
            io.github.quotaguard.QuotaMaintenance
            io.github.quotaguard.QuotaMaintenance$Builder
            io.github.quotaguard.QuotaPolicy
            io.github.quotaguard.QuotaService
            io.github.quotaguard.QuotaSeverity
            io.github.quotaguard.QuotaWarning
            io.github.quotaguard.Reservation
            io.github.quotaguard.ReservationEndedException
            io.github.quotaguard.StorageQuota
            io.github.quotaguard.Upload
            io.github.quotaguard.UploadConflictException
            io.github.quotaguard.UploadGuard
            io.github.quotaguard.UploadGuard$Builder
            io.github.quotaguard.UploadInterceptor
            io.github.quotaguard.UploadStream
            io.github.quotaguard.UploadWork
            io.github.quotaguard.UsageMetric
            io.github.quotaguard.WarningEvent
            io.github.quotaguard.WarningMonitor
            io.github.quotaguard.WarningMonitor$Builder
            io.github.quotaguard.WarningThresholds
            io.github.quotaguard.cleanup.CleanupRequest
            io.github.quotaguard.cleanup.CleanupRequest$Builder
            io.github.quotaguard.cleanup.CleanupResult
            io.github.quotaguard.cleanup.FileDeleter
            io.github.quotaguard.cleanup.TemporaryFiles
            io.github.quotaguard.memory.InMemoryUsageStore
            io.github.quotaguard.reconcile.CategoryDrift
            io.github.quotaguard.reconcile.Drift
            io.github.quotaguard.reconcile.DriftCount
            io.github.quotaguard.reconcile.DriftKind
            io.github.quotaguard.reconcile.DriftReport
            io.github.quotaguard.reconcile.FileInventory
            io.github.quotaguard.reconcile.ReconcileListener
            io.github.quotaguard.reconcile.ReconcileOptions
            io.github.quotaguard.reconcile.ReconcileOptions$Builder
            io.github.quotaguard.reconcile.ReconcileSummary
            io.github.quotaguard.reconcile.Reconciler
            io.github.quotaguard.reconcile.RepairBusyException
            io.github.quotaguard.reconcile.RepairOutcome
            io.github.quotaguard.reconcile.RepairReport
            io.github.quotaguard.reconcile.StoredFile
            io.github.quotaguard.reconcile.Verifier
            io.github.quotaguard.reconcile.Violation
            io.github.quotaguard.reconcile.Violation$Rule
            io.github.quotaguard.store.AccountCounters
            io.github.quotaguard.store.AccountId
            io.github.quotaguard.store.Adjustment
            io.github.quotaguard.store.Allocation
            io.github.quotaguard.store.AllocationSpec
            io.github.quotaguard.store.AllocationState
            io.github.quotaguard.store.Backlog
            io.github.quotaguard.store.Balance
            io.github.quotaguard.store.BalanceSums
            io.github.quotaguard.store.CallerTransaction
            io.github.quotaguard.store.Category
            io.github.quotaguard.store.CategoryFilter
            io.github.quotaguard.store.CategoryFilter$Scope
            io.github.quotaguard.store.ChangedAccounts
            io.github.quotaguard.store.CommitResult
            io.github.quotaguard.store.CommitResult$Committed
            io.github.quotaguard.store.CommitResult$Conflict
            io.github.quotaguard.store.CommitResult$Ended
            io.github.quotaguard.store.CommitResult$NotCovered
            io.github.quotaguard.store.CommitResult$Unknown
            io.github.quotaguard.store.Correction
            io.github.quotaguard.store.Correction$Adopt
            io.github.quotaguard.store.Correction$Remove
            io.github.quotaguard.store.Correction$Replace
            io.github.quotaguard.store.CorrectionPlan
            io.github.quotaguard.store.CorrectionResult
            io.github.quotaguard.store.CounterLimit
            io.github.quotaguard.store.DeleteCommand
            io.github.quotaguard.store.DeleteResult
            io.github.quotaguard.store.EndedGrace
            io.github.quotaguard.store.Entry
            io.github.quotaguard.store.EntryKind
            io.github.quotaguard.store.ExpiredFile
            io.github.quotaguard.store.ExtendCommand
            io.github.quotaguard.store.ExtendResult
            io.github.quotaguard.store.ExtendResult$Busy
            io.github.quotaguard.store.ExtendResult$Ended
            io.github.quotaguard.store.ExtendResult$Extended
            io.github.quotaguard.store.ExtendResult$Refused
            io.github.quotaguard.store.ExtendResult$Unknown
            io.github.quotaguard.store.FileVersion
            io.github.quotaguard.store.Grace
            io.github.quotaguard.store.Ids
            io.github.quotaguard.store.KeepResult
            io.github.quotaguard.store.LedgerEntry
            io.github.quotaguard.store.LedgerPosition
            io.github.quotaguard.store.LedgerSearch
            io.github.quotaguard.store.LedgerSlice
            io.github.quotaguard.store.LedgerStore
            io.github.quotaguard.store.LevelChange
            io.github.quotaguard.store.Lifecycle
            io.github.quotaguard.store.LimitCheck
            io.github.quotaguard.store.MetricType
            io.github.quotaguard.store.Page
            io.github.quotaguard.store.PendingWarning
            io.github.quotaguard.store.ReleaseResult
            io.github.quotaguard.store.RepairCause
            io.github.quotaguard.store.RepairLease
            io.github.quotaguard.store.RepairStore
            io.github.quotaguard.store.Replacement
            io.github.quotaguard.store.Replacement$Scope
            io.github.quotaguard.store.ReserveCommand
            io.github.quotaguard.store.ReserveResult
            io.github.quotaguard.store.ReserveResult$AlreadyStored
            io.github.quotaguard.store.ReserveResult$Busy
            io.github.quotaguard.store.ReserveResult$Conflict
            io.github.quotaguard.store.ReserveResult$Granted
            io.github.quotaguard.store.ReserveResult$Refused
            io.github.quotaguard.store.RetentionStore
            io.github.quotaguard.store.RollUp
            io.github.quotaguard.store.RollUpResult
            io.github.quotaguard.store.SettlementListeners
            io.github.quotaguard.store.SoftLimit
            io.github.quotaguard.store.SweepResult
            io.github.quotaguard.store.TenantState
            io.github.quotaguard.store.TenantStateStore
            io.github.quotaguard.store.Timeline
            io.github.quotaguard.store.Timeline$Span
            io.github.quotaguard.store.TimelineQuery
            io.github.quotaguard.store.Usage
            io.github.quotaguard.store.UsageStore
            io.github.quotaguard.store.UsageStoreException
            io.github.quotaguard.store.WarningLevel
            io.github.quotaguard.store.WarningStore
            io.github.quotaguard.store.WatchedAccount
            io.github.quotaguard.store.WatchedLimit
            """;

    private static final String[] PACKAGES = {
        ROOT, ROOT + ".cleanup", ROOT + ".memory", ROOT + ".reconcile", ROOT + ".store"
    };

    private static final Path MAIN_CLASSES = mainClasses();
    private static final JavaClasses CLASSES = new ClassFileImporter().importPath(MAIN_CLASSES);
    private static final ModuleDescriptor MODULE = ModuleFinder.of(MAIN_CLASSES)
            .find("io.github.quotaguard.core")
            .orElseThrow()
            .descriptor();

    @Test
    void shouldExportExactlyTheseTypes() {
        assertThat(CLASSES.stream()
                        .filter(ArchitectureTest::isExported)
                        .map(JavaClass::getName)
                        .sorted())
                .containsExactlyElementsOf(EXPORTED_TYPES.lines().toList());
    }

    @Test
    void shouldExportEveryPackage() {
        assertThat(MODULE.exports())
                .allMatch(exported -> !exported.isQualified())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactlyInAnyOrder(PACKAGES);
        assertThat(MODULE.packages()).containsExactlyInAnyOrder(PACKAGES);
    }

    @Test
    void shouldRequireNothingButLoggingAndNullness() {
        assertThat(MODULE.requires())
                .extracting(ModuleDescriptor.Requires::name)
                .containsExactlyInAnyOrder("java.base", "org.jspecify", "org.slf4j");
    }

    @Test
    void shouldNotNeedNullnessAnnotationsAtRunTime() {
        assertThat(MODULE.requires())
                .filteredOn(required -> required.name().equals("org.jspecify"))
                .singleElement()
                .satisfies(required ->
                        assertThat(required.modifiers()).contains(ModuleDescriptor.Requires.Modifier.STATIC));
    }

    @Test
    void shouldUseNothingButTheBaseModuleLoggingAndNullness() {
        Set<String> base =
                ModuleLayer.boot().findModule("java.base").orElseThrow().getPackages();

        classes()
                .should()
                .onlyDependOnClassesThat(describe("are of java.base, slf4j, jspecify or Quotaguard", type -> {
                    String name = type.getBaseComponentType().getPackageName();
                    return type.getBaseComponentType().isPrimitive()
                            || base.contains(name)
                            || name.equals("org.slf4j")
                            || name.equals("org.jspecify.annotations")
                            || isOurs(name);
                }))
                .check(CLASSES);
    }

    @Test
    void shouldKnowNeitherDatabasesNorSpring() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.sql..", "javax.sql..", "javax.transaction..", "jakarta..", "org.springframework..")
                .check(CLASSES);
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().assignedFrom(new ByPackage()).should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void shouldKeepTheStoreApartFromEverythingElseOfOurs() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".store..")
                .should()
                .dependOnClassesThat(describe(
                        "are ours but not of the store",
                        type -> isOurs(type.getPackageName())
                                && !type.getPackageName().startsWith(ROOT + ".store")))
                .check(CLASSES);
    }

    @Test
    void shouldLetOnlyTheApiAndTheMemoryUseTheStore() {
        classes()
                .that()
                .resideInAPackage(ROOT + ".store..")
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage(PACKAGES)
                .check(CLASSES);
    }

    @Test
    void shouldNotTieTheApiToTheStoreInMemory() {
        noClasses()
                .that()
                .resideInAPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".memory..")
                .check(CLASSES);
    }

    private static boolean isExported(JavaClass type) {
        return Stream.iterate(
                        Optional.of(type),
                        Optional::isPresent,
                        inner -> inner.get().getEnclosingClass())
                .allMatch(each -> each.orElseThrow().getModifiers().contains(JavaModifier.PUBLIC));
    }

    private static boolean isOurs(String packageName) {
        return packageName.equals(ROOT) || packageName.startsWith(ROOT + ".");
    }

    private static Path mainClasses() {
        try {
            return Path.of(UploadGuard.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class ByPackage implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return isOurs(type.getPackageName()) ? SliceIdentifier.of(type.getPackageName()) : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }
}
