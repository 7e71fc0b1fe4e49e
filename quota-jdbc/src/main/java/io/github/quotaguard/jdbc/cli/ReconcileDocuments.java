package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.reconcile.Drift;
import io.github.quotaguard.reconcile.DriftCount;
import io.github.quotaguard.reconcile.DriftKind;
import io.github.quotaguard.reconcile.DriftReport;
import io.github.quotaguard.reconcile.ReconcileSummary;
import io.github.quotaguard.reconcile.RepairOutcome;
import io.github.quotaguard.reconcile.RepairReport;
import io.github.quotaguard.store.Balance;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CorrectionResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Diagnoses and repairs as documents. */
final class ReconcileDocuments {

    private ReconcileDocuments() {}

    static Document of(DriftReport report) {
        Document document = new Document()
                .headline(
                        report.isConsistent(),
                        "%s: recorded %d, actual %d, difference %d: %s"
                                .formatted(
                                        report.account(),
                                        report.recorded(),
                                        report.actual(),
                                        report.difference(),
                                        report.isConsistent() ? "consistent" : "drift"))
                .put("account", report.account().path())
                .put("checkedAt", report.checkedAt())
                .put("consistent", report.isConsistent())
                .put("braked", report.isBraked());
        return document.putBytes("recorded", report.recorded())
                .putBytes("actual", report.actual())
                .putBytes("difference", report.difference())
                .put("files", report.files())
                .put("recordedFiles", report.recordedFiles())
                .put("inFlight", report.inFlight())
                .put("young", report.young())
                .put("categories", categories(report))
                .put("drift", kinds(report.drift()))
                .put(
                        "samples",
                        report.samples().stream()
                                .map(ReconcileDocuments::sample)
                                .toList())
                .put("counters", balances(report.uneven()));
    }

    /** Returns a row of a table of accounts. */
    static Document line(DriftReport report) {
        return new Document()
                .put("account", report.account().path())
                .putBytes("recorded", report.recorded())
                .putBytes("actual", report.actual())
                .putBytes("difference", report.difference())
                .put("braked", report.isBraked());
    }

    static Document line(RepairReport report) {
        return line(report.found())
                .put("outcome", report.outcome())
                .put(
                        "left",
                        report.left().values().stream()
                                .mapToInt(Integer::intValue)
                                .sum());
    }

    static Document of(RepairReport report) {
        Document document = of(report.found())
                .headline(isDone(report), "%s: %s".formatted(report.account(), outcome(report)))
                .put("consistent", isDone(report))
                .put("outcome", report.outcome())
                .put("corrected", kinds(report.corrected()));
        List<Document> left = new ArrayList<>();
        for (Map.Entry<CorrectionResult, Integer> each : new TreeMap<>(report.left()).entrySet()) {
            left.add(new Document().put("reason", each.getKey()).put("versions", each.getValue()));
        }
        return document.put("left", left).put("recounted", balances(report.recounted()));
    }

    /** Says whether nothing is left to repair. */
    static boolean isDone(RepairReport report) {
        return report.outcome() == RepairOutcome.CONSISTENT
                || (report.outcome() == RepairOutcome.REPAIRED && report.left().isEmpty());
    }

    private static String outcome(RepairReport report) {
        DriftReport found = report.found();
        String numbers =
                "recorded %d, actual %d, difference %d".formatted(found.recorded(), found.actual(), found.difference());
        return switch (report.outcome()) {
            case CONSISTENT -> "nothing to repair, " + numbers;
            case REPAIRED ->
                report.left().isEmpty()
                        ? "repaired, it was: " + numbers
                        : "repaired in part, it was: " + numbers + "; repair again";
            case DRY_RUN -> "nothing was changed, a repair would: " + numbers;
            case BRAKED ->
                "nothing was changed, since so much is gone: %s; look whether the inventory is right, then --force"
                        .formatted(numbers);
        };
    }

    static Document of(ReconcileSummary summary, Watch watch, boolean isGood) {
        return new Document()
                .headline(
                        isGood,
                        "%d accounts: %d consistent, %d drifted%s"
                                .formatted(
                                        summary.accounts(),
                                        summary.consistent(),
                                        summary.drifted(),
                                        summary.isCancelled() ? ", cancelled" : ""))
                .put("accounts", summary.accounts())
                .put("consistent", summary.consistent())
                .put("drifted", summary.drifted())
                .put("repaired", summary.repaired())
                .put("braked", summary.braked())
                .put("skipped", summary.skipped())
                .put("failed", summary.failed())
                .put("cancelled", summary.isCancelled())
                .put("differing", watch.differing())
                .put("failures", watch.failed());
    }

    private static List<Document> categories(DriftReport report) {
        return report.categories().stream()
                .map(each -> new Document()
                        .put("category", name(each.category()))
                        .putBytes("recorded", each.recorded())
                        .putBytes("actual", each.actual())
                        .putBytes("difference", each.difference()))
                .toList();
    }

    private static List<Document> kinds(Map<DriftKind, DriftCount> counts) {
        List<Document> kinds = new ArrayList<>();
        for (Map.Entry<DriftKind, DriftCount> each : new TreeMap<>(counts).entrySet()) {
            kinds.add(new Document()
                    .put("kind", each.getKey())
                    .put("files", each.getValue().files())
                    .putBytes("recorded", each.getValue().recorded())
                    .putBytes("actual", each.getValue().actual()));
        }
        return kinds;
    }

    private static Document sample(Drift drift) {
        return new Document()
                .put("kind", drift.kind())
                .put("file", drift.id().file())
                .put("version", drift.id().version())
                .put("account", drift.account().path())
                .put("category", name(drift.category()))
                .putBytes("recorded", drift.recorded())
                .putBytes("actual", drift.actual());
    }

    private static List<Document> balances(List<Balance> balances) {
        return balances.stream()
                .map(each -> new Document()
                        .put("account", each.account().path())
                        .put("category", name(each.category()))
                        .putBytes("counter", each.counter().usedBytes())
                        .putBytes("files", each.lives().usedBytes())
                        .putBytes("ledger", each.ledger().usedBytes())
                        .putBytes("reservedCounter", each.counter().reservedBytes())
                        .putBytes("reservedFiles", each.lives().reservedBytes()))
                .toList();
    }

    static Object name(@Nullable Category category) {
        return category == null ? Document.Absent.NONE : category.name();
    }
}
