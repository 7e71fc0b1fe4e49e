package io.github.quotaguard.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps counters, allocations and the ledger, and is the only thing that decides. Every method is atomic and safe to
 * call from many threads and, for a shared storage, from many nodes; no method may check first and act later. A method
 * that changes something is durable when it returns, in a transaction of the store's own; only {@link #commit} and
 * {@link #delete} may join one that the caller has open, with which they take effect. Calling again with the same
 * arguments has no second effect.
 *
 * <p>Whatever a store refuses is a result; {@link UsageStoreException} means that it could not do its work. Ids and
 * sizes are checked by the commands, so every store refuses the same ones before any effect.
 */
public interface UsageStore {

    /**
     * How long ended lives are remembered at least, so that a late caller gets a true answer; also the longest that a
     * reservation, with all its renewals, may live.
     */
    Duration RETENTION = Duration.ofDays(7);

    /**
     * Holds room for an upload if it fits into every limit of the command.
     *
     * @param command what to hold, and the limits
     * @return granted, already stored, refused, conflict or busy
     * @throws UsageStoreException if the storage failed
     */
    ReserveResult reserve(ReserveCommand command);

    /**
     * Does {@link #reserve} for each command as if one were called after the other, in the order of the list, and
     * returns once everything it granted is durable. Each gets the answer of its own: one that is refused, in conflict
     * or busy changes nothing for the others, and a smaller one after it may still fit. An id that is there twice is
     * answered as a second call would be: the same arguments get the same reservation again, others a conflict.
     *
     * <p>A store overrides this, and {@link #gainsFromBatches}, if it can share among several commands what each would
     * cost alone, such as the transaction.
     *
     * @param commands what to hold, of one tenant or of many; may be empty
     * @return the results, as many as commands, in the same order
     * @throws UsageStoreException if the storage failed; the outcome of every command is unknown then, also of those
     *     before the failure. If it can not be retried, one of the commands may be the cause: {@link #reserve} finds out
     *     which
     */
    default List<ReserveResult> reserveAll(List<ReserveCommand> commands) {
        return commands.stream().map(this::reserve).toList();
    }

    /**
     * Says whether {@link #reserveAll} of several commands of one tenant costs much less than as many calls of
     * {@link #reserve}, so that a guard lets uploads that arrive while another of their tenant is under way wait for it
     * and go together.
     *
     * @return false, unless overridden
     */
    default boolean gainsFromBatches() {
        return false;
    }

    /**
     * Holds more for a reservation and moves its deadline.
     *
     * @param command the handle, the size and the limits
     * @return extended, refused, ended, unknown or busy
     * @throws UsageStoreException if the storage failed
     */
    ExtendResult extendTo(ExtendCommand command);

    /**
     * Turns a reservation into a stored file and charges its bytes; what was held beyond them is free again. The
     * versions that it replaces are deleted with it, all or nothing.
     *
     * @param reservation the handle
     * @param bytes the size stored, 0 to {@link Long#MAX_VALUE}
     * @return the outcome
     * @throws IllegalArgumentException if {@code bytes} is negative
     * @throws UsageStoreException if the storage failed
     */
    CommitResult commit(Allocation reservation, long bytes);

    /**
     * Gives up a reservation.
     *
     * @param reservation the handle
     * @return what it did
     * @throws UsageStoreException if the storage failed
     */
    ReleaseResult release(Allocation reservation);

    /**
     * Gives up a reservation whose handle was closed without an end, unless a later attempt has taken it over. Never
     * waits for a transaction that is about to end it.
     *
     * @param reservation the handle
     * @return {@link ReleaseResult#NO_EFFECT} also if a later attempt has taken it over
     * @throws UsageStoreException if the storage failed
     */
    ReleaseResult abandon(Allocation reservation);

    /**
     * Deletes one version of a file, or all. Reservations are left alone.
     *
     * @param command the file
     * @return what was deleted by this call, and what was left alone
     * @throws UsageStoreException if the storage failed
     */
    DeleteResult delete(DeleteCommand command);

    /**
     * Reads what an account uses, exactly, in one snapshot.
     *
     * @param account the account
     * @return its counters, zero if it was never charged
     * @throws UsageStoreException if the storage failed
     */
    AccountCounters usage(AccountId account);

    /**
     * Reads the current life of a version.
     *
     * @param id the version of the file
     * @return the life, ended ones included until they are pruned
     * @throws UsageStoreException if the storage failed
     */
    Optional<Allocation> find(FileVersion id);

    /**
     * Reads a certain life of a version, the current or an earlier one.
     *
     * @param id the version of the file
     * @param generation the life
     * @return the life, ended ones included until they are pruned
     * @throws UsageStoreException if the storage failed
     */
    Optional<Allocation> find(FileVersion id, long generation);

    /**
     * Reads the live versions of a file.
     *
     * @param tenant whose file it is
     * @param file the file's id
     * @return its reserved and committed versions, in the order of their ids
     * @throws IllegalArgumentException if an id is not allowed
     * @throws UsageStoreException if the storage failed
     */
    List<Allocation> versions(String tenant, String file);

    /**
     * Ends reservations past their deadline, settles what is unsettled and forgets what ended longer ago than
     * {@link #RETENTION}: one bounded batch over all tenants. Several nodes may sweep at once.
     *
     * @return what it did; idle when nothing was left to do
     * @throws UsageStoreException if the storage failed
     */
    SweepResult sweep();

    /**
     * Lists the accounts that were ever charged.
     *
     * @param after the last account of the page before, or null for the first page
     * @param size how many, 1 to {@value Page#MAX_SIZE}
     * @return a page, in the store's order
     * @throws IllegalArgumentException if the size is not allowed
     * @throws UsageStoreException if the storage failed
     */
    Page<AccountId> accounts(@Nullable AccountId after, int size);

    /**
     * Goes through the tenants that were ever charged.
     *
     * @param after the last tenant that was done with, or null for all
     * @param action what to do with each, as the account of the tenant
     * @throws IllegalArgumentException if the id is not allowed
     * @throws UsageStoreException if the storage failed
     */
    default void forEachTenant(@Nullable String after, Consumer<AccountId> action) {
        AccountId last = after == null ? null : AccountId.of(after);
        String done = after;
        Page<AccountId> page;
        do {
            page = accounts(last, Page.MAX_SIZE);
            for (AccountId account : page.items()) {
                last = account;
                if (!account.tenant().equals(done)) {
                    done = account.tenant();
                    action.accept(AccountId.of(done));
                }
            }
        } while (page.hasMore());
    }

    /**
     * Lists the current lives of a tenant, ended ones included until they are pruned.
     *
     * @param tenant the tenant
     * @param after the last id of the page before, or null for the first page
     * @param size how many, 1 to {@value Page#MAX_SIZE}
     * @return a page, in the store's order
     * @throws IllegalArgumentException if the id or the size is not allowed
     * @throws UsageStoreException if the storage failed
     */
    Page<Allocation> allocations(String tenant, @Nullable FileVersion after, int size);

    /**
     * Lists the settled entries of a tenant, oldest first. Beside a {@linkplain LedgerStore#rollUp roll-up} an entry that
     * was listed already may come again within an {@link EntryKind#ROLLUP} of a larger number: whoever adds entries up
     * page by page keeps it from running meanwhile.
     *
     * @param tenant the tenant
     * @param afterSeq the number of the last entry of the page before, or 0 for the first page
     * @param size how many, 1 to {@value Page#MAX_SIZE}
     * @return a page
     * @throws IllegalArgumentException if the id or the size is not allowed
     * @throws UsageStoreException if the storage failed
     */
    Page<Entry> entries(String tenant, long afterSeq, int size);

    /**
     * Returns what the store can tell from its ledger beyond {@link #entries}.
     *
     * @return the ledger; empty, unless overridden
     */
    default Optional<LedgerStore> ledger() {
        return Optional.empty();
    }

    /**
     * Returns the part that remembers who was warned of what. A store may lack it; then nobody is told when a threshold
     * is reached.
     *
     * @return the part, empty unless the store has it
     */
    default Optional<WarningStore> warnings() {
        return Optional.empty();
    }

    /**
     * Returns the part that brings the records to what the files say.
     *
     * @return the part, empty unless the store has it
     */
    default Optional<RepairStore> repairs() {
        return Optional.empty();
    }

    /**
     * Returns the part that finds temporary files whose time has passed.
     *
     * @return the part, empty unless the store has it
     */
    default Optional<RetentionStore> retention() {
        return Optional.empty();
    }

    /**
     * Looks at what waits to be done, of all tenants; as dear as a {@link #sweep} that finds nothing to do.
     *
     * @return what waits; empty, unless the store can tell
     * @throws UsageStoreException if the storage failed
     */
    default Optional<Backlog> backlog() {
        return Optional.empty();
    }
}
