package io.github.quotaguard.sample;

import io.github.quotaguard.reconcile.Drift;
import io.github.quotaguard.reconcile.DriftKind;
import io.github.quotaguard.reconcile.DriftReport;
import io.github.quotaguard.reconcile.ReconcileOptions;
import io.github.quotaguard.reconcile.Reconciler;
import io.github.quotaguard.reconcile.RepairOutcome;
import io.github.quotaguard.reconcile.RepairReport;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Brings about what a bug or a restored backup would, and lets the library find and repair it. */
@RestController
@RequestMapping("/organizations/{organization}")
class DriftController {

    private final Reconciler reconciler;
    private final Accidents accidents;

    DriftController(Reconciler reconciler, Accidents accidents) {
        this.reconciler = reconciler;
        this.accidents = accidents;
    }

    enum Accident {
        LOSE_ROW,
        ADD_ROW
    }

    record DiagnosisView(long recorded, long actual, long difference, boolean consistent, List<DriftView> samples) {

        static DiagnosisView of(DriftReport report) {
            return new DiagnosisView(
                    report.recorded(),
                    report.actual(),
                    report.difference(),
                    report.isConsistent(),
                    report.samples().stream().map(DriftView::of).toList());
        }
    }

    record DriftView(DriftKind kind, String file, long recorded, long actual) {

        static DriftView of(Drift drift) {
            return new DriftView(drift.kind(), drift.id().file(), drift.recorded(), drift.actual());
        }
    }

    record RepairView(RepairOutcome outcome, DiagnosisView before, DiagnosisView after) {}

    @PostMapping("/accidents")
    @ResponseStatus(HttpStatus.CREATED)
    Attachment happen(@PathVariable String organization, @RequestParam Accident kind) throws IOException {
        String id = Organization.of(organization).id();
        return switch (kind) {
            case LOSE_ROW ->
                accidents
                        .loseRow(id)
                        .orElseThrow(() -> new ResponseStatusException(
                                HttpStatus.CONFLICT, "there is no file whose row could be lost"));
            case ADD_ROW -> accidents.addRow(id);
        };
    }

    @GetMapping("/drift")
    DiagnosisView diagnose(@PathVariable String organization) {
        return DiagnosisView.of(
                reconciler.diagnose(Organization.of(organization).id()));
    }

    @PostMapping("/repair")
    RepairView repair(@PathVariable String organization, @RequestParam(defaultValue = "false") boolean force) {
        String id = Organization.of(organization).id();
        ReconcileOptions.Builder options =
                ReconcileOptions.builder().actor("visitor").reason("sample");
        RepairReport repaired = reconciler.repair(id, force ? options.force().build() : options.build());
        return new RepairView(
                repaired.outcome(), DiagnosisView.of(repaired.found()), DiagnosisView.of(reconciler.diagnose(id)));
    }
}
