package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.QuotaService;
import io.github.quotaguard.StorageQuota;
import io.github.quotaguard.store.Category;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tells what an account uses. */
@Command(
        name = "quota",
        description = {
            "Tells what an account uses, may use and has left.",
            "Example: quota quota acme --default-bytes 10MiB"
        })
final class UsageCommand extends DatabaseCommand {

    @Parameters(paramLabel = "ACCOUNT", description = "the account. Example: acme or acme/user-7")
    private String account = "";

    @Mixin
    private final PolicyOptions policy = new PolicyOptions();

    UsageCommand(QuotaCommand quota) {
        super(quota);
    }

    @Override
    int run(Database database) {
        StorageQuota quota = QuotaService.of(database.store(), policy.policy(database.store()))
                .storageQuota(account);
        quota().print(document(quota));
        return ExitCode.DONE;
    }

    private static Document document(StorageQuota quota) {
        String share =
                quota.usagePercentage().map(per -> " (%s%%)".formatted(per)).orElse("");
        String headline = quota.isUnlimited()
                ? "%s: %d, unlimited".formatted(quota.organizationId(), quota.usedQuota())
                : "%s: %d%s of %d, %d available"
                        .formatted(
                                quota.organizationId(),
                                quota.usedQuota(),
                                share,
                                quota.totalQuota().orElseThrow(),
                                quota.availableQuota().orElseThrow());
        List<Document> categories = new ArrayList<>();
        Map<String, Long> byName = new TreeMap<>();
        for (Map.Entry<Category, Long> each : quota.usageByCategory().entrySet()) {
            byName.put(each.getKey().name(), each.getValue());
        }
        byName.forEach((name, used) ->
                categories.add(new Document().put("category", name).putBytes("used", used)));
        boolean isRoomLeft = quota.isUnlimited() || quota.availableQuota().orElseThrow() > 0;
        return new Document()
                .headline(isRoomLeft && !quota.isAboveSoftQuota(), headline)
                .put("account", quota.organizationId())
                .putBytes("used", quota.usedQuota())
                .put("percentage", quota.usagePercentage())
                .putBytes("reserved", quota.reservedQuota())
                .putBytes("limit", quota.totalQuota(), Document.Absent.UNLIMITED)
                .putBytes("remaining", quota.remainingQuota(), Document.Absent.UNLIMITED)
                .putBytes("available", quota.availableQuota(), Document.Absent.UNLIMITED)
                .put("files", quota.fileCount())
                .putBytes("softLimit", quota.softQuota(), Document.Absent.NONE)
                .put("graceEndsAt", quota.graceEndsAt())
                .put("updatedAt", quota.updatedAt())
                .put("categories", categories);
    }
}
