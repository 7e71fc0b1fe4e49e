package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.Settling.Batch;
import io.github.quotaguard.store.SweepResult;
import io.github.quotaguard.store.UsageStoreException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Settles what is unsettled and expires what is overdue of one tenant, before anybody is refused. One at a time per
 * tenant on this node: those who come meanwhile wait for its result.
 */
final class Arrears {

    private static final int BATCHES = 50;
    private static final int EXPIRED_AT_ONCE = 1_000;

    private final OwnTransactions transactions;
    private final Settling settling;
    private final Expiring expiring;
    private final ConcurrentMap<String, CompletableFuture<Optional<Set<Long>>>> running = new ConcurrentHashMap<>();

    Arrears(OwnTransactions transactions, Settling settling, Expiring expiring) {
        this.transactions = transactions;
        this.settling = settling;
        this.expiring = expiring;
    }

    /**
     * Clears the arrears of a tenant.
     *
     * @return the overdue lives that somebody else is about to end, which count as held; empty if a lock was not free in
     *     time
     */
    Optional<Set<Long>> clear(String tenant) {
        CompletableFuture<Optional<Set<Long>>> own = new CompletableFuture<>();
        CompletableFuture<Optional<Set<Long>>> other = running.putIfAbsent(tenant, own);
        if (other != null) {
            return result(other);
        }
        try {
            Expiring.Outcome outcome = expiring.expireDue(tenant, EXPIRED_AT_ONCE);
            settle(tenant);
            Optional<Set<Long>> inFlight = outcome.isComplete() ? Optional.of(outcome.inFlight()) : Optional.empty();
            own.complete(inFlight);
            return inFlight;
        } catch (RuntimeException | Error e) {
            own.completeExceptionally(e);
            throw e;
        } finally {
            running.remove(tenant, own);
        }
    }

    private static Optional<Set<Long>> result(CompletableFuture<Optional<Set<Long>>> other) {
        try {
            return other.join();
        } catch (CompletionException e) {
            throw new UsageStoreException("settling before a refusal failed, try again", true, e.getCause());
        }
    }

    /** Expires and settles, without a word to those who wait to be refused. */
    SweepResult sweep(String tenant) {
        return new SweepResult(expiring.expireDue(tenant, EXPIRED_AT_ONCE).expired(), settle(tenant), 0);
    }

    /** Settles what can be settled now; locks nothing if there is nothing. */
    int settle(String tenant) {
        if (!transactions.statement("search for open entries", sql -> settling.hasOpenEntries(sql, tenant))) {
            return 0;
        }
        int settled = 0;
        int passed = 0;
        boolean more = true;
        for (int batch = 0; more && batch < BATCHES; batch++) {
            int before = passed;
            Batch done =
                    transactions.inTransaction("settlement of " + tenant, sql -> settling.settle(sql, tenant, before));
            settled += done.settled();
            passed = done.passed();
            more = done.isFull();
        }
        return settled;
    }
}
