package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.reconcile.ReconcileOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How diagnosis and repair go about it. */
final class ReconcileSettings {

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "how many file versions are looked at, and corrected, at a time (default: 500)."
                    + " Example: --batch-size 100")
    private @Nullable Integer batchSize;

    @Option(
            names = "--settling",
            paramLabel = "DURATION",
            description = "a file without a record that is younger is left alone, since its upload may be under way"
                    + " (default: 30m). Example: --settling 2h")
    private @Nullable Duration settling;

    @Option(
            names = "--accounts-per-second",
            paramLabel = "N",
            description = "with --all, how many are begun with in a second at most. Example: --accounts-per-second 0.5")
    private @Nullable Double accountsPerSecond;

    @Option(
            names = "--rest",
            paramLabel = "DURATION",
            description = "with --all, leaves out what was looked at within that time, on whatever node."
                    + " Example: --rest 20h")
    private @Nullable Duration rest;

    @Option(
            names = "--start-after",
            paramLabel = "TENANT",
            description = "with --all, goes on behind this one. Example: --start-after acme")
    private @Nullable String startAfter;

    /** Returns options that go on until the program is cancelled. */
    ReconcileOptions.Builder options(QuotaCommand quota, AccountChoice choice) {
        if (!choice.isAll() && (accountsPerSecond != null || rest != null || startAfter != null)) {
            throw new UsageException(
                    "--accounts-per-second, --rest and --start-after are for --all, not for ACCOUNT %s: leave them out"
                            .formatted(choice.account()));
        }
        ReconcileOptions.Builder options =
                ReconcileOptions.builder().cancelWhen(quota.terminal().cancelled());
        if (batchSize != null) {
            options.batchSize(batchSize);
        }
        if (settling != null) {
            options.settling(settling);
        }
        if (accountsPerSecond != null) {
            options.accountsPerSecond(accountsPerSecond);
        }
        if (rest != null) {
            options.rest(rest);
        }
        if (startAfter != null) {
            options.startAfter(startAfter);
        }
        return options;
    }
}
