package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.cleanup.CleanupRequest;
import io.github.quotaguard.cleanup.CleanupResult;
import io.github.quotaguard.cleanup.FileDeleter;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.store.FileVersion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Cleans up temporary files. */
@Command(
        name = "cleanup",
        description = {
            "Deletes temporary files whose time has passed, and frees their room. Ends with 3 if a file could not be deleted.",
            "Example: quota cleanup acme --files /var/lib/app/uploads --max 1000"
        })
final class CleanupCommand extends DatabaseCommand {

    @Parameters(
            arity = "0..1",
            paramLabel = "ACCOUNT",
            description = "the account, with everything below it (default: all). Example: acme")
    private @Nullable String account;

    @Option(names = "--dry-run", description = "deletes nothing, and names what it would. Example: --dry-run")
    private boolean isDryRun;

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "after how many files to stop (default: 10000). Example: --max 1000")
    private @Nullable Integer max;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description =
                    "how many files are claimed, deleted and freed at a time (default: 100). Example: --batch-size 10")
    private @Nullable Integer batchSize;

    @Mixin
    private final InventoryOptions inventory = new InventoryOptions();

    CleanupCommand(QuotaCommand quota) {
        super(quota);
    }

    @Override
    void check() {
        if (!isDryRun) {
            inventory.requireDeletable();
        }
    }

    @Override
    int run(Database database) {
        FileDeleter deleter = isDryRun ? file -> {} : inventory.deleter(database.pool());
        CleanupResult result = TemporaryFiles.of(database.store(), deleter).cleanup(request());
        quota().print(document(result));
        return result.failures().isEmpty() ? ExitCode.DONE : ExitCode.FAILURE;
    }

    private CleanupRequest request() {
        CleanupRequest.Builder request = CleanupRequest.builder();
        if (account != null) {
            request.account(account);
        }
        if (isDryRun) {
            request.dryRun();
        }
        if (max != null) {
            request.maxFiles(max);
        }
        if (batchSize != null) {
            request.batchSize(batchSize);
        }
        return request.build();
    }

    private Document document(CleanupResult result) {
        List<Document> failures = new ArrayList<>();
        result.failures().entrySet().stream()
                .sorted(Comparator.comparing(failure -> failure.getKey().toString()))
                .forEach(failure ->
                        failures.add(document(failure.getKey()).put("failure", quota().mask(failure.getValue()))));
        return new Document()
                .headline(
                        result.failures().isEmpty(),
                        "%d files %s, %d bytes"
                                .formatted(
                                        result.cleanedCount(),
                                        result.isDryRun() ? "would be deleted" : "deleted",
                                        result.freedSpace()))
                .put("dryRun", result.isDryRun())
                .put("cleaned", result.cleanedCount())
                .putBytes("freed", result.freedSpace())
                .put("failed", result.failures().size())
                .put("hasMore", result.hasMore())
                .put(
                        "files",
                        result.cleanedAttachments().stream()
                                .map(CleanupCommand::document)
                                .toList())
                .put("failures", failures);
    }

    private static Document document(FileVersion id) {
        return new Document().put("tenant", id.tenant()).put("file", id.file()).put("version", id.version());
    }
}
