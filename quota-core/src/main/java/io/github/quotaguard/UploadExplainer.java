package io.github.quotaguard;

import io.github.quotaguard.Explanation.Decision;
import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.Lifecycle;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.UsageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Works out what a reserve would answer, without reserving. */
final class UploadExplainer {

    private final UsageStore store;
    private final ChargeLimits limits;

    UploadExplainer(UsageStore store, ChargeLimits limits) {
        this.store = store;
        this.limits = limits;
    }

    Explanation explain(AllocationSpec spec) {
        List<Allocation> live = store.versions(spec.id().tenant(), spec.id().file());
        Optional<ReserveResult> answer = Lifecycle.answerToReserve(spec, live);
        if (answer.isPresent() && answer.get() instanceof ReserveResult.Conflict conflict) {
            return standing(Decision.CONFLICT, "the id or the file is taken by other arguments", conflict.standing());
        }
        if (answer.isPresent() && answer.get() instanceof ReserveResult.AlreadyStored stored) {
            return standing(Decision.ALREADY_STORED, "the same upload", stored.allocation());
        }
        Optional<Allocation> retried = Lifecycle.retried(spec, live);
        return retried.isPresent()
                ? standing(Decision.RENEW, "the same upload", retried.get())
                : decide(spec, checks(spec, live));
    }

    private static Explanation standing(Decision decision, String what, Allocation standing) {
        String reason = "%s: %s of %s, %s bytes, %s since %s"
                .formatted(
                        what, standing.id(), standing.account(), standing.bytes(), standing.state(), standing.since());
        return new Explanation(decision, reason, List.of(), Optional.of(standing));
    }

    private List<LimitCheck> checks(AllocationSpec spec, List<Allocation> live) {
        long bytes = Math.max(0, spec.bytes() - Lifecycle.credit(spec, live));
        long files = live.isEmpty() ? 1 : 0;
        List<LimitCheck> checks = new ArrayList<>();
        for (CounterLimit limit : limits.freshOf(spec)) {
            AccountCounters usage = store.usage(limit.account());
            limit.check(usage.of(limit.category()), usage.grace(), bytes, files, spec.bytes()).stream()
                    .filter(check -> check.limit() != CounterLimit.UNLIMITED || check.isExceeded())
                    .forEach(checks::add);
        }
        return checks;
    }

    private static Explanation decide(AllocationSpec spec, List<LimitCheck> checks) {
        List<LimitCheck> exceeded =
                checks.stream().filter(LimitCheck::isExceeded).toList();
        if (exceeded.isEmpty()) {
            return new Explanation(
                    Decision.ADMIT, "it fits into every limit" + inGrace(checks), checks, Optional.empty());
        }
        if (spec.forcedReason() != null && exceeded.stream().noneMatch(UploadExplainer::isUncountable)) {
            return new Explanation(Decision.ADMIT, "it is forced: " + spec.forcedReason(), checks, Optional.empty());
        }
        return new Explanation(
                Decision.REFUSE, QuotaExceededException.describe(spec.id(), exceeded), checks, Optional.empty());
    }

    private static String inGrace(List<LimitCheck> checks) {
        return checks.stream()
                .filter(check -> check.metric() == MetricType.SOFT_BYTES
                        && check.requested() > 0
                        && check.requested() > check.available())
                .map(check -> "; %s is above its soft limit then, for the time of its grace".formatted(check.account()))
                .collect(Collectors.joining());
    }

    /** Says whether a charge passes what a counter can hold, which not even an administrator can force. */
    private static boolean isUncountable(LimitCheck check) {
        return check.requested() > CounterLimit.UNLIMITED - check.used() - check.reserved();
    }
}
