package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.reconcile.DriftReport;
import io.github.quotaguard.reconcile.ReconcileListener;
import io.github.quotaguard.reconcile.RepairOutcome;
import io.github.quotaguard.reconcile.RepairReport;
import io.github.quotaguard.store.AccountId;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** Looks on while accounts are diagnosed or repaired: shows how it gets on, and keeps what is not as it should be. */
final class Watch implements ReconcileListener, AutoCloseable {

    private static final int NARROW = 60;
    private static final int UPDATED_EVERY_MILLIS = 200;

    private final QuotaCommand quota;
    private final @Nullable ProgressBar bar;
    private final List<Document> differing = new ArrayList<>();
    private final List<Document> failed = new ArrayList<>();
    private boolean isLeft;

    Watch(QuotaCommand quota, String task) {
        this.quota = quota;
        Terminal terminal = quota.terminal();
        PrintStream progress = terminal.progress();
        bar = progress == null
                ? null
                : new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(-1)
                        .setUnit(" versions", 1)
                        .setUpdateIntervalMillis(UPDATED_EVERY_MILLIS)
                        .clearDisplayOnFinish()
                        .setConsumer(new ConsoleProgressBarConsumer(
                                progress, terminal.width().orElse(NARROW) - 1))
                        .build();
    }

    @Override
    public void onProgress(AccountId account, long versions) {
        if (bar != null) {
            bar.stepBy(versions);
            bar.setExtraMessage(" " + account.path());
        }
    }

    @Override
    public void onDiagnosed(DriftReport report) {
        if (!report.isConsistent()) {
            differing.add(ReconcileDocuments.line(report));
        }
    }

    @Override
    public void onRepaired(RepairReport report) {
        if (report.outcome() != RepairOutcome.CONSISTENT) {
            differing.add(ReconcileDocuments.line(report));
        }
        isLeft |= !report.left().isEmpty();
    }

    @Override
    public void onFailed(AccountId account, RuntimeException failure) {
        failed.add(new Document().put("account", account.path()).put("failure", quota.describe(failure)));
    }

    /** Says whether a repair has left something as it was. */
    boolean isLeft() {
        return isLeft;
    }

    List<Document> differing() {
        return differing;
    }

    List<Document> failed() {
        return failed;
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
