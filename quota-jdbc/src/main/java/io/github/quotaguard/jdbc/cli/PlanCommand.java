package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.jdbc.AccountPlan;
import io.github.quotaguard.jdbc.LimitOverrides;
import io.github.quotaguard.jdbc.PlanEditor;
import io.github.quotaguard.jdbc.PlanInUseException;
import io.github.quotaguard.jdbc.QuotaPlan;
import io.github.quotaguard.jdbc.QuotaPlans;
import io.github.quotaguard.store.Page;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Administers plans. Each change is in force for the next upload, and in the audit. */
@Command(
        name = "plan",
        description = {
            "Administers plans: what they allow, and which account has which. Each change is in the audit.",
            "Example: quota plan assign acme team --actor ops:kim --reason 'contract 4711'"
        })
final class PlanCommand {

    private static final String NAME = "name of the plan. Example: team";
    private static final String ACCOUNT = "the account. Example: acme or acme/user-7";

    private final QuotaCommand quota;

    PlanCommand(QuotaCommand quota) {
        this.quota = quota;
    }

    /** What a change did. */
    private interface Change {
        boolean by(PlanEditor editor);
    }

    @Command(
            name = "list",
            description = {"Lists the plans by name.", "Example: quota plan list --after free"})
    int list(
            @Option(
                            names = "--after",
                            paramLabel = "PLAN",
                            description = "the page behind this plan. Example: --after free")
                    @Nullable
                    String after,
            @Option(
                            names = "--size",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "how many, 1 to 10000 (default: ${DEFAULT-VALUE}). Example: --size 20")
                    int size) {
        return read(plans -> {
            Page<QuotaPlan> page = plans.plans(after, size);
            quota.print(new Document()
                    .put("hasMore", page.hasMore())
                    .put("plans", page.items().stream().map(PlanDocuments::line).toList()));
            return ExitCode.DONE;
        });
    }

    @Command(
            name = "show",
            description = {
                "Shows a plan, the accounts that were assigned it, and its changes; 100 of each.",
                "Example: quota plan show team"
            })
    int show(@Parameters(paramLabel = "PLAN", description = NAME) String plan) {
        return read(plans -> {
            QuotaPlan found = PlanDocuments.find(plans, plan);
            quota.print(PlanDocuments.of(found, plans));
            return ExitCode.DONE;
        });
    }

    @Command(
            name = "account",
            description = {
                "Shows what an account was given, and the changes of that.",
                "Example: quota plan account acme"
            })
    int account(@Parameters(paramLabel = "ACCOUNT", description = ACCOUNT) String account) {
        return read(plans -> {
            AccountPlan given = plans.account(account);
            quota.print(PlanDocuments.of(account, given, plans));
            return ExitCode.DONE;
        });
    }

    @Command(
            name = "define",
            description = {
                "Creates a plan, or defines it anew for all that have it: what is not named is unlimited then.",
                "Example: quota plan define team --bytes 10MiB --max-files 1000 --actor ops:kim --reason 'contract 4711'"
            })
    int define(
            @Parameters(paramLabel = "PLAN", description = NAME) String plan,
            @Mixin LimitOptions limits,
            @Mixin AuthorOptions author) {
        if (limits.isEmpty()) {
            throw new UsageException(
                    "what does the plan allow? Name a limit, such as --bytes 10MiB or --bytes unlimited");
        }
        return change(author, editor -> editor.define(plan, limits.limits()));
    }

    @Command(
            name = "remove",
            description = {
                "Removes a plan that no account was assigned.",
                "Example: quota plan remove team --actor ops:kim --reason 'not sold any more'"
            })
    int remove(@Parameters(paramLabel = "PLAN", description = NAME) String plan, @Mixin AuthorOptions author) {
        return change(author, editor -> editor.remove(plan));
    }

    @Command(
            name = "assign",
            description = {
                "Gives an account a plan, instead of the one it has.",
                "Example: quota plan assign acme team --actor ops:kim --reason 'contract 4711'"
            })
    int assign(
            @Parameters(index = "0", paramLabel = "ACCOUNT", description = ACCOUNT) String account,
            @Parameters(index = "1", paramLabel = "PLAN", description = NAME) String plan,
            @Mixin AuthorOptions author) {
        return change(author, editor -> editor.assign(account, plan));
    }

    @Command(
            name = "unassign",
            description = {
                "Takes the plan of an account away, so that it has the default; what was overridden stays.",
                "Example: quota plan unassign acme --actor ops:kim --reason 'contract ended'"
            })
    int unassign(
            @Parameters(paramLabel = "ACCOUNT", description = ACCOUNT) String account, @Mixin AuthorOptions author) {
        return change(author, editor -> editor.unassign(account));
    }

    @Command(
            name = "override",
            description = {
                "Sets limits for one account instead of those of its plan, and in place of all that was set before.",
                "Example: quota plan override acme --bytes 20MiB --actor ops:kim --reason 'goodwill'"
            })
    int override(
            @Parameters(paramLabel = "ACCOUNT", description = ACCOUNT) String account,
            @Option(names = "--none", description = "sets nothing any more. Example: --none") boolean isNone,
            @Mixin LimitOptions limits,
            @Mixin AuthorOptions author) {
        if (isNone != limits.isEmpty()) {
            throw new UsageException(
                    "name the limits to set, such as --bytes 20MiB, or --none alone to set none any more");
        }
        LimitOverrides overrides = limits.overrides();
        return change(author, editor -> editor.override(account, overrides));
    }

    private int change(AuthorOptions author, Change change) {
        return read(plans -> {
            try {
                boolean hasChanged = change.by(plans.by(author.actor(), author.reason()));
                quota.print(new Document()
                        .headline(true, hasChanged ? "changed" : "nothing to change")
                        .put("changed", hasChanged));
                return ExitCode.DONE;
            } catch (PlanInUseException e) {
                throw new UsageException(
                        "%s; give its accounts another one first".formatted(String.valueOf(e.getMessage())));
            }
        });
    }

    private int read(ToIntFunction<QuotaPlans> work) {
        try (Database database = quota.open()) {
            // Changes and assignments are the same whatever the default is.
            return work.applyAsInt(QuotaPlans.builder(new PolicyOptions().policy(database.store()))
                    .build());
        }
    }
}
