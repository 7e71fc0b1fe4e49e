package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.reconcile.DriftReport;
import io.github.quotaguard.reconcile.ReconcileOptions;
import io.github.quotaguard.reconcile.ReconcileSummary;
import io.github.quotaguard.reconcile.Reconciler;
import picocli.CommandLine.Command;

/** Compares records and files. */
@Command(
        name = "diagnose",
        description = {
            "Compares what is recorded with the files, and changes nothing. Ends with 1 if they differ.",
            "Example: quota diagnose acme --inventory inventory.properties"
        })
final class DiagnoseCommand extends ReconcileCommand {

    DiagnoseCommand(QuotaCommand quota) {
        super(quota);
    }

    @Override
    int run(Database database) {
        Reconciler reconciler = Reconciler.of(database.store(), inventory.inventory(database.pool()));
        try (Watch watch = new Watch(quota(), "diagnose")) {
            ReconcileOptions options =
                    settings.options(quota(), choice).listener(watch).build();
            return choice.isAll()
                    ? all(reconciler.diagnoseAll(options), watch)
                    : one(reconciler.diagnose(choice.account(), options), watch);
        }
    }

    private int one(DriftReport report, Watch watch) {
        watch.close();
        quota().print(ReconcileDocuments.of(report));
        return report.isConsistent() ? ExitCode.DONE : ExitCode.DRIFT;
    }

    private int all(ReconcileSummary summary, Watch watch) {
        watch.close();
        boolean isFailed = summary.failed() > 0 || summary.isCancelled();
        quota().print(ReconcileDocuments.of(summary, watch, summary.drifted() == 0 && !isFailed));
        if (isFailed) {
            return ExitCode.FAILURE;
        }
        return summary.drifted() == 0 ? ExitCode.DONE : ExitCode.DRIFT;
    }
}
