package io.github.quotaguard;

import io.github.quotaguard.Explanation.Decision;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.UsageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Works out what a reserve would answer, without reserving. */
final class UploadExplainer {

    private final UsageStore store;
    private final ChargeLimits limits;

    UploadExplainer(UsageStore store, ChargeLimits limits) {
        this.store = store;
        this.limits = limits;
    }

    Explanation explain(AllocationSpec spec) {
        List<Allocation> versions = store.versions(spec.id().tenant(), spec.id().file());
        for (Allocation version : versions) {
            if (version.id().equals(spec.id())) {
                return standing(spec, version);
            }
        }
        for (Allocation version : versions) {
            if (!version.account().equals(spec.account()) || !Objects.equals(version.category(), spec.category())) {
                return new Explanation(
                        Decision.CONFLICT,
                        "the file belongs to account %s, category %s".formatted(version.account(), version.category()),
                        List.of(),
                        Optional.of(version));
            }
        }
        return decide(spec, checks(spec, versions));
    }

    private static Explanation standing(AllocationSpec spec, Allocation standing) {
        Optional<Allocation> decides = Optional.of(standing);
        if (!standing.spec().hasSameArguments(spec)) {
            return new Explanation(
                    Decision.CONFLICT,
                    "the id is taken by an upload with other arguments, %s since %s"
                            .formatted(standing.state(), standing.since()),
                    List.of(),
                    decides);
        }
        return standing.state() == AllocationState.COMMITTED
                ? new Explanation(Decision.ALREADY_STORED, "it is stored since " + standing.since(), List.of(), decides)
                : new Explanation(Decision.RENEW, "it is under way since " + standing.since(), List.of(), decides);
    }

    private List<LimitCheck> checks(AllocationSpec spec, List<Allocation> versions) {
        long credit = versions.stream()
                .filter(version -> version.state() == AllocationState.COMMITTED)
                .filter(version -> spec.replacement().covers(spec.id(), version.id()))
                .mapToLong(Allocation::bytes)
                .sum();
        long bytes = Math.max(0, spec.bytes() - credit);
        long files = versions.isEmpty() ? 1 : 0;
        List<LimitCheck> checks = new ArrayList<>();
        for (CounterLimit limit : limits.freshOf(spec)) {
            limit.check(store.usage(limit.account()).of(limit.category()), bytes, files, spec.bytes()).stream()
                    .filter(check -> check.limit() != CounterLimit.UNLIMITED)
                    .forEach(checks::add);
        }
        return checks;
    }

    private static Explanation decide(AllocationSpec spec, List<LimitCheck> checks) {
        List<LimitCheck> exceeded =
                checks.stream().filter(LimitCheck::isExceeded).toList();
        if (exceeded.isEmpty()) {
            return new Explanation(Decision.ADMIT, "it fits into every limit", checks, Optional.empty());
        }
        if (spec.forcedReason() != null) {
            return new Explanation(Decision.ADMIT, "it is forced: " + spec.forcedReason(), checks, Optional.empty());
        }
        return new Explanation(
                Decision.REFUSE, QuotaExceededException.describe(spec.id(), exceeded), checks, Optional.empty());
    }
}
