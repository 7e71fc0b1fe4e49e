package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.reconcile.ReconcileOptions;
import io.github.quotaguard.reconcile.ReconcileSummary;
import io.github.quotaguard.reconcile.Reconciler;
import io.github.quotaguard.reconcile.RepairReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Brings the records to what the files say. */
@Command(
        name = "repair",
        description = {
            "Brings the records to what the files say. Each correction is an entry of the ledger. Ends with 1 if something"
                    + " is left. An interrupt stops it between two batches; another run goes on.",
            "Example: quota repair acme --inventory inventory.properties --reason 'incident 7'"
        })
final class RepairCommand extends ReconcileCommand {

    @Option(names = "--dry-run", description = "changes nothing, and tells what it would. Example: --dry-run")
    private boolean isDryRun;

    @Option(
            names = "--force",
            description = "repairs also where the inventory is empty, or more than 5 %% of an account would go."
                    + " Example: --force")
    private boolean isForced;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "repair",
            description = "why, for the ledger (default: ${DEFAULT-VALUE}). Example: --reason 'incident 7'")
    private String reason = "";

    @Option(
            names = "--actor",
            paramLabel = "NAME",
            defaultValue = "${sys:user.name}",
            description = "who repairs, for the ledger (default: who runs this). Example: --actor ops:kim")
    private String actor = "";

    RepairCommand(QuotaCommand quota) {
        super(quota);
    }

    @Override
    int run(Database database) {
        Reconciler reconciler = Reconciler.of(database.store(), inventory.inventory(database.pool()));
        try (Watch watch = new Watch(quota(), "repair")) {
            ReconcileOptions options = options(watch);
            return choice.isAll()
                    ? all(reconciler.repairAll(options), watch)
                    : one(reconciler.repair(choice.account(), options), watch);
        }
    }

    private ReconcileOptions options(Watch watch) {
        ReconcileOptions.Builder options =
                settings.options(quota(), choice).actor(actor).reason(reason).listener(watch);
        if (isDryRun) {
            options.dryRun();
        }
        if (isForced) {
            options.force();
        }
        return options.build();
    }

    private int one(RepairReport report, Watch watch) {
        watch.close();
        quota().print(ReconcileDocuments.of(report));
        return ReconcileDocuments.isDone(report) ? ExitCode.DONE : ExitCode.DRIFT;
    }

    private int all(ReconcileSummary summary, Watch watch) {
        watch.close();
        boolean isFailed = summary.failed() > 0 || summary.isCancelled();
        boolean isLeft = summary.drifted() > summary.repaired() || watch.isLeft();
        quota().print(ReconcileDocuments.of(summary, watch, !isLeft && !isFailed));
        if (isFailed) {
            return ExitCode.FAILURE;
        }
        return isLeft ? ExitCode.DRIFT : ExitCode.DONE;
    }
}
