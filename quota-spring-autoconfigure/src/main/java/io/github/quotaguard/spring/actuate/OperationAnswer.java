package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.cleanup.CleanupResult;
import io.github.quotaguard.reconcile.DriftCount;
import io.github.quotaguard.reconcile.DriftKind;
import io.github.quotaguard.reconcile.RepairOutcome;
import io.github.quotaguard.reconcile.RepairReport;
import io.github.quotaguard.store.CorrectionResult;
import io.github.quotaguard.store.FileVersion;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a repair or a cleanup.
 *
 * @param problem why nothing was done; null if something was
 * @param repair what a repair did
 * @param cleanup what a cleanup did
 */
record OperationAnswer(
        @Nullable String problem,
        @Nullable Repair repair,
        @Nullable Cleanup cleanup) {

    record Repair(
            String account,
            RepairOutcome outcome,
            Map<DriftKind, DriftCount> drift,
            Map<DriftKind, DriftCount> corrected,
            Map<CorrectionResult, Integer> left,
            int recounted) {}

    record Cleanup(
            boolean dryRun,
            long cleanedCount,
            long freedSpace,
            List<String> cleanedAttachments,
            Map<String, String> failures,
            boolean hasMore) {}

    static OperationAnswer of(String problem) {
        return new OperationAnswer(problem, null, null);
    }

    static OperationAnswer of(RepairReport report) {
        return new OperationAnswer(
                null,
                new Repair(
                        report.account().path(),
                        report.outcome(),
                        report.found().drift(),
                        report.corrected(),
                        report.left(),
                        report.recounted().size()),
                null);
    }

    static OperationAnswer of(CleanupResult result) {
        Map<String, String> failures = new TreeMap<>();
        result.failures().forEach((file, failure) -> failures.put(file.toString(), failure));
        return new OperationAnswer(
                null,
                null,
                new Cleanup(
                        result.isDryRun(),
                        result.cleanedCount(),
                        result.freedSpace(),
                        result.cleanedAttachments().stream()
                                .map(FileVersion::toString)
                                .toList(),
                        failures,
                        result.hasMore()));
    }
}
