package io.github.quotaguard.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings the records of a store to what the files say: an optional part of the SPI. It knows nothing of files; who does,
 * asks for corrections, each of which is made only if the record still is as it was when it was looked at. Thread-safe,
 * and safe on many nodes: who corrects has the tenant's lease. Uploads and deletes go on meanwhile.
 */
public interface RepairStore {

    /** The most corrections that one call takes. */
    int MAX_CORRECTIONS = 1_000;

    /** The longest that a tenant is leased without being renewed. */
    Duration MAX_LEASE = Duration.ofHours(1);

    /**
     * Reads the store's clock.
     *
     * @return the time by which lives are dated
     * @throws UsageStoreException if the storage failed
     */
    Instant now();

    /**
     * Takes the lease of a tenant, which may never have been charged, if nobody has it.
     *
     * @param tenant the tenant
     * @param length after which the lease is free again, unless it is renewed; more than 0, at most {@link #MAX_LEASE}
     * @param rest for how long the tenant is left alone after the last check that was {@linkplain #finish finished}, 0 for
     *     not at all, at most 365 days
     * @return the lease; empty if somebody else has it, or the tenant rests
     * @throws IllegalArgumentException if an argument is not allowed
     * @throws UsageStoreException if the storage failed
     */
    Optional<RepairLease> lease(String tenant, Duration length, Duration rest);

    /**
     * Goes on with a lease.
     *
     * @param lease the lease
     * @param length as for {@link #lease}, from now on
     * @return false if somebody else has taken it since
     * @throws IllegalArgumentException if the length is not allowed
     * @throws UsageStoreException if the storage failed
     */
    boolean renew(RepairLease lease, Duration length);

    /**
     * Gives a lease back; no effect if somebody else has it.
     *
     * @param lease the lease
     * @param isChecked whether the tenant was looked at to the end, from when on it may rest
     * @throws UsageStoreException if the storage failed
     */
    void finish(RepairLease lease, boolean isChecked);

    /**
     * Reads the lives of some versions as they stand, like {@link UsageStore#find(FileVersion)} each.
     *
     * @param tenant whose they are
     * @param ids versions of this tenant, at most {@value Page#MAX_SIZE}
     * @return those that are recorded, ended ones included, in any order
     * @throws IllegalArgumentException if there are too many ids, or one is of another tenant
     * @throws UsageStoreException if the storage failed
     */
    List<Allocation> standing(String tenant, Collection<FileVersion> ids);

    /**
     * Reads the lives of some versions as they were settled last: the cheapest look there is, which may be behind
     * {@link #standing}, and is the same unless a store does better.
     *
     * @param tenant whose they are
     * @param ids versions of this tenant, at most {@value Page#MAX_SIZE}
     * @return those that are recorded, ended ones included, in any order
     * @throws IllegalArgumentException if there are too many ids, or one is of another tenant
     * @throws UsageStoreException if the storage failed
     */
    default List<Allocation> settled(String tenant, Collection<FileVersion> ids) {
        return standing(tenant, ids);
    }

    /**
     * Lists the lives of a tenant that are reserved or committed, as they were settled last.
     *
     * @param tenant the tenant
     * @param after the last id of the page before, or null for the first page
     * @param size how many, 1 to {@value Page#MAX_SIZE}
     * @return a page, in the store's order
     * @throws IllegalArgumentException if the id or the size is not allowed
     * @throws UsageStoreException if the storage failed
     */
    Page<Allocation> live(String tenant, @Nullable FileVersion after, int size);

    /**
     * Compares the counters of a tenant with the lives and with the ledger, in one snapshot of what is settled. Correct
     * traffic does not change the differences.
     *
     * @param tenant the tenant
     * @return the balance of each counter, and of each that should be there, in the order of account and category
     * @throws IllegalArgumentException if the id is not allowed
     * @throws UsageStoreException if the storage failed
     */
    List<Balance> balances(String tenant);

    /**
     * Makes corrections, in their order, each with its entries or not at all. Those that were made are durable.
     *
     * @param lease the lease of their tenant
     * @param corrections at most {@value #MAX_CORRECTIONS}, all of the lease's tenant, no file in two of them that are
     *     about the same version
     * @param cause who corrects, and why, for the ledger
     * @return what became of each, in the same order; {@link CorrectionResult#NOT_LEASED} for all if somebody else has
     *     taken the lease, or it is over
     * @throws IllegalArgumentException if there are too many, or one is of another tenant
     * @throws UsageStoreException if the storage failed; some may have been made
     */
    List<CorrectionResult> correct(RepairLease lease, List<Correction> corrections, RepairCause cause);

    /**
     * Moves every counter that is out of balance by its difference, and enters that in the ledger as
     * {@link EntryKind#ADJUST}, with what the ledger itself lacks.
     *
     * @param lease the lease of a tenant
     * @param cause who corrects, and why, for the ledger
     * @return the balances that were not even, as they were; empty also if somebody else has taken the lease
     * @throws UsageStoreException if the storage failed
     */
    List<Balance> recount(RepairLease lease, RepairCause cause);

    /**
     * Removes all that is kept of a tenant that has left: lives, ledger, counters, warnings and limits. An upload that
     * comes after it begins anew. Repeat it if it fails.
     *
     * @param lease the lease of the tenant
     * @return how many records were removed; 0 if somebody else has taken the lease
     * @throws UsageStoreException if the storage failed, or somebody else has taken the lease meanwhile; part of it may
     *     have been removed
     */
    long purge(RepairLease lease);

    /**
     * Checks the length of a lease.
     *
     * @param length the length
     * @throws IllegalArgumentException if it is not more than 0 and at most {@link #MAX_LEASE}
     */
    static void requireLength(Duration length) {
        if (length.isNegative() || length.isZero() || length.compareTo(MAX_LEASE) > 0) {
            throw new IllegalArgumentException(
                    "lease of %s, allowed is more than 0 up to %s".formatted(length, MAX_LEASE));
        }
    }

    /**
     * Checks how long a tenant is left alone.
     *
     * @param rest the time
     * @throws IllegalArgumentException if it is negative or more than 365 days
     */
    static void requireRest(Duration rest) {
        if (rest.isNegative() || rest.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException("rest of %s, allowed are 0 to 365 days".formatted(rest));
        }
    }

    /**
     * Checks the ids that {@link #standing} and {@link #settled} are asked for.
     *
     * @param tenant the tenant
     * @param ids the ids
     * @throws IllegalArgumentException if there are too many, or one is of another tenant
     */
    static void requireIds(String tenant, Collection<FileVersion> ids) {
        AccountId.requireTenant(tenant);
        requireFew("ids", ids, Page.MAX_SIZE);
        for (FileVersion id : ids) {
            requireTenant(tenant, id);
        }
    }

    /**
     * Checks the corrections that {@link #correct} is asked for.
     *
     * @param lease the lease
     * @param corrections the corrections
     * @throws IllegalArgumentException if there are too many, or one is of another tenant
     */
    static void requireCorrections(RepairLease lease, List<Correction> corrections) {
        requireFew("corrections", corrections, MAX_CORRECTIONS);
        for (Correction correction : corrections) {
            requireTenant(lease.tenant(), correction.id());
        }
    }

    private static void requireFew(String what, Collection<?> many, int most) {
        if (many.size() > most) {
            throw new IllegalArgumentException("%s %s at once, allowed are %s".formatted(many.size(), what, most));
        }
    }

    private static void requireTenant(String tenant, FileVersion id) {
        if (!id.tenant().equals(tenant)) {
            throw new IllegalArgumentException("%s is not of tenant %s".formatted(id, tenant));
        }
    }
}
