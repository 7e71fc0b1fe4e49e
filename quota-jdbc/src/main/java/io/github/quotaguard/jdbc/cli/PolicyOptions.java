package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.jdbc.JdbcQuotaPolicy;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What accounts may use that were assigned no plan; the application knows, the database does not. */
final class PolicyOptions {

    @Option(
            names = "--default-bytes",
            paramLabel = "BYTES",
            converter = ByteSize.Converter.class,
            description = "limit of accounts that were assigned no plan (default: unlimited)."
                    + " Example: --default-bytes 10MiB")
    private @Nullable Long defaultBytes;

    @Option(
            names = "--default-plan",
            paramLabel = "PLAN",
            description = "plan of tenants that were assigned none. Example: --default-plan free")
    private @Nullable String defaultPlan;

    JdbcQuotaPolicy policy(JdbcUsageStore store) {
        JdbcQuotaPolicy.Builder policy = JdbcQuotaPolicy.builder(store);
        if (defaultBytes != null && defaultPlan != null) {
            throw new UsageException("--default-bytes and --default-plan exclude each other: leave one out");
        }
        if (defaultPlan != null) {
            return policy.defaultPlan(defaultPlan).build();
        }
        QuotaLimits limits = defaultBytes == null ? QuotaLimits.unlimited() : QuotaLimits.ofBytes(defaultBytes);
        return policy.defaultLimits(limits).defaultLimitsOfSubAccounts(limits).build();
    }
}
