package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.jdbc.AccountPlan;
import io.github.quotaguard.jdbc.PlanChange;
import io.github.quotaguard.jdbc.QuotaPlan;
import io.github.quotaguard.jdbc.QuotaPlans;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.SoftLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Plans, and what accounts were given, as documents. */
final class PlanDocuments {

    private static final int SHOWN = 100;

    private PlanDocuments() {}

    /** Returns the plan of that name. */
    static QuotaPlan find(QuotaPlans plans, String name) {
        String after = null;
        Page<QuotaPlan> page;
        do {
            page = plans.plans(after, Page.MAX_SIZE);
            for (QuotaPlan plan : page.items()) {
                if (plan.name().equals(name)) {
                    return plan;
                }
                after = plan.name();
            }
        } while (page.hasMore());
        throw new UsageException(
                "there is no plan '%s': \"quota plan list\" names those that there are".formatted(name));
    }

    /** Returns a row of a table of plans. */
    static Document line(QuotaPlan plan) {
        QuotaLimits limits = plan.limits();
        OptionalLong files = limits.files();
        return new Document()
                .put("plan", plan.name())
                .putBytes("bytes", limits.bytes(), Document.Absent.UNLIMITED)
                .put("files", files.isPresent() ? (Object) files.getAsLong() : Document.Absent.UNLIMITED)
                .putBytes("bytesPerFile", limits.bytesPerFile(), Document.Absent.UNLIMITED)
                .putBytes(
                        "softBytes",
                        limits.softBytes()
                                .map(soft -> OptionalLong.of(soft.bytes()))
                                .orElse(OptionalLong.empty()),
                        Document.Absent.NONE);
    }

    static Document of(QuotaPlan plan, QuotaPlans plans) {
        QuotaLimits limits = plan.limits();
        Map<String, Long> byName = new TreeMap<>();
        for (Map.Entry<Category, Long> each : limits.bytesByCategory().entrySet()) {
            byName.put(each.getKey().name(), each.getValue());
        }
        List<Document> categories = new ArrayList<>();
        byName.forEach((name, most) ->
                categories.add(new Document().put("category", name).putBytes("bytes", most)));
        return line(plan)
                .put("grace", limits.softBytes().map(SoftLimit::grace))
                .put("warningPercent", limits.thresholds().warningPercent())
                .put("criticalPercent", limits.thresholds().criticalPercent())
                .put("categories", categories)
                .put(
                        "accounts",
                        plans.accounts(plan.name(), null, SHOWN).items().stream()
                                .map(account -> new Document().put("account", account.path()))
                                .toList())
                .put("changes", changes(plans.changesOfPlan(plan.name(), Long.MAX_VALUE, SHOWN)));
    }

    static Document of(String account, AccountPlan given, QuotaPlans plans) {
        return new Document()
                .put("account", account)
                .put("plan", given.plan())
                .put("overrides", given.overrides().toString())
                .put("changes", changes(plans.changesOfAccount(account, Long.MAX_VALUE, SHOWN)));
    }

    private static List<Document> changes(Page<PlanChange> page) {
        return page.items().stream()
                .map(change -> new Document()
                        .put("seq", change.seq())
                        .put("changedAt", change.changedAt())
                        .put("actor", change.actor())
                        .put("reason", change.reason())
                        .put("from", change.from())
                        .put("to", change.to()))
                .toList();
    }
}
