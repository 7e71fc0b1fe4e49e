package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Balance;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.RepairStore;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the records agree with each other: every rule that can be told from them, in one snapshot for each
 * tenant. Changes nothing, and knows nothing of files, which a {@link Reconciler} compares. Thread-safe.
 */
public final class Verifier {

    private final UsageStore store;
    private final RepairStore repairs;

    private Verifier(UsageStore store, RepairStore repairs) {
        this.store = store;
        this.repairs = repairs;
    }

    /**
     * Returns a verifier.
     *
     * @param store what keeps the records
     * @return the verifier
     * @throws UnsupportedOperationException if the store can not compare its records
     */
    public static Verifier of(UsageStore store) {
        return new Verifier(
                store,
                store.repairs()
                        .orElseThrow(() -> new UnsupportedOperationException(
                                "%s can not compare its records: UsageStore.repairs() is empty"
                                        .formatted(store.getClass().getName()))));
    }

    /**
     * Checks the records of an account and of everything below it.
     *
     * @param account the account's path
     * @return what is wrong, empty if nothing is
     * @throws IllegalArgumentException if the path is not allowed
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed
     */
    public List<Violation> verify(String account) {
        AccountId id = AccountId.of(account);
        List<Balance> balances = repairs.balances(id.tenant()).stream()
                .filter(balance -> id.covers(balance.account()))
                .toList();
        List<Violation> violations = new ArrayList<>();
        Parts parts = new Parts(balances);
        for (Balance balance : balances) {
            verify(balance, violations);
            parts.verify(balance, violations);
        }
        return violations;
    }

    /**
     * Checks the records of all tenants.
     *
     * @param found is told what is wrong
     * @return how many tenants were looked at
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed
     */
    public long verifyAll(Consumer<Violation> found) {
        long[] tenants = new long[1];
        store.forEachTenant(null, tenant -> {
            verify(tenant.path()).forEach(found);
            tenants[0]++;
        });
        return tenants[0];
    }

    private static void verify(Balance balance, List<Violation> violations) {
        Usage counter = balance.counter();
        Usage lives = balance.lives();
        Usage ledger = balance.ledger();
        check(
                counter.usedBytes() == lives.usedBytes() && counter.usedFiles() == lives.usedFiles(),
                Violation.Rule.USED_IS_SUM_OF_LIVES,
                balance,
                "used are %s, the committed versions are %s".formatted(used(counter), used(lives)),
                violations);
        check(
                counter.reservedBytes() == lives.reservedBytes() && counter.reservedFiles() == lives.reservedFiles(),
                Violation.Rule.RESERVED_IS_SUM_OF_LIVES,
                balance,
                "reserved are %s, the versions that are held are %s".formatted(reserved(counter), reserved(lives)),
                violations);
        check(
                counter.usedBytes() == ledger.usedBytes() && counter.usedFiles() == ledger.usedFiles(),
                Violation.Rule.USED_IS_SUM_OF_ENTRIES,
                balance,
                "used are %s, the entries add up to %s".formatted(used(counter), used(ledger)),
                violations);
        check(
                counter.usedBytes() >= 0
                        && counter.reservedBytes() >= 0
                        && counter.usedFiles() >= 0
                        && counter.reservedFiles() >= 0,
                Violation.Rule.NOT_NEGATIVE,
                balance,
                "used are %s, reserved %s".formatted(used(counter), reserved(counter)),
                violations);
    }

    /** What the parts of each counter add up to: the categories of a total, and the children of either. */
    private static final class Parts {

        private final Map<AccountId, Usage> categories = new HashMap<>();
        private final Map<Key, Usage> children = new HashMap<>();

        private record Key(AccountId account, @Nullable Category category) {}

        Parts(List<Balance> balances) {
            for (Balance part : balances) {
                if (part.category() != null) {
                    categories.merge(part.account(), part.counter(), Usage::plus);
                }
                List<AccountId> lineage = part.account().lineage();
                if (lineage.size() > 1) {
                    AccountId parent = lineage.get(lineage.size() - 2);
                    children.merge(new Key(parent, part.category()), part.counter(), Usage::plus);
                }
            }
        }

        void verify(Balance balance, List<Violation> violations) {
            if (balance.category() == null) {
                Usage sum = categories.getOrDefault(balance.account(), Usage.NONE);
                check(
                        covers(balance.counter(), sum),
                        Violation.Rule.TOTAL_COVERS_CATEGORIES,
                        balance,
                        "total is %s, the categories add up to %s".formatted(balance.counter(), sum),
                        violations);
            }
            Usage sum = children.getOrDefault(new Key(balance.account(), balance.category()), Usage.NONE);
            check(
                    covers(balance.counter(), sum),
                    Violation.Rule.PARENT_COVERS_CHILDREN,
                    balance,
                    "counter is %s, those of the children add up to %s".formatted(balance.counter(), sum),
                    violations);
        }
    }

    private static boolean covers(Usage whole, Usage parts) {
        return whole.usedBytes() >= parts.usedBytes()
                && whole.reservedBytes() >= parts.reservedBytes()
                && whole.usedFiles() >= parts.usedFiles()
                && whole.reservedFiles() >= parts.reservedFiles();
    }

    private static void check(
            boolean holds, Violation.Rule rule, Balance balance, String message, List<Violation> violations) {
        if (!holds) {
            violations.add(new Violation(rule, balance.account(), balance.category(), message));
        }
    }

    private static String used(Usage usage) {
        return usage.usedBytes() + " bytes, " + usage.usedFiles() + " files";
    }

    private static String reserved(Usage usage) {
        return usage.reservedBytes() + " bytes, " + usage.reservedFiles() + " files";
    }
}
