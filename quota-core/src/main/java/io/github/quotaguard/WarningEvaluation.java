package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.ChangedAccounts;
import io.github.quotaguard.store.EndedGrace;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares what accounts use with their limits, and moves their levels. */
final class WarningEvaluation {

    private static final Logger LOG = LoggerFactory.getLogger(WarningEvaluation.class);
    private static final int TENANTS = 100;
    private static final int ENTRIES = 1_000;
    private static final int ACCOUNTS = 1_000;

    /** The most accounts to look at again by name; with more, the marks of their tenants wait for them. */
    private static final int FAILED = 100;

    private final UsageStore store;
    private final WarningStore warnings;
    private final QuotaPolicy policy;
    private final BooleanSupplier isWanted;
    private final Set<AccountId> failed = ConcurrentHashMap.newKeySet();

    /** The graces that were over and void at the last look: use is below the limit, or no limit is soft any more. */
    private volatile Set<EndedGrace> lookedAt = Set.of();

    WarningEvaluation(UsageStore store, WarningStore warnings, QuotaPolicy policy, BooleanSupplier isWanted) {
        this.store = store;
        this.warnings = warnings;
        this.policy = policy;
        this.isWanted = isWanted;
    }

    /**
     * Evaluates every tenant of which something was settled since it was evaluated, whoever settled it; every account
     * whose grace has ended; and those that could not be evaluated before.
     */
    void evaluateBehind() {
        List.copyOf(failed).forEach(this::lookAt);
        Page<String> tenants = new Page<>(List.of(), true);
        for (String after = null; tenants.hasMore() && isWanted.getAsBoolean(); ) {
            tenants = warnings.behind(after, TENANTS);
            for (String tenant : tenants.items()) {
                after = tenant;
                tryEvaluateTenant(tenant);
            }
        }
        evaluateEndedGraces();
    }

    private void tryEvaluateTenant(String tenant) {
        try {
            evaluateTenant(tenant);
        } catch (Throwable e) {
            LOG.warn("Tenant {} could not be looked at for warnings, which is tried again later", tenant, e);
        }
    }

    /** Nothing is settled when a grace ends; the level tells which ends were announced. */
    private void evaluateEndedGraces() {
        Set<EndedGrace> listed = new HashSet<>();
        Page<EndedGrace> graces = new Page<>(List.of(), true);
        for (AccountId after = null; graces.hasMore() && isWanted.getAsBoolean(); ) {
            graces = warnings.endedGraces(QuotaSeverity.EXCEEDED.level(), after, ACCOUNTS);
            for (EndedGrace grace : graces.items()) {
                after = grace.account();
                if (lookedAt.contains(grace) || lookAt(grace.account())) {
                    listed.add(grace);
                }
            }
        }
        lookedAt = listed;
    }

    void evaluateAll() {
        int failures = 0;
        Page<AccountId> accounts = new Page<>(List.of(), true);
        for (AccountId after = null; accounts.hasMore(); ) {
            accounts = store.accounts(after, ACCOUNTS);
            for (AccountId account : accounts.items()) {
                after = account;
                if (!isWanted.getAsBoolean()) {
                    throw new IllegalStateException(
                            "not every account was looked at for warnings: the monitor is closed");
                }
                failures += tryEvaluate(account) ? 0 : 1;
            }
        }
        if (failures > 0) {
            throw new IllegalStateException(
                    "accounts that could not be looked at for warnings: %s, the log says why".formatted(failures));
        }
    }

    /**
     * Evaluates the accounts that have changed. The mark moves behind them, so that whoever dies in between leaves them
     * to be found again. One that could not be evaluated is remembered apart, so that nobody evaluates all behind it
     * again and again.
     */
    void evaluateTenant(String tenant) {
        boolean isComplete = true;
        boolean hasMore = true;
        for (long after = 0; hasMore && isWanted.getAsBoolean(); ) {
            ChangedAccounts changed = warnings.changed(tenant, after, ENTRIES);
            for (AccountId account : changed.accounts()) {
                isComplete &= lookAt(account);
            }
            if (isComplete && changed.toSeq() > changed.mark()) {
                warnings.mark(tenant, changed.mark(), changed.toSeq());
            }
            after = changed.toSeq();
            hasMore = changed.hasMore();
        }
    }

    /** Evaluates an account or remembers to do so; neither if there are too many to remember, or once it is to end. */
    private boolean lookAt(AccountId account) {
        return isWanted.getAsBoolean()
                && (tryEvaluate(account)
                        || failed.contains(account)
                        || (failed.size() < FAILED && failed.add(account)));
    }

    private boolean tryEvaluate(AccountId account) {
        try {
            evaluate(account);
            return true;
        } catch (Throwable e) {
            LOG.warn("Account {} could not be looked at for warnings", account, e);
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
        failed.remove(account);
    }

    private static List<LevelChange> steps(QuotaLimits limits, WatchedAccount account) {
        List<LevelChange> steps = new ArrayList<>();
        Set<WatchedLimit> unlimited = new HashSet<>(account.levels().keySet());
        for (LimitedUse use : LimitedUse.of(limits, account.counters())) {
            WarningLevel before = account.level(use.limit());
            int level = use.level(limits.thresholds(), before.level());
            if (level != before.level()) {
                steps.add(new LevelChange(use.limit(), before, level, use.used(), use.max(), use.graceEndsAt()));
            }
            unlimited.remove(use.limit());
        }
        for (WatchedLimit limit : unlimited) {
            if (account.level(limit).level() > 0) {
                steps.add(new LevelChange(limit, account.level(limit), 0, 0, 0, null));
            }
        }
        return steps;
    }
}
