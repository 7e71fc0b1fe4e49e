package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.ChangedAccounts;
import io.github.quotaguard.store.LevelChange;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.WarningLevel;
import io.github.quotaguard.store.WarningStore;
import io.github.quotaguard.store.WatchedAccount;
import io.github.quotaguard.store.WatchedLimit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares what accounts use with their limits, and moves their levels. */
final class WarningEvaluation {

    private static final Logger LOG = LoggerFactory.getLogger(WarningEvaluation.class);
    private static final int TENANTS = 100;
    private static final int ENTRIES = 1_000;
    private static final int ACCOUNTS = 1_000;

    private final UsageStore store;
    private final WarningStore warnings;
    private final QuotaPolicy policy;

    WarningEvaluation(UsageStore store, WarningStore warnings, QuotaPolicy policy) {
        this.store = store;
        this.warnings = warnings;
        this.policy = policy;
    }

    /** Evaluates every tenant of which something was settled since it was evaluated, whoever settled it. */
    void evaluateBehind() {
        Page<String> tenants = new Page<>(List.of(), true);
        for (String after = null; tenants.hasMore() && isWanted(); ) {
            tenants = warnings.behind(after, TENANTS);
            for (String tenant : tenants.items()) {
                after = tenant;
                evaluateTenant(tenant);
            }
        }
    }

    void evaluateAll() {
        Page<AccountId> accounts = new Page<>(List.of(), true);
        for (AccountId after = null; accounts.hasMore() && isWanted(); ) {
            accounts = store.accounts(after, ACCOUNTS);
            for (AccountId account : accounts.items()) {
                after = account;
                tryEvaluate(account);
            }
        }
    }

    /**
     * Evaluates the accounts that have changed. The mark moves behind them, so that whoever dies in between leaves them
     * to be found again; and no further than to the first that could not be evaluated, whose time comes with the next
     * look, as it does for all behind it once more.
     */
    void evaluateTenant(String tenant) {
        boolean isComplete = true;
        boolean hasMore = true;
        for (long after = 0; hasMore && isWanted(); ) {
            ChangedAccounts changed = warnings.changed(tenant, after, ENTRIES);
            for (AccountId account : changed.accounts()) {
                isComplete &= tryEvaluate(account);
            }
            if (isComplete && changed.toSeq() > changed.mark()) {
                warnings.mark(tenant, changed.mark(), changed.toSeq());
            }
            after = changed.toSeq();
            hasMore = changed.hasMore();
        }
    }

    private static boolean isWanted() {
        return !Thread.currentThread().isInterrupted();
    }

    private boolean tryEvaluate(AccountId account) {
        try {
            evaluate(account);
            return true;
        } catch (RuntimeException e) {
            LOG.warn("Account {} could not be looked at for warnings, which is tried again later", account, e);
            return false;
        }
    }

    /**
     * Moves the levels of an account to where they belong. Looks again after each step, its own or another node's: the
     * usage may have changed between the look and the step, and whoever looked in between saw the level before.
     */
    void evaluate(AccountId account) {
        QuotaLimits limits = ChargeLimits.require(account, policy.freshLimits(account));
        boolean isSettled = false;
        while (!isSettled) {
            List<LevelChange> steps = steps(limits, warnings.watched(account));
            steps.forEach(warnings::move);
            isSettled = steps.isEmpty();
        }
    }

    private static List<LevelChange> steps(QuotaLimits limits, WatchedAccount account) {
        List<LevelChange> steps = new ArrayList<>();
        Set<WatchedLimit> unlimited = new HashSet<>(account.levels().keySet());
        for (LimitedUse use : LimitedUse.of(limits, account.counters())) {
            WarningLevel before = account.level(use.limit());
            int level = use.level(limits.thresholds(), before.level());
            addStep(steps, new LevelChange(use.limit(), before, level, use.used(), use.max(), use.graceEndsAt()));
            unlimited.remove(use.limit());
        }
        for (WatchedLimit limit : unlimited) {
            addStep(steps, new LevelChange(limit, account.level(limit), 0, 0, 0, null));
        }
        return steps;
    }

    private static void addStep(List<LevelChange> steps, LevelChange step) {
        if (step.level() != step.before().level()) {
            steps.add(step);
        }
    }
}
